package source

import (
	"encoding/binary"
	"math"

	"stagecoach/engine/expr"
)

// appendText appends a value of a column of bytes: behind its length, or alone
// where all have the same.
func (w *columnWriter) appendText(body, text []byte) []byte {
	if w.field.Type.Kind() != expr.Decimal {
		body = binary.LittleEndian.AppendUint32(body, uint32(len(text)))
	}
	return append(body, text...)
}

func appendFloat(body []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint32(body, math.Float32bits(float32(v)))
}

// addDecimals appends decimals in the form that the file has.
func (w *columnWriter) addDecimals(c *expr.Column, from, n int) {
	size := decimalBytes(w.field.Type.Precision())
	var text []byte
	for i := from; i < from+n; i++ {
		if c.IsNull(i) {
			continue
		}
		v := c.Wide[i]
		switch storedAs(w.field.Type) {
		case expr.Int32:
			w.i32 = append(w.i32, int32(v.Lo))
		case expr.Int64:
			w.i64 = append(w.i64, int64(v.Lo))
		default:
			text = appendBigEndian(text[:0], v, size)
			w.codes = append(w.codes, w.text.code(text))
		}
	}
}

// bounds is the smallest and the largest value as statistics have them; nil
// when there is a NaN, which has no place in an order.
func (w *columnWriter) bounds() (low, high []byte) {
	switch storedAs(w.field.Type) {
	case expr.Bool:
		a, b := extremes(w.bools)
		return []byte{a}, []byte{b}
	case expr.Int32:
		a, b := extremes(w.i32)
		return binary.LittleEndian.AppendUint32(nil, uint32(a)), binary.LittleEndian.AppendUint32(nil, uint32(b))
	case expr.Int64:
		a, b := extremes(w.i64)
		return binary.LittleEndian.AppendUint64(nil, uint64(a)), binary.LittleEndian.AppendUint64(nil, uint64(b))
	case expr.Float64:
		a, b := extremes(w.f64)
		for _, v := range w.f64 {
			if v != v {
				return nil, nil
			}
		}
		if a == 0 {
			a = math.Copysign(0, -1) // the format's rule for zeros
		}
		if b == 0 {
			b = 0
		}
		if w.field.Type == expr.Float32 {
			return appendFloat(nil, a), appendFloat(nil, b+0)
		}
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(a)), binary.LittleEndian.AppendUint64(nil, math.Float64bits(b+0))
	case expr.String:
		a, b := w.text.extremes(w.field.Type.Kind() == expr.Decimal)
		if len(a) > 256 || len(b) > 256 {
			return nil, nil
		}
		return append([]byte{}, a...), append([]byte{}, b...)
	}
	return nil, nil
}

func extremes[T uint8 | int32 | int64 | float64](v []T) (low, high T) {
	low, high = v[0], v[0]
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	return low, high
}
