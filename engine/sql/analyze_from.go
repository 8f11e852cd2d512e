package sql

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// from analyzes the relations of a FROM clause; without one there is a single
// row without columns.
func (a *Analyzer) from(list []Relation, outer *scope) *relation {
	if len(list) == 0 {
		return over(plan.NewScan(source.OneRow()), nil)
	}
	r := a.relation(list[0], outer)
	for _, next := range list[1:] {
		r = a.cross(r, next, outer)
	}
	return r
}

func (a *Analyzer) cross(left *relation, next Relation, outer *scope) *relation {
	if isLateral(next) {
		return a.lateral(left, next, outer)
	}
	right := a.relation(next, outer)
	return a.join(0, left, right, plan.Inner, nil)
}

func isLateral(r Relation) bool {
	switch r := r.(type) {
	case *Derived:
		return r.Lateral
	case *TableFunction:
		return r.Lateral
	}
	return false
}

// lateral joins a generator or a query that may use the columns before it.
func (a *Analyzer) lateral(left *relation, next Relation, outer *scope) *relation {
	f, ok := next.(*TableFunction)
	if !ok {
		a.fail(next.(*Derived).Query.Pos, "LATERAL subqueries are not supported; write a join")
	}
	return a.generate(left, f.Call, false, f.Alias, f.Columns, outer)
}

func (a *Analyzer) relation(r Relation, outer *scope) *relation {
	switch r := r.(type) {
	case *Table:
		out := a.table(r, outer)
		if r.Sample != nil {
			out = a.sample(out, r.Sample)
		}
		return a.hinted(a.alias(out, r.Alias, r.Columns))
	case *Derived:
		out := a.query(r.Query, outer).unqualified()
		if r.Sample != nil {
			out = a.sample(out, r.Sample)
		}
		return a.hinted(a.alias(out, r.Alias, r.Columns))
	case *TableFunction:
		return a.hinted(a.tableFunction(r, outer))
	case *JoinRelation:
		return a.joinRelation(r, outer)
	}
	panic("sql: unknown relation")
}

// unqualified forgets the tables that columns came from: outside of a subquery
// they are not known.
func (r *relation) unqualified() *relation {
	out := over(r.node, append([]column{}, r.columns...))
	for i := range out.columns {
		out.columns[i].table, out.columns[i].hidden = nil, false
	}
	return out
}

func (a *Analyzer) table(t *Table, outer *scope) *relation {
	names := t.Name.names()
	if c := a.ctes[strings.ToLower(names[0])]; c != nil && len(names) == 1 {
		defer a.enter(t.Name[0].Pos)()
		saved := a.ctes
		a.ctes = c.before
		r := a.query(c.query.Query, nil).unqualified()
		a.ctes = saved
		return a.alias(r, c.query.Name, c.query.Columns)
	}
	if a.Catalog == nil {
		a.fail(t.Name[0].Pos, "[TABLE_OR_VIEW_NOT_FOUND] there is no table %s", t.Name.text())
	}
	known := fmt.Sprintf("%q", names)
	n, ok := a.tables[known]
	if !ok {
		var err error
		n, err = a.Catalog.Table(names)
		a.must(t.Name[0].Pos, err)
		if a.tables == nil {
			a.tables = map[string]plan.Node{}
		}
		a.tables[known] = n
	}
	return a.rename(n, names)
}

func (a *Analyzer) sample(r *relation, s *Sample) *relation {
	if s.Rows > 0 {
		return over(&plan.Limit{Input: r.node, N: int(s.Rows)}, r.columns)
	}
	seed := int64(42)
	if s.Seed != nil {
		seed = *s.Seed
	}
	if s.Percent < 0 || s.Percent > 100 {
		a.fail(s.Pos, "a sample of %g percent: ask for 0 to 100", s.Percent)
	}
	return over(&plan.Sample{Input: r.node, Fraction: s.Percent / 100, Seed: seed}, r.columns)
}

