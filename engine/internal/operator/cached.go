package operator

import (
	"context"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
)

// cached reads a partition of a cached frame, computing and storing it when it
// is not there: for the first time, or again because it was evicted or its
// executor is gone.
func cached(ctx context.Context, n *plan.Cached, part *stage.Part, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		id := block.ID{RDD: n.Relation.ID, Partition: part.Index}
		set := t.Node(n)
		batches, size, ok, err := t.Blocks.Get(id)
		if err != nil {
			yield(nil, err)
			return
		}
		if ok {
			set.Record(metric.CacheHits, 1)
			t.Metrics.Record(metric.InputBytes, size)
		} else {
			set.Record(metric.CacheMisses, 1)
			if batches, err = compute(ctx, n.Relation, part, t); err != nil {
				yield(nil, err)
				return
			}
			if err := t.Blocks.Put(id, t.Level(n.Relation), n.Relation.Plan.Schema(), batches); err != nil {
				yield(nil, err)
				return
			}
		}
		columns := make([]int, len(n.Schema()))
		for i, f := range n.Schema() {
			columns[i] = n.Relation.Plan.Schema().Index(f.Name)
		}
		var rows int64
		out := expr.Batch{Schema: n.Schema(), Cols: make([]expr.Column, len(columns))}
		for _, b := range batches {
			out.Rows = b.Rows
			for i, c := range columns {
				out.Cols[i] = b.Cols[c]
			}
			rows += int64(b.Rows)
			if !yield(&out, nil) {
				break
			}
		}
		if ok {
			t.Metrics.Record(metric.InputRecords, rows)
		}
	}
}

// compute runs the cached plan for one partition and keeps all of it. As in
// Spark, unrolling a partition holds it in memory as a whole.
func compute(ctx context.Context, r *plan.Relation, part *stage.Part, t *Task) ([]*expr.Batch, error) {
	in, err := Build(ctx, r.Plan, part.In[0], t)
	if err != nil {
		return nil, err
	}
	var batches []*expr.Batch
	for b, err := range in {
		if err != nil {
			return nil, err
		}
		batches = append(batches, b.Copy())
	}
	return batches, nil
}
