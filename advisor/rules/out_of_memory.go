package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var outOfMemory = advisor.Rule{
	Name:     "out-of-memory",
	Title:    "Tasks or executors die for lack of memory",
	Cause:    "oom-failure",
	Incident: true,
	Explains: []string{"executor-lost", "gc-pressure", "sort-spill-low-memory"},
	Doc: `
A task that needs more memory than there is and cannot spill (a group's values
in one list, one huge row, a broadcast) takes its whole executor with it. The
attempt is repeated, elsewhere, with the same data, until the job fails.

Look at the errors of tasks and the reasons for which executors went: an
OutOfMemoryError, exit code 52 (Spark's own for it), or the cluster manager's
word that a limit was exceeded.

Give each task more: more memory (spark.executor.memory, or memoryOverhead where
the cluster manager killed the process), fewer cores in an executor, more and
smaller partitions; or do not hold a whole group at once (collect_list,
groupByKey).

Ignore nothing here: the next run with a little more data fails.`,
	Check: func(run *advisor.Run, _ advisor.Limits) []advisor.Finding {
		f := advisor.Finding{Confidence: advisor.High, NoReplay: "a run that fails has no faster twin to compare it with",
			CodeChange: "raise spark.executor.memory (or its memoryOverhead), use fewer cores an executor, or cut the data into more partitions; do not collect a whole group into one row"}
		var lost time.Duration
		var deaths, attempts int64
		message := ""
		gone := map[string]bool{}
		for _, e := range run.Executors {
			if outOfMemoryText(e.Reason) {
				gone[e.ID] = true
				deaths++
				message = firstLine(e.Reason, message)
			}
		}
		for _, s := range run.Stages {
			before := attempts
			for t := range unsuccessful(s) {
				if t.Status == profiler.Failed && (outOfMemoryText(t.Error) || gone[t.Executor]) {
					lost += time.Duration(max(0, t.Finish-t.Launch)) * time.Millisecond
					attempts++
				}
				if outOfMemoryText(t.Error) {
					message = firstLine(t.Error, message)
				}
			}
			if attempts > before {
				f.Also = append(f.Also, advisor.AtStage(s))
			}
		}
		failed, broadcast := false, false
		for _, j := range run.Jobs {
			if j.Status == profiler.Failed && (outOfMemoryText(j.Error) || attempts > 0) {
				failed = true
				f.Waste += j.Duration()
			}
		}
		for _, x := range run.Executions {
			if outOfMemoryText(x.Error) {
				failed, broadcast = true, broadcast || strings.Contains(x.Error, "broadcast")
				f.Waste = max(f.Waste, x.Duration())
				message = firstLine(x.Error, message)
			}
		}
		if deaths+attempts == 0 && !failed {
			return nil
		}
		if broadcast && deaths+attempts == 0 {
			f.Cause = "oversized-broadcast"
			f.CodeChange = "drop the broadcast hint, or lower spark.sql.autoBroadcastJoinThreshold, so that the large side is shuffled"
		}
		if len(f.Also) > 0 {
			f.Where, f.Also = f.Also[0], f.Also[1:]
		}
		f.Waste = max(f.Waste, lost/time.Duration(slots(run)))
		f.CoreSeconds = lost.Seconds()
		f.Summary = fmt.Sprintf("%s and %s lacked memory", plural(int(deaths), "executor", "executors"), plural(int(attempts), "attempt", "attempts"))
		if message != "" {
			f.Summary += ": " + message
		}
		f.Evidence = []advisor.Evidence{
			{Name: "executors that died of it", Value: deaths},
			{Name: "attempts that died of it", Value: attempts},
			{Name: "time of those attempts", Unit: metric.Duration, Value: int64(lost)},
		}
		return []advisor.Finding{f}
	},
}

// memoryTexts are the words in which Spark, the JVM and cluster managers say
// that memory ran out. 52 is SparkExitCode.OOM; 137 alone is any kill.
var memoryTexts = []string{"OutOfMemoryError", "exited with code 52", "xit code 52", "xit status: 52", "xit code is 52", "OOMKilled",
	"exceeding memory limits", "exceeding physical memory", "beyond physical memory", "beyond the 'PHYSICAL' memory", "Not enough memory to build"}

func outOfMemoryText(text string) bool {
	for _, w := range memoryTexts {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
