package sql

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A translator turns expressions of the text into expressions over a plan's
// columns.
type translator struct {
	a      *Analyzer
	scope  *scope
	clause string // for errors: WHERE, SELECT, ...

	group   *grouping         // of a grouped query; nil elsewhere
	windows *windows          // where window functions may stand; nil elsewhere
	aliases map[string]Expr   // of the select list, for names that are no columns
	output  map[string]string // ORDER BY: ids of output columns by lower name
	depth   int               // of aliases that stand for aliases
}

// boolean translates a condition.
func (t *translator) boolean(e Expr) expr.Expr {
	x, typ := t.typed(e)
	if typ == expr.Null {
		return expr.CastTo{X: x, To: expr.Bool}
	}
	if typ != expr.Bool {
		t.a.fail(e.At(), "[DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN] %s must be a boolean, and this is of type %v", t.clause, typ)
	}
	return x
}

// typed translates a whole expression, stamps the mode on it and finds its
// type. A mistake is reported at the least part that has it.
func (t *translator) typed(e Expr) (expr.Expr, expr.Type) {
	x := expr.In(t.translate(e), t.a.Mode)
	typ, err := expr.TypeOf(x, t.schema())
	if err != nil {
		t.blame(e)
		t.a.must(e.At(), err)
	}
	return x, typ
}

// blame gives up at the least part of e that has no type.
func (t *translator) blame(e Expr) {
	for _, part := range parts(e) {
		t.blame(part)
	}
	if _, isStar := e.(*Star); isStar {
		return
	}
	if _, err := expr.TypeOf(expr.In(t.translate(e), t.a.Mode), t.schema()); err != nil {
		t.a.must(e.At(), err)
	}
}

// parts are the expressions right inside of e that have types of their own.
func parts(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		if e.Over == nil && !expr.IsAggregate(e.Fn) {
			return e.Args
		}
	case *Cast:
		return []Expr{e.X}
	case *Case:
		list := append(append([]Expr{}, e.When...), e.Then...)
		if e.Else != nil {
			list = append(list, e.Else)
		}
		return list
	case *In:
		return e.List
	}
	return nil
}

// schema is the columns that expressions may name, those of the queries around
// included.
func (t *translator) schema() expr.Schema {
	if t.scope.outer == nil {
		return t.scope.schema
	}
	s := append(expr.Schema{}, t.scope.schema...)
	for o := t.scope.outer; o != nil; o = o.outer {
		s = append(s, o.schema...)
	}
	return s
}

func (t *translator) translate(e Expr) expr.Expr {
	if t.group != nil {
		if x, done := t.group.translate(t, e); done {
			return x
		}
	}
	switch e := e.(type) {
	case *Name:
		return t.name(e)
	case *Star:
		t.a.fail(e.Pos, "[INVALID_USAGE_OF_STAR_OR_REGEX] '*' cannot stand here")
	case *Literal:
		return expr.Literal{Value: t.a.literal(e)}
	case *Interval:
		return t.interval(e)
	case *Call:
		return t.call(e)
	case *Cast:
		return expr.CastTo{X: t.translate(e.X), To: t.a.typeNamed(e.To), Mode: expr.Mode{Try: e.Try}}
	case *Case:
		return t.caseWhen(e)
	case *In:
		return t.in(e)
	case *Exists:
		return t.exists(e.Pos, e.Query)
	case *Subquery:
		return t.scalar(e)
	case *Field:
		return expr.Fn(".", t.translate(e.X), e.Name.Name)
	case *Named:
		t.a.fail(e.Name.Pos, "AS names a field of struct(...) alone; this is another function")
	case *Index:
		return expr.Fn("[]", t.translate(e.X), t.translate(e.I))
	}
	panic(fmt.Sprintf("sql: unknown expression %T", e))
}

// name resolves a column, then an alias of the select list, then a column of a
// query around.
func (t *translator) name(n *Name) expr.Expr {
	names := n.Parts.names()
	if id, ok := t.output[strings.ToLower(names[0])]; ok && len(names) == 1 {
		return expr.Col(id)
	}
	for s := t.scope; s != nil; s = s.outer {
		found, used := s.lookup(names)
		if len(found) == 0 {
			if s == t.scope {
				if x := t.alias(names); x != nil {
					return x
				}
			}
			continue
		}
		for _, c := range found[1:] {
			if c.id != found[0].id {
				t.a.fail(n.At(), "[AMBIGUOUS_REFERENCE] %s may mean %s or %s; qualify it by its table", n.Parts.text(), describe(found[0]), describe(c))
			}
		}
		x := expr.Col(found[0].id)
		for _, field := range names[used:] {
			x = expr.Fn(".", x, field)
		}
		return x
	}
	t.a.unknown(n, t.scope)
	return nil
}

func describe(c column) string {
	return "`" + strings.Join(append(append([]string{}, c.table...), c.name), "`.`") + "`"
}

