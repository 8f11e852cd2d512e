// Package block keeps batches at rest: in memory or in files. Shuffle output,
// spilled runs and cached partitions are all blocks in one encoding.
package block

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"stagecoach/engine/expr"
)

// An encoded batch is a header and the columns' buffers as they lie in memory,
// each padded to eight bytes, so that decoding points into the bytes instead of
// copying them:
//
//	magic u32 · rows u32 · columns u32 · 0 u32 · length of all u64
//	per column: kind u8 · flags u8 · 0 u16 · bytes of text or elements u32,
//	            [validity bitmap] values | offsets [text] | columns inside
//
// Arrow's IPC format would do the same with a kilobyte of metadata a batch,
// more than most blocks of a wide shuffle hold.
const (
	magic       = 0x4b4c4253 // "SBLK"
	headerSize  = 24
	columnSize  = 8
	flagValid   = 1
	maxColumns  = 1 << 16
	maxTextSize = 1<<31 - 1
)

func pad(n int) int { return (n + 7) &^ 7 }

// Encode appends a batch to dst, whose length is a multiple of eight.
// Dictionaries are written out.
func Encode(dst []byte, b *expr.Batch) []byte {
	start := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, magic)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(b.Rows))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b.Cols)))
	dst = append(dst, make([]byte, 12)...)
	for i := range b.Cols {
		dst = encodeColumn(dst, &b.Cols[i])
	}
	binary.LittleEndian.PutUint64(dst[start+16:], uint64(len(dst)-start))
	return dst
}

func encodeColumn(dst []byte, column *expr.Column) []byte {
	c := column.Flatten()
	layout := c.Type.Layout()
	inside, flags := 0, byte(0)
	if (layout == expr.String || layout == expr.Array) && c.Len > 0 {
		inside = int(c.Offsets[c.Len] - c.Offsets[0])
	}
	if c.Valid != nil {
		flags = flagValid
	}
	dst = append(dst, byte(c.Type.Kind()), flags, 0, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(inside))
	if c.Valid != nil {
		dst = appendPadded(dst, c.Valid[:(c.Len+7)/8])
	}
	switch layout {
	case expr.Bool:
		dst = appendPadded(dst, c.Bools[:c.Len])
	case expr.Int32:
		dst = appendPadded(dst, bytesOf(c.I32[:c.Len]))
	case expr.Int64:
		dst = appendPadded(dst, bytesOf(c.I64[:c.Len]))
	case expr.Float64:
		dst = appendPadded(dst, bytesOf(c.F64[:c.Len]))
	case expr.Decimal:
		dst = appendPadded(dst, bytesOf(c.Wide[:c.Len]))
	case expr.String:
		dst = appendOffsets(dst, &c)
		if c.Len > 0 {
			dst = appendPadded(dst, c.Bytes[c.Offsets[0]:c.Offsets[c.Len]])
		}
	case expr.Array:
		dst = appendOffsets(dst, &c)
		elements := expr.Batch{Rows: c.Items[0].Len, Cols: c.Items}
		if c.Len > 0 {
			elements = *elements.Slice(int(c.Offsets[0]), int(c.Offsets[c.Len]))
		} else {
			elements = *elements.Slice(0, 0)
		}
		dst = encodeColumn(dst, &elements.Cols[0])
	case expr.Struct:
		for i := range c.Items {
			dst = encodeColumn(dst, &c.Items[i])
		}
	}
	return dst
}

// appendOffsets writes offsets that begin at 0.
func appendOffsets(dst []byte, c *expr.Column) []byte {
	if c.Len == 0 {
		return append(dst, make([]byte, 8)...)
	}
	if c.Offsets[0] == 0 {
		return appendPadded(dst, bytesOf(c.Offsets[:c.Len+1]))
	}
	moved := make([]int32, c.Len+1)
	for i, o := range c.Offsets[:c.Len+1] {
		moved[i] = o - c.Offsets[0]
	}
	return appendPadded(dst, bytesOf(moved))
}

