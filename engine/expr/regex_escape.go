package expr

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	lineBreaks = `\n\x0B\f\r\x{85}\x{2028}\x{2029}`
	blanks     = ` \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`
	spaces     = `\t\n\x0B\f\r `
)

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
