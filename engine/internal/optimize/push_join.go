package optimize

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// pushJoin places conditions from above a join and those of the join itself. A
// condition on the columns of one side goes there, unless rows of that side can
// come out beside nulls for want of it; what is left of an inner join's becomes
// its condition. One that may fail stays where it sees only the join's rows.
func pushJoin(j *plan.Join, conds []expr.Expr) plan.Node {
	n := *j
	n.Type = narrowType(&n, conds)
	both := append(append(expr.Schema{}, n.Left.Schema()...), n.Right.Schema()...)
	var left, right, stay []expr.Expr
	for _, c := range conds {
		switch {
		case plan.MayFail(c, n.Schema()):
			stay = append(stay, c)
		case names(c, n.Left.Schema()) && n.Type != plan.RightOuter && n.Type != plan.FullOuter:
			left = append(left, c)
		case n.Type <= plan.RightOuter && n.Type != plan.LeftOuter && names(c, n.Right.Schema()):
			right = append(right, c)
		default:
			stay = append(stay, c)
		}
	}
	var where []expr.Expr
	if n.Where != nil {
		for _, c := range expr.Conjuncts(n.Where) {
			switch {
			case plan.MayFail(c, both):
				where = append(where, c)
			case names(c, n.Left.Schema()) && (n.Type == plan.Inner || n.Type == plan.RightOuter || n.Type == plan.LeftSemi):
				left = append(left, c)
			case names(c, n.Right.Schema()) && n.Type != plan.RightOuter && n.Type != plan.FullOuter:
				right = append(right, c)
			default:
				where = append(where, c)
			}
		}
	}
	if n.Type == plan.Inner {
		where, stay = append(where, stay...), nil
	}
	n.Where = nil
	if len(where) > 0 {
		n.Where = expr.And(where...)
	}
	left, right = mirror(&n, where, left, right)
	return filter(n.With([]plan.Node{push(n.Left, left), push(n.Right, right)}), stay)
}

// narrowType makes an outer join one that keeps fewer rows where a condition
// above drops the others: those with nulls on a side whose columns it needs.
func narrowType(n *plan.Join, conds []expr.Expr) plan.JoinType {
	var left, right bool // rows without a row of this side are dropped
	for _, c := range conds {
		left = left || rejectsNulls(c, n.Left.Schema())
		right = right || rejectsNulls(c, n.Right.Schema())
	}
	switch {
	case n.Type == plan.LeftOuter && right, n.Type == plan.RightOuter && left, n.Type == plan.FullOuter && left && right:
		return plan.Inner
	case n.Type == plan.FullOuter && left:
		return plan.LeftOuter
	case n.Type == plan.FullOuter && right:
		return plan.RightOuter
	}
	return n.Type
}

// rejectsNulls reports whether c is not true when all columns of s are null. It
// knows the common forms.
func rejectsNulls(e expr.Expr, s expr.Schema) bool {
	c, ok := e.(expr.Call)
	if !ok {
		return false
	}
	switch c.Fn {
	case "and":
		return rejectsNulls(c.Args[0], s) || rejectsNulls(c.Args[1], s)
	case "or":
		return rejectsNulls(c.Args[0], s) && rejectsNulls(c.Args[1], s)
	case "=", "!=", "<", "<=", ">", ">=", "like":
		return nullOfNull(c.Args[0], s) || nullOfNull(c.Args[1], s)
	case "isnotnull":
		return nullOfNull(c.Args[0], s)
	}
	return false
}

// nullOfNull reports whether e is null when all columns of s are.
func nullOfNull(e expr.Expr, s expr.Schema) bool {
	switch e := e.(type) {
	case expr.Ref:
		return s.Index(e.Name) >= 0
	case expr.CastTo:
		return nullOfNull(e.X, s)
	case expr.Call:
		switch e.Fn {
		case "+", "-", "*", "/", "%", "upper", "lower", "trim", "abs":
			for _, a := range e.Args {
				if nullOfNull(a, s) {
					return true
				}
			}
		}
	}
	return false
}

