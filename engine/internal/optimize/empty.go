package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// dropEmpty replaces what certainly has no rows (a table without any, a limit of
// none, a condition that is never true) and what follows from it, as Spark's
// PropagateEmptyRelation.
func dropEmpty(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Filter:
			if isEmpty(n.Input) || slices.ContainsFunc(expr.Conjuncts(n.Where), never) {
				return empty(n)
			}
		case *plan.Limit:
			if isEmpty(n.Input) || n.N == 0 {
				return empty(n)
			}
		case *plan.Project, *plan.Sort, *plan.Window, *plan.Expand, *plan.Generate, *plan.Sample, *plan.Exchange, *plan.Coalesce:
			if isEmpty(n.Inputs()[0]) {
				return empty(n)
			}
		case *plan.Aggregate:
			if len(n.Keys) > 0 && isEmpty(n.Input) {
				return empty(n)
			}
		case *plan.Union:
			return unionOfRows(n)
		case *plan.Join:
			return joinOfRows(n)
		}
		return n
	})
}

// isEmpty reports whether a node is a table that is known to have no rows.
func isEmpty(n plan.Node) bool {
	s, ok := n.(*plan.Scan)
	return ok && s.Source.Format() == "memory" && s.Source.Stats().Rows == 0
}

func empty(n plan.Node) plan.Node { return plan.NewScan(source.Memory(n.Schema(), nil)) }

// never reports whether a condition is false, or null, for any row.
func never(e expr.Expr) bool {
	l, ok := e.(expr.Literal)
	return ok && (l.Value.IsNull || l.Value.Type == expr.Bool && l.Value.I == 0)
}

func unionOfRows(n *plan.Union) plan.Node {
	var all []plan.Node
	for _, in := range n.All {
		if !isEmpty(in) {
			all = append(all, in)
		}
	}
	switch len(all) {
	case len(n.All):
		return n
	case 0:
		return empty(n)
	}
	// The names are those of the first input, which may be gone.
	all[0] = renamed(all[0], n.Schema())
	if len(all) == 1 {
		return all[0]
	}
	return n.With(all)
}

// renamed gives the columns of a node the names of a schema.
func renamed(n plan.Node, s expr.Schema) plan.Node {
	if n.Schema().String() == s.String() {
		return n
	}
	exprs := make([]expr.Expr, len(s))
	for i, f := range n.Schema() {
		exprs[i] = named(expr.Col(f.Name), s[i].Name)
	}
	return project(n, exprs)
}

// joinOfRows is a join of which a side may be empty, or whose condition is never
// true, so that the side whose rows must match is as good as empty.
func joinOfRows(n *plan.Join) plan.Node {
	left, right := isEmpty(n.Left), isEmpty(n.Right)
	if n.Where != nil && never(n.Where) && n.Type != plan.FullOuter {
		left, right = left || n.Type == plan.RightOuter, right || n.Type != plan.RightOuter
	}
	keepsLeft := n.Type != plan.Inner && n.Type != plan.RightOuter && n.Type != plan.LeftSemi
	keepsRight := n.Type == plan.RightOuter || n.Type == plan.FullOuter
	switch {
	case !left && !right:
		return n
	case left && (right || !keepsRight), right && !keepsLeft:
		return empty(n)
	case left:
		return alone(n, n.Right)
	case n.Type == plan.LeftAnti:
		return n.Left
	}
	return alone(n, n.Left)
}

// alone is the rows of one side of a join as they come out of it without any
// match.
func alone(n *plan.Join, side plan.Node) plan.Node {
	exprs := make([]expr.Expr, len(n.Schema()))
	for i, f := range n.Schema() {
		none := expr.Value{Type: f.Type, IsNull: n.Type != plan.Existence}
		exprs[i] = expr.As{X: expr.Literal{Value: none}, Name: f.Name}
		if side.Schema().Index(f.Name) >= 0 {
			exprs[i] = expr.Col(f.Name)
		}
	}
	return project(side, exprs)
}
