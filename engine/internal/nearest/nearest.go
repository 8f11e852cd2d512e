// Package nearest finds the known name that a mistyped one is most like, for
// error messages that offer it.
package nearest

import "math"

// Name returns the name in known at the least edit distance from name, without
// regard to the case of its Latin letters, and that distance; "" when known is
// empty.
func Name(name string, known []string) (best string, distance int) {
	return Within(name, known, math.MaxInt-1)
}

// Within is Name among the names at a distance of most at most, which is quicker
// the less that is; "" when there is none.
func Within(name string, known []string, most int) (best string, distance int) {
	row := make([]int, 0, 128)
	limit := most + 1
	for _, k := range known {
		if max(len(k)-len(name), len(name)-len(k)) >= limit {
			continue // so many letters must be put in or left out at least
		}
		if d := edits(name, k, limit, row); d < limit {
			best, distance, limit = k, d, d
		}
	}
	return best, distance
}

// edits is Levenshtein's distance: letters to insert, delete or replace. From
// limit on it is not told exactly. row is room for the numbers of a row.
func edits(a, b string, limit int, row []int) int {
	row = row[:0]
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range len(a) {
		diagonal, least := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if lower(a[i]) != lower(b[j]) {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least >= limit { // no later row is nearer
			return limit
		}
	}
	return row[len(b)]
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
