package sql

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"stagecoach/engine/internal/nearest"
)

// An Error is a mistake at a place of a text. The parser makes them, and the
// analyzer for names that nobody knows.
type Error struct {
	Text    string // the whole text, of all its statements
	Pos     Pos
	Message string // lower case, with the remedy where there is one
}

// Error returns line, column and message, then the line of the text and a caret
// under the place. Of a long line it shows what is around the place.
func (e *Error) Error() string {
	line, column := e.Line()
	shown, caret := e.window(column)
	return fmt.Sprintf("line %d, column %d: %s\n  %s\n  %s^", line, column, e.Message, shown, strings.Repeat(" ", caret))
}

// Line returns where the place is, in lines and in runes of the line, from 1.
func (e *Error) Line() (line, column int) {
	before := e.Text[:min(int(e.Pos), len(e.Text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// window returns the line of the place, at most windowRunes of it, and how many
// runes of that are before the place.
func (e *Error) window(column int) (shown string, caret int) {
	const windowRunes, before = 76, 50
	text := e.Text[strings.LastIndexByte(e.Text[:min(int(e.Pos), len(e.Text))], '\n')+1:]
	text, _, _ = strings.Cut(text, "\n")
	runes := []rune(text)
	for i, r := range runes {
		if r < ' ' || r == utf8.RuneError {
			runes[i] = ' ' // so that the caret stands where it should
		}
	}
	caret = column - 1
	head, tail := "", ""
	if len(runes) > windowRunes {
		from := max(0, min(caret-before, len(runes)-windowRunes))
		to := from + windowRunes
		if from > 0 {
			head = "..."
		}
		if to < len(runes) {
			tail = "..."
		}
		runes = runes[from:to]
		caret += len(head) - from
	}
	return strings.TrimRight(head+string(runes)+tail, " "), caret
}

// suggest returns "; did you mean X?" when what is known begins with a word so
// near to word that it was probably meant, or "".
func suggest(word string, known []string) string {
	first := make([]string, len(known))
	for i, k := range known {
		first[i], _, _ = strings.Cut(k, " ")
	}
	best, distance := nearest.Name(word, first)
	if best == "" || distance == 0 || distance > min(2, len(word)/2) && letters(word) != letters(best) {
		return ""
	}
	return "; did you mean " + known[slices.Index(first, best)] + "?"
}

// letters returns the letters of a word in order: adn and and have the same.
func letters(word string) string {
	b := []byte(strings.ToLower(word))
	slices.Sort(b)
	return string(b)
}
