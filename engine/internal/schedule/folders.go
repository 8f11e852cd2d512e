package schedule

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// folders sets what the partition columns of a scan must meet, now that the keys of
// joins' other sides are there. Of those that are not, nothing is asked.
func (x *execution) folders(n *plan.Scan, options *source.SplitOptions) {
	options.Folders = slices.Clone(n.Folders)
	for _, p := range n.Pruned {
		e, ok := p.From.Input.(*plan.Exchange)
		if !ok {
			continue
		}
		if table := x.table(e); table != nil {
			options.Folders = append(options.Folders, isAmong(p.Key, &table.Rows.Cols[e.Schema().Index(p.From.Keys[p.From.At])]))
		}
	}
}

// isAmong asks for a value of a column that is not null.
func isAmong(key expr.Expr, column *expr.Column) expr.Expr {
	type value struct {
		number int64
		text   string
	}
	seen := map[value]bool{}
	args := []expr.Expr{key}
	for i := range column.Len {
		v := column.Value(i)
		if one := (value{v.I, v.S}); !v.IsNull && !seen[one] {
			seen[one] = true
			args = append(args, expr.Literal{Value: v})
		}
	}
	if len(args) == 1 {
		return expr.Lit(false)
	}
	return expr.Call{Fn: "in", Args: args}
}
