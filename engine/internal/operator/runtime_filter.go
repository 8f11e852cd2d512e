package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// runtimeFilter keeps the rows whose key may be in a Bloom filter; all rows, where
// there was no room for one.
func runtimeFilter(n *plan.RuntimeFilter, in Batches, t *Task) (Batches, error) {
	table := t.Tables(n.From.Input.(*plan.Exchange))
	if table == nil {
		return in, nil
	}
	var set expr.Bloom
	if c := &table.Rows.Cols[0]; !c.IsNull(0) {
		set = c.Str(0) // the table outlives the task
	}
	cond, err := set.MightContain(n.Key, n.Input.Schema())
	if err != nil {
		return nil, err
	}
	return sift(in, &common{}, &sieve{conds: []*expr.Bound{cond}}), nil
}
