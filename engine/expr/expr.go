package expr

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An Expr is an expression over the columns of a row. Expressions are
// immutable values without types; Bind gives them types against a schema. The
// set is closed.
type Expr interface {
	fmt.Stringer
	Children() []Expr
	// With returns the expression with other children, as many as it has.
	With(children []Expr) Expr
}

// A Ref is a column by name.
type Ref struct{ Name string }

// A Literal is a constant. Computed says that it came out of folding an
// expression: beside a decimal, Spark types a whole number that stands in the
// query by its digits, and one that was computed by its type.
type Literal struct {
	Value    Value
	Computed bool
}

// A Call applies the function called Fn; operators are functions too, called
// "+", "=", "and" and so on. functions.go lists them all.
type Call struct {
	Fn   string
	Args []Expr
	Mode Mode

	meter Meter // of a user's function, or nil
}

// A CastTo converts X to a type as Spark's cast does.
type CastTo struct {
	X    Expr
	To   Type
	Mode Mode
}

// A Mode is how an expression treats what goes wrong and what depends on the
// place. Spark decides both when it analyzes a query, and so does whoever
// builds expressions; In stamps a whole expression. The zero Mode is
// Spark's with spark.sql.ansi.enabled=false, in UTC.
type Mode struct {
	// ANSI makes overflow, division by zero and what cannot be converted an
	// error; without, whole numbers wrap and the rest is null.
	ANSI bool
	// Try makes them null, as the functions do whose names begin with try_.
	Try bool
	// Zone is the session's time zone; nil is UTC.
	Zone *time.Location
	// User are the functions that the program registered; nil has none.
	User *UserFunctions
}

// In returns e with every function and cast in mode m; those that Try keep
// trying.
func In(e Expr, m Mode) Expr {
	return Rewrite(e, func(x Expr) Expr {
		switch x := x.(type) {
		case Call:
			x.Mode = m.keep(x.Mode)
			return x
		case CastTo:
			x.Mode = m.keep(x.Mode)
			return x
		case CaseWhen:
			x.Mode = m.keep(x.Mode)
			return x
		}
		return x
	})
}

func (m Mode) keep(old Mode) Mode {
	m.Try = m.Try || old.Try
	return m
}

// A CaseWhen is the value of the first Then whose When is true, or Else (null
// when nil).
type CaseWhen struct {
	When, Then []Expr
	Else       Expr
	Mode       Mode
}

// An As gives an expression a name.
type As struct {
	X    Expr
	Name string
}

func (Ref) Children() []Expr         { return nil }
func (Literal) Children() []Expr     { return nil }
func (c Call) Children() []Expr      { return c.Args }
func (c CastTo) Children() []Expr    { return []Expr{c.X} }
func (a As) Children() []Expr        { return []Expr{a.X} }
func (r Ref) With([]Expr) Expr       { return r }
func (l Literal) With([]Expr) Expr   { return l }
func (c Call) With(ch []Expr) Expr   { c.Args = ch; return c }
func (c CastTo) With(c2 []Expr) Expr { return CastTo{c2[0], c.To, c.Mode} }
func (a As) With(ch []Expr) Expr     { return As{ch[0], a.Name} }

// Children lists the Whens, then the Thens, then Else if there is one.
func (c CaseWhen) Children() []Expr {
	all := append(append([]Expr{}, c.When...), c.Then...)
	if c.Else != nil {
		all = append(all, c.Else)
	}
	return all
}

func (c CaseWhen) With(ch []Expr) Expr {
	n := len(c.When)
	out := CaseWhen{When: ch[:n], Then: ch[n : 2*n], Mode: c.Mode}
	if c.Else != nil {
		out.Else = ch[2*n]
	}
	return out
}

func (r Ref) String() string     { return r.Name }
func (l Literal) String() string { return l.Value.String() }
func (c CastTo) String() string  { return "cast(" + c.X.String() + " as " + c.To.String() + ")" }
func (a As) String() string      { return a.X.String() + " AS " + a.Name }

func (c Call) String() string {
	args := make([]string, len(c.Args))
	for i, a := range c.Args {
		args[i] = a.String()
	}
	switch {
	case len(args) == 2 && infix[c.Fn]:
		return "(" + args[0] + " " + strings.ToUpper(c.Fn) + " " + args[1] + ")"
	case c.Fn == "isnull":
		return "(" + args[0] + " IS NULL)"
	case c.Fn == "isnotnull":
		return "(" + args[0] + " IS NOT NULL)"
	case c.Fn == "not":
		return "NOT " + args[0]
	}
	return c.Fn + "(" + strings.Join(args, ", ") + ")"
}

func (c CaseWhen) String() string {
	var b strings.Builder
	b.WriteString("CASE")
	for i := range c.When {
		fmt.Fprintf(&b, " WHEN %s THEN %s", c.When[i], c.Then[i])
	}
	if c.Else != nil {
		fmt.Fprintf(&b, " ELSE %s", c.Else)
	}
	b.WriteString(" END")
	return b.String()
}

var infix = map[string]bool{"+": true, "-": true, "*": true, "/": true, "%": true, "=": true, "!=": true,
	"<": true, "<=": true, ">": true, ">=": true, "and": true, "or": true, "like": true}

// Equal reports whether v and w are of one type and the same value, or both
// null. NaN equals NaN.
func (v Value) Equal(w Value) bool {
	return v.Type == w.Type && v.IsNull == w.IsNull && v.I == w.I && doubleBits(v.F) == doubleBits(w.F) &&
		v.S == w.S && v.Wide == w.Wide && slices.EqualFunc(v.List, w.List, Value.Equal)
}

