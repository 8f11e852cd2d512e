package source

import (
	"fmt"
	"slices"
	"strings"

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

// fitSchemas is the union of files under a schema that is given: what files
// have beside it is left out, and their types must widen to those given.
func fitSchemas(schema expr.Schema, files []dataFile, schemas []expr.Schema) (*union, error) {
	u := &union{schema: slices.Clone(schema), from: make([][]int, len(schemas))}
	for f, have := range schemas {
		u.from[f] = make([]int, len(schema))
		for i, field := range schema {
			at := have.Index(field.Name)
			if u.from[f][i] = at; at < 0 {
				u.schema[i].NotNull = false
				continue
			}
			if wide, ok := promote(have[at].Type, field.Type); !ok || wide != field.Type {
				return nil, dataError(files[f].path, "column "+field.Name, "its type %v cannot be read as %v: read it as it is, and cast", have[at].Type, field.Type)
			}
		}
	}
	return u, nil
}

// without is a schema without the columns that a file's folders give.
func without(s expr.Schema, f *dataFile) expr.Schema {
	return slices.DeleteFunc(slices.Clone(s), func(c expr.Field) bool { return f.hasKey(c.Name) })
}

// promote is the narrowest type that holds the values of both: void to
// anything, whole numbers to wider ones and (with float) to double, decimals to
// one with the digits of both, date to timestamp_ntz.
func promote(a, b expr.Type) (expr.Type, bool) {
	if a.Kind() > b.Kind() {
		a, b = b, a
	}
	switch {
	case a == b, a == expr.Null, a.IsWhole() && b.IsWhole(), a == expr.Date && b == expr.TimestampNTZ:
		return b, true
	case (a.IsWhole() || a == expr.Float32) && (b == expr.Float32 || b == expr.Float64):
		return expr.Float64, true
	case a.Kind() == expr.Decimal && b.Kind() == expr.Decimal:
		scale := max(a.Scale(), b.Scale())
		precision := max(a.Precision()-a.Scale(), b.Precision()-b.Scale()) + scale
		return expr.DecimalOf(precision, scale), precision <= expr.MaxPrecision
	}
	return 0, false
}

// repeatedName is a name that two fields have, capitals aside, or "".
func repeatedName(s expr.Schema) string {
	seen := map[string]bool{}
	for _, f := range s {
		name := strings.ToLower(f.Name)
		if seen[name] {
			return f.Name
		}
		seen[name] = true
	}
	return ""
}
