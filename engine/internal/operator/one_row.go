package operator

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// oneRow hands on the only row of its input, or one of nulls where there is
// none; more are Spark's error.
func oneRow(n *plan.OneRow, in Batches) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		var row *expr.Batch
		for b, err := range in {
			if err == nil && (b.Rows > 1 || b.Rows == 1 && row != nil) {
				err = &expr.Error{Class: "SCALAR_SUBQUERY_TOO_MANY_ROWS", Text: "More than one row returned by a subquery used as an expression.", State: "21000"}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if b.Rows == 1 {
				row = b.Copy()
			}
		}
		if row == nil {
			row = nullRow(n.Schema())
		}
		yield(row, nil)
	}
}
