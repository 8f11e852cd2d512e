package expr

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// levenshtein keeps one row of the table of distances between prefixes.
func levenshtein(args []*Column, i int, to *Builder) error {
	a, b := []rune(string(args[0].Str(i))), []rune(string(args[1].Str(i)))
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for x, r := range a {
		diagonal := row[0]
		row[0] = x + 1
		for j, s := range b {
			best := min(diagonal+int(b2u(r != s)), row[j]+1, row[j+1]+1)
			diagonal, row[j+1] = row[j+1], best
		}
	}
	distance := row[len(b)]
	if len(args) == 3 && distance > int(args[2].I32[i]) {
		distance = -1
	}
	to.appendInt(int64(distance))
	return nil
}

// soundexCodes holds the code of every letter from A; 7 is a letter that a code
// may repeat across, 0 a vowel, which ends a run.
const soundexCodes = "01230127022455012623017202"

// soundex is Spark's, by which a text that does not begin with a Latin letter
// stays as it is.
func soundex(args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	letter := func(c byte) byte {
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if c < 'A' || c > 'Z' {
			return 0
		}
		return c
	}
	if len(text) == 0 || letter(text[0]) == 0 {
		to.AppendBytes(text)
		return nil
	}
	code := []byte{letter(text[0]), '0', '0', '0'}
	last, n := soundexCodes[code[0]-'A'], 1
	for _, c := range text[1:] {
		c = letter(c)
		if c == 0 {
			last = '0'
			continue
		}
		now := soundexCodes[c-'A']
		if now == '7' {
			continue
		}
		if now != '0' && now != last {
			if code[n] = now; n == 3 {
				break
			}
			n++
		}
		last = now
	}
	to.AppendBytes(code)
	return nil
}

// luhnCheck doubles every second digit from the end.
func luhnCheck(args []*Column, i int, to *Builder) error {
	text := args[0].Str(i)
	sum, ok := 0, len(text) > 0
	for k, c := range text {
		d := int(c) - '0'
		ok = ok && d >= 0 && d <= 9
		if (len(text)-k)%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	to.appendBool(ok && sum%10 == 0)
	return nil
}

// bindMask replaces characters by kind. A null replacement keeps the kind as it
// is, as it does with other characters unless one is given.
func bindMask(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args, String); err != nil {
		return nil, err
	}
	with := []rune{'X', 'x', 'n', -1}
	for k, a := range args[1:] {
		v, ok := constantValue(a)
		switch {
		case !ok || !v.IsNull && utf8.RuneCountInString(v.S) != 1:
			return nil, fmt.Errorf("replacement %d must be a constant text of one character", k+1)
		case v.IsNull:
			with[k] = -1
		default:
			with[k], _ = utf8.DecodeRuneInString(v.S)
		}
	}
	return perRow(String, args[:1], func(args []*Column, i int, to *Builder) error {
		var out []byte
		for _, r := range string(args[0].Str(i)) {
			kind := 3
			switch {
			case unicode.IsUpper(r):
				kind = 0
			case unicode.IsLower(r):
				kind = 1
			case unicode.IsDigit(r):
				kind = 2
			}
			if with[kind] >= 0 {
				r = with[kind]
			}
			out = utf8.AppendRune(out, r)
		}
		to.AppendBytes(out)
		return nil
	}), nil
}
