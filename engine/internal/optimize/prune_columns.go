package optimize

import (
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// pruneColumns keeps, below the root, only the columns that somebody above
// uses.
func pruneColumns(root plan.Node, _ *Context) plan.Node {
	all := set{}
	for _, f := range root.Schema() {
		all[f.Name] = true
	}
	return prune(root, all)
}

type set map[string]bool

// folded looks names up as Schema.Index does, without case.
func need(want set, s expr.Schema, e expr.Expr) {
	expr.Refs(e, func(name string) {
		if i := s.Index(name); i >= 0 {
			want[s[i].Name] = true
		}
	})
}

func kept(s expr.Schema, want set) expr.Schema {
	var out expr.Schema
	for _, f := range s {
		if want[f.Name] {
			out = append(out, f)
		}
	}
	return out
}

// prune returns n with at least the wanted columns, in their order.
func prune(n plan.Node, want set) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		c := *n
		c.Columns = kept(n.Columns, want)
		return &c
	case *plan.Cached:
		c := plan.NewCached(n.Relation)
		return c.Narrow(kept(n.Schema(), want))
	case *plan.Filter:
		below := set{}
		for k := range want {
			below[k] = true
		}
		need(below, n.Input.Schema(), n.Where)
		in := prune(n.Input, below)
		f := &plan.Filter{Input: in, Where: n.Where}
		if keep := kept(in.Schema(), want); len(keep) > 0 && len(keep) < len(in.Schema()) {
			f.Keep = keep
		}
		return f
	case *plan.Project:
		var exprs []expr.Expr
		below := set{}
		for _, e := range n.Exprs {
			if want[expr.Name(e)] {
				exprs = append(exprs, e)
				need(below, n.Input.Schema(), e)
			}
		}
		return project(prune(n.Input, below), exprs)
	case *plan.Window, *plan.WindowGroupLimit, *plan.Expand, *plan.Generate, *plan.Sample, *plan.OneRow:
		return pruneRows(n, want)
	case *plan.Aggregate:
		return pruneAggregate(n, want)
	case *plan.Join:
		if n.Type == plan.Existence && !want[n.Exists] {
			return prune(n.Left, want)
		}
		left, right := set{}, set{}
		for k := range want {
			if n.Left.Schema().Index(k) >= 0 {
				left[k] = true
			} else {
				right[k] = true
			}
		}
		if n.Where != nil {
			need(left, n.Left.Schema(), n.Where)
			need(right, n.Right.Schema(), n.Where)
		}
		for i := range n.LeftKeys {
			need(left, n.Left.Schema(), expr.Col(n.LeftKeys[i]))
			need(right, n.Right.Schema(), expr.Col(n.RightKeys[i]))
		}
		return narrow(n.With([]plan.Node{prune(n.Left, left), prune(n.Right, right)}), want)
	case *plan.Sort:
		return narrow(n.With([]plan.Node{prune(n.Input, withKeys(want, n.Input, n.Keys))}), want)
	case *plan.TopN:
		return narrow(n.With([]plan.Node{prune(n.Input, withKeys(want, n.Input, n.Keys))}), want)
	case *plan.Limit, *plan.Named, *plan.Coalesce:
		return n.With([]plan.Node{prune(n.Inputs()[0], want)})
	case *plan.Exchange:
		below := set{}
		for k := range want {
			below[k] = true
		}
		for _, k := range n.Keys {
			need(below, n.Input.Schema(), expr.Col(k))
		}
		below = withKeys(below, n.Input, n.Order)
		return narrow(n.With([]plan.Node{prune(n.Input, below)}), want)
	case *plan.Union:
		inputs := make([]plan.Node, len(n.All))
		for i, in := range n.All {
			below := set{}
			for c, f := range n.Schema() {
				if want[f.Name] {
					below[in.Schema()[c].Name] = true
				}
			}
			inputs[i] = narrow(prune(in, below), below)
		}
		return n.With(inputs)
	case *plan.Write:
		below := set{}
		for _, f := range n.Input.Schema() {
			below[f.Name] = true
		}
		return n.With([]plan.Node{prune(n.Input, below)})
	}
	return n
}

// pruneAggregate drops aggregates that nobody uses. Without keys one stays: it
// is a row in any case.
func pruneAggregate(n *plan.Aggregate, want set) plan.Node {
	aggs := slices.DeleteFunc(slices.Clone(n.Aggs), func(a expr.Aggregate) bool { return !want[a.Name] })
	if len(n.Keys)+len(aggs) == 0 {
		aggs = n.Aggs[:1]
	}
	below := set{}
	for _, k := range n.Keys {
		need(below, n.Input.Schema(), k)
	}
	for _, a := range aggs {
		for _, x := range a.Children() {
			need(below, n.Input.Schema(), x)
		}
	}
	a, err := plan.NewAggregate(prune(n.Input, below), n.Keys, aggs)
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return a
}

func withKeys(want set, in plan.Node, keys []plan.SortKey) set {
	below := set{}
	for k := range want {
		below[k] = true
	}
	for _, k := range keys {
		need(below, in.Schema(), expr.Col(k.Column))
	}
	return below
}

// narrow drops columns that were needed to compute n but not above it.
func narrow(n plan.Node, want set) plan.Node {
	s := n.Schema()
	keep := kept(s, want)
	if len(keep) == len(s) {
		return n
	}
	exprs := make([]expr.Expr, len(keep))
	for i, f := range keep {
		exprs[i] = expr.Col(f.Name)
	}
	return project(n, exprs)
}
