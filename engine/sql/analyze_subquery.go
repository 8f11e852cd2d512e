package sql

import (
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// Subqueries become joins. One that stands alone as a condition of WHERE is a
// semi or anti join; inside of other conditions it is an existence join, whose
// column the condition reads; a scalar one is an outer join whose column is the
// value. What such a query says about the columns around it is pulled up out of
// it first, to become the join's condition (Spark: PullupCorrelatedPredicates and
// RewritePredicateSubquery).

// where filters a relation. Subqueries that are conjuncts filter by joins.
func (a *Analyzer) where(s *scope, e Expr) {
	t := &translator{a: a, scope: s, clause: "WHERE"}
	var rest []expr.Expr
	var joins []func(plan.Node) plan.Node
	for _, c := range conjuncts(e) {
		if join := t.filterJoin(c); join != nil {
			joins = append(joins, join)
		} else {
			rest = append(rest, t.boolean(c))
		}
	}
	n := s.build()
	if len(rest) > 0 {
		n = &plan.Filter{Input: n, Where: expr.And(rest...)}
	}
	for _, join := range joins {
		n = join(n)
	}
	s.node, s.schema = n, n.Schema()
}

// conjuncts splits a condition at its ANDs.
func conjuncts(e Expr) []Expr {
	if c, ok := e.(*Call); ok && c.Fn == "and" && c.Over == nil {
		return append(conjuncts(c.Args[0]), conjuncts(c.Args[1])...)
	}
	return []Expr{e}
}

// filterJoin is the join by which [NOT] EXISTS and [NOT] IN (query) filter; nil
// for anything else.
func (t *translator) filterJoin(e Expr) func(plan.Node) plan.Node {
	typ := plan.LeftSemi
	for {
		c, ok := e.(*Call)
		if !ok || c.Fn != "not" {
			break
		}
		e = c.Args[0]
		typ = plan.LeftSemi + plan.LeftAnti - typ
	}
	switch e := e.(type) {
	case *Exists:
		sub := t.subquery(e.Query)
		sub.dropLimit()
		cond := andAll(sub.conds)
		return func(n plan.Node) plan.Node { return t.a.joinNodes(e.Pos, n, sub.node, typ, cond, "") }
	case *In:
		if e.Query == nil {
			return nil
		}
		sub, equal := t.inCondition(e)
		if typ == plan.LeftSemi {
			return func(n plan.Node) plan.Node {
				return t.a.joinNodes(e.Pos, n, sub.node, typ, expr.And(append(equal, sub.conds...)...), "")
			}
		}
		return t.notIn(e, sub, equal)
	}
	return nil
}

// notIn is an anti join in which an unknown comparison keeps a row out: one pair
// of columns alone is a null-aware join; otherwise null counts as a match.
func (t *translator) notIn(e *In, sub *pulled, equal []expr.Expr) func(plan.Node) plan.Node {
	if len(equal) == 1 && len(sub.conds) == 0 {
		return func(n plan.Node) plan.Node {
			j := t.a.joinNodes(e.Pos, n, sub.node, plan.LeftAnti, equal[0], "")
			join, ok := j.(*plan.Join)
			if ok && len(join.LeftKeys) == 1 {
				join.NullAware = true
				return join
			}
			return t.a.joinNodes(e.Pos, n, sub.node, plan.LeftAnti, expr.In(expr.Or(equal[0], expr.IsNull(equal[0])), t.a.Mode), "")
		}
	}
	var conds []expr.Expr
	for _, x := range equal {
		conds = append(conds, expr.In(expr.Or(x, expr.IsNull(x)), t.a.Mode))
	}
	conds = append(conds, sub.conds...)
	return func(n plan.Node) plan.Node {
		return t.a.joinNodes(e.Pos, n, sub.node, plan.LeftAnti, expr.And(conds...), "")
	}
}

// inCondition compares the left side of IN with the query's columns.
func (t *translator) inCondition(e *In) (*pulled, []expr.Expr) {
	sub := t.subquery(e.Query)
	if len(sub.columns) != len(e.X) {
		t.a.fail(e.Pos, "[DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH] IN compares %d values with the %d columns of the query", len(e.X), len(sub.columns))
	}
	var equal []expr.Expr
	for i, x := range e.X {
		l, lt := t.typed(x)
		c := sub.columns[i]
		common, err := expr.CommonType(t.a.Mode, lt, c.typ)
		t.a.must(x.At(), err)
		equal = append(equal, expr.In(expr.Eq(t.a.cast(l, lt, common), t.a.cast(expr.Col(c.id), c.typ, common)), t.a.Mode))
	}
	return sub, equal
}

// exists is EXISTS as a value: an existence join adds its column.
func (t *translator) exists(at Pos, q *Query) expr.Expr {
	sub := t.subquery(q)
	sub.dropLimit()
	return t.existence(at, sub, sub.conds)
}

// inQuery is IN (query) as a value. As in Spark it is false, not null, where the
// comparison is unknown.
func (t *translator) inQuery(e *In) expr.Expr {
	sub, equal := t.inCondition(e)
	return t.existence(e.Pos, sub, append(equal, sub.conds...))
}

func (t *translator) existence(at Pos, sub *pulled, conds []expr.Expr) expr.Expr {
	id := t.a.id("exists")
	cond := andAll(conds)
	t.attach(expr.Field{Name: id, Type: expr.Bool}, conds, func(n plan.Node) plan.Node {
		return t.a.joinNodes(at, n, sub.node, plan.Existence, cond, id)
	})
	return expr.Col(id)
}

// attach adds a column to the translator's rows, to be computed by add from the
// columns of conds.
func (t *translator) attach(f expr.Field, conds []expr.Expr, add func(plan.Node) plan.Node) {
	r := t.scope.relation
	r.schema = append(append(expr.Schema{}, r.schema...), f)
	r.pending = append(r.pending, attachment{conds, add})
}

// scalar is (query) as a value: null where it has no row, an error where it has
// more than one.
func (t *translator) scalar(e *Subquery) expr.Expr {
	sub := t.subquery(e.Query)
	if len(sub.columns) != 1 {
		t.a.fail(e.Pos, "[INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN] a query as a value has one column, this one has %d", len(sub.columns))
	}
	c := sub.columns[0]
	if len(sub.conds) == 0 {
		t.attach(expr.Field{Name: c.id, Type: c.typ}, nil, func(n plan.Node) plan.Node {
			j, err := plan.NewJoin(n, t.a.only(&plan.OneRow{Input: sub.node}, sub.columns).node, nil, nil, plan.Inner)
			t.a.must(e.Pos, err)
			return j
		})
		return expr.Col(c.id)
	}
	if !sub.aggregated {
		t.a.fail(e.Pos, "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY] a query as a value that uses outer columns must be an aggregate, so that it has one row")
	}
	// Where no group matches, an aggregate over nothing gives its value of no rows:
	// null, but 0 of a count.
	found := t.a.id("found")
	inner := t.a.with(e.Pos, sub.node, expr.As{X: expr.Lit(true), Name: found})
	cond := expr.And(sub.conds...)
	t.attach(expr.Field{Name: c.id, Type: c.typ}, sub.conds, func(n plan.Node) plan.Node {
		return t.a.joinNodes(e.Pos, n, inner, plan.LeftOuter, cond, "")
	})
	t.scope.schema = append(t.scope.schema, expr.Field{Name: found, Type: expr.Bool})
	if sub.empty.IsNull {
		return expr.Col(c.id)
	}
	return expr.Case([]expr.Expr{expr.IsNull(expr.Col(found)), expr.Literal{Value: sub.empty}}, expr.Col(c.id))
}

func andAll(conds []expr.Expr) expr.Expr {
	if len(conds) == 0 {
		return nil
	}
	return expr.And(conds...)
}

// pulled is a subquery without what it says about the columns around it.
type pulled struct {
	node       plan.Node
	columns    []column
	conds      []expr.Expr // over its columns and those around
	aggregated bool        // one row for every set of values that conds compare
	empty      expr.Value  // of its first column, where it folds no rows
}

// subquery analyzes a query inside the translator's scope.
func (t *translator) subquery(q *Query) *pulled {
	around := t.scope
	if t.group != nil {
		// Above a grouping, a subquery may use the keys.
		around = &scope{&relation{columns: t.group.keyColumns(), schema: t.scope.schema}, t.scope.outer}
	}
	r := t.a.query(q, around)
	p := &pulled{columns: r.columns, empty: expr.Value{IsNull: true}}
	u := &puller{a: t.a, at: q.Pos}
	p.node, p.conds = u.pull(r.node)
	if len(p.conds) > 0 {
		p.aggregated = u.aggregated
		if len(r.columns) == 1 {
			p.empty = u.emptyValue(r.node, r.columns[0])
		}
	}
	return p
}

// keyColumns are the keys of a grouping that are columns, by their names.
func (g *grouping) keyColumns() []column {
	var list []column
	for i, k := range g.keys {
		r, ok := k.(expr.Ref)
		if !ok {
			continue
		}
		for _, c := range g.base.scope.columns {
			if c.id == r.Name {
				c.id = g.ids[i]
				list = append(list, c)
			}
		}
	}
	return list
}

// dropLimit forgets a LIMIT on top: whether there is a row does not depend on
// it, unless it is 0.
func (p *pulled) dropLimit() {
	if l, ok := p.node.(*plan.Limit); ok && l.N != 0 && l.Offset == 0 {
		p.node = l.Input
	}
}

// A puller takes the conditions that name outer columns out of a plan.
type puller struct {
	a          *Analyzer
	at         Pos
	aggregated bool
}

// pull returns the plan without them; it keeps, as more columns, what they name
// of its own.
func (u *puller) pull(n plan.Node) (plan.Node, []expr.Expr) {
	switch n := n.(type) {
	case *plan.Filter:
		in, conds := u.pull(n.Input)
		var stay []expr.Expr
		for _, c := range expr.Conjuncts(n.Where) {
			if within(c, in.Schema()) {
				stay = append(stay, c)
			} else {
				conds = append(conds, c)
			}
		}
		if len(stay) > 0 {
			in = &plan.Filter{Input: in, Where: expr.And(stay...)}
		}
		return in, conds
	case *plan.Project:
		in, conds := u.pull(n.Input)
		if len(conds) == 0 {
			return n, nil
		}
		exprs := append([]expr.Expr{}, n.Exprs...)
		for _, name := range inner(conds, in.Schema()) {
			if n.Schema().Index(name) < 0 {
				exprs = append(exprs, expr.Col(name))
			}
		}
		p, err := plan.NewProject(in, exprs)
		u.a.must(u.at, err)
		return p, conds
	case *plan.Aggregate:
		in, conds := u.pull(n.Input)
		if len(conds) == 0 {
			return n, nil
		}
		u.aggregated = len(n.Keys) == 0
		keys := append([]expr.Expr{}, n.Keys...)
		for _, c := range conds {
			if call, ok := c.(expr.Call); !ok || call.Fn != "=" && call.Fn != "<=>" {
				u.a.fail(u.at, "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_COLUMN_IS_NOT_ALLOWED_IN_PREDICATE] below an aggregate, outer columns can be compared by = only")
			}
		}
		for _, name := range inner(conds, in.Schema()) {
			if n.Schema().Index(name) < 0 {
				keys = append(keys, expr.Col(name))
			}
		}
		a, err := plan.NewAggregate(in, keys, n.Aggs)
		u.a.must(u.at, err)
		return a, conds
	case *plan.Sort, *plan.Hint, *plan.Limit:
		in, conds := u.pull(n.Inputs()[0])
		if _, limited := n.(*plan.Limit); limited && len(conds) > 0 {
			u.a.fail(u.at, "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED] a query with LIMIT cannot use outer columns")
		}
		if len(conds) == 0 {
			return n, nil
		}
		return n.With([]plan.Node{in}), conds
	case *plan.Join:
		left, conds := u.pull(n.Left)
		right := n.Right
		if n.Type == plan.Inner {
			var more []expr.Expr
			right, more = u.pull(right)
			conds = append(conds, more...)
		}
		if len(conds) == 0 {
			return n, nil
		}
		if n.Type == plan.RightOuter || n.Type == plan.FullOuter {
			break
		}
		return n.With([]plan.Node{left, right}), conds
	}
	u.refuse(n)
	return n, nil
}

// refuse gives up where a plan names columns that are not its own.
func (u *puller) refuse(root plan.Node) {
	plan.Walk(root, func(n plan.Node) {
		f, ok := n.(*plan.Filter)
		if ok && !within(f.Where, f.Input.Schema()) {
			u.a.fail(u.at, "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED] outer columns cannot be used below a %s", root.Name())
		}
	})
}

// inner lists the columns of a schema that conditions name, once each.
func inner(conds []expr.Expr, s expr.Schema) []string {
	var list []string
	seen := map[string]bool{}
	for _, c := range conds {
		expr.Refs(c, func(name string) {
			if s.Index(name) >= 0 && !seen[name] {
				seen[name] = true
				list = append(list, name)
			}
		})
	}
	return list
}

// emptyValue is what an aggregation without keys gives for no rows: counts are
// 0, everything else is null.
func (u *puller) emptyValue(n plan.Node, c column) expr.Value {
	p, ok := n.(*plan.Project)
	if !ok {
		return expr.Value{IsNull: true}
	}
	a, ok := p.Input.(*plan.Aggregate)
	if !ok || len(a.Keys) > 0 {
		return expr.Value{IsNull: true}
	}
	values := map[string]expr.Expr{}
	for i, agg := range a.Aggs {
		v := expr.Value{Type: a.Schema()[i].Type, IsNull: true}
		if agg.Fn == "count" || agg.Fn == "count_if" || agg.Fn == "regr_count" || agg.Fn == "approx_count_distinct" {
			v.IsNull = false
		}
		values[agg.Name] = expr.Literal{Value: v}
	}
	for _, e := range p.Exprs {
		if expr.Name(e) == c.id {
			v, err := expr.Constant(expr.Substitute(expr.Unalias(e), values))
			u.a.must(u.at, err)
			v.Type = c.typ
			return v
		}
	}
	return expr.Value{IsNull: true}
}
