package operator

import (
	"errors"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/metric"
)

// shuffledHashJoin builds a table from its partition of one side and streams the
// other side's past it. Where memory for the table is refused, both sides are
// sorted and merged instead, which can spill. (Spark fails the task. Splitting
// both sides by more bits of the hash would be faster, but helps nothing against
// one key with too many rows, so that the merge were needed all the same.)
func shuffledHashJoin(n *plan.Join, probe, build Batches, t *Task) Batches {
	side, keys := n.Right.Schema(), n.RightKeys
	if n.BuildLeft {
		side, keys = n.Left.Schema(), n.LeftKeys
	}
	return func(yield func(*expr.Batch, error) bool) {
		rows := newKept(n, side, t)
		defer rows.close()
		start := time.Now()
		for b, err := range build {
			if err == nil {
				err = rows.add(b)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		table, err := rows.table(KeyColumns(side, keys))
		switch {
		case err != nil:
			yield(nil, err)
		case table != nil:
			t.Node(n).Record(metric.BuildTime, int64(time.Since(start)))
			t.Node(n).Record(metric.BuildDataSize, table.Rows.Size())
			hashJoin(n, probe, table, t)(yield)
			table.groups.Release()
		case n.BuildLeft:
			sortThenMerge(n, rows.read(), probe, t)(yield)
		default:
			sortThenMerge(n, probe, rows.read(), t)(yield)
		}
	}
}

// table makes a hash table of the rows that are kept and lets go of them; nil
// when memory for it is refused, and then all rows are in the file.
func (k *kept) table(keys []int) (*Table, error) {
	if k.file == nil {
		err := k.memory.Resize(2*k.size + int64(k.rows)*24)
		if err == nil {
			rows := expr.Concat(k.schema, k.held)
			k.held = nil
			return NewTable(rows, keys), nil
		}
		if !errors.Is(err, budget.ErrExhausted) {
			return nil, err
		}
	}
	if err := k.spill(); err != nil {
		return nil, err
	}
	return nil, k.memory.Resize(0)
}

func sortThenMerge(n *plan.Join, left, right Batches, t *Task) Batches {
	return sortMergeJoin(n,
		sortRows(n, n.Left.Schema(), plan.Ascending(n.LeftKeys), left, t),
		sortRows(n, n.Right.Schema(), plan.Ascending(n.RightKeys), right, t), t)
}
