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
// What it takes is recorded for node n.
func sortRows(n plan.Node, schema expr.Schema, keys []plan.SortKey, in Batches, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		s := newSorter(n, schema, keys, t)
		defer s.close()
		for b, err := range in {
			if err == nil {
				err = s.add(b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		s.sorted(yield)
	}
}

type sorter struct {
	node   plan.Node
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

func newSorter(n plan.Node, schema expr.Schema, keys []plan.SortKey, t *Task) *sorter {
	return &sorter{node: n, schema: schema, keys: plan.Orders(keys, schema), task: t, memory: t.Memory.Reserve(t.ID)}
}

// add keeps a batch's rows.
func (s *sorter) add(b *expr.Batch) error {
	size := b.Size() + int64(b.Rows)*sortBytes
	if err := s.memory.Resize((s.size + size) * 5 / 4); err != nil { // the columns of the keys are there twice
		if !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		if err := s.spill(); err != nil {
			return err
		}
		_ = s.memory.Resize(size * 5 / 4) // one batch must fit in any case
	}
	s.held = append(s.held, b.Keep())
	s.size += size
	return nil
}

// sorted yields all rows in order; nothing may be added any more.
func (s *sorter) sorted(yield func(*expr.Batch, error) bool) {
	if len(s.runs) == 0 {
		rows, order := s.sort()
		for len(order) > 0 {
			n := min(s.task.BatchRows, len(order))
			if !yield(rows.Gather(order[:n]), nil) {
				return
			}
			order = order[n:]
		}
		return
	}
	err := s.spill()
	if err == nil {
		runs := make([]Batches, len(s.runs))
		for i, r := range s.runs {
			runs[i] = readPieces(s.file, r, s.schema)
		}
		err = merge(s.schema, s.keys, runs, s.task.BatchRows, yield)
	}
	if err != nil && err != errStopped {
		yield(nil, err)
	}
}

// close frees everything and records what sorting took.
func (s *sorter) close() {
	s.task.Node(s.node).Record(metric.SortTime, s.nanos)
	s.task.spilled(s.node, s.spilledMemory, s.spilledDisk)
	s.task.peak(s.node, s.memory.Peak())
	s.memory.Close()
	if s.file != nil {
		s.file.Remove()
	}
}

// sortBytes is what sorting takes for a row beside its values: twice its key and
// position, its place in the order, and its batch.
const sortBytes = 40

// sort returns the rows held and their order, and lets go of them.
func (s *sorter) sort() (rows *expr.Pieces, order []int32) {
	start := time.Now()
	rows = expr.NewPieces(s.schema, s.held)
	s.held, s.size = nil, 0
	order = rows.Order(s.keys)
	s.nanos += int64(time.Since(start))
	return rows, order
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
	rows, order := s.sort()
	var run []piece
	var data []byte
	for ; len(order) > 0; order = order[min(spillRows, len(order)):] {
		data = block.Encode(data[:0], rows.Gather(order[:min(spillRows, len(order))]))
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
