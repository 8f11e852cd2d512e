package source

import (
	"bytes"
	"fmt"
	"strings"

	"stagecoach/engine/expr"
)

// A csvInference finds the columns of a file: their names in the first line,
// their types in the others.
type csvInference struct {
	opt    *CSVOptions
	fields fieldScanner
	texts  *expr.Texts
	schema expr.Schema
	fixed  []bool // the type is given
}

func (c *csvSource) inference() (*csvInference, error) {
	t := &csvInference{opt: &c.opt, fields: c.opt.scanner()}
	var err error
	if c.opt.Texts != nil {
		t.texts, err = c.opt.Texts()
	}
	return t, err
}

// add looks at a line.
func (t *csvInference) add(line []byte) {
	if t.opt.skips(line) {
		return
	}
	fields := &t.fields
	fields.start(line)
	if t.schema == nil {
		t.header()
		if !t.opt.NoHeader {
			return
		}
		fields.start(line)
	}
	for i := 0; i < len(t.schema) && fields.next(); i++ {
		v := fields.value()
		if t.fixed[i] || t.schema[i].Type == expr.String || len(v) == 0 || t.opt.isNull(v, fields.quoted) {
			continue
		}
		t.schema[i].Type = meetText(t.schema[i].Type, t.textType(v))
	}
}

// skips reports whether a line is no row: it is empty, or a comment.
func (o *CSVOptions) skips(line []byte) bool {
	return len(line) == 0 || o.Comment != 0 && line[0] == o.Comment || line[0] <= ' ' && line[0] != o.Comma && len(bytes.TrimSpace(line)) == 0
}

// isNull reports whether a field is null.
func (o *CSVOptions) isNull(field []byte, quoted bool) bool {
	if len(field) == 0 {
		return !quoted || o.EmptyIsNull
	}
	return o.Null != "" && string(field) == o.Null
}

// header makes a schema of the first line. A name that is missing becomes _cN,
// one that there are two of gets its position behind it, as in Spark.
func (t *csvInference) header() {
	var names []string
	count := map[string]int{}
	for t.fields.next() {
		name := string(bytes.TrimSpace(t.fields.value()))
		names = append(names, name)
		count[strings.ToLower(name)]++
	}
	for i, name := range names {
		if t.opt.NoHeader || name == "" {
			name = fmt.Sprintf("_c%d", i)
		} else if count[strings.ToLower(name)] > 1 {
			name = fmt.Sprintf("%s%d", name, i)
		}
		field, fixed := expr.Field{Name: name, Type: expr.Null}, false
		if k := t.opt.Schema.Index(name); k >= 0 {
			field.Type, fixed = t.opt.Schema[k].Type, true
		} else if t.opt.Strings {
			field.Type = expr.String
		}
		t.schema, t.fixed = append(t.schema, field), append(t.fixed, fixed)
	}
}

// textType is the narrowest type that holds the text. With the session's own
// reading of times clocks are instants, and whole numbers beyond bigint are
// decimals.
func (t *csvInference) textType(text []byte) expr.Type {
	if v, ok := parseInt(text); ok {
		if v == int64(int32(v)) {
			return expr.Int32
		}
		return expr.Int64
	}
	if t.texts != nil && len(text) <= expr.MaxPrecision && len(bytes.Trim(text, "0123456789")) == 0 {
		return expr.DecimalOf(len(text), 0)
	}
	if _, ok := parseFloat(text); ok {
		return expr.Float64
	}
	if _, ok := parseBool(text); ok {
		return expr.Bool
	}
	if t.texts != nil {
		for _, typ := range []expr.Type{expr.Date, expr.Timestamp} {
			if _, ok := t.texts.Parse(asString(text), typ); ok && (typ == expr.Timestamp || len(text) <= 10 || t.texts.HasPattern(typ)) {
				return typ
			}
		}
	} else if _, clock, ok := parseTime(text); ok {
		if clock {
			return expr.TimestampNTZ
		}
		return expr.Date
	}
	return expr.String
}

// meetText is the narrowest type for texts of both types.
func meetText(a, b expr.Type) expr.Type {
	if a == expr.Date && b == expr.Timestamp || a == expr.Timestamp && b == expr.Date {
		return expr.Timestamp
	}
	if a.Kind() == expr.Decimal || b.Kind() == expr.Decimal {
		return meetDecimal(a, b)
	}
	if wide, ok := promote(a, b); ok {
		return wide
	}
	return expr.String
}

// meetDecimal is the type for texts of which one at least is a whole number too
// large for bigint.
func meetDecimal(a, b expr.Type) expr.Type {
	for _, t := range []*expr.Type{&a, &b} {
		if t.IsWhole() {
			*t = expr.DecimalOf(20, 0)
		}
	}
	if a == expr.Float64 || b == expr.Float64 {
		return expr.Float64
	}
	if wide, ok := promote(a, b); ok {
		return wide
	}
	return expr.String
}

// meetAsText makes columns text in all files where two files disagree.
func meetAsText(schemas []expr.Schema) {
	for i := range schemas {
		for k, f := range schemas[i] {
			for j := range schemas {
				at := schemas[j].Index(f.Name)
				if at < 0 {
					continue
				}
				if _, ok := promote(f.Type, schemas[j][at].Type); !ok {
					wide := meetText(f.Type, schemas[j][at].Type)
					schemas[i][k].Type, schemas[j][at].Type = wide, wide
				}
			}
		}
	}
}
