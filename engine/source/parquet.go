package source

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"stagecoach/engine/expr"
)

// Parquet is a table of Parquet files: files, directories or patterns. Every
// footer is read at once and kept. Files of different schemas are united by
// name, see uniteSchemas.
//
// Only flat columns can be read. Columns that cannot are left out of the schema,
// see UnreadColumns, and asking for one by name says why.
func Parquet(paths ...string) (Source, error) {
	files, err := findFiles(paths, findOptions{suffixes: []string{".parquet", ".parq", ".pq"}})
	if err != nil {
		return nil, err
	}
	return newParquet(nil, files)
}

// newParquet reads files, with a schema as the one that their own must fit
// into.
func newParquet(schema expr.Schema, files []dataFile) (Source, error) {
	p := &parquetSource{files: files, footers: make([]*footer, len(files))}
	schemas := make([]expr.Schema, len(files))
	errs := make([]error, len(files))
	var wait sync.WaitGroup
	const readers = 4
	for first := range min(readers, len(files)) {
		wait.Go(func() {
			for i := first; i < len(files); i += readers {
				p.footers[i], errs[i] = openFooter(files[i])
			}
		})
	}
	wait.Wait()
	if err := firstError(errs); err != nil {
		return nil, err
	}
	for i, f := range p.footers {
		schemas[i] = f.schema()
		for _, u := range f.unread {
			if !slices.ContainsFunc(p.unread, func(other Unread) bool { return strings.EqualFold(other.Name, u.Name) }) {
				p.unread = append(p.unread, u)
			}
		}
	}
	var err error
	if schema != nil {
		p.union, err = fitSchemas(without(schema, &files[0]), files, schemas)
	} else {
		p.union, err = uniteSchemas(files, schemas)
	}
	if err != nil {
		return nil, err
	}
	for _, u := range p.unread {
		column := p.union.schema.Index(u.Name)
		if column < 0 {
			continue
		}
		for i, from := range p.union.from {
			if from[column] >= 0 {
				return nil, &Error{Err: fmt.Errorf("column %s is %v in %s; %w: read the files apart", u.Name, p.union.schema[column].Type, files[i].path, u)}
			}
		}
	}
	return byFolder(p, files, schema)
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func openFooter(f dataFile) (*footer, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, &Error{Err: err}
	}
	defer file.Close()
	footer, _, err := readFooter(file, f.path, f.size)
	return footer, err
}

type parquetSource struct {
	files   []dataFile
	footers []*footer
	union   *union
	unread  []Unread
	scratch sync.Pool // of *parquetScratch
}

func (p *parquetSource) Schema() expr.Schema { return p.union.schema }
func (p *parquetSource) Format() string      { return "parquet" }
func (p *parquetSource) Location() string    { return location(p.files) }

func (p *parquetSource) Stats() Stats {
	s := Stats{Files: len(p.files)}
	for i, f := range p.files {
		s.Bytes += f.size
		s.Rows += p.footers[i].rows
	}
	return s
}

func (p *parquetSource) Splits(o SplitOptions) ([]Split, error) {
	return packSplits(p.files, o), nil
}

// columns finds the columns asked for.
func (p *parquetSource) columns(names []string) ([]int, error) {
	columns := make([]int, len(names))
	for i, name := range names {
		columns[i] = p.union.schema.Index(name)
		if columns[i] >= 0 {
			continue
		}
		if at := slices.IndexFunc(p.unread, func(u Unread) bool { return strings.EqualFold(u.Name, name) }); at >= 0 {
			return nil, &Error{Err: p.unread[at]}
		}
		return nil, &Error{File: p.files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", name, p.union.schema.Names())}
	}
	return columns, nil
}

// excluded reports whether no row of row group g of file f can meet all
// predicates.
func (p *parquetSource) excluded(f, g int, predicates []Predicate) bool {
	group := &p.footers[f].groups[g]
	for _, predicate := range predicates {
		column := p.union.schema.Index(predicate.Column)
		if column < 0 {
			continue
		}
		at := p.union.from[f][column]
		if at < 0 || p.footers[f].columns[at].from == formNull {
			return true // nothing but nulls, and a null meets no condition
		}
		if group.chunks[at].bounds.excludes(predicate, group.rows) {
			return true
		}
	}
	return false
}
