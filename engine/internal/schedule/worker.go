package schedule

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
)

// A taskSet is the tasks of one stage attempt that wait for slots.
type taskSet struct {
	ctx      context.Context
	pending  []*attempt
	results  chan *attempt // one for every attempt handed out; never full
	launched time.Time     // of the last task: locality waits count from here
}

// An attempt is one try at a task.
type attempt struct {
	set    *taskSet
	info   event.TaskInfo
	prefer string // executor that holds what it reads, or ""
	task   *operator.Task
	run    func(ctx context.Context, e *Executor, a *attempt) error // the work
	start  func(a *attempt)                                         // emits TaskStart

	output                   *taskOutput
	err                      error
	resultSize               int64
	deser, ran, ser, cpu, gc int64
}

// work is the life of one slot. Its goroutine keeps its thread, so that the
// thread's CPU time is its tasks'.
func (c *Cluster) work(e *Executor) {
	defer c.done.Done()
	runtime.LockOSThread()
	for {
		a := c.take(e)
		if a == nil {
			return
		}
		a.execute(e)
		a.set.results <- a
	}
}

// take waits for a task that may run on e; nil means that e has ended.
func (c *Cluster) take(e *Executor) *attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.closed || e.dead {
			return nil
		}
		if a := c.pick(e); a != nil {
			return a
		}
		c.wake.Wait()
	}
}

// pick chooses the next task for a slot: of the earliest stage that has one,
// first one whose data is here, then one without preference, then, when the
// stage has waited long enough, any. Called with the lock.
func (c *Cluster) pick(e *Executor) *attempt {
	for i, s := range c.sets {
		best, locality := -1, event.Any
		for j, a := range s.pending {
			if a.prefer == e.ID {
				best, locality = j, event.ProcessLocal
				break
			}
			if a.prefer == "" && best < 0 {
				best, locality = j, event.NoPref
			}
		}
		if best < 0 {
			late := c.wait - time.Since(s.launched)
			for j, a := range s.pending {
				if late <= 0 || c.gone(a.prefer) {
					best = j
					break
				}
			}
			if best < 0 {
				if len(s.pending) > 0 {
					time.AfterFunc(late, c.wake.Broadcast)
				}
				continue
			}
		}
		a := s.pending[best]
		s.pending = append(s.pending[:best], s.pending[best+1:]...)
		s.launched = time.Now()
		if len(s.pending) == 0 {
			c.sets = append(c.sets[:i], c.sets[i+1:]...)
		}
		a.info.Locality = locality
		if c.Master.Local && locality == event.NoPref {
			a.info.Locality = event.ProcessLocal
		}
		return a
	}
	return nil
}

func (c *Cluster) gone(id string) bool {
	for _, e := range c.Executors {
		if e.ID == id {
			return e.dead
		}
	}
	return true
}

// submit queues attempts of a set.
func (c *Cluster) submit(s *taskSet, list ...*attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(s.pending) == 0 {
		c.sets = append(c.sets, s)
	}
	if s.launched.IsZero() {
		s.launched = time.Now()
	}
	s.pending = append(s.pending, list...)
	c.wake.Broadcast()
}

// withdraw takes back what of a set has not started and returns how many.
func (c *Cluster) withdraw(s *taskSet) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(s.pending)
	s.pending = nil
	for i, x := range c.sets {
		if x == s {
			c.sets = append(c.sets[:i], c.sets[i+1:]...)
			break
		}
	}
	return n
}

