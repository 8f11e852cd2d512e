package expr

import (
	"math"
	"math/big"
	"math/bits"
)

// Decimal arithmetic: the types of the results are Spark's
// (DecimalPrecision, with spark.sql.decimalOperations.allowPrecisionLoss), and
// every result is the exact one rounded once, halves away from zero.

// decimalResult is the type of a op b.
func decimalResult(op byte, a, b Type) Type {
	p1, s1, p2, s2 := a.Precision(), a.Scale(), b.Precision(), b.Scale()
	switch op {
	case '*':
		return adjusted(p1+p2+1, s1+s2)
	case '/':
		scale := max(6, s1+p2+1)
		return adjusted(p1-s1+s2+scale, scale)
	case '%', 'p':
		return adjusted(min(p1-s1, p2-s2)+max(s1, s2), max(s1, s2))
	}
	return adjusted(max(p1-s1, p2-s2)+max(s1, s2)+1, max(s1, s2))
}

// adjusted fits a precision into 38 digits: digits after the point go first,
// but six of them stay.
func adjusted(precision, scale int) Type {
	if precision <= MaxPrecision {
		return DecimalOf(precision, scale)
	}
	return DecimalOf(MaxPrecision, max(MaxPrecision-(precision-scale), min(scale, 6)))
}

func (m Mode) bindDecimal(op byte, x, y *Bound) *Bound {
	a, b := x.Type, y.Type
	t := decimalResult(op, a, b)
	if op == 'd' {
		return m.divideDecimalWhole(x, y)
	}
	var own []byte
	return onTwo(t, x, y, func(out, p, q *Column, n int) error {
		out.Wide = grow(out.Wide, n)
		bad := false
		for i := range out.Wide {
			v, ok := decimalOp(op, p.Wide[i], q.Wide[i], a, b, t)
			out.Wide[i], bad = v, bad || !ok
		}
		if !bad {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error {
			if _, ok := decimalOp(op, p.Wide[i], q.Wide[i], a, b, t); ok {
				return nil
			}
			if q.Wide[i] == (Int128{}) && op != '+' && op != '-' && op != '*' {
				return errDivideByZero()
			}
			v, scale := exactDecimal(op, p.Wide[i], q.Wide[i], a.Scale(), b.Scale())
			if op != '*' {
				return errPrecision(decimalText(v.String(), scale), t)
			}
			return errPrecision(plainDigits(v, scale), t)
		})
	})
}

// decimalOp computes x op y of types a and b as a value of type t; ok is false
// where it does not fit or divides by zero. Values that fit 64 bits do not leave
// them.
func decimalOp(op byte, x, y Int128, a, b, t Type) (v Int128, ok bool) {
	if i, ok := x.Int64(); ok {
		if j, ok := y.Int64(); ok {
			if r, ok := decimalOp64(op, i, j, a.Scale(), b.Scale(), t); ok {
				return Wide(r), true
			}
		}
	}
	if y == (Int128{}) && op != '+' && op != '-' && op != '*' {
		return v, false
	}
	if op == '/' {
		return divideDecimal(x.Big(), y.Big(), a.Scale(), b.Scale(), t)
	}
	exact, scale := exactDecimal(op, x, y, a.Scale(), b.Scale())
	return roundTo(exact, scale, t)
}

