package source

import "stagecoach/engine/expr"

// cells is a column of a batch in the making.
type cells struct {
	expr.Column
	nulls int
	bits  []byte
}

func (c *cells) reset() {
	c.nulls = 0
	c.Bools, c.I32, c.I64, c.F64 = c.Bools[:0], c.I32[:0], c.I64[:0], c.F64[:0]
	c.Offsets, c.Bytes, c.bits = c.Offsets[:0], c.Bytes[:0], c.bits[:0]
}

// null appends a null as value number row.
func (c *cells) null(row int) {
	for len(c.bits) <= row>>3 {
		c.bits = append(c.bits, 0xff)
	}
	c.bits[row>>3] &^= 1 << (row & 7)
	c.nulls++
	switch c.Type {
	case expr.Bool:
		c.Bools = append(c.Bools, 0)
	case expr.Int32, expr.Date:
		c.I32 = append(c.I32, 0)
	case expr.Int64, expr.Timestamp:
		c.I64 = append(c.I64, 0)
	case expr.Float64:
		c.F64 = append(c.F64, 0)
	case expr.String:
		c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	}
}

// add appends a field as value number row; a field that does not fit the type
// becomes null and false comes back.
func (c *cells) add(field []byte, quoted bool, row int) bool {
	if len(field) == 0 && !(quoted && c.Type == expr.String) {
		c.null(row)
		return true
	}
	ok := false
	switch c.Type {
	case expr.String:
		if len(c.Bytes)+len(field) > 1<<31-1 {
			break
		}
		c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
		c.Bytes = append(c.Bytes, field...)
		return true
	case expr.Float64:
		var v float64
		if v, ok = parseFloat(field); ok {
			c.F64 = append(c.F64, v)
		}
	case expr.Int64:
		var v int64
		if v, ok = parseInt(field); ok {
			c.I64 = append(c.I64, v)
		}
	case expr.Int32:
		v, good := parseInt(field)
		if ok = good && v == int64(int32(v)); ok {
			c.I32 = append(c.I32, int32(v))
		}
	case expr.Timestamp:
		var v int64
		if v, _, ok = parseTime(field); ok {
			c.I64 = append(c.I64, v)
		}
	case expr.Date:
		v, clock, good := parseTime(field)
		if ok = good && !clock; ok {
			c.I32 = append(c.I32, int32(v/microsPerDay))
		}
	case expr.Bool:
		var v uint8
		if v, ok = parseBool(field); ok {
			c.Bools = append(c.Bools, v)
		}
	}
	if !ok {
		c.null(row)
	}
	return ok
}

// finish is the column of that many rows; it is valid until reset.
func (c *cells) finish(rows int) expr.Column {
	c.Len = rows
	if c.Type == expr.String {
		c.Offsets = append(c.Offsets, int32(len(c.Bytes)))
	}
	out := c.Column
	if c.nulls > 0 {
		for len(c.bits) < (rows+7)/8 {
			c.bits = append(c.bits, 0xff)
		}
		out.Valid = c.bits
	}
	return out
}
