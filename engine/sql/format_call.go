package sql

import "strings"

// infix are the operators that Spark names in parentheses, by function.
var infix = map[string]string{
	"+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "div": "div", "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
	"<=>": "<=>", "and": "AND", "or": "OR", "&": "&", "|": "|", "^": "^", "<<": "<<", ">>": ">>", ">>>": ">>>",
}

// wrapped are the functions whose one argument stands between two texts.
var wrapped = map[string][2]string{
	"not": {"(NOT ", ")"}, "isnull": {"(", " IS NULL)"}, "isnotnull": {"(", " IS NOT NULL)"},
	"istrue": {"(", " <=> true)"}, "isfalse": {"(", " <=> false)"},
	"negative": {"(- ", ")"}, "positive": {"(+ ", ")"}, "~": {"~", ""},
}

// call writes a call as the operator it is, or as a function.
func (f *formatter) call(c *Call) {
	sign, isInfix := infix[c.Fn]
	around, isWrapped := wrapped[c.Fn]
	switch plain := c.Over == nil && c.Filter == nil && !c.Distinct; {
	case isInfix && len(c.Args) == 2:
		f.write("(")
		f.expr(c.Args[0])
		f.write(" ", sign, " ")
		f.expr(c.Args[1])
		f.write(")")
	case c.Fn == "<>" && len(c.Args) == 2:
		f.unequal(c)
	case c.Fn == "negative" && len(c.Args) == 1 && isNumber(c.Args[0]) && plain:
		f.write("-")
		f.expr(c.Args[0])
	case isWrapped && len(c.Args) == 1 && plain:
		f.wrapped(c, around)
	case (c.Fn == "like" || c.Fn == "rlike") && len(c.Args) >= 2 && plain:
		f.like(c)
	case c.Fn == "extract" && len(c.Args) == 2 && plain && f.extract(c):
	case c.Fn == "if" && !f.exact:
		f.write("(IF(")
		f.list(c.Args)
		f.write("))")
	default:
		f.function(c)
	}
}

func isNumber(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && (l.Kind == IntegerLiteral || l.Kind == DecimalLiteral || l.Kind == DoubleLiteral)
}

func (f *formatter) unequal(c *Call) {
	before, sign, after := "(NOT (", " = ", "))" // as Spark reads it
	if f.exact {
		before, sign, after = "(", " <> ", ")"
	}
	f.write(before)
	f.expr(c.Args[0])
	f.write(sign)
	f.expr(c.Args[1])
	f.write(after)
}

func (f *formatter) wrapped(c *Call, around [2]string) {
	if f.exact {
		switch c.Fn {
		case "istrue":
			around[1] = " IS TRUE)"
		case "isfalse":
			around[1] = " IS FALSE)"
		case "~":
			around = [2]string{"(~ ", ")"}
		}
	}
	f.write(around[0])
	f.expr(c.Args[0])
	f.write(around[1])
}

func (f *formatter) like(c *Call) {
	if f.exact {
		f.write("(")
	}
	f.expr(c.Args[0])
	f.write(" ", strings.ToUpper(c.Fn), " ")
	f.expr(c.Args[1])
	if len(c.Args) == 3 {
		f.write(" ESCAPE ")
		if l, ok := c.Args[2].(*Literal); ok {
			f.write(quote(l.Text))
		}
	}
	if f.exact {
		f.write(")")
	}
}

// extract writes extract(field FROM x) and reports whether the call is one.
func (f *formatter) extract(c *Call) bool {
	field, ok := c.Args[0].(*Literal)
	if !ok || field.Kind != StringLiteral {
		return false
	}
	text := field.Text
	if f.exact {
		text = quote(text)
	}
	f.write("extract(", text, " FROM ")
	f.expr(c.Args[1])
	f.write(")")
	return true
}

