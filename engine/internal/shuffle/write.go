// Package shuffle moves rows from the tasks of one stage to the tasks of the
// next.
//
//	rows ─► Writer: partition, order by partition ─► one run of blocks a map task
//	      run = [partition 0 | partition 1 | ...], with the offset and checksum of each
//	Outputs: where every map task's run is  ─►  Fetch: all runs' piece of a partition
//
// A map task's run is appended to a file of its executor, or to several when
// the writer had to spill; partitions are encoded batches one after the other,
// so that neighbouring partitions can be read in one go.
package shuffle

import (
	"errors"
	"fmt"
	"hash/crc32"
	"sync"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
)

// Stats is what writing did.
type Stats struct {
	Bytes, Records int64
	DataSize       int64 // of the rows in memory
	MemorySpilled  int64
	DiskSpilled    int64
	PeakMemory     int64
}

// A Run is a piece of a file with the blocks of all partitions: partition p
// lies at Offset+Index[p] up to Offset+Index[p+1] and has the checksum Sums[p].
type Run struct {
	File   *block.File
	Offset int64
	Index  []int64
	Sums   []uint32 // CRC-32C
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// check compares partitions [from, to), read as data, with their checksums.
func (r *Run) check(from, to int, data []byte) error {
	for p := from; p < to; p++ {
		b := data[r.Index[p]-r.Index[from] : r.Index[p+1]-r.Index[from]]
		if sum := crc32.Checksum(b, castagnoli); sum != r.Sums[p] {
			return fmt.Errorf("the block of partition %d (%d bytes) is damaged: its checksum is %08x, not %08x", p, len(b), sum, r.Sums[p])
		}
	}
	return nil
}

// A Writer spreads one map task's rows over n partitions. It keeps rows until
// its reservation is refused, then orders them by partition and writes them as
// a run. It belongs to one goroutine.
type Writer struct {
	schema expr.Schema
	n      int
	file   func() (*block.File, error)
	memory *budget.Reservation

	held   []*expr.Batch
	copies []*expr.Batch // those of held that are the writer's own
	parts  [][]int32
	rows   int
	size   int64
	runs   []Run
	stats  Stats
}

// NewWriter returns a writer that appends its runs to the file that file gives.
func NewWriter(schema expr.Schema, n int, file func() (*block.File, error), memory *budget.Reservation) *Writer {
	return &Writer{schema: schema, n: n, file: file, memory: memory}
}

// Write adds a batch; row i goes to partition parts[i]. Rows that are owned are held as
// they are, others are copied, and so are parts.
func (w *Writer) Write(b *expr.Batch, parts []int32) error {
	if b.Rows == 0 {
		return nil
	}
	size := b.Size()
	w.stats.Records += int64(b.Rows)
	w.stats.DataSize += size
	// Encoding takes a second copy of what is held.
	if err := w.memory.Resize(2 * (w.size + size)); err != nil {
		if !errors.Is(err, budget.ErrExhausted) {
			return err
		}
		if len(w.held) > 0 {
			if err := w.spill(); err != nil {
				return err
			}
		}
		// One batch must fit in any case; what it takes is not promised.
		_ = w.memory.Resize(2 * size)
	}
	if b.Owned {
		w.held = append(w.held, b.Keep())
	} else {
		held, _ := batches.Get().(*expr.Batch)
		if held == nil {
			held = new(expr.Batch)
		}
		b.CopyTo(held)
		w.held, w.copies = append(w.held, held), append(w.copies, held)
	}
	w.parts = append(w.parts, append([]int32(nil), parts[:b.Rows]...))
	w.rows += b.Rows
	w.size += size
	return nil
}

// Close writes what is left and returns the task's runs.
func (w *Writer) Close() ([]Run, Stats, error) {
	if len(w.held) > 0 || len(w.runs) == 0 {
		if err := w.flush(); err != nil {
			return nil, w.stats, err
		}
	}
	w.stats.PeakMemory = w.memory.Peak()
	w.memory.Close()
	return w.runs, w.stats, nil
}

func (w *Writer) spill() error {
	w.stats.MemorySpilled += w.size
	before := w.stats.Bytes
	if err := w.flush(); err != nil {
		return err
	}
	w.stats.DiskSpilled += w.stats.Bytes - before
	return w.memory.Resize(0)
}

// buffers and batches hold the memory of blocks that have been written, and of the
// rows they were made of, for the next tasks: pages that the system gives anew cost
// more than what is written into them.
var buffers, batches sync.Pool

func (w *Writer) flush() error {
	index := make([]int64, w.n+1)
	var data []byte
	if w.rows > 0 {
		used, _ := buffers.Get().(*[]byte)
		if used == nil {
			used = new([]byte)
		}
		data, index = w.encode(*used)
		*used = data
		defer buffers.Put(used)
	}
	sums := make([]uint32, w.n)
	for p := range sums {
		sums[p] = crc32.Checksum(data[index[p]:index[p+1]], castagnoli)
	}
	f, err := w.file()
	if err != nil {
		return err
	}
	offset, err := f.Append(data)
	if err != nil {
		return err
	}
	w.stats.Bytes += int64(len(data))
	w.runs = append(w.runs, Run{f, offset, index, sums})
	for _, b := range w.copies {
		batches.Put(b)
	}
	w.held, w.copies, w.parts, w.rows, w.size = nil, nil, nil, 0, 0
	return nil
}

// encode encodes each partition's rows, in buf if they fit.
func (w *Writer) encode(buf []byte) (data []byte, index []int64) {
	if block.Flat(w.schema) {
		s := block.Scatter{Schema: w.schema, Batches: w.held, Parts: w.parts, N: w.n}
		return s.Encode(buf)
	}
	rows := make([][]int32, w.n)
	at := int32(0)
	for _, parts := range w.parts {
		for _, p := range parts {
			rows[p] = append(rows[p], at)
			at++
		}
	}
	all := expr.Drain(w.schema, w.held)
	index = make([]int64, w.n+1)
	data = buf[:0]
	var g expr.Gatherer
	for p, sel := range rows {
		if len(sel) > 0 {
			data = block.Encode(data, g.Gather(all, sel))
		}
		index[p+1] = int64(len(data))
	}
	return data, index
}
