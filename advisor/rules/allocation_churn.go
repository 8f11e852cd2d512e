package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var allocationChurn = advisor.Rule{
	Name:  "allocation-churn",
	Title: "Executors are given back and asked for again",
	Cause: "dynamic-allocation-churn",
	Doc: `
Dynamic allocation gives executors back after they were idle for a while. When
the next job needs them again, it waits until they have started: the cluster
manager, the JVM and its warm-up take seconds to minutes each time.

On the executors' screen: many more executors over the run than at any time, and
stages that wait between their submission and their first task.

Keep them longer (spark.dynamicAllocation.executorIdleTimeout above the usual
pause between jobs, shuffleTracking.timeout likewise), or keep some in any case
(spark.dynamicAllocation.minExecutors).

Ignore it where the pauses are long and the machines are needed elsewhere: then
the wait is the price of what is saved.`,
	Limits: []advisor.Limit{
		{Name: "replaced", Default: 1, Doc: "executors asked for again over the most that lived at once; below, not even each was replaced once"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that stages wait for executors which had been there before"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		var peak, again, cores int
		var first event.Millis
		for _, e := range run.Executors {
			if !e.Driver && e.Removed > 0 && onPurpose(e.Reason) && (first == 0 || e.Removed < first) {
				first = e.Removed
			}
		}
		if first == 0 {
			return nil
		}
		for _, e := range run.Executors {
			if e.Driver {
				continue
			}
			if e.Added > first {
				again++
			}
			peak, cores = max(peak, alive(run, e.Added)), max(cores, e.Cores)
		}
		f := advisor.Finding{Confidence: advisor.High}
		var waits time.Duration
		for s := range done(run) {
			if wait := waited(run, s); wait > 0 {
				// The first task on each new executor takes as long as the longest.
				d := s.Dist(metric.TaskDuration)
				waits += wait
				f.Waste += wait + time.Duration(d.Max()-middle(d))
				f.Most += wait + s.Duration()
				f.Also = append(f.Also, advisor.AtStage(s))
			}
			if s.Submitted > first { // it began with those that were left
				part := starved(run, s, peak, cores) / time.Duration(max(1, peak*cores))
				waits, f.Waste, f.Most = waits+part, f.Waste+part, f.Most+2*part
				if part > 0 && waited(run, s) == 0 {
					f.Also = append(f.Also, advisor.AtStage(s))
				}
			}
		}
		if again == 0 || float64(again) < limit("replaced")*float64(peak) || share(run, waits) < limit("share") {
			return nil
		}
		f.Summary = fmt.Sprintf("%s asked for again after others had been given back; stages waited %s for them",
			plural(again, "executor was", "executors were"), metric.FormatDuration(waits))
		f.Evidence = []advisor.Evidence{
			{Name: "executors asked for again", Value: int64(again)},
			{Name: "most executors at once", Value: int64(peak)},
			{Name: "stages that waited", Value: int64(len(f.Also))},
			{Name: "time waited", Unit: metric.Duration, Value: int64(waits)},
		}
		f.CoreSeconds = f.Waste.Seconds() * float64(slots(run))
		f.Changes = []config.Change{{Key: "spark.dynamicAllocation.executorIdleTimeout", To: "60s"}}
		if run.Properties["spark.dynamicAllocation.shuffleTracking.timeout"] != "" {
			f.Changes = append(f.Changes, config.Change{Key: "spark.dynamicAllocation.shuffleTracking.timeout", To: "300s"})
		}
		if was := run.Properties["spark.dynamicAllocation.executorIdleTimeout"]; was == "" || was == "60s" {
			f.Changes = []config.Change{{Key: "spark.dynamicAllocation.minExecutors", To: fmt.Sprint(peak)}}
		}
		f.NoReplay = "what was waited for executors is measured, and a replay of how they come and go is coarser"
		return []advisor.Finding{f}
	},
}

// alive is the number of executors at a moment.
func alive(run *advisor.Run, t event.Millis) (n int) {
	for _, e := range run.Executors {
		if !e.Driver && e.Added <= t && (e.Removed == 0 || e.Removed > t) {
			n++
		}
	}
	return n
}

// waited is how long the stage stood between its submission and its first task
// for executors that came only then, although there had been some before. (A
// log tells that an executor has gone seconds after it took its last task.)
func waited(run *advisor.Run, s *profiler.Stage) time.Duration {
	before, came := false, false
	for _, e := range run.Executors {
		before = before || !e.Driver && e.Added <= s.Submitted && e.Removed > 0 && onPurpose(e.Reason)
		came = came || e.Added > s.Submitted && e.Added <= s.FirstLaunch
	}
	if !before || !came {
		return 0
	}
	return time.Duration(s.FirstLaunch-s.Submitted) * time.Millisecond
}
