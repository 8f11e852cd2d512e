package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/nearest"
	"stagecoach/engine/source"
	"stagecoach/engine/sql"
)

// A table is files under a name that outlives the session: a line of the catalog,
// which is a file for each table in a folder of the warehouse.
type table struct {
	Name        string            `json:"name"`
	Provider    string            `json:"provider"`
	Location    string            `json:"location"` // "" is the folder of its name in the warehouse, which goes with it
	Columns     []tableColumn     `json:"columns"`  // partition columns last
	PartitionBy []string          `json:"partitionColumns,omitempty"`
	Options     map[string]string `json:"options,omitempty"`
	Statistics  *tableStatistics  `json:"statistics,omitempty"`
}

type tableColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// tableStatistics are what ANALYZE TABLE found.
type tableStatistics struct {
	SizeInBytes int64                       `json:"sizeInBytes"`
	RowCount    *int64                      `json:"rowCount,omitempty"`
	Columns     map[string]columnStatistics `json:"columns,omitempty"`
}

type columnStatistics struct {
	DistinctCount int64  `json:"distinctCount"`
	NullCount     int64  `json:"nullCount"`
	Min           string `json:"min,omitempty"`
	Max           string `json:"max,omitempty"`
}

// A tableCatalog is a warehouse folder. Its methods read and write files each
// time, so that several sessions may share it.
type tableCatalog struct{ warehouse string }

// catalogFolder is hidden from readers of files by its name.
const catalogFolder = "_tables"

var tableName = regexp.MustCompile(`^[a-z0-9_]+$`)

// file is the path of a table's line; names are the same in any case.
func (c tableCatalog) file(name string) (string, error) {
	name = strings.ToLower(name)
	if !tableName.MatchString(name) {
		return "", fmt.Errorf("[INVALID_SCHEMA_OR_RELATION_NAME] %s is no name of a table: letters, digits and _ are possible", name)
	}
	return filepath.Join(c.warehouse, catalogFolder, name+".json"), nil
}

// table reads a table; nil where there is none of that name.
func (c tableCatalog) table(name string) (*table, error) {
	file, err := c.file(name)
	if err != nil {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var t table
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil {
		return nil, fmt.Errorf("table %s: %s: %w; DROP TABLE removes it", name, file, err)
	}
	return &t, nil
}

// names are the tables' names in order.
func (c tableCatalog) names() []string {
	files, _ := filepath.Glob(filepath.Join(c.warehouse, catalogFolder, "*.json"))
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	slices.Sort(files)
	return files
}

// put writes a table's line in one step.
func (c tableCatalog) put(t *table) error {
	file, err := c.file(t.Name)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("table %s: %w; spark.sql.warehouse.dir says where tables are", t.Name, err)
	}
	if err := os.WriteFile(file+".new", append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// remove deletes a table's line, and its files unless they have a place of their
// own.
func (c tableCatalog) remove(name string) error {
	file, err := c.file(name)
	if err != nil {
		return err
	}
	if t, err := c.table(name); err == nil && t != nil && t.Location == "" { // a broken line leaves the files
		if err := os.RemoveAll(c.location(t)); err != nil {
			return err
		}
	}
	return os.Remove(file)
}

// location is the folder of a table's files.
func (c tableCatalog) location(t *table) string {
	if t.Location != "" {
		return t.Location
	}
	return filepath.Join(c.warehouse, strings.ToLower(t.Name))
}

// schema is the table's columns.
func (t *table) schema() (expr.Schema, error) {
	var s expr.Schema
	for _, c := range t.Columns {
		typ, err := sql.ParseType(c.Type)
		if err != nil {
			return nil, fmt.Errorf("table %s: column %s: %w", t.Name, c.Name, err)
		}
		s = append(s, expr.Field{Name: c.Name, Type: typ})
	}
	return s, nil
}

// source is the table's files as they are now; none are no rows.
func (s *Session) tableSource(t *table) (source.Source, error) {
	schema, err := t.schema()
	if err != nil {
		return nil, err
	}
	location := s.tables().location(t)
	if !hasFiles(location) {
		return source.Memory(schema, nil), nil
	}
	src, err := source.Open(t.Provider, s.fileOptions(t.Provider, t.Options, true), schema, location)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	return src, nil
}

// hasFiles reports whether there is a file below a folder that readers see.
func hasFiles(folder string) bool {
	found := false
	filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != folder && strings.HasPrefix(d.Name(), "_"), strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
		case !d.IsDir():
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found
}

// unknownTable is the error of a name that is neither table nor view.
func (s *Session) unknownTable(name string) error {
	like := ""
	if best, _ := nearest.Name(name, append(s.Views(), s.tables().names()...)); best != "" {
		like = "; did you mean " + best + "?"
	}
	return fmt.Errorf("[TABLE_OR_VIEW_NOT_FOUND] there is no table or view %s%s", name, like)
}
