package expr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Regular expressions are written as Java reads them and run by RE2, whose time
// grows with the text alone. What the two spell differently is translated here;
// what RE2 does not have (look-around, back-references, atomic groups,
// possessive quantifiers, classes inside classes) is an error that says so. Two
// things differ: $ means the very end of the text, where Java's also matches
// before a last line break, and (?i) folds the case of all letters, where Java's
// folds those of ASCII.

// A regex is a compiled pattern.
type regex struct {
	*regexp.Regexp
	// abutting says that the pattern may match nothing right behind a match.
	abutting bool
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
	return &regex{re, re.MatchString("") && err == nil && !looksBack(tree)}, nil
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

const (
	lineBreaks = `\n\x0B\f\r\x{85}\x{2028}\x{2029}`
	blanks     = ` \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`
	spaces     = `\t\n\x0B\f\r `
)

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

// put writes a set of characters, in brackets unless they are open.
func (t *regexTranslator) put(set string, negated, inClass bool) error {
	switch {
	case inClass && negated:
		return fmt.Errorf("the complement of a set inside a class is not supported; write the characters out")
	case inClass:
		t.out.WriteString(set)
	case negated:
		t.out.WriteString("[^" + set + "]")
	default:
		t.out.WriteString("[" + set + "]")
	}
	return nil
}

// escape translates what follows a backslash.
func (t *regexTranslator) escape(inClass bool) error {
	if t.at == len(t.src) {
		return fmt.Errorf("it ends with a backslash")
	}
	r := t.src[t.at]
	t.at++
	switch r {
	case 's':
		return t.put(spaces, false, inClass)
	case 'S':
		if !inClass {
			return t.put(spaces, true, false)
		}
		t.out.WriteString(`\S`)
	case 'h', 'H':
		return t.put(blanks, r == 'H', inClass)
	case 'v', 'V':
		return t.put(lineBreaks, r == 'V', inClass)
	case 'R':
		t.out.WriteString(`(?:\r\n|[` + lineBreaks + `])`)
	case 'Z':
		t.out.WriteString(`\z`)
	case 'e':
		t.out.WriteString(`\x1b`)
	case 'Q':
		quoted, _, _ := strings.Cut(t.rest(), `\E`)
		t.at = min(t.at+utf8.RuneCountInString(quoted)+2, len(t.src))
		t.out.WriteString(regexp.QuoteMeta(quoted))
	case 'E':
	case 'p', 'P':
		return t.property(r == 'P', inClass)
	case 'u':
		return t.unit()
	case '0':
		n := 0
		for n < 3 && t.at+n < len(t.src) && t.src[t.at+n] >= '0' && t.src[t.at+n] <= '7' {
			n++
		}
		code, err := strconv.ParseUint(string(t.src[t.at:t.at+n]), 8, 8)
		if err != nil {
			return fmt.Errorf(`\0 wants one to three octal digits up to 377`)
		}
		t.at += n
		fmt.Fprintf(&t.out, `\x{%X}`, code)
	case 'c':
		fmt.Fprintf(&t.out, `\x{%X}`, (t.peek()^64)&0x7f)
		t.at = min(t.at+1, len(t.src))
	case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k':
		return fmt.Errorf(`\%c is a back-reference, which is not supported`, r)
	case 'G', 'X', 'N', 'b', 'B':
		if inClass || r != 'b' && r != 'B' {
			return fmt.Errorf(`\%c is not supported here`, r)
		}
		t.out.WriteString(`\` + string(r))
	default:
		if r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z') {
			t.out.WriteString(`\` + string(r))
		} else {
			fmt.Fprintf(&t.out, `\x{%X}`, r)
		}
	}
	return nil
}

// unit translates \uXXXX; two of them may be the halves of one character.
func (t *regexTranslator) unit() error {
	hex := func() (rune, bool) {
		if t.at+4 > len(t.src) {
			return 0, false
		}
		v, err := strconv.ParseUint(string(t.src[t.at:t.at+4]), 16, 16)
		t.at += 4
		return rune(v), err == nil
	}
	r, ok := hex()
	if ok && r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(t.rest(), `\u`) {
		t.at += 2
		var low rune
		low, ok = hex()
		r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
	}
	if !ok || r >= 0xd800 && r < 0xe000 {
		return fmt.Errorf(`\u wants four hexadecimal digits of a character`)
	}
	fmt.Fprintf(&t.out, `\x{%X}`, r)
	return nil
}

// property translates \p{Name} and \pL.
func (t *regexTranslator) property(negated, inClass bool) error {
	name := string(t.peek())
	t.at = min(t.at+1, len(t.src))
	if name == "{" {
		var closed bool
		if name, _, closed = strings.Cut(t.rest(), "}"); !closed {
			return fmt.Errorf(`\p{ is not closed with }`)
		}
		t.at += utf8.RuneCountInString(name) + 1
	}
	not, letter := "", "p"
	if negated {
		not, letter = "^", "P"
	}
	switch name {
	case "Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit", "Space":
		return t.put("[:"+not+strings.ToLower(name)+":]", false, inClass)
	case "javaLowerCase", "IsLowercase":
		name = "Ll"
	case "javaUpperCase", "IsUppercase":
		name = "Lu"
	case "IsAlphabetic", "IsLetter":
		name = "L"
	case "IsDigit":
		name = "Nd"
	case "IsPunctuation":
		name = "P"
	default:
		name = strings.TrimPrefix(strings.TrimPrefix(name, "script="), "Is")
	}
	t.out.WriteString(`\` + letter + `{` + name + `}`)
	return nil
}
