package expr

import (
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// An Int128 is a whole number of 128 bits in two's complement: the unscaled
// value of a decimal. Thirty-eight digits fit.
type Int128 struct {
	Lo uint64
	Hi int64
}

// Wide is v as an Int128.
func Wide(v int64) Int128 { return Int128{uint64(v), v >> 63} }

// Neg is -a.
func (a Int128) Neg() Int128 {
	lo, borrow := bits.Sub64(0, a.Lo, 0)
	return Int128{lo, -a.Hi - int64(borrow)}
}

// Sign is -1, 0 or 1.
func (a Int128) Sign() int {
	switch {
	case a.Hi < 0:
		return -1
	case a.Hi == 0 && a.Lo == 0:
		return 0
	}
	return 1
}

// Cmp is -1 where a < b, 0 where they are equal, else 1.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a.Hi != b.Hi:
		return order(a.Hi, b.Hi)
	case a.Lo != b.Lo:
		if a.Lo < b.Lo {
			return -1
		}
		return 1
	}
	return 0
}

// Add is a + b. Decimals are far enough from the ends of the range that the sum
// of two of them cannot wrap.
func (a Int128) Add(b Int128) Int128 {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	return Int128{lo, a.Hi + b.Hi + int64(carry)}
}

// Int64 is a as an int64; ok is false where it does not fit.
func (a Int128) Int64() (v int64, ok bool) { return int64(a.Lo), a.Hi == int64(a.Lo)>>63 }

// Big is a as a big.Int: the slow way, for products and quotients that leave
// 128 bits on the way.
func (a Int128) Big() *big.Int {
	if v, ok := a.Int64(); ok {
		return big.NewInt(v)
	}
	b := new(big.Int).Lsh(big.NewInt(a.Hi), 64)
	return b.Add(b, new(big.Int).SetUint64(a.Lo))
}

// FromBig is b as an Int128; ok is false where it does not fit.
func FromBig(b *big.Int) (v Int128, ok bool) {
	if b.BitLen() > 127 {
		return v, false
	}
	magnitude := new(big.Int).Abs(b)
	v.Lo = new(big.Int).And(magnitude, maxUint64).Uint64()
	v.Hi = new(big.Int).Rsh(magnitude, 64).Int64()
	if b.Sign() < 0 {
		v = v.Neg()
	}
	return v, true
}

var maxUint64 = new(big.Int).SetUint64(1<<64 - 1)

// pow10 holds the powers of ten that an Int128 holds.
var pow10 = func() (p [MaxPrecision + 1]Int128) {
	b, ten := big.NewInt(1), big.NewInt(10)
	for i := range p {
		p[i], _ = FromBig(b)
		b.Mul(b, ten)
	}
	return p
}()

// Fits reports whether a has no more digits than precision.
func (a Int128) Fits(precision int) bool {
	limit := pow10[precision]
	return a.Cmp(limit) < 0 && a.Cmp(limit.Neg()) > 0
}

// Rescale changes the number of digits after the point, rounding half up (away
// from zero); ok is false where the result has more than precision digits.
func (a Int128) Rescale(from, to, precision int) (v Int128, ok bool) {
	if from == to {
		return a, a.Fits(precision)
	}
	b := a.Big()
	if to > from {
		b.Mul(b, power10(to-from))
	} else {
		roundQuo(b, power10(from-to))
	}
	v, ok = FromBig(b)
	return v, ok && v.Fits(precision)
}

// power10 is ten to the power n.
func power10(n int) *big.Int {
	if n <= MaxPrecision {
		return pow10[n].Big()
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// roundQuo sets b to b / by, halves away from zero.
func roundQuo(b, by *big.Int) {
	_, rest := b.QuoRem(b, by, new(big.Int))
	sign := int64(rest.Sign() * by.Sign())
	if rest.Abs(rest).Lsh(rest, 1).CmpAbs(by) >= 0 && sign != 0 {
		b.Add(b, big.NewInt(sign))
	}
}

// Text prints a with scale digits after the point.
func (a Int128) Text(scale int) string {
	if v, ok := a.Int64(); ok {
		return decimalText(strconv.FormatInt(v, 10), scale)
	}
	return decimalText(a.Big().String(), scale)
}

// decimalText puts the point into the digits of a whole number.
func decimalText(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// Float is a·10^-scale as the nearest double.
func (a Int128) Float(scale int) float64 {
	if v, ok := a.Int64(); ok && v > -1<<53 && v < 1<<53 && scale <= 22 {
		return float64(v) / tens[scale] // both exact, so the quotient is the nearest
	}
	f, _ := new(big.Rat).SetFrac(a.Big(), power10(scale)).Float64()
	return f
}

// tens are the powers of ten that doubles hold exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
	1e18, 1e19, 1e20, 1e21, 1e22}
