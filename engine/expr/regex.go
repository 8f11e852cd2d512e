package expr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Regular expressions are written as Java reads them and run by RE2, whose time
// grows with the text alone. What the two spell differently is translated here;
// what RE2 does not have (look-around, back-references, atomic groups,
// possessive quantifiers, classes inside classes) is an error that says so. Three
// things differ: $ means the very end of the text, where Java's also matches
// before a last line break; (?i) folds the case of all letters, where Java's
// folds those of ASCII; \b knows the letters of ASCII, where Java's knows all.

// A regex is a compiled pattern.
type regex struct {
	*regexp.Regexp
	// abutting says that the pattern may match nothing right behind a match.
	abutting bool
	// literal is the text that the pattern stands for where it is no more than
	// that.
	literal string
}

func compileRegex(pattern string) (*regex, error) {
	t := regexTranslator{src: []rune(pattern)}
	if err := t.translate(); err != nil {
		return nil, errRegex(pattern, err)
	}
	re, err := regexp.Compile(t.out.String())
	if err != nil {
		return nil, errRegex(pattern, err)
	}
	tree, err := syntax.Parse(t.out.String(), syntax.Perl)
	out := &regex{Regexp: re, abutting: re.MatchString("") && err == nil && !looksBack(tree)}
	if text, whole := re.LiteralPrefix(); whole {
		out.literal = text
	}
	return out, nil
}

func errRegex(pattern string, err error) error {
	return &Error{"INVALID_PARAMETER_VALUE.PATTERN", fmt.Sprintf("regular expression %q: %v.", pattern, err), "22023"}
}

// looksBack reports whether what a pattern matches depends on the text before.
func looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksBack(sub) {
			return true
		}
	}
	return false
}

// all finds every match as Java does. Go passes over an empty match right behind
// another match, which Java takes.
func (re *regex) all(text []byte) [][]int {
	found := re.FindAllSubmatchIndex(text, -1)
	if !re.abutting {
		return found
	}
	var out [][]int
	for k, m := range found {
		out = append(out, m)
		end := m[1]
		if m[0] == end || k+1 < len(found) && found[k+1][0] == end {
			continue
		}
		if empty := re.FindSubmatchIndex(text[end:]); empty != nil && empty[1] == 0 {
			for g := range empty {
				if empty[g] >= 0 {
					empty[g] += end
				}
			}
			out = append(out, empty)
		}
	}
	return out
}

type regexTranslator struct {
	src    []rune
	at     int
	out    strings.Builder
	dotAll []bool // (?s) in force, by open group
}

func (t *regexTranslator) peek() rune {
	if t.at < len(t.src) {
		return t.src[t.at]
	}
	return utf8.RuneError
}

func (t *regexTranslator) rest() string { return string(t.src[t.at:]) }

func (t *regexTranslator) translate() error {
	t.dotAll = []bool{false}
	for t.at < len(t.src) {
		r := t.src[t.at]
		t.at++
		var err error
		switch r {
		case '\\':
			err = t.escape(false)
		case '[':
			err = t.class()
		case '(':
			err = t.open()
		case ')':
			t.dotAll = t.dotAll[:max(len(t.dotAll)-1, 1)]
			t.out.WriteRune(r)
		case '.':
			if t.dotAll[len(t.dotAll)-1] {
				t.out.WriteString(`(?s:.)`)
			} else {
				t.out.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
			}
		case '*', '+', '?', '}':
			t.out.WriteRune(r)
			if t.peek() == '+' {
				err = fmt.Errorf("possessive quantifier %c+; leave the + out", r)
			}
			if t.peek() == '?' && r != '}' {
				t.at++
				t.out.WriteByte('?')
			}
		default:
			t.out.WriteRune(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// open translates what follows an opening parenthesis.
func (t *regexTranslator) open() error {
	dotAll := t.dotAll[len(t.dotAll)-1]
	t.out.WriteByte('(')
	if t.peek() != '?' {
		t.dotAll = append(t.dotAll, dotAll)
		return nil
	}
	rest := t.rest()
	for sign, what := range map[string]string{"?=": "look-ahead", "?!": "look-ahead", "?<=": "look-behind", "?<!": "look-behind", "?>": "an atomic group"} {
		if strings.HasPrefix(rest, sign) {
			return fmt.Errorf("(%s is %s, which is not supported; match without it", sign, what)
		}
	}
	if strings.HasPrefix(rest, "?<") {
		t.dotAll = append(t.dotAll, dotAll)
		return nil
	}
	t.at++
	t.out.WriteByte('?')
	on := true
	for ; t.at < len(t.src); t.at++ {
		switch r := t.src[t.at]; r {
		case ':':
			t.dotAll = append(t.dotAll, dotAll)
			return nil // the colon is copied as any character
		case ')':
			t.dotAll[len(t.dotAll)-1] = dotAll
			t.dotAll = append(t.dotAll, dotAll) // which the parenthesis takes off
			return nil
		case '-':
			on = false
			t.out.WriteRune(r)
		case 's':
			dotAll = on
			t.out.WriteRune(r)
		case 'i', 'm':
			t.out.WriteRune(r)
		case 'u', 'd': // cases are folded over all of Unicode in any case
		default:
			return fmt.Errorf("flag %q in (?...); there are i, m and s", r)
		}
	}
	return fmt.Errorf("(? is not closed")
}

// class translates a class, whose opening bracket is behind.
func (t *regexTranslator) class() error {
	t.out.WriteByte('[')
	if t.peek() == '^' {
		t.at++
		t.out.WriteByte('^')
	}
	for first := true; t.at < len(t.src); first = false {
		r := t.src[t.at]
		t.at++
		switch {
		case r == ']' && !first:
			t.out.WriteByte(']')
			return nil
		case r == ']':
			t.out.WriteString(`\]`)
		case r == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
		case r == '[':
			return fmt.Errorf("a class inside a class; write its characters out, or \\[ for a bracket")
		case r == '&' && t.peek() == '&':
			return fmt.Errorf("the intersection && of classes is not supported; write the characters out")
		default:
			t.out.WriteRune(r)
		}
	}
	return fmt.Errorf("a class is not closed with ]")
}
