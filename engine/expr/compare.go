package expr

import "bytes"

// comparisonFunctions are the rows of the function table on comparisons, logic and choice.
func comparisonFunctions() []function {
	return []function{
		{"= ==", 2, 2, bindCompare(opEq), "equal; NaN equals NaN"},
		{"!= <>", 2, 2, bindCompare(opNe), "not equal"},
		{"<", 2, 2, bindCompare(opLt), "less; NaN is greater than any other number"},
		{"<=", 2, 2, bindCompare(opLe), "less or equal"},
		{">", 2, 2, bindCompare(opGt), "greater"},
		{">=", 2, 2, bindCompare(opGe), "greater or equal"},
		{"<=> equal_null", 2, 2, bindNullSafe, "equal, or both null; never null itself"},
		{"between", 3, 3, bindBetween, "not less than the second and not greater than the third"},
		{"in", 2, -1, bindIn, "equal to one of the others"},
		{"and", 2, 2, bindLogic(true), "true when both are; false when one is, whatever the other"},
		{"or", 2, 2, bindLogic(false), "true when one is; false when both are"},
		{"not !", 1, 1, bindNot, "true when false; null stays null"},
		{"isnull", 1, 1, anyMode(bindIsNull(true)), "true when null"},
		{"isnotnull", 1, 1, anyMode(bindIsNull(false)), "true when not null"},
		{"istrue", 1, 1, bindIs(1), "true when true; null is not"},
		{"isfalse", 1, 1, bindIs(0), "true when false; null is not"},
		{"isnan", 1, 1, bindIsNaN, "true when not a number; null is not"},
		{"nanvl", 2, 2, bindNaNvl, "the first, or the second where the first is not a number"},
		{"if", 3, 3, bindIf, "the second when the first is true, else the third"},
		{"coalesce nvl ifnull", 1, -1, bindCoalesce, "the first that is not null"},
		{"nvl2", 3, 3, bindNvl2, "the second when the first is not null, else the third"},
		{"nullif", 2, 2, bindNullIf, "the first, or null where it equals the second"},
		{"nullifzero", 1, 1, bindNullIfZero, "the number, or null where it is zero"},
		{"zeroifnull", 1, 1, bindZeroIfNull, "the number, or zero where it is null"},
		{"greatest", 2, -1, bindExtremeOf(opGt), "the greatest that is not null"},
		{"least", 2, -1, bindExtremeOf(opLt), "the least that is not null"},
	}
}

type compareOp uint8

const (
	opEq compareOp = iota
	opNe
	opLt
	opLe
	opGt
	opGe
)

func bindCompare(op compareOp) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		t, err := m.comparing(args[0].Type, args[1].Type, op <= opNe)
		if err == nil {
			err = m.castAll(args, t)
		}
		if err != nil {
			return nil, err
		}
		if out := compareConstant(op, args[0], args[1]); out != nil {
			return out, nil
		}
		return onTwo(Bool, args[0], args[1], func(out, a, b *Column, n int) error {
			out.Bools = grow(out.Bools, n)
			compareColumns(op, out.Bools, a, b)
			return nil
		}), nil
	}
}

// swapped is the comparison that holds of b and a where op holds of a and b.
var swapped = [...]compareOp{opEq: opEq, opNe: opNe, opLt: opGt, opLe: opGe, opGt: opLt, opGe: opLe}

// compareConstant compares a column with a number that stands in the query; nil
// where no side is one.
func compareConstant(op compareOp, x, y *Bound) *Bound {
	v, ok := constantValue(y)
	if !ok {
		if v, ok = constantValue(x); !ok {
			return nil
		}
		x, op = y, swapped[op]
	}
	if x.constant || v.IsNull || v.F != v.F {
		return nil
	}
	switch v.Type.Layout() {
	case Int32, Int64, Float64:
	default:
		return nil
	}
	return onOne(Bool, x, func(out, in *Column, n int) error {
		out.Bools = grow(out.Bools, n)
		switch v.Type.Layout() {
		case Int32:
			compareTo(op, out.Bools, in.I32, int32(v.I))
		case Int64:
			compareTo(op, out.Bools, in.I64, v.I)
		case Float64:
			compareTo(op, out.Bools, in.F64, v.F)
		}
		return nil
	})
}

// compareTo compares with a number. Where that is none of NaN, a NaN is neither
// less nor equal, and so greater and not equal.
func compareTo[T number](op compareOp, out []uint8, a []T, v T) {
	a = a[:len(out)]
	switch op {
	case opEq:
		for i, x := range a {
			out[i] = b2u(x == v)
		}
	case opNe:
		for i, x := range a {
			out[i] = b2u(x == v) ^ 1
		}
	case opLt:
		for i, x := range a {
			out[i] = b2u(x < v)
		}
	case opLe:
		for i, x := range a {
			out[i] = b2u(x <= v)
		}
	case opGt:
		for i, x := range a {
			out[i] = b2u(x <= v) ^ 1
		}
	case opGe:
		for i, x := range a {
			out[i] = b2u(x < v) ^ 1
		}
	}
}

