// Package nearest finds the known name that a mistyped one is most like, for
// error messages that offer it.
package nearest

import "strings"

// Name returns the name in known at the least edit distance from name, without
// regard to case, and that distance; "" when known is empty.
func Name(name string, known []string) (best string, distance int) {
	for _, k := range known {
		if apart := max(len(k)-len(name), len(name)-len(k)); best != "" && apart >= distance {
			continue // so many letters must be put in or left out at least
		}
		if d := edits(strings.ToLower(name), strings.ToLower(k)); best == "" || d < distance {
			best, distance = k, d
		}
	}
	return best, distance
}

// edits is Levenshtein's distance: letters to insert, delete or replace.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
