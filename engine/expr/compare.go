package expr

import (
	"bytes"
	"fmt"
)

// comparisonFunctions are the rows of the function table on comparisons, logic and choice.
func comparisonFunctions() []function {
	return []function{
		{"=", 2, 2, anyMode(bindCompare(opEq)), "equal"},
		{"!=", 2, 2, anyMode(bindCompare(opNe)), "not equal"},
		{"<", 2, 2, anyMode(bindCompare(opLt)), "less"},
		{"<=", 2, 2, anyMode(bindCompare(opLe)), "less or equal"},
		{">", 2, 2, anyMode(bindCompare(opGt)), "greater"},
		{">=", 2, 2, anyMode(bindCompare(opGe)), "greater or equal"},
		{"and", 2, 2, anyMode(bindLogic(true)), "true when both are; false when one is, whatever the other"},
		{"or", 2, 2, anyMode(bindLogic(false)), "true when one is; false when both are"},
		{"not", 1, 1, anyMode(bindNot), "true when false; null stays null"},
		{"isnull", 1, 1, anyMode(bindIsNull(true)), "true when null"},
		{"isnotnull", 1, 1, anyMode(bindIsNull(false)), "true when not null"},
		{"in", 2, -1, anyMode(bindIn), "equal to one of the others"},
		{"coalesce", 1, -1, anyMode(bindCoalesce), "the first that is not null"},
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

func bindCompare(op compareOp) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		t, err := unify(args)
		if err != nil {
			return nil, err
		}
		return onTwo(Bool, args[0], args[1], func(out, a, b *Column, n int) {
			out.Bools = grow(out.Bools, n)
			switch t.Layout() {
			case Int32:
				compare(op, out.Bools, a.I32, b.I32)
			case Int64:
				compare(op, out.Bools, a.I64, b.I64)
			case Float64:
				compare(op, out.Bools, a.F64, b.F64)
			case Bool:
				for i := range out.Bools {
					out.Bools[i] = op.holds(int(a.Bools[i]) - int(b.Bools[i]))
				}
			case String:
				compareStrings(op, out.Bools, a, b)
			}
		}), nil
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

// bindLogic makes and (conjunction) and or, in SQL's three-valued logic:
// false and null is false, true or null is true.
func bindLogic(conjunction bool) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		for i, a := range args {
			if a.Type == Null {
				args[i] = bindLiteral(Value{Type: Bool, IsNull: true})
			} else if a.Type != Bool {
				return nil, fmt.Errorf("%v is not boolean", a.Type)
			}
		}
		x, y := args[0], args[1]
		out := &Column{Type: Bool}
		var bitmap []byte
		decides := b2u(!conjunction) // the value that settles the result alone
		return &Bound{Type: Bool, constant: x.constant && y.constant, eval: func(b *Batch) (*Column, error) {
			a, err := x.eval(b)
			if err != nil {
				return nil, err
			}
			c, err := y.eval(b)
			if err != nil {
				return nil, err
			}
			n := b.Rows
			out.Len, out.Valid = n, nil
			out.Bools = grow(out.Bools, n)
			if conjunction {
				for i := range out.Bools {
					out.Bools[i] = a.Bools[i] & c.Bools[i]
				}
			} else {
				for i := range out.Bools {
					out.Bools[i] = a.Bools[i] | c.Bools[i]
				}
			}
			if a.Valid == nil && c.Valid == nil {
				return out, nil
			}
			out.Valid = ownBitmap(both(a, c, n, &bitmap), n, &bitmap)
			for i := range n {
				if out.Valid[i>>3]>>(i&7)&1 != 0 {
					continue
				}
				if !a.IsNull(i) && a.Bools[i] == decides || !c.IsNull(i) && c.Bools[i] == decides {
					out.Bools[i] = decides
					out.Valid[i>>3] |= 1 << (i & 7)
				}
			}
			return out, nil
		}}, nil
	}
}

func bindNot(args []*Bound) (*Bound, error) {
	if args[0].Type != Bool && args[0].Type != Null {
		return nil, fmt.Errorf("%v is not boolean", args[0].Type)
	}
	x, err := bindCast(args[0], Bool)
	if err != nil {
		return nil, err
	}
	return onOne(Bool, x, func(out, in *Column, n int) error {
		out.Bools = grow(out.Bools, n)
		for i, v := range in.Bools[:n] {
			out.Bools[i] = 1 - v
		}
		return nil
	}), nil
}

func bindIsNull(want bool) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		return onOne(Bool, args[0], func(out, in *Column, n int) error {
			out.Valid = nil
			out.Bools = grow(out.Bools, n)
			for i := range out.Bools {
				out.Bools[i] = b2u(in.IsNull(i) == want)
			}
			return nil
		}), nil
	}
}

func bindCoalesce(args []*Bound) (*Bound, error) {
	t, err := unify(args)
	if err != nil {
		return nil, err
	}
	when := make([]*Bound, len(args)-1)
	for i := range when {
		when[i], _ = bindIsNull(false)([]*Bound{args[i]})
	}
	return bindChoose(when, args, t), nil
}

// bindChoose takes, for every row, the value beside the first condition that is
// true, or the last value. values has one more than when.
func bindChoose(when, values []*Bound, t Type) *Bound {
	var pick []int32
	builder := NewBuilder(t)
	columns := make([]*Column, len(values))
	return &Bound{Type: t, eval: func(b *Batch) (*Column, error) {
		pick = grow(pick, b.Rows)
		for i := range pick {
			pick[i] = int32(len(when))
		}
		for w := len(when) - 1; w >= 0; w-- {
			c, err := when[w].eval(b)
			if err != nil {
				return nil, err
			}
			if c.Type == Null {
				continue
			}
			for i := range pick {
				if c.Bools[i] != 0 && !c.IsNull(i) {
					pick[i] = int32(w)
				}
			}
		}
		for i, v := range values {
			c, err := v.eval(b)
			if err != nil {
				return nil, err
			}
			columns[i] = c
		}
		builder.Reset()
		for i, p := range pick {
			builder.Append(columns[p], i)
		}
		return builder.Column(), nil
	}}
}