// compareColumns writes whether op holds for every row of two columns of one
// type; what it writes for nulls means nothing.
func compareColumns(op compareOp, out []uint8, a, b *Column) {
	switch a.Type.Layout() {
	case Int32:
		compare(op, out, a.I32, b.I32)
	case Int64:
		compare(op, out, a.I64, b.I64)
	case Float64:
		compareFloats(op, out, a.F64, b.F64)
	case Bool:
		for i := range out {
			out[i] = op.holds(int(a.Bools[i]) - int(b.Bools[i]))
		}
	case Decimal:
		for i := range out {
			out[i] = op.holds(a.Wide[i].Cmp(b.Wide[i]))
		}
	case String:
		compareStrings(op, out, a, b)
	case Array, Struct:
		for i := range out {
			if !a.IsNull(i) && !b.IsNull(i) {
				out[i] = op.holds(compareValues(a, i, b, i))
			}
		}
	}
}

func compare[T number](op compareOp, out []uint8, a, b []T) {
	a, b = a[:len(out)], b[:len(out)]
	switch op {
	case opEq:
		for i := range out {
			out[i] = b2u(a[i] == b[i])
		}
	case opNe:
		for i := range out {
			out[i] = b2u(a[i] != b[i])
		}
	case opLt:
		for i := range out {
			out[i] = b2u(a[i] < b[i])
		}
	case opLe:
		for i := range out {
			out[i] = b2u(a[i] <= b[i])
		}
	case opGt:
		for i := range out {
			out[i] = b2u(a[i] > b[i])
		}
	case opGe:
		for i := range out {
			out[i] = b2u(a[i] >= b[i])
		}
	}
}

// compareFloats compares with NaN equal to itself and greater than all others,
// where the processor calls it unordered. Everything follows from equal and less.
func compareFloats(op compareOp, out []uint8, a, b []float64) {
	var flip uint8
	switch op {
	case opNe, opGe: // not equal, not less
		flip = 1
	case opLe: // not greater
		a, b, flip = b, a, 1
	case opGt:
		a, b = b, a
	}
	a, b = a[:len(out)], b[:len(out)]
	if op == opEq || op == opNe {
		for i := range out {
			out[i] = flip ^ (b2u(a[i] == b[i]) | b2u(a[i] != a[i])&b2u(b[i] != b[i]))
		}
		return
	}
	for i := range out {
		out[i] = flip ^ (b2u(a[i] < b[i]) | b2u(a[i] == a[i])&b2u(b[i] != b[i]))
	}
}

func (op compareOp) holds(order int) uint8 {
	switch op {
	case opEq:
		return b2u(order == 0)
	case opNe:
		return b2u(order != 0)
	case opLt:
		return b2u(order < 0)
	case opLe:
		return b2u(order <= 0)
	case opGt:
		return b2u(order > 0)
	default:
		return b2u(order >= 0)
	}
}

// compareStrings compares once per dictionary value where one side is a
// dictionary and the other a constant.
func compareStrings(op compareOp, out []uint8, a, b *Column) {
	if a.Dict != nil && a.Dict.Len == 0 || b.Dict != nil && b.Dict.Len == 0 {
		return // all of one side is null
	}
	if a.Dict != nil && b.Dict != nil && b.Dict.Len == 1 && a.Dict.Len < len(out) {
		verdict := make([]uint8, a.Dict.Len)
		for i := range verdict {
			verdict[i] = op.holds(bytes.Compare(a.Dict.Str(i), b.Dict.Str(0)))
		}
		for i, code := range a.Codes[:len(out)] {
			out[i] = verdict[code]
		}
		return
	}
	for i := range out {
		out[i] = op.holds(bytes.Compare(a.Str(i), b.Str(i)))
	}
}

// bindNullSafe makes <=>, for which nulls are equal.
func bindNullSafe(m Mode, args []*Bound) (*Bound, error) {
	eq, err := bindCompare(opEq)(m, args)
	if err != nil {
		return nil, err
	}
	x, y := args[0], args[1]
	out := &Column{Type: Bool}
	return &Bound{Type: Bool, constant: eq.constant, eval: func(b *Batch) (*Column, error) {
		c, err := eq.eval(b)
		if err != nil || c.Valid == nil {
			return c, err
		}
		a, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		d, err := y.eval(b)
		if err != nil {
			return nil, err
		}
		out.Len, out.Bools = b.Rows, append(out.Bools[:0], c.Bools[:b.Rows]...)
		for i := range out.Bools {
			if c.IsNull(i) {
				out.Bools[i] = b2u(a.IsNull(i) && d.IsNull(i))
			}
		}
		return out, nil
	}}, nil
}

func bindBetween(m Mode, args []*Bound) (*Bound, error) {
	low, err := bindCompare(opGe)(m, []*Bound{args[0], args[1]})
	if err != nil {
		return nil, err
	}
	high, err := bindCompare(opLe)(m, []*Bound{args[0], args[2]})
	if err != nil {
		return nil, err
	}
	return bindLogic(true)(m, []*Bound{low, high})
}

// bindIs makes istrue (1) and isfalse (0).
func bindIs(want uint8) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := m.conditions(args); err != nil {
			return nil, err
		}
		return onOne(Bool, args[0], func(out, in *Column, n int) error {
			out.Valid = nil
			out.Bools = grow(out.Bools, n)
			for i := range out.Bools {
				out.Bools[i] = b2u(in.Bools[i] == want && !in.IsNull(i))
			}
			return nil
		}), nil
	}
}

func bindIsNaN(m Mode, args []*Bound) (*Bound, error) {
	if err := m.toFloat(args); err != nil {
		return nil, err
	}
	return onOne(Bool, args[0], func(out, in *Column, n int) error {
		out.Valid = nil
		out.Bools = grow(out.Bools, n)
		for i, v := range in.F64[:n] {
			out.Bools[i] = b2u(v != v && !in.IsNull(i))
		}
		return nil
	}), nil
}
