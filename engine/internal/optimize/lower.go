package optimize

import (
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// lower follows a key down to where its value comes from: it asks f for another
// node, nil where there is none, at each node on the way, with the key over that
// node's columns. Rows may be left out there by their key alone, if rows of that key
// may be left out of n.
func lower(n plan.Node, key expr.Expr, f func(plan.Node, expr.Expr) plan.Node) plan.Node {
	if now := f(n, key); now != nil {
		return now
	}
	below := func(in plan.Node, key expr.Expr) plan.Node { return lower(in, key, f) }
	same := func() plan.Node {
		in := n.Inputs()[0]
		if now := below(in, key); now != in {
			inputs := slices.Clone(n.Inputs())
			inputs[0] = now
			return n.With(inputs)
		}
		return n
	}
	switch x := n.(type) {
	case *plan.Filter, *plan.RuntimeFilter, *plan.Named, *plan.Sort, *plan.Exchange:
		return same()
	case *plan.Project:
		if now := below(x.Input, expr.Substitute(key, madeBy(x.Exprs))); now != x.Input {
			return x.With([]plan.Node{now})
		}
	case *plan.Aggregate:
		if covers(madeBy(x.Keys), key) {
			if now := below(x.Input, expr.Substitute(key, madeBy(x.Keys))); now != x.Input {
				return x.With([]plan.Node{now})
			}
		}
	case *plan.Union:
		inputs, changed := slices.Clone(x.All), false
		for i, in := range x.All {
			own := map[string]expr.Expr{}
			for c, f := range x.Schema() {
				own[f.Name] = expr.Col(in.Schema()[c].Name)
			}
			inputs[i] = below(in, expr.Substitute(key, own))
			changed = changed || inputs[i] != in
		}
		if changed {
			return x.With(inputs)
		}
	case *plan.Join:
		left, right := x.Left, x.Right
		switch {
		case names(key, left.Schema()) && x.Type != plan.RightOuter && x.Type != plan.FullOuter:
			left = below(left, key)
		case names(key, right.Schema()) && (x.Type == plan.Inner || x.Type == plan.RightOuter):
			right = below(right, key)
		}
		if left != x.Left || right != x.Right {
			return x.With([]plan.Node{left, right})
		}
	}
	return n
}

// madeBy is expressions by the names of the columns that they make.
func madeBy(exprs []expr.Expr) map[string]expr.Expr {
	made := map[string]expr.Expr{}
	for _, x := range exprs {
		made[expr.Name(x)] = x
	}
	return made
}

// selective reports whether a plan has a filter that is likely to drop rows, in
// Spark's judgement (PredicateHelper.isLikelySelective).
func selective(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) {
		if f, ok := n.(*plan.Filter); ok {
			found = found || drops(f.Where)
		}
	})
	return found
}

func drops(e expr.Expr) bool {
	c, ok := e.(expr.Call)
	if !ok {
		return false
	}
	switch c.Fn {
	case "not":
		return drops(c.Args[0])
	case "and":
		return drops(c.Args[0]) || drops(c.Args[1])
	case "or":
		return drops(c.Args[0]) && drops(c.Args[1])
	}
	return slices.Contains(strings.Fields("= != < <= > >= <=> in like ilike rlike startswith endswith contains"), c.Fn)
}
