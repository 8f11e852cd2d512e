package profiler

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

// executionFold is what the fold keeps of one SQL execution.
type executionFold struct {
	types   map[int64]string     // accumulator → Spark's metricType, of every version of the plan
	stages  map[int]*tracker     // stages of its jobs
	driver  map[int64][]int64    // values that the driver measured
	settled map[int64]NodeMetric // results of trackers that were let go
	running int                  // jobs
	stale   bool                 // values have come since the last collect
	changed bool                 // since Live last copied the execution
}

func (p *Profile) startExecution(e event.SQLExecutionStart) {
	p.seen(e.Time)
	at, known := slices.BinarySearchFunc(p.Executions, e.ID, func(x *Execution, id int64) int { return cmp.Compare(x.ID, id) })
	if known {
		p.note("a SQL execution of the same id started again; the first one's numbers stand")
		return
	}
	x := &Execution{
		ID: e.ID, RootID: e.RootID, Description: e.Description, Details: e.Details,
		PhysicalPlan: e.PhysicalPlan, Start: e.Time, Status: Running,
		Configs: maps.Clone(e.ModifiedConfigs), Plans: 1,
		fold: executionFold{types: map[int64]string{}, stages: map[int]*tracker{}, driver: map[int64][]int64{}},
	}
	p.Executions = slices.Insert(p.Executions, at, x)
	x.plan(e.Plan)
}

// plan replaces the execution's graph; declarations of earlier plans stay in force.
func (x *Execution) plan(root *event.PlanNode) {
	x.Nodes, x.Edges = buildGraph(root)
	for _, n := range x.Nodes {
		for _, m := range n.Metrics {
			x.fold.types[m.AccumulatorID] = m.Type
		}
	}
	x.touch()
}

func (x *Execution) touch() { x.fold.stale, x.fold.changed = true, true }

func (p *Profile) endExecution(e event.SQLExecutionEnd) {
	p.seen(e.Time)
	x := p.Execution(e.ID)
	if x == nil {
		p.note("a SQL execution ended that had not started: the log begins late or was compacted")
		return
	}
	x.End, x.Error = e.Time, e.Error
	p.settle(x)
}

// settle gives an ended execution its status, and its final values once its
// last job has ended too: the end of an execution often precedes its jobs'.
func (p *Profile) settle(x *Execution) {
	x.touch()
	if x.End == 0 {
		return
	}
	x.Status = Succeeded
	switch {
	case x.Error != "":
		x.Status = Failed
	case before34(p.App.SparkVersion) && slices.ContainsFunc(x.JobIDs, func(id int) bool { return p.Job(id).Status == Failed }):
		x.Status = Failed // logs before 3.4 do not say how an execution ended
	}
	if x.fold.running > 0 {
		return
	}
	x.fold.settled = x.collect()
	for id := range x.fold.stages {
		delete(p.fold.trackers, id)
	}
	clear(x.fold.stages)
	clear(x.fold.driver)
}

func before34(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	return err != nil || err2 != nil || a < 3 || a == 3 && b < 4
}

func (p *Profile) replan(e event.SQLAdaptiveExecutionUpdate) {
	x := p.Execution(e.ID)
	if x == nil {
		return
	}
	x.PhysicalPlan = e.PhysicalPlan
	x.Plans++
	x.plan(e.Plan)
}

func (p *Profile) declareMetrics(e event.SQLAdaptiveMetricUpdates) {
	x := p.Execution(e.ID)
	if x == nil {
		return
	}
	for _, m := range e.Metrics {
		x.fold.types[m.AccumulatorID] = m.Type
	}
	x.touch()
}

func (p *Profile) driverMetrics(e event.DriverAccumUpdates) {
	x := p.Execution(e.ID)
	if x == nil {
		return
	}
	for _, u := range e.Updates {
		x.fold.driver[u.ID] = append(x.fold.driver[u.ID], u.Value)
	}
	x.touch()
	if x.End != 0 && x.fold.running == 0 {
		p.settle(x)
	}
}

// jobOfExecution ties a started job to its execution and begins to track the
// plan metrics of its stages.
func (p *Profile) jobOfExecution(j *Job, stages []event.StageInfo) {
	x := p.Execution(j.ExecutionID)
	if x == nil {
		return
	}
	x.JobIDs = append(x.JobIDs, j.ID)
	x.fold.running++
	x.fold.changed = true
	if len(x.fold.types) == 0 {
		return
	}
	if p.fold.trackers == nil {
		p.fold.trackers = map[int]*tracker{}
	}
	for i := range stages {
		t := &tracker{execution: x, stage: stages[i].StageID, tasks: stages[i].NumTasks}
		p.fold.trackers[t.stage] = t
		x.fold.stages[t.stage] = t
	}
}

func (p *Profile) jobOfExecutionEnded(j *Job) {
	x := p.Execution(j.ExecutionID)
	if x == nil {
		return
	}
	x.fold.running = max(0, x.fold.running-1)
	p.settle(x)
}

// attemptOfExecution starts the values of a stage anew for a later attempt. That
// may have fewer tasks; the values still are of as many as the first one had.
func (p *Profile) attemptOfExecution(s *Stage) {
	t := p.fold.trackers[s.ID]
	if t != nil && t.attempt != s.Attempt {
		*t = tracker{execution: t.execution, stage: t.stage, attempt: s.Attempt, tasks: t.tasks}
	}
}

func (p *Profile) taskMetrics(e *event.TaskEnd) {
	t := p.fold.trackers[e.StageID]
	if t == nil || t.attempt != e.StageAttempt {
		return
	}
	t.add(e)
}
