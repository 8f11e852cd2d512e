package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// inferFilters drops, before a join, the rows whose keys are null where they
// match nothing and come out of nothing, as Spark's InferFiltersFromConstraints:
// they need neither move nor be looked up.
func inferFilters(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.NullAware {
			return n
		}
		left, right := j.Left, j.Right
		if j.Type == plan.Inner || j.Type == plan.LeftSemi || j.Type == plan.RightOuter {
			left = present(left, j.LeftKeys)
		}
		if j.Type == plan.Inner || j.Type == plan.LeftSemi || j.Type == plan.LeftOuter || j.Type == plan.LeftAnti {
			right = present(right, j.RightKeys)
		}
		if left == j.Left && right == j.Right {
			return n
		}
		return j.With([]plan.Node{left, right})
	})
}

// present keeps the rows of n that have all keys. Keys that would have to be
// computed twice for that are not asked.
func present(n plan.Node, keys []string) plan.Node {
	var conds []expr.Expr
	for _, k := range keys {
		at := n.Schema().Index(k)
		cheap := !n.Schema()[at].NotNull
		if p, ok := n.(*plan.Project); ok && cheap {
			_, cheap = plan.NullWith(expr.Unalias(p.Exprs[at]), p.Input.Schema())
		}
		if cheap {
			conds = append(conds, expr.IsNotNull(expr.Col(n.Schema()[at].Name)))
		}
	}
	if len(conds) == 0 {
		return n
	}
	return push(n, conds)
}

// mirror adds to the conditions on each side of a join what those on the other
// side's keys say about its own: rows for which it does not hold can match no
// row that is left.
func mirror(n *plan.Join, where, left, right []expr.Expr) (l, r []expr.Expr) {
	if n.NullAware || n.Type == plan.FullOuter {
		return left, right
	}
	toRight, toLeft := map[string]expr.Expr{}, map[string]expr.Expr{}
	pair := func(a, b string) {
		l, r := n.Left.Schema().Index(a), n.Right.Schema().Index(b)
		if l < 0 || r < 0 {
			return
		}
		x, y := n.Left.Schema()[l], n.Right.Schema()[r]
		// Zeros of two signs are equal and yet not the same.
		if x.Type == y.Type && x.Type != expr.Float32 && x.Type != expr.Float64 {
			toRight[x.Name], toLeft[y.Name] = expr.Col(y.Name), expr.Col(x.Name)
		}
	}
	for i := range n.LeftKeys {
		pair(n.LeftKeys[i], n.RightKeys[i])
	}
	for _, c := range where {
		if call, ok := c.(expr.Call); ok && call.Fn == "=" {
			a, isRef := call.Args[0].(expr.Ref)
			b, isRefToo := call.Args[1].(expr.Ref)
			if isRef && isRefToo {
				pair(a.Name, b.Name)
				pair(b.Name, a.Name)
			}
		}
	}
	l, r = left, right
	if n.Type != plan.RightOuter {
		r = append(slices.Clone(right), translated(left, n.Left.Schema(), toRight)...)
	}
	if n.Type == plan.Inner || n.Type == plan.LeftSemi || n.Type == plan.RightOuter {
		l = append(slices.Clone(left), translated(right, n.Right.Schema(), toLeft)...)
	}
	return l, r
}

// translated is the conditions over a schema that name nothing but the given
// columns, in their other names.
func translated(conds []expr.Expr, s expr.Schema, names map[string]expr.Expr) []expr.Expr {
	var out []expr.Expr
	for _, c := range conds {
		any := false
		expr.Refs(c, func(string) { any = true })
		if any && covers(names, c) && !plan.MayFail(c, s) {
			out = append(out, expr.Substitute(c, names))
		}
	}
	return out
}
