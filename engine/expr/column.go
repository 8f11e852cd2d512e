// Package expr is computing on columns: what a column is, expressions over
// columns, and the typed loops ("kernels") that evaluate them.
//
// A Column has Arrow's memory layout (packed values, a validity bitmap, offsets
// and bytes for strings) but none of Arrow's reference counts: whoever hands a
// Batch over owns its buffers and may fill them again once the receiver is
// done. arrow.go turns batches into Arrow records and back where data leaves
// the engine. Why not arrow.Record inside: a record and its arrays cost some
// ten allocations a column, which at 200 shuffle partitions is most of the
// work, and Arrow's compute kernels are slower than these loops by up to a
// factor of a hundred.
package expr

import (
	"fmt"
	"math/bits"
)

// A Type is the type of a column.
type Type uint8

const (
	Null      Type = iota // every value is null
	Bool                  // one byte a value, 0 or 1, in Bools
	Int32                 // I32
	Int64                 // I64
	Float64               // F64
	String                // Offsets and Bytes, or Dict and Codes; UTF-8
	Date                  // I32, days since 1970-01-01
	Timestamp             // I64, microseconds since 1970-01-01T00:00:00, no zone
)

// String is Spark's name of the type, as DESCRIBE prints it.
func (t Type) String() string {
	return [...]string{"void", "boolean", "int", "bigint", "double", "string", "date", "timestamp_ntz"}[t]
}

// Width is the size of a value in bytes; 0 for strings and null.
func (t Type) Width() int { return [...]int{0, 1, 4, 8, 8, 0, 4, 8}[t] }

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
	Offsets []int32 // Len+1 positions in Bytes
	Bytes   []byte

	// A String column may instead name its values: value i is Dict's value
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
	switch {
	case c.Dict != nil:
		n += int64(c.Len)*4 + c.Dict.Size()
	case c.Type == String && c.Len > 0:
		n += int64(c.Len+1)*4 + int64(c.Offsets[c.Len]-c.Offsets[0])
	default:
		n += int64(c.Len) * int64(c.Type.Width())
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
	out := &Batch{Schema: b.Schema, Rows: b.Rows, Cols: make([]Column, len(b.Cols))}
	for i := range b.Cols {
		out.Cols[i] = b.Cols[i].Copy()
	}
	return out
}

// Copy returns a column that shares no buffer with c, its dictionary apart.
func (c *Column) Copy() Column {
	out := Column{Type: c.Type, Len: c.Len, Dict: c.Dict}
	if c.Valid != nil {
		out.Valid = append([]byte(nil), c.Valid[:(c.Len+7)/8]...)
	}
	switch {
	case c.Dict != nil:
		out.Codes = append([]int32(nil), c.Codes[:c.Len]...)
	case c.Type == Bool:
		out.Bools = append([]uint8(nil), c.Bools[:c.Len]...)
	case c.Type == Int32 || c.Type == Date:
		out.I32 = append([]int32(nil), c.I32[:c.Len]...)
	case c.Type == Int64 || c.Type == Timestamp:
		out.I64 = append([]int64(nil), c.I64[:c.Len]...)
	case c.Type == Float64:
		out.F64 = append([]float64(nil), c.F64[:c.Len]...)
	case c.Type == String:
		out.Offsets = make([]int32, c.Len+1)
		if c.Len > 0 {
			from := c.Offsets[0]
			for i, o := range c.Offsets[:c.Len+1] {
				out.Offsets[i] = o - from
			}
			out.Bytes = append([]byte(nil), c.Bytes[from:c.Offsets[c.Len]]...)
		}
	}
	return out
}

// A Value is one value with its type: a literal, a bound, a cell.
type Value struct {
	Type   Type
	IsNull bool
	I      int64 // Bool (0 or 1), Int32, Int64, Date, Timestamp
	F      float64
	S      string
}

// Value returns the value at i, with strings copied.
func (c *Column) Value(i int) Value {
	if c.IsNull(i) {
		return Value{Type: c.Type, IsNull: true}
	}
	v := Value{Type: c.Type}
	switch c.Type {
	case Bool:
		v.I = int64(c.Bools[i])
	case Int32, Date:
		v.I = int64(c.I32[i])
	case Int64, Timestamp:
		v.I = c.I64[i]
	case Float64:
		v.F = c.F64[i]
	case String:
		v.S = string(c.Str(i))
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
	have := -1
	switch {
	case c.Type == Null:
		have = c.Len
	case c.Dict != nil:
		have = len(c.Codes)
	case c.Type == Bool:
		have = len(c.Bools)
	case c.Type == Int32 || c.Type == Date:
		have = len(c.I32)
	case c.Type == Int64 || c.Type == Timestamp:
		have = len(c.I64)
	case c.Type == Float64:
		have = len(c.F64)
	case c.Type == String:
		have = len(c.Offsets) - 1
	}
	if have < c.Len && !(c.Type == String && c.Len == 0) || c.Valid != nil && len(c.Valid)*8 < c.Len {
		panic(fmt.Sprintf("expr: %v column of %d values has only %d", c.Type, c.Len, have))
	}
}
