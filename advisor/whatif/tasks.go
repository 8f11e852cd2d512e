package whatif

import (
	"math"
	"time"
)

// A Part is a cause for which a task spends time.
type Part uint8

const (
	Compute Part = iota // the work itself, with whatever no other part accounts for
	GC                  // garbage collection while the task ran
	Fetch               // standing still for shuffle blocks
	Spill               // writing and reading back what did not fit; an estimate
	Write               // writing shuffle blocks
	Fixed               // scheduler delay, deserialization, result: paid per task, whatever its size
	numParts
)

// A Task is one attempt's cost and size.
type Task struct {
	Index    int
	Cost     [numParts]time.Duration
	Bytes    int64 // read: input and shuffle
	Shuffled int64 // of Bytes, what came through a shuffle
	Written  int64 // to the shuffle
	Spilled  int64 // size in memory of what was spilled
	Peak     int64 // execution memory at its highest
}

// Duration is the task's whole time.
func (t *Task) Duration() (d time.Duration) {
	for _, c := range t.Cost {
		d += c
	}
	return d
}

// Tasks are a stage's tasks in launch order, in one column for each thing that is
// known of them; what is zero in all of them has none. They never change: an edit
// makes other Tasks, which share the columns that it leaves as they are. So models
// that differ in one part of the time differ by eight bytes a task. A nil *Tasks
// has none.
//
// Numbers are rounded by at most one part in 2^25 (3e-8), as float32 holds them, and
// nothing that is replayed is known to a percent. Whole times are kept in
// milliseconds, as logs have them, and computing is the rest: so times of up to four
// hours are exact, and tasks that were recorded as equally long are. (Indexes are exact
// below 16 million.)
type Tasks struct {
	rows    int
	columns [numColumns][]float32 // nil: zero in all rows
}

const (
	colWhole = iota // in the place of Compute
	colIndex = iota - 1 + int(numParts)
	colBytes
	colShuffled
	colWritten
	colSpilled
	colPeak
	numColumns
)

// A row is a task as the columns hold it.
type row [numColumns]float32

// Len is the number of tasks.
func (t *Tasks) Len() int {
	if t == nil {
		return 0
	}
	return t.rows
}

// At returns task k, which must be below Len.
func (t *Tasks) At(k int) (out Task) {
	rest := t.Duration(k)
	for p := Compute + 1; p < numParts; p++ {
		out.Cost[p] = nanos(t.value(int(p), k))
		rest -= out.Cost[p]
	}
	out.Cost[Compute] = max(0, rest) // rounding may carry the others beyond the whole
	out.Index, out.Bytes, out.Shuffled, out.Written = t.Index(k), t.Bytes(k), t.Shuffled(k), t.Written(k)
	out.Spilled, out.Peak = int64(t.value(colSpilled, k)), int64(t.value(colPeak, k))
	return out
}

// Duration is the whole time of task k. Like those below, it is for who needs no more
// of many tasks.
func (t *Tasks) Duration(k int) time.Duration { return nanos(t.value(colWhole, k)) }

// Index is the partition of task k.
func (t *Tasks) Index(k int) int { return int(t.value(colIndex, k)) }

// Bytes is what task k read.
func (t *Tasks) Bytes(k int) int64 { return int64(t.value(colBytes, k)) }

// Shuffled is what of its Bytes task k read from a shuffle.
func (t *Tasks) Shuffled(k int) int64 { return int64(t.value(colShuffled, k)) }

// Written is what task k wrote to a shuffle, in bytes.
func (t *Tasks) Written(k int) int64 { return int64(t.value(colWritten, k)) }

func (t *Tasks) value(column, k int) float32 {
	if values := t.columns[column]; values != nil {
		return values[k]
	}
	return 0
}

// All yields every task with its place.
func (t *Tasks) All(yield func(int, Task) bool) {
	for k := range t.Len() {
		if !yield(k, t.At(k)) {
			return
		}
	}
}

// tabulate makes n tasks, of which each is asked for once, in order.
func tabulate(n int, task func(k int) Task) *Tasks {
	w := writer{Tasks: Tasks{rows: n}}
	for k := range n {
		t := task(k)
		w.put(k, &t)
	}
	return &w.Tasks
}

// edited are the tasks after change has seen each of them, in order.
func (t *Tasks) edited(change func(k int, t *Task)) *Tasks {
	if t.Len() == 0 {
		return t
	}
	w := writer{Tasks: *t}
	var task Task
	for k := range t.rows {
		was := t.At(k)
		task = was
		if change(k, &task); task != was {
			w.put(k, &task)
		}
	}
	return &w.Tasks
}

// A writer fills Tasks that nobody else has yet.
type writer struct {
	Tasks
	own [numColumns]bool // columns that are shared with no other Tasks
}

func (w *writer) put(k int, t *Task) {
	r := t.row()
	for c := range r {
		column := w.columns[c]
		if !w.own[c] {
			if column == nil && r[c] == 0 || column != nil && column[k] == r[c] {
				continue
			}
			column = make([]float32, w.rows)
			copy(column, w.columns[c])
			w.columns[c], w.own[c] = column, true
		}
		column[k] = r[c]
	}
}

// most is a size, or a time, beyond which none is told from another: a power of two
// well inside int64, so that reading it back cannot overflow.
const most = 1 << 62

func (t *Task) row() (r row) {
	for p := Compute + 1; p < numParts; p++ {
		r[p] = millis(t.Cost[p])
	}
	r[colWhole] = millis(t.Duration())
	r[colIndex] = float32(t.Index)
	for c, size := range [...]int64{t.Bytes, t.Shuffled, t.Written, t.Spilled, t.Peak} {
		r[colBytes+c] = float32(min(size, most))
	}
	return r
}

func millis(d time.Duration) float32 { return float32(float64(min(d, most)) * 1e-6) }
func nanos(ms float32) time.Duration { return time.Duration(math.RoundToEven(float64(ms) * 1e6)) }
