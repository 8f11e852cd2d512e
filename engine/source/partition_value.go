package source

import (
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// partitionColumn is the type and the values of a partition column, whose type
// field number at of a schema gives; -1 leaves it to be inferred.
func partitionColumn(keys []partitionKey, at int, given expr.Schema) (expr.Type, []expr.Value, error) {
	if at < 0 {
		typ, values := inferPartition(keys)
		return typ, values, nil
	}
	typ := given[at].Type
	values := make([]expr.Value, len(keys))
	for i, k := range keys {
		v, ok := k.parse(typ)
		if v.IsNull = k.null; !ok && !k.null {
			return 0, nil, fmt.Errorf("the folder %s=%s is no %v", k.column, k.text, typ)
		}
		values[i] = v
	}
	return typ, values, nil
}

// inferPartition finds the type of a partition column as Spark does: int,
// bigint, a decimal of more digits, double, date, timestamp or else string, the
// narrowest that every text fits; and the values.
func inferPartition(keys []partitionKey) (expr.Type, []expr.Value) {
	typ := expr.Null
	for _, k := range keys {
		if k.null {
			continue
		}
		t := partitionType(k.text)
		switch wide, ok := promote(typ, t); {
		case typ == expr.Int64 && t == expr.Float64, typ == expr.Float64 && t == expr.Int64:
			typ = expr.String // a double does not hold every bigint
		case ok:
			typ = wide
		case typ == expr.Date && t == expr.Timestamp, typ == expr.Timestamp && t == expr.Date:
			typ = expr.Timestamp
		default:
			typ = expr.String
		}
	}
	if typ == expr.Null {
		typ = expr.String
	}
	values := make([]expr.Value, len(keys))
	for i, k := range keys {
		values[i] = expr.Value{Type: typ, IsNull: true}
		if !k.null {
			values[i], _ = k.parse(typ)
		}
	}
	return typ, values
}

func partitionType(text string) expr.Type {
	b := []byte(text)
	if v, ok := parseInt(b); ok {
		if v == int64(int32(v)) {
			return expr.Int32
		}
		return expr.Int64
	}
	if digits := strings.TrimLeft(text, "+-"); len(digits) > 18 && len(digits) <= expr.MaxPrecision && strings.Trim(digits, "0123456789") == "" {
		return expr.DecimalOf(len(digits), 0)
	}
	if _, ok := parseFloat(b); ok {
		return expr.Float64
	}
	_, clock, ok := parseTime(b)
	switch n := len(text); {
	case !ok || n < 10 || text[4] != '-':
	case !clock && n == 10:
		return expr.Date
	case clock && (n == 19 || n == 21 && text[19] == '.') && text[10] == ' ': // yyyy-MM-dd HH:mm:ss[.S]
		return expr.Timestamp
	}
	return expr.String
}

func (k partitionKey) parse(typ expr.Type) (v expr.Value, ok bool) {
	texts, err := expr.NewTexts(expr.Mode{Zone: k.zone}, true, "", "", "")
	if err != nil {
		return v, false
	}
	return texts.Parse(k.text, typ)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// A constant is a column of equal values. Text is a dictionary of one.
type constant struct {
	is    bool
	value expr.Value
	col   expr.Column
}

// column is the constant as a column of that many rows.
func (k *constant) column(rows int) expr.Column {
	c := &k.col
	if c.Len >= rows && c.Type == k.value.Type {
		out := *c
		out.Len = rows
		return out
	}
	*c = expr.Column{Type: k.value.Type, Len: rows}
	if k.value.IsNull {
		c.Valid = make([]byte, (rows+7)/8)
	}
	switch c.Type.Layout() {
	case expr.Bool:
		c.Bools = repeat(uint8(k.value.I), rows)
	case expr.Decimal:
		c.Wide = repeat(k.value.Wide, rows)
	case expr.Int32:
		c.I32 = repeat(int32(k.value.I), rows)
	case expr.Int64:
		c.I64 = repeat(k.value.I, rows)
	case expr.Float64:
		c.F64 = repeat(k.value.F, rows)
	default:
		c.Dict = &expr.Column{Type: c.Type, Len: 1, Offsets: []int32{0, int32(len(k.value.S))}, Bytes: []byte(k.value.S)}
		c.Codes = make([]int32, rows)
	}
	return *c
}

func repeat[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}
