package expr

import "slices"

// Implicit conversions, as Spark 4.0's TypeCoercion (ANSI off) and
// AnsiTypeCoercion decide them.

// CommonType is the type to which values of several types are converted where
// they meet in one column: branches of CASE, arguments of coalesce, the list of
// IN, the columns of a union. The error names the types.
func CommonType(m Mode, types ...Type) (Type, error) {
	// Texts go first, as in Spark: what they make of the others does not depend
	// on where they stand.
	ordered := slices.Clone(types)
	slices.SortStableFunc(ordered, func(a, b Type) int { return int(b2u(hasText(b))) - int(b2u(hasText(a))) })
	return m.fold(ordered, types, true)
}

func (m Mode) fold(ordered, types []Type, text bool) (Type, error) {
	t := Null
	for _, next := range ordered {
		var ok bool
		if t, ok = m.wider(t, next, text); !ok {
			return Null, errNoCommonType(types)
		}
	}
	return t, nil
}

func hasText(t Type) bool { return t == String || t.Kind() == Array && hasText(t.Elem()) }

// wider is the least type that holds the values of both; text says whether a
// text may become another type or the other way round.
func (m Mode) wider(a, b Type, text bool) (Type, bool) {
	switch {
	case a == b || b == Null:
		return a, true
	case a == Null:
		return b, true
	case a.IsNumber() && b.IsNumber():
		return m.widerNumber(a, b), true
	case isMoment(a) && isMoment(b):
		return max(a, b), true
	case isInterval(a) && a.Kind() == b.Kind():
		return widestInterval(a, b), true
	case a == String || b == String:
		if a == String {
			a = b
		}
		t := m.besideText(a)
		return t, text && t != Null
	case a.Kind() == Array && b.Kind() == Array:
		elem, ok := m.wider(a.Elem(), b.Elem(), text)
		return ArrayOf(elem), ok
	case a.Kind() == Struct && b.Kind() == Struct:
		return m.widerStruct(a, b, text)
	}
	return Null, false
}

// isMoment reports whether t is a date or a timestamp; of two of them the one
// with the greater number holds the values of both.
func isMoment(t Type) bool { return t == Date || t == TimestampNTZ || t == Timestamp }

func isInterval(t Type) bool { return t.Kind() == YearMonth || t.Kind() == DayTime }

// besideText is the common type of a text and a value of type t; Null where
// there is none.
func (m Mode) besideText(t Type) Type {
	switch k := t.Kind(); {
	case k == Array || k == Struct || m.ANSI && isInterval(t) || !m.ANSI && (t == Bool || t == Binary):
		return Null
	case !m.ANSI:
		return String
	case t.IsWhole():
		return Int64
	case t.IsNumber():
		return Float64
	}
	return t
}

func (m Mode) widerNumber(a, b Type) Type {
	a, b = min(a, b), max(a, b) // a decimal's number is the greater one
	switch {
	case b.Kind() != Decimal && b == Float32 && m.ANSI && a != b:
		return Float64 // a float would lose digits of whole numbers
	case b.Kind() != Decimal:
		return b
	case a == Float32 || a == Float64:
		return Float64
	}
	return widerDecimal(decimalFor(a), decimalFor(b))
}

func (m Mode) widerStruct(a, b Type, text bool) (Type, bool) {
	x, y := a.Fields(), b.Fields()
	if len(x) != len(y) {
		return Null, false
	}
	out := make(Schema, len(x))
	for i := range x {
		t, ok := m.wider(x[i].Type, y[i].Type, text)
		if !ok || !equalFoldNames(x[i].Name, y[i].Name) {
			return Null, false
		}
		out[i] = Field{Name: x[i].Name, Type: t, NotNull: x[i].NotNull && y[i].NotNull}
	}
	return StructOf(out), true
}

// withNames is struct type t with the names of another that has as many fields.
func withNames(t, names Type) Type {
	x, y := t.Fields(), names.Fields()
	if len(x) != len(y) {
		return t
	}
	out := slices.Clone(x)
	for i := range out {
		out[i].Name = y[i].Name
	}
	return StructOf(out)
}

func equalFoldNames(a, b string) bool { return len(a) == len(b) && equalFold(a, b) }

// decimalFor is the decimal that holds every value of a type.
func decimalFor(t Type) Type {
	switch t {
	case Int8:
		return DecimalOf(3, 0)
	case Int16:
		return DecimalOf(5, 0)
	case Int32:
		return DecimalOf(10, 0)
	case Int64:
		return DecimalOf(20, 0)
	case Float32:
		return DecimalOf(14, 7)
	case Float64:
		return DecimalOf(30, 15)
	}
	return t
}

// widerDecimal holds the values of both; where 38 digits are too few it gives
// up digits after the point.
func widerDecimal(a, b Type) Type {
	scale := max(a.Scale(), b.Scale())
	whole := max(a.Precision()-a.Scale(), b.Precision()-b.Scale())
	if whole+scale > MaxPrecision {
		return DecimalOf(MaxPrecision, max(0, MaxPrecision-whole))
	}
	return DecimalOf(whole+scale, scale)
}

// comparing is the type in which two values are compared; equality says that
// only equality is asked for.
func (m Mode) comparing(a, b Type, equality bool) (Type, error) {
	if !m.ANSI {
		other := a
		if a == String {
			other = b
		}
		k := other.Kind()
		switch {
		case equality && (a == Bool && b.IsNumber() || b == Bool && a.IsNumber()):
			return max(a, b), nil
		case (a == String) == (b == String) || other == Null:
		case k == Decimal:
			return Float64, nil
		case k != Array && k != Struct && !isInterval(other):
			return other, nil
		}
	}
	if a.Kind() == Struct && b.Kind() == Struct {
		b = withNames(b, a) // structs compare by position
	}
	t, ok := m.wider(a, b, m.ANSI && a.Kind() != Array)
	if !ok {
		return Null, errDiffTypes(a, b)
	}
	return t, nil
}

// unify casts all to their common type.
func (m Mode) unify(args []*Bound) (Type, error) {
	types := make([]Type, len(args))
	for i, a := range args {
		types[i] = a.Type
	}
	t, err := CommonType(m, types...)
	if err != nil {
		return t, err
	}
	return t, m.castAll(args, t)
}

// unifyStrictly is unify where texts do not meet other types: greatest, least.
func (m Mode) unifyStrictly(args []*Bound) (Type, error) {
	types := make([]Type, len(args))
	for i, a := range args {
		types[i] = a.Type
	}
	t, err := m.fold(types, types, false)
	if err != nil {
		return t, err
	}
	return t, m.castAll(args, t)
}

func (m Mode) castAll(args []*Bound, t Type) error {
	for i, a := range args {
		c, err := m.cast(a, t)
		if err != nil {
			return err
		}
		args[i] = c
	}
	return nil
}

// toFloat casts to double.
func (m Mode) toFloat(args []*Bound) error {
	for i, a := range args {
		if !a.Type.IsNumber() && a.Type != String && a.Type != Null {
			return errArgument(i+1, `"DOUBLE"`, a.Type)
		}
	}
	return m.castAll(args, Float64)
}
