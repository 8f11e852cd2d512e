package expr

import (
	"math"
	"strconv"
	"strings"
)

// Values as text.

// castToText prints as Spark's cast to string.
func (m Mode) castToText(x *Bound) *Bound {
	builder := NewBuilder(String)
	var text []byte
	c := m.clock()
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
			switch t := in.Type; t.Kind() {
			case Int8, Int16, Int32:
				text = strconv.AppendInt(text[:0], int64(in.I32[i]), 10)
			case Int64:
				text = strconv.AppendInt(text[:0], in.I64[i], 10)
			case Float64:
				text = appendJavaDouble(text[:0], in.F64[i])
			case Float32:
				text = appendJava(text[:0], in.F64[i], 32)
			case Decimal:
				text = append(text[:0], m.decimalText(in.Wide[i], t.Scale())...)
			case Date:
				text = appendDate(text[:0], int64(in.I32[i]))
			case TimestampNTZ:
				text = appendTimestamp(text[:0], in.I64[i])
			case Timestamp:
				text = appendTimestamp(text[:0], c.local(in.I64[i]))
			default:
				text = append(text[:0], in.Value(i).text(m, true)...)
			}
			builder.AppendBytes(text)
		}
		return builder.Column(), nil
	}}
}

// decimalText prints a decimal as the mode's cast to string does: plainly in ANSI
// mode, else as Java's BigDecimal, which writes small ones with an exponent.
func (m Mode) decimalText(v Int128, scale int) string {
	plain := v.Text(scale)
	digits := strings.TrimLeft(strings.Replace(plain, ".", "", 1), "-0")
	if digits == "" {
		digits = "0"
	}
	exponent := len(digits) - 1 - scale
	if m.checks() || exponent >= -6 {
		return plain
	}
	sign := ""
	if v.Hi < 0 {
		sign = "-"
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	return sign + digits + "E" + strconv.Itoa(exponent)
}

// String prints the value as SQL shows it in a result; strings without quotes,
// instants in UTC.
func (v Value) String() string { return v.text(Mode{}, false) }

// text prints a value in a mode's zone. Nulls inside arrays and structs are
// "null" where cast says that the text is a cast's.
func (v Value) text(m Mode, cast bool) string {
	switch {
	case (v.IsNull || v.Type == Null) && cast:
		return "null"
	case v.IsNull || v.Type == Null:
		return "NULL"
	}
	switch v.Type.Kind() {
	case Bool:
		return strconv.FormatBool(v.I != 0)
	case Float32:
		return string(appendJava(nil, v.F, 32))
	case Float64:
		return string(appendJavaDouble(nil, v.F))
	case Decimal:
		if cast {
			return m.decimalText(v.Wide, v.Type.Scale())
		}
		return v.Wide.Text(v.Type.Scale())
	case String, Binary:
		return v.S
	case Date:
		return string(appendDate(nil, v.I))
	case TimestampNTZ:
		return string(appendTimestamp(nil, v.I))
	case Timestamp:
		return string(appendTimestamp(nil, m.clock().local(v.I)))
	case YearMonth, DayTime:
		return "INTERVAL '" + intervalText(v.I, v.Type) + "' " + strings.ToUpper(v.Type.units())
	case Array, Struct:
		parts := make([]string, len(v.List))
		for i, item := range v.List {
			parts[i] = item.text(m, cast)
		}
		if v.Type.Kind() == Array {
			return "[" + strings.Join(parts, ", ") + "]"
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return strconv.FormatInt(v.I, 10)
}

// sql prints a value as a literal of SQL, as error messages name it.
func (v Value) sql(m Mode) string {
	text := v.text(m, false)
	if v.IsNull {
		return text
	}
	switch v.Type.Kind() {
	case Int8:
		return text + "Y"
	case Int16:
		return text + "S"
	case Int64:
		return text + "L"
	case Float64:
		if v.F-v.F == 0 {
			return text + "D"
		}
	case Decimal:
		return text + "BD"
	case String:
		return "'" + strings.ReplaceAll(text, "'", `\'`) + "'"
	case Date, Timestamp, TimestampNTZ:
		return strings.ToUpper(v.Type.String()) + " '" + text + "'"
	}
	return text
}

func magnitudeOf(v int64) (sign string, n uint64) {
	if v < 0 {
		sign = "-"
	}
	return sign, magnitude(v)
}

// appendDate prints yyyy-MM-dd; years beyond four digits have a sign.
func appendDate(dst []byte, days int64) []byte {
	y, m, d := civil(days)
	if y < 0 {
		dst, y = append(dst, '-'), -y
	} else if y > 9999 {
		dst = append(dst, '+')
	}
	for limit := int64(1000); limit > y && limit > 1; limit /= 10 {
		dst = append(dst, '0')
	}
	dst = strconv.AppendInt(dst, y, 10)
	dst = appendTwo(append(dst, '-'), m)
	return appendTwo(append(dst, '-'), d)
}

// appendTimestamp prints a local time, its fraction without zeros at the end.
func appendTimestamp(dst []byte, micros int64) []byte {
	days := floorDiv(micros, microsPerDay)
	dst = append(appendDate(dst, days), ' ')
	return appendClock(dst, micros-days*microsPerDay)
}

// appendClock prints HH:mm:ss and the fraction that there is.
func appendClock(dst []byte, micros int64) []byte {
	seconds, rest := micros/1e6, micros%1e6
	dst = appendTwo(dst, int(seconds/3600))
	dst = appendTwo(append(dst, ':'), int(seconds/60%60))
	dst = appendTwo(append(dst, ':'), int(seconds%60))
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := int64(100000); rest > 0; unit /= 10 {
		dst = append(dst, byte('0'+rest/unit))
		rest %= unit
	}
	return dst
}

// appendJavaDouble prints as Java's Double.toString: 1.0, 1.0E7, NaN.
func appendJavaDouble(dst []byte, v float64) []byte { return appendJava(dst, v, 64) }

// appendJava prints a double or float (64 or 32 bits) with the fewest digits
// that mean it, two at least, as Java 19 and later do. (Earlier ones print a
// digit more now and then: 1.9999999999999998E23 for 2.0E23.)
func appendJava(dst []byte, v float64, bits int) []byte {
	a := math.Abs(v)
	switch {
	case v != v:
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	case a == 0 || a >= 1e-3 && a < 1e7:
		at := len(dst)
		dst = strconv.AppendFloat(dst, v, 'f', -1, bits)
		for _, c := range dst[at:] {
			if c == '.' {
				return dst
			}
		}
		return append(dst, ".0"...)
	}
	text := strconv.FormatFloat(v, 'E', -1, bits)
	mantissa, exponent, _ := strings.Cut(text, "E")
	if !strings.Contains(mantissa, ".") {
		// Of two digits the nearest count: 4.9E-324, not 5.0E-324.
		text = strconv.FormatFloat(v, 'E', 1, bits)
		mantissa, exponent, _ = strings.Cut(text, "E")
	}
	e, _ := strconv.Atoi(exponent)
	return append(append(append(dst, mantissa...), 'E'), strconv.Itoa(e)...)
}
