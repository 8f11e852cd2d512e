// Package block keeps batches at rest: in memory or in files. Shuffle output,
// spilled runs and cached partitions are all blocks in one encoding.
package block

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"stagecoach/engine/expr"
)

// An encoded batch is a header and the columns' buffers as they lie in memory,
// each padded to eight bytes, so that decoding points into the bytes instead of
// copying them:
//
//	magic u32 · rows u32 · columns u32 · 0 u32 · length of all u64
//	per column: type u8 · flags u8 · 0 u16 · bytes of text u32
//	per column: [validity bitmap] values | offsets, text
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
	flat := make([]expr.Column, len(b.Cols))
	for i := range b.Cols {
		c := b.Cols[i].Flatten()
		flat[i] = c
		text, flags := 0, byte(0)
		if c.Type == expr.String && c.Len > 0 {
			text = int(c.Offsets[c.Len] - c.Offsets[0])
		}
		if c.Valid != nil {
			flags = flagValid
		}
		dst = append(dst, byte(c.Type), flags, 0, 0)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(text))
	}
	for i := range flat {
		c := &flat[i]
		if c.Valid != nil {
			dst = appendPadded(dst, c.Valid[:(c.Len+7)/8])
		}
		switch c.Type {
		case expr.Bool:
			dst = appendPadded(dst, c.Bools[:c.Len])
		case expr.Int32, expr.Date:
			dst = appendPadded(dst, bytesOf(c.I32[:c.Len]))
		case expr.Int64, expr.Timestamp:
			dst = appendPadded(dst, bytesOf(c.I64[:c.Len]))
		case expr.Float64:
			dst = appendPadded(dst, bytesOf(c.F64[:c.Len]))
		case expr.String:
			if c.Len == 0 {
				dst = append(dst, make([]byte, 8)...)
				break
			}
			from := c.Offsets[0]
			if from == 0 {
				dst = appendPadded(dst, bytesOf(c.Offsets[:c.Len+1]))
			} else {
				moved := make([]int32, c.Len+1)
				for j, o := range c.Offsets[:c.Len+1] {
					moved[j] = o - from
				}
				dst = appendPadded(dst, bytesOf(moved))
			}
			dst = appendPadded(dst, c.Bytes[from:c.Offsets[c.Len]])
		}
	}
	binary.LittleEndian.PutUint64(dst[start+16:], uint64(len(dst)-start))
	return dst
}

func appendPadded(dst, src []byte) []byte {
	dst = append(dst, src...)
	for len(dst)&7 != 0 {
		dst = append(dst, 0)
	}
	return dst
}

func bytesOf[T int32 | int64 | float64](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

func sliceOf[T int32 | int64 | float64](b []byte, n int) []T {
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
	rest, data = data[size:], data[:size]
	at := headerSize + columns*columnSize
	take := func(n int) []byte {
		if n > len(data)-at {
			err = fmt.Errorf("block: batch of %d rows is cut short", rows)
			return nil
		}
		out := data[at : at+n]
		at = min(at+pad(n), len(data))
		return out
	}
	b = &expr.Batch{Schema: schema, Rows: rows, Cols: make([]expr.Column, columns)}
	for i := range b.Cols {
		head := data[headerSize+i*columnSize:]
		c := &b.Cols[i]
		c.Type, c.Len = expr.Type(head[0]), rows
		if c.Type != schema[i].Type && c.Type != expr.Null {
			return nil, nil, fmt.Errorf("block: column %s is said to be of type %d, not %v", schema[i].Name, head[0], schema[i].Type)
		}
		if head[1]&flagValid != 0 {
			c.Valid = take((rows + 7) / 8)
		}
		text := int(binary.LittleEndian.Uint32(head[4:]))
		values := take(max(rows*c.Type.Width(), 0))
		if c.Type == expr.String {
			values = take((rows + 1) * 4)
		}
		if err != nil {
			return nil, nil, err
		}
		switch c.Type {
		case expr.Bool:
			c.Bools = values
		case expr.Int32, expr.Date:
			c.I32 = sliceOf[int32](values, rows)
		case expr.Int64, expr.Timestamp:
			c.I64 = sliceOf[int64](values, rows)
		case expr.Float64:
			c.F64 = sliceOf[float64](values, rows)
		case expr.String:
			c.Offsets = sliceOf[int32](values, rows+1)
			if c.Bytes = take(text); err != nil {
				return nil, nil, err
			}
			last := int32(0)
			for _, o := range c.Offsets {
				if o < last || int(o) > text {
					return nil, nil, fmt.Errorf("block: text of column %s is cut short or out of order", schema[i].Name)
				}
				last = o
			}
		}
	}
	return b, rest, nil
}
