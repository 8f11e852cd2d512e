package source

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonParser reads one JSON text into nodes, which it uses again for the next.
// It is as lenient as Spark: texts may stand in single quotes, NaN and Infinity
// are numbers, and what follows the value does not count.
type jsonParser struct {
	text   []byte
	at     int
	nodes  []jsonNode
	buffer []byte // texts that had escapes
}

// A jsonNode is a value. The nodes of a text stand in its order: a value's
// children follow it up to end, where the next value begins.
type jsonNode struct {
	kind byte   // '{', '[', '"', '0' of a number, 't', 'f' or 'n'
	name []byte // in the object around it
	text []byte // of a string or a number
	end  int
}

// parse reads a text; the nodes are valid until the next call. A text of blanks
// has none.
func (p *jsonParser) parse(text []byte) error {
	p.text, p.at = text, 0
	p.nodes, p.buffer = p.nodes[:0], p.buffer[:0]
	if p.blanks(); p.at == len(text) {
		return nil
	}
	return p.value(nil, 0)
}

const maxJSONDepth = 1000 // as in Spark's parser

func (p *jsonParser) value(name []byte, depth int) error {
	if depth > maxJSONDepth {
		return p.fault("a value of no more than %d levels", maxJSONDepth)
	}
	p.blanks()
	if p.at == len(p.text) {
		return p.fault("a value")
	}
	this := len(p.nodes)
	c := p.text[p.at]
	p.nodes = append(p.nodes, jsonNode{kind: c, name: name})
	var err error
	switch {
	case c == '{' || c == '[':
		err = p.inside(c, depth)
	case c == '"' || c == '\'':
		p.nodes[this].kind = '"'
		p.nodes[this].text, err = p.quoted(c)
	case c == '-' || c >= '0' && c <= '9' || c == 'N' || c == 'I' || c == '+':
		p.nodes[this].kind = '0'
		p.nodes[this].text, err = p.number()
	default:
		err = p.word()
	}
	p.nodes[this].end = len(p.nodes)
	return err
}

// inside reads what is between brackets.
func (p *jsonParser) inside(open byte, depth int) error {
	p.at++
	for first := true; ; first = false {
		p.blanks()
		if p.at < len(p.text) && p.text[p.at] == open+2 && first { // ] and } come two after [ and {
			p.at++
			return nil
		}
		var name []byte
		var err error
		if open == '{' {
			if p.at == len(p.text) || p.text[p.at] != '"' && p.text[p.at] != '\'' {
				return p.fault("a name in quotes")
			}
			if name, err = p.quoted(p.text[p.at]); err != nil {
				return err
			}
			if p.blanks(); p.at == len(p.text) || p.text[p.at] != ':' {
				return p.fault("a colon")
			}
			p.at++
		}
		if err = p.value(name, depth+1); err != nil {
			return err
		}
		p.blanks()
		if p.at < len(p.text) && p.text[p.at] == open+2 {
			p.at++
			return nil
		}
		if p.at == len(p.text) || p.text[p.at] != ',' {
			return p.fault("a comma or %c", open+2)
		}
		p.at++
	}
}

func (p *jsonParser) blanks() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t' || p.text[p.at] == '\n' || p.text[p.at] == '\r') {
		p.at++
	}
}

func (p *jsonParser) fault(format string, args ...any) error {
	found := "the end"
	if p.at < len(p.text) {
		r, _ := utf8.DecodeRune(p.text[p.at:])
		found = strconv.QuoteRune(r)
	}
	return fmt.Errorf("malformed JSON at character %d: expected "+format+", found %s", append(append([]any{p.at + 1}, args...), found)...)
}

func (p *jsonParser) word() error {
	for _, w := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(p.text[p.at:], []byte(w)) {
			p.at += len(w)
			return nil
		}
	}
	return p.fault("a value")
}

