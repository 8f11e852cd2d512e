package expr

import (
	"math"
	"math/big"
	"strconv"
)

// castNumber converts between booleans and numbers.
func (m Mode) castNumber(x *Bound, to Type) *Bound {
	from := x.Type
	var own []byte
	return onOne(to, x, func(out, in *Column, n int) error {
		switch to.Kind() {
		case Bool:
			toBools(out, in, n)
			return nil
		case Float32, Float64:
			toFloats(out, in, n)
			return nil
		case Decimal:
			return m.toDecimals(out, in, n, &own)
		}
		toWhole(out, in, n)
		if !m.checks() || from == Bool || from.IsWhole() && (from <= to || !changed(out, in, n)) {
			return nil
		}
		return m.checkWhole(out, in, n, &own)
	})
}

func toBools(out, in *Column, n int) {
	out.Bools = grow(out.Bools, n)
	switch in.Type.Layout() {
	case Int32:
		transform(out.Bools, in.I32, func(v int32) uint8 { return b2u(v != 0) })
	case Int64:
		transform(out.Bools, in.I64, func(v int64) uint8 { return b2u(v != 0) })
	case Float64:
		transform(out.Bools, in.F64, func(v float64) uint8 { return b2u(v != 0) })
	case Decimal:
		transform(out.Bools, in.Wide, func(v Int128) uint8 { return b2u(v != Int128{}) })
	}
}

func toFloats(out, in *Column, n int) {
	out.F64 = grow(out.F64, n)
	switch in.Type.Layout() {
	case Bool:
		transform(out.F64, in.Bools, func(v uint8) float64 { return float64(v) })
	case Int32:
		transform(out.F64, in.I32, func(v int32) float64 { return float64(v) })
	case Int64:
		if out.Type == Float32 {
			transform(out.F64, in.I64, func(v int64) float64 { return float64(float32(v)) })
			return
		}
		transform(out.F64, in.I64, func(v int64) float64 { return float64(v) })
	case Float64:
		copy(out.F64, in.F64[:n])
	case Decimal:
		scale := in.Type.Scale()
		transform(out.F64, in.Wide, func(v Int128) float64 { return v.Float(scale) })
	}
	if out.Type == Float32 {
		for i, v := range out.F64 {
			out.F64[i] = float64(float32(v))
		}
	}
}

// toWhole converts as Java does: what does not fit loses its upper bits, of
// floating numbers it becomes the nearest int or bigint first.
func toWhole(out, in *Column, n int) {
	if out.Type == Int64 {
		out.I64 = grow(out.I64, n)
		switch in.Type.Layout() {
		case Bool:
			transform(out.I64, in.Bools, func(v uint8) int64 { return int64(v) })
		case Int32:
			transform(out.I64, in.I32, func(v int32) int64 { return int64(v) })
		case Float64:
			transform(out.I64, in.F64, floatToInt)
		case Decimal:
			scale := in.Type.Scale()
			transform(out.I64, in.Wide, func(v Int128) int64 { w, _ := wholePart(v, scale); return w })
		}
		return
	}
	out.I32 = grow(out.I32, n)
	switch in.Type.Layout() {
	case Bool:
		transform(out.I32, in.Bools, func(v uint8) int32 { return int32(v) })
	case Int32:
		copy(out.I32, in.I32[:n])
	case Int64:
		transform(out.I32, in.I64, func(v int64) int32 { return int32(v) })
	case Float64:
		transform(out.I32, in.F64, func(v float64) int32 { return int32(max(min(floatToInt(v), math.MaxInt32), math.MinInt32)) })
	case Decimal:
		scale := in.Type.Scale()
		transform(out.I32, in.Wide, func(v Int128) int32 { w, _ := wholePart(v, scale); return int32(w) })
	}
	narrow(out.Type, out.I32)
}

// wholePart is a decimal without what stands after the point; where it does not
// fit, its low bits.
func wholePart(v Int128, scale int) (int64, bool) {
	if w, ok := v.Int64(); ok && scale < len(tens64) {
		return w / tens64[scale], true
	}
	b := v.Big()
	b.Quo(b, power10(scale))
	return int64(b.Uint64()) * int64(b.Sign()), b.IsInt64()
}

// changed reports whether a whole number became another in a narrower type.
func changed(out, in *Column, n int) bool {
	var wrong int64
	if in.Type == Int64 {
		for i, v := range in.I64[:n] {
			wrong |= v ^ int64(out.I32[i])
		}
		return wrong != 0
	}
	for i, v := range in.I32[:n] {
		wrong |= int64(v ^ out.I32[i])
	}
	return wrong != 0
}