// decimalOp64 is decimalOp where everything fits 64 bits, which ok says.
func decimalOp64(op byte, x, y int64, s1, s2 int, t Type) (r int64, ok bool) {
	scale := t.Scale()
	switch op {
	case '/':
		shift := scale + s2 - s1
		if y == 0 || shift < 0 || shift > 18 {
			return 0, false
		}
		hi, lo := bits.Mul64(magnitude(x), uint64(tens64[shift]))
		d := magnitude(y)
		if hi >= d {
			return 0, false
		}
		q, rest := bits.Div64(hi, lo, d)
		if rest >= d-rest {
			q++
		}
		if q > math.MaxInt64 {
			return 0, false
		}
		r = int64(q)
		if x < 0 != (y < 0) {
			r = -r
		}
	case '*':
		out := [1]int64{}
		if scale != s1+s2 || whole64('*', out[:], []int64{x}, []int64{y}) {
			return 0, false
		}
		r = out[0]
	default:
		to := max(s1, s2)
		if scale != to || to-s1 > 18 || to-s2 > 18 {
			return 0, false
		}
		pair, out := [2]int64{}, [1]int64{}
		if whole64('*', pair[:], []int64{x, y}, []int64{tens64[to-s1], tens64[to-s2]}) ||
			whole64(op, out[:], pair[:1], pair[1:]) && (op == '+' || op == '-' || pair[1] == 0) {
			return 0, false
		}
		r = out[0]
	}
	if t.Precision() <= 18 && (r >= tens64[t.Precision()] || r <= -tens64[t.Precision()]) {
		return 0, false
	}
	return r, true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// tens64 are the powers of ten that 64 bits hold.
var tens64 = func() (t [19]int64) {
	t[0] = 1
	for i := range 18 {
		t[i+1] = t[i] * 10
	}
	return t
}()

// exactDecimal is the exact x op y with its scale; of a quotient the first 39
// digits after the point.
func exactDecimal(op byte, x, y Int128, s1, s2 int) (*big.Int, int) {
	a, b := x.Big(), y.Big()
	if op == '*' {
		return a.Mul(a, b), s1 + s2
	}
	if op == '/' {
		a.Mul(a, power10(MaxPrecision+1+max(0, s2-s1)))
		b.Mul(b, power10(max(0, s1-s2)))
		return a.Quo(a, b), MaxPrecision + 1
	}
	scale := max(s1, s2)
	a.Mul(a, power10(scale-s1))
	b.Mul(b, power10(scale-s2))
	switch op {
	case '+':
		a.Add(a, b)
	case '-':
		a.Sub(a, b)
	default:
		a.Rem(a, b)
		if op == 'p' && a.Sign() < 0 {
			a.Rem(a.Add(a, b), b)
		}
	}
	return a, scale
}

func divideDecimal(a, b *big.Int, s1, s2 int, t Type) (Int128, bool) {
	if shift := t.Scale() + s2 - s1; shift >= 0 {
		a.Mul(a, power10(shift))
	} else {
		b.Mul(b, power10(-shift))
	}
	roundQuo(a, b)
	v, ok := FromBig(a)
	return v, ok && v.Fits(t.Precision())
}

// roundTo is v·10^-scale as a value of decimal type t.
func roundTo(v *big.Int, scale int, t Type) (Int128, bool) {
	if to := t.Scale(); to > scale {
		v.Mul(v, power10(to-scale))
	} else if to < scale {
		roundQuo(v, power10(scale-to))
	}
	out, ok := FromBig(v)
	return out, ok && out.Fits(t.Precision())
}

// plainDigits prints v·10^-scale as Spark's messages do: at most 39 digits.
func plainDigits(v *big.Int, scale int) string {
	if extra := len(new(big.Int).Abs(v).String()) - MaxPrecision - 1; extra > 0 && scale > 0 {
		extra = min(extra, scale)
		v, scale = new(big.Int).Quo(v, power10(extra)), scale-extra
	}
	return decimalText(v.String(), scale)
}

// divideDecimalWhole is div of decimals: the whole part of the quotient as a
// bigint, of what does not fit the low bits, in either mode.
func (m Mode) divideDecimalWhole(x, y *Bound) *Bound {
	s1, s2 := x.Type.Scale(), y.Type.Scale()
	var own []byte
	return onTwo(Int64, x, y, func(out, a, b *Column, n int) error {
		out.I64 = grow(out.I64, n)
		bad := false
		for i := range out.I64 {
			out.I64[i] = 0
			if b.Wide[i] == (Int128{}) {
				bad = true
				continue
			}
			p, q := a.Wide[i].Big(), b.Wide[i].Big()
			p.Mul(p, power10(max(0, s2-s1)))
			p.Quo(p, q.Mul(q, power10(max(0, s1-s2))))
			out.I64[i] = int64(p.Uint64()) * int64(p.Sign())
		}
		if !bad {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error {
			if b.Wide[i] == (Int128{}) {
				return errDivideByZero()
			}
			return nil
		})
	})
}
