package expr

import (
	"math"
	"math/big"
	"strconv"
)

// roundingFunctions are the rows of the function table on rounding.
func roundingFunctions() []function {
	return []function{
		{"ceil ceiling", 1, 2, bindRounding(upward), "least whole number not below, as bigint; with decimals a decimal"},
		{"floor", 1, 2, bindRounding(downward), "greatest whole number not above, as bigint; with decimals a decimal"},
		{"round", 1, 2, bindRounding(halfUp), "nearest number with the given decimals (0), halves away from zero"},
		{"bround", 1, 2, bindRounding(halfEven), "nearest number with the given decimals (0), halves to the even one"},
		{"rint", 1, 1, bindMath(math.RoundToEven), "nearest whole number as a double, halves to the even one"},
	}
}

// A rounding says which neighbour a number becomes.
type rounding uint8

const (
	halfUp rounding = iota
	halfEven
	upward
	downward
)

func bindRounding(r rounding) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		x := args[0]
		if !x.Type.IsNumber() && x.Type != String && x.Type != Null {
			return nil, errArgument(1, `"NUMERIC"`, x.Type)
		}
		decimals, null := 0, false
		if len(args) == 2 {
			at, err := m.cast(args[1], Int32)
			if err != nil {
				return nil, err
			}
			d, ok := constantValue(at)
			if !ok {
				return nil, errArgument(2, `constant "INT"`, args[1].Type)
			}
			decimals, null = int(min(max(d.I, -400), 400)), d.IsNull
		}
		t := x.Type
		var err error
		switch {
		case r >= upward && len(args) == 1 && t.Kind() != Decimal:
			return m.roundToWhole(r, x)
		case r >= upward && t.Kind() != Decimal:
			if t = decimalFor(t); t == String || t == Null {
				t = DecimalOf(38, 18)
			}
		case t == String || t == Null:
			t = Float64
		}
		if x, err = m.cast(x, t); err != nil {
			return nil, err
		}
		if t.Kind() == Decimal {
			to := roundedType(t, decimals)
			if null {
				return bindLiteral(Value{Type: to, IsNull: true}), nil
			}
			return m.roundDecimals(r, x, to, decimals), nil
		}
		if null {
			return bindLiteral(Value{Type: t, IsNull: true}), nil
		}
		if t.IsWhole() {
			return m.roundWhole(r, x, decimals), nil
		}
		return onOne(t, x, func(out, in *Column, n int) error {
			out.F64 = grow(out.F64, n)
			for i, v := range in.F64[:n] {
				if v = r.float(v, decimals); t == Float32 {
					v = float64(float32(v))
				}
				out.F64[i] = v
			}
			return nil
		}), nil
	}
}

// roundToWhole is floor and ceil of what is no decimal: a bigint.
func (m Mode) roundToWhole(r rounding, x *Bound) (*Bound, error) {
	if x.Type.IsWhole() {
		return m.cast(x, Int64)
	}
	x, err := m.cast(x, Float64)
	if err != nil {
		return nil, err
	}
	f := math.Floor
	if r == upward {
		f = math.Ceil
	}
	return onOne(Int64, x, func(out, in *Column, n int) error {
		out.I64 = grow(out.I64, n)
		transform(out.I64, in.F64, func(v float64) int64 { return floatToInt(f(v)) })
		return nil
	}), nil
}

// roundedType is the decimal that a decimal rounded to some places fits.
func roundedType(t Type, decimals int) Type {
	whole := t.Precision() - t.Scale() + 1
	if decimals < 0 {
		return DecimalOf(min(max(whole, 1-decimals), MaxPrecision), 0)
	}
	scale := min(t.Scale(), decimals)
	return DecimalOf(min(whole+scale, MaxPrecision), scale)
}

