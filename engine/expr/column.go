// Package expr is computing on columns: what a column is, expressions over
// columns, and the typed loops ("kernels") that evaluate them.
//
// A Column has Arrow's memory layout (packed values, a validity bitmap, offsets
// and bytes for strings) but none of Arrow's reference counts: whoever hands a
// Batch over owns its buffers and may fill them again once the receiver is
// done. Why not arrow.Record inside: a record and its arrays cost some
// ten allocations a column, which at 200 shuffle partitions is most of the
// work, and Arrow's compute kernels are slower than these loops by up to a
// factor of a hundred.
package expr

import (
	"fmt"
	"math/bits"
	"slices"
)

// A Field is a named, typed column of a schema. Fields may hold nulls unless
// NotNull says that they never do.
type Field struct {
	Name    string
	Type    Type
	NotNull bool
}

// A Schema is the fields of a table, in order.
type Schema []Field

// Index returns the position of the field called name, or -1. Names compare
// without case, as in Spark, but an exact match wins.
func (s Schema) Index(name string) int {
	folded := -1
	for i, f := range s {
		if f.Name == name {
			return i
		}
		if folded < 0 && len(f.Name) == len(name) && equalFold(f.Name, name) {
			folded = i
		}
	}
	return folded
}

// Names returns the names of the fields.
func (s Schema) Names() []string {
	names := make([]string, len(s))
	for i, f := range s {
		names[i] = f.Name
	}
	return names
}

// String prints "name type, name type".
func (s Schema) String() string {
	text := ""
	for i, f := range s {
		if i > 0 {
			text += ", "
		}
		text += f.Name + " " + f.Type.String()
	}
	return text
}

// A Column is a run of values of one type. Which slices are in use follows from
// Type; each in use has at least Len elements.
type Column struct {
	Type Type
	Len  int

	// Valid has bit i set (least significant first) when value i is not null;
	// nil means that no value is null. The value under a null is arbitrary, but
	// there is one.
	Valid []byte

	Bools   []uint8
	I32     []int32
	I64     []int64
	F64     []float64
	Offsets []int32 // Len+1 positions in Bytes, or of an Array in Items[0]
	Bytes   []byte
	Wide    []Int128
	Items   []Column // of an Array its elements, one column; of a Struct its fields

	// A String or Binary column may instead name its values: value i is Dict's value
	// Codes[i]. Dict has no nulls and no dictionary of its own; a null keeps a
	// code that exists (0) unless Dict is empty.
	Dict  *Column
	Codes []int32
}

// A Batch is some rows of a table: one column per field, all of length Rows.
// A batch is valid until the loop body that received it ends, unless the sender
// promises more; Copy keeps it.
type Batch struct {
	Schema Schema
	Rows   int
	Cols   []Column

	// Owned says that nobody writes into the columns' memory again, so that they may
	// be held as they are: see Keep.
	Owned bool
}

// IsNull reports whether value i is null.
func (c *Column) IsNull(i int) bool {
	return c.Type == Null || c.Valid != nil && c.Valid[i>>3]>>(i&7)&1 == 0
}

// Nulls counts the nulls.
func (c *Column) Nulls() int {
	if c.Type == Null {
		return c.Len
	}
	if c.Valid == nil {
		return 0
	}
	return c.Len - countBits(c.Valid, c.Len)
}

// Str returns the string at i; it shares the column's bytes.
func (c *Column) Str(i int) []byte {
	if c.Dict != nil {
		return c.Dict.Str(int(c.Codes[i]))
	}
	return c.Bytes[c.Offsets[i]:c.Offsets[i+1]]
}

// Size is the memory the column's values take, in bytes; a dictionary counts
// in full.
func (c *Column) Size() int64 {
	n := int64(len(c.Valid))
	switch layout := c.Type.Layout(); {
	case c.Dict != nil:
		n += int64(c.Len)*4 + c.Dict.Size()
	case layout == String && c.Len > 0:
		n += int64(c.Len+1)*4 + int64(c.Offsets[c.Len]-c.Offsets[0])
	case layout == Array:
		n += int64(c.Len+1) * 4
	default:
		n += int64(c.Len) * int64(c.Type.Width())
	}
	for i := range c.Items {
		n += c.Items[i].Size()
	}
	return n
}

// Size is the memory the batch's values take, in bytes.
func (b *Batch) Size() int64 {
	var n int64
	for i := range b.Cols {
		n += b.Cols[i].Size()
	}
	return n
}

// Copy returns a batch that shares no buffer with b, dictionaries apart, which
// are never written again.
func (b *Batch) Copy() *Batch {
	out := new(Batch)
	b.CopyTo(out)
	return out
}

// CopyTo is Copy into a batch whose buffers nobody needs any more; they are filled
// again where they fit.
func (b *Batch) CopyTo(out *Batch) {
	out.Schema, out.Rows, out.Owned = b.Schema, b.Rows, true
	out.Cols = grow(out.Cols, len(b.Cols))
	for i := range b.Cols {
		b.Cols[i].copyTo(&out.Cols[i])
	}
}

// Keep returns a batch that stays valid: one with the columns of b if they are
// owned, else a copy.
func (b *Batch) Keep() *Batch {
	if !b.Owned {
		return b.Copy()
	}
	return &Batch{Schema: b.Schema, Rows: b.Rows, Cols: slices.Clone(b.Cols), Owned: true}
}

