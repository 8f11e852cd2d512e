package source

// Thrift's compact protocol, as far as Parquet's page headers need it: a struct
// is a run of fields, each a byte (id delta and type) and a value, ended by a
// zero byte; integers are zigzag varints.

// Types of the compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// A thriftReader walks over b. Reading past the end or nesting too deep sets
// bad, after which everything reads as zero.
type thriftReader struct {
	b   []byte
	p   int
	bad bool
}

func (t *thriftReader) byte() byte {
	if t.p >= len(t.b) {
		t.bad = true
		return 0
	}
	t.p++
	return t.b[t.p-1]
}

func (t *thriftReader) uvarint() uint64 {
	var x uint64
	for shift := uint(0); shift < 70; shift += 7 {
		c := t.byte()
		x |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return x
		}
	}
	t.bad = true
	return 0
}

// integer reads a zigzag varint.
func (t *thriftReader) integer() int64 {
	u := t.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// i32 reads an integer that must not be negative.
func (t *thriftReader) i32() int {
	v := t.integer()
	if v < 0 || v > 1<<31-1 {
		t.bad = true
		return 0
	}
	return int(v)
}

func (t *thriftReader) advance(n uint64) {
	if n > uint64(len(t.b)-t.p) {
		t.bad = true
		return
	}
	t.p += int(n)
}

// fields calls f for every field of the struct at hand; f reads the value and
// returns true, or leaves it and returns false.
func (t *thriftReader) fields(depth int, f func(id int, kind byte) bool) {
	id := 0
	for !t.bad {
		h := t.byte()
		if h == 0 {
			return
		}
		if delta := int(h >> 4); delta != 0 {
			id += delta
		} else {
			id = int(t.integer())
		}
		if kind := h & 15; f == nil || !f(id, kind) {
			t.skip(kind, depth)
		}
	}
}

// skip passes over a value. It proves on the way that the value is there in
// full: a list of a million elements takes a million bytes at least.
func (t *thriftReader) skip(kind byte, depth int) {
	if depth > 32 {
		t.bad = true
		return
	}
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.advance(1)
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		t.advance(8)
	case thriftBinary:
		t.advance(t.uvarint())
	case thriftList, thriftSet:
		h := t.byte()
		n := uint64(h >> 4)
		if n == 15 {
			n = t.uvarint()
		}
		for i := uint64(0); i < n && !t.bad; i++ {
			t.element(h&15, depth+1)
		}
	case thriftMap:
		n := t.uvarint()
		if n == 0 {
			return
		}
		kinds := t.byte()
		for i := uint64(0); i < n && !t.bad; i++ {
			t.element(kinds>>4, depth+1)
			t.element(kinds&15, depth+1)
		}
	case thriftStruct:
		t.fields(depth+1, nil)
	default:
		t.bad = true
	}
}

// element passes over a value in a list or map, where a boolean takes a byte,
// unlike in a struct, where the field's type is the value.
func (t *thriftReader) element(kind byte, depth int) {
	if kind == thriftTrue || kind == thriftFalse {
		t.advance(1)
		return
	}
	t.skip(kind, depth)
}
