package rules

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

var slowRamp = advisor.Rule{
	Name:  "slow-ramp",
	Title: "Tasks wait while executors are asked for a few at a time",
	Cause: "dynamic-allocation-churn",
	Doc: `
Dynamic allocation asks for one executor, then two, then four, a second apart and
after a second of backlog, and each takes seconds to start. A job that could fill
many of them at once spends its beginning on few.

On the executors' screen: additions spread over the first stages, while tasks
that could run are pending.

Set spark.dynamicAllocation.initialExecutors to what the job fills, and
spark.dynamicAllocation.schedulerBacklogTimeout lower.

Ignore it in long jobs, and where the cluster itself is slow to give machines.`,
	Limits: []advisor.Limit{
		{Name: "growth", Default: 2, Doc: "most executors at once over those at the first task"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the missing slots would have spared"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		if run.Properties[config.Allocation] != "true" {
			return nil
		}
		var first event.Millis
		for s := range done(run) {
			if s.FirstLaunch > 0 && (first == 0 || s.Submitted < first) {
				first = s.Submitted
			}
		}
		var added []event.Millis
		cores, peak := 1, 0
		for _, e := range run.Executors {
			if e.Driver {
				continue
			}
			cores = max(cores, e.Cores)
			peak = max(peak, alive(run, e.Added))
			if e.Added > first {
				added = append(added, e.Added)
			}
		}
		began := alive(run, first)
		if first == 0 || float64(peak) < limit("growth")*float64(max(1, began)) || peak < 2 {
			return nil
		}
		slices.Sort(added)
		// Until there are as many as at most: the slots that waiting tasks would
		// have filled, spread over those that there were in the end.
		var missing time.Duration
		from := first
		for _, to := range added {
			now := alive(run, from)
			if now >= peak {
				break
			}
			idle := min(waiting(run, from), (peak-now)*cores)
			missing += time.Duration(to-from) * time.Millisecond * time.Duration(idle)
			from = to
		}
		f := advisor.Finding{
			Summary: fmt.Sprintf("%s at the first stage, %d at most; waiting tasks would have filled %s of slots meanwhile",
				plural(began, "executor", "executors"), peak, metric.FormatDuration(missing)),
			Evidence: []advisor.Evidence{
				{Name: "executors at the first stage", Value: int64(began)},
				{Name: "most executors at once", Value: int64(peak)},
				{Name: "slot time that was missing", Unit: metric.Duration, Value: int64(missing)},
			},
			Waste:       missing / time.Duration(peak*cores),
			CoreSeconds: missing.Seconds(),
			Confidence:  advisor.Medium,
			Changes:     []config.Change{{Key: "spark.dynamicAllocation.initialExecutors", To: fmt.Sprint(peak)}},
			NoReplay:    "the replay keeps the executors' lifetimes as they were",
		}
		if share(run, f.Waste) < limit("share") {
			return nil
		}
		return []advisor.Finding{f}
	},
}

// waiting is the number of tasks of stages that were submitted by then which were
// launched later.
func waiting(run *advisor.Run, t event.Millis) (n int) {
	for s := range done(run) {
		if s.Submitted > t || s.Completed > 0 && s.Completed < t {
			continue
		}
		for i := range s.Tasks.Len() {
			if launch, _ := s.Tasks.Times(i); launch > t {
				n++
			}
		}
	}
	return n
}