// tableFunction is range(end), range(start, end[, step[, partitions]]) or a
// generator of constants.
func (a *Analyzer) tableFunction(f *TableFunction, outer *scope) *relation {
	if f.Call.Fn != "range" {
		r := a.generate(a.from(nil, outer), f.Call, false, f.Alias, f.Columns, outer)
		return r
	}
	args := make([]int64, len(f.Call.Args))
	for i, x := range f.Call.Args {
		v := a.constant(x)
		if !v.Type.IsWhole() || v.IsNull {
			a.fail(x.At(), "range() takes whole numbers")
		}
		args[i] = v.I
	}
	start, end, step, parts := int64(0), int64(0), int64(1), 0
	switch len(args) {
	case 1:
		end = args[0]
	case 2, 3, 4:
		start, end = args[0], args[1]
		if len(args) > 2 {
			step = args[2]
		}
		if len(args) > 3 {
			parts = int(args[3])
		}
	default:
		a.fail(f.Call.Pos, "range() takes 1 to 4 arguments, got %d", len(args))
	}
	src, err := source.Range(start, end, step, parts)
	a.must(f.Call.Pos, err)
	return a.alias(a.rename(plan.NewScan(src), []string{"range"}), f.Alias, f.Columns)
}

var planJoins = map[string]plan.JoinType{"inner": plan.Inner, "cross": plan.Inner, "left": plan.LeftOuter,
	"right": plan.RightOuter, "full": plan.FullOuter, "semi": plan.LeftSemi, "anti": plan.LeftAnti}

func (a *Analyzer) joinRelation(j *JoinRelation, outer *scope) *relation {
	left := a.relation(j.Left, outer)
	if isLateral(j.Right) && j.On == nil && (j.Type == "inner" || j.Type == "cross") {
		return a.lateral(left, j.Right, outer)
	}
	right := a.relation(j.Right, outer)
	t := planJoins[j.Type]
	using := j.Using
	if j.Natural {
		for _, c := range left.columns {
			if found, _ := right.lookup([]string{c.name}); !c.hidden && len(found) == 1 {
				using = append(using, Ident{c.name, j.Pos})
			}
		}
	}
	if using != nil {
		return a.joinUsing(j, left, right, t, using)
	}
	if j.On == nil {
		return a.join(j.Pos, left, right, t, nil)
	}
	return a.joinOn(j, left, right, t, outer)
}

// joinUsing joins on equal columns of one name, which the result has once.
func (a *Analyzer) joinUsing(j *JoinRelation, left, right *relation, t plan.JoinType, using []Ident) *relation {
	var conds []expr.Expr
	type common struct{ l, r column }
	var list []common
	for _, u := range using {
		l, _ := left.lookup([]string{u.Name})
		r, _ := right.lookup([]string{u.Name})
		if len(l) != 1 || len(r) != 1 {
			a.fail(u.Pos, "[UNRESOLVED_USING_COLUMN_FOR_JOIN] column `%s` must be in both sides of the join, once", u.Name)
		}
		conds = append(conds, expr.Eq(expr.Col(l[0].id), expr.Col(r[0].id)))
		list = append(list, common{l[0], r[0]})
	}
	out := a.join(j.Pos, left, right, t, expr.And(conds...))
	if t == plan.LeftSemi || t == plan.LeftAnti {
		return out
	}
	// The common columns come first, then the others of both sides.
	columns := []column{}
	taken := map[string]bool{}
	node := out.node
	for _, c := range list {
		col := c.l
		col.hidden = false
		switch t {
		case plan.RightOuter:
			col = c.r
			col.hidden = false
		case plan.FullOuter:
			both := expr.As{X: expr.In(expr.Fn("coalesce", expr.Col(c.l.id), expr.Col(c.r.id)), a.Mode), Name: a.id(col.name)}
			node = a.with(j.Pos, node, both)
			col.id, col.table = both.Name, nil
		}
		if t != plan.RightOuter {
			taken[c.l.id] = t != plan.FullOuter
		} else {
			taken[c.r.id] = true
		}
		columns = append(columns, col)
	}
	for _, c := range out.columns {
		if taken[c.id] {
			continue
		}
		for _, u := range list {
			c.hidden = c.hidden || c.id == u.l.id || c.id == u.r.id
		}
		columns = append(columns, c)
	}
	return over(node, columns)
}

// with adds computed columns to a plan.
func (a *Analyzer) with(at Pos, n plan.Node, more ...expr.Expr) plan.Node {
	if len(more) == 0 {
		return n
	}
	var exprs []expr.Expr
	for _, f := range n.Schema() {
		exprs = append(exprs, expr.Col(f.Name))
	}
	p, err := plan.NewProject(n, append(exprs, more...))
	a.must(at, err)
	return p
}

