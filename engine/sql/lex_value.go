package sql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// beginsFraction reports whether the dot at hand begins a number: .5 and not
// the one of t.5 or a[0].5.
func (l *lexer) beginsFraction() bool {
	if l.at+1 >= len(l.text) || l.text[l.at+1] < '0' || l.text[l.at+1] > '9' {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(l.text[:l.at])
	return l.at == 0 || !isWordRune(r) && r != '`' && r != ')' && r != ']'
}

// number adds a number with its suffix, or a name that begins with digits.
func (l *lexer) number() {
	rest := l.text[l.at:]
	i := digits(rest)
	word := true // until something is no letter of a name
	if i < len(rest) && rest[i] == '.' {
		word = false
		i++
		i += digits(rest[i:])
	}
	if i < len(rest) && (rest[i] == 'e' || rest[i] == 'E') {
		j := i + 1
		if j < len(rest) && (rest[j] == '+' || rest[j] == '-') {
			j++
		}
		if n := digits(rest[j:]); n > 0 {
			word = word && j == i+1
			i = j + n
		}
	}
	suffix := rest[i : i+wordLength(rest[i:])]
	size := i + len(suffix)
	switch strings.ToUpper(suffix) {
	case "", "D", "F", "BD":
		l.add(numberToken, size, rest[:size], "")
		return
	case "L", "S", "Y":
		if i == digits(rest) {
			l.add(numberToken, size, rest[:size], "")
			return
		}
	}
	if !word {
		l.bad(size, strconv.Quote(rest[:size])+" is no number; a suffix is one of L, S, Y, D, F and BD")
		return
	}
	l.word(size)
}

// digits is how many decimal digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// unescape resolves the escapes of a string, as Spark does: \% and \_ stay as
// they are, since LIKE reads them. A doubled quote is no quote there: it ends one
// literal and begins the next, and they are joined.
func unescape(s string, quote byte) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == quote {
			i++ // two literals side by side, which are one without their quotes
			continue
		}
		if c != '\\' || i+1 == len(s) {
			b.WriteByte(c)
			continue
		}
		i++
		rest := s[i:]
		if r, size, ok := codePoint(rest); ok {
			b.WriteRune(r)
			i += size - 1
			continue
		}
		switch c = s[i]; c {
		case '0':
			b.WriteByte(0)
		case 'b':
			b.WriteByte('\b')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'Z':
			b.WriteByte(0x1a)
		case '%', '_':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// codePoint reads what follows a backslash as uXXXX, UXXXXXXXX or three octal
// digits, and returns how many bytes that took.
func codePoint(s string) (r rune, size int, ok bool) {
	base, from := 16, 1
	switch {
	case s[0] == 'u' && len(s) >= 5:
		size = 5
	case s[0] == 'U' && len(s) >= 9:
		size = 9
	case '0' <= s[0] && s[0] <= '3' && len(s) >= 3:
		base, from, size = 8, 0, 3
	default:
		return 0, 0, false
	}
	v, err := strconv.ParseUint(s[from:size], base, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, 0, false
	}
	return rune(v), size, true
}
