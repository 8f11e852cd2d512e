package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// insert is INSERT INTO and INSERT OVERWRITE, of a table or a directory.
func (s *Session) insert(ctx context.Context, text string, st *sql.InsertStatement) (*Frame, error) {
	f, err := s.query(text, st.Query)
	if err != nil {
		return nil, err
	}
	if st.Table == nil {
		_, err = f.Write(ctx, st.Using, st.Directory, WriteOptions{Mode: "overwrite", Options: withoutPath(optionMap(st.Options))})
		return s.table(nil), err
	}
	name := pathName(st.Table)
	t, err := s.tables().table(st.Table[len(st.Table)-1].Name)
	switch {
	case err != nil:
		return nil, err
	case t == nil && s.hasView(name):
		return nil, fmt.Errorf("[UNSUPPORTED_INSERT.RDD_BASED] %s is a view; INSERT needs a table, which CREATE TABLE makes", name)
	case t == nil:
		return nil, s.unknownTable(name)
	}
	given, err := s.partitionValues(text, t, st.Partition)
	if err != nil {
		return nil, err
	}
	if f, err = f.asRowsOf(t, st.Columns, given); err != nil {
		return nil, err
	}
	o := WriteOptions{Mode: "append", PartitionBy: t.PartitionBy, Options: t.Options}
	if st.Overwrite {
		o.Mode = "overwrite"
	}
	location := s.tables().location(t)
	// Values that the statement gives, from the first partition column on, say
	// which folder is meant: nothing else is replaced.
	for _, column := range t.PartitionBy {
		v, ok := given[strings.ToLower(column)]
		if !ok {
			break
		}
		value := ""
		if !v.IsNull {
			text, err := expr.Constant(expr.CastTo{X: expr.Literal{Value: v}, To: expr.String, Mode: s.Mode()})
			if err != nil {
				return nil, err
			}
			value = text.S
		}
		location = filepath.Join(location, source.PartitionFolder(column, value))
		f, o.PartitionBy = f.without(column), o.PartitionBy[1:]
	}
	if _, err := f.Write(ctx, t.Provider, location, o); err != nil {
		return nil, err
	}
	s.release(t.Name)        // what is cached is of before
	if t.Statistics != nil { // they are of what was there
		t.Statistics = nil
		err = s.tables().put(t)
	}
	return s.table(nil), err
}

func withoutPath(options map[string]string) map[string]string {
	for key := range options {
		if strings.EqualFold(key, "path") {
			delete(options, key)
		}
	}
	return options
}

// partitionValues are the values of a PARTITION clause by column in small
// letters.
func (s *Session) partitionValues(text string, t *table, list []sql.PartitionValue) (map[string]expr.Value, error) {
	schema, err := t.schema()
	if err != nil {
		return nil, err
	}
	given := map[string]expr.Value{}
	for _, p := range list {
		known := false
		for _, c := range t.PartitionBy {
			known = known || strings.EqualFold(c, p.Column.Name)
		}
		if !known {
			return nil, fmt.Errorf("[NON_PARTITION_COLUMN] table %s is not partitioned by %s", t.Name, p.Column.Name)
		}
		if p.Value == nil {
			continue
		}
		v, err := s.analyzer(text).Constant(p.Value)
		if err != nil {
			return nil, err
		}
		to := schema[schema.Index(p.Column.Name)].Type
		if v, err = expr.Constant(expr.CastTo{X: expr.Literal{Value: v}, To: to, Mode: s.Mode()}); err != nil {
			return nil, err
		}
		given[strings.ToLower(p.Column.Name)] = v
	}
	return given, nil
}

// asRowsOf is the frame's rows as a table stores them: columns by position, or by
// those that INSERT names, with the values that PARTITION gives, in the table's
// types.
func (f *Frame) asRowsOf(t *table, named []sql.Ident, given map[string]expr.Value) (*Frame, error) {
	schema, err := t.schema()
	if err != nil {
		return nil, err
	}
	rows := *f
	rows.labels = nil // positions count
	have := rows.Schema()
	at := map[string]int{} // place in the query, by the table's column
	if named != nil {
		for i, c := range named {
			if schema.Index(c.Name) < 0 {
				return nil, fmt.Errorf("[COLUMN_NOT_FOUND] table %s has no column %s", t.Name, c.Name)
			}
			at[strings.ToLower(c.Name)] = i
		}
		if len(at) != len(have) {
			return nil, fmt.Errorf("[INSERT_COLUMN_ARITY_MISMATCH] %d columns are named, and the query has %d", len(named), len(have))
		}
	} else {
		for _, c := range schema {
			if _, ok := given[strings.ToLower(c.Name)]; !ok {
				at[strings.ToLower(c.Name)] = len(at)
			}
		}
		if len(at) != len(have) {
			return nil, fmt.Errorf("[INSERT_COLUMN_ARITY_MISMATCH] table %s takes %d columns here, and the query has %d", t.Name, len(at), len(have))
		}
	}
	var list []expr.Expr
	for _, c := range schema {
		var x expr.Expr = expr.Literal{Value: expr.Value{Type: c.Type, IsNull: true}}
		if v, ok := given[strings.ToLower(c.Name)]; ok {
			x = expr.Literal{Value: v}
		} else if i, ok := at[strings.ToLower(c.Name)]; ok {
			if x = expr.Col(have[i].Name); have[i].Type != c.Type {
				x = expr.CastTo{X: x, To: c.Type, Mode: f.session.Mode()}
			}
		}
		list = append(list, expr.As{X: x, Name: c.Name})
	}
	out := rows.Select(list...)
	return out, out.err
}

// without is the frame less a column.
func (f *Frame) without(column string) *Frame {
	var list []expr.Expr
	for _, c := range f.Schema() {
		if c.Name != column {
			list = append(list, expr.Col(c.Name))
		}
	}
	return f.Select(list...)
}
