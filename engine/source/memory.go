package source

import (
	"context"
	"fmt"
	"iter"

	"stagecoach/engine/expr"
)

// Memory is a table of batches at hand. The batches must have the schema's
// columns, must not be written again, and are handed to readers as they are.
func Memory(schema expr.Schema, batches []*expr.Batch) Source {
	return &memory{schema: schema, batches: batches}
}

type memory struct {
	schema  expr.Schema
	batches []*expr.Batch
}

func (m *memory) Schema() expr.Schema { return m.schema }
func (m *memory) Format() string      { return "memory" }
func (m *memory) Location() string    { return fmt.Sprintf("[%d batches]", len(m.batches)) }

func (m *memory) Stats() Stats {
	var s Stats
	for _, b := range m.batches {
		s.Rows += int64(b.Rows)
		s.Bytes += b.Size()
	}
	return s
}

// Splits groups neighbouring batches into at most Parallelism splits of nearly
// the same number of rows. The order of the splits is the order of the rows.
func (m *memory) Splits(o SplitOptions) ([]Split, error) {
	groups := max(o.Parallelism, 1)
	var splits []Split
	total, done := m.Stats().Rows, int64(0)
	var current Split
	for i, b := range m.batches {
		current.Pieces = append(current.Pieces, Piece{Index: i, Length: b.Size()})
		done += int64(b.Rows)
		left := len(m.batches) - i - 1
		full := done*int64(groups) >= total*int64(len(splits)+1)
		if left == 0 || full && len(splits) < groups-1 {
			splits = append(splits, current)
			current = Split{}
		}
	}
	return splits, nil
}

// Read yields views of the batches, cut to r.BatchRows.
func (m *memory) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		columns := make([]int, len(r.Columns))
		schema := make(expr.Schema, len(r.Columns))
		for i, name := range r.Columns {
			if columns[i] = m.schema.Index(name); columns[i] < 0 {
				yield(nil, fmt.Errorf("no column %s in memory: there are %v", name, m.schema.Names()))
				return
			}
			schema[i] = m.schema[columns[i]]
		}
		out := &expr.Batch{Schema: schema, Cols: make([]expr.Column, len(columns))}
		for _, piece := range s.Pieces {
			b := m.batches[piece.Index]
			step := r.BatchRows
			if step <= 0 {
				step = max(b.Rows, 1)
			}
			step = (step + 7) &^ 7 // whole bytes of the validity bitmap
			for from := 0; from < b.Rows; from += step {
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				part := b.Slice(from, min(from+step, b.Rows))
				out.Rows = part.Rows
				for i, c := range columns {
					out.Cols[i] = part.Cols[c]
				}
				r.Counters.RecordsRead += int64(out.Rows)
				if !yield(out, nil) {
					return
				}
			}
			r.Counters.BytesRead += piece.Length
		}
	}
}
