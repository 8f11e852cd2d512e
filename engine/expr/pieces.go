package expr

// Pieces is rows that lie in several batches of one schema, taken as one sequence.
// Wide rows are gathered from where they lie, so that they are not there twice; of
// narrow ones finding out where a row lies costs more than joining the batches.
type Pieces struct {
	schema  Schema
	batches []*Batch
	rows    int
	piece   []int32 // of each row, the number of its batch; nil where there is one
	starts  []int32 // of each batch, the row that it begins with

	from, at []int32 // scratch: batch and row in it of the rows to gather
	out      Batch
	bits     [][]byte
}

// wideRow is the bytes of a row from which rows are gathered from where they lie.
// (Sorted rows of 32 bytes took a fourth longer that way, those of 150 bytes a tenth
// less, and a third of the memory.)
const wideRow = 64

// NewPieces takes the batches over: nobody may use them any more.
func NewPieces(schema Schema, batches []*Batch) *Pieces {
	rows, size := 0, int64(0)
	for _, b := range batches {
		rows, size = rows+b.Rows, size+b.Size()
	}
	if len(batches) > 1 && size < int64(rows)*wideRow {
		batches = []*Batch{Drain(schema, batches)}
	}
	return newPieces(schema, batches)
}

func newPieces(schema Schema, batches []*Batch) *Pieces {
	p := &Pieces{schema: schema, batches: batches, starts: make([]int32, len(batches))}
	for i, b := range batches {
		p.starts[i] = int32(p.rows)
		p.rows += b.Rows
	}
	if len(batches) > 1 {
		p.piece = make([]int32, 0, p.rows)
		for i, b := range batches {
			for range b.Rows {
				p.piece = append(p.piece, int32(i))
			}
		}
	}
	return p
}

// Order is SortIndex of all the rows. Only the columns that they are sorted by are
// joined for it.
func (p *Pieces) Order(keys []Order) []int32 {
	var schema Schema
	var columns []int
	inner := make([]Order, len(keys))
	for i, k := range keys {
		inner[i] = k
		inner[i].Col = len(columns)
		schema, columns = append(schema, p.schema[k.Col]), append(columns, k.Col)
	}
	parts := make([]*Batch, len(p.batches))
	for i, b := range p.batches {
		parts[i] = &Batch{Schema: schema, Rows: b.Rows}
		for _, c := range columns {
			parts[i].Cols = append(parts[i].Cols, b.Cols[c])
		}
	}
	if len(parts) == 1 {
		return SortIndex(parts[0], inner)
	}
	return SortIndex(Concat(schema, parts), inner)
}

// Gather returns the rows at positions sel, none of which is negative, in that
// order; valid until the next Gather.
func (p *Pieces) Gather(sel []int32) *Batch {
	if len(p.out.Cols) != len(p.schema) {
		p.out.Cols, p.bits = make([]Column, len(p.schema)), make([][]byte, len(p.schema))
	}
	p.out.Schema, p.out.Rows = p.schema, len(sel)
	if len(p.batches) == 1 {
		for c := range p.out.Cols {
			take(&p.out.Cols[c], &p.batches[0].Cols[c], sel, false, &p.bits[c])
		}
		return &p.out
	}
	p.from, p.at = grow(p.from, len(sel)), grow(p.at, len(sel))
	for i, s := range sel {
		k := p.piece[s]
		p.from[i], p.at[i] = k, s-p.starts[k]
	}
	for c := range p.out.Cols {
		p.take(c)
	}
	return &p.out
}

// take gathers one column.
func (p *Pieces) take(c int) {
	out, t, n := &p.out.Cols[c], p.schema[c].Type, len(p.from)
	nulls, odd, dict := false, false, p.batches[0].Cols[c].Dict
	for _, b := range p.batches {
		nulls = nulls || b.Cols[c].Valid != nil
		odd = odd || b.Cols[c].Type.Kind() != t.Kind() // a column of nulls
		if b.Cols[c].Dict != dict {
			dict = nil
		}
	}
	out.Type, out.Len, out.Dict, out.Valid = t, n, dict, nil
	switch layout := t.Layout(); {
	case odd, layout == Array, layout == Struct:
		builder := NewBuilder(t)
		for i, k := range p.from {
			builder.Append(&p.batches[k].Cols[c], int(p.at[i]))
		}
		*out = builder.Take()
		return
	case dict != nil:
		out.Codes = gatherFrom(p, out.Codes, c, func(c *Column) []int32 { return c.Codes })
	case layout == Bool:
		out.Bools = gatherFrom(p, out.Bools, c, func(c *Column) []uint8 { return c.Bools })
	case layout == Int32:
		out.I32 = gatherFrom(p, out.I32, c, func(c *Column) []int32 { return c.I32 })
	case layout == Int64:
		out.I64 = gatherFrom(p, out.I64, c, func(c *Column) []int64 { return c.I64 })
	case layout == Float64:
		out.F64 = gatherFrom(p, out.F64, c, func(c *Column) []float64 { return c.F64 })
	case layout == Decimal:
		out.Wide = gatherFrom(p, out.Wide, c, func(c *Column) []Int128 { return c.Wide })
	case layout == String:
		out.Offsets, out.Bytes = grow(out.Offsets, n+1), out.Bytes[:0]
		out.Offsets[0] = 0
		for i, k := range p.from {
			out.Bytes = append(out.Bytes, p.batches[k].Cols[c].Str(int(p.at[i]))...)
			out.Offsets[i+1] = int32(len(out.Bytes))
		}
	}
	if !nulls {
		return
	}
	bitmap := ownBitmap(nil, n, &p.bits[c])
	for i, k := range p.from {
		if v, at := p.batches[k].Cols[c].Valid, p.at[i]; v != nil && v[at>>3]>>(at&7)&1 == 0 {
			clearBit(bitmap, i)
		}
	}
	out.Valid = bitmap
}

func gatherFrom[T any](p *Pieces, out []T, c int, values func(*Column) []T) []T {
	out = grow(out, len(p.from))
	in := make([][]T, len(p.batches))
	for k, b := range p.batches {
		in[k] = values(&b.Cols[c])
	}
	at := p.at[:len(p.from)]
	for i, k := range p.from {
		out[i] = in[k][at[i]]
	}
	return out
}
