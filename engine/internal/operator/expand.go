package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// expand hands a batch on once for every projection.
func expand(n *plan.Expand, in Batches) (Batches, error) {
	projections := make([][]*expr.Bound, len(n.Projections))
	for p, list := range n.Projections {
		for i, x := range list {
			b, err := bindAs(x, n.Schema()[i].Type, n.Input.Schema())
			if err != nil {
				return nil, err
			}
			projections[p] = append(projections[p], b)
		}
	}
	return func(yield func(*expr.Batch, error) bool) {
		out := expr.Batch{Schema: n.Schema(), Cols: make([]expr.Column, len(n.Schema()))}
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			out.Rows = b.Rows
			for _, list := range projections {
				if err := evalAll(out.Cols, list, b); err != nil {
					yield(nil, err)
					return
				}
				if !yield(&out, nil) {
					return
				}
			}
		}
	}, nil
}

// bindAs binds an expression that has type t or that of null.
func bindAs(x expr.Expr, t expr.Type, schema expr.Schema) (*expr.Bound, error) {
	b, err := expr.Bind(x, schema)
	if err == nil && b.Type != t {
		return expr.Bind(expr.CastTo{X: expr.Unalias(x), To: t}, schema)
	}
	return b, err
}

// evalAll computes columns; they are valid as long as those of Eval.
func evalAll(out []expr.Column, list []*expr.Bound, b *expr.Batch) error {
	for i, x := range list {
		c, err := x.Eval(b)
		if err != nil {
			return err
		}
		out[i] = *c
	}
	return nil
}
