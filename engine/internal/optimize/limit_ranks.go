package optimize

import (
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// limitWindows is Spark's InferWindowGroupLimit: rows whose rank a condition
// above a window passes over need not reach the window, as long as no other
// function of it looks at rows behind the current one.
func limitWindows(root plan.Node, ctx *Context) plan.Node {
	threshold := ctx.Config.Int(config.WindowGroupLimit)
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n
		}
		w, ok := f.Input.(*plan.Window)
		if !ok || len(w.OrderBy) == 0 || limited(w.Input) {
			return n
		}
		rank, least := "", threshold+1
		for _, fn := range w.Funcs {
			if !fn.Frame.Rows || fn.Frame.From.Kind != plan.UnboundedPreceding || fn.Frame.To.Kind != plan.CurrentRow || fn.Fn == "lag" || fn.Fn == "lead" {
				return n
			}
			if limit, ok := rankLimit(f.Where, &fn); ok && limit < least {
				rank, least = fn.Fn, limit
			}
		}
		if rank == "" || least < 1 {
			return n
		}
		var in plan.Node = &plan.WindowGroupLimit{Input: w.Input, PartitionBy: w.PartitionBy, OrderBy: w.OrderBy, Rank: rank, Limit: int(least)}
		if rank == "row_number" && len(w.PartitionBy) == 0 {
			in = &plan.TopN{Input: w.Input, Keys: w.OrderBy, N: int(least)}
		}
		return f.With([]plan.Node{w.With([]plan.Node{in})})
	})
}

// limited reports whether the rows of a window are limited already.
func limited(n plan.Node) bool {
	switch n.(type) {
	case *plan.WindowGroupLimit, *plan.TopN:
		return true
	}
	return false
}

// rankLimit is the greatest rank that a condition leaves.
func rankLimit(where expr.Expr, f *plan.WindowFunc) (limit int64, ok bool) {
	switch f.Fn {
	case "row_number", "rank", "dense_rank":
	default:
		return 0, false
	}
	for _, c := range expr.Conjuncts(where) {
		call, isCall := c.(expr.Call)
		if !isCall || len(call.Args) != 2 {
			continue
		}
		fn, a, b := call.Fn, call.Args[0], call.Args[1]
		if _, isLiteral := a.(expr.Literal); isLiteral {
			fn, a, b = mirrored[fn], b, a
		}
		r, isRef := a.(expr.Ref)
		l, isLiteral := b.(expr.Literal)
		if !isRef || !isLiteral || r.Name != f.Name || l.Value.IsNull || l.Value.Type != expr.Int32 {
			continue
		}
		at := l.Value.I
		switch fn {
		case "=", "<=":
		case "<":
			at--
		default:
			continue
		}
		if !ok || at < limit {
			limit, ok = at, true
		}
	}
	return limit, ok
}
