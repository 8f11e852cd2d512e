package source

import (
	"bytes"
	"fmt"

	"stagecoach/engine/expr"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// inferSchema reads the column names from the first line of the sample, and the
// types from the others.
func inferSchema(opt *CSVOptions, path string, sample [][]byte) (expr.Schema, error) {
	var schema expr.Schema
	var fixed []bool
	fields := fieldScanner{comma: opt.Comma}
	for _, part := range sample {
		part = bytes.TrimPrefix(part, byteOrderMark)
		for len(part) > 0 {
			var line []byte
			line, part = cutLine(part)
			if len(line) == 0 {
				continue
			}
			fields.start(line)
			if schema == nil {
				schema, fixed = header(opt, &fields)
				if !opt.NoHeader {
					continue
				}
				fields.start(line)
			}
			for i := 0; i < len(schema) && fields.next(); i++ {
				if !fixed[i] && schema[i].Type != expr.String && (len(fields.value()) > 0 || fields.quoted) {
					schema[i].Type = meetText(schema[i].Type, textType(fields.value()))
				}
			}
		}
	}
	if schema == nil {
		return nil, dataError(path, "", "the file is empty: not even a line of column names")
	}
	return schema, nil
}

func cutLine(text []byte) (line, rest []byte) {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		line, rest = text[:i], text[i+1:]
	} else {
		line = text
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, rest
}

// header makes a schema of the first line. Names that are missing or there
// already become _cN.
func header(opt *CSVOptions, fields *fieldScanner) (schema expr.Schema, fixed []bool) {
	for i := 0; fields.next(); i++ {
		name := string(bytes.TrimSpace(fields.value()))
		taken := false
		for _, f := range schema {
			taken = taken || f.Name == name
		}
		if opt.NoHeader || name == "" || taken {
			name = fmt.Sprintf("_c%d", i)
		}
		field, isFixed := expr.Field{Name: name, Type: expr.Null}, false
		if k := opt.Schema.Index(name); k >= 0 {
			field.Type, isFixed = opt.Schema[k].Type, true
		}
		schema, fixed = append(schema, field), append(fixed, isFixed)
	}
	return schema, fixed
}

// textType is the narrowest type that holds the text.
func textType(text []byte) expr.Type {
	if v, ok := parseInt(text); ok {
		if v == int64(int32(v)) {
			return expr.Int32
		}
		return expr.Int64
	}
	if _, ok := parseFloat(text); ok {
		return expr.Float64
	}
	if _, ok := parseBool(text); ok {
		return expr.Bool
	}
	if _, clock, ok := parseTime(text); ok {
		if clock {
			return expr.TimestampNTZ
		}
		return expr.Date
	}
	if len(bytes.TrimSpace(text)) == 0 && len(text) == 0 {
		return expr.Null
	}
	return expr.String
}

// meetText is the narrowest type for texts of both types.
func meetText(a, b expr.Type) expr.Type {
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
				if at := schemas[j].Index(f.Name); at >= 0 {
					if _, ok := promote(f.Type, schemas[j][at].Type); !ok {
						schemas[i][k].Type, schemas[j][at].Type = expr.String, expr.String
					}
				}
			}
		}
	}
}