// Col names a column.
func Col(name string) Expr { return Ref{name} }

// Lit is a constant: a bool, int, int32, int64, float64, string or time.Time
// (a timestamp), or nil for null. It panics on any other type.
func Lit(v any) Expr {
	switch v := v.(type) {
	case nil:
		return Literal{Value: Value{Type: Null, IsNull: true}}
	case bool:
		return Literal{Value: Value{Type: Bool, I: int64(b2u(v))}}
	case int:
		return Literal{Value: intValue(int64(v))}
	case int32:
		return Literal{Value: Value{Type: Int32, I: int64(v)}}
	case int64:
		return Literal{Value: Value{Type: Int64, I: v}}
	case float64:
		return Literal{Value: Value{Type: Float64, F: v}}
	case string:
		return Literal{Value: Value{Type: String, S: v}}
	case time.Time:
		return Literal{Value: Value{Type: TimestampNTZ, I: v.UnixMicro()}}
	case Value:
		return Literal{Value: v}
	case Expr:
		return v
	}
	panic(fmt.Sprintf("expr: no literal of type %T", v))
}

// intValue is an int literal: int where it fits, as in Spark, else bigint.
func intValue(v int64) Value {
	if int64(int32(v)) == v {
		return Value{Type: Int32, I: v}
	}
	return Value{Type: Int64, I: v}
}

// Fn calls a function by name; arguments that are no Expr become literals.
func Fn(name string, args ...any) Expr {
	list := make([]Expr, len(args))
	for i, a := range args {
		list[i] = Lit(a)
	}
	return Call{Fn: name, Args: list}
}

// The operators of SQL. Right sides that are no Expr become literals.

func Eq(a Expr, b any) Expr      { return Fn("=", a, b) }
func Ne(a Expr, b any) Expr      { return Fn("!=", a, b) }
func Lt(a Expr, b any) Expr      { return Fn("<", a, b) }
func Le(a Expr, b any) Expr      { return Fn("<=", a, b) }
func Gt(a Expr, b any) Expr      { return Fn(">", a, b) }
func Ge(a Expr, b any) Expr      { return Fn(">=", a, b) }
func Add(a Expr, b any) Expr     { return Fn("+", a, b) }
func Sub(a Expr, b any) Expr     { return Fn("-", a, b) }
func Mul(a Expr, b any) Expr     { return Fn("*", a, b) }
func Div(a Expr, b any) Expr     { return Fn("/", a, b) }
func Like(a Expr, p string) Expr { return Fn("like", a, p) }
func Not(a Expr) Expr            { return Fn("not", a) }
func IsNull(a Expr) Expr         { return Fn("isnull", a) }
func IsNotNull(a Expr) Expr      { return Fn("isnotnull", a) }

// Between is lo <= a and a <= hi.
func Between(a Expr, lo, hi any) Expr { return And(Ge(a, lo), Le(a, hi)) }

// And is true when all are; of none it is true.
func And(list ...Expr) Expr { return chain("and", true, list) }

// Or is true when one is; of none it is false.
func Or(list ...Expr) Expr { return chain("or", false, list) }

func chain(fn string, empty bool, list []Expr) Expr {
	if len(list) == 0 {
		return Lit(empty)
	}
	out := list[0]
	for _, e := range list[1:] {
		out = Call{Fn: fn, Args: []Expr{out, e}}
	}
	return out
}

// Case is CASE WHEN when THEN then ...; Else may be nil.
func Case(whenThen []Expr, otherwise Expr) Expr {
	c := CaseWhen{Else: otherwise}
	for i := 0; i+1 < len(whenThen); i += 2 {
		c.When = append(c.When, whenThen[i])
		c.Then = append(c.Then, whenThen[i+1])
	}
	return c
}

// Name returns the column name that e gets in a result: its alias, its column,
// or its text.
func Name(e Expr) string {
	switch e := e.(type) {
	case As:
		return e.Name
	case Ref:
		return e.Name
	}
	return e.String()
}

// Unalias strips the name that As gave.
func Unalias(e Expr) Expr {
	for {
		a, ok := e.(As)
		if !ok {
			return e
		}
		e = a.X
	}
}

// Conjuncts splits e at its ands.
func Conjuncts(e Expr) []Expr {
	if c, ok := e.(Call); ok && c.Fn == "and" {
		return append(Conjuncts(c.Args[0]), Conjuncts(c.Args[1])...)
	}
	return []Expr{e}
}

// Refs calls yield for every column e names, in order, repetitions included.
func Refs(e Expr, yield func(string)) {
	if r, ok := e.(Ref); ok {
		yield(r.Name)
	}
	for _, c := range e.Children() {
		Refs(c, yield)
	}
}

// Rewrite returns e with f applied to every node, children first.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	children := e.Children()
	if len(children) > 0 {
		changed := make([]Expr, len(children))
		for i, c := range children {
			changed[i] = Rewrite(c, f)
		}
		e = e.With(changed)
	}
	return f(e)
}

// Substitute replaces references by what they stand for, where names holds it.
func Substitute(e Expr, names map[string]Expr) Expr {
	return Rewrite(e, func(x Expr) Expr {
		if r, ok := x.(Ref); ok {
			if to, ok := names[r.Name]; ok {
				return Unalias(to)
			}
		}
		return x
	})
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
