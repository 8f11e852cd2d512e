package optimize

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func collapseProject(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		outer, ok := n.(*plan.Project)
		if !ok {
			return n
		}
		if changesNothing(outer) {
			return outer.Input
		}
		inner, ok := outer.Input.(*plan.Project)
		if !ok {
			return n
		}
		names := map[string]expr.Expr{}
		uses := map[string]int{}
		for _, e := range inner.Exprs {
			names[expr.Name(e)] = e
		}
		for _, e := range outer.Exprs {
			expr.Refs(e, func(name string) { uses[name]++ })
		}
		// What is computed below and used twice above stays computed once.
		for name, e := range names {
			if _, plain := expr.Unalias(e).(expr.Ref); !plain && uses[name] > 1 {
				return n
			}
		}
		exprs := make([]expr.Expr, len(outer.Exprs))
		for i, e := range outer.Exprs {
			exprs[i] = named(expr.Substitute(e, names), expr.Name(e))
		}
		return project(inner.Input, exprs)
	})
}

// changesNothing reports whether a projection is all columns of its input in
// their order.
func changesNothing(n *plan.Project) bool {
	s := n.Input.Schema()
	same := len(n.Exprs) == len(s)
	for i, e := range n.Exprs {
		r, plain := e.(expr.Ref)
		same = same && plain && r.Name == s[i].Name
	}
	return same
}
