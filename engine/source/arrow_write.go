package source

import (
	"io"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	mem "github.com/apache/arrow/go/v17/arrow/memory"

	"stagecoach/engine/expr"
)

// An arrowWriter writes a record batch for every batch.
type arrowWriter struct {
	schema *arrow.Schema
	out    interface {
		Write(arrow.Record) error
		Close() error
	}
}

func newArrowWriter(w io.Writer, s *Sink) (*arrowWriter, error) {
	fields, _ := arrowFields(s.file)
	a := &arrowWriter{schema: arrow.NewSchema(fields, nil)}
	options := []ipc.Option{ipc.WithSchema(a.schema)}
	switch s.codec {
	case Zstd:
		options = append(options, ipc.WithZstd())
	case LZ4:
		options = append(options, ipc.WithLZ4())
	}
	if s.stream {
		a.out = ipc.NewWriter(w, options...)
		return a, nil
	}
	out, err := ipc.NewFileWriter(&position{Writer: w}, options...)
	a.out = out
	return a, err
}

// Write appends the rows.
func (a *arrowWriter) Write(b *expr.Batch) error {
	columns := make([]arrow.Array, len(b.Cols))
	for i := range b.Cols {
		columns[i] = array.MakeFromData(arrowData(&b.Cols[i], a.schema.Field(i).Type))
	}
	return a.out.Write(array.NewRecord(a.schema, columns, int64(b.Rows)))
}

// Close writes the footer, or the end of the stream.
func (a *arrowWriter) Close() error { return a.out.Close() }

// position counts what is written, which is all the seeking that writers do.
type position struct {
	io.Writer
	at int64
}

func (p *position) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *position) Seek(int64, int) (int64, error) { return p.at, nil }

// arrowData is a column as an array's data, sharing memory where the layouts are
// the same.
func arrowData(c *expr.Column, t arrow.DataType) *array.Data {
	n := c.Len
	valid := mem.NewBufferBytes(nil)
	if c.Valid != nil {
		valid = mem.NewBufferBytes(c.Valid[:(n+7)/8])
	}
	data := func(buffers ...[]byte) *array.Data {
		all := []*mem.Buffer{valid}
		if c.Valid == nil {
			all[0] = nil
		}
		for _, b := range buffers {
			all = append(all, mem.NewBufferBytes(b))
		}
		return array.NewData(t, n, all, nil, c.Nulls(), 0)
	}
	switch c.Type.Kind() {
	case expr.Null:
		return array.NewData(t, n, []*mem.Buffer{nil}, nil, n, 0)
	case expr.Bool:
		bits := make([]byte, (n+7)/8)
		for i, v := range c.Bools[:n] {
			bits[i>>3] |= v << (i & 7)
		}
		return data(bits)
	case expr.Int8:
		return data(arrow.Int8Traits.CastToBytes(narrowed[int8](c.I32[:n])))
	case expr.Int16:
		return data(arrow.Int16Traits.CastToBytes(narrowed[int16](c.I32[:n])))
	case expr.Float32:
		return data(arrow.Float32Traits.CastToBytes(narrowed[float32](c.F64[:n])))
	case expr.Decimal:
		wide := make([]decimal128.Num, n)
		for i, v := range c.Wide[:n] {
			wide[i] = decimal128.New(v.Hi, v.Lo)
		}
		return data(arrow.Decimal128Traits.CastToBytes(wide))
	case expr.Array:
		offsets, from, to := fromZero(c)
		items := expr.Batch{Rows: len(c.Items), Cols: c.Items}
		part := items.Slice(from, to)
		child := arrowData(&part.Cols[0], t.(*arrow.ListType).Elem())
		d := data(arrow.Int32Traits.CastToBytes(offsets))
		return array.NewData(t, n, d.Buffers(), []arrow.ArrayData{child}, c.Nulls(), 0)
	case expr.Struct:
		var children []arrow.ArrayData
		for i := range c.Items {
			children = append(children, arrowData(&c.Items[i], t.(*arrow.StructType).Field(i).Type))
		}
		return array.NewData(t, n, data().Buffers(), children, c.Nulls(), 0)
	}
	switch c.Type.Layout() {
	case expr.Int32:
		return data(arrow.Int32Traits.CastToBytes(c.I32[:n]))
	case expr.Int64:
		return data(arrow.Int64Traits.CastToBytes(c.I64[:n]))
	case expr.Float64:
		return data(arrow.Float64Traits.CastToBytes(c.F64[:n]))
	}
	flat := c.Flatten()
	offsets, from, to := fromZero(&flat)
	return data(arrow.Int32Traits.CastToBytes(offsets), flat.Bytes[from:to])
}

func narrowed[T int8 | int16 | float32, F int32 | float64](in []F) []T {
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = T(v)
	}
	return out
}

// fromZero is a column's offsets moved so that they start at 0, and the range of
// what they are about.
func fromZero(c *expr.Column) (offsets []int32, from, to int) {
	offsets = make([]int32, c.Len+1)
	if c.Len == 0 {
		return offsets, 0, 0
	}
	for i, v := range c.Offsets[:c.Len+1] {
		offsets[i] = v - c.Offsets[0]
	}
	return offsets, int(c.Offsets[0]), int(c.Offsets[c.Len])
}
