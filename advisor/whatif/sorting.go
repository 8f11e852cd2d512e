package whatif

import (
	"math"
	"time"

	"stagecoach/engine/metric"
)

// sorts are the sorts of a stage that ranks rows within windows: their share of its
// operators' time, and the rows that its tasks read. The share is zero where
// operators are not timed, and of other sorts, which pieces of partitions cost as
// much as they save.
type sorts struct{ share, rows float64 }

// findSorts finds them by stage id.
func (m *Model) findSorts() map[int]sorts {
	type times struct {
		sorts, all time.Duration
		windows    bool
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
				t.windows = t.windows || n.Name == "Window"
				if n.Name == "Sort" || n.Name == "Window" {
					t.sorts += d
				}
				by[id] = t
			}
		}
	}
	out := map[int]sorts{}
	for _, s := range m.Profile.Stages {
		if t := by[s.ID]; t.windows && t.all > 0 {
			out[s.ID] = sorts{float64(t.sorts) / float64(t.all), float64(s.Metrics.Value(metric.ShuffleReadRecords))}
		}
	}
	return out
}

// growth is how much longer the rows of a task take when so many of a stage's tasks
// are joined, because sorts take n·log n. Half of that is taken: where stages of 64
// tasks that ranked 9,400 rows each became two of 300,000, the logarithm grew 1.38
// times and their processor time 1.3 and 1.0 times.
func (s sorts) growth(joined, tasks int) float64 {
	each := s.rows / float64(max(1, tasks))
	if joined < 2 || each < 2 {
		return 1
	}
	return 1 + s.share/2*(math.Log2(each*float64(joined))/math.Log2(each)-1)
}
