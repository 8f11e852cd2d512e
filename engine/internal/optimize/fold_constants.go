package optimize

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func foldConstants(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Filter:
			where := fold(n.Where)
			if l, ok := where.(expr.Literal); ok && l.Value.Type == expr.Bool && l.Value.I == 1 && !l.Value.IsNull {
				return n.Input
			}
			return &plan.Filter{Input: n.Input, Where: where}
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
