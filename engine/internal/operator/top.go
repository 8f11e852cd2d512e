package operator

import (
	"errors"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
)

// top keeps the first rows of its partition, up to the end of what is asked for,
// and drops the offset. It holds at most twice as many as it needs, or a batch;
// where even they are refused it sorts all rows, which can spill.
func top(n *plan.TopN, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		if n.N == 0 {
			return
		}
		h := &topRows{node: n, need: n.N + n.Offset, keys: plan.Orders(n.Keys, n.Schema()), task: t, memory: t.Memory.Reserve(t.ID)}
		defer h.close()
		for b, err := range in {
			if err == nil {
				err = h.add(b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		if h.sorter != nil {
			limit(&plan.Limit{N: n.N, Offset: n.Offset}, h.sorter.sorted)(yield)
			return
		}
		if h.cut(); h.rows > n.Offset {
			yield(h.held[0].Slice(n.Offset, h.rows), nil)
		}
	}
}

// topRows holds the rows that may be among the first; once it has cut, the first
// batch is in order.
type topRows struct {
	node   *plan.TopN
	need   int
	keys   []expr.Order
	task   *Task
	memory *budget.Reservation

	held   []*expr.Batch
	rows   int
	size   int64
	sorter *sorter // of all rows, once memory was refused
}

func (h *topRows) add(b *expr.Batch) error {
	if h.sorter != nil {
		return h.sorter.add(b)
	}
	if h.rows >= h.need {
		if b = better(b, h.held[0], h.need, h.keys); b.Rows == 0 {
			return nil
		}
	}
	if err := h.memory.Resize(2 * (h.size + b.Size())); err != nil {
		if !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		return h.sortAll(b)
	}
	h.held = append(h.held, b.Keep())
	h.rows, h.size = h.rows+b.Rows, h.size+b.Size()
	if h.rows >= 4*h.need+1024 || len(h.held) == 1 { // often, since what is held bounds what comes
		h.cut()
	}
	return nil
}

// cut drops what is not among the first rows of those held.
func (h *topRows) cut() {
	if len(h.held) == 0 {
		return
	}
	all := expr.Concat(h.node.Schema(), h.held)
	index := expr.SortIndex(all, h.keys)
	var g expr.Gatherer
	first := g.Gather(all, index[:min(h.need, len(index))])
	h.held, h.rows, h.size = append(h.held[:0], first), first.Rows, first.Size()
}

// sortAll hands the rows over to a sorter, b after those held.
func (h *topRows) sortAll(b *expr.Batch) error {
	h.memory.Close()
	h.sorter = newSorter(h.node, h.node.Schema(), h.node.Keys, h.task)
	for _, old := range append(h.held, b) {
		if err := h.sorter.add(old); err != nil {
			return err
		}
	}
	h.held = nil
	return nil
}

func (h *topRows) close() {
	if h.sorter != nil {
		h.sorter.close()
	}
	h.task.peak(h.node, h.memory.Peak())
	h.memory.Close()
}

// better returns the rows of b that come before the n-th row of sorted.
func better(b, sorted *expr.Batch, n int, keys []expr.Order) *expr.Batch {
	if sorted.Rows < n {
		return b
	}
	sel := expr.RowsBefore(b, sorted, n-1, keys, nil)
	if len(sel) == b.Rows {
		return b
	}
	var g expr.Gatherer
	return g.Gather(b, sel)
}
