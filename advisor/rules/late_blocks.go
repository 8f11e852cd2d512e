package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
)

var lateBlocks = advisor.Rule{
	Name:    "late-blocks",
	Title:   "Tasks stand still until their shuffle blocks arrive",
	Cause:   "low-cpu-share",
	Symptom: true,
	Doc: `
A task that reads a shuffle asks all executors for its blocks and computes while
they come. Where it stands still, the network, the disks that serve, or the
number of small requests is the limit, and the slots wait.

On the stage screen: fetch wait is a large part of the run time, and most bytes
are read from other executors.

Shuffle less: aggregate or filter before, broadcast the small side, use fewer and
larger partitions, or fewer and larger executors, of which more blocks are local.
Where executors are busy collecting garbage or dying, mend that first.

Ignore it in stages of a second.`,
	Needs: []metric.ID{metric.ShuffleFetchWaitTime, metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "wait", Default: 0.25, Doc: "fetch wait over run time; sparkMeasure's and EMR advisor's bounds are 0.2 to 0.5, and healthy stages of clusters were seen at 0.1"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the stage takes"},
		{Name: "seconds", Default: 2, Embedded: 0.2, Doc: "least time of the stage"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			wait, ran := time.Duration(s.Metrics.Value(metric.ShuffleFetchWaitTime)), time.Duration(s.Metrics.Value(metric.ExecutorRunTime))
			if share(run, s.Duration()) < limit("share") || s.Duration().Seconds() < limit("seconds") || ran == 0 || float64(wait) < limit("wait")*float64(ran) {
				continue
			}
			remote, local := s.Metrics.Value(metric.ShuffleRemoteBytesRead), s.Metrics.Value(metric.ShuffleLocalBytesRead)
			found = append(found, advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("tasks waited for blocks during %.0f %% of the time they ran", 100*ratio(int64(wait), int64(ran))),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.ShuffleFetchWaitTime, int64(wait), ""),
					advisor.Measured(metric.ExecutorRunTime, int64(ran), ""),
					advisor.Measured(metric.ShuffleRemoteBytesRead, remote, ""),
					advisor.Measured(metric.ShuffleLocalBytesRead, local, ""),
				},
				Waste:       wait / time.Duration(max(1, min(slots(run), s.NumTasks))),
				CoreSeconds: wait.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "shuffle less: filter and aggregate before the exchange, select only the columns that are used, or broadcast the small side",
				Edits:       []whatif.Edit{whatif.Reclaim([]int{s.ID}, wait)},
			})
		}
		return found
	},
}