// aliased is the text behind a name that is an alias and no column; nil for
// other names.
func (t *translator) aliased(n *Name) Expr {
	if found, _ := t.scope.lookup(n.Parts.names()); len(found) > 0 || len(n.Parts) > 1 {
		return nil
	}
	return t.aliases[lower(n)]
}

// alias is the expression behind an alias of the select list, or nil.
func (t *translator) alias(names []string) expr.Expr {
	e, ok := t.aliases[strings.ToLower(names[0])]
	if !ok || len(names) > 1 {
		return nil
	}
	var x expr.Expr
	t.follow(e, func() { x = t.translate(e) })
	return x
}

// follow looks at what an alias stands for, and gives up on aliases that stand
// for each other.
func (t *translator) follow(e Expr, look func()) {
	if t.depth++; t.depth > maxQueries {
		t.a.fail(e.At(), "the aliases of the select list refer to each other")
	}
	look()
	t.depth--
}

func (t *translator) all(list []Expr) []expr.Expr {
	out := make([]expr.Expr, len(list))
	for i, e := range list {
		out[i] = t.translate(e)
	}
	return out
}

func (t *translator) call(c *Call) expr.Expr {
	if c.Over != nil {
		if t.windows == nil {
			t.a.fail(c.Pos, "[UNSUPPORTED_EXPR_FOR_WINDOW] a window function cannot stand in %s; compute it in a subquery", t.clause)
		}
		return t.windows.add(t, c)
	}
	if expr.IsAggregate(c.Fn) {
		t.a.fail(c.Pos, "[INVALID_WHERE_CONDITION] the aggregate %s cannot stand in %s", c.Fn, t.clause)
	}
	if isGenerator(c.Fn) {
		t.a.fail(c.Pos, "[UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS] %s must be alone in a select list or behind LATERAL VIEW", c.Fn)
	}
	if isWindowFunction(c.Fn) {
		t.a.fail(c.Pos, "[WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE] %s needs OVER (...)", c.Fn)
	}
	if v, ok := t.a.environment(c); ok {
		return expr.Literal{Value: v}
	}
	switch c.Fn {
	case "negative":
		if l, ok := c.Args[0].(*Literal); ok && l.negatable() {
			negative := *l
			negative.Text = "-" + l.Text
			return expr.Literal{Value: t.a.literal(&negative)}
		}
	case "between":
		x := t.translate(c.Args[0])
		return expr.And(expr.Ge(x, t.translate(c.Args[1])), expr.Le(x, t.translate(c.Args[2])))
	case "struct":
		// Fields are named after columns and aliases, else col1, col2, ...
		args := []any{}
		for i, arg := range c.Args {
			name := fmt.Sprintf("col%d", i+1)
			switch n := arg.(type) {
			case *Name:
				name = n.Parts[len(n.Parts)-1].Name
			case *Named:
				name, arg = n.Name.Name, n.X
			}
			args = append(args, name, t.translate(arg))
		}
		return expr.Fn("named_struct", args...)
	}
	if !expr.IsFunction(c.Fn) && t.a.Mode.User.Lookup(c.Fn) == nil {
		t.a.fail(c.Pos, "[UNRESOLVED_ROUTINE] there is no function %s%s", c.Fn, t.a.likeFunction(c.Fn))
	}
	return expr.Call{Fn: c.Fn, Args: t.all(c.Args), Mode: expr.Mode{Try: strings.HasPrefix(c.Fn, "try_")}}
}

func (t *translator) caseWhen(c *Case) expr.Expr {
	out := expr.CaseWhen{}
	for i, w := range c.When {
		when := t.translate(w)
		if c.Operand != nil {
			when = expr.Eq(t.translate(c.Operand), when)
		}
		out.When, out.Then = append(out.When, when), append(out.Then, t.translate(c.Then[i]))
	}
	if c.Else != nil {
		out.Else = t.translate(c.Else)
	}
	return out
}

// rowIn is (a, b) IN ((1, 2), ...). A row is no null, whatever its parts are, and
// rows are equal where their parts are, of which nulls are equal, as in Spark.
func (t *translator) rowIn(e *In) expr.Expr {
	var any []expr.Expr
	for _, item := range e.List {
		row, ok := item.(*Call)
		if !ok || row.Fn != "struct" || len(row.Args) != len(e.X) {
			t.a.fail(item.At(), "[DATATYPE_MISMATCH.DATA_DIFF_TYPES] a row of %d values is IN a list of rows of as many", len(e.X))
		}
		var all []expr.Expr
		for i, x := range e.X {
			all = append(all, expr.Fn("<=>", t.translate(x), t.translate(row.Args[i])))
		}
		any = append(any, expr.And(all...))
	}
	return expr.Or(any...)
}

// in translates x IN (list), a row as comparisons of its parts, and x IN
// (query).
func (t *translator) in(e *In) expr.Expr {
	if e.Query != nil {
		return t.inQuery(e)
	}
	if len(e.X) > 1 {
		return t.rowIn(e)
	}
	return expr.Call{Fn: "in", Args: append([]expr.Expr{t.translate(e.X[0])}, t.all(e.List)...)}
}
