package source

import (
	"encoding/binary"
	"errors"
	"math"

	"stagecoach/engine/expr"
)

var errDecimal = errors.New("a decimal of more than 16 bytes")

// A decimalForm is how a file stores decimals and how many digits to add to
// them after the point, where the table's type has more.
type decimalForm struct {
	from  form
	size  int // of formFixed
	shift int
	to    expr.Type
}

// plain converts the first len(out) values of src and returns the rest.
func (d decimalForm) plain(src []byte, out []expr.Int128) ([]byte, error) {
	for i := range out {
		switch d.from {
		case formBytes:
			part, rest, err := prefixed(src)
			if err != nil {
				return nil, errPlainEnd
			}
			if out[i], err = bigEndian(part); err != nil {
				return nil, err
			}
			src = rest
		case formFixed:
			if len(src) < d.size {
				return nil, errPlainEnd
			}
			var err error
			if out[i], err = bigEndian(src[:d.size]); err != nil {
				return nil, err
			}
			src = src[d.size:]
		case formInt32:
			if len(src) < 4 {
				return nil, errPlainEnd
			}
			out[i], src = expr.Wide(int64(int32(binary.LittleEndian.Uint32(src)))), src[4:]
		default:
			if len(src) < 8 {
				return nil, errPlainEnd
			}
			out[i], src = d.wide(int64(binary.LittleEndian.Uint64(src))), src[8:]
		}
	}
	return src, d.rescale(out)
}

// wide is the number that 64 bits stand for.
func (d decimalForm) wide(v int64) expr.Int128 {
	if d.from == formUint64 {
		return expr.Int128{Lo: uint64(v)}
	}
	return expr.Wide(v)
}

func (d decimalForm) rescale(out []expr.Int128) error {
	if d.shift == 0 {
		return nil
	}
	for i, v := range out {
		var ok bool
		if out[i], ok = v.Rescale(0, d.shift, d.to.Precision()); !ok {
			return errors.New("a decimal has more digits than its type")
		}
	}
	return nil
}

// bigEndian is the number that bytes in two's complement stand for.
func bigEndian(b []byte) (expr.Int128, error) {
	for len(b) > 16 {
		if b[0] != 0 && b[0] != 0xff || b[0]&0x80 != b[1]&0x80 {
			return expr.Int128{}, errDecimal
		}
		b = b[1:]
	}
	var v expr.Int128
	if len(b) > 0 && b[0]&0x80 != 0 {
		v = expr.Int128{Lo: 1<<64 - 1, Hi: -1}
	}
	for _, c := range b {
		v.Hi = v.Hi<<8 | int64(v.Lo>>56)
		v.Lo = v.Lo<<8 | uint64(c)
	}
	return v, nil
}

// appendBigEndian appends the last size bytes of v.
func appendBigEndian(to []byte, v expr.Int128, size int) []byte {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(v.Hi))
	binary.BigEndian.PutUint64(b[8:], v.Lo)
	return append(to, b[16-size:]...)
}

// decimalBytes is how many bytes hold every decimal of a precision: the
// smallest that Spark writes as a FIXED_LEN_BYTE_ARRAY.
func decimalBytes(precision int) int {
	return int(math.Ceil((float64(precision)*math.Log2(10) + 1) / 8))
}

func (c *columnReader) decodeDecimal(out []expr.Int128) error {
	switch c.enc {
	case encPlain:
		rest, err := c.decimal.plain(c.data, out)
		c.data = rest
		return err
	case encByteStreamSplit:
		src, err := c.stored(len(out))
		if err == nil {
			_, err = c.decimal.plain(src, out)
		}
		return err
	case encDelta:
		wide, err := c.fromDelta(len(out))
		for i, v := range wide {
			if c.form == formInt32 {
				v = int64(int32(v))
			}
			out[i] = c.decimal.wide(v)
		}
		if err == nil {
			err = c.decimal.rescale(out)
		}
		return err
	case encDeltaLength, encDeltaBytes:
		return c.decodeDeltaDecimal(out)
	}
	return gather(&c.codes, c.dict.wide, out)
}

// decodeDeltaDecimal decodes decimals that are stored as texts are.
func (c *columnReader) decodeDeltaDecimal(out []expr.Int128) error {
	ends := make([]int32, len(out))
	text, err := c.decodeDeltaText(nil, ends)
	if err != nil {
		return err
	}
	from := int32(0)
	for i, end := range ends {
		if out[i], err = bigEndian(text[from:end]); err != nil {
			return err
		}
		from = end
	}
	return c.decimal.rescale(out)
}
