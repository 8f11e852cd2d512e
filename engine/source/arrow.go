package source

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	mem "github.com/apache/arrow/go/v17/arrow/memory"

	"stagecoach/engine/expr"
)

// An arrowSource is a table of files in Arrow's IPC format: with a footer, or a
// stream, which their first bytes tell. A file is read as a whole.
type arrowSource struct {
	*textFiles // which knows of places, and here of no text
	union      *union
}

func newArrow(schema expr.Schema, files []dataFile) (Source, error) {
	schemas := make([]expr.Schema, len(files))
	for i := range files {
		files[i].cut = false
		file, err := openArrow(&files[i])
		if err != nil {
			return nil, err
		}
		schemas[i], err = arrowSchema(file.schema)
		if file.Close(); err != nil {
			return nil, &Error{File: files[i].path, Err: err}
		}
	}
	a := &arrowSource{textFiles: &textFiles{"arrow", files}}
	var err error
	if schema != nil {
		a.union, err = fitSchemas(without(schema, &files[0]), files, schemas)
	} else {
		a.union, err = uniteSchemas(files, schemas)
	}
	if err != nil {
		return nil, err
	}
	for f, from := range a.union.from {
		for i, at := range from {
			if at >= 0 && schemas[f][at].Type != a.union.schema[i].Type && schemas[f][at].Type != expr.Null {
				return nil, dataError(files[f].path, "column "+schemas[f][at].Name, "its type is %v, and files of Arrow are not read as %v, which others have: convert it",
					schemas[f][at].Type, a.union.schema[i].Type)
			}
		}
	}
	return byFolder(a, files, schema)
}

func arrowSchema(s *arrow.Schema) (expr.Schema, error) {
	var out expr.Schema
	for _, f := range s.Fields() {
		t, why := arrowType(f.Type)
		if why != "" {
			return nil, fmt.Errorf("column %s cannot be read: %s", f.Name, why)
		}
		out = append(out, expr.Field{Name: f.Name, Type: t})
	}
	if name := repeatedName(out); name != "" {
		return nil, fmt.Errorf("column %s: there are two columns of this name", name)
	}
	return out, nil
}

func (a *arrowSource) Schema() expr.Schema { return a.union.schema }

// An arrowFile is a file under way, in either form.
type arrowFile struct {
	*os.File
	schema *arrow.Schema
	next   func() (arrow.Record, error) // valid until the next call; io.EOF after the last
}

// openArrow opens a file, which must be closed.
func openArrow(f *dataFile) (*arrowFile, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, &Error{Err: err}
	}
	a := &arrowFile{File: file}
	if err := undamaged(func() error { return a.begin(f.size) }); err != nil {
		file.Close()
		return nil, &Error{File: f.path, Err: err}
	}
	return a, nil
}

// undamaged makes an error of the panics with which the library meets damaged
// files now and then.
func undamaged(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file is damaged: %v", p)
		}
	}()
	return read()
}

// begin reads the schema.
func (a *arrowFile) begin(size int64) error {
	alloc := ipc.WithAllocator(sparing{mem.NewGoAllocator(), size<<10 + 1<<20})
	if err := verifyArrow(a, size); err != nil {
		return err
	}
	magic := make([]byte, len(ipc.Magic))
	if _, err := a.ReadAt(magic, 0); err != nil {
		return err
	}
	if !bytes.Equal(magic, ipc.Magic) {
		r, err := ipc.NewReader(a, alloc)
		if err == nil {
			a.schema, a.next = r.Schema(), r.Read
		}
		return err
	}
	r, err := ipc.NewFileReader(a, alloc)
	if err != nil {
		return err
	}
	i := 0
	a.schema, a.next = r.Schema(), func() (arrow.Record, error) {
		if i == r.NumRecords() {
			return nil, io.EOF
		}
		i++
		return r.Record(i - 1)
	}
	return nil
}

// sparing refuses sizes that no file of the size at hand holds, which only a
// damaged one asks for.
type sparing struct {
	mem.Allocator
	limit int64
}