// Copy returns a column that shares no buffer with c, its dictionary apart.
func (c *Column) Copy() Column {
	var out Column
	c.copyTo(&out)
	return out
}

func (c *Column) copyTo(out *Column) {
	out.Type, out.Len, out.Dict, out.Valid = c.Type, c.Len, c.Dict, nil
	if c.Valid != nil {
		out.Valid = append([]byte(nil), c.Valid[:(c.Len+7)/8]...)
	}
	if c.Dict != nil {
		out.Codes = append(out.Codes[:0], c.Codes[:c.Len]...)
		return
	}
	switch c.Type.Layout() {
	case Bool:
		out.Bools = append(out.Bools[:0], c.Bools[:c.Len]...)
	case Int32:
		out.I32 = append(out.I32[:0], c.I32[:c.Len]...)
	case Int64:
		out.I64 = append(out.I64[:0], c.I64[:c.Len]...)
	case Float64:
		out.F64 = append(out.F64[:0], c.F64[:c.Len]...)
	case Decimal:
		out.Wide = append(out.Wide[:0], c.Wide[:c.Len]...)
	case String:
		out.Offsets = resize(out.Offsets, c.Len+1)
		from, to := c.span(out.Offsets)
		out.Bytes = append(out.Bytes[:0], c.Bytes[from:to]...)
	case Array:
		out.Offsets = resize(out.Offsets, c.Len+1)
		from, to := c.span(out.Offsets)
		part := c.Items[0].slice(from, to)
		out.Items = []Column{part.Copy()}
	case Struct:
		out.Items = make([]Column, len(c.Items))
		for i := range c.Items {
			out.Items[i] = c.Items[i].Copy()
		}
	}
}

// resize is grow without room to spare.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// span is where in Bytes or Items the values lie; offsets gets their positions
// from there on, unless it is nil.
func (c *Column) span(offsets []int32) (from, to int) {
	if c.Len == 0 {
		clear(offsets)
		return 0, 0
	}
	first := c.Offsets[0]
	for i := range offsets {
		offsets[i] = c.Offsets[i] - first
	}
	return int(first), int(c.Offsets[c.Len])
}

// A Value is one value with its type: a literal, a bound, a cell.
type Value struct {
	Type   Type
	IsNull bool
	I      int64   // Bool (0 or 1) and what is kept in an I32 or I64
	F      float64 // Float32, Float64
	S      string  // String, Binary
	Wide   Int128  // Decimal
	List   []Value // elements of an Array, fields of a Struct
}

// Value returns the value at i, with strings copied.
func (c *Column) Value(i int) Value {
	if c.IsNull(i) {
		return Value{Type: c.Type, IsNull: true}
	}
	v := Value{Type: c.Type}
	switch c.Type.Layout() {
	case Bool:
		v.I = int64(c.Bools[i])
	case Int32:
		v.I = int64(c.I32[i])
	case Int64:
		v.I = c.I64[i]
	case Float64:
		v.F = c.F64[i]
	case Decimal:
		v.Wide = c.Wide[i]
	case String:
		v.S = string(c.Str(i))
	case Array:
		v.List = []Value{}
		for j := c.Offsets[i]; j < c.Offsets[i+1]; j++ {
			v.List = append(v.List, c.Items[0].Value(int(j)))
		}
	case Struct:
		for f := range c.Items {
			v.List = append(v.List, c.Items[f].Value(i))
		}
	}
	return v
}

func countBits(bitmap []byte, n int) int {
	count := 0
	for _, b := range bitmap[:n>>3] {
		count += bits.OnesCount8(b)
	}
	if n&7 != 0 {
		count += bits.OnesCount8(bitmap[n>>3] & (1<<(n&7) - 1))
	}
	return count
}

func equalFold(a, b string) bool {
	for i := range len(a) {
		x, y := a[i], b[i]
		if 'A' <= x && x <= 'Z' {
			x += 'a' - 'A'
		}
		if 'A' <= y && y <= 'Z' {
			y += 'a' - 'A'
		}
		if x != y {
			return false
		}
	}
	return true
}

// Check panics when the column's slices do not hold Len values: a bug in
// whoever built it. Tests and the invariants build call it.
func (c *Column) Check() {
	have, layout := -1, c.Type.Layout()
	switch {
	case c.Dict != nil:
		have = len(c.Codes)
	case layout == Null:
		have = c.Len
	case layout == Bool:
		have = len(c.Bools)
	case layout == Int32:
		have = len(c.I32)
	case layout == Int64:
		have = len(c.I64)
	case layout == Float64:
		have = len(c.F64)
	case layout == Decimal:
		have = len(c.Wide)
	case layout == String || layout == Array:
		have = max(len(c.Offsets)-1, 0)
	case layout == Struct:
		have = c.Len
		for i := range c.Items {
			have = min(have, c.Items[i].Len)
		}
	}
	if have < c.Len || c.Valid != nil && len(c.Valid)*8 < c.Len {
		panic(fmt.Sprintf("expr: %v column of %d values has only %d", c.Type, c.Len, have))
	}
	for i := range c.Items {
		c.Items[i].Check()
	}
}
