package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
	"stagecoach/engine/internal/stage"
)

// stageRun is one attempt of a stage while its tasks run.
type stageRun struct {
	*execution
	state    *stageState
	set      *taskSet
	info     event.StageInfo
	failures []int // by partition
	sum      map[int64]event.Accumulable
}

// taskOutput is what an attempt leaves to be taken over when it has succeeded.
type taskOutput struct {
	runs    []shuffle.Run
	batches []*expr.Batch
	sample  *expr.Batch
	seen    int64
}

// attempt makes the next try at a partition.
func (r *stageRun) attempt(partition, number int) *attempt {
	x := r.execution
	id := x.tasks.Add(1) - 1
	a := &attempt{set: r.set, task: x.newTask(id, partition)}
	a.info = event.TaskInfo{TaskID: id, Index: partition, Attempt: number, PartitionID: partition}
	a.prefer = r.preference(r.state.Root, r.state.parts[partition])
	a.start = func(a *attempt) {
		x.Emit(event.TaskStart{StageID: r.info.StageID, StageAttempt: r.info.AttemptID, Info: a.info})
	}
	a.run = r.work
	return a
}

// preference is the executor that holds what a task reads: a cached partition,
// or the largest part of its shuffle input.
func (r *stageRun) preference(n plan.Node, p *stage.Part) string {
	if r.Cluster.Master.Local || p == nil {
		return ""
	}
	switch n := n.(type) {
	case *plan.Cached:
		return r.Cluster.cachedOn(block.ID{RDD: n.Relation.ID, Partition: p.Index})
	case *plan.Exchange:
		if o := r.outputsOf(n); o != nil {
			return o.Locality(p.From, p.To)
		}
		return ""
	case *plan.Union:
		return r.preference(n.All[p.Index], p.In[0])
	case *plan.Join:
		if e := r.preference(n.Left, p.In[0]); e != "" {
			return e
		}
		return r.preference(n.Right, p.In[1])
	case *plan.Scan:
		return ""
	}
	return r.preference(n.Inputs()[0], p)
}

// work computes a partition and leaves its output in the attempt.
func (r *stageRun) work(ctx context.Context, e *Executor, a *attempt) error {
	rows, err := operator.Build(ctx, r.state.Root, r.state.parts[a.info.PartitionID], a.task)
	if err != nil {
		return err
	}
	out := &taskOutput{}
	a.output = out
	if s := r.state.sampler; s != nil {
		out.sample, out.seen, err = operator.Sample(rows, s.exchange, r.sampleRows(), int64(a.info.PartitionID)+1)
		if err == nil {
			a.resultSize = out.sample.Size()
		}
		return err
	}
	if x := r.state.Output; x != nil {
		o := r.outputsOf(x)
		r.execution.mu.Lock()
		bounds := r.bounds[x]
		r.execution.mu.Unlock()
		out.runs, err = operator.WriteShuffle(rows, x, bounds, func() (*block.File, error) { return e.shuffleFile(o.ID) }, a.task)
		return err
	}
	for b, err := range rows {
		if err != nil {
			return err
		}
		out.batches = append(out.batches, b.Copy())
		a.resultSize += b.Size()
	}
	return nil
}

// wait takes over results until all tasks have succeeded, or one failed for
// good. It returns when no task of the set runs any more.
func (r *stageRun) wait(running int, abort context.CancelCauseFunc) error {
	var failure error
	for running > 0 {
		a := <-r.set.results
		running--
		r.end(a)
		p := a.info.PartitionID
		switch {
		case a.err == nil:
			r.take(a)
		case failure != nil:
		case errors.Is(a.err, ErrExecutorLost):
			r.lost(a.info.ExecutorID)
			r.Cluster.submit(r.set, r.attempt(p, a.info.Attempt+1))
			running++
		default:
			var fetch *fetchError
			isFetch := errors.As(a.err, &fetch)
			if isFetch {
				r.lost(fetch.Executor)
			}
			r.failures[p]++
			if !isFetch && r.failures[p] < r.Cluster.maxFailures && r.ctx.Err() == nil {
				r.Cluster.submit(r.set, r.attempt(p, a.info.Attempt+1))
				running++
				continue
			}
			failure = fmt.Errorf("stage %d task %d failed: %w", r.info.StageID, p, a.err)
			if n := r.failures[p]; n > 1 {
				failure = fmt.Errorf("stage %d task %d failed %d times, last: %w", r.info.StageID, p, n, a.err)
			}
			running -= r.Cluster.withdraw(r.set)
			abort(errStageAborted)
		}
	}
	return failure
}

