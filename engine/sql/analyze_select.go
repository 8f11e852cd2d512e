package sql

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// An item is one output column of a select block: an expression, or a column
// that * stood for.
type item struct {
	ast  Expr
	star *column
	name string
}

// name2 is the item as an expression of the text: of a column that * stood for
// its qualified name.
func (it item) name2() Expr {
	if it.star == nil {
		return it.ast
	}
	n := &Name{}
	for _, part := range append(append([]string{}, it.star.table...), it.star.name) {
		n.Parts = append(n.Parts, Ident{Name: part})
	}
	return n
}

// query analyzes a query; outer is the scope of the query around it, whose
// columns it may use.
func (a *Analyzer) query(q *Query, outer *scope) *relation {
	defer a.enter(q.Pos)()
	saved := a.ctes
	defer func() { a.ctes = saved }()
	for i := range q.With {
		c := &q.With[i]
		next := map[string]*cte{}
		for name, old := range a.ctes {
			next[name] = old
		}
		next[strings.ToLower(c.Name.Name)] = &cte{c, a.ctes}
		a.ctes = next
	}
	var r *relation
	if s, ok := q.Body.(*Select); ok {
		r = a.selectBlock(s, q.OrderBy, outer)
	} else {
		r = a.body(q.Body, outer)
		if len(q.OrderBy) > 0 {
			r = over(&plan.Sort{Input: r.node, Keys: a.sortKeys(q.OrderBy, r), Global: true}, r.columns)
		}
	}
	return a.limit(q, a.distribute(q, r))
}

func (a *Analyzer) body(b Body, outer *scope) *relation {
	switch b := b.(type) {
	case *Select:
		return a.selectBlock(b, nil, outer)
	case *SetOperation:
		return a.setOperation(b, outer)
	case *Values:
		return a.values(b)
	case *TableBody:
		return a.table(&Table{Name: b.Name}, outer)
	case *Query:
		return a.query(b, outer)
	}
	panic("sql: unknown body")
}

// sortKeys orders a finished relation by its own columns: names and positions.
func (a *Analyzer) sortKeys(items []SortItem, r *relation) []plan.SortKey {
	t := &translator{a: a, scope: &scope{relation: r}, clause: "ORDER BY"}
	var keys []plan.SortKey
	var more []expr.Expr
	for _, s := range items {
		id := ""
		if at, ok := a.position(s.Expr, len(r.columns)); ok {
			id = r.columns[at].id
		} else {
			x, _ := t.typed(s.Expr)
			if ref, ok := x.(expr.Ref); ok {
				id = ref.Name
			} else {
				id = a.id("sort")
				more = append(more, expr.As{X: x, Name: id})
			}
		}
		keys = append(keys, plan.SortKey{Column: id, Desc: s.Desc, NullsFirst: s.nullsFirst()})
	}
	r.node = a.with(0, r.build(), more...)
	return keys
}

// position is the index of a select item that an ORDER BY number means.
func (a *Analyzer) position(e Expr, n int) (at int, ok bool) {
	l, ok := e.(*Literal)
	if !ok || l.Kind != IntegerLiteral || l.Suffix != "" {
		return 0, false
	}
	p := int(a.integer(l).I)
	if p < 1 || p > n {
		a.fail(l.Pos, "[ORDER_BY_POS_OUT_OF_RANGE] position %d is not in the select list, which has %d", p, n)
	}
	return p - 1, true
}

// distribute is DISTRIBUTE BY and SORT BY.
func (a *Analyzer) distribute(q *Query, r *relation) *relation {
	if q.DistributeBy == nil && q.SortBy == nil {
		return r
	}
	columns := r.columns
	t := &translator{a: a, scope: &scope{relation: r}, clause: "DISTRIBUTE BY"}
	if q.DistributeBy != nil {
		ids := a.columnsOf(t, q.DistributeBy)
		r = over(a.partitions(&plan.Exchange{Input: r.build(), Kind: plan.HashPartitioning, Keys: ids, Origin: plan.RepartitionByCol}), r.columns)
	}
	if q.SortBy != nil {
		keys := a.sortKeys(q.SortBy, r)
		r = over(&plan.Sort{Input: r.node, Keys: keys}, r.columns)
	}
	return a.only(r.node, columns)
}

// partitions gives an exchange that says no number the session's; one that says
// it keeps it against adaptive execution.
func (a *Analyzer) partitions(e *plan.Exchange) *plan.Exchange {
	if e.N == 0 {
		e.N = a.ShufflePartitions
	} else if e.Origin == plan.RepartitionByCol {
		e.Origin = plan.RepartitionByNum
	}
	return e
}

