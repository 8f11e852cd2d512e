package sql

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// grouping is the keys and aggregates of a query with GROUP BY, or with
// aggregates alone. Expressions above it may name the keys and the aggregates'
// results, which collect here as they are met.
type grouping struct {
	base *translator // over the rows before

	keys  []expr.Expr // over the rows before
	texts []string    // of keys, by which they are recognized
	ids   []string    // names of the key columns
	types []expr.Type
	at    Pos

	sets [][]int // of GROUPING SETS; nil is all keys
	gid  string  // column that says which keys a set leaves out

	aggs   []expr.Aggregate
	byText map[string]string // name of an aggregate's column
	result *relation         // keys and aggregates
}

// group resolves the keys. items are the select list, which GROUP BY may refer
// to by number and alias.
func (a *Analyzer) group(g *GroupBy, base *translator, items []item) *grouping {
	out := &grouping{base: base, byText: map[string]string{}, result: &relation{}}
	if g == nil {
		return out
	}
	out.at = g.Pos
	keys := g.Keys
	if g.All {
		keys = nil
		for _, it := range items {
			if it.star == nil && !hasAggregate(it.ast) {
				keys = append(keys, it.ast)
			} else if it.star != nil {
				keys = append(keys, it.name2())
			}
		}
	}
	for _, k := range keys {
		x, typ := base.typed(out.meant(k, items))
		out.keys = append(out.keys, x)
		out.texts = append(out.texts, x.String())
		out.types = append(out.types, typ)
		name := "key"
		if r, ok := x.(expr.Ref); ok {
			name = plain(r.Name)
		}
		id := a.id(name)
		out.ids = append(out.ids, id)
		out.result.schema = append(out.result.schema, expr.Field{Name: id, Type: typ})
	}
	if g.Sets != nil {
		out.sets = g.Sets
		out.gid = a.id("spark_grouping_id")
		out.result.schema = append(out.result.schema, expr.Field{Name: out.gid, Type: expr.Int64})
	}
	return out
}

// meant is the expression of a key: what its number or alias stands for in the
// select list, or itself.
func (g *grouping) meant(k Expr, items []item) Expr {
	if l, ok := k.(*Literal); ok && l.Kind == IntegerLiteral && l.Suffix == "" {
		n := int(g.base.a.integer(l).I)
		if n < 1 || n > len(items) {
			g.base.a.fail(l.Pos, "[GROUP_BY_POS_OUT_OF_RANGE] GROUP BY position %d is not in the select list, which has %d", n, len(items))
		}
		if items[n-1].star != nil {
			return items[n-1].name2()
		}
		if hasAggregate(items[n-1].ast) {
			g.base.a.fail(l.Pos, "[GROUP_BY_POS_AGGREGATE] GROUP BY %d refers to an aggregate", n)
		}
		return items[n-1].ast
	}
	return k
}

// translate turns the parts of an expression that are keys or aggregates into
// their columns. done is false where the parts of e must be looked at.
func (g *grouping) translate(t *translator, e Expr) (x expr.Expr, done bool) {
	switch c := e.(type) {
	case *Call:
		if c.Over != nil {
			return nil, false
		}
		if g.gid != "" && (c.Fn == "grouping" || c.Fn == "grouping_id") {
			return g.groupingID(c), true
		}
		if expr.IsAggregate(c.Fn) {
			return expr.Col(g.aggregate(c)), true
		}
	case *Literal, *Interval:
		return nil, false
	case *Subquery, *Exists, *In:
		if !g.isPlain(e) {
			return nil, false
		}
	}
	if n, ok := e.(*Name); ok && g.base.aliased(n) != nil {
		if x := t.alias(n.Parts.names()); x != nil {
			return x, true
		}
	}
	if g.isPlain(e) && len(g.keys) > 0 {
		if x := g.keyed(expr.In(g.base.translate(e), t.a.Mode)); x != nil {
			return x, true
		}
	}
	if n, ok := e.(*Name); ok {
		if id, ok := t.output[lower(n)]; ok && len(n.Parts) == 1 {
			return expr.Col(id), true
		}
		x := g.base.translate(n)
		if hasRefs(x) && within(x, g.base.scope.schema) {
			t.a.fail(n.At(), "[MISSING_AGGREGATION] %s is neither in GROUP BY nor inside an aggregate; group by it or wrap it in any_value()", n.Parts.text())
		}
		return x, true // of a query around
	}
	return nil, false
}

// keyed is the column of the key that x computes, or a field of one; nil where x
// is neither.
func (g *grouping) keyed(x expr.Expr) expr.Expr {
	if i := indexOf(g.texts, x.String()); i >= 0 {
		return expr.Col(g.ids[i])
	}
	if c, ok := x.(expr.Call); ok && c.Fn == "." {
		if whole := g.keyed(c.Args[0]); whole != nil {
			return expr.Call{Fn: ".", Args: []expr.Expr{whole, c.Args[1]}, Mode: c.Mode}
		}
	}
	return nil
}

// isPlain reports whether e has no aggregate, window function or subquery, not
// even behind an alias.
func (g *grouping) isPlain(e Expr) bool {
	plain := true
	walk(e, func(x Expr) {
		switch x := x.(type) {
		case *Name:
			if behind := g.base.aliased(x); behind != nil {
				g.base.follow(behind, func() { plain = plain && g.isPlain(behind) })
			}
		case *Subquery, *Exists:
			plain = false
		case *In:
			plain = plain && x.Query == nil
		case *Call:
			plain = plain && x.Over == nil && !expr.IsAggregate(x.Fn) && x.Fn != "grouping" && x.Fn != "grouping_id"
		}
	})
	return plain
}

