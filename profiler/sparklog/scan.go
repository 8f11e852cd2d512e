package sparklog

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"
)

// A scanner walks over the JSON text of one line. It knows which keys an object
// should have and in which order Spark writes them, and compares the text with
// the prediction; when that fails it looks among the other keys, and when that
// fails it reads the key as JSON allows. encoding/json is twenty times slower
// and would build what is thrown away: half of a TaskEnd is.
//
// The first mistake is kept; after it everything reads as zero.
type scanner struct {
	b      []byte
	i      int
	depth  int
	failed string
	names  map[string]string // texts that recur: hosts, executors, metric names
	recent [64]string        // some of them, found without hashing

	from, to int // where the number or the content of the text is that was read last
	noting   bool
	notes    []note // what was read, if noting
}

// A note is where in the line a value was read, or something that was skipped.
type note struct {
	from, to int
	value
	skipped bool
}

// note notes the value that was read last.
func (s *scanner) note(v value) {
	if s.noting {
		s.notes = append(s.notes, note{from: s.from, to: s.to, value: v})
	}
}

const maxDepth = 10_000

func (s *scanner) reset(line []byte) { s.b, s.i, s.depth, s.failed = line, 0, 0, "" }

func (s *scanner) fail(what string) {
	if s.failed == "" {
		s.failed = what + " at byte " + strconv.Itoa(s.i+1) + " of the line"
	}
	s.i = len(s.b)
}

func (s *scanner) blanks() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\r' || s.b[s.i] == '\n') {
		s.i++
	}
}

// peek returns the next byte that is not blank, 0 at the end.
func (s *scanner) peek() byte {
	if s.i < len(s.b) && s.b[s.i] > ' ' {
		return s.b[s.i]
	}
	s.blanks()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// take consumes c, which must come next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// object reads an object. For each key of keys that it meets it calls value with
// the key's position; value must consume the value. Other keys are skipped. A
// null counts as an empty object.
func (s *scanner) object(keys []string, value func(k int)) {
	if s.null() {
		return
	}
	if !s.take('{') {
		s.fail("expected an object")
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested too deep")
		return
	}
	next := 0
	for first := true; s.failed == ""; first = false {
		switch c := s.peek(); {
		case c == '}':
			s.i++
			s.depth--
			return
		case c == ',' && !first:
			s.i++
			if s.i < len(s.b) && s.b[s.i] != '"' {
				s.blanks()
			}
		case !first:
			s.fail("expected , or }")
			return
		}
		k := s.key(keys, next)
		if k < 0 {
			s.skip()
			continue
		}
		next = k + 1
		value(k)
	}
}

// key consumes a key and its colon and returns its position in keys, or -1. The
// search begins at next.
func (s *scanner) key(keys []string, next int) int {
	rest := s.b[s.i:]
	for n := range keys {
		k := next + n
		if k >= len(keys) {
			k -= len(keys)
		}
		if want := keys[k]; len(rest) >= len(want) && string(rest[:len(want)]) == want {
			s.i += len(want)
			return k
		}
	}
	name := s.raw()
	if !s.take(':') {
		s.fail("expected : after a key")
		return -1
	}
	for k, want := range keys {
		if string(name) == want[1:len(want)-2] {
			return k
		}
	}
	return -1
}

// array calls element at the start of each element, which element must consume.
func (s *scanner) array(element func()) {
	if s.null() {
		return
	}
	if !s.take('[') {
		s.fail("expected a list")
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.fail("nested too deep")
		return
	}
	for first := true; s.failed == ""; first = false {
		switch c := s.peek(); {
		case c == ']':
			s.i++
			s.depth--
			return
		case c == ',' && !first:
			s.i++
		case !first:
			s.fail("expected , or ]")
			return
		}
		element()
	}
}

func (s *scanner) null() bool {
	if s.peek() == 'n' && bytes.HasPrefix(s.b[s.i:], []byte("null")) {
		s.i += 4
		return true
	}
	return false
}

// int reads a number; ok is false for null.
func (s *scanner) int() (v int64, ok bool) {
	c := s.peek()
	if c == '"' { // SQL metrics and properties hold numbers as text
		n, err := strconv.ParseInt(string(s.raw()), 10, 64)
		return n, err == nil
	}
	if c == 'n' {
		return 0, !s.null()
	}
	start, negative := s.i, c == '-'
	if negative {
		s.i++
	}
	digits := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		v = v*10 + int64(s.b[s.i]-'0')
		s.i++
	}
	s.from, s.to = start, s.i
	switch n := s.i - digits; {
	case n == 0:
		s.fail("expected a number")
		return 0, false
	case n > 18, s.i < len(s.b) && (s.b[s.i] == '.' || s.b[s.i]|0x20 == 'e'):
		return s.wideInt(start)
	}
	if negative {
		v = -v
	}
	return v, true
}