// lost forgets the shuffle outputs of an executor that is gone.
func (r *stageRun) lost(executor string) {
	if executor == "" || r.Cluster.executor(executor) != nil {
		return
	}
	r.Runner.mu.Lock()
	defer r.Runner.mu.Unlock()
	for _, o := range r.Runner.outputs {
		o.Lose(executor)
	}
}

// take takes over the output of a task that succeeded.
func (r *stageRun) take(a *attempt) {
	p := a.info.PartitionID
	out := a.output
	switch {
	case out.sample != nil:
		r.state.sampler.add(out.sample, out.seen)
	case r.state.Output != nil:
		r.outputsOf(r.state.Output).Add(p, a.info.ExecutorID, out.runs)
		return
	default:
		r.state.results[p] = out.batches
	}
	r.state.done[p] = true
}

// end emits the end of an attempt, with everything it measured.
func (r *stageRun) end(a *attempt) {
	kind := "ResultTask"
	if r.state.Output != nil {
		kind = "ShuffleMapTask"
	}
	reason := a.reason()
	a.info.Failed = reason.Kind != event.Success && reason.Kind != event.TaskKilled
	a.info.Killed = reason.Kind == event.TaskKilled
	a.info.Accumulables = r.accumulables(a)
	r.Emit(event.TaskEnd{StageID: r.info.StageID, StageAttempt: r.info.AttemptID, Type: kind, Reason: reason, Info: a.info, Metrics: a.metrics()})
}

// accumulables turns the node metrics of a task into updates of accumulators.
func (r *stageRun) accumulables(a *attempt) []event.Accumulable {
	var list []event.Accumulable
	sets := a.nodes()
	r.execution.mu.Lock()
	defer r.execution.mu.Unlock()
	if r.sum == nil {
		r.sum = map[int64]event.Accumulable{}
	}
	for n, set := range sets {
		for _, d := range r.execution.metrics[n] {
			v, ok := set.Get(d.id)
			if !ok {
				continue
			}
			r.execution.totals[d.accumulator] += v
			acc := event.Accumulable{ID: d.accumulator, Name: d.id.Desc().Name, Update: v, Value: r.execution.totals[d.accumulator], SQL: true}
			list = append(list, acc)
			acc.Update = 0
			r.sum[d.accumulator] = acc
		}
	}
	sortByID(list)
	return list
}

// totals lists the accumulators the stage touched with their final values.
func (r *stageRun) totals() []event.Accumulable {
	list := make([]event.Accumulable, 0, len(r.sum))
	for _, a := range r.sum {
		list = append(list, a)
	}
	sortByID(list)
	return list
}

// A sampling collects what the tasks of a sampling job kept.
type sampling struct {
	exchange *plan.Exchange
	mu       sync.Mutex
	batches  []*expr.Batch
	weights  []float64
}

func (s *sampling) add(b *expr.Batch, seen int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, b)
	for range b.Rows {
		s.weights = append(s.weights, float64(seen)/float64(b.Rows))
	}
}

func (s *sampling) bounds() *expr.Batch {
	var schema expr.Schema
	order := make([]expr.Order, len(s.exchange.Order))
	for i, k := range s.exchange.Order {
		schema = append(schema, s.exchange.Schema()[s.exchange.Schema().Index(k.Column)])
		order[i] = expr.Order{Col: i, Desc: k.Desc, NullsFirst: k.NullsFirst}
	}
	return shuffle.Bounds(expr.Concat(schema, s.batches), s.weights, s.exchange.N, order)
}