func appendPadded(dst, src []byte) []byte {
	dst = append(dst, src...)
	for len(dst)&7 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

func bytesOf[T int32 | int64 | float64 | expr.Int128](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

func sliceOf[T int32 | int64 | float64 | expr.Int128](b []byte, n int) []T {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

// Buffer returns n bytes whose start is aligned for Decode.
func Buffer(n int) []byte {
	words := make([]uint64, (n+7)/8)
	if len(words) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*8)[:n]
}

// Decode reads one batch from data, which starts at a multiple of eight bytes
// of a Buffer, and returns the rest. The batch points into data.
func Decode(schema expr.Schema, data []byte) (b *expr.Batch, rest []byte, err error) {
	if len(data) < headerSize || binary.LittleEndian.Uint32(data) != magic {
		return nil, nil, fmt.Errorf("block: no batch begins here (%d bytes left)", len(data))
	}
	rows := int(binary.LittleEndian.Uint32(data[4:]))
	columns := int(binary.LittleEndian.Uint32(data[8:]))
	size := binary.LittleEndian.Uint64(data[16:])
	if columns != len(schema) || columns > maxColumns || size > uint64(len(data)) || size < uint64(headerSize+columns*columnSize) {
		return nil, nil, fmt.Errorf("block: a batch of %d columns and %d bytes does not fit %d columns and %d bytes", columns, size, len(schema), len(data))
	}
	r := &columnReader{data: data[headerSize:size]}
	b = &expr.Batch{Schema: schema, Rows: rows, Cols: make([]expr.Column, columns)}
	for i := range b.Cols {
		if b.Cols[i] = r.column(schema[i].Type, rows); r.err != nil {
			return nil, nil, fmt.Errorf("block: column %s of %d rows: %w", schema[i].Name, rows, r.err)
		}
	}
	return b, data[size:], nil
}

// A columnReader takes columns from the front of data, until one is wrong.
type columnReader struct {
	data []byte
	err  error
}

var errShort = errors.New("it is cut short")

// take returns the next n bytes, or nil where there are not so many.
func (r *columnReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.data) {
		if r.err == nil {
			r.err = errShort
		}
		return nil
	}
	out := r.data[:n]
	r.data = r.data[min(pad(n), len(r.data)):]
	return out
}

// column decodes a column of type t; on an error what it returns is of no use.
func (r *columnReader) column(t expr.Type, rows int) expr.Column {
	head := r.take(columnSize)
	if r.err != nil {
		return expr.Column{}
	}
	if kind := expr.Type(head[0]); kind == expr.Null {
		t = kind
	} else if kind != t.Kind() {
		r.err = fmt.Errorf("it is said to be of kind %d, not %v", head[0], t)
		return expr.Column{}
	}
	c := expr.Column{Type: t, Len: rows}
	if head[1]&flagValid != 0 {
		c.Valid = r.take((rows + 7) / 8)
	}
	inside := int(binary.LittleEndian.Uint32(head[4:]))
	values := r.take(rows * t.Width())
	if layout := t.Layout(); layout == expr.String || layout == expr.Array {
		values = r.take((rows + 1) * 4)
	}
	if r.err != nil {
		return c
	}
	switch t.Layout() {
	case expr.Bool:
		c.Bools = values
	case expr.Int32:
		c.I32 = sliceOf[int32](values, rows)
	case expr.Int64:
		c.I64 = sliceOf[int64](values, rows)
	case expr.Float64:
		c.F64 = sliceOf[float64](values, rows)
	case expr.Decimal:
		c.Wide = sliceOf[expr.Int128](values, rows)
	case expr.String:
		c.Offsets = r.offsets(values, rows, inside)
		c.Bytes = r.take(inside)
	case expr.Array:
		c.Offsets = r.offsets(values, rows, inside)
		c.Items = []expr.Column{r.column(t.Elem(), inside)}
	case expr.Struct:
		for _, f := range t.Fields() {
			c.Items = append(c.Items, r.column(f.Type, rows))
		}
	}
	return c
}

// offsets checks that they rise and stay inside.
func (r *columnReader) offsets(values []byte, rows, inside int) []int32 {
	offsets := sliceOf[int32](values, rows+1)
	last := int32(0)
	for _, o := range offsets {
		if o < last || int(o) > inside {
			r.err = errors.New("its text is cut short or out of order")
			return nil
		}
		last = o
	}
	return offsets
}
