package profiler

import (
	"maps"
	"slices"
	"sync"

	"stagecoach/engine/event"
)

// Live folds events as they come and hands out profiles that no longer change.
//
// Delivery: Add may be called from any goroutine, one event at a time in the
// order of the calls; it never drops or delays an event and returns when the
// event has been folded. A Snapshot holds exactly the events whose Add had
// returned before, and perhaps some that were under way. It shares with
// earlier snapshots the stages and executions that have not changed since, so
// its cost follows what runs, not what has run. The zero Live is ready.
type Live struct {
	mu         sync.Mutex
	profile    Profile
	stages     map[*Stage]*Stage // live one → copy handed out last
	executions map[*Execution]*Execution
}

// Add folds e. It has the type of an event.Listener.
func (l *Live) Add(e event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.profile.Add(e)
}

// Snapshot returns the profile of now. Nothing changes it, and the caller may
// keep it; stages and executions in it may be shared with other snapshots and
// must not be written to.
func (l *Live) Snapshot() *Profile {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.profile.Settle()
	p := l.profile
	p.fold = fold{}
	p.Properties, p.JVM = maps.Clone(p.Properties), maps.Clone(p.JVM)
	p.Warnings, p.Lost = slices.Clone(p.Warnings), slices.Clone(p.Lost)
	p.Jobs = cloneEach(p.Jobs, (*Job).clone)
	p.Executors = cloneEach(p.Executors, (*Executor).clone)
	p.RDDs = cloneEach(p.RDDs, (*RDD).clone)
	p.Streams = cloneEach(p.Streams, (*Stream).clone)
	p.Sessions = cloneEach(p.Sessions, (*Session).clone)
	p.Operations = cloneEach(p.Operations, (*Operation).clone)
	p.ResourceProfiles = slices.Clip(p.ResourceProfiles)
	if l.stages == nil {
		l.stages, l.executions = map[*Stage]*Stage{}, map[*Execution]*Execution{}
	}
	p.Stages = cloneEach(p.Stages, func(s *Stage) *Stage {
		if l.stages[s] == nil || s.fold.changed {
			s.fold.changed = false
			l.stages[s] = s.clone()
		}
		return l.stages[s]
	})
	p.Executions = cloneEach(p.Executions, func(x *Execution) *Execution {
		if l.executions[x] == nil || x.fold.changed {
			x.fold.changed = false
			l.executions[x] = x.clone()
		}
		return l.executions[x]
	})
	return &p
}

func cloneEach[T any](list []*T, clone func(*T) *T) []*T {
	out := make([]*T, len(list))
	for i, x := range list {
		out[i] = clone(x)
	}
	return out
}

func (j *Job) clone() *Job {
	c := *j
	c.fold = jobFold{}
	return &c
}

func (x *Executor) clone() *Executor {
	c := *x
	c.Metrics = x.Metrics.Clone()
	c.ExcludedFor = slices.Clone(x.ExcludedFor)
	return &c
}

func (r *RDD) clone() *RDD {
	c := *r
	return &c
}

func (s *Stage) clone() *Stage {
	c := *s
	c.fold = stageFold{}
	c.JobIDs = slices.Clone(s.JobIDs)
	c.Metrics = s.Metrics.Clone()
	c.Tasks = s.Tasks.clone()
	c.PerExecutor = make(map[string]*ExecutorStage, len(s.PerExecutor))
	for id, x := range s.PerExecutor {
		copied := *x
		copied.sums = nil
		copied.Metrics = x.Metrics.Clone()
		c.PerExecutor[id] = &copied
	}
	return &c
}

func (x *Execution) clone() *Execution {
	c := *x
	c.fold = executionFold{}
	c.JobIDs = slices.Clone(x.JobIDs)
	c.Nodes = slices.Clone(x.Nodes) // nodes themselves are replaced, never changed
	return &c
}
