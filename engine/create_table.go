package engine

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// tables is the catalog below spark.sql.warehouse.dir.
func (s *Session) tables() tableCatalog {
	return tableCatalog{s.Config().Text(config.WarehouseDir)}
}

// createTable is CREATE TABLE: of columns, of files that are there, or AS a query.
func (s *Session) createTable(ctx context.Context, text string, st *sql.TableStatement) (*Frame, error) {
	t, schema, err := s.newTable(text, st)
	if err != nil {
		return nil, err
	}
	old, broken := s.tables().table(t.Name)
	switch {
	case (old != nil || broken != nil) && st.IfNotExists:
		return s.table(nil), nil
	case (old != nil || broken != nil) && !st.Replace:
		return nil, fmt.Errorf("[TABLE_OR_VIEW_ALREADY_EXISTS] there is a table %s already; say CREATE OR REPLACE, or DROP it", t.Name)
	}
	var f *Frame
	location := s.tables().location(t)
	switch {
	case st.Query != nil:
		if f, err = s.query(text, st.Query); err != nil {
			return nil, err
		}
		schema = f.Schema()
		if hasFiles(location) && (old == nil || location != s.tables().location(old)) {
			return nil, fmt.Errorf("[LOCATION_ALREADY_EXISTS] %s has files already; name another LOCATION, or create the table without AS and INSERT into it", location)
		}
	case schema == nil && !hasFiles(location):
		return nil, fmt.Errorf("[UNABLE_TO_INFER_SCHEMA] table %s: there are no files in %s that would say which columns it has; name them", t.Name, location)
	case schema == nil:
		src, err := source.Open(t.Provider, s.fileOptions(t.Provider, t.Options, true), nil, location)
		if err != nil {
			return nil, err
		}
		schema = src.Schema()
	}
	if err := t.setColumns(schema); err != nil {
		return nil, err
	}
	if f != nil {
		mode := "overwrite" // of nothing, or of what the replaced table left
		if _, err := f.Write(ctx, t.Provider, location, WriteOptions{Mode: mode, PartitionBy: t.PartitionBy, Options: t.Options}); err != nil {
			return nil, err
		}
	} else if old != nil && old.Location == "" {
		if err := s.tables().remove(t.Name); err != nil {
			return nil, err
		}
	}
	return s.table(nil), s.tables().put(t)
}

// newTable is a table as a statement describes it, and the columns that it names.
func (s *Session) newTable(text string, st *sql.TableStatement) (*table, expr.Schema, error) {
	name := st.Name[len(st.Name)-1].Name
	if len(st.Name) > 1 && !strings.EqualFold(st.Name[len(st.Name)-2].Name, "default") {
		return nil, nil, fmt.Errorf("[SCHEMA_NOT_FOUND] table %s: there is one schema, default", pathName(st.Name))
	}
	if _, err := s.tables().file(name); err != nil {
		return nil, nil, err
	}
	t := &table{Name: strings.ToLower(name), Provider: st.Using, Location: st.Location, Options: optionMap(st.Options)}
	if t.Provider == "" {
		t.Provider = s.Config().Text(config.DefaultSource)
	}
	for key, value := range t.Options {
		if strings.EqualFold(key, "path") {
			t.Location = value
			delete(t.Options, key)
		}
	}
	if t.Location != "" {
		absolute, err := filepath.Abs(t.Location)
		if err != nil {
			return nil, nil, err
		}
		t.Location = absolute
	}
	if st.Query != nil && st.Columns != nil {
		return nil, nil, fmt.Errorf("table %s: a query names the columns; leave the list of columns out", name)
	}
	for _, c := range st.PartitionBy {
		t.PartitionBy = append(t.PartitionBy, c.Name)
	}
	schema, err := s.analyzer(text).Schema(st.Columns)
	return t, schema, err
}

