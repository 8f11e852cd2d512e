package schedule

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
)

// taskOutput is what an attempt leaves to be taken over when it has succeeded.
type taskOutput struct {
	runs    []shuffle.Run
	batches []*expr.Batch
	sample  *expr.Batch
	seen    int64
}

// work computes a partition, with the faults that are wanted.
func (r *stageRun) work(ctx context.Context, e *Executor, a *attempt) error {
	start := time.Now()
	err := r.compute(ctx, e, a)
	f := r.Cluster.faults
	if err == nil {
		err = f.drag(ctx, e.ID, time.Since(start))
	}
	if err == nil {
		err = f.fail(r.info.StageID, r.info.AttemptID, a.info.PartitionID, a.info.Attempt)
	}
	return err
}

// compute computes a partition and leaves its output in the attempt.
func (r *stageRun) compute(ctx context.Context, e *Executor, a *attempt) error {
	built, err := operator.Build(ctx, r.state.Root, r.state.parts[a.info.PartitionID], a.task)
	if err != nil {
		return err
	}
	rows := until(ctx, built)
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
		out.batches = append(out.batches, b.Keep())
		a.resultSize += b.Size()
	}
	return nil
}

// until ends rows when ctx does: leaves look at it themselves, but what sorts,
// groups or joins may yield for long after its leaves have ended.
func until(ctx context.Context, rows operator.Batches) operator.Batches {
	return func(yield func(*expr.Batch, error) bool) {
		for b, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
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
	r.peaks[a.info.ExecutorID] = max(r.peaks[a.info.ExecutorID], a.peak)
	r.Emit(event.TaskEnd{StageID: r.info.StageID, StageAttempt: r.info.AttemptID, Type: kind, Reason: reason, Info: a.info, Metrics: a.metrics(), HeapPeak: a.peak})
}

// emitPeaks tells how much memory the executors had in use, where that is asked
// for.
func (r *stageRun) emitPeaks() {
	if !r.query.Config.Bool(config.EventLogStageMetrics) {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(r.peaks)) {
		r.Emit(event.StageExecutorMetrics{ExecutorID: id, StageID: r.info.StageID, StageAttempt: r.info.AttemptID, HeapPeak: r.peaks[id]})
	}
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
