package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/internal/operator"
)

// stageRun is one attempt of a stage while its tasks run. It belongs to one
// goroutine, but for what work does.
type stageRun struct {
	*execution
	state   *stageState
	set     *taskSet
	abort   context.CancelCauseFunc
	info    event.StageInfo
	tasks   []task           // by partition
	size    int              // tasks that were to run
	open    int              // attempts handed to the cluster that have not ended
	took    []time.Duration  // of the tasks that succeeded
	peaks   map[string]int64 // most memory in use, by executor
	failure error            // why the stage gives up; what still runs is waited for
	sum     map[int64]event.Accumulable
}

// task is what a stage's attempt knows about one partition.
type task struct {
	attempts int
	failures int
	open     []*attempt
	last     error           // of the last failure
	won      *event.TaskInfo // of the attempt whose output counts
}

// attemptStage runs some tasks of a stage.
func (x *execution) attemptStage(s *stageState, missing []int, action string) error {
	ctx, abort := context.WithCancelCause(x.ctx)
	defer abort(nil)
	r := &stageRun{execution: x, state: s, abort: abort, info: x.info(s, action), tasks: make([]task, len(s.parts)), size: len(missing),
		peaks: map[string]int64{}}
	r.set = &taskSet{ctx: ctx, job: s.job, stage: s.id, stageAttempt: s.attempt, pool: x.pool(), near: map[string]*queue{},
		results: make(chan *attempt, x.Cluster.Slots()), news: make(chan struct{}, 1)}
	r.info.SubmissionTime = now()
	x.Emit(event.StageSubmitted{Info: r.info, Properties: x.properties()})
	x.Cluster.begin(r.set)
	list := make([]*attempt, len(missing))
	for i, p := range missing {
		list[i] = r.attempt(p)
	}
	r.submit(list...)
	r.checkPlaces()
	err := r.wait()
	x.Cluster.finish(r.set)
	if err == nil {
		x.Cluster.stageSucceeded(r.set)
	}
	r.info.CompletionTime = now()
	if err != nil {
		r.info.FailureReason = err.Error()
	}
	r.info.Accumulables = r.totals()
	r.emitPeaks()
	x.Emit(event.StageCompleted{Info: r.info})
	return err
}

// attempt makes the next try at a partition.
func (r *stageRun) attempt(partition int) *attempt {
	x, t := r.execution, &r.tasks[partition]
	id := x.tasks.Add(1) - 1
	a := &attempt{set: r.set, task: x.newTask(id, partition)}
	a.ctx, a.kill = context.WithCancelCause(r.set.ctx)
	a.info = event.TaskInfo{TaskID: id, Index: partition, Attempt: t.attempts, PartitionID: partition}
	a.prefer = r.preference(r.state.Root, r.state.parts[partition])
	a.start = func(a *attempt) {
		x.Emit(event.TaskStart{StageID: r.info.StageID, StageAttempt: r.info.AttemptID, Info: a.info})
	}
	a.run = r.work
	t.attempts++
	t.open = append(t.open, a)
	return a
}

func (r *stageRun) submit(list ...*attempt) {
	r.open += len(list)
	r.Cluster.submit(r.set, list...)
}

// wait takes over results until all tasks have succeeded, or the stage has
// failed. It returns when no task of the set runs any more.
func (r *stageRun) wait() error {
	done, ending := r.ctx.Done(), r.Cluster.ending
	var look <-chan time.Time
	if s := r.Cluster.copying; s != nil {
		t := time.NewTicker(s.interval)
		defer t.Stop()
		look = t.C
	}
	for r.open > 0 {
		select {
		case a := <-r.set.results:
			r.ended(a)
			if r.open == 0 { // the news of a loss may be on its way
				r.takeLosses()
			}
		case <-r.set.news:
			r.takeLosses()
			r.checkPlaces()
		case <-look:
			r.speculate()
		case <-done:
			r.stop()
			done = nil
		case <-ending:
			r.stop()
			ending = nil
		}
	}
	return r.failure
}

// takeLosses runs again what lost executors had done.
func (r *stageRun) takeLosses() {
	for _, e := range r.Cluster.lostSince(r.set) {
		r.executorLost(e)
	}
}

