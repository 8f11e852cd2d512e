package profiler

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"stagecoach/engine/event"
)

// fold is what Add needs to find things by id. Its parts:
//
//	add.go            the application, its parameters; the dispatch
//	add_job.go        jobs and stages
//	add_task.go       task attempts
//	add_executor.go   executors and block stores
//	add_rdd.go        cached blocks
//	add_sql.go        executions, plans and their metrics
//	stream.go         streaming queries
//	statement.go      sessions and statements
type fold struct {
	places    places
	recent    *Stage // of the last task
	executors map[string]*Executor
	live      map[int][]*Job // started, not ended: by the ids of their stages
	rdds      map[int]*rddFold
	trackers  map[int]*tracker // by stage id
	notes     map[string]int   // position of a counted warning, and how often
	counts    map[string]int
	sketch    bool // see Sketch

	sessions   map[[2]string]*Session // by server and id
	operations map[[2]string]*Operation
	marks      map[string]*Operation // by the group or tag of their jobs
}

// Add folds one event into p, as Spark's AppStatusListener and
// SQLAppStatusListener do. Events are expected in the order of the log: roughly
// causal, not sorted by time. What does not fit together (an end without a
// start) is counted in Warnings and otherwise left aside. Add keeps no
// reference to maps and slices of e, except to plans, RDD lists and resource
// profiles, which nobody may change afterwards. Not safe for concurrent use; see Live.
func (p *Profile) Add(e event.Event) {
	p.Totals.add(e)
	switch e := e.(type) {
	case event.LogStart:
		p.App.SparkVersion = e.Version
	case event.EnvironmentUpdate:
		p.Properties, p.JVM = maps.Clone(e.Spark), maps.Clone(e.JVM)
	case event.ApplicationStart:
		p.App.ID, p.App.Name, p.App.User, p.App.AttemptID = e.ID, e.Name, e.User, e.AttemptID
		p.App.Start = e.Time
		p.seen(e.Time)
	case event.ApplicationEnd:
		p.App.End = e.Time
		p.seen(e.Time)
	case event.ExecutorAdded:
		p.addExecutor(e)
	case event.ExecutorRemoved:
		p.removeExecutor(e)
	case event.ExecutorExcluded:
		p.exclude(e.Time, true, func(x *Executor) bool { return x.ID == e.ExecutorID })
	case event.ExecutorExcludedForStage:
		p.excludeForStage(e)
	case event.ExecutorUnexcluded:
		p.exclude(e.Time, false, func(x *Executor) bool { return x.ID == e.ExecutorID })
	case event.NodeExcluded:
		p.exclude(e.Time, true, func(x *Executor) bool { return x.Host == e.Host && !x.Driver })
	case event.NodeUnexcluded:
		p.exclude(e.Time, false, func(x *Executor) bool { return x.Host == e.Host && !x.Driver })
	case event.BlockManagerAdded:
		p.addBlockManager(e)
	case event.BlockManagerRemoved:
		p.seen(e.Time)
	case event.JobStart:
		p.startJob(e)
	case event.JobEnd:
		p.endJob(e)
	case event.StageSubmitted:
		p.submitStage(e)
	case event.StageCompleted:
		p.completeStage(e)
	case event.TaskStart:
		p.AddTaskStart(&e)
	case event.TaskGettingResult:
		p.seen(e.Info.GettingTime)
	case event.TaskEnd:
		p.AddTaskEnd(&e)
	case event.StageExecutorMetrics:
		p.heapPeaks(e)
	case event.BlockUpdated:
		p.updateBlock(e)
	case event.UnpersistRDD:
		p.unpersist(e.RDDID)
	case event.SQLExecutionStart:
		p.startExecution(e)
	case event.SQLExecutionEnd:
		p.endExecution(e)
	case event.SQLAdaptiveExecutionUpdate:
		p.replan(e)
	case event.SQLAdaptiveMetricUpdates:
		p.declareMetrics(e)
	case event.DriverAccumUpdates:
		p.driverMetrics(e)
	case event.ResourceProfileAdded:
		p.ResourceProfiles = append(p.ResourceProfiles, e)
	case event.SpeculativeTaskSubmitted:
		if s := p.Stage(e.StageID, e.StageAttempt); s != nil {
			s.Speculation.Submitted++
			s.fold.changed = true
		}
	case event.StreamingQueryStarted:
		p.startStream(e)
	case event.StreamingQueryProgress:
		p.progressStream(e)
	case event.StreamingQueryIdle:
		p.seen(e.Time)
		p.stream(e.ID, e.RunID, "").Idle++
	case event.StreamingQueryTerminated:
		p.endStream(e)
	case event.SessionStarted:
		p.startSession(e)
	case event.SessionClosed:
		p.closeSession(e)
	case event.OperationStarted:
		p.startOperation(e)
	case event.OperationChanged:
		p.changeOperation(e)
	}
}

