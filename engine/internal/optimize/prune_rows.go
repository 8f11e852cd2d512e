package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// pruneRows is prune of the steps that make other rows, or see other rows, than
// the one that they compute a column of.
func pruneRows(n plan.Node, want set) plan.Node {
	switch n := n.(type) {
	case *plan.Window:
		return pruneWindow(n, want)
	case *plan.WindowGroupLimit:
		below := withKeys(want, n.Input, n.OrderBy)
		for _, k := range n.PartitionBy {
			need(below, n.Input.Schema(), expr.Col(k))
		}
		return narrow(n.With([]plan.Node{prune(n.Input, below)}), want)
	case *plan.Expand:
		return pruneExpand(n, want)
	case *plan.Generate:
		below := wanted(n.Input.Schema(), want)
		for _, x := range n.Args {
			need(below, n.Input.Schema(), x)
		}
		c := *n
		c.Input = prune(n.Input, below)
		if keep := kept(c.Input.Schema(), want); len(keep) < len(c.Input.Schema()) {
			c.Keep = append(expr.Schema{}, keep...) // nil would keep all
		}
		return narrow(&c, want)
	}
	return n.With([]plan.Node{prune(n.Inputs()[0], want)})
}

// wanted is the columns of s that are in want.
func wanted(s expr.Schema, want set) set {
	below := set{}
	for _, f := range kept(s, want) {
		below[f.Name] = true
	}
	return below
}

// pruneWindow drops functions that nobody uses, and the window with the last.
func pruneWindow(n *plan.Window, want set) plan.Node {
	funcs := slices.DeleteFunc(slices.Clone(n.Funcs), func(f plan.WindowFunc) bool { return !want[f.Name] })
	if len(funcs) == 0 {
		return prune(n.Input, want)
	}
	s := n.Input.Schema()
	below := wanted(s, want)
	for _, k := range n.PartitionBy {
		need(below, s, expr.Col(k))
	}
	for _, f := range funcs {
		for _, x := range f.Children() {
			need(below, s, x)
		}
	}
	w, err := plan.NewWindow(prune(n.Input, withKeys(below, n.Input, n.OrderBy)), n.PartitionBy, n.OrderBy, funcs)
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return narrow(w, want)
}

func pruneExpand(n *plan.Expand, want set) plan.Node {
	projections := make([][]expr.Expr, len(n.Projections))
	below := set{}
	for p, list := range n.Projections {
		for i, x := range list {
			if want[n.Schema()[i].Name] {
				projections[p] = append(projections[p], x)
				need(below, n.Input.Schema(), x)
			}
		}
	}
	e, err := plan.NewExpand(prune(n.Input, below), projections)
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return e
}
