package expr

import (
	"encoding/binary"
	"math"
)

// AppendImage appends value i of c as bytes that are equal for equal values,
// -0.0 and 0.0 and all NaN taken together, and from which Builder.AppendImage
// makes the value again. Grouping keys of arrays and structs and the states of
// aggregates that keep values are such bytes.
func AppendImage(dst []byte, c *Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch c.Type.Layout() {
	case Bool:
		return append(dst, c.Bools[i])
	case Int32:
		return binary.LittleEndian.AppendUint32(dst, uint32(c.I32[i]))
	case Int64:
		return binary.LittleEndian.AppendUint64(dst, uint64(c.I64[i]))
	case Float64:
		return binary.LittleEndian.AppendUint64(dst, doubleBits(c.F64[i]))
	case Decimal:
		dst = binary.LittleEndian.AppendUint64(dst, c.Wide[i].Lo)
		return binary.LittleEndian.AppendUint64(dst, uint64(c.Wide[i].Hi))
	case String:
		s := c.Str(i)
		return append(binary.LittleEndian.AppendUint32(dst, uint32(len(s))), s...)
	case Array:
		from, to := c.Offsets[i], c.Offsets[i+1]
		dst = binary.LittleEndian.AppendUint32(dst, uint32(to-from))
		for j := from; j < to; j++ {
			dst = AppendImage(dst, &c.Items[0], int(j))
		}
	case Struct:
		for f := range c.Items {
			dst = AppendImage(dst, &c.Items[f], i)
		}
	}
	return dst
}

// AppendImage appends the value whose image src begins with and returns the
// rest. src comes from AppendImage of a column of the builder's type.
func (b *Builder) AppendImage(src []byte) (rest []byte) {
	null, src := src[0] == 0, src[1:]
	if null {
		b.AppendNull()
		return src
	}
	c := &b.col
	switch c.Type.Layout() {
	case Bool:
		c.Bools, src = append(c.Bools, src[0]), src[1:]
	case Int32:
		c.I32, src = append(c.I32, int32(binary.LittleEndian.Uint32(src))), src[4:]
	case Int64:
		c.I64, src = append(c.I64, int64(binary.LittleEndian.Uint64(src))), src[8:]
	case Float64:
		c.F64, src = append(c.F64, math.Float64frombits(binary.LittleEndian.Uint64(src))), src[8:]
	case Decimal:
		v := Int128{Lo: binary.LittleEndian.Uint64(src), Hi: int64(binary.LittleEndian.Uint64(src[8:]))}
		c.Wide, src = append(c.Wide, v), src[16:]
	case String:
		n := int(binary.LittleEndian.Uint32(src))
		b.appendBytes(src[4 : 4+n])
		src = src[4+n:]
	case Array:
		n := binary.LittleEndian.Uint32(src)
		for src = src[4:]; n > 0; n-- {
			src = b.items[0].AppendImage(src)
		}
		b.closeList()
	case Struct:
		for _, field := range b.items {
			src = field.AppendImage(src)
		}
	}
	b.mark(true)
	return src
}

// images is a column of strings that hold the images of c's values; null where
// c is.
func images(c *Column, rows int) *Column {
	b := NewBuilder(String)
	var text []byte
	for i := range rows {
		if c.IsNull(i) {
			b.AppendNull()
			continue
		}
		text = AppendImage(text[:0], c, i)
		b.AppendBytes(text)
	}
	return b.Column()
}
