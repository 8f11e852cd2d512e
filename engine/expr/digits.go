package expr

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// digitFunctions are the rows of the function table on the digits of numbers,
// and what fits nowhere else.
func digitFunctions() []function {
	return []function{
		{"hex", 1, 1, bindHex, "hexadecimal digits of a bigint, or of the bytes of a text"},
		{"unhex", 1, 1, bindUnhex, "the bytes whose hexadecimal digits a text holds; null where it holds others"},
		{"bin", 1, 1, bindBin, "binary digits of a bigint"},
		{"conv", 3, 3, bindConv, "digits to the base of the second written to the base of the third, 2 to 36; a negative third base means signed"},
		{"factorial", 1, 1, bindFactorial, "product of the whole numbers up to one from 0 to 20; else null"},
		{"width_bucket", 4, 4, bindWidthBucket, "which of so many equal parts (the fourth) between the second and the third the first falls into; 0 below"},
	}
}

func bindHex(m Mode, args []*Bound) (*Bound, error) {
	x := args[0]
	if x.Type == String || x.Type == Binary {
		return m.perRow(String, args, func(b *Builder, cols []*Column, i int) error {
			b.AppendBytes([]byte(strings.ToUpper(hex.EncodeToString(cols[0].Str(i)))))
			return nil
		}), nil
	}
	return m.bindDigits(x, 16)
}

func bindBin(m Mode, args []*Bound) (*Bound, error) { return m.bindDigits(args[0], 2) }

func (m Mode) bindDigits(x *Bound, base int) (*Bound, error) {
	if !x.Type.IsNumber() && x.Type != String && x.Type != Null {
		return nil, errArgument(1, `"BIGINT"`, x.Type)
	}
	x, err := m.cast(x, Int64)
	if err != nil {
		return nil, err
	}
	return m.perRow(String, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
		b.AppendBytes([]byte(strings.ToUpper(strconv.FormatUint(uint64(cols[0].I64[i]), base))))
		return nil
	}), nil
}

func bindUnhex(m Mode, args []*Bound) (*Bound, error) {
	x, err := m.cast(args[0], String)
	if err != nil {
		return nil, err
	}
	return m.perRow(Binary, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
		text := string(cols[0].Str(i))
		if len(text)%2 == 1 {
			text = "0" + text
		}
		if raw, err := hex.DecodeString(text); err != nil {
			b.AppendNull()
		} else {
			b.AppendBytes(raw)
		}
		return nil
	}), nil
}

func bindConv(m Mode, args []*Bound) (*Bound, error) {
	for i, t := range []Type{String, Int32, Int32} {
		x, err := m.cast(args[i], t)
		if err != nil {
			return nil, err
		}
		args[i] = x
	}
	return m.perRow(String, args, func(b *Builder, cols []*Column, i int) error {
		text, ok, err := m.conv(strings.Trim(string(cols[0].Str(i)), " "), cols[1].I32[i], cols[2].I32[i])
		if err != nil {
			return err
		}
		b.AppendValue(Value{Type: String, IsNull: !ok, S: text})
		return nil
	}), nil
}

// conv reads the digits that a text begins with as 64 bits and writes them to
// another base. Too many of them are all ones, or an error in ANSI mode.
func (m Mode) conv(text string, from, to int32) (string, bool, error) {
	base := max(to, -to)
	if from < 2 || from > 36 || base < 2 || base > 36 || text == "" {
		return "", false, nil
	}
	digits, negative := strings.CutPrefix(text, "-")
	n := 0
	for n < len(digits) {
		if _, err := strconv.ParseUint(digits[n:n+1], int(from), 64); err != nil {
			break
		}
		n++
	}
	v, err := strconv.ParseUint("0"+digits[:n], int(from), 64)
	if err != nil {
		if m.checks() {
			return "", false, errOverflow("Overflow in function conv()", "")
		}
		v = math.MaxUint64
		negative = false
	}
	sign := ""
	if negative && to > 0 {
		v = -v
	} else if negative {
		sign = "-"
	} else if to < 0 && int64(v) < 0 {
		sign, v = "-", -v
	}
	return sign + strings.ToUpper(strconv.FormatUint(v, int(base))), true, nil
}

func bindFactorial(m Mode, args []*Bound) (*Bound, error) {
	x, err := m.cast(args[0], Int32)
	if err != nil {
		return nil, err
	}
	return m.perRow(Int64, []*Bound{x}, func(b *Builder, cols []*Column, i int) error {
		n := int64(cols[0].I32[i])
		b.AppendValue(Value{Type: Int64, IsNull: n < 0 || n > 20, I: new(big.Int).MulRange(1, min(n, 20)).Int64()})
		return nil
	}), nil
}

func bindWidthBucket(m Mode, args []*Bound) (*Bound, error) {
	bounds := args[:3]
	if t := args[0].Type; isInterval(t) && args[1].Type == t && args[2].Type == t {
		for i, a := range bounds {
			x, err := m.cast(a, DecimalOf(25, 6))
			if err != nil {
				return nil, err
			}
			bounds[i] = x
		}
	}
	if err := m.toFloat(bounds); err != nil {
		return nil, err
	}
	count, err := m.cast(args[3], Int64)
	if err != nil {
		return nil, err
	}
	return m.perRow(Int64, append(bounds[:3:3], count), func(b *Builder, cols []*Column, i int) error {
		n, ok := widthBucket(cols[0].F64[i], cols[1].F64[i], cols[2].F64[i], cols[3].I64[i])
		b.AppendValue(Value{Type: Int64, IsNull: !ok, I: n})
		return nil
	}), nil
}

func widthBucket(v, low, high float64, count int64) (int64, bool) {
	if count <= 0 || count == math.MaxInt64 || low == high || v != v || low-low != 0 || high-high != 0 {
		return 0, false
	}
	if low > high {
		v, low, high = -v, -low, -high
	}
	switch {
	case v < low:
		return 0, true
	case v >= high:
		return count + 1, true
	}
	return int64(float64(count)*(v-low)/(high-low)) + 1, true
}