// columnsOf names expressions as columns of the translator's relation, which
// computes those that are none.
func (a *Analyzer) columnsOf(t *translator, list []Expr) []string {
	var ids []string
	var more []expr.Expr
	for _, e := range list {
		x, _ := t.typed(e)
		if ref, ok := x.(expr.Ref); ok {
			ids = append(ids, ref.Name)
			continue
		}
		id := a.id("key")
		more, ids = append(more, expr.As{X: x, Name: id}), append(ids, id)
	}
	r := t.scope.relation
	r.node = a.with(0, r.build(), more...)
	r.schema = r.node.Schema()
	return ids
}

// only drops all columns of a plan but those given.
func (a *Analyzer) only(n plan.Node, columns []column) *relation {
	if len(n.Schema()) == len(columns) {
		return over(n, columns)
	}
	exprs := make([]expr.Expr, len(columns))
	for i, c := range columns {
		exprs[i] = expr.Col(c.id)
	}
	p, err := plan.NewProject(n, exprs)
	a.must(0, err)
	return over(p, columns)
}

func (a *Analyzer) limit(q *Query, r *relation) *relation {
	if q.Limit == nil && q.Offset == nil {
		return r
	}
	count := func(e Expr, none int) int {
		if e == nil {
			return none
		}
		v := a.constant(e)
		if v.IsNull || !v.Type.IsWhole() || v.I < 0 {
			a.fail(e.At(), "[INVALID_LIMIT_LIKE_EXPRESSION] a number of rows is a constant whole number that is not negative")
		}
		return int(v.I)
	}
	return over(&plan.Limit{Input: r.node, N: count(q.Limit, -1), Offset: count(q.Offset, 0)}, r.columns)
}

// selectBlock analyzes SELECT ... HAVING with the ORDER BY behind it, which may
// use columns that are not selected.
func (a *Analyzer) selectBlock(s *Select, orderBy []SortItem, outer *scope) *relation {
	around := a.joinHints
	a.joinHints = s.Hints
	from := a.from(s.From, outer)
	a.joinHints = around
	for _, v := range s.Views {
		from = a.generate(from, v.Call, v.Outer, v.Alias, v.Columns, outer)
	}
	base := &translator{a: a, scope: &scope{from, outer}, clause: "SELECT"}
	if s.Where != nil {
		a.where(base.scope, s.Where)
	}
	items := a.generators(base.scope, a.items(s.Items, from))
	base.aliases = map[string]Expr{}
	for _, it := range items {
		if it.ast != nil && len(it.name) > 0 {
			if _, taken := base.aliases[strings.ToLower(it.name)]; !taken && !isName(it.ast, it.name) {
				base.aliases[strings.ToLower(it.name)] = it.ast
			}
		}
	}
	b := &block{a: a, items: items, base: base, top: base, wins: &windows{named: map[string]*Window{}}}
	for _, w := range s.Windows {
		b.wins.named[strings.ToLower(w.Name.Name)] = w.Window
	}
	b.prepare(s, orderBy)
	return b.build(s, orderBy)
}

// isName reports whether e is just a column called name, which as an alias would
// stand for itself.
func isName(e Expr, name string) bool {
	n, ok := e.(*Name)
	return ok && strings.EqualFold(n.Parts[len(n.Parts)-1].Name, name)
}

// items lists the output columns, those of * spelled out.
func (a *Analyzer) items(list []Item, from *relation) []item {
	var out []item
	for _, it := range list {
		star, ok := it.Expr.(*Star)
		if !ok {
			name := ""
			if len(it.Aliases) == 1 {
				name = it.Aliases[0].Name
			} else if len(it.Aliases) == 0 {
				name = Format(it.Expr)
			}
			out = append(out, item{ast: withAliases(it), name: name})
			continue
		}
		found := len(out)
		for i := range from.columns {
			c := &from.columns[i]
			if c.hidden && star.Qualifier == nil || !c.qualifiedBy(star.Qualifier.names()) || excepted(star, c.name) {
				continue
			}
			out = append(out, item{star: c, name: c.name})
		}
		if len(out) == found && len(star.Except) == 0 {
			a.fail(star.Pos, "[CANNOT_RESOLVE_STAR_EXPAND] %s.* has no columns here", star.Qualifier.text())
		}
	}
	return out
}

