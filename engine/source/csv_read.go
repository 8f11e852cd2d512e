package source

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"stagecoach/engine/expr"
)

// Read parses the lines that start in the split's pieces.
func (c *csvSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		t, err := c.reader(r, yield)
		opened := map[int]bool{}
		for i := 0; i < len(s.Pieces) && err == nil; i++ {
			if err = c.check(s.Pieces[i], opened, &r.Counters); err == nil {
				err = t.piece(ctx, s.Pieces[i])
			}
		}
		switch {
		case err == errStopped:
		case err != nil:
			yield(nil, err)
		case t.rows > 0:
			t.flush()
		}
	}
}

// A csvRead is one Read under way.
type csvRead struct {
	source  *csvSource
	r       *Read
	yield   func(*expr.Batch, error) bool
	columns []int // of the union; -1 is the one of corrupt rows
	cells   []cells
	fields  fieldScanner
	batch   *expr.Batch
	rows    int // in the batch so far
	step    int // most rows of a batch
}

// reader prepares the columns asked for. Where a malformed row is more than
// nulls all the others are read too, so that it does not depend on the question
// which rows there are.
func (c *csvSource) reader(r *Read, yield func(*expr.Batch, error) bool) (*csvRead, error) {
	t := &csvRead{source: c, r: r, yield: yield, fields: c.opt.scanner(), step: r.BatchRows}
	t.batch = &expr.Batch{Schema: make(expr.Schema, len(r.Columns)), Cols: make([]expr.Column, len(r.Columns))}
	if t.step <= 0 {
		t.step = 16 << 10
	}
	var texts *expr.Texts
	if c.opt.Texts != nil {
		var err error
		if texts, err = c.opt.Texts(); err != nil {
			return nil, err
		}
	}
	strict := c.opt.Malformed != Mend
	add := func(f expr.Field, column int) {
		cell := cells{Column: expr.Column{Type: f.Type}, opt: &c.opt, texts: texts}
		cell.size(t.step)
		t.columns, t.cells = append(t.columns, column), append(t.cells, cell)
	}
	for i, name := range r.Columns {
		shown := c.schema.Index(name)
		if shown < 0 {
			return nil, &Error{File: c.files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", name, c.schema.Names())}
		}
		t.batch.Schema[i] = c.schema[shown]
		column := c.union.schema.Index(name)
		strict = strict || column < 0
		add(c.schema[shown], column)
	}
	for column, f := range c.union.schema {
		asked := false
		for _, have := range t.columns {
			asked = asked || have == column
		}
		if strict && !asked {
			add(f, column)
		}
	}
	return t, nil
}

// piece reads the lines of one piece.
func (t *csvRead) piece(ctx context.Context, p Piece) error {
	c := t.source
	// wanted[f] is which of the columns field f of a line is.
	wanted := make([]int, c.widths[p.Index])
	for f := range wanted {
		wanted[f] = -1
	}
	missing, corrupt := []int{}, -1
	for i, column := range t.columns {
		switch {
		case column < 0:
			corrupt = i
		case c.union.from[p.Index][column] < 0:
			missing = append(missing, i)
		default:
			wanted[c.union.from[p.Index][column]] = i
		}
	}
	first := p.Offset == 0
	for line, err := range c.records(p, &t.r.Counters.BytesRead) {
		if err != nil {
			return err
		}
		if c.opt.skips(line.text) {
			continue
		}
		if first {
			first = false
			if !c.opt.NoHeader {
				continue
			}
		}
		fault := t.row(line.text, wanted, missing)
		if fault != nil {
			if c.opt.Malformed == Fail {
				return &Error{File: c.files[p.Index].path, Place: fmt.Sprintf("line %d", c.lineNumber(p.Index, line.at)), Err: fault}
			}
			t.r.Counters.Malformed++
			if c.opt.Malformed == Drop {
				t.takeBack()
				continue
			}
		}
		if corrupt >= 0 {
			t.cells[corrupt].corrupt(line.text, fault != nil, t.rows)
		}
		if t.rows++; t.rows == t.step {
			if !t.flush() {
				return errStopped
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// row puts a line's fields into the batch. What is wrong becomes null, and the
// first fault is returned.
func (t *csvRead) row(line []byte, wanted, missing []int) (fault error) {
	t.fields.start(line)
	n := 0
	for ; t.fields.next(); n++ {
		if n >= len(wanted) {
			continue
		}
		if i := wanted[n]; i >= 0 && !t.cells[i].set(t.fields.value(), t.fields.quoted, t.rows) && fault == nil {
			fault = fmt.Errorf("column %s: %q is no %v", t.name(i), t.fields.value(), t.cells[i].Type)
		}
	}
	if n != len(wanted) {
		fault = fmt.Errorf("%d fields where there are %d columns", n, len(wanted))
		for ; n < len(wanted); n++ {
			if i := wanted[n]; i >= 0 {
				t.cells[i].null(t.rows)
			}
		}
	}
	for _, i := range missing {
		t.cells[i].null(t.rows)
	}
	return fault
}

func (t *csvRead) name(i int) string { return t.source.union.schema[t.columns[i]].Name }

// takeBack forgets the row at hand.
func (t *csvRead) takeBack() {
	for i := range t.cells {
		c := &t.cells[i]
		if c.bits[t.rows>>3]>>(t.rows&7)&1 == 0 {
			c.bits[t.rows>>3] |= 1 << (t.rows & 7)
			c.nulls--
		}
		if c.Offsets != nil {
			c.Bytes = c.Bytes[:c.Offsets[t.rows]]
		}
	}
}

// flush hands the batch over and starts the next.
func (t *csvRead) flush() bool {
	for i := range t.batch.Cols {
		t.batch.Cols[i] = t.cells[i].finish(t.rows)
	}
	t.batch.Rows = t.rows
	t.r.Counters.RecordsRead += int64(t.rows)
	ok := t.yield(t.batch, nil)
	for i := range t.cells {
		t.cells[i].reset()
	}
	t.rows = 0
	return ok
}

// corrupt keeps the text of a malformed row, and null for the others.
func (c *cells) corrupt(line []byte, is bool, row int) {
	if !is {
		c.null(row)
		return
	}
	c.Bytes = append(c.Bytes, strings.ToValidUTF8(asString(line), "\ufffd")...)
	c.Offsets[row+1] = int32(len(c.Bytes))
}
