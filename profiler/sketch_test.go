package profiler_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

// A sketched profile has the sums, quantiles, breakdown and busy times of a whole
// one, and of a large stage's rows the outliers; small stages keep all rows.
func TestSketch(t *testing.T) {
	events, err := profiletest.Events(`
app start=0 end=900s
executor 1 cores=4
job 0 stages=0,1
stage 0 run=1s*1500,7s,2s*700 input=3m,4m*2200 gc=10ms*2201 shuffleRead=1m*2201 failed=3,4 status=succeeded
stage 1 parents=0 run=1s,2s,3s
`)
	if err != nil {
		t.Fatal(err)
	}
	whole, little := &profiler.Profile{}, &profiler.Profile{}
	little.Sketch()
	for _, e := range events {
		whole.Add(e)
		little.Add(e)
	}
	whole.Settle()
	little.Settle()
	if diff := cmp.Diff(whole.Breakdown(), little.Breakdown()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(fmt.Sprint(whole.Incomplete()), fmt.Sprint(little.Incomplete())); diff != "" {
		t.Error(diff)
	}
	qs := []float64{0, 0.01, 0.05, 0.25, 0.29, 0.5, 0.75, 0.95, 1}
	for i, s := range whole.Stages {
		k := little.Stages[i]
		if !s.Metrics.Equal(&k.Metrics) || s.Complete != k.Complete || s.Failed != k.Failed {
			t.Errorf("stage %d: %v, want %v", s.ID, k.Metrics, s.Metrics)
		}
		for id := range metric.NumOutputRows {
			if diff := cmp.Diff(s.SparkQuantiles(id, qs), k.SparkQuantiles(id, qs)); diff != "" {
				t.Errorf("stage %d, %s: %s", s.ID, id, diff)
			}
			for _, q := range qs {
				if want, got := s.Dist(id).Quantile(q), k.Dist(id).Quantile(q); got != want {
					t.Errorf("stage %d, %s at %v: %d, want %d", s.ID, id, q, got, want)
				}
			}
		}
	}
	large, small := little.Stages[0].Tasks, little.Stages[1].Tasks
	longest, failed := false, 0
	for _, task := range large.All {
		v, _ := task.Metrics.Get(metric.ExecutorRunTime)
		longest = longest || v == 7e9
		if task.Status == profiler.Failed {
			failed++
		}
	}
	if large.Len() > 200 || !longest || failed != 2 || small.Len() != 3 {
		t.Errorf("%d rows are left of a large stage, the longest %v, failed %d; %d of a small one", large.Len(), longest, failed, small.Len())
	}
}
