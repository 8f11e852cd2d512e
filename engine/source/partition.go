package source

import (
	"context"
	"iter"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/expr"
)

// A partitionKey is a folder called column=text: the column and the text, free
// of percent signs, or a null.
type partitionKey struct {
	column, text string
	null         bool
	zone         *time.Location // of timestamps; nil is UTC
}

const defaultPartition = "__HIVE_DEFAULT_PARTITION__"

// partitionKeys are the keys that the folders between root and a file spell.
func partitionKeys(root, path string, zone *time.Location) (keys []partitionKey) {
	below, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return nil
	}
	for folder := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		if column, text, ok := strings.Cut(folder, "="); ok && column != "" {
			keys = append(keys, partitionKey{column: unescape(column), text: unescape(text), null: text == defaultPartition, zone: zone})
		}
	}
	return keys
}

func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// partitioned adds the columns that folders spell to the columns that files
// have. A column of both has the folder's value, in the files' place, as in Spark.
type partitioned struct {
	base   Source
	schema expr.Schema
	names  []string       // of the partition columns
	values [][]expr.Value // of every file, in the order of names
}

// byFolder adds the columns that the files' folders spell, if there are any, in
// the types that a schema gives them, or that they seem to have.
func byFolder(base Source, files []dataFile, given expr.Schema) (Source, error) {
	p := &partitioned{base: base, schema: slices.Clone(base.Schema())}
	for _, k := range files[0].keys {
		p.names = append(p.names, k.column)
	}
	for _, f := range files {
		same := len(f.keys) == len(p.names)
		for i := 0; same && i < len(p.names); i++ {
			same = f.keys[i].column == p.names[i]
		}
		if !same {
			return nil, dataError(f.path, "", "its folders name other partition columns than those of %s: read them apart", files[0].path)
		}
	}
	if len(p.names) == 0 {
		return base, nil
	}
	p.values = make([][]expr.Value, len(files))
	for c, name := range p.names {
		keys := make([]partitionKey, len(files))
		for i, f := range files {
			keys[i] = f.keys[c]
		}
		typ, values, err := partitionColumn(keys, given.Index(name), given)
		if err != nil {
			return nil, &Error{File: files[0].path, Err: err}
		}
		for i, v := range values {
			p.values[i] = append(p.values[i], v)
		}
		field := expr.Field{Name: name, Type: typ}
		if i := p.schema.Index(name); i >= 0 {
			p.names[c], field.Name = p.schema[i].Name, p.schema[i].Name
			p.schema[i] = field
		} else {
			p.schema = append(p.schema, field)
		}
	}
	return p, nil
}

// PartitionColumns are the columns of a source that its folders spell, in the
// order of the folders; conditions on them leave out whole files.
func PartitionColumns(s Source) []string {
	if p, ok := s.(interface{ PartitionColumns() []string }); ok {
		return p.PartitionColumns()
	}
	return nil
}

func (p *partitioned) PartitionColumns() []string { return p.names }

func (p *partitioned) Schema() expr.Schema { return p.schema }
func (p *partitioned) Format() string      { return p.base.Format() }
func (p *partitioned) Location() string    { return p.base.Location() }
func (p *partitioned) Stats() Stats        { return p.base.Stats() }

// Splits leaves out the files whose folders do not meet the conditions.
func (p *partitioned) Splits(o SplitOptions) ([]Split, error) {
	if len(o.Folders) == 0 {
		return p.base.Splits(o)
	}
	folders := &expr.Batch{Rows: len(p.values)}
	for c, name := range p.names {
		field := p.schema[p.schema.Index(name)]
		b := expr.NewBuilder(field.Type)
		for _, values := range p.values {
			b.AppendValue(values[c])
		}
		folders.Schema, folders.Cols = append(folders.Schema, field), append(folders.Cols, b.Take())
	}
	meets := make([]bool, folders.Rows)
	for i := range meets {
		meets[i] = true
	}
	for _, condition := range o.Folders {
		bound, err := expr.Bind(condition, folders.Schema)
		if err != nil {
			return nil, err
		}
		v, err := bound.Eval(folders)
		if err != nil {
			continue // it may fail for rows that another condition rules out
		}
		for i := range meets {
			meets[i] = meets[i] && !v.IsNull(i) && v.Bools[i] != 0
		}
	}
	o.keep = func(file int) bool { return meets[file] }
	return p.base.Splits(o)
}

// column is the position of a partition column, or -1.
func (p *partitioned) column(name string) int {
	i := p.schema.Index(name)
	if i < 0 {
		return -1
	}
	return slices.Index(p.names, p.schema[i].Name)
}

// Read reads the pieces of a split one by one, since a batch has rows of one
// folder only.
func (p *partitioned) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		inner := Read{BatchRows: r.BatchRows}
		for _, name := range r.Columns {
			if p.column(name) < 0 {
				inner.Columns = append(inner.Columns, name)
			}
		}
		for _, predicate := range r.Predicates {
			if p.column(predicate.Column) < 0 {
				inner.Predicates = append(inner.Predicates, predicate)
			}
		}
		out := &expr.Batch{Schema: make(expr.Schema, len(r.Columns)), Cols: make([]expr.Column, len(r.Columns))}
		for i, name := range r.Columns {
			if c := p.schema.Index(name); c >= 0 {
				out.Schema[i] = p.schema[c]
			}
		}
		last := -1
		for _, piece := range s.Pieces {
			var constants []constant
			if piece.Index >= 0 && piece.Index < len(p.values) {
				constants = p.constants(piece.Index, r.Columns)
			}
			before := inner.Counters
			for b, err := range p.base.Read(ctx, Split{Pieces: []Piece{piece}}, &inner) {
				r.Counters = inner.Counters
				if err != nil {
					yield(nil, err)
					return
				}
				next := 0
				for i := range out.Cols {
					if k := constants[i]; k.is {
						out.Cols[i] = constants[i].column(b.Rows)
					} else {
						out.Cols[i], out.Schema[i] = b.Cols[next], b.Schema[next]
						next++
					}
				}
				if out.Rows = b.Rows; !yield(out, nil) {
					return
				}
			}
			if piece.Index == last { // another piece of the same file
				inner.Counters.Files, inner.Counters.FilesSize = before.Files, before.FilesSize
			}
			last = piece.Index
			r.Counters = inner.Counters
		}
	}
}

func (p *partitioned) constants(file int, columns []string) []constant {
	list := make([]constant, len(columns))
	for i, name := range columns {
		if c := p.column(name); c >= 0 {
			list[i] = constant{is: true, value: p.values[file][c]}
		}
	}
	return list
}
