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

// Schema has the unique names.
func (r renamedSource) Schema() expr.Schema {
	s := append(expr.Schema{}, r.Source.Schema()...)
	for i := range s {
		s[i].Name = r.names[i]
	}
	return s
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
