package whatif

import (
	"math"
	"slices"
	"time"

	"stagecoach/engine/metric"
)

// sorts are the sorts of a stage that ranks rows within windows: their share of its
// operators' time, and the rows that each of its tasks reads. The share is zero
// where operators are not timed, and of other sorts, which pieces of partitions
// cost as much as they save.
type sorts struct{ share, rows float64 }

func (m *Model) sorts(i int) (out sorts) {
	s := &m.Stages[i]
	for _, p := range m.Profile.Stages {
		if p.ID == s.ID && p.Attempt == s.Attempt {
			out.rows = float64(p.Metrics.Value(metric.ShuffleReadRecords)) / float64(max(1, len(s.Tasks)))
		}
	}
	var mine, all time.Duration
	windows := false
	for _, x := range m.Profile.Executions {
		for _, n := range x.Nodes {
			if _, own := n.Metric(metric.NodeTime.String()); !own || !slices.Contains(n.Stages, s.ID) {
				continue
			}
			d, _ := nodeTime(n)
			all += d
			windows = windows || n.Name == "Window"
			if n.Name == "Sort" || n.Name == "Window" {
				mine += d
			}
		}
	}
	if all > 0 && windows {
		out.share = float64(mine) / float64(all)
	}
	return out
}

// growth is how much longer the rows of a task take when so many tasks are joined,
// because sorts take n·log n. Half of that is taken: where stages of 64 tasks that
// ranked 9,400 rows each became two of 300,000, the logarithm grew 1.38 times and
// their processor time 1.3 and 1.0 times.
func (s sorts) growth(joined int) float64 {
	if joined < 2 || s.rows < 2 {
		return 1
	}
	return 1 + s.share/2*(math.Log2(s.rows*float64(joined))/math.Log2(s.rows)-1)
}