func (s sparing) Allocate(size int) []byte {
	if int64(size) > s.limit || size < 0 {
		panic(fmt.Sprintf("a buffer of %d bytes", size))
	}
	return s.Allocator.Allocate(size)
}

func (s sparing) Reallocate(size int, b []byte) []byte {
	if int64(size) > s.limit || size < 0 {
		panic(fmt.Sprintf("a buffer of %d bytes", size))
	}
	return s.Allocator.Reallocate(size, b)
}

// Read hands on the record batches of the split's files, cut to r.BatchRows.
func (a *arrowSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		t := &arrowRead{source: a, ctx: ctx, r: r, yield: yield}
		t.batch.Cols = make([]expr.Column, len(r.Columns))
		err := t.find()
		opened := map[int]bool{}
		for i := 0; i < len(s.Pieces) && err == nil; i++ {
			if err = a.check(s.Pieces[i], opened, &r.Counters); err == nil {
				err = t.file(s.Pieces[i].Index)
			}
		}
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}

// An arrowRead is one Read under way.
type arrowRead struct {
	source  *arrowSource
	ctx     context.Context
	r       *Read
	yield   func(*expr.Batch, error) bool
	columns []int // of the union
	batch   expr.Batch
}

func (t *arrowRead) find() error {
	for _, name := range t.r.Columns {
		at := t.source.union.schema.Index(name)
		if at < 0 {
			return &Error{File: t.source.files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", name, t.source.union.schema.Names())}
		}
		t.columns = append(t.columns, at)
		t.batch.Schema = append(t.batch.Schema, t.source.union.schema[at])
	}
	return nil
}

func (t *arrowRead) file(index int) error {
	f := &t.source.files[index]
	t.r.Counters.BytesRead += f.size
	file, err := openArrow(f)
	if err != nil {
		return err
	}
	defer file.Close()
	for n := 0; ; n++ {
		var rows *expr.Batch
		err := undamaged(func() error {
			record, err := file.next()
			if err == nil {
				rows, err = t.columnsOf(record, index)
			}
			return err
		})
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &Error{File: f.path, Place: fmt.Sprintf("record batch %d", n), Err: err}
		}
		if err := t.hand(rows); err != nil {
			return err
		}
	}
}

// columnsOf are the columns asked for of a record of file index.
func (t *arrowRead) columnsOf(record arrow.Record, index int) (*expr.Batch, error) {
	rows := int(record.NumRows())
	b := &expr.Batch{Schema: t.batch.Schema, Rows: rows}
	for i, column := range t.columns {
		c := expr.Column{Type: expr.Null, Len: rows}
		if at := t.source.union.from[index][column]; at >= 0 {
			have := record.Column(at)
			if have.Len() != rows {
				return nil, fmt.Errorf("column %s has %d values in %d rows", t.batch.Schema[i].Name, have.Len(), rows)
			}
			typ := t.batch.Schema[i].Type
			if have.DataType().ID() == arrow.NULL {
				typ = expr.Null
			}
			var err error
			if c, err = arrowColumn(have, typ); err != nil {
				return nil, fmt.Errorf("column %s: %w", t.batch.Schema[i].Name, err)
			}
			c.Check()
		}
		if c.Type == expr.Null && t.batch.Schema[i].Type != expr.Null {
			nulls := expr.NewBuilder(t.batch.Schema[i].Type)
			for range rows {
				nulls.AppendNull()
			}
			c = nulls.Take()
		}
		b.Cols = append(b.Cols, c)
	}
	return b, nil
}

// hand gives a batch on in parts.
func (t *arrowRead) hand(b *expr.Batch) error {
	step := t.r.BatchRows
	if step <= 0 {
		step = max(b.Rows, 1)
	}
	step = (step + 7) &^ 7 // whole bytes of the validity bitmap
	for from := 0; from < b.Rows; from += step {
		part := b.Slice(from, min(from+step, b.Rows))
		t.r.Counters.RecordsRead += int64(part.Rows)
		if !t.yield(part, nil) {
			return errStopped
		}
		if err := t.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
