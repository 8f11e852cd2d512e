package profiler

import (
	"slices"
	"time"

	"stagecoach/engine/event"
)

func (p *Profile) addExecutor(e event.ExecutorAdded) {
	p.seen(e.Time)
	x := p.executor(e.ExecutorID, e.Time)
	x.Host, x.Cores, x.ResourceProfile, x.Removed, x.Reason = e.Host, e.TotalCores, e.ResourceProfile, 0, ""
}

func (p *Profile) addBlockManager(e event.BlockManagerAdded) {
	p.seen(e.Time)
	x := p.executor(e.ExecutorID, e.Time)
	if x.Host == "" {
		x.Host = e.Host
	}
	x.Port, x.MaxMemory = e.Port, e.MaxMemory
}

// executor returns the executor of this id, made when it is new: either event
// may come first.
func (p *Profile) executor(id string, t event.Millis) *Executor {
	if x := p.fold.executors[id]; x != nil {
		return x
	}
	if p.fold.executors == nil {
		p.fold.executors = map[string]*Executor{}
	}
	x := &Executor{ID: id, Added: t, Driver: driver(id)}
	p.fold.executors[id] = x
	p.Executors = append(p.Executors, x)
	return x
}

func (p *Profile) removeExecutor(e event.ExecutorRemoved) {
	p.seen(e.Time)
	x := p.fold.executors[e.ExecutorID]
	if x == nil {
		p.note("an executor was removed that had not been added: the log begins late")
		return
	}
	x.Removed, x.Reason = e.Time, e.Reason
	p.loseBlocks(x)
}

func (p *Profile) exclude(t event.Millis, excluded bool, which func(*Executor) bool) {
	p.seen(t)
	for _, x := range p.Executors {
		if which(x) {
			x.Excluded = excluded
		}
	}
}

func (p *Profile) excludeForStage(e event.ExecutorExcludedForStage) {
	p.seen(e.Time)
	if x := p.fold.executors[e.ExecutorID]; x != nil && !slices.Contains(x.ExcludedFor, e.StageID) {
		x.ExcludedFor = append(x.ExcludedFor, e.StageID)
	}
}

// heapPeaks raises the peaks of an executor, of a stage and of the one in the
// other. Executors that are gone count too.
func (p *Profile) heapPeaks(e event.StageExecutorMetrics) {
	if x := p.fold.executors[e.ExecutorID]; x != nil {
		x.HeapPeak = max(x.HeapPeak, e.HeapPeak)
	}
	s := p.Stage(e.StageID, e.StageAttempt)
	if s == nil {
		return
	}
	s.fold.changed = true
	s.HeapPeak = max(s.HeapPeak, e.HeapPeak)
	if x := s.PerExecutor[e.ExecutorID]; x != nil {
		x.HeapPeak = max(x.HeapPeak, e.HeapPeak)
	}
}

// end counts an ended attempt, which left metrics, for the executor that ran it.
// One that is gone changes no more, and nil is one that was not announced.
func (x *Executor) end(e *event.TaskEnd, how ending, wall time.Duration, metrics *sums) {
	if x == nil || x.Removed != 0 {
		return
	}
	x.Active = max(0, x.Active-how.freed)
	x.Completed += how.completed
	x.Failed += how.failed
	x.TaskTime += wall
	x.HeapPeak = max(x.HeapPeak, e.HeapPeak)
	if e.Reason.Kind != event.Resubmitted {
		x.sums.merge(metrics)
	}
}
