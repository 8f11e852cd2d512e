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
		cores, peak := 1, 0
		for _, e := range run.Executors {
			if e.Driver {
				continue
			}
			cores = max(cores, e.Cores)
			peak = max(peak, alive(run, e.Added))
		}
		began := alive(run, first)
		if first == 0 || float64(peak) < limit("growth")*float64(max(1, began)) || peak < 2 {
			return nil
		}
		var missing time.Duration
		ramped := full(run, first, peak)
		for s := range done(run) {
			if s.Submitted < ramped {
				missing += starved(run, s, peak, cores)
			}
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
			NoReplay:    "what was waited for executors is measured, and a replay of how they come and go is coarser",
		}
		if share(run, f.Waste) < limit("share") {
			return nil
		}
		return []advisor.Finding{f}
	},
}

// full is when there first were so many executors as the run ever had at once.
func full(run *advisor.Run, from event.Millis, peak int) event.Millis {
	for _, e := range run.Executors {
		if e.Added > from && alive(run, e.Added) >= peak {
			return e.Added
		}
	}
	return from
}

// starved is the slot time that a stage's tasks would have filled while they
// waited for executors, of which the run had so many at another time, each of so
// many cores. Only executors that came while the stage ran can have been waited for.
func starved(run *advisor.Run, s *profiler.Stage, peak, cores int) (missing time.Duration) {
	if s.FirstLaunch == 0 || s.Completed == 0 {
		return 0
	}
	from := s.FirstLaunch
	for _, e := range run.Executors {
		if e.Driver || e.Added <= from || e.Added >= s.Completed {
			continue
		}
		later := 0
		for i := range s.Tasks.Len() {
			if launch, _ := s.Tasks.Times(i); launch > from {
				later++
			}
		}
		idle := min(later, max(0, peak-alive(run, from))*cores)
		missing += time.Duration(e.Added-from) * time.Millisecond * time.Duration(idle)
		from = e.Added
	}
	return missing
}
