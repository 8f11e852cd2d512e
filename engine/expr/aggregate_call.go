package expr

import "fmt"

// An aggregateCall is what an aggregate's binder gets: it asks for the types in
// which it wants its arguments.
type aggregateCall struct {
	Aggregate
	schema Schema
	cond   *Bound // Filter; nil where there is none
}

// condition binds what must be true or false.
func (c *aggregateCall) condition(x Expr) (*Bound, error) {
	b, err := Bind(x, c.schema)
	if err == nil && b.Type != Bool && b.Type != Null {
		err = fmt.Errorf("%s is %v, not boolean", x, b.Type)
	}
	return b, err
}

// filtered is x where the filter holds, else null: as good as leaving the row
// out for all aggregates that pass over nulls.
func (c *aggregateCall) filtered(x Expr) Expr {
	if c.Filter == nil {
		return x
	}
	return CaseWhen{When: []Expr{c.Filter}, Then: []Expr{x}}
}

func (c *aggregateCall) value(x Expr) (*Bound, error) { return Bind(c.filtered(x), c.schema) }

func (c *aggregateCall) valueAs(x Expr, t Type) (*Bound, error) {
	b, err := c.value(x)
	if err != nil || b.Type == t {
		return b, err
	}
	return c.value(CastTo{X: x, To: t, Mode: c.Mode})
}

// doubles binds arguments as doubles, from numbers or text.
func (c *aggregateCall) doubles(args []Expr) ([]*Bound, error) {
	out := make([]*Bound, len(args))
	for i, x := range args {
		b, err := c.value(x)
		switch {
		case err != nil:
			return nil, err
		case b.Type.IsNumber():
			out[i] = asDoubles(b)
			continue
		case b.Type != String && b.Type != Null:
			return nil, fmt.Errorf("%s is %v, not a number", x, b.Type)
		}
		if out[i], err = c.valueAs(x, Float64); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// measured binds an argument as doubles, from what doubles takes or from a type
// that also allows, and gives the type of the values: double of texts.
func (c *aggregateCall) measured(x Expr, also func(Type) bool) (b *Bound, t Type, err error) {
	if b, err = c.value(x); err != nil {
		return nil, Null, err
	}
	if also(b.Type) {
		return asDoubles(b), b.Type, nil
	}
	list, err := c.doubles([]Expr{x})
	if err != nil {
		return nil, Null, err
	}
	if t = b.Type; !t.IsNumber() {
		t = Float64
	}
	return list[0], t, nil
}

// isSpan reports whether t is an interval.
func isSpan(t Type) bool { return isInterval(t) }

// isMeasure reports whether t is a date, a timestamp or an interval.
func isMeasure(t Type) bool { return t >= Date && t.Kind() <= DayTime && t.Kind() >= Date }

// asDoubles is the numbers behind x as doubles: the days of a date, the months or
// microseconds of an interval.
func asDoubles(x *Bound) *Bound {
	if x.Type.Layout() == Float64 {
		return x
	}
	return onOne(Float64, x, func(out, in *Column, n int) error {
		out.F64 = grow(out.F64, n)
		switch in.Type.Layout() {
		case Int32:
			transform(out.F64, in.I32, func(v int32) float64 { return float64(v) })
		case Int64:
			transform(out.F64, in.I64, func(v int64) float64 { return float64(v) })
		case Decimal:
			transform(out.F64, in.Wide, func(v Int128) float64 { return v.Float(in.Type.Scale()) })
		}
		return nil
	})
}

// constant is the value of an argument that must be one.
func (c *aggregateCall) constant(i int) (Value, error) {
	b, err := Bind(c.Args[i], c.schema)
	if err != nil {
		return Value{}, err
	}
	v, ok := constantValue(b)
	if !ok {
		return v, fmt.Errorf("%s must be a constant", c.Args[i])
	}
	return v, nil
}

// flag is the constant boolean argument i, false where there is none.
func (c *aggregateCall) flag(i int) (bool, error) {
	if i >= len(c.Args) {
		return false, nil
	}
	v, err := c.constant(i)
	if err == nil && (v.Type != Bool || v.IsNull) {
		err = fmt.Errorf("%s must be true or false", c.Args[i])
	}
	return v.I != 0, err
}

// wholeNumber is the constant argument i, from least on; otherwise where there
// is none.
func (c *aggregateCall) wholeNumber(i int, least, otherwise int64) (int64, error) {
	if i >= len(c.Args) {
		return otherwise, nil
	}
	v, err := c.constant(i)
	if err == nil && (!v.Type.IsWhole() || v.IsNull || v.I < least || v.I > 1<<31-1) {
		err = fmt.Errorf("%s must be a whole number from %d to %d", c.Args[i], least, 1<<31-1)
	}
	return v.I, err
}
