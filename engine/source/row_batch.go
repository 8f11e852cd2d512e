package source

import (
	"context"

	"stagecoach/engine/expr"
)

// A rowBatch collects rows of values into batches and hands these on.
type rowBatch struct {
	ctx      context.Context
	r        *Read
	yield    func(*expr.Batch, error) bool
	batch    expr.Batch
	builders []*expr.Builder
	step     int // most rows of a batch
}

func (t *rowBatch) start(ctx context.Context, schema expr.Schema, r *Read, yield func(*expr.Batch, error) bool) {
	t.ctx, t.r, t.yield, t.step = ctx, r, yield, r.BatchRows
	if t.step <= 0 {
		t.step = 16 << 10
	}
	t.batch.Schema, t.batch.Cols = schema, make([]expr.Column, len(schema))
	for _, f := range schema {
		t.builders = append(t.builders, expr.NewBuilder(f.Type))
	}
}

// add appends a row. It fails when the reader was left, or the context ends.
func (t *rowBatch) add(row []expr.Value) error {
	for i, v := range row {
		t.builders[i].AppendValue(v)
	}
	return t.added()
}

// added counts a row whose values have been appended.
func (t *rowBatch) added() error {
	if t.batch.Rows++; t.batch.Rows < t.step {
		return nil
	}
	if !t.flush() {
		return errStopped
	}
	return t.ctx.Err()
}

func (t *rowBatch) flush() bool {
	for i, b := range t.builders {
		t.batch.Cols[i] = *b.Column()
	}
	t.r.Counters.RecordsRead += int64(t.batch.Rows)
	ok := t.yield(&t.batch, nil)
	for _, b := range t.builders {
		b.Reset()
	}
	t.batch.Rows = 0
	return ok
}

// finish hands on the last rows, or the error that ended reading.
func (t *rowBatch) finish(err error) {
	switch {
	case err == errStopped:
	case err != nil:
		t.yield(nil, err)
	case t.batch.Rows > 0:
		t.flush()
	}
}
