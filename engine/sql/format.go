package sql

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
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
	case *Index:
		f.operand(e.X)
		f.write("[")
		f.expr(e.I)
		f.write("]")
	}
}

// operand writes what a field or an index is taken of. Parentheses keep a column
// from taking in the field as its own part.
func (f *formatter) operand(x Expr) {
	_, call := x.(*Call)
	_, index := x.(*Index)
	_, field := x.(*Field)
	if !f.exact || call || index || field {
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

// name returns a name as it is, or for the canonical text in lower case and so
// that it is read as a name again.
func (f *formatter) name(name string) string {
	if !f.exact {
		return name
	}
	return quoteName(strings.Map(unicode.ToLower, name))
}

// quoteName puts back quotes around a name that needs them.
func quoteName(name string) string {
	if wordLength(name) == len(name) && digits(name) == 0 && name != "" && lookup(name) == nil {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
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

// String spells a type as Spark does in a name: DECIMAL(10,2).
func (t TypeName) String() string {
	name := strings.ToUpper(t.Name)
	args := t.Args
	if t.Name == "decimal" {
		args = append(args[:len(args):len(args)], []int{10, 0}[len(args):]...)
	}
	if len(args) > 0 {
		texts := make([]string, len(args))
		for i, n := range args {
			texts[i] = strconv.Itoa(n)
		}
		return name + "(" + strings.Join(texts, ",") + ")"
	}
	if t.Name != "array" && t.Name != "struct" {
		return name
	}
	of := make([]string, len(t.Of))
	for i, o := range t.Of {
		of[i] = o.String()
		if t.Fields != nil {
			of[i] = quoteName(t.Fields[i].Name) + ": " + of[i]
		}
	}
	return name + "<" + strings.Join(of, ", ") + ">"
}

func (f *formatter) literal(l *Literal) {
	switch l.Kind {
	case NullLiteral:
		f.write("NULL")
	case StringLiteral:
		if !f.exact {
			f.write(l.Text)
			return
		}
		f.write(quote(l.Text))
	case BinaryLiteral:
		fmt.Fprintf(f, "X'%X'", l.Text)
	case DateLiteral:
		f.write("DATE ", quote(l.Text))
	case TimestampLiteral:
		f.write("TIMESTAMP")
		if l.Suffix != "" {
			f.write("_", l.Suffix)
		}
		f.write(" ", quote(l.Text))
	case DoubleLiteral:
		v, err := strconv.ParseFloat(l.Text, 64)
		if f.exact || err != nil {
			f.write(l.Text, l.Suffix)
			return
		}
		f.write(javaDouble(v))
	default:
		if f.exact {
			f.write(l.Text, l.Suffix)
			return
		}
		whole, fraction, _ := strings.Cut(l.Text, ".")
		f.write(cmp.Or(whole, "0"))
		if fraction != "" {
			f.write(".", fraction)
		}
	}
}

// quote writes a string as a literal.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// javaDouble writes a double as Java does: 1000.0 and 1.0E10.
func javaDouble(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-3 || a >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
		n, _ := strconv.Atoi(exponent)
		return point(mantissa) + "E" + strconv.Itoa(n)
	}
	return point(strconv.FormatFloat(v, 'f', -1, 64))
}

// point adds .0 to a number without one.
func point(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

func (f *formatter) interval(iv *Interval) {
	f.write("INTERVAL")
	for i, v := range iv.Values {
		text := ""
		if l, ok := v.(*Literal); ok {
			text = quote(l.Text)
		} else if c, ok := v.(*Call); ok && c.Fn == "negative" && len(c.Args) == 1 {
			if l, ok := c.Args[0].(*Literal); ok && l.Kind != StringLiteral {
				text = quote("-" + l.Text)
			}
		}
		f.write(" ")
		if text != "" {
			f.write(text)
		} else {
			f.write("(")
			f.expr(v)
			f.write(")")
		}
		f.write(" ", strings.ToUpper(iv.Units[i]))
	}
	if iv.To != "" {
		f.write(" TO ", strings.ToUpper(iv.To))
	}
}
