package expr

// A Builder collects values of one type into a column. It keeps its buffers
// over Reset.
type Builder struct {
	col   Column
	nulls bool
}

// NewBuilder returns an empty builder for columns of type t.
func NewBuilder(t Type) *Builder { return &Builder{col: Column{Type: t}} }

// Len is the number of values appended.
func (b *Builder) Len() int { return b.col.Len }

// Reset empties the builder; columns it gave out become invalid.
func (b *Builder) Reset() {
	c := &b.col
	b.nulls = false
	*c = Column{Type: c.Type, Valid: c.Valid[:0], Bools: c.Bools[:0], I32: c.I32[:0], I64: c.I64[:0],
		F64: c.F64[:0], Offsets: c.Offsets[:0], Bytes: c.Bytes[:0]}
}

// Column returns what was appended; valid until the next Append or Reset.
func (b *Builder) Column() *Column {
	if !b.nulls {
		out := b.col
		out.Valid = nil
		if out.Type == String && len(out.Offsets) == 0 {
			out.Offsets = []int32{0}
		}
		return &out
	}
	return &b.col
}

// Take returns the column and leaves the builder empty with fresh buffers.
func (b *Builder) Take() Column {
	out := *b.Column()
	*b = Builder{col: Column{Type: out.Type}}
	return out
}

// Size is the memory of what was appended, in bytes.
func (b *Builder) Size() int64 { return b.col.Size() }

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
	switch c.Type {
	case Bool:
		c.Bools = append(c.Bools, 0)
	case Int32, Date:
		c.I32 = append(c.I32, 0)
	case Int64, Timestamp:
		c.I64 = append(c.I64, 0)
	case Float64:
		c.F64 = append(c.F64, 0)
	case String:
		b.appendBytes(nil)
	}
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
	switch c.Type {
	case Bool:
		c.Bools = append(c.Bools, from.Bools[i])
	case Int32, Date:
		c.I32 = append(c.I32, from.I32[i])
	case Int64, Timestamp:
		c.I64 = append(c.I64, from.I64[i])
	case Float64:
		c.F64 = append(c.F64, from.F64[i])
	case String:
		b.appendBytes(from.Str(i))
	}
	b.mark(true)
}

// AppendValue appends v, which has the builder's type or is null.
func (b *Builder) AppendValue(v Value) {
	if v.IsNull {
		b.AppendNull()
		return
	}
	c := &b.col
	switch c.Type {
	case Bool:
		c.Bools = append(c.Bools, uint8(v.I))
	case Int32, Date:
		c.I32 = append(c.I32, int32(v.I))
	case Int64, Timestamp:
		c.I64 = append(c.I64, v.I)
	case Float64:
		c.F64 = append(c.F64, v.F)
	case String:
		b.appendBytes([]byte(v.S))
	}
	b.mark(true)
}

// AppendBytes appends a string.
func (b *Builder) AppendBytes(s []byte) {
	b.appendBytes(s)
	b.mark(true)
}