func excepted(s *Star, name string) bool {
	for _, e := range s.Except {
		if strings.EqualFold(e.Name, name) {
			return true
		}
	}
	return false
}

// generatorItem is a generator of the select list with its aliases.
type generatorItem struct {
	*Call
	aliases []Ident
}

func withAliases(it Item) Expr {
	if c, ok := it.Expr.(*Call); ok && c.Over == nil && isGenerator(c.Fn) {
		return &generatorItem{c, it.Aliases}
	}
	return it.Expr
}

// generators runs the generator of a select list, and puts its columns where it
// stood.
func (a *Analyzer) generators(s *scope, items []item) []item {
	var out []item
	seen := false
	for _, it := range items {
		g, ok := it.ast.(*generatorItem)
		if !ok {
			out = append(out, it)
			continue
		}
		if seen {
			a.fail(g.Pos, "[UNSUPPORTED_GENERATOR.MULTI_GENERATOR] a select list may have one generator; put the others into LATERAL VIEW")
		}
		seen = true
		before := len(s.columns)
		*s.relation = *a.generate(s.relation, g.Call, false, Ident{}, g.aliases, s.outer)
		for i := before; i < len(s.columns); i++ {
			out = append(out, item{star: &s.columns[i], name: s.columns[i].name})
		}
	}
	return out
}

// generate joins the rows of a generator to every row.
func (a *Analyzer) generate(in *relation, c *Call, outer bool, alias Ident, names []Ident, around *scope) *relation {
	fn := c.Fn
	if !isGenerator(fn) {
		a.fail(c.Pos, "[UNRESOLVED_ROUTINE] there is no generator %s; there are explode, posexplode, inline, stack and range", fn)
	}
	if rest, ok := strings.CutSuffix(fn, "_outer"); ok {
		fn, outer = rest, true
	}
	t := &translator{a: a, scope: &scope{in, around}, clause: "a generator"}
	g := &plan.Generate{Generator: fn, Outer: outer}
	var types []expr.Type
	for _, x := range c.Args {
		e, typ := t.typed(x)
		g.Args, types = append(g.Args, e), append(types, typ)
	}
	g.Columns = a.generated(c, fn, g, types)
	g.Input = in.build()
	if names != nil && len(names) != len(g.Columns) {
		a.fail(c.Pos, "[UDTF_ALIAS_NUMBER_MISMATCH] %d names for the %d columns of %s", len(names), len(g.Columns), c.Fn)
	}
	columns := append([]column{}, in.columns...)
	var table []string
	if alias.Name != "" {
		table = []string{alias.Name}
	}
	for i := range g.Columns {
		f := &g.Columns[i]
		name := f.Name
		if names != nil {
			name = names[i].Name
		}
		f.Name = a.id(name)
		columns = append(columns, column{name: name, table: table, id: f.Name, typ: f.Type})
	}
	return over(g, columns)
}

// generated is the columns of a generator, by Spark's names.
func (a *Analyzer) generated(c *Call, fn string, g *plan.Generate, types []expr.Type) expr.Schema {
	if fn == "stack" {
		n := a.constant(c.Args[0])
		if len(types) < 2 || n.IsNull || !n.Type.IsWhole() || n.I < 1 {
			a.fail(c.Pos, "stack(n, values...) takes a constant number of rows and values")
		}
		width := (len(types) - 1 + int(n.I) - 1) / int(n.I)
		var s expr.Schema
		for i := range width {
			var column []expr.Type
			for at := 1 + i; at < len(types); at += width {
				column = append(column, types[at])
			}
			t, err := expr.CommonType(a.Mode, column...)
			a.must(c.Pos, err)
			for at := 1 + i; at < len(types); at += width {
				g.Args[at] = a.cast(g.Args[at], types[at], t)
			}
			s = append(s, expr.Field{Name: fmt.Sprintf("col%d", i), Type: t})
		}
		return s
	}
	if len(types) != 1 || types[0].Kind() != expr.Array {
		a.fail(c.Pos, "[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] %s takes one array", c.Fn)
	}
	elem := types[0].Elem()
	switch fn {
	case "posexplode":
		return expr.Schema{{Name: "pos", Type: expr.Int32}, {Name: "col", Type: elem}}
	case "inline":
		if elem.Kind() != expr.Struct {
			a.fail(c.Pos, "[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] inline takes an array of structs, not of %v", elem)
		}
		return append(expr.Schema{}, elem.Fields()...)
	}
	return expr.Schema{{Name: "col", Type: elem}}
}
