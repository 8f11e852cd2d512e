package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// The library makes room for as many fields and buffers as the metadata of a
// file claims to have, and damaged files claim more than there is memory.
// verifyArrow therefore walks the metadata first: its flatbuffers are tables,
// whose fields are found through a table of offsets that stands elsewhere, and
// vectors, which begin with their length.

// verifyArrow reports whether the metadata of a file lies inside of it.
func verifyArrow(r io.ReaderAt, size int64) error {
	head := make([]byte, len(ipc.Magic))
	if _, err := r.ReadAt(head, 0); err != nil {
		return fmt.Errorf("no file of Arrow: %w", err)
	}
	if !bytes.Equal(head, ipc.Magic) {
		for at, n := int64(0), 0; ; n++ {
			next, err := verifyMessage(r, at, size)
			if err != nil {
				return fmt.Errorf("message %d: %w", n, err)
			}
			if next == 0 {
				return nil
			}
			at = next
		}
	}
	end := int64(4 + len(ipc.Magic))
	tail, err := part(r, size-end, end, size)
	if err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	footer, err := part(r, size-end-length, length, size)
	if err != nil {
		return err
	}
	t := rootTable(footer)
	verifySchema(t.table(1), 0)
	for _, field := range []int{2, 3} { // dictionaries and record batches
		blocks, n := t.vector(field, 24)
		for i := range n {
			at := int64(binary.LittleEndian.Uint64(blocks[i*24:]))
			if _, err := verifyMessage(r, at, size); err != nil {
				return fmt.Errorf("block %d: %w", i, err)
			}
		}
	}
	return nil
}

// verifyMessage looks at the message at a place and returns where the next
// begins; 0 after the last.
func verifyMessage(r io.ReaderAt, at, size int64) (next int64, err error) {
	if at == size {
		return 0, nil // the mark of the end may be missing
	}
	prefix, err := part(r, at, 4, size)
	if err != nil {
		return 0, err
	}
	at += 4
	if binary.LittleEndian.Uint32(prefix) == 0xffffffff {
		if prefix, err = part(r, at, 4, size); err != nil {
			return 0, err
		}
		at += 4
	}
	length := int64(binary.LittleEndian.Uint32(prefix))
	if length == 0 {
		return 0, nil
	}
	metadata, err := part(r, at, length, size)
	if err != nil {
		return 0, err
	}
	t := rootTable(metadata)
	body := int64(t.number(3))
	if body < 0 || body > size-at-length {
		return 0, fmt.Errorf("a body of %d bytes at %d of %d", body, at+length, size)
	}
	t.vector(4, 4)
	header := t.table(2)
	switch t.byte(1) {
	case 1:
		verifySchema(header, 0)
	case 2:
		verifyRecord(header.table(1), body)
	case 3:
		verifyRecord(header, body)
	}
	return at + length + body, nil
}

func part(r io.ReaderAt, at, n, size int64) ([]byte, error) {
	if at < 0 || n < 0 || n > size || at > size-n {
		return nil, fmt.Errorf("%d bytes at %d of %d", n, at, size)
	}
	b := make([]byte, n)
	_, err := r.ReadAt(b, at)
	if err == io.EOF {
		err = nil
	}
	return b, err
}

func verifySchema(t flatTable, depth int) {
	t.vector(2, 4)
	verifyFields(t, 1, depth)
}

func verifyFields(t flatTable, field, depth int) {
	if depth > 100 {
		panic("fields nested more than 100 deep")
	}
	fields, n := t.vector(field, 4)
	for i := range n {
		f := flatTable{t.all, len(t.all) - len(fields) + i*4}.indirect()
		f.vector(0, 1)
		f.vector(6, 4)
		verifyFields(f, 5, depth+1)
	}
}

// verifyRecord looks at the record batch that a body of so many bytes holds. A
// value takes a bit at least, unless the buffers are compressed, or there are
// none because all is null.
func verifyRecord(t flatTable, body int64) {
	limit := body * 8
	if _, buffers := t.vector(2, 16); buffers == 0 {
		limit = 1 << 31
	} else if t.field(3) != 0 {
		limit = min(body<<15, 1<<31)
	}
	nodes, n := t.vector(1, 16)
	t.vector(4, 8)
	for i := -1; i < n; i++ {
		length := t.number(0)
		if i >= 0 {
			length = binary.LittleEndian.Uint64(nodes[i*16:])
		}
		if length > uint64(limit) {
			panic(fmt.Sprintf("%d values in %d bytes", length, body))
		}
	}
}

// A flatTable is a table at a place of a flatbuffer; at 0 there is none, and it
// has no fields. What points outside panics.
type flatTable struct {
	all []byte
	at  int
}

func rootTable(all []byte) flatTable { return flatTable{all, 0}.indirect() }

// indirect follows the offset at the table's place.
func (t flatTable) indirect() flatTable {
	return flatTable{t.all, t.at + int(binary.LittleEndian.Uint32(t.all[t.at:]))}
}

// field is where a field of the table is; 0 when it is not there.
func (t flatTable) field(i int) int {
	if t.at == 0 {
		return 0
	}
	offsets := t.at - int(int32(binary.LittleEndian.Uint32(t.all[t.at:])))
	if 4+2*i >= int(binary.LittleEndian.Uint16(t.all[offsets:])) {
		return 0
	}
	if at := int(binary.LittleEndian.Uint16(t.all[offsets+4+2*i:])); at != 0 {
		return t.at + at
	}
	return 0
}

func (t flatTable) table(i int) flatTable {
	if at := t.field(i); at != 0 {
		return flatTable{t.all, at}.indirect()
	}
	return flatTable{}
}

func (t flatTable) byte(i int) byte {
	if at := t.field(i); at != 0 {
		return t.all[at]
	}
	return 0
}

func (t flatTable) number(i int) uint64 {
	if at := t.field(i); at != 0 {
		return binary.LittleEndian.Uint64(t.all[at:])
	}
	return 0
}

// vector is what is left of the buffer from a vector's first element on, and the
// number of its elements, of a size each.
func (t flatTable) vector(i, size int) (rest []byte, n int) {
	at := t.field(i)
	if at == 0 {
		return nil, 0
	}
	v := flatTable{t.all, at}.indirect().at
	n = int(binary.LittleEndian.Uint32(t.all[v:]))
	rest = t.all[v+4:]
	if n > len(rest)/size {
		panic(fmt.Sprintf("a vector of %d elements in %d bytes", n, len(rest)))
	}
	return rest, n
}
