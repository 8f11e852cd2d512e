package expr

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A likePattern is a pattern of LIKE: characters, and the two signs that stand
// for any text and for any character.
type likePattern []rune

const (
	anyText rune = -1 - iota
	anyCharacter
)

func parseLike(pattern string, escape rune) (likePattern, error) {
	var p likePattern
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == escape:
			i++
			if i == len(runes) {
				return nil, &Error{"INVALID_FORMAT.ESC_AT_THE_END", fmt.Sprintf("The format is invalid: '%s'. The escape character is not allowed to end with; write it twice.", pattern), "42601"}
			}
			if r = runes[i]; r != '%' && r != '_' && r != escape {
				return nil, &Error{"INVALID_FORMAT.ESC_IN_THE_MIDDLE", fmt.Sprintf("The format is invalid: '%s'. The escape character is not allowed to precede '%c'; it may stand before %%, _ and itself.", pattern, r), "42601"}
			}
			p = append(p, r)
		case r == '%':
			p = append(p, anyText)
		case r == '_':
			p = append(p, anyCharacter)
		default:
			p = append(p, r)
		}
	}
	return p, nil
}

// matches goes back to the last %, which is enough because a later % can take
// over whatever an earlier one could.
func (pattern likePattern) matches(text []byte) bool {
	t, p, star, mark := 0, 0, -1, 0
	for t < len(text) {
		r, width := utf8.DecodeRune(text[t:])
		switch {
		case p < len(pattern) && pattern[p] == anyText:
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == anyCharacter || pattern[p] == r):
			p++
			t += width
		case star >= 0:
			_, width := utf8.DecodeRune(text[mark:])
			mark += width
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyText {
		p++
	}
	return p == len(pattern)
}

func bindLike(foldCase bool) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		escape := '\\'
		if len(args) == 3 {
			v, ok := constantValue(args[2])
			if !ok || v.Type != String || utf8.RuneCountInString(v.S) != 1 {
				return nil, fmt.Errorf("the escape must be a constant text of one character")
			}
			escape, _ = utf8.DecodeRuneInString(v.S)
			args = args[:2]
		}
		if err := castArgs(m, args, String); err != nil {
			return nil, err
		}
		patterns := cached[likePattern]{make: func(p string) (likePattern, error) { return parseLike(p, escape) }}
		if err := patterns.check(args[1]); err != nil {
			return nil, err
		}
		return perRow(Bool, args, func(args []*Column, i int, to *Builder) error {
			text, pattern := args[0].Str(i), args[1].Str(i)
			if foldCase {
				text, pattern = bytes.ToLower(text), bytes.ToLower(pattern)
			}
			p, err := patterns.of(pattern)
			if err == nil {
				to.appendBool(p.matches(text))
			}
			return err
		}), nil
	}
}
