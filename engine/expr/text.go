package expr

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// textFunctions are the rows of the function table on texts.
func textFunctions() []function {
	return []function{
		{"concat", 1, -1, anyMode(bindConcat), "texts one after the other; null when one is null"},
		{"upper", 1, 1, anyMode(bindText(upper)), "in upper case"},
		{"lower", 1, 1, anyMode(bindText(lower)), "in lower case"},
		{"trim", 1, 1, anyMode(bindText(trim)), "without blanks at both ends"},
		{"length", 1, 1, anyMode(bindLength), "number of characters"},
		{"substring", 2, 3, anyMode(bindSubstring), "part of a text from a position (1 is the first; negative counts from the end)"},
		{"like", 2, 2, anyMode(bindLike), "matches a constant pattern; % is any text, _ one character, \\ takes the next as it is"},
	}
}

func upper(s []byte) []byte { return bytes.ToUpper(s) }
func lower(s []byte) []byte { return bytes.ToLower(s) }
func trim(s []byte) []byte  { return bytes.Trim(s, " ") }

// perText applies f to every distinct text: once per dictionary value where
// there is a dictionary, else once per row.
func perText(x *Bound, t Type, f func(text []byte, to *Builder)) *Bound {
	builder := NewBuilder(t)
	var seen *Column
	var mapped Column
	var out Column
	return &Bound{Type: t, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		if in.Dict != nil && in.Dict.Len <= max(b.Rows, 64) {
			if seen != in.Dict {
				each := NewBuilder(t)
				for i := range in.Dict.Len {
					f(in.Dict.Str(i), each)
				}
				seen, mapped = in.Dict, each.Take()
			}
			if t == String {
				out = Column{Type: t, Len: b.Rows, Valid: in.Valid, Dict: &mapped, Codes: in.Codes}
				return &out, nil
			}
			valid := in.Valid
			Take(&out, &mapped, in.Codes[:b.Rows])
			out.Valid = valid
			return &out, nil
		}
		builder.Reset()
		for i := range b.Rows {
			if in.IsNull(i) {
				builder.AppendNull()
				continue
			}
			f(in.Str(i), builder)
		}
		return builder.Column(), nil
	}}
}

func asText(x *Bound) (*Bound, error) { return bindCast(x, String) }

func bindText(f func([]byte) []byte) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		x, err := asText(args[0])
		if err != nil {
			return nil, err
		}
		return perText(x, String, func(text []byte, to *Builder) { to.AppendBytes(f(text)) }), nil
	}
}

func bindLength(args []*Bound) (*Bound, error) {
	x, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	return perText(x, Int32, func(text []byte, to *Builder) {
		to.AppendValue(Value{Type: Int32, I: int64(utf8.RuneCount(text))})
	}), nil
}

func bindSubstring(args []*Bound) (*Bound, error) {
	x, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	from, ok := constantValue(args[1])
	count := Value{I: 1 << 40}
	if ok && len(args) == 3 {
		count, ok = constantValue(args[2])
	}
	if !ok {
		return nil, fmt.Errorf("position and length must be constant")
	}
	return perText(x, String, func(text []byte, to *Builder) {
		to.AppendBytes(substring(text, from.I, count.I))
	}), nil
}

// substring counts characters; position 0 means 1, as in Spark.
func substring(text []byte, from, count int64) []byte {
	runes := int64(utf8.RuneCount(text))
	start := from - 1
	if from == 0 {
		start = 0
	} else if from < 0 {
		start = runes + from
	}
	end := min(start+max(count, 0), runes)
	start = max(start, 0)
	if start >= end {
		return nil
	}
	if runes == int64(len(text)) {
		return text[start:end]
	}
	at := func(n int64) int {
		i := 0
		for ; n > 0; n-- {
			_, w := utf8.DecodeRune(text[i:])
			i += w
		}
		return i
	}
	return text[at(start):at(end)]
}

func bindConcat(args []*Bound) (*Bound, error) {
	for i, a := range args {
		x, err := asText(a)
		if err != nil {
			return nil, err
		}
		args[i] = x
	}
	builder := NewBuilder(String)
	columns := make([]*Column, len(args))
	var text []byte
	return &Bound{Type: String, eval: func(b *Batch) (*Column, error) {
		for i, a := range args {
			c, err := a.eval(b)
			if err != nil {
				return nil, err
			}
			columns[i] = c
		}
		builder.Reset()
	rows:
		for i := range b.Rows {
			text = text[:0]
			for _, c := range columns {
				if c.IsNull(i) {
					builder.AppendNull()
					continue rows
				}
				text = append(text, c.Str(i)...)
			}
			builder.AppendBytes(text)
		}
		return builder.Column(), nil
	}}, nil
}

func bindLike(args []*Bound) (*Bound, error) {
	x, err := asText(args[0])
	if err != nil {
		return nil, err
	}
	p, ok := constantValue(args[1])
	if !ok || p.Type != String {
		return nil, fmt.Errorf("the pattern must be a constant text")
	}
	pattern := []rune(p.S)
	return perText(x, Bool, func(text []byte, to *Builder) {
		to.AppendValue(Value{Type: Bool, I: int64(b2u(like([]rune(string(text)), pattern)))})
	}), nil
}

// like matches with backtracking to the last %, which is enough because a later
// % can take over whatever an earlier one could.
func like(text, pattern []rune) bool {
	t, p, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '%':
			star, mark = p, t
			p++
		case p+1 < len(pattern) && pattern[p] == '\\' && pattern[p+1] == text[t]:
			p += 2
			t++
		case p < len(pattern) && pattern[p] != '\\' && (pattern[p] == '_' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '%' {
		p++
	}
	return p == len(pattern)
}
