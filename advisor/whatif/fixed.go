package whatif

import (
	"math"
	"slices"
	"time"
)

// A floor is what a task of a stage costs however little it reads.
type floor struct{ fixed, compute time.Duration }

// floor fits task time ≈ o + r·bytes and returns o, in two pieces: what is
// measured apart from running (scheduler delay, deserialization, result) and
// the intercept of running. Where tasks read less than a page each in less than
// a tenth of a second (up to four times as long where tasks wait for processors),
// that is their mean: such sizes explain nothing. Else it
// is the intercept of a least-squares line through the stage's tasks that read
// something, when there are at least eight and their sizes vary (deviation above
// 0.3 of the mean); else, of tasks of Spark as short and of a few pages each, their
// mean without what the pages take; else the intercept of such a line through all
// small tasks of the run; else zero, which saves least. Tasks that read nothing bound
// it from below: they do not even open a sorter.
//
// Means are used because logs round times to milliseconds: of tasks of 1 to
// 5 ms, a sum is true and a single time is not.
func (m *Model) floor(i int) floor {
	tasks, known := m.Stages[i].Tasks, &m.facts.floors[i]
	if known.of != tasks {
		return m.fit(tasks)
	}
	return known.floor()
}

// A knownFloor is that of a stage's tasks in the run as it was, which most edits
// begin with.
type knownFloor struct {
	of    *Tasks
	floor func() floor // fitted when it is first asked for
}

func (m *Model) fit(tasks *Tasks) floor {
	waits := make([]time.Duration, tasks.Len())
	var full line // through those that read something
	var empty []time.Duration
	var read int64
	var all time.Duration
	least := time.Duration(math.MaxInt64)
	for k, t := range tasks.All {
		waits[k] = t.Cost[Fixed]
		if t.Bytes == 0 {
			empty = append(empty, t.Cost[Compute])
			continue
		}
		full.add(&t)
		read += t.Bytes
		all += t.Cost[Compute]
		least = min(least, t.Cost[Compute])
	}
	slices.Sort(waits)
	// The slowest tenth is left out, but not by a log's own grain: of waits below a
	// millisecond some are written as 1 and most as 0, and only their mean is true.
	usual := waits[:max(1, len(waits)*9/10)]
	limit := max(usual[len(usual)-1], time.Millisecond)
	for len(usual) < len(waits) && waits[len(usual)] <= limit {
		usual = waits[:len(usual)+1]
	}
	f := floor{fixed: mean(usual)}
	n := full.n
	average := all / time.Duration(max(1, n))
	tiny, each := n >= 8 && float64(average) < m.facts.pace*float64(100*time.Millisecond), read/int64(max(1, n))
	c, ok := average, tiny && each < packet
	if !ok {
		c, ok = full.intercept()
	}
	if !ok && tiny && each < 4*packet && !m.Embedded() {
		c, ok = average-time.Duration(float64(each-packet)/slowest*1e9), true
	}
	if !ok {
		c, ok = m.facts.small, m.facts.smalls
	}
	if !ok {
		c = 0
	}
	if len(empty) >= 4 {
		c = max(c, mean(empty))
	}
	f.compute = min(max(c, 0), average)
	if n < 8 {
		f.compute = min(f.compute, least)
	}
	return f
}

// What opening and decoding one block of a shuffle takes the embedded engine beside
// its rows, where there are many: 4 to 18 µs in stages that sort, apart from what the
// size of partitions does to them, 22 to 32 µs in stages that group few columns, up to
// 100 µs in a join of two large sides or of sets of values. Adaptive execution that
// joins partitions opens as many blocks as before; fewer partitions are fewer blocks.
const (
	arrowBlock     = 14 * time.Microsecond
	arrowBlockMost = 100 * time.Microsecond
	arrowBlockFine = arrowBlock / 3 // where partitions are cut finer: their rows are nearer to each other
)

// doubtBlocks says that so many partitions more may cost as much again as blocks do.
func (m *Model) doubtBlocks(i, more int) {
	each := time.Duration(m.writers(i)) * arrowBlock
	m.Doubt(func(o *Model) {
		s := &o.Stages[i]
		s.edit(func(_ int, t *Task) { t.Cost[Compute] += each * time.Duration(more) / time.Duration(s.Tasks.Len()) })
	})
}

// doubtFloor says that blocks of the embedded engine may take more than could be
// told from the run, so that groups of tasks that no longer open each their own
// save more. At most half of what is left goes so.
func (m *Model) doubtFloor(i int, f floor, groups [][]int) {
	most := time.Duration(m.writers(i)) * arrowBlockMost
	if !m.Embedded() || f.compute >= most {
		return
	}
	m.Doubt(func(o *Model) {
		o.Stages[i].edit(func(k int, t *Task) {
			if k < len(groups) {
				c := &t.Cost[Compute]
				*c -= min(*c/2, time.Duration(len(groups[k])-1)*(most-f.compute))
			}
		})
	})
}

// packet is the size below which a task's bytes do not explain its time. Up to four of
// them, where sizes do not vary, bytes explain what they take at a slow rate, in bytes a
// second of task time. (Of 22 stages of the labelled logs whose tasks read more than a
// megabyte each of a shuffle, and did not spill, 19 were at 5 to 43 MB, one on a crowded
// cluster at 2.9 MB; two that wait or write thousands of files were slower.)
const (
	packet  = 4 << 10
	slowest = 2e6
)

func mean(ds []time.Duration) time.Duration {
	if len(ds) == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range ds {
		sum += d
	}
	return sum / time.Duration(len(ds))
}

// A line is fitted through tasks as points, bytes read and nanoseconds of computing,
// by least squares. It keeps their means and the sums of the products of what each
// lies beside these (Welford, Technometrics 4, 1962), not the points: a run may have
// millions.
type line struct {
	n                int
	bytes, compute   float64 // means
	variance, shared float64 // n times those of bytes, and of bytes and computing
}

func (l *line) add(t *Task) {
	l.n++
	dx, dy := float64(t.Bytes)-l.bytes, float64(t.Cost[Compute])-l.compute
	l.bytes += dx / float64(l.n)
	l.compute += dy / float64(l.n)
	l.variance += dx * (float64(t.Bytes) - l.bytes)
	l.shared += dx * (float64(t.Cost[Compute]) - l.compute)
}

// intercept is where the line meets zero bytes. It is not ok with fewer than eight
// points, with sizes that hardly vary, or where larger tasks took less.
func (l *line) intercept() (at time.Duration, ok bool) {
	if l.n < 8 || l.bytes == 0 || math.Sqrt(l.variance/float64(l.n)) < 0.3*l.bytes {
		return 0, false
	}
	slope := l.shared / l.variance
	if !(slope >= 0) {
		return 0, false
	}
	return time.Duration(l.compute - slope*l.bytes), true
}

// pooled fits one line through all small tasks of the run that a shuffle
// feeds: those below fifty milliseconds, where the fixed cost can be seen.
func (m *Model) pooled() (time.Duration, bool) {
	var small line
	for i := range m.Stages {
		for _, t := range m.Stages[i].Tasks.All {
			if t.Shuffled > 0 && t.Duration() < 50*time.Millisecond {
				small.add(&t)
			}
		}
	}
	return small.intercept()
}
