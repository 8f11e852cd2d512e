package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var incompleteLog = advisor.Rule{
	Name:  "incomplete-log",
	Title: "The log has no end",
	Cause: "incomplete-log",
	Doc: `
A log without an end of the application is of a run that was killed or is still
going. Its times are those up to the last event: the run took at least so long,
and what it would have done next is unknown.

The last lines of the log hold no SparkListenerApplicationEnd, and perhaps a job
without an end.

Ask the cluster manager why it ended (a limit, a user, a machine taken back), and
read the other findings as bounds.

Ignore it while the application runs.`,
	Check: func(run *advisor.Run, _ advisor.Limits) []advisor.Finding {
		if run.App.End != 0 || run.App.LastEvent == 0 || len(run.Jobs) == 0 {
			return nil
		}
		var open int64
		var busy time.Duration
		for _, j := range run.Jobs {
			if j.Status == profiler.Running {
				open++
			}
			busy += j.Duration()
		}
		return []advisor.Finding{{
			Notice: true, Confidence: advisor.High,
			Summary: fmt.Sprintf("the last event is %s after the start, with %s open; all times are bounds", metric.FormatDuration(run.App.Wall()), plural(int(open), "job", "jobs")),
			Evidence: []advisor.Evidence{
				{Name: "jobs without an end", Value: open},
				{Name: "time seen", Unit: metric.Duration, Value: int64(run.App.Wall())},
				{Name: "time of jobs that ended", Unit: metric.Duration, Value: int64(busy)},
			},
		}}
	},
}