// number reads digits, a fraction and an exponent; or NaN and the infinities.
func (p *jsonParser) number() ([]byte, error) {
	for _, w := range []string{"NaN", "Infinity", "-Infinity", "+Infinity", "INF", "-INF", "+INF"} {
		if bytes.HasPrefix(p.text[p.at:], []byte(w)) {
			p.at += len(w)
			return p.text[p.at-len(w) : p.at], nil
		}
	}
	from := p.at
	if p.text[p.at] == '-' {
		p.at++
	}
	zero := p.at < len(p.text) && p.text[p.at] == '0'
	if n := p.digits(); n == 0 || zero && n > 1 {
		p.at = from
		return nil, p.fault("a number without zeros in front")
	}
	if p.at < len(p.text) && p.text[p.at] == '.' {
		p.at++
		if p.digits() == 0 {
			return nil, p.fault("digits behind the point")
		}
	}
	if p.at < len(p.text) && p.text[p.at]|0x20 == 'e' {
		if p.at++; p.at < len(p.text) && (p.text[p.at] == '-' || p.text[p.at] == '+') {
			p.at++
		}
		if p.digits() == 0 {
			return nil, p.fault("digits of an exponent")
		}
	}
	return p.text[from:p.at], nil
}

func (p *jsonParser) digits() int {
	from := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at - from
}

// quoted reads a text in quotes; what is not UTF-8 in it becomes U+FFFD.
func (p *jsonParser) quoted(quote byte) ([]byte, error) {
	p.at++
	from, start := p.at, len(p.buffer)
	escapes := false
	for ; ; p.at++ {
		if p.at == len(p.text) || p.text[p.at] < ' ' {
			return nil, p.fault("the closing quote")
		}
		switch c := p.text[p.at]; {
		case c == quote:
			out := p.text[from:p.at]
			if escapes {
				p.buffer = append(p.buffer, out...)
				out = p.buffer[start:]
			}
			p.at++
			if !utf8.Valid(out) {
				out = bytes.ToValidUTF8(out, []byte("\ufffd"))
			}
			return out, nil
		case c == '\\':
			escapes = true
			p.buffer = append(p.buffer, p.text[from:p.at]...)
			if err := p.escape(); err != nil {
				return nil, err
			}
			from = p.at + 1
		}
	}
}

// escape reads what follows a backslash and stays at its last character.
func (p *jsonParser) escape() error {
	p.at++
	if p.at == len(p.text) {
		return p.fault("an escape")
	}
	c := p.text[p.at]
	if i := bytes.IndexByte([]byte(`bfnrt"'\/`), c); i >= 0 {
		p.buffer = append(p.buffer, "\b\f\n\r\t\"'\\/"[i])
		return nil
	}
	r, ok := p.unicode(p.at)
	if !ok {
		return p.fault("an escape")
	}
	p.at += 4
	if low, ok := p.unicode(p.at + 2); ok && utf16.IsSurrogate(r) && p.text[p.at+1] == '\\' {
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			p.at += 6
			r = both
		}
	}
	p.buffer = utf8.AppendRune(p.buffer, r)
	return nil
}

// unicode reads uXXXX at a place.
func (p *jsonParser) unicode(at int) (rune, bool) {
	if at+5 > len(p.text) || p.text[at] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.text[at+1:at+5]), 16, 32)
	return rune(v), err == nil
}

// rows are the objects that a text stands for: itself, or the elements of an
// array; ok is false when something else is there.
func (p *jsonParser) rows(into []int) (rows []int, ok bool) {
	if len(p.nodes) == 0 {
		return into, true
	}
	if p.nodes[0].kind != '[' {
		return append(into, 0), p.nodes[0].kind == '{'
	}
	ok = true
	for i := 1; i < p.nodes[0].end; i = p.nodes[i].end {
		into = append(into, i)
		ok = ok && p.nodes[i].kind == '{'
	}
	return into, ok
}

// append prints a node without blanks.
func (p *jsonParser) append(dst []byte, i int) []byte {
	n := &p.nodes[i]
	switch n.kind {
	case '"':
		return appendJSON(dst, n.text)
	case '0':
		return append(dst, n.text...)
	case 't':
		return append(dst, "true"...)
	case 'f':
		return append(dst, "false"...)
	case 'n':
		return append(dst, "null"...)
	}
	dst = append(dst, n.kind)
	for j := i + 1; j < n.end; j = p.nodes[j].end {
		if j > i+1 {
			dst = append(dst, ',')
		}
		if n.kind == '{' {
			dst = append(appendJSON(dst, p.nodes[j].name), ':')
		}
		dst = p.append(dst, j)
	}
	return append(dst, n.kind+2)
}

// appendJSON prints a text in quotes.
func appendJSON(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		switch i := bytes.IndexByte([]byte("\b\f\n\r\t\"\\"), c); {
		case i >= 0:
			dst = append(dst, '\\', `bfnrt"\`[i])
		case c < ' ':
			dst = fmt.Appendf(dst, "\\u%04x", c)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
