// Package operator computes one partition of a plan node.
//
// An operator is an iterator of batches over its inputs' iterators. Build is
// the one place that knows them all, and the one place where each is wrapped in
// a meter.
package operator

import (
	"context"
	"fmt"
	"iter"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/shuffle"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
)

// Batches is a partition's rows. A batch is valid until the loop body that
// received it ends; Keep holds one for longer. After an error nothing follows; leaving the loop frees
// everything.
type Batches = iter.Seq2[*expr.Batch, error]

// A Task is all that the operators of one task attempt may touch.
type Task struct {
	ID        int64
	Partition int
	Executor  string
	BatchRows int
	Pushdown  bool
	Metering  bool

	Memory  *budget.Pool
	Blocks  *block.Store
	Peers   func(block.ID) []*block.Store // of other executors, those that keep copies first
	Dir     *block.Dir
	Outputs func(*plan.Exchange) *shuffle.Outputs
	Tables  func(*plan.Exchange) *Table // broadcast tables
	Level   func(*plan.Relation) block.Level

	Metrics metric.Set                // of the task
	Nodes   map[plan.Node]*metric.Set // of each node in it
}

// Node returns the metrics of a node in this task.
func (t *Task) Node(n plan.Node) *metric.Set {
	s := t.Nodes[n]
	if s == nil {
		s = new(metric.Set)
		t.Nodes[n] = s
	}
	return s
}

// metered lets the functions of the program in an expression of a node count in
// the node's metrics.
func (t *Task) metered(n plan.Node, e expr.Expr) expr.Expr {
	if !t.Metering || !expr.CallsUser(e) {
		return e
	}
	set := t.Node(n)
	return expr.Metered(e, func(rows, nanos int64) {
		set.Record(metric.FunctionRows, rows)
		set.Record(metric.FunctionTime, nanos)
	})
}

// meteredAll is metered for several expressions.
func (t *Task) meteredAll(n plan.Node, list []expr.Expr) []expr.Expr {
	out := make([]expr.Expr, len(list))
	for i, e := range list {
		out[i] = t.metered(n, e)
	}
	return out
}

// Build returns the rows of one partition of n.
func Build(ctx context.Context, n plan.Node, part *stage.Part, t *Task) (Batches, error) {
	rows, err := build(ctx, n, part, t)
	if err != nil || !t.Metering {
		return rows, err
	}
	_, writes := n.(*plan.Write) // and yields files instead of rows
	return meter(rows, t.Node(n), !writes), nil
}

func build(ctx context.Context, n plan.Node, part *stage.Part, t *Task) (Batches, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return scan(ctx, n, part, t), nil
	case *plan.Exchange:
		return read(ctx, n, part, t), nil
	case *plan.Cached:
		return cached(ctx, n, part, t), nil
	case *plan.Union:
		return Build(ctx, n.All[part.Index], part.In[0], t)
	case *plan.Join:
		return buildJoin(ctx, n, part, t)
	case *plan.Coalesce:
		return coalesce(ctx, n, part, t), nil
	case *plan.Sample:
		in, err := Build(ctx, n.Input, part.In[0], t)
		return sample(n, in, part.Index), err
	}
	in, err := Build(ctx, n.Inputs()[0], part, t)
	if err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *plan.Filter:
		return filter(n, in, t)
	case *plan.RuntimeFilter:
		return runtimeFilter(n, in, t)
	case *plan.Project:
		return project(n, in, t)
	case *plan.Aggregate:
		return aggregate(n, in, t)
	case *plan.Sort:
		return sortRows(n, n.Schema(), n.Keys, in, t), nil
	case *plan.TopN:
		return top(n, in, t), nil
	case *plan.Limit:
		return limit(n, in), nil
	case *plan.Expand:
		return expand(n, in)
	case *plan.Generate:
		return generate(n, in, t)
	case *plan.OneRow:
		return oneRow(n, in), nil
	case *plan.WindowGroupLimit:
		return limitWindow(n, in), nil
	case *plan.Window:
		return computeWindow(n, in, t)
	case *plan.Named:
		return in, nil
	case *plan.Write:
		return write(n, in, t), nil
	}
	return nil, fmt.Errorf("operator: no way to run %s", n.Name())
}

// meter counts a node's rows, if it is to, and the time until each batch, its inputs'
// included. Two clock readings a batch are what it costs.
func meter(in Batches, set *metric.Set, count bool) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		var rows, nanos int64
		defer func() {
			if count {
				set.Record(metric.NumOutputRows, rows)
			}
			set.Record(metric.NodeTime, nanos)
		}()
		start := time.Now()
		for b, err := range in {
			nanos += int64(time.Since(start))
			if err == nil {
				rows += int64(b.Rows)
			}
			if !yield(b, err) {
				return
			}
			start = time.Now()
		}
		nanos += int64(time.Since(start))
	}
}

// SelfTime turns the time of every node, which includes its inputs', into the
// time of the node alone. It is called once, when the task has ended.
func (t *Task) SelfTime() {
	whole := map[plan.Node]int64{}
	for n, s := range t.Nodes {
		whole[n], _ = s.Get(metric.NodeTime)
	}
	for n, s := range t.Nodes {
		below := int64(0)
		for _, c := range plan.Children(n) {
			if x, ok := c.(*plan.Exchange); ok && x.Kind == plan.Broadcast {
				continue
			}
			below += whole[c]
		}
		if v, ok := s.Get(metric.NodeTime); ok {
			s.Record(metric.NodeTime, max(v-below, 0)-v)
		}
	}
}
