package operator

import (
	"container/heap"
	"iter"

	"stagecoach/engine/expr"
)

// A run is one sorted input of a merge and the row it is at.
type run struct {
	batch *expr.Batch
	row   int
	next  func() (*expr.Batch, error, bool)
	stop  func()
	order int // of equal rows the earlier run's comes first
}

// advance moves to the next row; ok is false at the end.
func (r *run) advance() (ok bool, err error) {
	r.row++
	for r.batch == nil || r.row >= r.batch.Rows {
		b, err, more := r.next()
		if !more || err != nil {
			return false, err
		}
		r.batch, r.row = b, 0
	}
	return true, nil
}

type runHeap struct {
	runs []*run
	keys []expr.Order
}

func (h *runHeap) Len() int { return len(h.runs) }
func (h *runHeap) Less(i, j int) bool {
	a, b := h.runs[i], h.runs[j]
	c := expr.CompareRows(a.batch, a.row, b.batch, b.row, h.keys)
	return c < 0 || c == 0 && a.order < b.order
}
func (h *runHeap) Swap(i, j int) { h.runs[i], h.runs[j] = h.runs[j], h.runs[i] }
func (h *runHeap) Push(x any)    { h.runs = append(h.runs, x.(*run)) }
func (h *runHeap) Pop() any {
	last := h.runs[len(h.runs)-1]
	h.runs = h.runs[:len(h.runs)-1]
	return last
}

// merge yields the rows of sorted runs in order. Batches of a run must stay
// valid while the next is read.
func merge(schema expr.Schema, keys []expr.Order, inputs []Batches, batchRows int, yield func(*expr.Batch, error) bool) error {
	h := &runHeap{keys: keys}
	defer func() {
		for _, r := range h.runs {
			r.stop()
		}
	}()
	for i, in := range inputs {
		next, stop := iter.Pull2(in)
		r := &run{next: next, stop: stop, order: i, row: -1}
		ok, err := r.advance()
		if err != nil {
			stop()
			return err
		}
		if ok {
			h.runs = append(h.runs, r)
		} else {
			stop()
		}
	}
	heap.Init(h)
	builders := make([]*expr.Builder, len(schema))
	for i, f := range schema {
		builders[i] = expr.NewBuilder(f.Type)
	}
	rows := 0
	flush := func() bool {
		out := &expr.Batch{Schema: schema, Rows: rows, Cols: make([]expr.Column, len(schema))}
		for i, b := range builders {
			out.Cols[i] = *b.Column()
		}
		ok := yield(out, nil)
		for _, b := range builders {
			b.Reset()
		}
		rows = 0
		return ok
	}
	for len(h.runs) > 0 {
		r := h.runs[0]
		for i, b := range builders {
			b.Append(&r.batch.Cols[i], r.row)
		}
		if rows++; rows == batchRows && !flush() {
			return errStopped
		}
		ok, err := r.advance()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(h, 0)
		} else {
			heap.Pop(h).(*run).stop()
		}
	}
	if rows > 0 && !flush() {
		return errStopped
	}
	return nil
}
