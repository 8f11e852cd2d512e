package source

import (
	"bytes"
	"unicode/utf8"

	"stagecoach/engine/expr"
)

// cells is a column of a batch in the making. Its slices have the size of a
// batch from the start and are filled by index: appending would store a slice
// for every value, which the garbage collector wants to hear of.
type cells struct {
	expr.Column
	nulls int
	bits  []byte // cleared where there is a null
	opt   *CSVOptions
	texts *expr.Texts // reads what has no loop of its own here
}

// size makes room for a batch of that many rows.
func (c *cells) size(rows int) {
	switch c.Type.Layout() {
	case expr.Bool:
		c.Bools = growSlice(c.Bools, rows)
	case expr.Int32:
		c.I32 = growSlice(c.I32, rows)
	case expr.Int64:
		c.I64 = growSlice(c.I64, rows)
	case expr.Float64:
		c.F64 = growSlice(c.F64, rows)
	case expr.Decimal:
		c.Wide = growSlice(c.Wide, rows)
	case expr.String:
		c.Offsets = growSlice(c.Offsets, rows+1)
		c.Offsets[0] = 0
	}
	c.bits = growSlice(c.bits, (rows+7)/8)
	for i := range c.bits {
		c.bits[i] = 0xff
	}
}

// reset starts the next batch.
func (c *cells) reset() {
	if c.nulls > 0 {
		for i := range c.bits {
			c.bits[i] = 0xff
		}
	}
	c.nulls, c.Bytes = 0, c.Bytes[:0]
}

// null makes value number row null.
func (c *cells) null(row int) {
	c.bits[row>>3] &^= 1 << (row & 7)
	c.nulls++
	switch c.Type.Layout() {
	case expr.Bool:
		c.Bools[row] = 0
	case expr.Int32:
		c.I32[row] = 0
	case expr.Int64:
		c.I64[row] = 0
	case expr.Float64:
		c.F64[row] = 0
	case expr.Decimal:
		c.Wide[row] = expr.Int128{}
	case expr.String:
		c.Offsets[row+1] = int32(len(c.Bytes))
	}
}

// set makes a field value number row; one that does not fit the type becomes
// null and false comes back.
func (c *cells) set(field []byte, quoted bool, row int) bool {
	if c.opt.isNull(field, quoted) || c.Type == expr.Null {
		c.null(row)
		return true
	}
	if len(field) == 0 && c.Type != expr.String && c.Type != expr.Binary {
		c.null(row)
		return true
	}
	ok := false
	switch c.Type {
	case expr.String, expr.Binary:
		if !utf8.Valid(field) && c.Type == expr.String {
			field = bytes.ToValidUTF8(field, []byte("\ufffd"))
		}
		if ok = len(c.Bytes)+len(field) <= 1<<31-1; ok {
			c.Bytes = append(c.Bytes, field...)
			c.Offsets[row+1] = int32(len(c.Bytes))
		}
	case expr.Float64:
		c.F64[row], ok = parseFloat(field)
	case expr.Float32:
		c.F64[row], ok = parseFloat(field)
		c.F64[row] = float64(float32(c.F64[row]))
	case expr.Int64:
		c.I64[row], ok = parseInt(field)
	case expr.Int32, expr.Int16, expr.Int8:
		var v int64
		v, ok = parseInt(field)
		limit := int64(1) << (8<<(c.Type-expr.Int8) - 1)
		ok = ok && v >= -limit && v < limit
		c.I32[row] = int32(v)
	case expr.Bool:
		c.Bools[row], ok = parseBool(field)
	default:
		ok = c.setOther(field, row)
	}
	if !ok {
		c.null(row)
	}
	return ok
}

// setOther reads moments and decimals.
func (c *cells) setOther(field []byte, row int) bool {
	if c.texts == nil && (c.Type == expr.Date || c.Type == expr.TimestampNTZ) {
		v, clock, ok := parseTime(field)
		if c.Type == expr.TimestampNTZ {
			c.I64[row] = v
			return ok
		}
		c.I32[row] = int32(v / microsPerDay)
		return ok && !clock
	}
	v, ok := expr.Value{}, false
	if c.texts != nil {
		v, ok = c.texts.Parse(asString(field), c.Type)
	} else {
		v, ok = expr.ParseValue(asString(field), c.Type)
	}
	switch c.Type.Layout() {
	case expr.Int32:
		c.I32[row] = int32(v.I)
	case expr.Int64:
		c.I64[row] = v.I
	case expr.Decimal:
		c.Wide[row] = v.Wide
	}
	return ok
}

// finish is the column of that many rows; it is valid until reset.
func (c *cells) finish(rows int) expr.Column {
	c.Len = rows
	out := c.Column
	if c.nulls > 0 {
		out.Valid = c.bits[:(rows+7)/8]
	}
	return out
}
