package sql

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// joinOn joins on a condition. A subquery in it becomes a column of the side whose
// columns it uses, of the left one if it uses none, which the condition reads; so
// a row that does not meet it has no match, and an outer join keeps it.
func (a *Analyzer) joinOn(j *JoinRelation, left, right *relation, t plan.JoinType, outer *scope) *relation {
	both := &relation{columns: append(append([]column{}, left.columns...), right.columns...),
		schema: append(append(expr.Schema{}, left.schema...), right.schema...)}
	on := &translator{a: a, scope: &scope{both, outer}, clause: "ON"}
	var conds []expr.Expr
	for _, c := range conjuncts(j.On) {
		conds = append(conds, on.joinCondition(c))
	}
	for _, p := range both.pending {
		ofLeft, ofRight := uses(p.conds, left.schema), uses(p.conds, right.schema)
		switch {
		case ofLeft && ofRight:
			a.fail(j.On.At(), "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION] a subquery in ON cannot use columns of both sides of the join; put it into WHERE")
		case ofRight:
			right = over(p.add(right.node), right.columns)
		default:
			left = over(p.add(left.node), left.columns)
		}
	}
	return a.join(j.On.At(), left, right, t, expr.And(conds...))
}

// joinCondition is a conjunct of ON. NOT IN (query) is met where the comparison
// with every row is known to be false.
func (t *translator) joinCondition(e Expr) expr.Expr {
	if c, ok := e.(*Call); ok && c.Fn == "not" {
		if in, ok := c.Args[0].(*In); ok && in.Query != nil {
			sub, equal := t.inCondition(in)
			for i, x := range equal {
				equal[i] = expr.In(expr.Or(x, expr.IsNull(x)), t.a.Mode)
			}
			return expr.Not(t.existence(in.Pos, sub, append(equal, sub.conds...)))
		}
	}
	return t.boolean(e)
}

// uses reports whether conditions name a column of s.
func uses(conds []expr.Expr, s expr.Schema) bool {
	for _, c := range conds {
		found := false
		expr.Refs(c, func(name string) { found = found || s.Index(name) >= 0 })
		if found {
			return true
		}
	}
	return false
}
