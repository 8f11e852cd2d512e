package operator

import (
	"context"
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
)

// cached reads a partition of a cached frame, from another executor if need be,
// computing and storing it when it is not there: for the first time, or again
// because it was evicted or its executor is gone.
func cached(ctx context.Context, n *plan.Cached, part *stage.Part, t *Task) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		id := block.ID{RDD: n.Relation.ID, Partition: part.Index}
		set := t.Node(n)
		batches, size, ok, err := t.Blocks.Get(id)
		remote := err == nil && !ok
		if remote {
			batches, size, ok = getRemote(id, t)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		if ok {
			set.Record(metric.CacheHits, 1)
			if remote {
				set.Record(metric.CacheRemoteReads, 1)
			}
			t.Metrics.Record(metric.InputBytes, size)
		} else if n.Relation.Sealed {
			yield(nil, fmt.Errorf("[CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND] checkpoint block %v is not there: the executor that kept it is gone, or it was unpersisted; Checkpoint, which writes files, survives that", id))
			return
		} else {
			set.Record(metric.CacheMisses, 1)
			if batches, err = compute(ctx, n.Relation, part, t); err != nil {
				yield(nil, err)
				return
			}
			if err := keep(id, n.Relation, batches, t); err != nil {
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

// getRemote reads a partition that another executor holds. A copy that is not
// there any more, or cannot be read, is no error: the partition is computed.
func getRemote(id block.ID, t *Task) (batches []*expr.Batch, size int64, ok bool) {
	for _, peer := range t.Peers(id) {
		if batches, size, ok, err := peer.Get(id); ok && err == nil {
			return batches, size, true
		}
	}
	return nil, 0, false
}

// keep stores a partition here and, where its level says so, on as many other
// executors as there are. Less is no error, as in Spark.
func keep(id block.ID, r *plan.Relation, batches []*expr.Batch, t *Task) error {
	level := t.Level(r)
	stored, err := t.Blocks.Put(id, level, r.Plan.Schema(), batches)
	if err != nil || !stored || level.Replicas < 2 {
		return err
	}
	missing := level.Replicas - 1
	for _, peer := range t.Peers(id) {
		if stored, err := peer.Put(id, level.Replica(), r.Plan.Schema(), batches); stored && err == nil {
			missing--
		}
		if missing == 0 {
			break
		}
	}
	return nil
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
		batches = append(batches, b.Keep())
	}
	return batches, nil
}
