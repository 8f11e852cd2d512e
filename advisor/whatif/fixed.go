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
// the intercept of running. The intercept comes from the first of these that
// can tell:
//
//  1. tasks of the stage that read nothing: their mean;
//  2. a least-squares line through the stage's tasks, when there are at least
//     eight and their sizes vary (deviation above 0.3 of the mean);
//  3. such a line through all small tasks of the run.
//
// Where none can, it is taken as zero, which saves least.
//
// Means are used because logs round times to milliseconds: of tasks of 1 to
// 5 ms, a sum is true and a single time is not.
func (m *Model) floor(i int) floor {
	tasks := m.Stages[i].Tasks
	waits := make([]time.Duration, len(tasks))
	least := time.Duration(math.MaxInt64)
	for k := range tasks {
		waits[k] = tasks[k].Cost[Fixed]
	}
	slices.Sort(waits)
	f := floor{fixed: mean(waits[:max(1, len(waits)*9/10)])}
	average := time.Duration(0)
	for k := range tasks {
		average += tasks[k].Cost[Compute] / time.Duration(len(tasks))
		least = min(least, tasks[k].Cost[Compute])
	}
	switch c, ok := emptyTasks(tasks); {
	case ok:
		f.compute = c
	default:
		if c, ok = intercept(tasks); !ok {
			c, ok = m.pooled()
		}
		if ok {
			f.compute = c
		}
	}
	f.compute = min(max(f.compute, 0), average)
	if len(tasks) < 8 {
		f.compute = min(f.compute, least)
	}
	return f
}

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

func emptyTasks(tasks []Task) (time.Duration, bool) {
	var empty []time.Duration
	for k := range tasks {
		if tasks[k].Bytes == 0 {
			empty = append(empty, tasks[k].Cost[Compute])
		}
	}
	return mean(empty), len(empty) >= 4 && len(empty) < len(tasks)
}

func intercept(tasks []Task) (time.Duration, bool) {
	n := float64(len(tasks))
	if n < 8 {
		return 0, false
	}
	var x, y, xx, xy float64
	for k := range tasks {
		b, c := float64(tasks[k].Bytes), float64(tasks[k].Cost[Compute])
		x, y, xx, xy = x+b, y+c, xx+b*b, xy+b*c
	}
	variance := xx/n - (x/n)*(x/n)
	if x == 0 || math.Sqrt(max(0, variance)) < 0.3*x/n {
		return 0, false
	}
	slope := (xy/n - (x/n)*(y/n)) / variance
	if slope < 0 {
		return 0, false
	}
	return time.Duration(y/n - slope*x/n), true
}

// pooled fits one line through all small tasks of the run that a shuffle
// feeds: those below fifty milliseconds, where the fixed cost can be seen.
func (m *Model) pooled() (time.Duration, bool) {
	var small []Task
	for i := range m.Stages {
		for k := range m.Stages[i].Tasks {
			if t := m.Stages[i].Tasks[k]; t.Shuffled > 0 && t.Duration() < 50*time.Millisecond {
				small = append(small, t)
			}
		}
	}
	return intercept(small)
}
