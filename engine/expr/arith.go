package expr

import (
	"math"
	"math/bits"
	"slices"
)

// numberFunctions are the rows of the function table on numbers.
func numberFunctions() []function {
	return slices.Concat(arithmeticFunctions(), roundingFunctions(), mathFunctions(), bitFunctions(), digitFunctions())
}

func arithmeticFunctions() []function {
	return []function{
		{"+ add", 1, 2, bindArith('+'), "sum; also a date plus days, and dates, timestamps and intervals plus an interval; of one argument itself"},
		{"- subtract", 1, 2, bindArith('-'), "difference; also a date minus days, between two moments (an interval), and minus an interval; of one argument the negative"},
		{"* multiply", 2, 2, bindArith('*'), "product; also an interval times a number"},
		{"/ divide", 2, 2, bindArith('/'), "quotient, of decimals a decimal, of other numbers a double; also an interval over a number"},
		{"% mod", 2, 2, bindArith('%'), "remainder with the sign of the first"},
		{"div", 2, 2, bindArith('d'), "whole part of the quotient, as bigint"},
		{"pmod", 2, 2, bindArith('p'), "remainder that is not negative where the divisor is positive"},
		{"try_add", 2, 2, trying(bindArith('+')), "sum; null when it overflows"},
		{"try_subtract", 2, 2, trying(bindArith('-')), "difference; null when it overflows"},
		{"try_multiply", 2, 2, trying(bindArith('*')), "product; null when it overflows"},
		{"try_divide", 2, 2, trying(bindArith('/')), "quotient; null when dividing by zero"},
		{"try_mod", 2, 2, trying(bindArith('%')), "remainder; null when dividing by zero"},
		{"positive", 1, 1, bindArith('+'), "the number itself"},
		{"negative", 1, 1, bindNegative, "the number with the other sign"},
		{"abs", 1, 1, bindAbs, "absolute value, of numbers and intervals"},
	}
}

// trying binds as under try_: errors become nulls, those of the arguments'
// conversions included.
func trying(bind binder) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		m.Try = true
		return bind(m, args)
	}
}

// try names the function that tolerates an operator's overflow.
func try(op byte) string {
	return map[byte]string{'+': "try_add", '-': "try_subtract", '*': "try_multiply", '/': "try_divide", 'd': "try_divide", '%': "try_mod"}[op]
}

func bindArith(op byte) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if len(args) == 1 && op == '-' {
			return bindNegative(m, args)
		}
		if len(args) == 1 {
			return m.signed(args[0])
		}
		if out, err := m.bindMoments(op, args[0], args[1]); out != nil || err != nil {
			return out, err
		}
		x, y, err := m.operands(op, args[0], args[1])
		if err != nil {
			return nil, err
		}
		switch t := x.Type; {
		case t.Kind() == Decimal:
			return m.bindDecimal(op, x, y), nil
		case t == Float32 || t == Float64:
			return m.bindFloats(op, x, y), nil
		default:
			return m.bindWhole(op, x, y), nil
		}
	}
}

// operands converts both sides of an operator to numbers of one type (decimals
// apart, whose scales may differ).
func (m Mode) operands(op byte, x, y *Bound) (*Bound, *Bound, error) {
	a, b := x.Type, y.Type
	if a == String && b == String && m.ANSI {
		return nil, nil, errWrongType(`"NUMERIC"`, a)
	}
	a, b = m.besideNumber(a, b), m.besideNumber(b, a)
	if a == Null && b == Null {
		a, b = Float64, Float64
	} else if a == Null {
		a = b
	} else if b == Null {
		b = a
	}
	switch {
	case a == b && !a.IsNumber():
		return nil, nil, errWrongType(`"NUMERIC"`, a)
	case !a.IsNumber() || !b.IsNumber():
		return nil, nil, errDiffTypes(a, b)
	case a.Kind() == Decimal && b.IsWhole():
		b = besideDecimal(y, b)
	case b.Kind() == Decimal && a.IsWhole():
		a = besideDecimal(x, a)
	case a.Kind() != Decimal || b.Kind() != Decimal:
		a = m.widerNumber(a, b)
		b = a
	}
	switch {
	case op == '/' && a.Kind() != Decimal:
		a, b = Float64, Float64
	case op == 'd' && a.IsWhole():
		a, b = Int64, Int64
	case op == 'd' && a.Kind() != Decimal:
		return nil, nil, errDiffTypes(a, Int64)
	}
	x, err := m.cast(x, a)
	if err != nil {
		return nil, nil, err
	}
	y, err = m.cast(y, b)
	return x, y, err
}

// besideNumber is the type that a takes as an operand beside b: texts become
// numbers.
func (m Mode) besideNumber(a, b Type) Type {
	switch {
	case a != String:
		return a
	case m.ANSI && b.IsWhole():
		return Int64
	}
	return Float64
}

func besideDecimal(x *Bound, t Type) Type {
	if x.digits > 0 {
		return DecimalOf(x.digits, 0)
	}
	return decimalFor(t)
}

// bindWhole computes with whole numbers of one type. Without checks they wrap.
func (m Mode) bindWhole(op byte, x, y *Bound) *Bound {
	t := x.Type
	var own []byte
	return onTwo(t, x, y, func(out, a, b *Column, n int) error {
		var bad bool
		if t == Int64 {
			out.I64 = grow(out.I64, n)
			bad = whole64(op, out.I64, a.I64, b.I64)
		} else {
			out.I32 = grow(out.I32, n)
			bad = whole32(op, t, out.I32, a.I32, b.I32)
		}
		if !bad || !m.checks() && op != '%' && op != 'd' && op != 'p' {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error {
			if t == Int64 {
				return m.wholeError(op, t, a.I64[i], b.I64[i])
			}
			return m.wholeError(op, t, int64(a.I32[i]), int64(b.I32[i]))
		})
	})
}