// checkWhole settles what did not fit a whole type.
func (m Mode) checkWhole(out, in *Column, n int, own *[]byte) error {
	to := out.Type
	least, most := leastWhole(to), -(leastWhole(to) + 1)
	fits := func(int) bool { return true }
	switch in.Type.Layout() {
	case Int32:
		fits = func(i int) bool { v := int64(in.I32[i]); return v >= least && v <= most }
	case Int64:
		fits = func(i int) bool { v := in.I64[i]; return v >= least && v <= most }
	case Float64:
		fits = func(i int) bool {
			v := math.Trunc(in.F64[i])
			return v >= float64(least) && v <= float64(most)
		}
	case Decimal:
		scale := in.Type.Scale()
		fits = func(i int) bool {
			v, ok := wholePart(in.Wide[i], scale)
			return ok && v >= least && v <= most
		}
	}
	bad := false
	for i := range n {
		bad = bad || !fits(i)
	}
	if !bad {
		return nil
	}
	return m.settle(out, n, own, func(i int) error {
		if fits(i) {
			return nil
		}
		return errCastOverflow(in.Value(i), m, to)
	})
}

func (m Mode) toDecimals(out, in *Column, n int, own *[]byte) error {
	to := out.Type
	out.Wide = grow(out.Wide, n)
	bad := false
	for i := range out.Wide {
		v, ok := toDecimal(in, i, to)
		out.Wide[i], bad = v, bad || !ok
	}
	if !bad {
		return nil
	}
	// NaN and the infinities are null in either mode.
	if in.Type.Layout() == Float64 {
		if err := (Mode{}).settle(out, n, own, func(i int) error {
			if v := in.F64[i]; v-v != 0 {
				return errNotFinite
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return m.settle(out, n, own, func(i int) error {
		if _, ok := toDecimal(in, i, to); ok {
			return nil
		}
		if in.Type.Layout() == Float64 {
			b, scale, _ := parseDecimal(string(appendJavaDouble(nil, in.F64[i])))
			return errPrecision(plainDigits(b, scale), to)
		}
		return errPrecision(in.Value(i).text(m, false), to)
	})
}

var errNotFinite = &Error{Class: "NOT_FINITE"} // never shown

// toDecimal is value i of a column of numbers as a decimal.
func toDecimal(in *Column, i int, to Type) (v Int128, ok bool) {
	switch in.Type.Layout() {
	case Bool:
		return Wide(int64(in.Bools[i])).Rescale(0, to.Scale(), to.Precision())
	case Int32:
		return wholeToDecimal(int64(in.I32[i]), 0, to)
	case Int64:
		return wholeToDecimal(in.I64[i], 0, to)
	case Decimal:
		from := in.Type.Scale()
		if w, ok := in.Wide[i].Int64(); ok && from <= to.Scale() {
			return wholeToDecimal(w, from, to)
		}
		return in.Wide[i].Rescale(from, to.Scale(), to.Precision())
	}
	f := in.F64[i]
	if f-f != 0 {
		return v, false
	}
	var text [32]byte
	b, scale, ok := parseDecimal(string(strconv.AppendFloat(text[:0], f, 'e', -1, 64)))
	if !ok {
		return v, false
	}
	return roundTo(b, scale, to)
}

// wholeToDecimal is v·10^-from with as many digits after the point or more.
func wholeToDecimal(v int64, from int, to Type) (Int128, bool) {
	shift := to.Scale() - from
	if shift < len(tens64) {
		out := [1]int64{}
		if !whole64('*', out[:], []int64{v}, []int64{tens64[shift]}) {
			w := Wide(out[0])
			return w, w.Fits(to.Precision())
		}
	}
	return Wide(v).Rescale(from, to.Scale(), to.Precision())
}

// parseDecimal reads digits with a point and an exponent, as Java's BigDecimal
// does: the digits as a whole number and how many stand after the point, never
// less than none.
func parseDecimal(s string) (digits *big.Int, scale int, ok bool) {
	exponent := 0
	for i := range len(s) {
		if s[i]|0x20 == 'e' {
			e, err := strconv.Atoi(s[i+1:])
			if err != nil || e > 1000 || e < -100000 {
				return nil, 0, false
			}
			exponent, s = e, s[:i]
			break
		}
	}
	plain := make([]byte, 0, len(s))
	point, any := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			plain, any = append(plain, c), true
			if point {
				scale++
			}
		case c == '.' && !point:
			point = true
		case (c == '-' || c == '+') && i == 0:
			plain = append(plain, c)
		default:
			return nil, 0, false
		}
	}
	if !any {
		return nil, 0, false
	}
	digits, ok = new(big.Int).SetString(string(plain), 10)
	scale -= exponent
	if scale < 0 {
		digits.Mul(digits, power10(-scale))
		scale = 0
	}
	return digits, scale, ok
}

// floatToInt converts as Java does: NaN becomes 0, what does not fit saturates.
func floatToInt(v float64) int64 {
	switch {
	case v != v:
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int64(v)
}