// function writes a call with all that may follow its arguments.
func (f *formatter) function(c *Call) {
	name := c.Fn
	if f.exact {
		parts := strings.Split(name, ".")
		for i := range parts {
			parts[i] = f.name(parts[i])
		}
		name = strings.Join(parts, ".")
	}
	f.write(name, "(")
	if c.Distinct {
		f.write("DISTINCT ")
	}
	if s, ok := onlyStar(c); ok && c.Fn == "count" && !f.exact && s.Qualifier == nil {
		f.write("1")
	} else {
		f.list(c.Args)
	}
	f.write(")")
	if c.WithinGroup != nil {
		f.write(" WITHIN GROUP (ORDER BY ")
		f.sort(c.WithinGroup)
		f.write(")")
	}
	if c.Filter != nil {
		f.write(" FILTER (WHERE ")
		f.expr(c.Filter)
		f.write(")")
	}
	if c.IgnoreNulls && f.exact {
		f.write(" IGNORE NULLS")
	}
	if c.Over != nil {
		f.write(" OVER ")
		f.window(c)
	}
}

// onlyStar returns the star of count(*).
func onlyStar(c *Call) (*Star, bool) {
	if len(c.Args) != 1 {
		return nil, false
	}
	s, ok := c.Args[0].(*Star)
	return s, ok
}

func (f *formatter) sort(items []SortItem) {
	for i, s := range items {
		if i > 0 {
			f.write(", ")
		}
		f.expr(s.Expr)
		order, nulls := " ASC", " NULLS FIRST"
		if s.Desc {
			order, nulls = " DESC", " NULLS LAST"
		}
		switch {
		case s.NullsFirst:
			nulls = " NULLS FIRST"
		case s.NullsLast:
			nulls = " NULLS LAST"
		}
		f.write(order, nulls)
	}
}

// window writes what follows OVER.
func (f *formatter) window(c *Call) {
	w := c.Over
	if w.Ref.Name != "" {
		f.write(f.name(w.Ref.Name))
		return
	}
	var parts []string
	part := func(write func(inner *formatter)) {
		inner := formatter{exact: f.exact}
		write(&inner)
		parts = append(parts, inner.String())
	}
	if w.PartitionBy != nil {
		part(func(inner *formatter) { inner.write("PARTITION BY "); inner.list(w.PartitionBy) })
	}
	if w.OrderBy != nil {
		part(func(inner *formatter) { inner.write("ORDER BY "); inner.sort(w.OrderBy) })
	}
	if w.Frame != nil {
		part(func(inner *formatter) { inner.frame(w.Frame) })
	} else if !f.exact {
		if frame := defaultFrame(c); frame != "" {
			parts = append(parts, frame)
		}
	}
	f.write("(", strings.Join(parts, " "), ")")
}

// defaultFrame is the frame that Spark gives to a window without one, as it
// spells it; "" for lag and lead, whose frame is one row.
func defaultFrame(c *Call) string {
	switch c.Fn {
	case "lag", "lead":
		return ""
	case "row_number", "rank", "dense_rank", "percent_rank", "ntile":
		return "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
	}
	if c.Over.OrderBy != nil {
		return "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
	}
	return "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
}

func (f *formatter) frame(w *WindowFrame) {
	kind := "RANGE"
	if w.Rows {
		kind = "ROWS"
	}
	f.write(kind, " BETWEEN ")
	f.bound(w.From)
	f.write(" AND ")
	f.bound(w.To)
}

func (f *formatter) bound(b Bound) {
	switch b.Kind {
	case UnboundedPreceding:
		f.write("UNBOUNDED PRECEDING")
	case UnboundedFollowing:
		f.write("UNBOUNDED FOLLOWING")
	case CurrentRow:
		f.write("CURRENT ROW")
	case Preceding:
		f.expr(b.Offset)
		f.write(" PRECEDING")
	case Following:
		f.expr(b.Offset)
		f.write(" FOLLOWING")
	}
}