// aggregate is the column of an aggregate; equal ones share it.
func (g *grouping) aggregate(c *Call) string {
	agg, typ := g.base.bindAggregate(c)
	text := agg.String()
	if id, ok := g.byText[text]; ok {
		return id
	}
	agg.Name = g.base.a.id(c.Fn)
	g.byText[text] = agg.Name
	g.aggs = append(g.aggs, agg)
	g.result.schema = append(g.result.schema, expr.Field{Name: agg.Name, Type: typ})
	return agg.Name
}

// bindAggregate translates an aggregate and its options over the rows it folds.
func (t *translator) bindAggregate(c *Call) (expr.Aggregate, expr.Type) {
	inner := *t
	inner.clause, inner.windows = "the aggregate "+c.Fn, nil
	agg := expr.Aggregate{Fn: c.Fn, Distinct: c.Distinct, Mode: t.a.Mode}
	args := c.Args
	if _, star := first(args).(*Star); star {
		if c.Fn != "count" || len(args) > 1 || c.Distinct && len(t.scope.columns) == 0 {
			t.a.fail(c.Pos, "[INVALID_USAGE_OF_STAR_OR_REGEX] %s(*) is not known; count(*) is", c.Fn)
		}
		args = nil
		if c.Distinct {
			for _, col := range t.scope.columns {
				agg.Args = append(agg.Args, expr.Col(col.id))
			}
		}
	}
	for _, x := range args {
		arg, _ := inner.typed(x)
		agg.Args = append(agg.Args, arg)
	}
	for _, s := range c.WithinGroup {
		x, _ := inner.typed(s.Expr)
		agg.OrderBy = append(agg.OrderBy, expr.Ordering{X: x, Desc: s.Desc, NullsFirst: s.nullsFirst()})
	}
	if c.IgnoreNulls {
		agg.Args = append(agg.Args, expr.Lit(true))
	}
	if c.Filter != nil {
		agg.Filter = inner.boolean(c.Filter)
	}
	b, err := expr.BindAggregate(agg, inner.schema())
	t.a.must(c.Pos, err)
	return agg, b.Type
}

func first(list []Expr) Expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// groupingID is grouping(key), which is 1 where the row's set leaves the key
// out, or grouping_id(), the number that all of them make.
func (g *grouping) groupingID(c *Call) expr.Expr {
	a := g.base.a
	gid := expr.Col(g.gid)
	if c.Fn == "grouping_id" && len(c.Args) == 0 {
		return gid
	}
	var out expr.Expr
	for i, arg := range c.Args {
		x, _ := g.base.typed(arg)
		at := indexOf(g.texts, x.String())
		if at < 0 {
			a.fail(arg.At(), "[GROUPING_COLUMN_MISMATCH] %s is no key of GROUP BY", x)
		}
		bit := expr.Fn("&", expr.Fn("shiftright", gid, len(g.keys)-1-at), expr.Literal{Value: expr.Value{Type: expr.Int64, I: 1}})
		if c.Fn == "grouping" {
			return expr.CastTo{X: bit, To: expr.Int8}
		}
		if i == 0 {
			out = bit
		} else {
			out = expr.Fn("|", expr.Fn("shiftleft", out, 1), bit)
		}
	}
	return out
}

// build puts the aggregation on top of the rows before.
func (g *grouping) build() plan.Node {
	a := g.base.a
	in := g.base.scope.build()
	keys := make([]expr.Expr, len(g.keys))
	for i, k := range g.keys {
		keys[i] = expr.As{X: k, Name: g.ids[i]}
		a.refuseOuter(g.at, k, in)
	}
	for _, agg := range g.aggs {
		for _, x := range agg.Args {
			a.refuseOuter(g.at, x, in)
		}
	}
	if g.sets != nil {
		in, keys = g.expand(in)
	}
	n, err := plan.NewAggregate(in, keys, g.aggs)
	a.must(g.at, err)
	if len(g.keys) > 0 && g.sets != nil && len(g.aggs) == 0 && len(keys) == 0 {
		panic("sql: grouping sets without keys")
	}
	return n
}

// expand makes a row for every grouping set, with nulls for the keys that the
// set leaves out and the set's number: a bit for each key, set where it is left
// out, the first key's the highest, as Spark counts.
func (g *grouping) expand(in plan.Node) (plan.Node, []expr.Expr) {
	var projections [][]expr.Expr
	for position, set := range g.sets {
		var list []expr.Expr
		for _, f := range in.Schema() {
			list = append(list, expr.Col(f.Name))
		}
		id := int64(0)
		for i, k := range g.keys {
			x := k
			if !contains(set, i) {
				x = expr.Literal{Value: expr.Value{Type: g.types[i], IsNull: true}}
				id |= 1 << (len(g.keys) - 1 - i)
			}
			list = append(list, expr.As{X: x, Name: g.ids[i]})
		}
		list = append(list, expr.As{X: expr.Lit(expr.Value{Type: expr.Int64, I: id}), Name: g.gid},
			expr.As{X: expr.Lit(position), Name: g.gid + "_position"})
		projections = append(projections, list)
	}
	e, err := plan.NewExpand(in, projections)
	g.base.a.must(g.at, err)
	var keys []expr.Expr
	for _, id := range append(append([]string{}, g.ids...), g.gid) {
		keys = append(keys, expr.Col(id))
	}
	// Equal sets count twice, as in Spark.
	if repeated(g.sets) {
		keys = append(keys, expr.Col(g.gid+"_position"))
	}
	return e, keys
}

func contains(set []int, i int) bool {
	for _, x := range set {
		if x == i {
			return true
		}
	}
	return false
}

func repeated(sets [][]int) bool {
	seen := map[string]bool{}
	for _, s := range sets {
		mark := map[int]bool{}
		for _, i := range s {
			mark[i] = true
		}
		key := fmt.Sprint(mark)
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}
