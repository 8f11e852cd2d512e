package expr

import "slices"

// A Builder collects values of one type into a column. It keeps its buffers
// over Reset.
type Builder struct {
	col   Column
	nulls bool
	items []*Builder // of an Array its elements, of a Struct its fields
}

// NewBuilder returns an empty builder for columns of type t.
func NewBuilder(t Type) *Builder {
	b := &Builder{col: Column{Type: t}}
	switch t.Kind() {
	case Array:
		b.items = []*Builder{NewBuilder(t.Elem())}
	case Struct:
		for _, f := range t.Fields() {
			b.items = append(b.items, NewBuilder(f.Type))
		}
	}
	return b
}

// Len is the number of values appended.
func (b *Builder) Len() int { return b.col.Len }

// Reset empties the builder; columns it gave out become invalid.
func (b *Builder) Reset() {
	c := &b.col
	b.nulls = false
	*c = Column{Type: c.Type, Valid: c.Valid[:0], Bools: c.Bools[:0], I32: c.I32[:0], I64: c.I64[:0],
		F64: c.F64[:0], Offsets: c.Offsets[:0], Bytes: c.Bytes[:0], Wide: c.Wide[:0]}
	for _, item := range b.items {
		item.Reset()
	}
}

// Column returns what was appended; valid until the next Append or Reset.
func (b *Builder) Column() *Column {
	out := b.col
	if !b.nulls {
		out.Valid = nil
	}
	if layout := out.Type.Layout(); (layout == String || layout == Array) && len(out.Offsets) == 0 {
		out.Offsets = []int32{0}
	}
	for _, item := range b.items {
		out.Items = append(out.Items, *item.Column())
	}
	return &out
}

// Take returns the column and leaves the builder empty with fresh buffers.
func (b *Builder) Take() Column {
	out := *b.Column()
	*b = *NewBuilder(out.Type)
	return out
}

// Size is the memory of what was appended, in bytes.
func (b *Builder) Size() int64 {
	n := b.col.Size()
	for _, item := range b.items {
		n += item.Size()
	}
	return n
}

func (b *Builder) mark(valid bool) {
	c := &b.col
	i := c.Len
	if i>>3 >= len(c.Valid) {
		c.Valid = append(c.Valid, 0)
	}
	if valid {
		c.Valid[i>>3] |= 1 << (i & 7)
	} else {
		c.Valid[i>>3] &^= 1 << (i & 7)
		b.nulls = true
	}
	c.Len++
}

// AppendNull appends a null.
func (b *Builder) AppendNull() {
	b.zero()
	b.mark(false)
}

func (b *Builder) zero() {
	c := &b.col
	switch c.Type.Layout() {
	case Bool:
		c.Bools = append(c.Bools, 0)
	case Int32:
		c.I32 = append(c.I32, 0)
	case Int64:
		c.I64 = append(c.I64, 0)
	case Float64:
		c.F64 = append(c.F64, 0)
	case Decimal:
		c.Wide = append(c.Wide, Int128{})
	case String:
		b.appendBytes(nil)
	case Array:
		b.closeList()
	case Struct:
		for _, field := range b.items {
			field.AppendNull()
		}
	}
}

// closeList ends an array whose elements have been appended.
func (b *Builder) closeList() {
	c := &b.col
	if len(c.Offsets) == 0 {
		c.Offsets = append(c.Offsets, 0)
	}
	c.Offsets = append(c.Offsets, int32(b.items[0].Len()))
}

func (b *Builder) appendBytes(s []byte) {
	c := &b.col
	if len(c.Offsets) == 0 {
		c.Offsets = append(c.Offsets, 0)
	}
	c.Bytes = append(c.Bytes, s...)
	c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
}

// Append appends value i of a column of the builder's type (or of type Null).
func (b *Builder) Append(from *Column, i int) {
	if from.IsNull(i) {
		b.AppendNull()
		return
	}
	c := &b.col
	switch c.Type.Layout() {
	case Bool:
		c.Bools = append(c.Bools, from.Bools[i])
	case Int32:
		c.I32 = append(c.I32, from.I32[i])
	case Int64:
		c.I64 = append(c.I64, from.I64[i])
	case Float64:
		c.F64 = append(c.F64, from.F64[i])
	case Decimal:
		c.Wide = append(c.Wide, from.Wide[i])
	case String:
		b.appendBytes(from.Str(i))
	case Array:
		for j := from.Offsets[i]; j < from.Offsets[i+1]; j++ {
			b.items[0].Append(&from.Items[0], int(j))
		}
		b.closeList()
	case Struct:
		for f, field := range b.items {
			field.Append(&from.Items[f], i)
		}
	}
	b.mark(true)
}

// AppendRows appends the values of a column of the builder's type at positions
// sel, none of which is null.
func (b *Builder) AppendRows(from *Column, sel []int32) {
	c := &b.col
	switch c.Type.Layout() {
	case Int32:
		c.I32 = appendAt(c.I32, from.I32, sel)
	case Int64:
		c.I64 = appendAt(c.I64, from.I64, sel)
	case Float64:
		c.F64 = appendAt(c.F64, from.F64, sel)
	case Decimal:
		c.Wide = appendAt(c.Wide, from.Wide, sel)
	default:
		for _, i := range sel {
			b.Append(from, int(i))
		}
		return
	}
	if c.Len&7 != 0 {
		c.Valid[c.Len>>3] |= 0xff << (c.Len & 7)
	}
	c.Len += len(sel)
	for len(c.Valid)*8 < c.Len {
		c.Valid = append(c.Valid, 0xff)
	}
}

func appendAt[T any](to, from []T, sel []int32) []T {
	to = slices.Grow(to, len(sel))
	for _, i := range sel {
		to = append(to, from[i])
	}
	return to
}

// AppendValue appends v, which has the builder's type or is null.
func (b *Builder) AppendValue(v Value) {
	if v.IsNull {
		b.AppendNull()
		return
	}
	c := &b.col
	switch c.Type.Layout() {
	case Bool:
		c.Bools = append(c.Bools, uint8(v.I))
	case Int32:
		c.I32 = append(c.I32, int32(v.I))
	case Int64:
		c.I64 = append(c.I64, v.I)
	case Float64:
		c.F64 = append(c.F64, v.F)
	case Decimal:
		c.Wide = append(c.Wide, v.Wide)
	case String:
		b.appendBytes([]byte(v.S))
	case Array:
		for _, item := range v.List {
			b.items[0].AppendValue(item)
		}
		b.closeList()
	case Struct:
		for f, field := range b.items {
			field.AppendValue(v.List[f])
		}
	}
	b.mark(true)
}

// appendInt appends a value that is kept in an I32, an I64 or, 0 or 1, in Bools.
func (b *Builder) appendInt(v int64) {
	c := &b.col
	switch c.Type.Layout() {
	case Bool:
		c.Bools = append(c.Bools, uint8(v))
	case Int32:
		c.I32 = append(c.I32, int32(v))
	default:
		c.I64 = append(c.I64, v)
	}
	b.mark(true)
}

// appendBool appends a boolean.
func (b *Builder) appendBool(v bool) { b.appendInt(int64(b2u(v))) }

// endList ends an array whose elements were appended to items[0].
func (b *Builder) endList() {
	b.closeList()
	b.mark(true)
}

// AppendBytes appends a string.
func (b *Builder) AppendBytes(s []byte) {
	b.appendBytes(s)
	b.mark(true)
}