// join joins two relations on a condition; nil matches every pair.
func (a *Analyzer) join(at Pos, left, right *relation, t plan.JoinType, cond expr.Expr) *relation {
	columns := append([]column{}, left.columns...)
	if t != plan.LeftSemi && t != plan.LeftAnti {
		columns = append(columns, right.columns...)
	}
	return over(a.joinNodes(at, left.node, right.node, t, cond, ""), columns)
}

// joinNodes joins two plans. Equalities between the sides become keys, computed
// below the join where they are no columns; what is left stays a condition.
// exists names the column of an Existence join.
func (a *Analyzer) joinNodes(at Pos, left, right plan.Node, t plan.JoinType, cond expr.Expr, exists string) plan.Node {
	k := keys{a: a, at: at, left: left, right: right}
	var rest []expr.Expr
	if cond != nil {
		for _, c := range expr.Conjuncts(cond) {
			if !k.take(c) {
				rest = append(rest, c)
			}
		}
	}
	left, right = a.with(at, left, k.leftMore...), a.with(at, right, k.rightMore...)
	var j *plan.Join
	var err error
	if t == plan.Existence {
		j, err = plan.NewExistence(left, right, k.l, k.r, nil, exists)
	} else {
		j, err = plan.NewJoin(left, right, k.l, k.r, t)
	}
	a.must(at, err)
	if len(rest) > 0 {
		j.Where = expr.And(rest...)
	}
	return j
}

// keys collects the keys of a join.
type keys struct {
	a                   *Analyzer
	at                  Pos
	left, right         plan.Node
	l, r                []string
	leftMore, rightMore []expr.Expr // keys that must be computed first
}

// take makes a conjunct a pair of keys, if it is an equality of the sides. A
// null-safe one becomes two pairs, as in Spark: the values with nulls replaced,
// and whether they are null.
func (k *keys) take(cond expr.Expr) bool {
	c, ok := cond.(expr.Call)
	if !ok || c.Fn != "=" && c.Fn != "<=>" {
		return false
	}
	x, y := c.Args[0], c.Args[1]
	ls, rs := k.left.Schema(), k.right.Schema()
	if !within(x, ls) || !within(y, rs) {
		x, y = y, x
	}
	if !within(x, ls) || !within(y, rs) || !hasRefs(x) || !hasRefs(y) {
		return false
	}
	lt, err := expr.TypeOf(x, ls)
	k.a.must(k.at, err)
	rt, err := expr.TypeOf(y, rs)
	k.a.must(k.at, err)
	t, err := expr.CommonType(k.a.Mode, lt, rt)
	k.a.must(k.at, err)
	x, y = k.a.cast(x, lt, t), k.a.cast(y, rt, t)
	if c.Fn == "=" {
		k.add(x, y)
		return true
	}
	zero := expr.Literal{Value: expr.Value{Type: t, List: zeroFields(t)}}
	k.add(expr.Fn("coalesce", x, zero), expr.Fn("coalesce", y, zero))
	k.add(expr.IsNull(x), expr.IsNull(y))
	return true
}

func (k *keys) add(x, y expr.Expr) {
	k.l = append(k.l, k.name(x, &k.leftMore))
	k.r = append(k.r, k.name(y, &k.rightMore))
}

func (k *keys) name(e expr.Expr, more *[]expr.Expr) string {
	if r, ok := e.(expr.Ref); ok {
		return r.Name
	}
	id := k.a.id("key")
	*more = append(*more, expr.As{X: expr.In(e, k.a.Mode), Name: id})
	return id
}

// zeroFields are the fields of a struct's value that stands for null.
func zeroFields(t expr.Type) []expr.Value {
	if t.Kind() != expr.Struct {
		return nil
	}
	var list []expr.Value
	for _, f := range t.Fields() {
		list = append(list, expr.Value{Type: f.Type, IsNull: true})
	}
	return list
}

func hasRefs(e expr.Expr) bool {
	found := false
	expr.Refs(e, func(string) { found = true })
	return found
}

// within reports whether all columns of e are in s.
func within(e expr.Expr, s expr.Schema) bool {
	all := true
	expr.Refs(e, func(name string) { all = all && s.Index(name) >= 0 })
	return all
}

// cast converts e from one type to another where they differ.
func (a *Analyzer) cast(e expr.Expr, from, to expr.Type) expr.Expr {
	if from == to {
		return e
	}
	return expr.CastTo{X: e, To: to, Mode: a.Mode}
}
