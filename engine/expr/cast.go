package expr

import (
	"encoding/binary"
	"fmt"
)

// castFunctions are the rows of the function table that cast to the type of
// their name.
func castFunctions() []function {
	var rows []function
	for _, t := range []Type{Bool, Int8, Int16, Int32, Int64, Float32, Float64, String, Binary, Date, Timestamp} {
		rows = append(rows, castFunction(t.String(), t))
	}
	return append(rows, castFunction("decimal", DecimalOf(10, 0)))
}

func castFunction(name string, t Type) function {
	return function{name, 1, 1, func(m Mode, args []*Bound) (*Bound, error) { return m.cast(args[0], t) }, "cast to " + t.String()}
}

// cast converts as Spark's cast. What cannot be converted is an error in ANSI
// mode and null without; whole numbers wrap without.
func (m Mode) cast(x *Bound, to Type) (*Bound, error) {
	from := x.Type
	if from == to {
		return x, nil
	}
	if err := m.castable(from, to); err != nil {
		return nil, err
	}
	out := m.convert(x, to)
	if v, ok := constantValue(out); ok {
		return bindLiteral(v), nil
	}
	return out, nil
}

// castable says why there is no cast between two types.
func (m Mode) castable(from, to Type) error {
	f, t := from.Kind(), to.Kind()
	exact := f != Float32 && f != Float64 // numbers that intervals are made of
	switch {
	case t == Decimal && to.Precision() > MaxPrecision:
		return &Error{"DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", fmt.Sprintf("Decimal precision %d exceeds max precision %d.", to.Precision(), MaxPrecision), "22003"}
	case from == Null || t == String:
		return nil
	case f == String && t != Array && t != Struct && t != Null:
		return nil
	case (from == Bool || from.IsNumber()) && (to == Bool || to.IsNumber()):
		return nil
	case from.IsNumber() && (to == Timestamp || exact && isInterval(to)):
		return nil
	case from == Timestamp && to.IsNumber() || isInterval(from) && to.IsNumber() && t != Float32 && t != Float64:
		return nil
	case isMoment(from) && isMoment(to) || isInterval(from) && from.Kind() == to.Kind():
		return nil
	case from == Bool && to == Timestamp, from == Timestamp && to == Bool, from == Date && to == Bool, from.IsWhole() && to == Binary:
		switch {
		case m.Try:
			return errNoCast(from, to)
		case m.ANSI:
			return errCastNeedsConf(from, to)
		}
		return nil
	case from == Date && to.IsNumber():
		if m.checks() {
			return errCastNeedsFunc(from, to, "UNIX_DATE")
		}
		return nil
	case from.IsWhole() && to == Date && m.checks():
		return errCastNeedsFunc(from, to, "DATE_FROM_UNIX_DATE")
	case f == Array && t == Array:
		return m.castable(from.Elem(), to.Elem())
	case f == Struct && t == Struct && len(from.Fields()) == len(to.Fields()):
		for i, field := range from.Fields() {
			if field.Type == to.Fields()[i].Type {
				continue
			}
			if err := m.castable(field.Type, to.Fields()[i].Type); err != nil {
				return err
			}
		}
		return nil
	}
	return errNoCast(from, to)
}

// convert makes the loop of a cast that exists.
func (m Mode) convert(x *Bound, to Type) *Bound {
	from := x.Type
	switch {
	case from == Null:
		null := bindLiteral(Value{Type: to, IsNull: true})
		if x.constant {
			return null
		}
		return &Bound{Type: to, eval: func(b *Batch) (*Column, error) {
			if _, err := x.eval(b); err != nil { // what is always null may still fail
				return nil, err
			}
			return null.eval(b)
		}}
	case from == String && to == Binary || from == Binary && to == String:
		return onOne(to, x, func(out, in *Column, n int) error {
			valid := out.Valid
			*out = *in
			out.Type, out.Valid = to, valid
			return nil
		})
	case to == String:
		return m.castToText(x)
	case from == String:
		return m.castFromText(x, to)
	case from.Kind() == Array || from.Kind() == Struct:
		return m.castNested(x, to)
	case isMoment(from) || isMoment(to):
		return m.castMoment(x, to)
	case isInterval(from) || isInterval(to):
		return m.castInterval(x, to)
	case to == Binary:
		return m.perRow(to, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
			raw := binary.BigEndian.AppendUint64(nil, uint64(cols[0].Value(i).I))
			b.AppendBytes(raw[8-map[Type]int{Int8: 1, Int16: 2, Int32: 4, Int64: 8}[from]:])
			return nil
		})
	}
	return m.castNumber(x, to)
}

// castNested converts the elements of arrays and the fields of structs.
func (m Mode) castNested(x *Bound, to Type) *Bound {
	// Items are cast as columns of their own, read from here.
	var at *Column
	part := func(from, to Type) *Bound {
		read := &Bound{Type: from, eval: func(*Batch) (*Column, error) { return at, nil }}
		if from == to {
			return read
		}
		return m.convert(read, to)
	}
	var parts []*Bound
	if to.Kind() == Array {
		parts = []*Bound{part(x.Type.Elem(), to.Elem())}
	} else {
		for i, f := range to.Fields() {
			parts = append(parts, part(x.Type.Fields()[i].Type, f.Type))
		}
	}
	return onOne(to, x, func(out, in *Column, n int) error {
		if out.Offsets = in.Offsets; to.Kind() == Array && in.Offsets[0] != 0 {
			out.Offsets = make([]int32, n+1)
			in.span(out.Offsets)
		}
		out.Items = grow(out.Items, len(parts))
		for i, p := range parts {
			// Only the items of the rows at hand, and none under a null.
			items := shown(in, i, n)
			at = &items
			c, err := p.eval(&Batch{Rows: items.Len})
			if err != nil {
				return err
			}
			out.Items[i] = *c
		}
		return nil
	})
}

// shown is item column i of a nested column up to row n, with nulls under the
// nulls of a struct.
func shown(in *Column, i, n int) Column {
	if in.Type.Kind() == Array {
		return in.Items[i].slice(int(in.Offsets[0]), int(in.Offsets[n]))
	}
	items := in.Items[i].slice(0, n)
	if in.Valid != nil && items.Type != Null {
		var bitmap []byte
		items.Valid = both(&Column{Type: Bool, Valid: in.Valid}, &items, n, &bitmap)
	}
	return items
}