func (m Mode) roundDecimals(r rounding, x *Bound, to Type, decimals int) *Bound {
	from := x.Type.Scale()
	keep := min(decimals, from)
	round := func(v Int128) (Int128, bool) {
		if w, ok := v.Int64(); ok && from-keep < len(tens64) && to.Scale() == keep {
			return Wide(r.quotient(w, tens64[from-keep])), true
		}
		b := v.Big()
		r.quo(b, power10(from-keep))
		b.Mul(b, power10(to.Scale()-keep))
		out, ok := FromBig(b)
		return out, ok && out.Fits(to.Precision())
	}
	var own []byte
	return onOne(to, x, func(out, in *Column, n int) error {
		out.Wide = grow(out.Wide, n)
		bad := false
		for i, v := range in.Wide[:n] {
			w, ok := round(v)
			out.Wide[i], bad = w, bad || !ok
		}
		if !bad {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error {
			if _, ok := round(in.Wide[i]); ok {
				return nil
			}
			return errPrecision(in.Wide[i].Text(from), to)
		})
	})
}

// roundWhole rounds whole numbers to tens, hundreds and so on. Without checks
// what does not fit wraps.
func (m Mode) roundWhole(r rounding, x *Bound, decimals int) *Bound {
	if decimals >= 0 {
		return x
	}
	t := x.Type
	unit := power10(-decimals)
	round := func(v int64) *big.Int {
		b := big.NewInt(v)
		r.quo(b, unit)
		return b.Mul(b, unit)
	}
	return m.checked(x, func(v int64) (int64, error) {
		b := round(v)
		w := int64(b.Uint64()) * int64(b.Sign())
		if m.checks() && (!b.IsInt64() || w < leastWhole(t) || w > -(leastWhole(t)+1)) {
			return 0, errOverflow("Overflow", "")
		}
		return w, nil
	})
}

// checked applies f to whole numbers of one type, row by row.
func (m Mode) checked(x *Bound, f func(int64) (int64, error)) *Bound {
	t := x.Type
	return m.perRow(t, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
		v, err := f(cols[0].Value(i).I)
		if t != Int64 {
			one := [1]int32{int32(v)}
			narrow(t, one[:])
			v = int64(one[0])
		}
		b.appendOK(Value{Type: t, I: v}, err)
		return err
	})
}

// quo sets b to b / by, rounded.
func (r rounding) quo(b, by *big.Int) {
	if r == halfUp {
		roundQuo(b, by)
		return
	}
	_, rest := b.QuoRem(b, by, new(big.Int))
	sign := int64(rest.Sign())
	up := false
	switch r {
	case upward:
		up = sign > 0
	case downward:
		up = sign < 0
	case halfEven:
		c := new(big.Int).Lsh(rest.Abs(rest), 1).Cmp(by)
		up = c > 0 || c == 0 && b.Bit(0) == 1
	}
	if up {
		b.Add(b, big.NewInt(sign))
	}
}

// quotient is v / by, rounded; by is a power of ten.
func (r rounding) quotient(v, by int64) int64 {
	q, rest := v/by, v%by
	if rest == 0 {
		return q
	}
	sign := int64(1)
	if rest < 0 {
		sign, rest = -1, -rest
	}
	up := false
	switch r {
	case halfUp:
		up = rest >= by-rest
	case halfEven:
		up = rest > by-rest || rest == by-rest && q&1 == 1
	case upward:
		up = sign > 0
	case downward:
		up = sign < 0
	}
	if up {
		q += sign
	}
	return q
}

// float rounds the shortest decimal text of v, as Spark does through
// BigDecimal: 1.005 to two decimals is 1.01, though the double lies below. Where
// v is far from the middle of two neighbours, arithmetic says the same.
func (r rounding) float(v float64, decimals int) float64 {
	if v-v != 0 {
		return v
	}
	if decimals == 0 {
		if r == halfEven {
			return math.RoundToEven(v) + 0
		}
		return math.Round(v) + 0
	}
	if decimals > 0 && decimals < 16 {
		x := v * tens[decimals]
		if fraction := math.Abs(x - math.Trunc(x)); math.Abs(x) < 1e9 && math.Abs(fraction-0.5) > 1e-5 {
			return math.Round(x)/tens[decimals] + 0
		}
	}
	var text [32]byte
	digits, scale, ok := parseDecimal(string(strconv.AppendFloat(text[:0], v, 'e', -1, 64)))
	if !ok || scale <= decimals {
		return v
	}
	r.quo(digits, power10(scale-decimals))
	f, err := strconv.ParseFloat(digits.String()+"e"+strconv.Itoa(-decimals), 64)
	if err != nil {
		return v
	}
	return f
}
