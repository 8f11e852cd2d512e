package expr

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numberFunctions are the rows of the function table on numbers.
func numberFunctions() []function {
	return []function{
		{"+", 2, 2, anyMode(bindArith('+')), "sum; a timestamp or date plus a number of microseconds or days"},
		{"-", 2, 2, anyMode(bindArith('-')), "difference"},
		{"*", 2, 2, anyMode(bindArith('*')), "product"},
		{"/", 2, 2, anyMode(bindDivide), "quotient as a double; null when dividing by zero"},
		{"%", 2, 2, anyMode(bindArith('%')), "remainder; null when dividing by zero"},
		{"abs", 1, 1, anyMode(bindAbs), "absolute value"},
		{"floor", 1, 1, anyMode(bindRound(math.Floor)), "greatest whole number not above, as bigint"},
		{"ceil", 1, 1, anyMode(bindRound(math.Ceil)), "least whole number not below, as bigint"},
		{"round", 1, 2, anyMode(bindRoundHalfUp), "nearest number with the given decimals (0), halves away from zero"},
		{"sqrt", 1, 1, anyMode(bindMath(math.Sqrt)), "square root"},
		{"exp", 1, 1, anyMode(bindMath(math.Exp)), "e to the power"},
		{"ln", 1, 1, anyMode(bindMath(math.Log)), "natural logarithm"},
		{"sin", 1, 1, anyMode(bindMath(math.Sin)), "sine"},
		{"cos", 1, 1, anyMode(bindMath(math.Cos)), "cosine"},
		{"tan", 1, 1, anyMode(bindMath(math.Tan)), "tangent"},
		{"asin", 1, 1, anyMode(bindMath(math.Asin)), "inverse sine"},
		{"acos", 1, 1, anyMode(bindMath(math.Acos)), "inverse cosine"},
		{"atan", 1, 1, anyMode(bindMath(math.Atan)), "inverse tangent"},
		{"radians", 1, 1, anyMode(bindMath(func(x float64) float64 { return x / 180 * math.Pi })), "degrees to radians"},
		{"degrees", 1, 1, anyMode(bindMath(func(x float64) float64 { return x * 180 / math.Pi })), "radians to degrees"},
		{"power", 2, 2, anyMode(bindPower), "the first to the power of the second"},
	}
}

func bindArith(op byte) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		x, y := args[0], args[1]
		t := x.Type
		// A date moves by days, a timestamp by microseconds.
		if (t == Date || t == TimestampNTZ) && (y.Type == Int32 || y.Type == Int64) && (op == '+' || op == '-') {
			to := Int32
			if t == TimestampNTZ {
				to = Int64
			}
			var err error
			if y, err = bindCast(y, to); err != nil {
				return nil, err
			}
		} else {
			var err error
			if t, err = unify(args); err != nil {
				return nil, err
			}
			if t == String {
				if err := toFloat(args); err != nil {
					return nil, err
				}
				t = Float64
			}
			x, y = args[0], args[1]
			if t != Int32 && t != Int64 && t != Float64 && t != Null {
				return nil, fmt.Errorf("cannot compute with %v", t)
			}
		}
		if op == '%' {
			return bindRemainder(x, y, t)
		}
		return onTwo(t, x, y, func(out, a, b *Column, n int) {
			switch t.Layout() {
			case Int32:
				out.I32 = grow(out.I32, n)
				arith(op, out.I32, a.I32, b.I32)
			case Int64:
				out.I64 = grow(out.I64, n)
				arith(op, out.I64, a.I64, b.I64)
			case Float64:
				out.F64 = grow(out.F64, n)
				arith(op, out.F64, a.F64, b.F64)
			}
		}), nil
	}
}

func arith[T number](op byte, out, a, b []T) {
	a, b = a[:len(out)], b[:len(out)]
	switch op {
	case '+':
		for i := range out {
			out[i] = a[i] + b[i]
		}
	case '-':
		for i := range out {
			out[i] = a[i] - b[i]
		}
	case '*':
		for i := range out {
			out[i] = a[i] * b[i]
		}
	}
}

// bindDivide divides as doubles; dividing by zero gives null.
func bindDivide(args []*Bound) (*Bound, error) {
	if err := toFloat(args); err != nil {
		return nil, err
	}
	var bitmap []byte
	return onTwo(Float64, args[0], args[1], func(out, a, b *Column, n int) {
		out.F64 = grow(out.F64, n)
		zero := false
		x, y := a.F64[:n], b.F64[:n]
		for i := range out.F64 {
			zero = zero || y[i] == 0
			out.F64[i] = x[i] / y[i]
		}
		if zero {
			out.Valid = ownBitmap(out.Valid, n, &bitmap)
			for i, v := range y {
				if v == 0 {
					clearBit(out.Valid, i)
				}
			}
		}
	}), nil
}

func bindRemainder(x, y *Bound, t Type) (*Bound, error) {
	var bitmap []byte
	return onTwo(t, x, y, func(out, a, b *Column, n int) {
		out.Valid = ownBitmap(out.Valid, n, &bitmap)
		switch t {
		case Int32:
			out.I32 = grow(out.I32, n)
			remainder(out.I32, a.I32, b.I32, out.Valid)
		case Int64:
			out.I64 = grow(out.I64, n)
			remainder(out.I64, a.I64, b.I64, out.Valid)
		case Float64:
			out.F64 = grow(out.F64, n)
			for i := range out.F64 {
				if b.F64[i] == 0 {
					clearBit(out.Valid, i)
				}
				out.F64[i] = math.Mod(a.F64[i], b.F64[i])
			}
		}
	}), nil
}