// setColumns takes the columns, those of partitions last.
func (t *table) setColumns(schema expr.Schema) error {
	t.Columns = nil
	var last []tableColumn
	for i, f := range schema {
		if schema[:i].Index(f.Name) >= 0 {
			return fmt.Errorf("[COLUMN_ALREADY_EXISTS] table %s: there are two columns %s; name one differently with AS", t.Name, f.Name)
		}
		c := tableColumn{f.Name, f.Type.String()}
		if slices.ContainsFunc(t.PartitionBy, func(p string) bool { return strings.EqualFold(p, f.Name) }) {
			last = append(last, c)
		} else {
			t.Columns = append(t.Columns, c)
		}
	}
	for i, p := range t.PartitionBy {
		at := slices.IndexFunc(last, func(c tableColumn) bool { return strings.EqualFold(c.Name, p) })
		if at < 0 {
			return fmt.Errorf("[COLUMN_NOT_DEFINED_IN_TABLE] table %s: it is partitioned by %s, which is no column", t.Name, p)
		}
		t.PartitionBy[i] = last[at].Name
		t.Columns = append(t.Columns, last[at])
	}
	if len(t.PartitionBy) == len(t.Columns) && len(t.Columns) > 0 {
		return fmt.Errorf("[ALL_PARTITION_COLUMNS_NOT_ALLOWED] table %s: not all columns can be partition columns", t.Name)
	}
	return nil
}

func optionMap(list []sql.Option) map[string]string {
	out := map[string]string{}
	for _, o := range list {
		out[o.Key] = o.Value
	}
	return out
}

// analyze is ANALYZE TABLE: the size of the files, the rows, and what each column
// holds.
func (s *Session) analyze(ctx context.Context, st *sql.AnalyzeStatement) (*Frame, error) {
	name := pathName(st.Name)
	t, err := s.tables().table(name)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, s.unknownTable(name)
	}
	stats := &tableStatistics{}
	err = filepath.WalkDir(s.tables().location(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "_") || strings.HasPrefix(d.Name(), ".") {
			return nil
		}
		info, err := d.Info()
		if err == nil {
			stats.SizeInBytes += info.Size()
		}
		return err
	})
	if err == nil && !st.NoScan {
		err = s.measure(ctx, t, st, stats)
	}
	if err != nil {
		return nil, err
	}
	t.Statistics = stats
	return s.table(nil), s.tables().put(t)
}

// measure reads a table for its statistics.
func (s *Session) measure(ctx context.Context, t *table, st *sql.AnalyzeStatement, stats *tableStatistics) error {
	src, err := s.tableSource(t)
	if err != nil {
		return err
	}
	f := &Frame{session: s, node: plan.NewScan(src)}
	var names []string
	for _, c := range st.Columns {
		names = append(names, c.Name)
	}
	if st.AllColumns {
		names = src.Schema().Names()
	}
	aggs := []expr.Aggregate{expr.Count("rows")}
	for i, name := range names {
		at := src.Schema().Index(name)
		if at < 0 {
			return fmt.Errorf("[COLUMN_NOT_FOUND] table %s has no column %s", t.Name, name)
		}
		names[i] = src.Schema()[at].Name
		x := expr.Col(names[i])
		aggs = append(aggs, expr.Stat("approx_count_distinct", fmt.Sprint("distinct", i), x), expr.Stat("count", fmt.Sprint("known", i), x),
			expr.Stat("min", fmt.Sprint("min", i), x), expr.Stat("max", fmt.Sprint("max", i), x))
	}
	r, err := f.Describe("ANALYZE TABLE " + t.Name).Agg(aggs...).Collect(ctx)
	if err != nil {
		return err
	}
	row := r.Rows()[0]
	stats.RowCount = &row[0].I
	for i, name := range names {
		v := row[1+4*i:]
		c := columnStatistics{DistinctCount: v[0].I, NullCount: row[0].I - v[1].I}
		if !v[2].IsNull {
			c.Min, c.Max = v[2].String(), v[3].String()
		}
		if stats.Columns == nil {
			stats.Columns = map[string]columnStatistics{}
		}
		stats.Columns[name] = c
	}
	return nil
}
