package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var idleExecutors = advisor.Rule{
	Name:  "idle-executors",
	Title: "Most of the slots that were paid for had no task",
	Cause: "over-provisioned-cores",
	Doc: `
Slots without a task cost what slots with one cost. A run whose stages are narrow,
or whose driver works long, does not use a large cluster: it would take about as
long on a smaller one. It costs the run no time, so this is told only when small
findings are asked for too.

On the timeline: few slots are busy at a time. "simulate LOG --sweep
spark.executor.instances=..." tells what the run would take with fewer.

Turn dynamic allocation on, or ask for fewer executors; or find out what keeps
the slots idle (few-partitions, skewed-stage, idle-cores) and keep them.

Ignore it in clusters that exist anyway.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "busy", Default: 0.3, Doc: "most part of the slots' time that tasks took; SparkLens and aws-emr-advisor call a third wasteful"},
		{Name: "slots", Default: 4, Doc: "least slots; a smaller cluster can hardly be made smaller"},
		{Name: "seconds", Default: 30, Doc: "least wall time; in short runs start-up is most of it"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		var had, busy time.Duration
		end := max(run.App.End, run.App.LastEvent)
		for _, e := range run.Executors {
			gone := e.Removed
			if gone == 0 {
				gone = end
			}
			had += time.Duration(max(0, gone-e.Added)) * time.Millisecond * time.Duration(e.Cores)
			busy += e.TaskTime
		}
		if had == 0 || run.App.Wall().Seconds() < limit("seconds") || float64(slots(run)) < limit("slots") || float64(busy) > limit("busy")*float64(had) ||
			run.Properties[config.Allocation] == "true" || streaming(run) {
			return nil
		}
		return []advisor.Finding{{
			Summary: fmt.Sprintf("%.0f %% of %.2f core-hours had a task, on %d slots", 100*ratio(int64(busy), int64(had)), had.Hours(), slots(run)),
			Evidence: []advisor.Evidence{
				{Name: "time of slots with a task", Unit: metric.Duration, Value: int64(busy)},
				{Name: "time of all slots", Unit: metric.Duration, Value: int64(had)},
				{Name: "slots", Value: int64(slots(run))},
			},
			CoreSeconds: (had - busy).Seconds(),
			Confidence:  advisor.High,
			Changes:     []config.Change{{Key: config.Allocation, To: "true"}, {Key: "spark.dynamicAllocation.shuffleTracking.enabled", To: "true"}},
			NoReplay:    "slots without a task cost no time",
		}}
	},
}
