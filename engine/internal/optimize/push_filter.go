package optimize

import (
	"reflect"
	"slices"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func pushFilter(root plan.Node, _ *Context) plan.Node { return push(root, nil) }

// push rebuilds n with conditions from above placed as low as they may go.
func push(n plan.Node, conds []expr.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Filter:
		return push(n.Input, append(expr.Conjuncts(n.Where), conds...))
	case *plan.Project:
		names := map[string]expr.Expr{}
		for _, e := range n.Exprs {
			names[expr.Name(e)] = e
		}
		return n.With([]plan.Node{push(n.Input, translate(conds, names, n.Input.Schema()))})
	case *plan.Sort, *plan.Named, *plan.Exchange:
		return n.With([]plan.Node{push(n.Inputs()[0], conds)})
	case *plan.Union:
		inputs := make([]plan.Node, len(n.All))
		for i, in := range n.All {
			names := map[string]expr.Expr{}
			for c, f := range n.Schema() {
				names[f.Name] = expr.Col(in.Schema()[c].Name)
			}
			inputs[i] = push(in, translate(conds, names, in.Schema()))
		}
		return n.With(inputs)
	case *plan.Aggregate:
		keys := map[string]expr.Expr{}
		for _, k := range n.Keys {
			keys[expr.Name(k)] = k
		}
		below, stay := split(conds, n.Schema(), func(c expr.Expr) bool { return len(n.Keys) > 0 && covers(keys, c) })
		return filter(n.With([]plan.Node{push(n.Input, translate(below, keys, n.Input.Schema()))}), stay)
	case *plan.Join:
		return pushJoin(n, conds)
	case *plan.Window:
		keys := map[string]expr.Expr{}
		for _, k := range n.PartitionBy {
			keys[k] = expr.Col(k)
		}
		below, stay := split(conds, n.Schema(), func(c expr.Expr) bool { return len(keys) > 0 && covers(keys, c) })
		return filter(n.With([]plan.Node{push(n.Input, below)}), stay)
	case *plan.Expand:
		same := untouched(n)
		below, stay := split(conds, n.Schema(), func(c expr.Expr) bool { return len(same) > 0 && covers(same, c) })
		return filter(n.With([]plan.Node{push(n.Input, translate(below, same, n.Input.Schema()))}), stay)
	case *plan.Generate:
		below, stay := split(conds, n.Schema(), func(c expr.Expr) bool { return names(c, n.Input.Schema()) && !plan.MayFail(c, n.Schema()) })
		return filter(n.With([]plan.Node{push(n.Input, below)}), stay)
	}
	inputs := n.Inputs()
	changed := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		changed[i] = push(in, nil)
	}
	if len(changed) > 0 {
		n = n.With(changed)
	}
	return filter(n, conds)
}

// translate says conditions in the terms of a schema. That something computed is
// not null is asked of the columns it is computed from, where that is the same.
func translate(conds []expr.Expr, names map[string]expr.Expr, s expr.Schema) []expr.Expr {
	var out []expr.Expr
	for _, c := range conds {
		c = expr.Substitute(c, names)
		call, ok := c.(expr.Call)
		if ok = ok && call.Fn == "isnotnull"; ok {
			var columns []expr.Expr
			if columns, ok = plan.NullWith(call.Args[0], s); ok {
				for _, x := range columns {
					out = append(out, expr.IsNotNull(x))
				}
			}
		}
		if !ok {
			out = append(out, c)
		}
	}
	return out
}

// untouched maps the columns of an Expand that are the same column of its input
// in every projection to that column.
func untouched(n *plan.Expand) map[string]expr.Expr {
	same := map[string]expr.Expr{}
	for i, f := range n.Schema() {
		first, ok := expr.Unalias(n.Projections[0][i]).(expr.Ref)
		for _, p := range n.Projections {
			r, plain := expr.Unalias(p[i]).(expr.Ref)
			ok = ok && plain && r == first
		}
		if ok {
			same[f.Name] = first
		}
	}
	return same
}

// split parts conditions over a schema by whether they may move. One that may fail moves only
// with all those before it, which may be there to rule out what it fails for.
func split(conds []expr.Expr, s expr.Schema, test func(expr.Expr) bool) (yes, no []expr.Expr) {
	for _, c := range conds {
		if test(c) && (len(no) == 0 || !plan.MayFail(c, s)) {
			yes = append(yes, c)
		} else {
			no = append(no, c)
		}
	}
	return yes, no
}

func names(e expr.Expr, s expr.Schema) bool {
	all := true
	expr.Refs(e, func(name string) { all = all && s.Index(name) >= 0 })
	return all
}

func covers(keys map[string]expr.Expr, e expr.Expr) bool {
	all := true
	expr.Refs(e, func(name string) {
		_, ok := keys[name]
		all = all && ok
	})
	return all
}

// filter keeps the rows for which all conditions are true; each is asked once.
func filter(n plan.Node, conds []expr.Expr) plan.Node {
	var once []expr.Expr
	for _, c := range conds { // their texts may be equal: 'b' and a column b
		if !slices.ContainsFunc(once, func(o expr.Expr) bool { return reflect.DeepEqual(o, c) }) {
			once = append(once, c)
		}
	}
	if len(once) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Where: expr.And(once...)}
}
