package source

import (
	"context"
	"fmt"
	"iter"
	"os"
	"time"

	"stagecoach/engine/expr"
)

// parquetScratch is the buffers of one running Read, passed on to the next.
type parquetScratch struct {
	unpack  decompressor
	readers []*columnReader
}

// Read decodes the row groups whose middle lies in the split's pieces. A batch
// does not reach over the end of a row group.
func (p *parquetSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		columns, err := p.columns(r.Columns)
		if err != nil {
			yield(nil, err)
			return
		}
		scratch, _ := p.scratch.Get().(*parquetScratch)
		if scratch == nil {
			scratch = &parquetScratch{}
		}
		defer p.scratch.Put(scratch)
		run := &parquetRead{source: p, r: r, columns: columns, scratch: scratch, yield: yield}
		run.batch = &expr.Batch{Schema: make(expr.Schema, len(columns)), Cols: make([]expr.Column, len(columns))}
		for i, c := range columns {
			run.batch.Schema[i] = p.union.schema[c]
		}
		opened := map[int]bool{}
		for _, piece := range s.Pieces {
			if piece.Index < 0 || piece.Index >= len(p.files) {
				yield(nil, fmt.Errorf("the split of %s belongs to another table", piece.Path))
				return
			}
			if !opened[piece.Index] {
				opened[piece.Index] = true
				r.Counters.Files++
				r.Counters.FilesSize += p.files[piece.Index].size
			}
			if !run.piece(ctx, piece) {
				return
			}
		}
	}
}

// A parquetRead is one Read under way.
type parquetRead struct {
	source  *parquetSource
	r       *Read
	columns []int
	scratch *parquetScratch
	batch   *expr.Batch
	yield   func(*expr.Batch, error) bool
}

// piece reads the row groups of one piece and reports whether to go on.
func (t *parquetRead) piece(ctx context.Context, piece Piece) bool {
	start := time.Now()
	footer := t.source.footers[piece.Index]
	var groups []int
	for g := range footer.groups {
		middle := footer.groups[g].middle
		if middle < piece.Offset || middle >= piece.Offset+piece.Length {
			continue
		}
		t.r.Counters.RowGroups++
		if t.source.excluded(piece.Index, g, t.r.Predicates) {
			t.r.Counters.RowGroupsSkipped++
			continue
		}
		groups = append(groups, g)
	}
	if len(groups) == 0 {
		t.r.Counters.MetadataNanos += int64(time.Since(start))
		return true
	}
	path := t.source.files[piece.Index].path
	file, err := os.Open(path)
	if err != nil {
		t.yield(nil, &Error{Err: err})
		return false
	}
	defer file.Close()
	readers := t.prepare(piece.Index)
	t.r.Counters.MetadataNanos += int64(time.Since(start))
	for _, g := range groups {
		if !t.group(ctx, file, path, &footer.groups[g], g, readers) {
			return false
		}
	}
	return true
}

// prepare makes the columns' readers ready for a file.
func (t *parquetRead) prepare(f int) []*columnReader {
	s, footer := t.scratch, t.source.footers[f]
	for len(s.readers) < len(t.columns) {
		s.readers = append(s.readers, &columnReader{unpack: &s.unpack})
	}
	for i, column := range t.columns {
		c := s.readers[i]
		c.field = t.source.union.schema[column]
		c.column = leaf{leaf: -1}
		c.absent = true
		if at := t.source.union.from[f][column]; at >= 0 {
			c.column, c.at = footer.columns[at], at
			c.absent = c.column.from == formNull
		}
		c.form = c.column.from
		if have, want := c.column.field.Type, c.field.Type; want.Kind() == expr.Decimal {
			c.decimal = decimalForm{from: c.form, size: c.column.size, to: want}
			if have.Kind() == expr.Decimal {
				c.decimal.shift = want.Scale() - have.Scale()
			}
		}
		if c.column.field.Type == expr.Date && c.field.Type == expr.TimestampNTZ {
			c.form = formDays
		}
	}
	return s.readers[:len(t.columns)]
}

// group reads one row group and reports whether to go on.
func (t *parquetRead) group(ctx context.Context, file *os.File, path string, group *rowGroup, g int, readers []*columnReader) bool {
	fail := func(c *columnReader, err error) bool {
		t.yield(nil, &Error{File: path, Place: fmt.Sprintf("row group %d, column %s", g, c.field.Name), Err: err})
		return false
	}
	if err := ctx.Err(); err != nil {
		t.yield(nil, err)
		return false
	}
	for _, c := range readers {
		chunk := &columnChunk{}
		if !c.absent {
			chunk = &group.chunks[c.at]
			t.r.Counters.BytesRead += chunk.size
		}
		if err := c.open(file, chunk, group.rows); err != nil {
			return fail(c, err)
		}
	}
	step := t.r.BatchRows
	if step <= 0 {
		step = 16 << 10
	}
	for left := group.rows; left > 0; {
		n := int(min(int64(step), left))
		left -= int64(n)
		for i, c := range readers {
			if err := c.read(n); err != nil {
				return fail(c, err)
			}
			t.batch.Cols[i] = c.out
		}
		t.batch.Rows = n
		t.r.Counters.RecordsRead += int64(n)
		if !t.yield(t.batch, nil) {
			return false
		}
		if err := ctx.Err(); err != nil && left > 0 {
			t.yield(nil, err)
			return false
		}
	}
	return true
}
