package expr

import (
	"math"
)

// mathFunctions are the rows of the function table on doubles.
func mathFunctions() []function {
	return []function{
		{"sign signum", 1, 1, bindSign, "-1, 0 or 1 by the sign of a number or interval"},
		{"sqrt", 1, 1, bindMath(math.Sqrt), "square root"},
		{"cbrt", 1, 1, bindMath(math.Cbrt), "cube root"},
		{"exp", 1, 1, bindMath(exp), "e to the power"},
		{"expm1", 1, 1, bindMath(math.Expm1), "e to the power, less one"},
		{"ln", 1, 1, bindLog(0, math.Log), "natural logarithm; null unless positive"},
		{"log", 1, 2, bindLogarithm, "natural logarithm, or the second's logarithm to the base of the first; null unless positive"},
		{"log2", 1, 1, bindLog(0, func(x float64) float64 { return math.Log(x) / math.Log(2) }), "logarithm to base 2; null unless positive"},
		{"log10", 1, 1, bindLog(0, math.Log10), "logarithm to base 10; null unless positive"},
		{"log1p", 1, 1, bindLog(-1, math.Log1p), "natural logarithm of the number and one; null unless above -1"},
		{"power pow", 2, 2, bindPower, "the first to the power of the second"},
		{"sin", 1, 1, bindMath(math.Sin), "sine"},
		{"cos", 1, 1, bindMath(math.Cos), "cosine"},
		{"tan", 1, 1, bindMath(math.Tan), "tangent"},
		{"cot", 1, 1, bindMath(func(x float64) float64 { return 1 / math.Tan(x) }), "cotangent"},
		{"sec", 1, 1, bindMath(func(x float64) float64 { return 1 / math.Cos(x) }), "secant"},
		{"csc", 1, 1, bindMath(func(x float64) float64 { return 1 / math.Sin(x) }), "cosecant"},
		{"asin", 1, 1, bindMath(math.Asin), "inverse sine"},
		{"acos", 1, 1, bindMath(math.Acos), "inverse cosine"},
		{"atan", 1, 1, bindMath(math.Atan), "inverse tangent"},
		{"atan2", 2, 2, bindMath2(func(y, x float64) float64 { return math.Atan2(y+0, x+0) }), "angle of the point with the second as x and the first as y"},
		{"sinh", 1, 1, bindMath(math.Sinh), "hyperbolic sine"},
		{"cosh", 1, 1, bindMath(math.Cosh), "hyperbolic cosine"},
		{"tanh", 1, 1, bindMath(math.Tanh), "hyperbolic tangent"},
		{"asinh", 1, 1, bindMath(asinh), "inverse hyperbolic sine"},
		{"acosh", 1, 1, bindMath(func(x float64) float64 { return math.Log(x + math.Sqrt(x*x-1)) }), "inverse hyperbolic cosine"},
		{"atanh", 1, 1, bindMath(func(x float64) float64 { return 0.5 * (math.Log1p(x) - math.Log1p(-x)) }), "inverse hyperbolic tangent"},
		{"hypot", 2, 2, bindMath2(math.Hypot), "length of the diagonal"},
		{"radians", 1, 1, bindMath(func(x float64) float64 { return x * (math.Pi / 180) }), "degrees to radians"},
		{"degrees", 1, 1, bindMath(func(x float64) float64 { return x * (180 / math.Pi) }), "radians to degrees"},
		{"pi", 0, 0, bindNumber(math.Pi), "the ratio of a circle's circumference to its diameter"},
		{"e", 0, 0, bindNumber(math.E), "the base of natural logarithms"},
	}
}

func bindNumber(v float64) binder {
	return func(Mode, []*Bound) (*Bound, error) { return bindLiteral(Value{Type: Float64, F: v}), nil }
}

func bindMath(f func(float64) float64) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := m.toFloat(args); err != nil {
			return nil, err
		}
		return onOne(Float64, args[0], func(out, in *Column, n int) error {
			out.F64 = grow(out.F64, n)
			transform(out.F64, in.F64, f)
			return nil
		}), nil
	}
}

func bindMath2(f func(x, y float64) float64) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := m.toFloat(args); err != nil {
			return nil, err
		}
		return onTwo(Float64, args[0], args[1], func(out, a, b *Column, n int) error {
			out.F64 = grow(out.F64, n)
			for i := range out.F64 {
				out.F64[i] = f(a.F64[i], b.F64[i])
			}
			return nil
		}), nil
	}
}

