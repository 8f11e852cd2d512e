package sql

import (
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// A block is a select block at work: prepare translates every clause, which
// collects keys, aggregates and window functions, and build puts the plan
// together.
type block struct {
	a     *Analyzer
	items []item
	base  *translator // over the rows of FROM and WHERE
	top   *translator // over the groups, where there are any, else base
	group *grouping
	wins  *windows

	output []column // what is selected
	exprs  []expr.Expr
	having expr.Expr
	order  []plan.SortKey
	hidden []expr.Expr // computed for ORDER BY alone
}

func (b *block) prepare(s *Select, orderBy []SortItem) {
	grouped := s.GroupBy != nil || s.Having != nil && hasAggregate(s.Having)
	for _, it := range b.items {
		grouped = grouped || it.ast != nil && hasAggregate(it.ast)
	}
	for _, o := range orderBy {
		grouped = grouped || hasAggregate(o.Expr)
	}
	if grouped {
		b.group = b.a.group(s.GroupBy, b.base, b.items)
		b.top = &translator{a: b.a, scope: &scope{b.group.result, b.base.scope.outer}, group: b.group, aliases: b.base.aliases}
	}
	b.top.clause, b.top.windows = "SELECT", b.wins
	b.selectItems()
	if s.Having != nil {
		t := *b.top
		t.clause, t.windows = "HAVING", nil
		b.having = t.boolean(s.Having)
	}
	b.orderBy(s, orderBy)
}

// selectItems translates the select list. A column selected as it is keeps its
// unique name, once.
func (b *block) selectItems() {
	used := map[string]bool{}
	for _, it := range b.items {
		var x expr.Expr
		var typ expr.Type
		var table []string
		if it.star != nil && b.group == nil {
			x, typ, table = expr.Col(it.star.id), it.star.typ, it.star.table
		} else {
			x, typ = b.top.typed(it.name2())
		}
		name := it.name
		r, isColumn := x.(expr.Ref)
		if n, ok := it.ast.(*Name); ok && isColumn && len(n.Parts) > 1 {
			table = []string{n.Parts[len(n.Parts)-2].Name}
		}
		id := ""
		if isColumn && !used[r.Name] && plain(r.Name) == name {
			id = r.Name
			b.exprs = append(b.exprs, x)
		} else {
			id = b.a.id(name)
			b.exprs = append(b.exprs, expr.As{X: x, Name: id})
		}
		used[id] = true
		b.output = append(b.output, column{name: name, table: table, id: id, typ: typ})
	}
}

// orderBy finds what ORDER BY means: a position, an alias, a selected
// expression, or something computed beside.
func (b *block) orderBy(s *Select, items []SortItem) {
	t := *b.top
	t.clause = "ORDER BY"
	// An alias means its output column; a column's own name does so anyway.
	byText := map[string]string{}
	output := map[string]string{}
	for i, c := range b.output {
		text := expr.Unalias(b.exprs[i]).String()
		if byText[text] == "" {
			byText[text] = c.id
		}
		if key := strings.ToLower(c.name); output[key] == "" {
			output[key] = c.id
		} else if output[key] != c.id {
			output[key] = "?"
		}
	}
	for _, o := range items {
		k := plan.SortKey{Desc: o.Desc, NullsFirst: o.nullsFirst()}
		if at, ok := b.a.position(o.Expr, len(b.output)); ok {
			k.Column = b.output[at].id
		} else if n, ok := o.Expr.(*Name); ok && len(n.Parts) == 1 && output[lower(n)] != "" && output[lower(n)] != "?" {
			k.Column = output[lower(n)]
		} else {
			k.Column = b.orderKey(&t, o.Expr, byText, s.Distinct)
		}
		b.order = append(b.order, k)
	}
}

func (b *block) orderKey(t *translator, e Expr, byText map[string]string, distinct bool) string {
	x, _ := t.typed(e)
	if id := byText[x.String()]; id != "" {
		return id
	}
	if distinct {
		b.a.fail(e.At(), "[UNSUPPORTED_FEATURE.ORDER_BY_NOT_SELECTED] with DISTINCT, ORDER BY must name selected columns")
	}
	if r, ok := x.(expr.Ref); ok {
		for _, h := range b.hidden {
			if expr.Name(h) == r.Name {
				return r.Name
			}
		}
		b.hidden = append(b.hidden, x)
		return r.Name
	}
	id := b.a.id("sort")
	b.hidden = append(b.hidden, expr.As{X: x, Name: id})
	return id
}

func (b *block) build(s *Select, orderBy []SortItem) *relation {
	a := b.a
	var n plan.Node
	if b.group != nil {
		b.group.result.node = b.group.build()
		n = b.group.result.build()
		if b.having != nil {
			n = &plan.Filter{Input: n, Where: b.having}
		}
	} else {
		n = b.base.scope.build()
		if b.having != nil {
			n = &plan.Filter{Input: n, Where: b.having}
		}
	}
	n = b.wins.build(a, n)
	for i, e := range b.exprs {
		at := s.Pos
		if b.items[i].ast != nil {
			at = b.items[i].ast.At()
		}
		a.refuseOuter(at, e, n)
	}
	p, err := plan.NewProject(n, append(append([]expr.Expr{}, b.exprs...), b.hidden...))
	a.must(s.Pos, err)
	n = p
	if s.Distinct {
		var keys []expr.Expr
		for _, c := range b.output {
			keys = append(keys, expr.Col(c.id))
		}
		if n, err = plan.NewAggregate(n, keys, nil); err != nil {
			a.must(s.Pos, err)
		}
	}
	n = a.partitionHints(s.Hints, n, b.output)
	if len(orderBy) > 0 {
		n = &plan.Sort{Input: n, Keys: b.order, Global: true}
	}
	return a.only(n, b.output)
}

// refuseOuter gives up on an expression that names columns of the query around
// where that cannot be untangled.
func (a *Analyzer) refuseOuter(at Pos, e expr.Expr, n plan.Node) {
	s := n.Schema()
	expr.Refs(e, func(name string) {
		if s.Index(name) < 0 {
			a.fail(at, "[UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE] the outer column %s can be used in WHERE only", plain(name))
		}
	})
}

// joinHints are the hints of relations, by all their names.
var joinHints = map[string]string{"BROADCAST": "BROADCAST", "BROADCASTJOIN": "BROADCAST", "MAPJOIN": "BROADCAST",
	"MERGE": "MERGE", "SHUFFLE_MERGE": "MERGE", "MERGEJOIN": "MERGE", "SHUFFLE_HASH": "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL": "SHUFFLE_REPLICATE_NL"}

// hinted marks a table of the FROM clause with the join hints of its SELECT that
// name it; the last of them counts. One that names no table is ignored, as in
// Spark.
func (a *Analyzer) hinted(r *relation) *relation {
	for _, h := range a.joinHints {
		kind := joinHints[h.Name.Name]
		for _, arg := range h.Args {
			if n, ok := arg.(*Name); ok && kind != "" && slices.ContainsFunc(r.columns, func(c column) bool { return c.qualifiedBy(n.Parts.names()) }) {
				r = over(&plan.Hint{Input: r.node, Kind: kind}, r.columns)
			}
		}
	}
	return r
}

// partitionHints moves rows as REPARTITION and its kin ask for.
func (a *Analyzer) partitionHints(list []Hint, n plan.Node, columns []column) plan.Node {
	for _, h := range list {
		switch h.Name.Name {
		case "REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE", "COALESCE":
		default:
			if joinHints[h.Name.Name] == "" {
				a.fail(h.Name.Pos, "there is no hint %s", h.Name.Name)
			}
			continue
		}
		e := &plan.Exchange{Input: n, Kind: plan.RoundRobin, Origin: plan.RepartitionByCol}
		var keys []string
		for _, arg := range h.Args {
			if l, ok := arg.(*Literal); ok && l.Kind == IntegerLiteral && len(keys) == 0 && e.N == 0 {
				if e.N = int(a.integer(l).I); e.N < 1 {
					a.fail(l.Pos, "%s(%d): there must be one partition at least", h.Name.Name, e.N)
				}
				continue
			}
			t := &translator{a: a, scope: &scope{relation: &relation{columns: columns, schema: n.Schema()}}, clause: "a hint"}
			x, _ := t.typed(arg)
			r, ok := x.(expr.Ref)
			if !ok {
				a.fail(arg.At(), "the hint %s takes a number and columns", h.Name.Name)
			}
			keys = append(keys, r.Name)
		}
		if h.Name.Name == "REBALANCE" {
			e.Origin = plan.RebalanceByNone
			if len(keys) > 0 {
				e.Origin = plan.RebalanceByCol
			}
		}
		switch {
		case h.Name.Name == "COALESCE":
			if e.N == 0 || len(keys) > 0 {
				a.fail(h.Name.Pos, "COALESCE takes a number of partitions alone")
			}
			n = &plan.Coalesce{Input: n, N: e.N}
			continue
		case h.Name.Name == "REPARTITION_BY_RANGE":
			if len(keys) == 0 {
				a.fail(h.Name.Pos, "REPARTITION_BY_RANGE needs a column")
			}
			e.Kind = plan.RangePartitioning
			for _, k := range keys {
				e.Order = append(e.Order, plan.SortKey{Column: k, NullsFirst: true})
			}
		case len(keys) > 0:
			e.Kind, e.Keys = plan.HashPartitioning, keys
		case e.N == 1:
			e.Kind = plan.SinglePartition
		}
		n = a.partitions(e)
	}
	return n
}
