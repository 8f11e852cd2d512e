package profiler

import (
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// Totals count the events of a log as they come, whether or not they fit
// together: an end whose start was lost is in them, although it is in no
// stage's numbers. Incomplete says how far they can be trusted.
type Totals struct {
	Jobs, JobEnds, FailedJobs          int
	Submitted, Completed, FailedStages int // attempts of stages
	TaskStarts, Tasks                  int // attempts of tasks; Tasks have ended
	FailedTasks, KilledTasks           int
	SpeculativeTasks                   int
	Executors                          int // that have cores, the driver left out
	Removed                            int // executors
	Executions, ExecutionEnds          int
	Metrics                            metric.Set `json:"-"` // over all ends of tasks that left any

	sums      sums // what Metrics is made of
	startless int  // ends of tasks whose start was not seen
}

// add counts e.
func (t *Totals) add(e event.Event) {
	switch e := e.(type) {
	case event.JobStart:
		t.Jobs++
	case event.JobEnd:
		t.JobEnds++
		if e.Error != "" {
			t.FailedJobs++
		}
	case event.StageSubmitted:
		t.Submitted++
	case event.StageCompleted:
		t.Completed++
		if e.Info.FailureReason != "" {
			t.FailedStages++
		}
	case event.ExecutorRemoved:
		if !driver(e.ExecutorID) {
			t.Removed++
		}
	case event.SQLExecutionStart:
		t.Executions++
	case event.SQLExecutionEnd:
		t.ExecutionEnds++
	}
}

// addEnd counts the end of a task's attempt, which left metrics.
func (t *Totals) addEnd(e *event.TaskEnd, metrics *sums) {
	t.Tasks++
	if e.Info.Failed {
		t.FailedTasks++
	}
	if e.Info.Killed {
		t.KilledTasks++
	}
	if e.Info.Speculative {
		t.SpeculativeTasks++
	}
	t.sums.merge(metrics)
}

func (p *Profile) settleTotals() {
	p.Totals.Metrics = p.Totals.sums.set()
	p.Totals.Executors = 0
	for _, x := range p.Executors {
		if x.Cores > 0 && !x.Driver {
			p.Totals.Executors++
		}
	}
}

// driver reports whether an executor of this id is the driver itself.
func driver(id string) bool { return id == "driver" || id == "<driver>" }
