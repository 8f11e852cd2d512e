package source

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"stagecoach/engine/expr"
)

// arrowColumn turns an array into a column of type t, sharing memory where both
// have the same layout. Offsets that do not fit their values are an error; other
// damage may panic.
func arrowColumn(a arrow.Array, t expr.Type) (expr.Column, error) {
	n := a.Len()
	c := expr.Column{Type: t, Len: n}
	if t != expr.Null && a.NullN() > 0 {
		c.Valid = make([]byte, (n+7)/8)
		for i := range n {
			if a.IsValid(i) {
				c.Valid[i>>3] |= 1 << (i & 7)
			}
		}
	}
	switch a := a.(type) {
	case *array.Null:
	case *array.Boolean:
		c.Bools = make([]uint8, n)
		for i := range n {
			if a.Value(i) {
				c.Bools[i] = 1
			}
		}
	case *array.Int8:
		c.I32 = widened[int32](a.Int8Values())
	case *array.Int16:
		c.I32 = widened[int32](a.Int16Values())
	case *array.Uint8:
		c.I32 = widened[int32](a.Uint8Values())
	case *array.Uint16:
		c.I32 = widened[int32](a.Uint16Values())
	case *array.Int32:
		c.I32 = a.Int32Values()
	case *array.Uint32:
		c.I64 = widened[int64](a.Uint32Values())
	case *array.Int64:
		c.I64 = a.Int64Values()
	case *array.Uint64:
		c.Wide = make([]expr.Int128, n)
		for i, v := range a.Uint64Values() {
			c.Wide[i].Lo = v
		}
	case *array.Float32:
		c.F64 = widened[float64](a.Float32Values())
	case *array.Float64:
		c.F64 = a.Float64Values()
	case *array.Decimal128:
		c.Wide = make([]expr.Int128, n)
		for i, v := range a.Values() {
			c.Wide[i] = expr.Int128{Lo: v.LowBits(), Hi: v.HighBits()}
		}
	case *array.Date32:
		c.I32 = widened[int32](a.Date32Values())
	case *array.Date64:
		c.I32 = make([]int32, n)
		for i, v := range a.Date64Values() {
			c.I32[i] = int32(floorDiv(int64(v), 86_400_000))
		}
	case *array.Timestamp:
		c.I64 = arrowMoments(a)
	case *array.Dictionary:
		return arrowDictionary(a, c)
	case *array.List:
		from, to, err := arrowOffsets(&c, a.Offsets(), a.ListValues().Len())
		if err != nil {
			return c, err
		}
		items, err := arrowColumn(array.NewSlice(a.ListValues(), int64(from), int64(to)), t.Elem())
		c.Items = []expr.Column{items}
		return c, err
	case *array.Struct:
		for i, f := range t.Fields() {
			items, err := arrowColumn(a.Field(i), f.Type)
			if err != nil {
				return c, err
			}
			c.Items = append(c.Items, items)
		}
	case interface{ Value(int) []byte }: // binary of any kind
		return arrowBytes(c, func(i int) []byte { return a.Value(i) })
	case interface{ Value(int) string }:
		return arrowBytes(c, func(i int) string { return a.Value(i) })
	default:
		return c, fmt.Errorf("arrays of %v are not supported", a.DataType())
	}
	return c, nil
}

// arrowOffsets copies a list's offsets so that they start at 0, and returns which
// of the values they are about.
func arrowOffsets(c *expr.Column, in []int32, values int) (from, to int, err error) {
	c.Offsets = make([]int32, c.Len+1)
	if c.Len == 0 {
		return 0, 0, nil
	}
	in = in[:c.Len+1]
	for i, v := range in {
		if c.Offsets[i] = v - in[0]; v < 0 || int(v) > values || i > 0 && v < in[i-1] {
			return 0, 0, fmt.Errorf("a list ends at element %d of %d", v, values)
		}
	}
	return int(in[0]), int(in[c.Len]), nil
}

func widened[T, F int8 | uint8 | int16 | uint16 | int32 | uint32 | int64 | float32 | float64 | arrow.Date32](in []F) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}

func arrowBytes[S string | []byte](c expr.Column, value func(int) S) (expr.Column, error) {
	c.Offsets = make([]int32, c.Len+1)
	for i := range c.Len {
		if c.Valid == nil || c.Valid[i>>3]>>(i&7)&1 != 0 {
			c.Bytes = append(c.Bytes, value(i)...)
		}
		if len(c.Bytes) > 1<<31-1 {
			return c, fmt.Errorf("more than 2 GiB of text in a batch")
		}
		c.Offsets[i+1] = int32(len(c.Bytes))
	}
	return c, nil
}

// arrowMoments are microseconds since 1970.
func arrowMoments(a *array.Timestamp) []int64 {
	out := widenMoments(a.TimestampValues())
	switch a.DataType().(*arrow.TimestampType).Unit {
	case arrow.Second:
		for i := range out {
			out[i] *= 1_000_000
		}
	case arrow.Millisecond:
		for i := range out {
			out[i] *= 1000
		}
	case arrow.Nanosecond:
		for i, v := range out {
			out[i] = floorDiv(v, 1000)
		}
	}
	return out
}

func widenMoments(in []arrow.Timestamp) []int64 {
	out := make([]int64, len(in))
	for i, v := range in {
		out[i] = int64(v)
	}
	return out
}

// arrowDictionary keeps texts as a dictionary that has no nulls; other values are
// written out.
func arrowDictionary(a *array.Dictionary, c expr.Column) (expr.Column, error) {
	values, err := arrowColumn(a.Dictionary(), c.Type)
	if err != nil {
		return c, err
	}
	codes := make([]int32, c.Len)
	for i := range codes {
		if !a.IsValid(i) {
			continue
		}
		code := a.GetValueIndex(i)
		if code < 0 || code >= values.Len {
			return c, fmt.Errorf("value %d of a dictionary of %d", code, values.Len)
		}
		codes[i] = int32(code)
	}
	if c.Type.Layout() == expr.String && values.Valid == nil && values.Len > 0 {
		c.Dict, c.Codes = &values, codes
		return c, nil
	}
	b := expr.NewBuilder(c.Type)
	for i, code := range codes {
		if a.IsValid(i) {
			b.Append(&values, int(code))
		} else {
			b.AppendNull()
		}
	}
	return b.Take(), nil
}