// execute runs the attempt. Times are taken as whole milliseconds of the wall
// clock, as a log holds them: a difference of two floors is right on average,
// so that sums over many short tasks are right.
func (a *attempt) execute(e *Executor) {
	a.info.ExecutorID, a.info.Host = e.ID, e.Host
	a.info.LaunchTime = now()
	a.start(a)
	e.Memory.Begin(a.info.TaskID)
	a.task.Executor, a.task.Memory, a.task.Blocks, a.task.Dir = e.ID, e.Memory, e.Blocks, e.Dir
	var pauses debug.GCStats
	debug.ReadGCStats(&pauses)
	before := pauses.PauseTotal
	cpu := threadCPU()
	begin := now()
	a.deser = int64(begin - a.info.LaunchTime)

	ctx, cancel := context.WithCancelCause(a.set.ctx)
	stop := context.AfterFunc(e.ctx, func() { cancel(context.Cause(e.ctx)) })
	a.err = a.guarded(ctx, e)
	if cause := context.Cause(ctx); a.err != nil && cause != nil {
		a.err = cause
	}
	stop()
	cancel(nil)

	end := now()
	a.ran = int64(end - begin)
	if after := threadCPU(); after >= 0 {
		a.cpu = after - cpu
	} else {
		a.cpu = -1
	}
	debug.ReadGCStats(&pauses)
	a.gc = int64(pauses.PauseTotal - before)
	// A hash join's table is held until here; other operators have closed what
	// they held.
	e.Memory.End(a.info.TaskID)
	a.info.FinishTime = now()
}

// guarded turns a panic into the error of one task. The stack goes into the
// event log, not to the terminal.
func (a *attempt) guarded(ctx context.Context, e *Executor) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: strings.Split(string(debug.Stack()), "\n")}
		}
	}()
	return a.run(ctx, e, a)
}

// A PanicError is a bug that a task ran into.
type PanicError struct {
	Value any
	Stack []string
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("internal error: %v (please report it; the event log has the stack)", e.Value)
}

// metrics returns what the task measured, complete.
func (a *attempt) metrics() *metric.Set {
	m := a.task.Metrics.Clone()
	const ms = int64(time.Millisecond)
	m.Record(metric.ExecutorDeserializeTime, a.deser*ms)
	m.Record(metric.ExecutorDeserializeCPUTime, 0)
	m.Record(metric.ExecutorRunTime, a.ran*ms)
	if a.cpu >= 0 {
		m.Record(metric.ExecutorCPUTime, a.cpu)
	}
	m.Record(metric.ResultSerializationTime, a.ser*ms)
	m.Record(metric.JVMGCTime, a.gc/ms*ms)
	m.Record(metric.ResultSize, a.resultSize)
	for _, id := range []metric.ID{metric.PeakExecutionMemory, metric.MemoryBytesSpilled, metric.DiskBytesSpilled} {
		if _, ok := m.Get(id); !ok {
			m.Record(id, 0)
		}
	}
	if v, ok := m.Get(metric.ShuffleFetchWaitTime); ok {
		m.Record(metric.ShuffleFetchWaitTime, v/ms*ms-v)
	}
	return &m
}

// reason says how the attempt ended.
func (a *attempt) reason() event.EndReason {
	if a.err == nil {
		return event.EndReason{Kind: event.Success}
	}
	if errors.Is(a.err, ErrExecutorLost) {
		return event.EndReason{Kind: event.ExecutorLostFailure, ExecutorID: a.info.ExecutorID, Message: "the executor is gone"}
	}
	if errors.Is(a.err, context.Canceled) || errors.Is(a.err, errStageAborted) {
		return event.EndReason{Kind: event.TaskKilled, Message: "stage cancelled"}
	}
	var fetch *fetchError
	if errors.As(a.err, &fetch) {
		return event.EndReason{Kind: event.FetchFailed, Message: a.err.Error(), ExecutorID: fetch.Executor,
			ShuffleID: fetch.ShuffleID, MapIndex: fetch.MapTask, ReduceID: fetch.Partition}
	}
	r := event.EndReason{Kind: event.ExceptionFailure, Class: "stagecoach.TaskError", Message: a.err.Error()}
	var p *PanicError
	if errors.As(a.err, &p) {
		r.Class, r.Stack = "stagecoach.Panic", p.Stack
	}
	return r
}

// nodes finishes the nodes' metrics; called once.
func (a *attempt) nodes() map[plan.Node]*metric.Set {
	a.task.SelfTime()
	return a.task.Nodes
}