// wholeError is what is wrong with a op b, or nil.
func (m Mode) wholeError(op byte, t Type, a, b int64) error {
	if op == '%' || op == 'd' || op == 'p' {
		switch {
		case b == 0:
			return errDivideByZero()
		case op == 'd' && b == -1 && a == math.MinInt64 && m.checks():
			return errOverflow("Overflow in integral divide", try(op))
		}
		return nil
	}
	if t == Int64 {
		out := [1]int64{}
		if !whole64(op, out[:], []int64{a}, []int64{b}) {
			return nil
		}
		return errOverflow("long overflow", try(op))
	}
	out := [1]int32{}
	if !whole32(op, t, out[:], []int32{int32(a)}, []int32{int32(b)}) {
		return nil
	}
	if t == Int32 {
		return errOverflow("integer overflow", try(op))
	}
	sign := string(op)
	return &Error{"BINARY_ARITHMETIC_OVERFLOW", Value{Type: Int16, I: a}.sql(m) + " " + sign + " " + Value{Type: Int16, I: b}.sql(m) +
		" caused overflow. Use `" + try(op) + "` to ignore overflow problem and return NULL.", "22003"}
}

// whole64 computes out = a op b; bad says that a row overflowed or divided by
// zero.
func whole64(op byte, out, a, b []int64) (bad bool) {
	a, b = a[:len(out)], b[:len(out)]
	var wrong int64 // negative when a row went wrong
	switch op {
	case '+':
		for i := range out {
			r := a[i] + b[i]
			out[i] = r
			wrong |= (a[i] ^ r) & (b[i] ^ r)
		}
	case '-':
		for i := range out {
			r := a[i] - b[i]
			out[i] = r
			wrong |= (a[i] ^ b[i]) & (a[i] ^ r)
		}
	case '*':
		var high uint64
		for i := range out {
			hi, lo := bits.Mul64(uint64(a[i]), uint64(b[i]))
			hi -= uint64(a[i]>>63&b[i]) + uint64(b[i]>>63&a[i])
			out[i] = int64(lo)
			high |= hi ^ uint64(int64(lo)>>63) // the high word is the sign where the product fits
		}
		return high != 0
	default:
		return divideWhole(op, out, a, b)
	}
	return wrong < 0
}

// whole32 is whole64 for the narrower types, which share a layout.
func whole32(op byte, t Type, out, a, b []int32) (bad bool) {
	a, b = a[:len(out)], b[:len(out)]
	var wrong int64 // not zero when a row went wrong
	switch op {
	case '+':
		for i := range out {
			r := int64(a[i]) + int64(b[i])
			out[i] = int32(r)
			wrong |= r ^ int64(int32(r))
		}
	case '-':
		for i := range out {
			r := int64(a[i]) - int64(b[i])
			out[i] = int32(r)
			wrong |= r ^ int64(int32(r))
		}
	case '*':
		for i := range out {
			r := int64(a[i]) * int64(b[i])
			out[i] = int32(r)
			wrong |= r ^ int64(int32(r))
		}
	default:
		bad = divideWhole(op, out, a, b)
	}
	return narrow(t, out) || bad || wrong != 0
}

// narrow wraps values to tinyint or smallint and reports whether one changed.
func narrow(t Type, out []int32) bool {
	var wrong int32
	switch t {
	case Int8:
		for i, v := range out {
			out[i] = int32(int8(v))
			wrong |= v ^ out[i]
		}
	case Int16:
		for i, v := range out {
			out[i] = int32(int16(v))
			wrong |= v ^ out[i]
		}
	}
	return wrong != 0
}

func divideWhole[T int32 | int64](op byte, out, a, b []T) (bad bool) {
	for i := range out {
		d := b[i]
		if d == 0 || d == -1 {
			bad = bad || d == 0 || op == 'd'
			out[i] = 0
			if op == 'd' {
				out[i] = -a[i]
			}
			continue
		}
		switch op {
		case 'd':
			out[i] = a[i] / d
		case '%':
			out[i] = a[i] % d
		default:
			r := a[i] % d
			if r < 0 {
				r = (r + d) % d
			}
			out[i] = r
		}
	}
	return bad
}

// bindFloats computes with doubles, or with floats, whose results are rounded
// to floats: the double result is exact enough that rounding twice is no worse.
func (m Mode) bindFloats(op byte, x, y *Bound) *Bound {
	t := x.Type
	var own []byte
	return onTwo(t, x, y, func(out, a, b *Column, n int) error {
		out.F64 = grow(out.F64, n)
		bad := floats(op, out.F64, a.F64, b.F64)
		if t == Float32 {
			for i, v := range out.F64 {
				out.F64[i] = float64(float32(v))
			}
		}
		if !bad {
			return nil
		}
		return m.settle(out, n, &own, func(i int) error {
			if b.F64[i] == 0 {
				return errDivideByZero()
			}
			return nil
		})
	})
}

// floats computes out = a op b; bad says that a row divided by zero.
func floats(op byte, out, a, b []float64) (bad bool) {
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
	case '/':
		for i := range out {
			bad = bad || b[i] == 0
			out[i] = a[i] / b[i]
		}
	default:
		for i := range out {
			bad = bad || b[i] == 0
			r := math.Mod(a[i], b[i])
			if op == 'p' && r < 0 {
				r = math.Mod(r+b[i], b[i])
			}
			out[i] = r
		}
	}
	return bad
}
