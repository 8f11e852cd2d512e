package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var growingState = advisor.Rule{
	Name:     "growing-state",
	Title:    "What a stream keeps grows from batch to batch",
	Cause:    "streaming-state-growth",
	Incident: true,
	Doc: `
A stream that groups, joins or removes duplicates keeps rows from batch to batch.
Without a watermark, or with one that stands still, nothing is ever dropped:
memory, checkpoints and the time of each batch grow until the stream fails.

In the stream's progress: the rows of its state, from batch to batch, with the
watermark beside them.

Set withWatermark on the event time before grouping, and group or join by that
time; keep state in RocksDB where it must be large
(spark.sql.streaming.stateStore.providerClass).

Ignore it where the keys are few and known: then the state stops growing.`,
	Limits: []advisor.Limit{
		{Name: "batches", Default: 8, Doc: "least batches that read rows"},
		{Name: "growth", Default: 2, Doc: "rows kept after the last batch over those after the middle one, as of a state that grows with the input"},
		{Name: "slower", Default: 1.3, Doc: "median time of the last third of the batches over that of the first third, without the first batch"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, s := range run.Streams {
			var batches []*profiler.Batch
			for i := range s.Batches {
				if s.Batches[i].Rows() > 0 {
					batches = append(batches, &s.Batches[i])
				}
			}
			n := len(batches)
			if float64(n) < limit("batches") {
				continue
			}
			rows, _ := batches[n-1].Kept()
			half, _ := batches[n/2].Kept()
			early, late := usualTime(batches[1:n/3+1]), usualTime(batches[n-n/3:])
			if half == 0 || float64(rows) < limit("growth")*float64(half) && !steady(batches) || float64(late) < limit("slower")*float64(early) {
				continue
			}
			watermark := "no watermark"
			if w := batches[n-1].EventTime.Watermark; w > 0 {
				watermark = "the watermark at " + time.UnixMilli(int64(w)).UTC().Format(time.DateTime)
			}
			f := advisor.Finding{
				Where:   advisor.Where{Name: "stream " + cmp.Or(s.Name, s.ID)},
				Summary: fmt.Sprintf("%d rows are kept, %d after half of the batches, with %s; a batch takes %s, %s at first", rows, half, watermark, metric.FormatDuration(late), metric.FormatDuration(early)),
				Evidence: []advisor.Evidence{
					{Name: "rows kept after the last batch", Value: rows},
					{Name: "rows kept after half of the batches", Value: half},
					{Name: "usual batch at the end", Unit: metric.Duration, Value: int64(late)},
					{Name: "usual batch at first", Unit: metric.Duration, Value: int64(early)},
				},
				Confidence: advisor.Medium,
				CodeChange: `df.withWatermark("time", "10 minutes") before the grouping, and group by a window of that time`,
			}
			for _, b := range batches {
				f.Waste += max(0, lasted(b)-early)
			}
			found = append(found, f)
		}
		return found
	},
}

// steady reports whether no batch left fewer rows than the one before it.
func steady(batches []*profiler.Batch) bool {
	for i := 1; i < len(batches); i++ {
		before, _ := batches[i-1].Kept()
		if now, _ := batches[i].Kept(); now <= before {
			return false
		}
	}
	return true
}

// lasted is how long a batch took.
func lasted(b *profiler.Batch) time.Duration {
	return time.Duration(max(0, b.Duration, b.Phases["triggerExecution"])) * time.Millisecond
}

func usualTime(batches []*profiler.Batch) time.Duration {
	var d profiler.Dist
	for _, b := range batches {
		d = append(d, int64(lasted(b)))
	}
	slices.Sort(d)
	return time.Duration(middle(d))
}
