package rules

import (
	"fmt"
	"strconv"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var smallPartitions = advisor.Rule{
	Name:  "small-partitions",
	Title: "Stages are cut into more tasks than their work deserves",
	Cause: "too-many-small-tasks",
	Doc: `
Every task costs the driver and the executor a few milliseconds, however little
it does, and a slot stands empty until the driver has answered. In stages of
hundreds of tasks of a few milliseconds most of the time is that cost.

Look at the stages named here: many tasks, a mean duration of milliseconds, a
few kilobytes of shuffle each.

Set spark.sql.shuffle.partitions to the number proposed, which is chosen by
replaying this run's partitions joined together, and leave adaptive execution on
so that it joins what is still small.

Ignore it where the data will be many times larger in production: partitions
are per job, and this run's sizes decide.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "millis", Default: 100, Doc: "mean duration of a small task; a Spark task costs 10-50 ms beside its work, so below 100 ms that weighs"},
		{Name: "waves", Default: 10, Doc: "least tasks per slot; two to four waves balance the load, ten gain nothing more"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that such stages take together"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		var tasks, stages int64
		var span, work, fixed time.Duration
		var bytes int64
		var places []advisor.Where
		byConfig := map[int]bool{}
		for _, id := range run.Model.ConfiguredPartitions() {
			byConfig[id] = true
		}
		for s := range done(run) {
			n := int64(s.NumTasks)
			mean := taskTime(s) / time.Duration(max(1, n))
			if !byConfig[s.ID] || float64(n) < limit("waves")*float64(slots(run)) || mean.Seconds()*1000 > limit("millis") {
				continue
			}
			run := time.Duration(s.Metrics.Value(metric.ExecutorRunTime))
			tasks, stages, span, work = tasks+n, stages+1, span+s.Duration(), work+taskTime(s)
			fixed += max(0, taskTime(s)-run)
			bytes += s.ShuffleReadBytes()
			places = append(places, advisor.AtStage(s))
		}
		if stages == 0 || share(run, span) < limit("share") {
			return nil
		}
		f := advisor.Finding{
			Also: places,
			Summary: fmt.Sprintf("%s %d tasks of %s on average; the tasks read %s each", plural(int(stages), "stage runs", "stages run"), tasks,
				metric.FormatDuration(work/time.Duration(tasks)), metric.FormatBytes(bytes/tasks)),
			Evidence: []advisor.Evidence{
				{Name: "tasks", Value: tasks},
				advisor.Measured(metric.TaskDuration, int64(work/time.Duration(tasks)), "mean"),
				{Name: "time in such stages", Unit: metric.Duration, Value: int64(span)},
				{Name: "task time beside running", Unit: metric.Duration, Value: int64(fixed)},
			},
			Waste:       span,
			CoreSeconds: fixed.Seconds(),
			Confidence:  advisor.High,
		}
		if choice, ok := run.Model.ChoosePartitions(); ok {
			f.Changes = append(f.Changes, config.Change{Key: config.ShufflePartitions, To: strconv.Itoa(choice.Partitions)})
			f.Assumptions = append(f.Assumptions, choice.Why)
			f.CodeChange = fmt.Sprintf("SET spark.sql.shuffle.partitions=%d", choice.Partitions)
		}
		if streaming(run) {
			f.Assumptions = append(f.Assumptions, "the batches follow each other without waiting; where they wait for a trigger, they become shorter and the stream does not")
		}
		if !settings(run).Bool(config.AdaptiveEnabled) {
			f.Changes = append(f.Changes, config.Change{Key: config.AdaptiveEnabled, To: "true"})
		}
		return []advisor.Finding{f}
	},
}
