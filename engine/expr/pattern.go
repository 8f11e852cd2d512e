package expr

import (
	"fmt"
	"strings"
)

// A timePattern is a datetime pattern of Spark: letters whose number says how
// they are printed, texts in quotes or of other signs, and in brackets parts
// that a parsed text may lack.
type timePattern struct {
	items []patternItem
	era   bool // with G years count within their era
}

// A patternItem is a run of a letter; letter 0 is a text, '[' and ']' stand for
// themselves.
type patternItem struct {
	letter byte
	n      int
	text   string
}

// most is how often a letter may stand in a row. Those that only printing knows
// are E, F, q and Q.
var most = map[byte]int{'G': 4, 'y': 6, 'M': 4, 'L': 4, 'd': 2, 'D': 3, 'Q': 4, 'q': 4, 'E': 4, 'F': 1, 'a': 1, 'h': 2,
	'H': 2, 'k': 2, 'K': 2, 'm': 2, 's': 2, 'S': 9, 'V': 2, 'z': 4, 'O': 4, 'X': 5, 'x': 5, 'Z': 5}

func errIllegalLetter(letter byte, pattern string) error {
	return &Error{"INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", fmt.Sprintf("Unrecognized datetime pattern: %s. Illegal pattern character found in datetime pattern: %c. Please provide legal character.", pattern, letter), "22007"}
}

// errOldPattern is Spark's refusal of what meant something else before 3.0.
func errOldPattern(pattern, what string) error {
	return &Error{"INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", fmt.Sprintf("Fail to recognize '%s' pattern in the DateTimeFormatter: %s.", pattern, what), "42K0B"}
}

// parseTimePattern reads a pattern for printing, or for parsing.
func parseTimePattern(pattern string, parsing bool) (*timePattern, error) {
	p := &timePattern{}
	text := func(s string) {
		if n := len(p.items); n > 0 && p.items[n-1].letter == 0 {
			p.items[n-1].text += s
		} else {
			p.items = append(p.items, patternItem{text: s})
		}
	}
	depth := 0
	for i := 0; i < len(pattern); {
		c := pattern[i]
		n := 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		switch {
		case c == '\'':
			quoted, length, ok := quotedText(pattern[i:])
			if !ok {
				return nil, fmt.Errorf("pattern ends with an incomplete string literal: %s", pattern)
			}
			text(quoted)
			i += length
			continue
		case c == '[' || c == ']':
			n = 1
			if c == '[' {
				depth++
			} else if depth--; depth < 0 {
				return nil, errOldPattern(pattern, "] without [")
			}
			p.items = append(p.items, patternItem{letter: c})
		case c == '#' || c == '{' || c == '}':
			return nil, errOldPattern(pattern, fmt.Sprintf("%c is reserved", c))
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			if err := checkLetter(pattern, c, n, parsing); err != nil {
				return nil, err
			}
			p.era = p.era || c == 'G'
			p.items = append(p.items, patternItem{letter: c, n: n})
		default:
			text(pattern[i : i+n])
		}
		i += n
	}
	return p, nil
}

// quotedText reads a text that begins with a quote; two quotes are one.
func quotedText(s string) (text string, length int, ok bool) {
	if strings.HasPrefix(s, "''") {
		return "'", 2, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 == len(s) || s[i+1] != '\'' {
			return b.String(), i + 1, true
		}
		b.WriteByte('\'')
		i++
	}
	return "", 0, false
}

func checkLetter(pattern string, c byte, n int, parsing bool) error {
	limit, known := most[c]
	switch {
	case c == 'e' || c == 'c':
		return &Error{"INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", fmt.Sprintf("All week-based patterns are unsupported since Spark 3.0, detected week-based character: %c.", c), "42K0B"}
	case strings.IndexByte("YwWu", c) >= 0:
		return errOldPattern(pattern, fmt.Sprintf("%c is a letter of weeks that Spark no longer has", c))
	case !known, parsing && (c == 'q' || c == 'Q'):
		return errIllegalLetter(c, pattern)
	case parsing && (c == 'E' || c == 'F'):
		return errOldPattern(pattern, fmt.Sprintf("%c can be printed but not parsed", c))
	case n > limit || c == 'V' && n != 2 || c == 'O' && n != 1 && n != 4:
		return errOldPattern(pattern, fmt.Sprintf("%d times %c", n, c))
	case c == 'z' && n == 4, c == 'Z' && n == 4 && parsing:
		return fmt.Errorf("pattern %q: the long names of zones (%s) are not supported; write z or VV", pattern, strings.Repeat(string(c), n))
	}
	return nil
}
