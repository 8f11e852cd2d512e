package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var failedTasks = advisor.Rule{
	Name:     "failed-tasks",
	Title:    "Tasks fail and are run again",
	Cause:    "task-failures",
	Incident: true,
	Doc: `
A failed attempt's time is lost, and so is the time of whoever waits for the
next one. Spark tries four times, so that a job can succeed although every
second attempt fails.

On the stage screen: attempts with the status FAILED, and their error.

Mend the code or the data that raises the error named here; guard parsing with
try_cast and the like; where a service fails now and then, try again inside the
task instead of failing it.

Ignore single failures of long runs: machines come and go.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.05, Doc: "least part of all task time that failed attempts take; Dr. Elephant counts attempts, 5 % of them moderate, but an attempt may fail at once"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		f := advisor.Finding{CodeChange: "mend what raises the error, or handle it inside the task (try_cast, a retry around the call)", Confidence: advisor.High}
		var all, lost time.Duration
		var count int64
		var stages []int
		message := ""
		for _, s := range run.Stages {
			all += taskTime(s)
			var here time.Duration
			for t := range unsuccessful(s) {
				if t.Status == profiler.Failed && (t.Reason == event.ExceptionFailure || t.Reason == event.TaskResultLost || t.Reason == event.UnknownReason) && !outOfMemoryText(t.Error) {
					here += time.Duration(max(0, t.Finish-t.Launch)) * time.Millisecond
					count++
					message = firstLine(t.Error, message)
				}
			}
			if here > 0 {
				lost += here
				stages = append(stages, s.ID)
				f.Also = append(f.Also, advisor.AtStage(s))
			}
		}
		if lost == 0 || float64(lost) < limit("share")*float64(all) {
			return nil
		}
		f.Where, f.Also = f.Also[0], f.Also[1:]
		f.Summary = fmt.Sprintf("%s failed after %s of task time together", plural(int(count), "attempt", "attempts"), metric.FormatDuration(lost))
		if message != "" {
			f.Summary += ": " + message
		}
		f.Evidence = []advisor.Evidence{
			{Name: "failed attempts", Value: count},
			{Name: "time of failed attempts", Unit: metric.Duration, Value: int64(lost)},
			{Name: "time of all attempts", Unit: metric.Duration, Value: int64(all)},
		}
		f.Waste, f.CoreSeconds = lost/time.Duration(slots(run)), lost.Seconds()
		f.Edits = []whatif.Edit{whatif.Reclaim(stages, lost)}
		return []advisor.Finding{f}
	},
}

// firstLine is the first line of an error text, at most 120 bytes of it, or
// otherwise what was known before.
func firstLine(text, before string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if before != "" || text == "" {
		return before
	}
	return strings.ToValidUTF8(text[:min(len(text), 120)], "")
}
