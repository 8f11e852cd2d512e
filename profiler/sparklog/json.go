package sparklog

import (
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A text builds one line of JSON as Spark writes it: no blanks, keys in the
// order of the calls. A comma goes before every key or element but the first.
type text struct{ b []byte }

func (t *text) comma() {
	if n := len(t.b); n > 0 && t.b[n-1] != '{' && t.b[n-1] != '[' && t.b[n-1] != ':' {
		t.b = append(t.b, ',')
	}
}

func (t *text) key(k string) {
	t.comma()
	t.b = append(t.b, '"')
	t.b = append(t.b, k...)
	t.b = append(t.b, '"', ':')
}

func (t *text) open(c byte) {
	t.comma()
	t.b = append(t.b, c)
}

func (t *text) close(c byte) { t.b = append(t.b, c) }

// object writes a nested object under k, or as an element when k is "".
func (t *text) object(k string, body func()) {
	if k != "" {
		t.key(k)
	}
	t.open('{')
	body()
	t.close('}')
}

// list writes a list of n elements under k.
func (t *text) list(k string, n int, element func(i int)) {
	t.key(k)
	t.b = append(t.b, '[')
	for i := range n {
		element(i)
	}
	t.b = append(t.b, ']')
}

func (t *text) number(k string, v int64) {
	t.key(k)
	t.b = strconv.AppendInt(t.b, v, 10)
}

func (t *text) bool(k string, v bool) {
	t.key(k)
	t.b = strconv.AppendBool(t.b, v)
}

func (t *text) null(k string) {
	t.key(k)
	t.b = append(t.b, "null"...)
}

func (t *text) string(k, v string) {
	t.key(k)
	t.b = appendQuoted(t.b, v)
}

// option writes k unless v is empty.
func (t *text) option(k, v string) {
	if v != "" {
		t.string(k, v)
	}
}

// numberText writes a number as text, as Spark does for SQL metrics.
func (t *text) numberText(k string, v int64) {
	t.key(k)
	t.b = append(t.b, '"')
	t.b = strconv.AppendInt(t.b, v, 10)
	t.b = append(t.b, '"')
}

func (t *text) integers(k string, list []int) {
	t.key(k)
	t.b = append(t.b, '[')
	for i, v := range list {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		t.b = strconv.AppendInt(t.b, int64(v), 10)
	}
	t.b = append(t.b, ']')
}

// stringMap writes m by key.
func (t *text) stringMap(k string, m map[string]string) {
	t.key(k)
	t.b = append(t.b, '{')
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		t.b = appendQuoted(t.b, name)
		t.b = append(t.b, ':')
		t.b = appendQuoted(t.b, m[name])
	}
	t.b = append(t.b, '}')
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends v as a JSON text. Bytes that are not UTF-8 become U+FFFD.
func appendQuoted(b []byte, v string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(v); {
		c := v[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(v[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(b, v[from:i]...)
				b = append(b, "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		b = append(b, v[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	b = append(b, v[from:]...)
	return append(b, '"')
}
