package operator

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// common computes what the expressions of one operator have in common, once a
// batch, as columns behind the batch's own.
type common struct {
	bound  []*expr.Bound
	schema expr.Schema // of the batches that the expressions see
	batch  expr.Batch
}

// newCommon returns the expressions as they read the batches that with returns.
func newCommon(list []expr.Expr, in expr.Schema) (*common, []expr.Expr, error) {
	shared, rest := expr.Common(list, func(e expr.Expr) bool {
		reads := false
		expr.Refs(e, func(string) { reads = true })
		return reads && !plan.MayFail(e, in) // what must be a constant stays one
	})
	c := &common{schema: slices.Clone(in)}
	for _, e := range shared {
		b, err := expr.Bind(e, in)
		if err != nil {
			return nil, nil, err
		}
		c.bound = append(c.bound, b)
		c.schema = append(c.schema, expr.Field{Name: expr.Name(e), Type: b.Type})
	}
	return c, rest, nil
}

// with is a batch and behind its columns those in common; valid until the next.
func (c *common) with(b *expr.Batch) (*expr.Batch, error) {
	if len(c.bound) == 0 {
		return b, nil
	}
	c.batch.Schema, c.batch.Rows = c.schema, b.Rows
	c.batch.Cols = append(c.batch.Cols[:0], b.Cols...)
	for _, e := range c.bound {
		col, err := e.Eval(b)
		if err != nil {
			return nil, err
		}
		c.batch.Cols = append(c.batch.Cols, *col)
	}
	return &c.batch, nil
}
