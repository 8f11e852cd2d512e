package source

import (
	"errors"
	"slices"

	"stagecoach/engine/expr"
)

// A dictionary is the values of a column chunk's dictionary page, in the type
// that batches have.
type dictionary struct {
	known    bool
	i32      []int32
	i64      []int64
	f64      []float64
	wide     []expr.Int128
	text     *expr.Column
	identity []int32 // 0, 1, 2 …: codes gathered from it come out as they are, and checked
}

func (d *dictionary) close() {
	d.known, d.text = false, nil
	d.i32, d.i64, d.f64, d.wide, d.identity = d.i32[:0], d.i64[:0], d.f64[:0], d.wide[:0], d.identity[:0]
}

func (d *dictionary) read(c *columnReader, data []byte, n int) error {
	d.known = true
	typ, f := c.field.Type, c.form
	switch typ.Layout() {
	case expr.String:
		return d.readText(typ, c.column, data, n)
	case expr.Decimal:
		if n > len(data) {
			return errPlainEnd
		}
		d.wide = growSlice(d.wide, n)
		_, err := c.decimal.plain(data, d.wide)
		return err
	}
	w := f.width()
	if w == 0 {
		return errors.New("there is none of booleans")
	}
	if n > len(data)/w {
		return errPlainEnd
	}
	switch typ.Layout() {
	case expr.Int32:
		d.i32 = growSlice(d.i32, n)
		plain32(data, d.i32)
	case expr.Int64:
		d.i64 = growSlice(d.i64, n)
		plain64(f, data, d.i64)
	case expr.Float64:
		d.f64 = growSlice(d.f64, n)
		plainF64(f, data, d.f64)
	}
	return nil
}

// readText builds the dictionary of a text column in buffers of its own, which
// batches may keep.
func (d *dictionary) readText(typ expr.Type, column leaf, data []byte, n int) error {
	if n > len(data)/max(column.width(), 1) {
		return errPlainEnd
	}
	t := &expr.Column{Type: typ, Len: n, Offsets: make([]int32, n+1), Bytes: make([]byte, 0, len(data))}
	d.identity = slices.Grow(d.identity[:0], n)
	for i := range n {
		part, rest, err := column.text(data)
		if err != nil {
			return errPlainEnd
		}
		data = rest
		t.Bytes = append(t.Bytes, part...)
		t.Offsets[i+1] = int32(len(t.Bytes))
		d.identity = append(d.identity, int32(i))
	}
	d.text = t
	return nil
}