// bindLog makes a logarithm, which is null in either mode for what is not above
// a bound.
func bindLog(bound float64, f func(float64) float64) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		log, err := bindMath(f)(m, args)
		if err != nil {
			return nil, err
		}
		return nullUnless(log, args, func(cols []*Column, i int) bool { return !(cols[0].F64[i] <= bound) }), nil
	}
}

func bindLogarithm(m Mode, args []*Bound) (*Bound, error) {
	if len(args) == 1 {
		return bindLog(0, math.Log)(m, args)
	}
	log, err := bindMath2(func(base, x float64) float64 { return math.Log(x) / math.Log(base) })(m, args)
	if err != nil {
		return nil, err
	}
	return nullUnless(log, args, func(cols []*Column, i int) bool { return !(cols[0].F64[i] <= 0) && !(cols[1].F64[i] <= 0) }), nil
}

// nullUnless is x where ok says so of the arguments, else null.
func nullUnless(x *Bound, args []*Bound, ok func(cols []*Column, i int) bool) *Bound {
	cols := make([]*Column, len(args))
	var out Column
	var own []byte
	return &Bound{Type: x.Type, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		c, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		for i, a := range args {
			if cols[i], err = a.eval(b); err != nil {
				return nil, err
			}
		}
		out = *c
		copied := false
		for i := range b.Rows {
			if ok(cols, i) {
				continue
			}
			if !copied {
				out.Valid, copied = ownBitmap(c.Valid, b.Rows, &own), true
			}
			clearBit(out.Valid, i)
		}
		return &out, nil
	}}
}

func bindPower(m Mode, args []*Bound) (*Bound, error) {
	if err := m.toFloat(args); err != nil {
		return nil, err
	}
	if e, ok := constantValue(args[1]); ok && e.F == 2 && !e.IsNull {
		return bindMath(func(v float64) float64 { return v * v })(m, args[:1])
	}
	return bindMath2(power)(m, args)
}

// power is Java's: one to any power that is not a number is not a number.
func power(x, y float64) float64 {
	if y != y || (x == 1 || x == -1) && math.IsInf(y, 0) {
		return math.NaN()
	}
	return math.Pow(x, y)
}

func bindSign(m Mode, args []*Bound) (*Bound, error) {
	if isInterval(args[0].Type) {
		x, err := m.cast(args[0], DecimalOf(25, 6))
		if err != nil {
			return nil, err
		}
		args = []*Bound{x}
	}
	return bindMath(func(v float64) float64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return v
	})(m, args)
}

// asinh is Spark's formula, with what it loses for large negative numbers.
func asinh(x float64) float64 {
	if math.IsInf(x, -1) {
		return x
	}
	return math.Log(x + math.Sqrt(x*x+1))
}

// exp is Java's StrictMath.exp, digit by digit: fdlibm's e_exp.c (Sun
// Microsystems, 1993). The processor's own differs in the last place now and
// then, and exp(1) is what people compare.
func exp(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		p1    = 1.66666666666666019037e-01
		p2    = -2.77777777770155933842e-03
		p3    = 6.61375632143793436117e-05
		p4    = -1.65339022054652515390e-06
		p5    = 4.13813679705723846039e-08
	)
	switch {
	case x != x || math.IsInf(x, 1):
		return x
	case x > 7.09782712893383973096e+02:
		return math.Inf(1)
	case x < -7.45133219101941108420e+02:
		return 0
	}
	var hi, lo float64
	k := 0
	switch a := math.Abs(x); {
	case a > 1.5*math.Ln2:
		half := math.Copysign(0.5, x)
		k = int(x/math.Ln2 + half)
		hi, lo = x-float64(float64(k)*ln2Hi), float64(k)*ln2Lo
	case a > 0.5*math.Ln2:
		k = 1
		if x < 0 {
			k = -1
		}
		hi, lo = x-float64(float64(k)*ln2Hi), float64(k)*ln2Lo
	case a < 1.0/(1<<28):
		return 1 + x
	default:
		hi = x
	}
	if k != 0 {
		x = hi - lo
	}
	t := x * x
	c := x - float64(t*float64(p1+float64(t*float64(p2+float64(t*float64(p3+float64(t*float64(p4+float64(t*p5)))))))))
	if k == 0 {
		return 1 - (float64(x*c)/(c-2) - x)
	}
	return math.Ldexp(1-((lo-float64(x*c)/(2-c))-hi), k)
}
