package optimize

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
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
		below := make([]expr.Expr, len(conds))
		for i, c := range conds {
			below[i] = expr.Substitute(c, names)
		}
		return n.With([]plan.Node{push(n.Input, below)})
	case *plan.Sort, *plan.Named:
		return n.With([]plan.Node{push(n.Inputs()[0], conds)})
	case *plan.Union:
		inputs := make([]plan.Node, len(n.All))
		for i, in := range n.All {
			names := map[string]expr.Expr{}
			for c, f := range n.Schema() {
				names[f.Name] = expr.Col(in.Schema()[c].Name)
			}
			below := make([]expr.Expr, len(conds))
			for j, c := range conds {
				below[j] = expr.Substitute(c, names)
			}
			inputs[i] = push(in, below)
		}
		return n.With(inputs)
	case *plan.Aggregate:
		keys := map[string]expr.Expr{}
		for _, k := range n.Keys {
			keys[expr.Name(k)] = k
		}
		var below, stay []expr.Expr
		for _, c := range conds {
			if covers(keys, c) && len(n.Keys) > 0 {
				below = append(below, expr.Substitute(c, keys))
			} else {
				stay = append(stay, c)
			}
		}
		return filter(n.With([]plan.Node{push(n.Input, below)}), stay)
	case *plan.Join:
		return pushJoin(n, conds)
	case *plan.Window:
		keys := map[string]expr.Expr{}
		for _, k := range n.PartitionBy {
			keys[k] = expr.Col(k)
		}
		below, stay := split(conds, func(c expr.Expr) bool { return len(keys) > 0 && covers(keys, c) && !plan.MayFail(c) })
		return filter(n.With([]plan.Node{push(n.Input, below)}), stay)
	case *plan.Generate:
		below, stay := split(conds, func(c expr.Expr) bool { return names(c, n.Input.Schema()) && !plan.MayFail(c) })
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

// split parts a list by a test.
func split(conds []expr.Expr, test func(expr.Expr) bool) (yes, no []expr.Expr) {
	for _, c := range conds {
		if test(c) {
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

func filter(n plan.Node, conds []expr.Expr) plan.Node {
	if len(conds) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Where: expr.And(conds...)}
}

func collapseProject(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		outer, ok := n.(*plan.Project)
		if !ok {
			return n
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

// pushPredicates hands the comparisons of a filter right above a scan to the
// reader. The filter stays: a reader only skips where it can.
func pushPredicates(root plan.Node, ctx *Context) plan.Node {
	if !ctx.Config.Bool("spark.sql.parquet.filterPushdown") {
		return root
	}
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n
		}
		scan, ok := f.Input.(*plan.Scan)
		if !ok {
			return n
		}
		pushed := *scan
		for _, c := range expr.Conjuncts(f.Where) {
			if p, ok := predicate(c, scan.Columns); ok {
				pushed.Predicates = append(pushed.Predicates, p)
			}
		}
		return f.With([]plan.Node{&pushed})
	})
}

var operators = map[string]source.Op{"=": source.Equal, "<": source.Less, "<=": source.LessEqual,
	">": source.Greater, ">=": source.GreaterEqual}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// predicate turns "column op constant" into what a reader understands.
func predicate(e expr.Expr, s expr.Schema) (source.Predicate, bool) {
	c, ok := e.(expr.Call)
	if !ok {
		return source.Predicate{}, false
	}
	if c.Fn == "isnotnull" {
		if r, ok := c.Args[0].(expr.Ref); ok {
			return source.Predicate{Column: s[s.Index(r.Name)].Name, Op: source.IsNotNull}, true
		}
	}
	fn := c.Fn
	if _, ok := operators[fn]; !ok || len(c.Args) != 2 {
		return source.Predicate{}, false
	}
	ref, isRef := c.Args[0].(expr.Ref)
	lit, isLit := c.Args[1].(expr.Literal)
	if !isRef {
		ref, isRef = c.Args[1].(expr.Ref)
		lit, isLit = c.Args[0].(expr.Literal)
		fn = mirrored[fn]
	}
	if !isRef || !isLit || lit.Value.IsNull {
		return source.Predicate{}, false
	}
	f := s[s.Index(ref.Name)]
	// Texts and decimals are compared as what stands beside them, by which several
	// of them can be equal: nothing that their bounds know of.
	if t := lit.Value.Type; t != f.Type && (f.Type == expr.String || f.Type.Kind() == expr.Decimal && (t == expr.Float32 || t == expr.Float64)) {
		return source.Predicate{}, false
	}
	v, err := expr.Constant(expr.CastTo{X: lit, To: f.Type, Mode: c.Mode})
	if err != nil || v.IsNull {
		return source.Predicate{}, false
	}
	// A constant that the column's type cannot hold exactly would change the bound.
	if back, err := expr.Constant(expr.CastTo{X: expr.Literal{Value: v}, To: lit.Value.Type, Mode: c.Mode}); err != nil || !back.Equal(lit.Value) {
		return source.Predicate{}, false
	}
	return source.Predicate{Column: f.Name, Op: operators[fn], Value: v}, true
}
