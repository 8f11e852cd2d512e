package source

import (
	"context"
	"fmt"
	"iter"
	"math/bits"

	"stagecoach/engine/expr"
)

// numbers is the whole numbers from start, step apart, up to end and without
// it.
type numbers struct {
	start, step, count int64
	parts              int
}

// Range is a table of the whole numbers from start up to end, step apart, in a
// column called id, as Spark's range(). It has parts splits; 0 is one for each
// slot.
func Range(start, end, step int64, parts int) (Source, error) {
	if step == 0 || parts < 0 {
		return nil, fmt.Errorf("range(%d, %d, %d, %d): the step is not 0 and partitions are one or more", start, end, step, parts)
	}
	r := numbers{start: start, step: step, parts: parts}
	if step > 0 && end > start {
		r.count = int64((uint64(end)-uint64(start)-1)/uint64(step) + 1)
	}
	if step < 0 && end < start {
		r.count = int64((uint64(start)-uint64(end)-1)/-uint64(step) + 1)
	}
	if r.count < 0 {
		return nil, fmt.Errorf("range(%d, %d, %d) has more than 2^63 numbers", start, end, step)
	}
	return r, nil
}

// OneRow is a table of one row without columns: what a query without FROM
// reads.
func OneRow() Source { return Memory(nil, []*expr.Batch{{Rows: 1}}) }

func (r numbers) Schema() expr.Schema {
	return expr.Schema{{Name: "id", Type: expr.Int64, NotNull: true}}
}
func (r numbers) Format() string { return "range" }
func (r numbers) Location() string {
	return fmt.Sprintf("(%d, %d, step=%d)", r.start, r.start+r.count*r.step, r.step)
}
func (r numbers) Stats() Stats { return Stats{Rows: r.count, Bytes: r.count * 8} }

// Splits cuts the numbers into parts of equal length: a piece's Offset is the
// first number's place, Length how many there are.
func (r numbers) Splits(o SplitOptions) ([]Split, error) {
	parts := int64(r.parts)
	if parts == 0 {
		parts = int64(max(o.Parallelism, 1))
	}
	splits := make([]Split, parts)
	at := func(i int) int64 { // where part i begins, as in Spark: i*count/parts
		hi, lo := bits.Mul64(uint64(i), uint64(r.count))
		q, _ := bits.Div64(hi, lo, uint64(parts))
		return int64(q)
	}
	for i := range splits {
		splits[i].Pieces = []Piece{{Offset: at(i), Length: at(i+1) - at(i)}}
	}
	return splits, nil
}

func (r numbers) Read(ctx context.Context, s Split, read *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		rows := max(read.BatchRows, 1)
		values := make([]int64, 0, rows)
		for _, p := range s.Pieces {
			for at := p.Offset; at < p.Offset+p.Length; {
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				n := min(int64(rows), p.Offset+p.Length-at)
				values = values[:n]
				for i := range values {
					values[i] = r.start + (at+int64(i))*r.step
				}
				at += n
				b := &expr.Batch{Rows: int(n)}
				for _, name := range read.Columns {
					b.Schema = append(b.Schema, expr.Field{Name: name, Type: expr.Int64, NotNull: true})
					b.Cols = append(b.Cols, expr.Column{Type: expr.Int64, Len: int(n), I64: values})
				}
				read.Counters.RecordsRead += n
				if !yield(b, nil) {
					return
				}
			}
		}
	}
}
