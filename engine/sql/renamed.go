package sql

import (
	"context"
	"iter"

	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// renamedSource is a source whose columns go by unique names in one use of it.
type renamedSource struct {
	source.Source
	names []string
}

// Table is the source under its own names.
func (r renamedSource) Table() source.Source { return r.Source }

// Schema has the unique names.
func (r renamedSource) Schema() expr.Schema {
	s := append(expr.Schema{}, r.Source.Schema()...)
	for i := range s {
		s[i].Name = r.names[i]
	}
	return s
}

// PartitionColumns are the unique names of the source's.
func (r renamedSource) PartitionColumns() (names []string) {
	for _, name := range source.PartitionColumns(r.Source) {
		names = append(names, r.names[r.Source.Schema().Index(name)])
	}
	return names
}

// UnreadColumns are the source's.
func (r renamedSource) UnreadColumns() []source.Unread { return source.UnreadColumns(r.Source) }

// Splits asks about folders by their own names.
func (r renamedSource) Splits(o source.SplitOptions) ([]source.Split, error) {
	own := map[string]expr.Expr{}
	for i, f := range r.Source.Schema() {
		own[r.names[i]] = expr.Col(f.Name)
	}
	folders := o.Folders
	o.Folders = nil
	for _, condition := range folders {
		o.Folders = append(o.Folders, expr.Substitute(condition, own))
	}
	return r.Source.Splits(o)
}

// Read asks for columns by their own names; consumers know them by position.
func (r renamedSource) Read(ctx context.Context, s source.Split, read *source.Read) iter.Seq2[*expr.Batch, error] {
	own := r.Source.Schema()
	schema := r.Schema()
	original := func(name string) string { return own[schema.Index(name)].Name }
	columns, predicates := read.Columns, read.Predicates
	read.Columns = make([]string, len(columns))
	for i, c := range columns {
		read.Columns[i] = original(c)
	}
	read.Predicates = make([]source.Predicate, len(predicates))
	for i, p := range predicates {
		read.Predicates[i] = p
		read.Predicates[i].Column = original(p.Column)
	}
	return r.Source.Read(ctx, s, read)
}
