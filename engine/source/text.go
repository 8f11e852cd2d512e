package source

import (
	"context"
	"fmt"
	"iter"

	"stagecoach/engine/expr"
)

// A textSource is a table with a row a line, or a file, in its one column.
type textSource struct {
	*textFiles
	schema expr.Schema
	whole  bool
}

func newText(whole bool, schema expr.Schema, files []dataFile) (Source, error) {
	text, err := openText("text", files, whole)
	if err != nil {
		return nil, err
	}
	t := &textSource{text, expr.Schema{{Name: "value", Type: expr.String}}, whole}
	if own := without(schema, &files[0]); schema != nil {
		if len(own) != 1 || own[0].Type != expr.String {
			return nil, fmt.Errorf("text has one column of type string, not %v", own)
		}
		t.schema = own
	}
	return byFolder(t, files, schema)
}

func (t *textSource) Schema() expr.Schema { return t.schema }

// Read hands on the lines that start in the split's pieces as they are.
func (t *textSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		rows := &rowBatch{}
		var schema expr.Schema
		var err error
		for _, name := range r.Columns {
			if t.schema.Index(name) < 0 {
				err = &Error{File: t.files[0].path, Msg: fmt.Sprintf("no column %s: there is %s", name, t.schema[0].Name)}
			}
			schema = append(schema, t.schema[0])
		}
		rows.start(ctx, schema, r, yield)
		opened := map[int]bool{}
		for i := 0; i < len(s.Pieces) && err == nil; i++ {
			if err = t.check(s.Pieces[i], opened, &r.Counters); err == nil {
				err = t.piece(s.Pieces[i], rows)
			}
		}
		rows.finish(err)
	}
}

func (t *textSource) piece(p Piece, rows *rowBatch) error {
	if t.whole {
		text, err := t.all(p.Index, &rows.r.Counters.BytesRead)
		if err != nil {
			return err
		}
		return appendText(rows, text)
	}
	for line, err := range t.lines(p, &rows.r.Counters.BytesRead) {
		if err == nil {
			err = appendText(rows, line.text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func appendText(rows *rowBatch, text []byte) error {
	for _, b := range rows.builders {
		b.AppendBytes(text)
	}
	return rows.added()
}
