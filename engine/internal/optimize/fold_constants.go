package optimize

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func foldConstants(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Filter:
			where := condition(n.Where)
			if where == nil {
				return n.Input
			}
			return &plan.Filter{Input: n.Input, Where: where}
		case *plan.Join:
			if n.Where == nil {
				return n
			}
			c := *n
			c.Where = condition(n.Where)
			return &c
		case *plan.Project:
			exprs := make([]expr.Expr, len(n.Exprs))
			for i, e := range n.Exprs {
				exprs[i] = named(fold(e), expr.Name(e))
			}
			return project(n.Input, exprs)
		}
		return n
	})
}

// condition is a condition with what is constant computed: nil when it is always
// true, false alone when it never is. A part that is an error stays, so that it is
// one only for rows that come to it.
func condition(e expr.Expr) expr.Expr {
	var conds []expr.Expr
	for _, c := range expr.Conjuncts(e) {
		c = fold(c)
		if never(c) {
			return expr.Lit(false)
		}
		if l, ok := c.(expr.Literal); !ok || l.Value.Type != expr.Bool {
			conds = append(conds, c)
		}
	}
	if len(conds) == 0 {
		return nil
	}
	return expr.And(conds...)
}

// fold computes what names no column. What cannot be computed stays, to be an
// error when and if it is evaluated.
func fold(e expr.Expr) expr.Expr {
	return expr.Rewrite(e, func(x expr.Expr) expr.Expr {
		switch x.(type) {
		case expr.Call, expr.CastTo, expr.CaseWhen:
		default:
			return x
		}
		constant := true
		for _, c := range x.Children() {
			if _, ok := c.(expr.Literal); !ok {
				constant = false
			}
		}
		if !constant {
			return x
		}
		v, err := expr.Constant(x)
		if err != nil {
			return x
		}
		return expr.Literal{Value: v, Computed: true}
	})
}

// named keeps the name that e had before it was rewritten.
func named(e expr.Expr, name string) expr.Expr {
	if expr.Name(e) == name {
		return e
	}
	return expr.As{X: expr.Unalias(e), Name: name}
}

// project rebuilds a projection whose expressions are known to be right.
func project(in plan.Node, exprs []expr.Expr) plan.Node {
	p, err := plan.NewProject(in, exprs)
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return p
}