// wideInt reads what needs care: 19 digits, fractions, exponents.
func (s *scanner) wideInt(start int) (int64, bool) {
	for s.i < len(s.b) && bytes.IndexByte([]byte("0123456789+-.eE"), s.b[s.i]) >= 0 {
		s.i++
	}
	s.to = s.i
	text := string(s.b[start:s.i])
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return v, true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(f) > 1<<62 {
		s.fail("number out of range")
		return 0, false
	}
	return int64(f), true
}

func (s *scanner) bool() bool {
	switch c := s.peek(); {
	case c == 't' && bytes.HasPrefix(s.b[s.i:], []byte("true")):
		s.i += 4
		return true
	case c == 'f' && bytes.HasPrefix(s.b[s.i:], []byte("false")):
		s.i += 5
		return false
	case c == 'n' && s.null():
		return false
	}
	s.fail("expected true or false")
	return false
}

// text reads a string as a copy of its own; null is "".
func (s *scanner) text() string {
	if s.null() {
		return ""
	}
	return string(s.raw())
}

// name reads a string of which there are few different ones.
func (s *scanner) name() string {
	if s.null() {
		return ""
	}
	return s.intern(s.raw())
}

// intern returns raw as a text that is shared by all that are equal.
func (s *scanner) intern(raw []byte) string {
	n := len(raw)
	if n == 0 {
		return ""
	}
	slot := &s.recent[(n*7+int(raw[n-1])*3+int(raw[n/2]))%len(s.recent)]
	if *slot == string(raw) {
		return *slot
	}
	text, ok := s.names[string(raw)]
	if !ok {
		text = string(raw)
		if len(s.names) < 1<<16 {
			s.names[text] = text
		}
	}
	*slot = text
	return text
}

// raw reads a string and returns its content, valid until the next line.
func (s *scanner) raw() []byte {
	if !s.take('"') {
		s.fail("expected a text")
		return nil
	}
	rest := s.b[s.i:]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		s.fail("a text is not closed")
		return nil
	}
	s.from, s.to = s.i, s.i+end
	if bytes.IndexByte(rest[:end], '\\') < 0 {
		s.i += end + 1
		return rest[:end]
	}
	defer func() { s.to = s.i - 1 }()
	return s.escaped()
}

// escaped reads a string that holds backslashes, from behind its first quote.
func (s *scanner) escaped() []byte {
	var out []byte
	for s.i < len(s.b) {
		c := s.b[s.i]
		s.i++
		switch {
		case c == '"':
			return out
		case c != '\\':
			out = append(out, c)
		case s.i >= len(s.b):
		default:
			c = s.b[s.i]
			s.i++
			switch c {
			case 'n':
				out = append(out, '\n')
			case 't':
				out = append(out, '\t')
			case 'r':
				out = append(out, '\r')
			case 'b':
				out = append(out, '\b')
			case 'f':
				out = append(out, '\f')
			case 'u':
				out = utf8.AppendRune(out, s.unicode())
			default:
				out = append(out, c)
			}
		}
	}
	s.fail("a text is not closed")
	return nil
}

// unicode reads the digits of \uXXXX, and of the second half of a pair.
func (s *scanner) unicode() rune {
	r := s.hex()
	if r >= 0xD800 && r < 0xDC00 && bytes.HasPrefix(s.b[s.i:], []byte(`\u`)) {
		s.i += 2
		if low := s.hex(); low >= 0xDC00 && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000
		}
	}
	return r
}

func (s *scanner) hex() rune {
	if s.i+4 > len(s.b) {
		s.fail("a text is not closed")
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(string(s.b[s.i:s.i+4]), 16, 32)
	s.i += 4
	if err != nil {
		return utf8.RuneError
	}
	return rune(v)
}
