package expr

import (
	"fmt"
	"strconv"
	"strings"

	"stagecoach/engine/internal/nearest"
)

// A Bound expression has types and buffers: it computes a column from a batch.
// It belongs to one goroutine. The column of Eval is valid until the next Eval
// and may share the batch's memory.
type Bound struct {
	Type Type
	// constant says that the value is the same for every row.
	constant bool
	// digits is the number of digits of a whole number that stands in the query
	// as such: beside a decimal it counts as a decimal of so many digits.
	digits int
	eval   func(*Batch) (*Column, error)
}

// Eval computes the expression for every row of b.
func (e *Bound) Eval(b *Batch) (*Column, error) { return e.eval(b) }

// Bind resolves names and types against a schema. The error names the column
// or function that is not there, and the nearest that is.
func Bind(e Expr, schema Schema) (*Bound, error) {
	switch e := e.(type) {
	case Ref:
		i := schema.Index(e.Name)
		if i < 0 {
			return nil, &UnknownColumn{e.Name, suggest(e.Name, schema.Names())}
		}
		return &Bound{Type: schema[i].Type, eval: func(b *Batch) (*Column, error) { return &b.Cols[i], nil }}, nil
	case Literal:
		x := bindLiteral(e.Value)
		if e.Value.Type.IsWhole() && !e.Value.IsNull && !e.Computed {
			x.digits = len(strings.TrimPrefix(strconv.FormatInt(e.Value.I, 10), "-"))
		}
		return x, nil
	case As:
		return Bind(e.X, schema)
	case CastTo:
		x, err := Bind(e.X, schema)
		if err != nil {
			return nil, err
		}
		if x, err = e.Mode.cast(x, e.To); err != nil {
			return nil, about(e, err)
		}
		out := *x
		out.digits = 0 // what is cast does not stand in the query as such
		return &out, nil
	case CaseWhen:
		return bindCase(e, schema)
	case Call:
		f, user := functions[e.Fn], (*FunctionSpec)(nil)
		if f == nil {
			if user = e.Mode.User.Lookup(e.Fn); user == nil {
				return nil, fmt.Errorf("unknown function %q%s", e.Fn, suggest(e.Fn, append(functionNames(), e.Mode.User.Names()...)))
			}
		} else if len(e.Args) < f.least || f.most >= 0 && len(e.Args) > f.most {
			return nil, fmt.Errorf("%s takes %s, got %d", e.Fn, arity(f.least, f.most), len(e.Args))
		}
		args := make([]*Bound, len(e.Args))
		for i, a := range e.Args {
			var err error
			if args[i], err = Bind(a, schema); err != nil {
				return nil, err
			}
		}
		if user != nil {
			return bindUser(e, user, args)
		}
		out, err := f.bind(e.Mode, args)
		if err != nil {
			return nil, about(e, err)
		}
		return out, nil
	}
	return nil, fmt.Errorf("cannot evaluate %s", e)
}

// TypeOf returns the type e has against a schema.
func TypeOf(e Expr, schema Schema) (Type, error) {
	b, err := Bind(e, schema)
	if err != nil {
		return Null, err
	}
	return b.Type, nil
}

// Constant evaluates an expression that names no column.
func Constant(e Expr) (Value, error) {
	b, err := Bind(e, nil)
	if err != nil {
		return Value{}, err
	}
	c, err := b.Eval(&Batch{Rows: 1})
	if err != nil {
		return Value{}, err
	}
	return c.Value(0), nil
}

// bindLiteral makes a column of equal values; it grows to the largest batch
// and is filled once. Every kernel thus has one form, column by column.
func bindLiteral(v Value) *Bound {
	col := Column{Type: v.Type}
	filled := 0
	return &Bound{Type: v.Type, constant: true, eval: func(b *Batch) (*Column, error) {
		if b.Rows > filled || filled == 0 {
			filled = max(b.Rows, 1)
			col = fill(v, filled)
		}
		col.Len = b.Rows
		return &col, nil
	}}
}

// fill returns a column of n times v.
func fill(v Value, n int) Column {
	c := Column{Type: v.Type, Len: n}
	if v.IsNull {
		c.Valid = make([]byte, (n+7)/8)
	}
	switch v.Type.Layout() {
	case Bool:
		c.Bools = repeat(uint8(v.I), n)
	case Int32:
		c.I32 = repeat(int32(v.I), n)
	case Int64:
		c.I64 = repeat(v.I, n)
	case Float64:
		c.F64 = repeat(v.F, n)
	case Decimal:
		c.Wide = repeat(v.Wide, n)
	case Array, Struct:
		b := NewBuilder(v.Type)
		for range n {
			b.AppendValue(v)
		}
		return b.Take()
	case String:
		c.Dict = &Column{Type: v.Type, Len: 1, Offsets: []int32{0, int32(len(v.S))}, Bytes: []byte(v.S)}
		c.Codes = make([]int32, n)
	}
	return c
}

func repeat[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// Constants evaluates to a column of n times v that the caller owns.
func Constants(v Value, n int) Column { return fill(v, n) }

func bindCase(e CaseWhen, schema Schema) (*Bound, error) {
	n := len(e.When)
	children := e.Children()
	args := make([]*Bound, len(children))
	for i, c := range children {
		var err error
		if args[i], err = Bind(c, schema); err != nil {
			return nil, err
		}
	}
	when, values := args[:n], args[n:]
	for i, w := range when {
		if w.Type != Bool && w.Type != Null {
			return nil, about(e, errArgument(i+1, `"BOOLEAN"`, w.Type))
		}
	}
	t, err := e.Mode.unify(values)
	if err != nil {
		return nil, about(e, err)
	}
	if e.Else == nil {
		values = append(values, bindLiteral(Value{Type: t, IsNull: true}))
	}
	return bindChoose(when, values, t), nil
}

// suggest returns `; did you mean "x"?` for the nearest of names, if it is near.
// UnknownColumn is the error of an expression that names a column which is not
// there.
type UnknownColumn struct{ Name, hint string }

func (e *UnknownColumn) Error() string { return fmt.Sprintf("unknown column %q%s", e.Name, e.hint) }

func suggest(name string, names []string) string {
	best, distance := nearest.Name(name, names)
	if distance >= len(name)/2+2 {
		best = ""
	}
	if best == "" {
		if len(names) > 0 && len(names) <= 30 {
			return "; there are " + strings.Join(names, ", ")
		}
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
