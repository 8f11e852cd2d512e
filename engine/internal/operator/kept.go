package operator

import (
	"errors"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
)

// kept is rows that are read more than once, in the order in which they came:
// the group of one join key, a partition of a cartesian product or of a window.
// They stay in memory until the reservation is refused and then go to a file in
// blocks, as in Spark's ExternalAppendOnlyUnsafeRowArray.
type kept struct {
	schema expr.Schema
	node   plan.Node
	task   *Task
	memory *budget.Reservation

	rows   int
	held   []*expr.Batch // behind what is in the file
	size   int64         // of held
	file   *block.File
	pieces []piece

	spilledMemory, spilledDisk int64
}

func newKept(n plan.Node, schema expr.Schema, t *Task) *kept {
	return &kept{schema: schema, node: n, task: t, memory: t.Memory.Reserve(t.ID)}
}

// add keeps a batch's rows.
func (k *kept) add(b *expr.Batch) error {
	size := b.Size() + 64*int64(len(b.Cols))
	if need := k.size + size; need > k.memory.Held() {
		if err := k.memory.Resize(need); err != nil {
			if !errors.Is(err, budget.ErrExhausted) {
				return err
			}
			if err := k.spill(); err != nil {
				return err
			}
			if size > k.memory.Held() && k.memory.Resize(size) != nil {
				k.rows += b.Rows
				return k.write(b, size)
			}
		}
	}
	k.held = append(k.held, b.Keep())
	k.rows, k.size = k.rows+b.Rows, k.size+size
	return nil
}

func (k *kept) spill() error {
	if len(k.held) == 0 {
		return nil
	}
	err := k.write(expr.Concat(k.schema, k.held), k.size)
	k.held, k.size = k.held[:0], 0
	return err
}

func (k *kept) write(b *expr.Batch, size int64) error {
	if k.file == nil {
		var err error
		if k.file, err = k.task.Dir.Create("rows"); err != nil {
			return err
		}
	}
	k.spilledMemory += size
	for from := 0; from < b.Rows; from += spillRows {
		data := block.Encode(nil, b.Slice(from, min(from+spillRows, b.Rows)))
		offset, err := k.file.Append(data)
		if err != nil {
			return err
		}
		k.spilledDisk += int64(len(data))
		k.pieces = append(k.pieces, piece{offset, int64(len(data))})
	}
	return nil
}

// read yields the rows from the first on; the batches are the same each time.
// Nothing may be added between two readings that are compared.
func (k *kept) read() Batches {
	return func(yield func(*expr.Batch, error) bool) {
		if len(k.held) > 1 {
			k.held = append(k.held[:0], expr.Concat(k.schema, k.held))
		}
		if k.file != nil {
			for b, err := range readPieces(k.file, k.pieces, k.schema) {
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
		for _, b := range k.held {
			if !yield(b, nil) {
				return
			}
		}
	}
}

// reset forgets the rows and keeps the reservation for the next ones.
func (k *kept) reset() {
	k.rows, k.held, k.size, k.pieces = 0, k.held[:0], 0, k.pieces[:0]
	if k.file != nil {
		k.file.Remove()
		k.file = nil
	}
}

// close frees everything and records what the rows took.
func (k *kept) close() {
	k.reset()
	k.task.spilled(k.node, k.spilledMemory, k.spilledDisk)
	k.task.peak(k.node, k.memory.Peak())
	k.memory.Close()
}