func remainder[T int32 | int64](out, a, b []T, valid []byte) {
	for i := range out {
		if b[i] == 0 {
			clearBit(valid, i)
			out[i] = 0
			continue
		}
		out[i] = a[i] % b[i]
	}
}

func bindAbs(args []*Bound) (*Bound, error) {
	t := args[0].Type
	switch t {
	case Int32, Int64, Float64, Null:
	default:
		return nil, fmt.Errorf("abs of %v", t)
	}
	return onOne(t, args[0], func(out, in *Column, n int) error {
		switch t {
		case Int32:
			out.I32 = grow(out.I32, n)
			for i, v := range in.I32[:n] {
				out.I32[i] = max(v, -v)
			}
		case Int64:
			out.I64 = grow(out.I64, n)
			for i, v := range in.I64[:n] {
				out.I64[i] = max(v, -v)
			}
		case Float64:
			out.F64 = grow(out.F64, n)
			for i, v := range in.F64[:n] {
				out.F64[i] = math.Abs(v)
			}
		}
		return nil
	}), nil
}

func bindMath(f func(float64) float64) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		if err := toFloat(args); err != nil {
			return nil, err
		}
		return onOne(Float64, args[0], func(out, in *Column, n int) error {
			out.F64 = grow(out.F64, n)
			for i, v := range in.F64[:n] {
				out.F64[i] = f(v)
			}
			return nil
		}), nil
	}
}

func bindPower(args []*Bound) (*Bound, error) {
	if err := toFloat(args); err != nil {
		return nil, err
	}
	if e, ok := constantValue(args[1]); ok && e.F == 2 && !e.IsNull {
		return onOne(Float64, args[0], func(out, in *Column, n int) error {
			out.F64 = grow(out.F64, n)
			for i, v := range in.F64[:n] {
				out.F64[i] = v * v
			}
			return nil
		}), nil
	}
	return onTwo(Float64, args[0], args[1], func(out, a, b *Column, n int) {
		out.F64 = grow(out.F64, n)
		for i := range out.F64 {
			out.F64[i] = math.Pow(a.F64[i], b.F64[i])
		}
	}), nil
}

// bindRound makes floor and ceil: whole numbers stay, doubles become bigint.
func bindRound(f func(float64) float64) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		if t := args[0].Type; t == Int32 || t == Int64 {
			return bindCast(args[0], Int64)
		}
		if err := toFloat(args); err != nil {
			return nil, err
		}
		return onOne(Int64, args[0], func(out, in *Column, n int) error {
			out.I64 = grow(out.I64, n)
			for i, v := range in.F64[:n] {
				out.I64[i] = floatToInt(f(v))
			}
			return nil
		}), nil
	}
}

// bindRoundHalfUp rounds a double as Spark's round: halves go away from zero.
func bindRoundHalfUp(args []*Bound) (*Bound, error) {
	if t := args[0].Type; len(args) == 1 && (t == Int32 || t == Int64) {
		return args[0], nil
	}
	decimals := 0
	if len(args) == 2 {
		d, ok := constantValue(args[1])
		if !ok || d.IsNull || d.Type != Int32 && d.Type != Int64 {
			return nil, fmt.Errorf("the number of decimals must be a constant whole number")
		}
		decimals = int(min(max(d.I, -400), 400))
	}
	x, err := bindCast(args[0], Float64)
	if err != nil {
		return nil, err
	}
	return onOne(Float64, x, func(out, in *Column, n int) error {
		out.F64 = grow(out.F64, n)
		for i, v := range in.F64[:n] {
			if decimals == 0 {
				out.F64[i] = math.Round(v)
			} else {
				out.F64[i] = roundDecimal(v, decimals)
			}
		}
		return nil
	}), nil
}

// roundDecimal rounds the shortest decimal text of v, as Spark does through
// BigDecimal: 1.005 to two decimals is 1.01, though the double lies below.
func roundDecimal(v float64, decimals int) float64 {
	text := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	point := strings.IndexByte(text, '.')
	if point < 0 {
		point = len(text)
	}
	cut := point + decimals // position in the digits without the point
	digits := strings.Replace(text, ".", "", 1)
	if cut >= len(digits) || v-v != 0 {
		return v
	}
	if cut < 0 {
		return math.Copysign(0, v)
	}
	up := digits[cut] >= '5'
	kept, err := strconv.ParseFloat("0"+digits[:cut]+"e"+strconv.Itoa(-decimals), 64)
	if err != nil {
		return v
	}
	if up {
		// One unit in the last kept place, added in decimal.
		unit, _ := new(big.Int).SetString("0"+digits[:cut], 10)
		kept, _ = strconv.ParseFloat(unit.Add(unit, big.NewInt(1)).String()+"e"+strconv.Itoa(-decimals), 64)
	}
	return math.Copysign(kept, v)
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
