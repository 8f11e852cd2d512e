package operator

import (
	"errors"
	"slices"

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
// Functions that look at no row behind the current one, or its last peer, carry
// what the open partition came to, and what stays open is the last peers, or
// nothing.
func computeWindow(n *plan.Window, in Batches, t *Task) (Batches, error) {
	w := &window{node: n, task: t, orders: plan.Orders(n.OrderBy, n.Input.Schema()), reach: toRow}
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
		w.reach = min(w.reach, fn.reach())
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
	reach() reach
	// begin prepares for the rows of a span.
	begin(s *span) error
	// compute returns the column of a slice; valid until the next call.
	compute(p *slice) (*expr.Column, error)
	// end carries what the span's last partition came to, which may go on.
	end(s *span) error
}

// A reach is how far a function looks behind a row. One that looks to less than
// the end of the partition looks at no more of what was before the span than it
// carries.
type reach uint8

const (
	toPartition reach = iota
	toPeers
	toRow
)

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
	node   *plan.Window
	task   *Task
	keys   []expr.Order // of partitions
	orders []expr.Order // within them
	funcs  []windowFunction
	reach  reach

	last   *expr.Batch // the row before this batch; nil at first
	begins []bool      // the rows of the batch that begin a partition
	opens  []bool      // the rows that begin what is open until the next does
	rows   *kept       // what is open: the last partition, or peers
	fresh  bool        // it began a partition
	open   carry       // of the partition before it
	at     slice
	out    expr.Batch
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
		if w.reach == toRow {
			err = w.compute(w.part(b, 0, b.Rows), yield)
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

// cut finds where partitions and what is open begin in a batch.
func (w *window) cut(b *expr.Batch) {
	differs := func(flags []bool, keys []expr.Order) []bool {
		flags = changes(b, keys, flags)
		flags[0] = w.last == nil || expr.CompareRows(w.last, 0, b, 0, keys) != 0
		return flags
	}
	w.begins = differs(w.begins, w.keys)
	if w.reach == toPartition {
		w.opens = append(w.opens[:0], w.begins...)
		return
	}
	w.opens = differs(w.opens, w.orders)
	for i, begins := range w.begins {
		w.opens[i] = w.opens[i] || begins
	}
}

// part is the span of some rows of a batch.
func (w *window) part(b *expr.Batch, from, to int) *span {
	parts := []int32{0}
	for i := from + 1; i < to; i++ {
		if w.begins[i] {
			parts = append(parts, int32(i-from))
		}
	}
	s := oneChunk(b, append(parts, int32(to-from)))
	if to-from < b.Rows {
		s = oneChunk(b.Slice(from, to), s.parts)
	}
	if !w.begins[from] {
		s.before = w.open
		if !w.opens[from] {
			s.last = w.last
		}
	}
	return s
}

// take ends what is open where the next begins, computes what is whole and keeps
// the rest.
func (w *window) take(b *expr.Batch, yield func(*expr.Batch, error) bool) error {
	first := slices.Index(w.opens, true)
	if first < 0 {
		return w.rows.add(b)
	}
	last := len(w.opens) - 1
	for !w.opens[last] {
		last--
	}
	if first > 0 {
		if err := w.rows.add(b.Slice(0, first)); err != nil {
			return err
		}
	}
	if err := w.close(yield); err != nil {
		return err
	}
	if last > first {
		if err := w.compute(w.part(b, first, last), yield); err != nil {
			return err
		}
	}
	w.fresh = w.begins[last]
	return w.rows.add(b.Slice(last, b.Rows))
}

// close computes what is open.
func (w *window) close(yield func(*expr.Batch, error) bool) error {
	if w.rows.rows == 0 {
		return nil
	}
	if err := w.fit(); err != nil {
		return err
	}
	s, err := keptSpan(w.rows)
	if err == nil {
		if !w.fresh {
			s.before = w.open
		}
		err = w.compute(s, yield)
	}
	w.rows.reset()
	return err
}

// fit makes room for reading what is open as one chunk, which joins what is
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
	if w.reach == toPartition {
		return nil // whatever comes is of another one
	}
	w.open = s.carried()
	for _, f := range w.funcs {
		if err := f.end(s); err != nil {
			return err
		}
	}
	return nil
}
