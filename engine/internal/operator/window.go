package operator

import (
	"errors"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
)

// computeWindow adds the columns of window functions to rows that are sorted by
// partition and order.
//
//	batch      ..a a b b b c c     what ends an open partition is a span, so are
//	span    [a a a a][b b b]       the whole partitions behind it; the rest stays
//	                               open, spilling if it must
//
// A span is computed column by column, however many partitions it has. Its rows
// have positions; each function asks for positions: where the partition, the
// peers or the frame of a row begin and end. A partition that went to disk is a
// span of several chunks, of which functions hold those that they look at.
//
// When all functions look only at what came before (ranks, and aggregates of
// frames that end with the row) every batch is a span, and nothing is kept but
// what the open partition came to so far.
func computeWindow(n *plan.Window, in Batches, t *Task) (Batches, error) {
	w := &window{node: n, task: t, orders: plan.Orders(n.OrderBy, n.Input.Schema()), streams: true}
	for _, k := range n.PartitionBy {
		w.keys = append(w.keys, expr.Order{Col: n.Input.Schema().Index(k)})
	}
	own := n.Schema()[len(n.Input.Schema()):]
	for i, f := range n.Funcs {
		fn, err := newWindowFunction(&f, own[i].Type, n, w.orders)
		if err != nil {
			return nil, err
		}
		w.funcs = append(w.funcs, fn)
		w.streams = w.streams && fn.streams()
	}
	return func(yield func(*expr.Batch, error) bool) {
		w.rows = newKept(n, n.Input.Schema(), t)
		defer w.rows.close()
		if err := w.run(in, yield); err != nil && err != errStopped {
			yield(nil, err)
		}
	}, nil
}

// A windowFunction is a function at work. Spans come one after the other, and of
// each span its slices.
type windowFunction interface {
	// streams reports whether the function looks at no row behind the current one,
	// and of those before only at what it carries.
	streams() bool
	// begin prepares for the rows of a span.
	begin(s *span) error
	// compute returns the column of a slice; valid until the next call.
	compute(p *slice) (*expr.Column, error)
	// end carries what the span's last partition came to, which goes on.
	end(s *span) error
}

func newWindowFunction(f *plan.WindowFunc, t expr.Type, n *plan.Window, orders []expr.Order) (windowFunction, error) {
	if f.Agg == nil {
		switch f.Fn {
		case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile":
			return newRanking(f)
		}
	}
	fr, err := newFrames(f.Frame, n, orders)
	if err != nil {
		return nil, err
	}
	if f.Agg != nil {
		return newFolding(f, fr, n.Input.Schema())
	}
	return newPicking(f, t, fr, n.Input.Schema())
}

type window struct {
	node    *plan.Window
	task    *Task
	keys    []expr.Order // of partitions
	orders  []expr.Order // within them
	funcs   []windowFunction
	streams bool

	rows *kept       // of the open partition
	last *expr.Batch // the row before this batch; nil at first
	open carry       // of the open partition when streaming
	cuts []int32
	at   slice
	out  expr.Batch
}

func (w *window) run(in Batches, yield func(*expr.Batch, error) bool) error {
	for b, err := range in {
		if err != nil {
			return err
		}
		if b.Rows == 0 {
			continue
		}
		w.cut(b)
		if w.streams {
			err = w.stream(b, yield)
		} else {
			err = w.take(b, yield)
		}
		if err != nil {
			return err
		}
		w.last = b.Slice(b.Rows-1, b.Rows).Copy()
	}
	return w.close(yield)
}

// cut finds where partitions begin in a batch.
func (w *window) cut(b *expr.Batch) {
	flags := changes(b, w.keys, nil)
	flags[0] = w.last == nil || expr.CompareRows(w.last, 0, b, 0, w.keys) != 0
	w.cuts = w.cuts[:0]
	for i, begins := range flags {
		if begins {
			w.cuts = append(w.cuts, int32(i))
		}
	}
}

// take ends the open partition at the first cut, computes the whole partitions
// and keeps the rest.
func (w *window) take(b *expr.Batch, yield func(*expr.Batch, error) bool) error {
	if len(w.cuts) == 0 {
		return w.rows.add(b)
	}
	first, last := int(w.cuts[0]), int(w.cuts[len(w.cuts)-1])
	if first > 0 {
		if err := w.rows.add(b.Slice(0, first)); err != nil {
			return err
		}
	}
	if err := w.close(yield); err != nil {
		return err
	}
	if last > first {
		parts := make([]int32, len(w.cuts))
		for i, c := range w.cuts {
			parts[i] = c - int32(first)
		}
		if err := w.compute(oneChunk(b.Slice(first, last), parts), yield); err != nil {
			return err
		}
	}
	return w.rows.add(b.Slice(last, b.Rows))
}

// close computes the open partition.
func (w *window) close(yield func(*expr.Batch, error) bool) error {
	if w.rows.rows == 0 {
		return nil
	}
	if err := w.fit(); err != nil {
		return err
	}
	s, err := keptSpan(w.rows)
	if err == nil {
		err = w.compute(s, yield)
	}
	w.rows.reset()
	return err
}

// fit makes room for reading the open partition as one chunk, which joins what is
// held, and for what functions hold of each row; or lets all of it go to disk.
func (w *window) fit() error {
	k := w.rows
	if need := 2*k.size + int64(k.rows*len(w.funcs))*16; k.file == nil && need > k.memory.Held() {
		if err := k.memory.Resize(need); err == nil || !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		return k.spill()
	}
	if k.file != nil {
		return k.spill()
	}
	return nil
}

// stream computes a batch whose first rows may go on with the open partition.
func (w *window) stream(b *expr.Batch, yield func(*expr.Batch, error) bool) error {
	parts := append([]int32{}, w.cuts...)
	goesOn := len(parts) == 0 || parts[0] > 0
	if goesOn {
		parts = append([]int32{0}, parts...)
	}
	s := oneChunk(b, append(parts, int32(b.Rows)))
	if goesOn {
		s.before, s.last = w.open, w.last
	}
	if err := w.compute(s, yield); err != nil {
		return err
	}
	w.open = s.carried()
	for _, f := range w.funcs {
		if err := f.end(s); err != nil {
			return err
		}
	}
	return nil
}

// compute hands on a span's rows with the functions' columns.
func (w *window) compute(s *span, yield func(*expr.Batch, error) bool) error {
	s.orders, s.at = w.orders, &w.at
	for _, f := range w.funcs {
		if err := f.begin(s); err != nil {
			return err
		}
	}
	step := max(w.task.BatchRows&^7, 8)
	for c := range len(s.starts) - 1 {
		b, err := s.load(c)
		if err != nil {
			return err
		}
		for from := 0; from < b.Rows; from += step {
			rows := b
			if b.Rows > step {
				rows = b.Slice(from, min(from+step, b.Rows))
			}
			p, err := s.slice(s.starts[c]+from, rows)
			if err != nil {
				return err
			}
			w.out = expr.Batch{Schema: w.node.Schema(), Rows: rows.Rows, Cols: append(w.out.Cols[:0], rows.Cols...)}
			for _, f := range w.funcs {
				col, err := f.compute(p)
				if err != nil {
					return err
				}
				w.out.Cols = append(w.out.Cols, *col)
			}
			if !yield(&w.out, nil) {
				return errStopped
			}
		}
	}
	return nil
}
