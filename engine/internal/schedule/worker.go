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

// An attempt is one try at a task.
type attempt struct {
	set      *taskSet
	info     event.TaskInfo
	prefer   string   // executor that holds what it reads, or ""
	original *attempt // of which this is a copy, or nil

	// Guarded by Cluster.mu until the attempt has ended.
	taken     bool // by a slot, or back
	executor  *Executor
	began     time.Time
	succeeded bool

	task  *operator.Task
	ctx   context.Context
	kill  context.CancelCauseFunc
	run   func(ctx context.Context, e *Executor, a *attempt) error // the work
	start func(a *attempt)                                         // emits TaskStart

	output                   *taskOutput
	err                      error
	stopped                  bool // err is the cause for which its context ended
	resultSize               int64
	peak                     int64 // of the executor's memory in use while it ran
	deser, ran, ser, cpu, gc int64
}

// work is the life of one slot. Its goroutine keeps its thread, so that the
// thread's CPU time is its tasks'.
func (c *Cluster) work(e *Executor) {
	defer c.workers.Done()
	runtime.LockOSThread()
	gc := newCollection()
	for {
		a := c.take(e)
		if a == nil {
			return
		}
		a.execute(e, gc)
		c.faults.taskEnded(c) // before the query hears of it, so that it cannot end meanwhile
		c.ended(a)
	}
}

// killed is the cause of an attempt that is stopped because nobody needs it.
type killed struct{ reason string }

func (k killed) Error() string { return k.reason }

// execute runs the attempt. Times are taken as whole milliseconds of the wall
// clock, as a log holds them: a difference of two floors is right on average,
// so that sums over many short tasks are right.
func (a *attempt) execute(e *Executor, gc *collection) {
	a.info.ExecutorID, a.info.Host = e.ID, e.Host
	a.info.LaunchTime = now()
	a.start(a)
	e.Memory.Begin(a.info.TaskID)
	a.task.Executor, a.task.Memory, a.task.Blocks, a.task.Dir = e.ID, e.Memory, e.Blocks, e.Dir
	gc.begin()
	cpu := threadCPU()
	begin := now()
	a.deser = int64(begin - a.info.LaunchTime)

	detach := context.AfterFunc(e.ctx, func() { a.kill(context.Cause(e.ctx)) })
	a.err = a.guarded(a.ctx, e)
	if cause := context.Cause(a.ctx); a.err != nil && cause != nil {
		a.err, a.stopped = cause, true
	}
	detach()
	a.kill(nil)

	end := now()
	a.ran = int64(end - begin)
	if after := threadCPU(); after >= 0 {
		a.cpu = after - cpu
	} else {
		a.cpu = -1
	}
	a.gc = gc.end(a.ran)
	// A hash join's table is held until here; other operators have closed what
	// they held.
	_, a.peak = e.Memory.End(a.info.TaskID)
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
	m.Record(metric.JVMGCTime, a.gc*ms)
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
	var k killed
	if errors.As(a.err, &k) {
		return event.EndReason{Kind: event.TaskKilled, Message: k.reason}
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
