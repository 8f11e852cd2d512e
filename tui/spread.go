package tui

import (
	"sync"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// A spread is how the values of a stage's tasks are distributed. It takes a
// sort for each metric, so it is made when somebody first looks, once.
type spread struct {
	quantiles map[metric.ID][]int64 // at quarters; nil where nothing succeeded
	bins      []chart.Bin           // of durations
}

// quarters are the quantiles of Spark's stage page.
var quarters = []float64{0, 0.25, 0.5, 0.75, 1}

func spreadOf(s *profiler.Stage) func() spread {
	return sync.OnceValue(func() spread {
		out := spread{quantiles: map[metric.ID][]int64{}, bins: chart.Histogram(s.Dist(metric.TaskDuration), 8)}
		for id := range s.Metrics.All {
			if q := s.SparkQuantiles(id, quarters); q != nil {
				out.quantiles[id] = q
			}
		}
		return out
	})
}
