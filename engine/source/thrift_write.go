package source

import "encoding/binary"

// A thriftWriter appends structs in the compact protocol; see thrift.go.
type thriftWriter struct {
	b    []byte
	last []int // id of the last field, for each struct that is open
}

func (t *thriftWriter) open() { t.last = append(t.last, 0) }

func (t *thriftWriter) close() {
	t.b = append(t.b, 0)
	t.last = t.last[:len(t.last)-1]
}

func (t *thriftWriter) field(id int, kind byte) {
	last := &t.last[len(t.last)-1]
	t.b = append(t.b, byte(id-*last)<<4|kind)
	*last = id
}

func (t *thriftWriter) varint(v int64) {
	t.b = binary.AppendUvarint(t.b, uint64(v)<<1^uint64(v>>63))
}

func (t *thriftWriter) i32(id int, v int) { t.field(id, thriftI32); t.varint(int64(v)) }

func (t *thriftWriter) i64(id int, v int64) { t.field(id, thriftI64); t.varint(v) }

func (t *thriftWriter) bool(id int, v bool) {
	if v {
		t.field(id, thriftTrue)
	} else {
		t.field(id, thriftFalse)
	}
}

func (t *thriftWriter) bytes(v []byte) {
	t.b = binary.AppendUvarint(t.b, uint64(len(v)))
	t.b = append(t.b, v...)
}

func (t *thriftWriter) binary(id int, v []byte) { t.field(id, thriftBinary); t.bytes(v) }

// structure writes a struct field whose fields body writes; nil is an empty one.
func (t *thriftWriter) structure(id int, body func()) {
	t.field(id, thriftStruct)
	t.element(body)
}

// element writes a struct in a list.
func (t *thriftWriter) element(body func()) {
	t.open()
	if body != nil {
		body()
	}
	t.close()
}

func (t *thriftWriter) list(id int, kind byte, n int) {
	t.field(id, thriftList)
	if n < 15 {
		t.b = append(t.b, byte(n)<<4|kind)
		return
	}
	t.b = append(t.b, 0xf0|kind)
	t.b = binary.AppendUvarint(t.b, uint64(n))
}
