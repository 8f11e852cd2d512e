package expr

import "math"

// signed returns x as a number or interval, as the signs and abs take it.
func (m Mode) signed(x *Bound) (*Bound, error) {
	switch {
	case x.Type == String || x.Type == Null:
		return m.cast(x, Float64)
	case x.Type.IsNumber() || isInterval(x.Type):
		return x, nil
	}
	return nil, errArgument(1, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`, x.Type)
}

func bindNegative(m Mode, args []*Bound) (*Bound, error) {
	x, err := m.signed(args[0])
	if err != nil {
		return nil, err
	}
	return m.flip(x, false), nil
}

func bindAbs(m Mode, args []*Bound) (*Bound, error) {
	x, err := m.signed(args[0])
	if err != nil {
		return nil, err
	}
	return m.flip(x, true), nil
}

// flip negates values: all, or only the negative ones. The least whole number
// has no counterpart.
func (m Mode) flip(x *Bound, negativeOnly bool) *Bound {
	t := x.Type
	var own []byte
	return onOne(t, x, func(out, in *Column, n int) error {
		bad := false
		switch t.Layout() {
		case Int32:
			out.I32 = grow(out.I32, n)
			for i, v := range in.I32[:n] {
				if v < 0 || !negativeOnly {
					v = -v
				}
				bad = bad || v == math.MinInt32
				out.I32[i] = v
			}
			bad = narrow(t, out.I32) || bad
		case Int64:
			out.I64 = grow(out.I64, n)
			for i, v := range in.I64[:n] {
				if v < 0 || !negativeOnly {
					v = -v
				}
				bad = bad || v == math.MinInt64
				out.I64[i] = v
			}
		case Float64:
			out.F64 = grow(out.F64, n)
			for i, v := range in.F64[:n] {
				if negativeOnly {
					v = math.Abs(v)
				} else {
					v = -v
				}
				out.F64[i] = v
			}
		case Decimal:
			out.Wide = grow(out.Wide, n)
			for i, v := range in.Wide[:n] {
				if v.Hi < 0 || !negativeOnly {
					v = v.Neg()
				}
				out.Wide[i] = v
			}
		}
		if !bad || !m.checks() && !isInterval(t) {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error { return flipError(t, in, i) })
	})
}

func flipError(t Type, in *Column, i int) error {
	v := in.Value(i).I
	switch {
	case v != leastWhole(t):
		return nil
	case isInterval(t):
		return errIntervalOverflow("")
	}
	return errOverflow(map[Type]string{Int8: "byte", Int16: "short", Int32: "integer", Int64: "long"}[t]+" overflow", "")
}

// leastWhole is the least value of a whole type.
func leastWhole(t Type) int64 {
	switch t {
	case Int8:
		return math.MinInt8
	case Int16:
		return math.MinInt16
	case Int32:
		return math.MinInt32
	}
	return math.MinInt64
}
