package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// bindCast converts as Spark's cast does with ANSI mode off: what cannot be
// converted becomes null.
func bindCast(x *Bound, to Type) (*Bound, error) {
	from := x.Type
	if from == to {
		return x, nil
	}
	if from == Null {
		return bindLiteral(Value{Type: to, IsNull: true}), nil
	}
	if v, ok := constantValue(x); ok && from == String && !v.IsNull {
		p, ok := ParseValue(v.S, to)
		if !ok {
			p = Value{Type: to, IsNull: true}
		}
		return bindLiteral(p), nil
	}
	switch {
	case to == String:
		return castToString(x), nil
	case from == String:
		return castFromString(x, to), nil
	case (from == Date || from == TimestampNTZ || from == Bool) && to == Float64,
		from == Date && (to == Int32 || to == Int64), to == Bool && (from == Date || from == TimestampNTZ),
		(to == Date || to == TimestampNTZ) && from != Date && from != TimestampNTZ && from != Int64:
		return nil, fmt.Errorf("cannot cast %v to %v", from, to)
	}
	return onOne(to, x, func(out, in *Column, n int) error {
		convert(out, in, from, to, n)
		return nil
	}), nil
}

func convert(out, in *Column, from, to Type, n int) {
	switch to {
	case Bool:
		out.Bools = grow(out.Bools, n)
		for i := range out.Bools {
			switch from {
			case Int32:
				out.Bools[i] = b2u(in.I32[i] != 0)
			case Int64:
				out.Bools[i] = b2u(in.I64[i] != 0)
			case Float64:
				out.Bools[i] = b2u(in.F64[i] != 0)
			}
		}
	case Int32:
		out.I32 = grow(out.I32, n)
		switch from {
		case Bool:
			transform(out.I32, in.Bools, func(v uint8) int32 { return int32(v) })
		case Int64:
			transform(out.I32, in.I64, func(v int64) int32 { return int32(v) })
		case TimestampNTZ:
			transform(out.I32, in.I64, func(v int64) int32 { return int32(floorDiv(v, 1e6)) })
		case Float64:
			transform(out.I32, in.F64, func(v float64) int32 { return int32(max(min(floatToInt(v), 1<<31-1), -1<<31)) })
		}
	case Int64:
		out.I64 = grow(out.I64, n)
		switch from {
		case Bool:
			transform(out.I64, in.Bools, func(v uint8) int64 { return int64(v) })
		case Int32:
			transform(out.I64, in.I32, func(v int32) int64 { return int64(v) })
		case TimestampNTZ:
			transform(out.I64, in.I64, func(v int64) int64 { return floorDiv(v, 1e6) })
		case Float64:
			transform(out.I64, in.F64, floatToInt)
		}
	case Float64:
		out.F64 = grow(out.F64, n)
		switch from {
		case Int32:
			transform(out.F64, in.I32, func(v int32) float64 { return float64(v) })
		case Int64:
			transform(out.F64, in.I64, func(v int64) float64 { return float64(v) })
		}
	case Date:
		out.I32 = grow(out.I32, n)
		transform(out.I32, in.I64, func(v int64) int32 { return int32(floorDiv(v, microsPerDay)) })
	case TimestampNTZ:
		out.I64 = grow(out.I64, n)
		if from == Date {
			transform(out.I64, in.I32, func(v int32) int64 { return int64(v) * microsPerDay })
		} else {
			transform(out.I64, in.I64, func(v int64) int64 { return v * 1e6 })
		}
	}
}

func transform[A, B any](out []B, in []A, f func(A) B) {
	in = in[:len(out)]
	for i, v := range in {
		out[i] = f(v)
	}
}

func castToString(x *Bound) *Bound {
	builder := NewBuilder(String)
	var text []byte
	return &Bound{Type: String, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		builder.Reset()
		for i := range b.Rows {
			if in.IsNull(i) {
				builder.AppendNull()
				continue
			}
			switch in.Type {
			case Int32:
				text = strconv.AppendInt(text[:0], int64(in.I32[i]), 10)
			case Int64:
				text = strconv.AppendInt(text[:0], in.I64[i], 10)
			case Float64:
				text = appendJavaDouble(text[:0], in.F64[i])
			default:
				text = append(text[:0], in.Value(i).String()...)
			}
			builder.AppendBytes(text)
		}
		return builder.Column(), nil
	}}
}

// appendJavaDouble prints as Java's Double.toString: 1.0, 1.0E7, NaN.
func appendJavaDouble(dst []byte, v float64) []byte {
	a := v
	if a < 0 {
		a = -a
	}
	switch {
	case v != v:
		return append(dst, "NaN"...)
	case a > 1.7976931348623157e308:
		if v > 0 {
			return append(dst, "Infinity"...)
		}
		return append(dst, "-Infinity"...)
	case a == 0 || a >= 1e-3 && a < 1e7:
		at := len(dst)
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
		if !strings.Contains(string(dst[at:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	text := strconv.FormatFloat(v, 'E', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	e, _ := strconv.Atoi(exponent)
	return append(dst, mantissa+"E"+strconv.Itoa(e)...)
}

func castFromString(x *Bound, to Type) *Bound {
	builder := NewBuilder(to)
	return &Bound{Type: to, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		builder.Reset()
		for i := range b.Rows {
			if in.IsNull(i) {
				builder.AppendNull()
				continue
			}
			v, ok := ParseValue(string(in.Str(i)), to)
			v.IsNull = !ok
			builder.AppendValue(v)
		}
		return builder.Column(), nil
	}}
}

// ParseValue reads a value of type t from text as Spark's cast from string
// does; ok is false where Spark gives null.
func ParseValue(text string, t Type) (v Value, ok bool) {
	text = strings.TrimSpace(text)
	v.Type = t
	switch t {
	case String:
		v.S = text
		return v, true
	case Bool:
		switch strings.ToLower(text) {
		case "true", "t", "yes", "y", "1":
			v.I = 1
			return v, true
		case "false", "f", "no", "n", "0":
			return v, true
		}
	case Int32:
		i, err := strconv.ParseInt(text, 10, 32)
		v.I = i
		return v, err == nil
	case Int64:
		i, err := strconv.ParseInt(text, 10, 64)
		v.I = i
		return v, err == nil
	case Float64:
		f, err := strconv.ParseFloat(text, 64)
		v.F = f
		return v, err == nil
	case Date:
		if len(text) > 10 {
			text = text[:10]
		}
		tm, err := time.Parse("2006-01-02", text)
		v.I = floorDiv(tm.Unix(), 86400)
		return v, err == nil
	case TimestampNTZ:
		for _, layout := range []string{"2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999", "2006-01-02 15:04", "2006-01-02"} {
			if tm, err := time.Parse(layout, text); err == nil {
				v.I = tm.UnixMicro()
				return v, true
			}
		}
	}
	return v, false
}
