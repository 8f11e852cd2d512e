package whatif

import (
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// Spilling is not timed in Spark's log. Runs of one job with and without spill
// put it at one second for 55 MB (size in memory) in Spark, where rows are
// serialized, compressed, written, read and merged. The embedded engine writes Arrow
// buffers and sorts pieces that fit the processor's cache: 260 MB of rows took 0.29 s
// of processor time more in a window, and none in a join; between them lies 0.2 s. What a task spills of the
// shuffle that it writes is written in any case.
const (
	sparkSpillRate = 55e6  // bytes in memory per second
	arrowSpillRate = 1.3e9 // bytes in memory per second
)

// spilling is what writing and reading back takes that a task spills, by its size.
func (m *Model) spilling(t *Task) time.Duration {
	if m.Embedded() {
		return time.Duration(float64(max(0, t.Spilled-t.Written)) / arrowSpillRate * 1e9)
	}
	return time.Duration(float64(t.Spilled) / sparkSpillRate * 1e9)
}

// A spiller is how the tasks of a stage spill: what they hold before they do, in bytes,
// and what a byte takes, in nanoseconds; 0 where none of them has shown it.
type spiller struct {
	limit int64
	each  float64
}

// spiller is the stage's. Where tasks of Spark spilled, they tell both themselves: one
// that others leave room takes more than its share of the memory, and several of its
// operators may hold it, one after the other.
func (m *Model) spiller(i int) spiller {
	by := spiller{limit: m.taskMemory()}
	var n, held, spilled int64
	var cost time.Duration
	for _, t := range m.Stages[i].Tasks.All {
		if t.Spilled > 0 {
			n, held, spilled, cost = n+1, held+t.Peak, spilled+t.Spilled, cost+t.Cost[Spill]
		}
	}
	if n > 0 && by.limit > 0 && !m.Embedded() {
		by.limit, by.each = max(by.limit, held/n), float64(cost)/float64(spilled)
	}
	return by
}

// doubtSpill says that spilling may have cost nothing, as that of sorted runs which
// a join merges anyway, or three times as much, as that of groups which then had to
// be aggregated again; at most half of what a task computes goes so.
func (m *Model) doubtSpill(spared [][]time.Duration) {
	m.Doubt(func(o *Model) {
		for i, by := range spared {
			if by != nil {
				o.Stages[i].edit(func(k int, t *Task) { t.Cost[Spill] += by[k] })
			}
		}
	})
	m.Doubt(func(o *Model) {
		for i, by := range spared {
			if by == nil {
				continue
			}
			o.Stages[i].edit(func(k int, t *Task) {
				if c := &t.Cost[Compute]; by[k] > 0 {
					*c -= min(*c/2, max(2*by[k], *c/4))
				}
			})
		}
	})
}

// pace is how long tasks that spill nothing and write next to no shuffle run for each
// second of processor time, waits that are accounted for apart: more than one where
// tasks wait for processors.
func pace(p *profiler.Profile) float64 {
	var cpu, ran int64
	for _, s := range p.Stages {
		run := s.Metrics.Value(metric.ExecutorRunTime)
		if s.Metrics.Value(metric.DiskBytesSpilled) > 0 || s.Metrics.Value(metric.ShuffleWriteTime) > run/10 {
			continue
		}
		cpu += s.Metrics.Value(metric.ExecutorCPUTime)
		ran += run - s.Metrics.Value(metric.ShuffleFetchWaitTime) - s.Metrics.Value(metric.JVMGCTime)
	}
	if cpu <= 0 || ran <= cpu {
		return 1
	}
	return float64(ran) / float64(cpu)
}