// ended does what follows from the end of an attempt.
func (r *stageRun) ended(a *attempt) {
	r.open--
	p := a.info.PartitionID
	t := &r.tasks[p]
	t.open = slices.DeleteFunc(t.open, func(x *attempt) bool { return x == a })
	if a.err == nil && !r.Cluster.alive(a.executor) {
		a.err = ErrExecutorLost // and what it wrote with it
	}
	if a.stopped && errors.Is(a.err, context.Cause(r.ctx)) || errors.Is(a.err, errClosed) {
		a.err = r.stop()
	}
	if a.err == nil && t.won != nil {
		a.err = killed{"Finish but did not commit due to another attempt succeeded"}
	}
	r.end(a)
	if a.err == nil {
		r.take(a)
		won := a.info // a copy: the attempt itself need not stay
		t.won = &won
		r.took = append(r.took, time.Duration(a.info.FinishTime-a.info.LaunchTime)*time.Millisecond)
		r.killOthers(t)
		return
	}
	var fetch *fetchError
	switch {
	case r.failure != nil || t.won != nil:
	case errors.Is(a.err, ErrExecutorLost), errors.As(a.err, new(killed)):
		r.again(p)
	case errors.As(a.err, &fetch):
		// As in Spark, what runs may finish, and tell of other lost outputs.
		r.lostOutput(fetch)
		r.fail(p, a.err)
	case errors.Is(a.err, operator.ErrNoTable):
		r.fail(p, a.err)
	default:
		t.last = a.err
		if t.failures++; t.failures < r.Cluster.maxFailures {
			r.Cluster.taskFailed(r.set, a)
			r.again(p)
			r.checkPlaces()
			return
		}
		r.fail(p, a.err)
		r.abort(killed{"Stage cancelled: " + r.failure.Error()})
	}
}

// fail gives the stage up: no more attempts start.
func (r *stageRun) fail(partition int, err error) {
	r.failure = fmt.Errorf("stage %d task %d failed: %w", r.info.StageID, partition, err)
	if n := r.tasks[partition].failures; n > 1 {
		r.failure = fmt.Errorf("stage %d task %d failed %d times, last: %w", r.info.StageID, partition, n, err)
	}
	r.open -= r.Cluster.withdraw(r.set)
}

// checkPlaces gives the stage up when one of its tasks may run nowhere.
func (r *stageRun) checkPlaces() {
	a := r.Cluster.stranded(r.set)
	if a == nil || r.failure != nil {
		return
	}
	err := errNowhere
	if last := r.tasks[a.info.PartitionID].last; last != nil {
		err = fmt.Errorf("%w: %w", err, last)
	}
	r.fail(a.info.PartitionID, err)
	r.abort(killed{"Stage cancelled: " + r.failure.Error()})
}

// stop gives the stage up because its query or the session ends, whatever came
// before, and returns the cause of the attempts that end for it.
func (r *stageRun) stop() error {
	r.failure = errClosed
	if r.ctx.Err() != nil {
		r.failure = cancelled(r.ctx)
	}
	cause := killed{"Stage cancelled: " + r.failure.Error()}
	r.open -= r.Cluster.withdraw(r.set)
	r.abort(cause)
	return cause
}

// executorLost runs again the map tasks whose output was on an executor that is
// gone. As in Spark, each ends a second time, as resubmitted.
func (r *stageRun) executorLost(executor string) {
	if r.state.Output == nil || r.failure != nil {
		return
	}
	r.outputsOf(r.state.Output).Lose(executor)
	for p := range r.tasks {
		t := &r.tasks[p]
		if t.won == nil || t.won.ExecutorID != executor {
			continue
		}
		r.Emit(event.TaskEnd{StageID: r.info.StageID, StageAttempt: r.info.AttemptID, Type: "ShuffleMapTask",
			Reason: event.EndReason{Kind: event.Resubmitted}, Info: *t.won})
		t.won = nil
		r.again(p)
	}
}

// again runs a task again, unless another attempt of it may still succeed. A
// copy that waits for a slot is replaced: where it may run hung on its original.
func (r *stageRun) again(partition int) {
	t := &r.tasks[partition]
	t.open = slices.DeleteFunc(t.open, r.takeBack)
	if len(t.open) == 0 {
		r.submit(r.attempt(partition))
	}
}

// takeBack removes an attempt that still waits and reports whether it did.
func (r *stageRun) takeBack(a *attempt) bool {
	if !r.Cluster.unqueue(a) {
		return false
	}
	r.open--
	return true
}

// lostOutput forgets a map task's output that could not be read.
func (r *stageRun) lostOutput(f *fetchError) {
	r.Runner.mu.Lock()
	defer r.Runner.mu.Unlock()
	for _, o := range r.Runner.outputs {
		if o.ID == f.ShuffleID {
			o.LoseMap(f.MapTask, f.Epoch)
		}
	}
}
