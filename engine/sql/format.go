package sql

import (
	"strconv"
	"strings"
)

// Format returns the name that Spark gives to a column without an alias: the
// expression in Spark's own spelling, with columns by their last part and strings
// without quotes.
func Format(e Expr) string {
	f := formatter{}
	f.expr(e)
	return f.String()
}

// canonical returns text that parses to e again. Expressions that differ only in
// spelling and in the case of names have the same; a subquery is its place.
func canonical(e Expr) string {
	f := formatter{exact: true}
	f.expr(e)
	return f.String()
}

// A formatter writes an expression in either way.
type formatter struct {
	strings.Builder
	exact bool // canonical and not Format
}

func (f *formatter) write(parts ...string) {
	for _, s := range parts {
		f.WriteString(s)
	}
}

func (f *formatter) expr(e Expr) {
	switch e := e.(type) {
	case *Name:
		f.path(e.Parts)
	case *Star:
		f.star(e)
	case *Literal:
		f.literal(e)
	case *Interval:
		f.interval(e)
	case *Call:
		f.call(e)
	case *Cast:
		fn := "CAST("
		if e.Try {
			fn = "TRY_CAST("
		}
		f.write(fn)
		f.expr(e.X)
		f.write(" AS ", e.To.String(), ")")
	case *Case:
		f.caseWhen(e)
	case *In:
		f.in(e)
	case *Exists:
		f.query("exists", e.Pos)
	case *Subquery:
		f.query("scalarsubquery", e.Pos)
	case *Field:
		f.operand(e.X)
		f.write(".", f.name(e.Name.Name))
	case *Named:
		f.expr(e.X)
		f.write(" AS ", f.name(e.Name.Name))
	case *Index:
		f.operand(e.X)
		f.write("[")
		f.expr(e.I)
		f.write("]")
	}
}

// operand writes what a field or an index is taken of. Parentheses keep a column
// from taking in the field as its own part, and a number its dot.
func (f *formatter) operand(x Expr) {
	c, call := x.(*Call)
	_, index := x.(*Index)
	_, field := x.(*Field)
	if !f.exact || call && c.Fn != "negative" || index || field {
		f.expr(x)
		return
	}
	f.write("(")
	f.expr(x)
	f.write(")")
}

func (f *formatter) query(name string, pos Pos) {
	f.write(name, "(")
	if f.exact {
		f.write("#", strconv.Itoa(int(pos)))
	}
	f.write(")")
}

func (f *formatter) path(path Path) {
	if !f.exact {
		f.write(path[len(path)-1].Name)
		return
	}
	for i, part := range path {
		if i > 0 {
			f.write(".")
		}
		f.write(f.name(part.Name))
	}
}

func (f *formatter) star(s *Star) {
	for _, part := range s.Qualifier {
		f.write(f.name(part.Name), ".")
	}
	f.write("*")
	before := " EXCEPT ("
	for _, name := range s.Except {
		f.write(before, f.name(name.Name))
		before = ", "
	}
	if s.Except != nil {
		f.write(")")
	}
}

func (f *formatter) list(all []Expr) {
	for i, e := range all {
		if i > 0 {
			f.write(", ")
		}
		f.expr(e)
	}
}

func (f *formatter) caseWhen(c *Case) {
	f.write("CASE")
	if c.Operand != nil && f.exact {
		f.write(" ")
		f.expr(c.Operand)
	}
	for i := range c.When {
		f.write(" WHEN ")
		if c.Operand != nil && !f.exact { // Spark compares in every WHEN
			f.write("(")
			f.expr(c.Operand)
			f.write(" = ")
			f.expr(c.When[i])
			f.write(")")
		} else {
			f.expr(c.When[i])
		}
		f.write(" THEN ")
		f.expr(c.Then[i])
	}
	if c.Else != nil {
		f.write(" ELSE ")
		f.expr(c.Else)
	}
	f.write(" END")
}

func (f *formatter) in(in *In) {
	f.write("(")
	if len(in.X) == 1 {
		f.expr(in.X[0])
	} else {
		f.write("(")
		f.list(in.X)
		f.write(")")
	}
	f.write(" IN (")
	if in.Query != nil {
		f.query("listquery", in.Query.Pos)
	} else {
		f.list(in.List)
	}
	f.write("))")
}