// extractJoinKeys makes keys of the equalities in a join's condition that have
// one side of the join on each side. What is no column is computed below the
// join and dropped above it; if it may fail, only where no condition stands
// before it.
func extractJoinKeys(root plan.Node, _ *Context) plan.Node {
	made := 0
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.Where == nil || j.Strategy != plan.Undecided {
			return n
		}
		c := *j
		var lefts, rights, rest []expr.Expr
		for _, e := range expr.Conjuncts(j.Where) {
			l, r, ok := equality(e, j.Left.Schema(), j.Right.Schema())
			if ok && (len(rest) == 0 || !plan.MayFail(l, j.Left.Schema()) && !plan.MayFail(r, j.Right.Schema())) {
				lefts, rights = append(lefts, l), append(rights, r)
			} else {
				rest = append(rest, e)
			}
		}
		if len(lefts) == 0 {
			return n
		}
		c.Where = nil
		if len(rest) > 0 {
			c.Where = expr.And(rest...)
		}
		left, leftKeys := computed(j.Left, lefts, &made)
		right, rightKeys := computed(j.Right, rights, &made)
		c.LeftKeys, c.RightKeys = append(append([]string{}, j.LeftKeys...), leftKeys...), append(append([]string{}, j.RightKeys...), rightKeys...)
		out := c.With([]plan.Node{left, right})
		if len(out.Schema()) == len(j.Schema()) {
			return out
		}
		exprs := make([]expr.Expr, len(j.Schema()))
		for i, f := range j.Schema() {
			exprs[i] = expr.Col(f.Name)
		}
		return project(out, exprs)
	})
}

// equality takes "left = right" apart, converted to one type.
func equality(e expr.Expr, left, right expr.Schema) (l, r expr.Expr, ok bool) {
	c, is := e.(expr.Call)
	if !is || c.Fn != "=" {
		return nil, nil, false
	}
	l, r = c.Args[0], c.Args[1]
	if !only(l, left) || !only(r, right) {
		l, r = r, l
	}
	if !only(l, left) || !only(r, right) {
		return nil, nil, false
	}
	lt, lerr := expr.TypeOf(l, left)
	rt, rerr := expr.TypeOf(r, right)
	switch {
	case lerr != nil || rerr != nil || lt == expr.Null || rt == expr.Null:
		return nil, nil, false
	case lt.IsWhole() && rt.IsWhole() && lt != rt:
		wide := max(lt, rt)
		if lt != wide {
			l = expr.CastTo{X: l, To: wide}
		} else {
			r = expr.CastTo{X: r, To: wide}
		}
		return l, r, true
	}
	return l, r, lt == rt
}

// only reports whether e names columns, all of s.
func only(e expr.Expr, s expr.Schema) bool {
	any := false
	expr.Refs(e, func(string) { any = true })
	return any && names(e, s)
}

// computed adds to a node the keys that are no columns of it.
func computed(n plan.Node, keys []expr.Expr, made *int) (plan.Node, []string) {
	var exprs []expr.Expr
	for _, f := range n.Schema() {
		exprs = append(exprs, expr.Col(f.Name))
	}
	columns := len(exprs)
	list := make([]string, len(keys))
	for i, k := range keys {
		if r, ok := k.(expr.Ref); ok {
			list[i] = n.Schema()[n.Schema().Index(r.Name)].Name
			continue
		}
		*made++
		list[i] = fmt.Sprintf("_joinkey_%d", *made)
		exprs = append(exprs, expr.As{X: k, Name: list[i]})
	}
	if len(exprs) == columns {
		return n, list
	}
	return project(n, exprs), list
}

// keysAsCondition is a join's condition with its keys in it.
func keysAsCondition(j *plan.Join) expr.Expr {
	var all []expr.Expr
	for i := range j.LeftKeys {
		all = append(all, expr.Eq(expr.Col(j.LeftKeys[i]), expr.Col(j.RightKeys[i])))
	}
	if j.Where != nil {
		all = append(all, j.Where)
	}
	return expr.And(all...)
}
