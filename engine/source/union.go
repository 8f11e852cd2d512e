package source

import (
	"fmt"

	"stagecoach/engine/expr"
)

// A union is the schema of several files, by name: the first file's columns,
// then what later files add. from[f][c] is the position in file f of column c
// of the union, or -1 where the file has no such column.
type union struct {
	schema expr.Schema
	from   [][]int
}

// uniteSchemas merges the files' schemas. Types that differ meet at the wider
// one (void < int < bigint < double, date < timestamp_ntz); others are an error.
// Names meet without case unless one file has both spellings.
func uniteSchemas(files []dataFile, schemas []expr.Schema) (*union, error) {
	u := &union{from: make([][]int, len(schemas))}
	absent := make([]bool, 0)
	origin := make([]int, 0)
	for f, schema := range schemas {
		taken := make(map[int]bool)
		at := make([]int, 0, len(schema))
		for _, field := range schema {
			i := u.schema.Index(field.Name)
			if i >= 0 && taken[i] {
				i = -1
				for k, have := range u.schema {
					if have.Name == field.Name && !taken[k] {
						i = k
					}
				}
			}
			if i < 0 {
				i = len(u.schema)
				u.schema = append(u.schema, field)
				absent = append(absent, f > 0)
				origin = append(origin, f)
			} else {
				wide, ok := promote(u.schema[i].Type, field.Type)
				if !ok {
					return nil, &Error{File: files[f].path, Place: "column " + field.Name,
						Msg: fmt.Sprintf("the type is %v but %v in %s: read the files apart, or cast one of them", field.Type, u.schema[i].Type, files[origin[i]].path)}
				}
				if u.schema[i].Type == expr.Null {
					origin[i] = f
				}
				u.schema[i].Type = wide
				u.schema[i].NotNull = u.schema[i].NotNull && field.NotNull
			}
			taken[i] = true
			at = append(at, i)
		}
		u.from[f] = at
		for i := range u.schema {
			absent[i] = absent[i] || !taken[i]
		}
	}
	for f, at := range u.from {
		from := make([]int, len(u.schema))
		for i := range from {
			from[i] = -1
		}
		for column, i := range at {
			from[i] = column
		}
		u.from[f] = from
	}
	for i := range u.schema {
		u.schema[i].NotNull = u.schema[i].NotNull && !absent[i]
	}
	return u, nil
}

// promote is the narrowest type that holds the values of both.
func promote(a, b expr.Type) (expr.Type, bool) {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b, a == expr.Null,
		a == expr.Int32 && (b == expr.Int64 || b == expr.Float64), a == expr.Int64 && b == expr.Float64,
		a == expr.Date && b == expr.TimestampNTZ:
		return b, true
	}
	return 0, false
}
