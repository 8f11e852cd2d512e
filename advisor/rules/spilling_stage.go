package rules

import (
	"fmt"
	"strconv"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var spillingStage = advisor.Rule{
	Name:    "spilling-stage",
	Title:   "Tasks spill because they have too little memory",
	Cause:   "sort-spill-low-memory",
	Serving: []string{"sort-spill-low-memory"},
	Doc: `
A sort, aggregation or join that does not fit the task's execution memory is
written to disk in runs, which are read back and merged.

On the stage screen: spill in memory and on disk. The plan shows which operator
spilled.

Give tasks more memory: restore spark.memory.fraction, raise the executors' (in
local mode the driver's) memory, or run fewer tasks in each. Where a shuffle
feeds the stage, smaller partitions do the same; few-partitions proposes them.

Ignore spill that is small beside the data: it costs less than the memory.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 0.1, Doc: "spilled memory over the most the stage read or wrote; Dr. Elephant's moderate"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that the stage takes"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			v := s.Metrics.Value
			spilled := v(metric.MemoryBytesSpilled)
			data := max(v(metric.InputBytes), s.ShuffleReadBytes(), v(metric.ShuffleWriteBytes), v(metric.OutputBytes))
			if spilled == 0 || ratio(spilled, data) < limit("ratio") || share(run, s.Duration()) < limit("share") || partitionsTooLarge(run, s) {
				continue
			}
			f := advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("%d tasks spilled %s, %.1f times the data they handled", s.NumTasks, metric.FormatBytes(spilled), ratio(spilled, data)),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.MemoryBytesSpilled, spilled, ""),
					advisor.Measured(metric.DiskBytesSpilled, v(metric.DiskBytesSpilled), ""),
					{Name: "memory of a task", Unit: metric.Bytes, Value: run.Model.TaskMemory()},
				},
				Waste:      s.Duration() / 2,
				Confidence: advisor.Medium,
			}
			c := settings(run)
			switch {
			case c.Float(config.MemoryFraction) < 0.6:
				f.Changes = []config.Change{{Key: config.MemoryFraction, To: "0.6"}}
			case run.Model.Embedded() || c.IsSet(config.ExecutorMemory):
				f.Changes = []config.Change{{Key: config.ExecutorMemory, To: moreMemory(c.Int(config.ExecutorMemory))}}
			default:
				was, _ := config.Config{}.With(config.ExecutorMemory, run.Properties["spark.driver.memory"])
				f.Changes = []config.Change{{Key: "spark.driver.memory", To: moreMemory(was.Int(config.ExecutorMemory))}}
			}
			f.CoreSeconds = (time.Duration(s.Metrics.Value(metric.ExecutorRunTime)) / 4).Seconds()
			found = append(found, f)
		}
		return found
	},
}

// moreMemory is twice the memory, in whole gibibytes.
func moreMemory(bytes int64) string {
	return strconv.FormatInt(max(2, (2*bytes+(1<<30)-1)>>30), 10) + "g"
}