// Settle brings up to date what Add leaves for later because it is costly: the
// Metrics of stages that have not ended and of executors, and the metric values
// of plan nodes of executions that have not ended. Readers call it after the
// last event; Live does so for every snapshot.
func (p *Profile) Settle() {
	for _, s := range p.Stages {
		if s.fold.open {
			s.settle()
		}
	}
	for _, x := range p.Executors {
		x.Metrics = x.sums.set()
	}
	p.settleTotals()
	for _, x := range p.Executions {
		if x.fold.stale {
			x.collect()
		}
	}
}

// Warn appends a warning.
func (p *Profile) Warn(where, format string, args ...any) {
	p.Warnings = append(p.Warnings, Warning{where, fmt.Sprintf(format, args...)})
}

// note counts something odd in one warning per kind.
func (p *Profile) note(what string) {
	if p.fold.notes == nil {
		p.fold.notes, p.fold.counts = map[string]int{}, map[string]int{}
	}
	p.fold.counts[what]++
	i, ok := p.fold.notes[what]
	if !ok {
		i = len(p.Warnings)
		p.fold.notes[what] = i
		p.Warnings = append(p.Warnings, Warning{})
	}
	p.Warnings[i].What = fmt.Sprintf("%d × %s", p.fold.counts[what], what)
}

func (p *Profile) seen(t event.Millis) { p.App.LastEvent = max(p.App.LastEvent, t) }

// stage is Stage for tasks, which come many of one stage.
func (f *fold) stage(p *Profile, id, attempt int) *Stage {
	if f.recent == nil || f.recent.ID != id || f.recent.Attempt != attempt {
		f.recent = p.Stage(id, attempt)
	}
	return f.recent
}

// Stage returns an attempt of a stage, or nil.
func (p *Profile) Stage(id, attempt int) *Stage {
	i, ok := p.findStage(id, attempt)
	if !ok {
		return nil
	}
	return p.Stages[i]
}

func (p *Profile) findStage(id, attempt int) (int, bool) {
	return slices.BinarySearchFunc(p.Stages, [2]int{id, attempt}, func(s *Stage, key [2]int) int {
		return cmp.Or(cmp.Compare(s.ID, key[0]), cmp.Compare(s.Attempt, key[1]))
	})
}

// Job returns a job, or nil.
func (p *Profile) Job(id int) *Job {
	i, ok := slices.BinarySearchFunc(p.Jobs, id, func(j *Job, id int) int { return cmp.Compare(j.ID, id) })
	if !ok {
		return nil
	}
	return p.Jobs[i]
}

// Execution returns a SQL execution, or nil.
func (p *Profile) Execution(id int64) *Execution {
	i, ok := slices.BinarySearchFunc(p.Executions, id, func(x *Execution, id int64) int { return cmp.Compare(x.ID, id) })
	if !ok {
		return nil
	}
	return p.Executions[i]
}
