package expr

import (
	"fmt"
	"math/bits"
)

// bitFunctions are the rows of the function table on the bits of whole numbers.
func bitFunctions() []function {
	return []function{
		{"&", 2, 2, bindBits('&'), "bits that are set in both"},
		{"|", 2, 2, bindBits('|'), "bits that are set in one of them"},
		{"^", 2, 2, bindBits('^'), "bits that differ"},
		{"~", 1, 1, bindFlipBits, "every bit the other way"},
		{"<< shiftleft", 2, 2, bindShift('<'), "bits moved up; the number of places counts modulo 32 or 64"},
		{">> shiftright", 2, 2, bindShift('>'), "bits moved down, the sign coming in from above"},
		{">>> shiftrightunsigned", 2, 2, bindShift('u'), "bits moved down, zeros coming in from above"},
		{"bit_count", 1, 1, anyMode(bindBitCount), "how many of the 64 bits are set"},
		{"getbit bit_get", 2, 2, bindGetBit, "the bit at a position, from 0"},
	}
}

func bindBits(op byte) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		a, b := args[0].Type, args[1].Type
		if m.ANSI && (a == String && b.IsWhole() || b == String && a.IsWhole()) {
			a, b = Int64, Int64
		}
		t, ok := m.wider(a, b, false)
		switch {
		case !ok || (a.IsWhole() || b.IsWhole()) && !t.IsWhole():
			return nil, errDiffTypes(a, b)
		case t == Null:
			t = Int32
		case !t.IsWhole():
			return nil, errWrongType(`"INTEGRAL"`, t)
		}
		if err := m.castAll(args, t); err != nil {
			return nil, err
		}
		return onTwo(t, args[0], args[1], func(out, a, b *Column, n int) error {
			if t == Int64 {
				out.I64 = grow(out.I64, n)
				combineBits(op, out.I64, a.I64, b.I64)
			} else {
				out.I32 = grow(out.I32, n)
				combineBits(op, out.I32, a.I32, b.I32)
			}
			return nil
		}), nil
	}
}

func combineBits[T int32 | int64](op byte, out, a, b []T) {
	a, b = a[:len(out)], b[:len(out)]
	switch op {
	case '&':
		for i := range out {
			out[i] = a[i] & b[i]
		}
	case '|':
		for i := range out {
			out[i] = a[i] | b[i]
		}
	default:
		for i := range out {
			out[i] = a[i] ^ b[i]
		}
	}
}

func bindFlipBits(m Mode, args []*Bound) (*Bound, error) {
	t := args[0].Type
	if t == Null {
		t = Int32
	}
	if !t.IsWhole() {
		return nil, errArgument(1, `"INTEGRAL"`, t)
	}
	minusOne := bindLiteral(Value{Type: t, I: -1})
	return bindBits('^')(m, []*Bound{args[0], minusOne})
}

func bindShift(op byte) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		t := Int32
		if args[0].Type == Int64 {
			t = Int64
		}
		for i, a := range args {
			if !a.Type.IsNumber() && a.Type != String && a.Type != Null {
				return nil, errArgument(i+1, `("INT" or "BIGINT")`, a.Type)
			}
		}
		x, err := m.cast(args[0], t)
		if err != nil {
			return nil, err
		}
		by, err := m.cast(args[1], Int32)
		if err != nil {
			return nil, err
		}
		return onTwo(t, x, by, func(out, a, b *Column, n int) error {
			if t == Int64 {
				out.I64 = grow(out.I64, n)
				for i, v := range a.I64[:n] {
					switch s := b.I32[i] & 63; op {
					case '<':
						out.I64[i] = v << s
					case '>':
						out.I64[i] = v >> s
					default:
						out.I64[i] = int64(uint64(v) >> s)
					}
				}
				return nil
			}
			out.I32 = grow(out.I32, n)
			for i, v := range a.I32[:n] {
				switch s := b.I32[i] & 31; op {
				case '<':
					out.I32[i] = v << s
				case '>':
					out.I32[i] = v >> s
				default:
					out.I32[i] = int32(uint32(v) >> s)
				}
			}
			return nil
		}), nil
	}
}

func bindBitCount(args []*Bound) (*Bound, error) {
	if t := args[0].Type; !t.IsWhole() && t != Bool && t != Null {
		return nil, errArgument(1, `("INTEGRAL" or "BOOLEAN")`, t)
	}
	x, err := Mode{}.cast(args[0], Int64)
	if err != nil {
		return nil, err
	}
	return onOne(Int32, x, func(out, in *Column, n int) error {
		out.I32 = grow(out.I32, n)
		transform(out.I32, in.I64, func(v int64) int32 { return int32(bits.OnesCount64(uint64(v))) })
		return nil
	}), nil
}

func bindGetBit(m Mode, args []*Bound) (*Bound, error) {
	t := args[0].Type
	if !t.IsWhole() && t != Null {
		return nil, errArgument(1, `"INTEGRAL"`, t)
	}
	size := int64(8 << (t - Int8))
	if t == Null {
		size = 32
	}
	x, err := m.cast(args[0], Int64)
	if err != nil {
		return nil, err
	}
	at, err := m.cast(args[1], Int32)
	if err != nil {
		return nil, err
	}
	return m.strict().perRow(Int8, []*Bound{x, at}, func(b *Builder, cols []*Column, i int) error {
		position := int64(cols[1].I32[i])
		if position < 0 || position >= size {
			return &Error{"INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", fmt.Sprintf("The value of parameter(s) `pos` in `getbit` is invalid: "+
				"expects an integer value in [0, %d), but got %d.", size, position), "22023"}
		}
		b.AppendValue(Value{Type: Int8, I: cols[0].I64[i] >> position & 1})
		return nil
	}), nil
}
