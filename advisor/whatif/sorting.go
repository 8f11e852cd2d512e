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
				if n.Name == "Sort" || n.Name == "Window" || n.Name == "SortMergeJoin" {
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

// How much longer sorting and what reads sorted rows take for each time that twice
// as many of the embedded engine's partitions are one: more to compare, and rows that
// are fetched from memory where they came from the processor's cache. Of 21 partitions
// of 1.6 MB that became one, the processor time grew 1.63 times in a join by a key of
// few values and 1.5 times in a window, and 1.16 times in a join of two sides that
// were almost in order.
const (
	sortGrowth     = 0.10
	sortGrowthMost = 0.20
)

// growth is how much longer the rows of so many joined partitions take in one.
func (s sorts) growth(joined int, each float64) float64 {
	if joined < 2 {
		return 1
	}
	return 1 + float64(s)*each*math.Log2(float64(joined))
}

// doubtSorts says that rows of joined partitions may take no longer in one, or more.
func (m *Model) doubtSorts(i int, groups [][]int) {
	s := m.facts.sorts[m.Stages[i].ID]
	if s == 0 {
		return
	}
	for _, other := range []float64{0, sortGrowthMost} {
		m.Doubt(func(o *Model) {
			o.Stages[i].edit(func(k int, t *Task) {
				if k < len(groups) {
					c := &t.Cost[Compute]
					*c = time.Duration(float64(*c) * s.growth(len(groups[k]), other) / s.growth(len(groups[k]), sortGrowth))
				}
			})
		})
	}
}
