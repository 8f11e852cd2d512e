package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var lostExecutors = advisor.Rule{
	Name:     "lost-executors",
	Title:    "An executor died and took its work with it",
	Cause:    "executor-lost",
	Incident: true,
	Doc: `
With an executor go the tasks that it ran, its cached partitions, and the
shuffle files that it had written. Whoever reads those fails to fetch them, and
the stages that wrote them run again.

On the executors' screen: the reason of the removal. On the stages' screen:
second attempts, and attempts with FetchFailed, Resubmitted or
ExecutorLostFailure.

Find out why it died (the reason, the cluster manager's log: a machine taken
back, a limit exceeded). An external shuffle service, or decommissioning with
spark.storage.decommission.enabled, keeps shuffle files alive; memory overhead
keeps the cluster manager from killing.

Ignore executors that were given back on purpose.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.02, Doc: "least part of the wall time that repeated stages and missing slots cost; less is within the difference of two runs"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		f := advisor.Finding{Confidence: advisor.High,
			CodeChange: "set spark.executor.memoryOverhead higher if the cluster manager killed it; else use an external shuffle service, or spark.decommission.enabled with spark.storage.decommission.shuffleBlocks.enabled"}
		last := lastJob(run)
		var count int64
		message := ""
		for _, e := range run.Executors {
			if e.Driver || e.Removed == 0 || e.Removed >= last || onPurpose(e.Reason) || outOfMemoryText(e.Reason) {
				continue
			}
			count++
			message = firstLine(e.Reason, message)
			back := last // when something took its place
			for _, o := range run.Executors {
				if o.Added > e.Removed && o.Added < back {
					back = o.Added
				}
			}
			f.Waste += time.Duration(back-e.Removed) * time.Millisecond * time.Duration(e.Cores) / time.Duration(slots(run))
		}
		if count == 0 {
			return nil
		}
		var lost, again time.Duration
		var attempts int64
		for _, s := range run.Stages {
			before := attempts
			for t := range unsuccessful(s) {
				switch t.Reason {
				case event.ExecutorLostFailure, event.FetchFailed, event.Resubmitted:
					attempts++
					lost += time.Duration(max(0, t.Finish-t.Launch)) * time.Millisecond
				}
			}
			if s.Attempt > 0 && s.Status != profiler.Skipped {
				again += s.Duration()
			}
			if attempts > before || s.Attempt > 0 {
				f.Also = append(f.Also, advisor.AtStage(s))
			}
		}
		if attempts == 0 && again == 0 {
			return nil // it had nothing that anybody missed
		}
		f.Waste += again
		if share(run, f.Waste) < limit("share") {
			return nil
		}
		f.Where, f.Also = f.Also[0], f.Also[1:]
		f.CoreSeconds = lost.Seconds()
		f.Summary = fmt.Sprintf("%s, %s lost, stages run again for %s", plural(int(count), "executor died", "executors died"),
			plural(int(attempts), "attempt", "attempts"), metric.FormatDuration(again))
		if message != "" {
			f.Summary += ": " + message
		}
		f.Evidence = []advisor.Evidence{
			{Name: "executors lost", Value: count},
			{Name: "attempts lost", Value: attempts},
			{Name: "time of those attempts", Unit: metric.Duration, Value: int64(lost)},
			{Name: "time of stages run again", Unit: metric.Duration, Value: int64(again)},
		}
		return []advisor.Finding{f}
	},
}

// onPurpose reports whether the driver or the cluster manager gave the executor
// back because it was not needed.
func onPurpose(reason string) bool {
	reason = strings.ToLower(reason)
	for _, w := range []string{"killed by driver", "idle", "decommission", "deallocated", "stopped by", "shutting down", "shut down", "finished"} {
		if strings.Contains(reason, w) {
			return true
		}
	}
	return false
}

// lastJob is when the last job ended.
func lastJob(run *advisor.Run) (t event.Millis) {
	for _, j := range run.Jobs {
		t = max(t, j.End)
	}
	return t
}
