package sql

import (
	"fmt"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// setOperation combines two bodies whose columns match by position.
func (a *Analyzer) setOperation(s *SetOperation, outer *scope) *relation {
	left, right := a.body(s.Left, outer), a.body(s.Right, outer)
	if len(left.columns) != len(right.columns) {
		a.fail(s.Pos, "[NUM_COLUMNS_MISMATCH] %s of %d and %d columns", s.Op, len(left.columns), len(right.columns))
	}
	types := make([]expr.Type, len(left.columns))
	for i := range types {
		t, err := expr.CommonType(a.Mode, left.columns[i].typ, right.columns[i].typ)
		if err != nil {
			a.fail(s.Pos, "[INCOMPATIBLE_COLUMN_TYPE] column %d of the %s: %v", i+1, s.Op, err)
		}
		types[i] = t
	}
	left, right = a.widened(left.unqualified(), types), a.widened(right.unqualified(), types)
	switch {
	case s.Op == "union":
		left = a.union(s.Pos, left, right)
		if s.All {
			return left
		}
		return a.distinct(left)
	case s.All:
		return a.bag(s, left, right)
	}
	t := plan.LeftSemi
	if s.Op == "except" {
		t = plan.LeftAnti
	}
	return a.distinct(a.join(s.Pos, left, right, t, sameColumns(left, right)))
}

// sameColumns is true where all columns are equal, nulls too.
func sameColumns(left, right *relation) expr.Expr {
	var conds []expr.Expr
	for i := range left.columns {
		conds = append(conds, expr.Fn("<=>", expr.Col(left.columns[i].id), expr.Col(right.columns[i].id)))
	}
	return expr.And(conds...)
}

// widened casts columns to the given types and gives them names of their own.
func (a *Analyzer) widened(r *relation, types []expr.Type) *relation {
	same := len(r.node.Schema()) == len(types)
	for i, c := range r.columns {
		same = same && c.typ == types[i] && r.node.Schema()[i].Name == c.id
	}
	if same {
		return r
	}
	exprs := make([]expr.Expr, len(types))
	columns := append([]column{}, r.columns...)
	for i, c := range r.columns {
		id := a.id(c.name)
		exprs[i] = expr.As{X: a.cast(expr.Col(c.id), c.typ, types[i]), Name: id}
		columns[i].id, columns[i].typ = id, types[i]
	}
	p, err := plan.NewProject(r.node, exprs)
	a.must(0, err)
	return over(p, columns)
}

func (a *Analyzer) union(at Pos, left, right *relation) *relation {
	all := []plan.Node{left.node, right.node}
	if u, ok := left.node.(*plan.Union); ok {
		all = append(append([]plan.Node{}, u.All...), right.node)
	}
	u, err := plan.NewUnion(all)
	a.must(at, err)
	return over(u, left.columns)
}

func (a *Analyzer) distinct(r *relation) *relation {
	keys := make([]expr.Expr, len(r.columns))
	for i, c := range r.columns {
		keys[i] = expr.Col(c.id)
	}
	n, err := plan.NewAggregate(r.node, keys, nil)
	a.must(0, err)
	return over(n, r.columns)
}

// bag is INTERSECT ALL and EXCEPT ALL: rows of both sides are counted, and each
// is repeated as often as the smaller count, or the difference, says (Spark:
// RewriteIntersectAll, RewriteExceptAll).
func (a *Analyzer) bag(s *SetOperation, left, right *relation) *relation {
	one := func(l, r int64) []expr.Expr {
		return []expr.Expr{expr.As{X: expr.Lit(expr.Value{Type: expr.Int64, I: l}), Name: "left#"}, expr.As{X: expr.Lit(expr.Value{Type: expr.Int64, I: r}), Name: "right#"}}
	}
	u, err := plan.NewUnion([]plan.Node{a.with(s.Pos, left.node, one(1, 0)...), a.with(s.Pos, right.node, one(0, 1)...)})
	a.must(s.Pos, err)
	keys := make([]expr.Expr, len(left.columns))
	for i, c := range left.columns {
		keys[i] = expr.Col(c.id)
	}
	l, r := a.id("left"), a.id("right")
	n, err := plan.NewAggregate(u, keys, []expr.Aggregate{expr.Sum(expr.Col("left#"), l), expr.Sum(expr.Col("right#"), r)})
	a.must(s.Pos, err)
	times := expr.Sub(expr.Col(l), expr.Col(r))
	if s.Op == "intersect" {
		times = expr.Fn("least", expr.Col(l), expr.Col(r))
	}
	counted := a.with(s.Pos, &plan.Filter{Input: n, Where: expr.Gt(times, 0)}, expr.As{X: expr.CastTo{X: times, To: expr.Int32}, Name: a.id("times")})
	schema := counted.Schema()
	g := &plan.Generate{Input: counted, Generator: "explode",
		Args:    []expr.Expr{expr.Fn("array_repeat", expr.Lit(1), expr.Col(schema[len(schema)-1].Name))},
		Columns: expr.Schema{{Name: a.id("copy"), Type: expr.Int32}}}
	return a.only(g, left.columns)
}

// values is a table of constants, whose columns are called col1, col2, ...
func (a *Analyzer) values(v *Values) *relation {
	width := len(v.Rows[0])
	cells := make([][]expr.Value, len(v.Rows))
	types := make([][]expr.Type, width)
	for i, row := range v.Rows {
		if len(row) != width {
			a.fail(row[0].At(), "[INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH] row %d has %d values, the first has %d", i+1, len(row), width)
		}
		for c, e := range row {
			value := a.constant(e)
			cells[i] = append(cells[i], value)
			types[c] = append(types[c], value.Type)
		}
	}
	schema := make(expr.Schema, width)
	batch := &expr.Batch{Rows: len(v.Rows)}
	for c := range schema {
		t, err := expr.CommonType(a.Mode, types[c]...)
		if err != nil {
			a.fail(v.Rows[0][c].At(), "[INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE] column %d: %v", c+1, err)
		}
		schema[c] = expr.Field{Name: fmt.Sprintf("col%d", c+1), Type: t}
		b := expr.NewBuilder(t)
		for i := range cells {
			value, err := expr.Constant(expr.CastTo{X: expr.Literal{Value: cells[i][c]}, To: t, Mode: a.Mode})
			a.must(v.Rows[i][c].At(), err)
			b.AppendValue(value)
		}
		batch.Cols = append(batch.Cols, b.Take())
	}
	batch.Schema = schema
	return a.rename(plan.NewScan(source.Memory(schema, []*expr.Batch{batch})), nil)
}
