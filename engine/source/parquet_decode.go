package source

import (
	"fmt"

	"stagecoach/engine/expr"
)

// readLevels reads k definition levels into the bitmap from bit at on and
// counts the values that are there. The bitmap stays untouched while no null
// has been seen in the batch.
func (c *columnReader) readLevels(at, k int) (valid int, err error) {
	if !c.column.optional {
		return k, nil
	}
	h := &c.levels
	marked := c.nulls > 0
	for done := 0; done < k; {
		if err := h.run(); err != nil {
			return 0, fmt.Errorf("definition levels: %w", err)
		}
		n := min(h.left, k-done)
		switch {
		case !h.packed && h.value > 1:
			return 0, fmt.Errorf("definition levels: level %d in a flat column", h.value)
		case !h.packed && h.value == 1:
			if marked {
				setBits(c.bits, at+done, n)
			}
			valid += n
		default:
			if !marked {
				marked = true
				c.bits = growSlice(c.bits, (c.out.Len+7)/8)
				clear(c.bits)
				setBits(c.bits, 0, at+done)
			}
			if h.packed {
				valid += copyBits(c.bits, at+done, h.src[h.start:], h.at, n)
				h.at += n
			}
		}
		h.left -= n
		done += n
	}
	// Packed levels that were all ones leave no null behind: the next call
	// starts the bitmap anew, with every bit up to there set.
	return valid, nil
}

// decode decodes valid values and spreads them over rows [at, at+k).
func (c *columnReader) decode(at, k, valid int) error {
	o := &c.out
	var err error
	switch o.Type.Layout() {
	case expr.Bool:
		v := o.Bools[at : at+k]
		if err = c.decodeBools(v[:valid]); err == nil && valid < k {
			spread(v, c.bits, at, valid)
		}
	case expr.Int32:
		v := o.I32[at : at+k]
		if err = c.decode32(v[:valid]); err == nil && valid < k {
			spread(v, c.bits, at, valid)
		}
	case expr.Int64:
		v := o.I64[at : at+k]
		if err = c.decode64(v[:valid]); err == nil && valid < k {
			spread(v, c.bits, at, valid)
		}
	case expr.Float64:
		v := o.F64[at : at+k]
		if err = c.decodeF64(v[:valid]); err == nil && valid < k {
			spread(v, c.bits, at, valid)
		}
	case expr.Decimal:
		v := o.Wide[at : at+k]
		if err = c.decodeDecimal(v[:valid]); err == nil && valid < k {
			spread(v, c.bits, at, valid)
		}
	case expr.String:
		if c.asDict {
			v := o.Codes[at : at+k]
			if err = gather(&c.codes, c.dict.identity, v[:valid]); err == nil && valid < k {
				spread(v, c.bits, at, valid)
			}
			break
		}
		if err = c.decodeText(at, valid); err == nil && valid < k {
			spreadOffsets(o.Offsets[at:at+k+1], c.bits, at, valid)
		}
	}
	c.taken += valid
	return err
}

// stored is the PLAIN bytes of the next n values.
func (c *columnReader) stored(n int) ([]byte, error) {
	w := c.column.width()
	if c.enc == encByteStreamSplit {
		if len(c.data)/w < c.taken+n {
			return nil, errPlainEnd
		}
		c.split = unsplit(c.data, w, c.taken, n, c.split)
		return c.split, nil
	}
	if len(c.data) < n*w {
		return nil, errPlainEnd
	}
	now := c.data[:n*w]
	c.data = c.data[n*w:]
	return now, nil
}

// fromDelta is the next n values of a delta encoded page.
func (c *columnReader) fromDelta(n int) ([]int64, error) {
	c.wide = growSlice(c.wide, n)
	return c.wide, c.delta.take(c.wide)
}

func (c *columnReader) decode32(out []int32) error {
	switch c.enc {
	case encPlain, encByteStreamSplit:
		src, err := c.stored(len(out))
		plain32(src, out)
		return err
	case encDelta:
		wide, err := c.fromDelta(len(out))
		for i, v := range wide {
			out[i] = int32(v)
		}
		return err
	}
	return gather(&c.codes, c.dict.i32, out)
}

func (c *columnReader) decode64(out []int64) error {
	switch c.enc {
	case encPlain, encByteStreamSplit:
		src, err := c.stored(len(out))
		if err == nil {
			plain64(c.form, src, out)
		}
		return err
	case encDelta:
		wide, err := c.fromDelta(len(out))
		for i, v := range wide {
			switch c.form {
			case formInt32:
				v = int64(int32(v))
			case formUint32:
				v = int64(uint32(v))
			case formDays:
				v = int64(int32(v)) * microsPerDay
			default:
				v = toMicros(c.form, v)
			}
			out[i] = v
		}
		return err
	}
	return gather(&c.codes, c.dict.i64, out)
}

func (c *columnReader) decodeF64(out []float64) error {
	switch c.enc {
	case encPlain, encByteStreamSplit:
		src, err := c.stored(len(out))
		if err == nil {
			plainF64(c.form, src, out)
		}
		return err
	case encDelta:
		wide, err := c.fromDelta(len(out))
		for i, v := range wide {
			switch c.form {
			case formInt32:
				v = int64(int32(v))
			case formUint32:
				v = int64(uint32(v))
			}
			out[i] = float64(v)
		}
		return err
	}
	return gather(&c.codes, c.dict.f64, out)
}

var bothBools = []uint8{0, 1}

func (c *columnReader) decodeBools(out []uint8) error {
	if c.enc == encRLE {
		return gather(&c.codes, bothBools, out)
	}
	if c.enc != encPlain || len(c.data)*8 < c.taken+len(out) {
		return errPlainEnd
	}
	for i := range out {
		b := c.taken + i
		out[i] = c.data[b>>3] >> (b & 7) & 1
	}
	return nil
}
