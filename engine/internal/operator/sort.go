package operator

import (
	"errors"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
)

// sortRows orders a partition. It holds rows until its reservation is refused,
// then writes what it holds, sorted, as a run; at the end it merges the runs.
func sortRows(n *plan.Sort, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		s := &sorter{schema: n.Schema(), keys: plan.Orders(n.Keys, n.Schema()), task: t, memory: t.Memory.Reserve(t.ID)}
		err := s.run(in, yield)
		t.Node(n).Record(metric.SortTime, s.nanos)
		t.spilled(n, s.spilledMemory, s.spilledDisk)
		t.peak(n, s.memory.Peak())
		s.memory.Close()
		if s.file != nil {
			s.file.Remove()
		}
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

type sorter struct {
	schema expr.Schema
	keys   []expr.Order
	task   *Task
	memory *budget.Reservation

	held []*expr.Batch
	size int64
	file *block.File
	runs [][]piece

	nanos                      int64
	spilledMemory, spilledDisk int64
}

func (s *sorter) run(in Batches, yield func(*expr.Batch, error) bool) error {
	for b, err := range in {
		if err != nil {
			return err
		}
		size := b.Size() + int64(b.Rows)*18 // its place in the order and its sort key
		if err := s.memory.Resize(2 * (s.size + size)); err != nil {
			if !errors.Is(err, budget.ErrExhausted) {
				return err
			}
			if err := s.spill(); err != nil {
				return err
			}
			_ = s.memory.Resize(2 * size) // one batch must fit in any case
		}
		s.held = append(s.held, b.Copy())
		s.size += size
	}
	if len(s.runs) == 0 {
		sorted := s.sort()
		step := max(s.task.BatchRows&^7, 8)
		for from := 0; from < sorted.Rows; from += step {
			if !yield(sorted.Slice(from, min(from+step, sorted.Rows)), nil) {
				return errStopped
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	runs := make([]Batches, len(s.runs))
	for i, r := range s.runs {
		runs[i] = readPieces(s.file, r, s.schema)
	}
	return merge(s.schema, s.keys, runs, s.task.BatchRows, yield)
}

// sort returns the rows held, in order, and lets go of them.
func (s *sorter) sort() *expr.Batch {
	start := time.Now()
	all := expr.Concat(s.schema, s.held)
	s.held, s.size = nil, 0
	var g expr.Gatherer
	sorted := g.Gather(all, expr.SortIndex(all, s.keys))
	s.nanos += int64(time.Since(start))
	return sorted
}

// spillRows is how many rows a batch of a spilled run has; a merge holds one
// batch of every run.
const spillRows = 4096

func (s *sorter) spill() error {
	if len(s.held) == 0 {
		return nil
	}
	if s.file == nil {
		var err error
		if s.file, err = s.task.Dir.Create("sort"); err != nil {
			return err
		}
	}
	s.spilledMemory += s.size
	sorted := s.sort()
	var run []piece
	for from := 0; from < sorted.Rows; from += spillRows {
		data := block.Encode(nil, sorted.Slice(from, min(from+spillRows, sorted.Rows)))
		offset, err := s.file.Append(data)
		if err != nil {
			return err
		}
		s.spilledDisk += int64(len(data))
		run = append(run, piece{offset, int64(len(data))})
	}
	s.runs = append(s.runs, run)
	return s.memory.Resize(0)
}

// top keeps the first rows of its partition, up to the end of what is asked for,
// and drops the offset. It holds at most twice as many as it needs, or a batch.
func top(n *plan.TopN, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		need := n.N + n.Offset
		keys := plan.Orders(n.Keys, n.Schema())
		var held []*expr.Batch
		rows := 0
		cut := func() *expr.Batch {
			all := expr.Concat(n.Schema(), held)
			index := expr.SortIndex(all, keys)
			var g expr.Gatherer
			return g.Gather(all, index[:min(need, len(index))])
		}
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			if rows >= need && n.N > 0 {
				if b = better(b, held[0], need, keys); b.Rows == 0 {
					continue
				}
			}
			held = append(held, b.Copy())
			if rows += b.Rows; rows >= 2*need+t.BatchRows || len(held) == 1 {
				kept := cut()
				held, rows = append(held[:0], kept), kept.Rows
			}
		}
		if rows == 0 || n.N == 0 {
			return
		}
		if out := cut(); out.Rows > n.Offset {
			yield(out.Slice(n.Offset, out.Rows), nil)
		}
	}
}

// better returns the rows of b that come before the n-th row of sorted.
func better(b, sorted *expr.Batch, n int, keys []expr.Order) *expr.Batch {
	if sorted.Rows < n {
		return b
	}
	var sel []int32
	for i := range b.Rows {
		if expr.CompareRows(b, i, sorted, n-1, keys) < 0 {
			sel = append(sel, int32(i))
		}
	}
	if len(sel) == b.Rows {
		return b
	}
	var g expr.Gatherer
	return g.Gather(b, sel)
}
