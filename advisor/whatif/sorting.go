package whatif

import (
	"math"
	"time"

	"stagecoach/engine/metric"
)

// sorts is the share that sorting takes of the operators' time in a stage that
// ranks rows within windows or merges two sides; zero where operators are not timed.
type sorts float64

// findSorts finds them by stage id.
func (m *Model) findSorts() map[int]sorts {
	type times struct {
		sorts, all time.Duration
		ordered    bool
	}
	by := map[int]times{}
	for _, x := range m.Profile.Executions {
		for _, n := range x.Nodes {
			if _, own := n.Metric(metric.NodeTime.String()); !own {
				continue
			}
			d, _ := nodeTime(n)
			for _, id := range n.Stages {
				t := by[id]
				t.all += d
				t.ordered = t.ordered || n.Name == "Window" || n.Name == "SortMergeJoin"
				if n.Name == "Sort" {
					t.sorts += d
				}
				by[id] = t
			}
		}
	}
	out := map[int]sorts{}
	for id, t := range by {
		if t.ordered && t.all > 0 {
			out[id] = sorts(float64(t.sorts) / float64(t.all))
		}
	}
	return out
}

// How much longer sorting takes in the embedded engine for each time that a partition
// is twice as large, from the size on that the processor's cache holds: more to
// compare, and rows that are fetched from memory. Of stages of which half to nine
// tenths are sorting, 64 partitions of 1.5 MB that became 8 took 1.1 to 1.4 times the
// processor time, 4 of 24 MB that became 16 took 0.6 to 0.8 times, and 21 of 1.6 MB
// that became one 1.5 and 1.6 times; a join of two sides that were almost in order, a
// third of it sorting, took 1.0, 0.8 and 1.2 times.
const (
	cached         = 1 << 20
	sortGrowth     = 0.12
	sortGrowthMost = 0.30
)

// slows is how much longer the rows of a partition of so many bytes take than if the
// processor's cache held it.
func (s sorts) slows(bytes int64, each float64) float64 {
	if s == 0 {
		return 1
	}
	return 1 + float64(s)*each*math.Log2(max(1, float64(bytes)/cached))
}

// doubtSorts says that the size of partitions, so many bytes before, may not matter to
// their rows, or more.
func (m *Model) doubtSorts(i int, before int64) {
	s := m.facts.sorts[m.Stages[i].ID]
	if s == 0 {
		return
	}
	for _, other := range []float64{0, sortGrowthMost} {
		m.Doubt(func(o *Model) {
			o.Stages[i].edit(func(_ int, t *Task) {
				taken := s.slows(t.Bytes, sortGrowth) / s.slows(before, sortGrowth)
				t.Cost[Compute] = time.Duration(float64(t.Cost[Compute]) / taken * s.slows(t.Bytes, other) / s.slows(before, other))
			})
		})
	}
}
