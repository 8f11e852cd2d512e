package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/klauspost/compress/gzip"

	"stagecoach/engine/expr"
)

// Read parses the lines that start in the split's pieces.
func (c *csvSource) Read(ctx context.Context, s Split, r *Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		t := &csvRead{source: c, r: r, yield: yield, batch: &expr.Batch{Schema: make(expr.Schema, len(r.Columns)), Cols: make([]expr.Column, len(r.Columns))}}
		t.fields.comma = c.opt.Comma
		if t.step = r.BatchRows; t.step <= 0 {
			t.step = 16 << 10
		}
		for i, name := range r.Columns {
			column := c.union.schema.Index(name)
			if column < 0 {
				yield(nil, &Error{File: c.files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", name, c.union.schema.Names())})
				return
			}
			t.columns = append(t.columns, column)
			t.batch.Schema[i] = c.union.schema[column]
			t.cells = append(t.cells, cells{Column: expr.Column{Type: c.union.schema[column].Type}})
			t.cells[i].size(t.step)
		}
		opened := map[int]bool{}
		for _, piece := range s.Pieces {
			if piece.Index < 0 || piece.Index >= len(c.files) {
				yield(nil, fmt.Errorf("the split of %s belongs to another table", piece.Path))
				return
			}
			if !opened[piece.Index] {
				opened[piece.Index] = true
				r.Counters.Files++
				r.Counters.FilesSize += c.files[piece.Index].size
			}
			if err := t.piece(ctx, piece); err != nil {
				if err != errStopped {
					yield(nil, err)
				}
				return
			}
		}
		if t.rows > 0 {
			t.flush()
		}
	}
}

var errStopped = errors.New("the reader was left")

// A csvRead is one Read under way.
type csvRead struct {
	source  *csvSource
	r       *Read
	yield   func(*expr.Batch, error) bool
	columns []int
	cells   []cells
	fields  fieldScanner
	batch   *expr.Batch
	rows    int // in the batch so far
	step    int // most rows of a batch
}

// piece reads the lines of one piece.
func (t *csvRead) piece(ctx context.Context, p Piece) error {
	c := t.source
	path := c.files[p.Index].path
	file, err := os.Open(path)
	if err != nil {
		return &Error{Err: err}
	}
	defer file.Close()
	count := &countingReader{r: file, n: &t.r.Counters.BytesRead}
	lines := &lineReader{r: count, end: p.Offset + p.Length, buf: make([]byte, 256<<10)}
	if c.gzip[p.Index] {
		z, err := gzip.NewReader(count)
		if err != nil {
			return &Error{File: path, Msg: "gzip", Err: err}
		}
		lines.r, lines.end = z, 1<<62
	} else if p.Offset > 0 {
		// The line that the byte before belongs to is the neighbour's.
		if _, err := file.Seek(p.Offset-1, io.SeekStart); err != nil {
			return &Error{File: path, Err: err}
		}
		lines.at = p.Offset - 1
		if _, _, err := lines.next(); err != nil {
			return endOrError(path, err)
		}
	}
	// wanted[f] is which of the columns asked for field f of a line is.
	wanted := make([]int, c.widths[p.Index])
	for f := range wanted {
		wanted[f] = -1
	}
	missing := []int{}
	for i, column := range t.columns {
		if at := c.union.from[p.Index][column]; at >= 0 {
			wanted[at] = i
		} else {
			missing = append(missing, i)
		}
	}
	first := p.Offset == 0
	for {
		line, at, err := lines.next()
		if err != nil {
			return endOrError(path, err)
		}
		if at == 0 {
			line = bytes.TrimPrefix(line, byteOrderMark)
		}
		if len(line) == 0 {
			continue
		}
		if first {
			first = false
			if !c.opt.NoHeader {
				continue
			}
		}
		if err := t.row(line, wanted, missing); err != nil {
			if c.opt.FailFast {
				return &Error{File: path, Place: fmt.Sprintf("line %d", lineNumber(c, p.Index, at)), Err: err}
			}
			t.r.Counters.Malformed++
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
}

func endOrError(path string, err error) error {
	if err == io.EOF {
		return nil
	}
	return &Error{File: path, Err: err}
}

// row appends a line's fields to the batch. What is wrong becomes null, and the
// first fault is returned.
func (t *csvRead) row(line []byte, wanted, missing []int) (fault error) {
	t.fields.start(line)
	n := 0
	for ; t.fields.next(); n++ {
		if n >= len(wanted) {
			continue
		}
		if i := wanted[n]; i >= 0 && !t.cells[i].set(t.fields.value(), t.fields.quoted, t.rows) && fault == nil {
			fault = fmt.Errorf("column %s: %q is no %v", t.batch.Schema[i].Name, t.fields.value(), t.batch.Schema[i].Type)
		}
	}
	if n != len(wanted) {
		fault = fmt.Errorf("%d fields where the header has %d", n, len(wanted))
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

// flush hands the batch over and starts the next.
func (t *csvRead) flush() bool {
	for i := range t.cells {
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

// lineNumber counts lines up to a byte of a file, from 1; 0 when it cannot.
func lineNumber(c *csvSource, index int, at int64) int {
	file, err := os.Open(c.files[index].path)
	if err != nil {
		return 0
	}
	defer file.Close()
	var r io.Reader = file
	if c.gzip[index] {
		if r, err = gzip.NewReader(file); err != nil {
			return 0
		}
	}
	lines := &lineReader{r: r, end: at + 1, buf: make([]byte, 256<<10)}
	for n := 0; ; n++ {
		if _, _, err := lines.next(); err != nil {
			return n
		}
	}
}

type countingReader struct {
	r io.Reader
	n *int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}

// maxLine is the longest line that is read.
const maxLine = 64 << 20

// A lineReader yields the lines that start before end.
type lineReader struct {
	r        io.Reader
	buf      []byte
	from, to int
	at       int64 // of buf[from] in the file
	end      int64
	err      error
}

// next is the next line, without its end, and where it starts; io.EOF after the
// last. The line is valid until the next call.
func (l *lineReader) next() (line []byte, at int64, err error) {
	if l.at >= l.end {
		return nil, 0, io.EOF
	}
	seen := 0
	for {
		if i := bytes.IndexByte(l.buf[l.from+seen:l.to], '\n'); i >= 0 {
			return l.take(seen+i, seen+i+1)
		}
		seen = l.to - l.from
		if l.err != nil {
			if l.err != io.EOF || seen == 0 {
				return nil, 0, l.err
			}
			return l.take(seen, seen)
		}
		if l.from > 0 {
			copy(l.buf, l.buf[l.from:l.to])
			l.from, l.to = 0, seen
		}
		if l.to == len(l.buf) {
			if len(l.buf) >= maxLine {
				return nil, 0, fmt.Errorf("a line of more than %d MiB at byte %d", maxLine>>20, l.at)
			}
			l.buf = append(l.buf, make([]byte, len(l.buf))...)
		}
		var n int
		n, l.err = l.r.Read(l.buf[l.to:])
		l.to += n
	}
}

// take hands out the first length bytes and passes over n.
func (l *lineReader) take(length, n int) ([]byte, int64, error) {
	line, at := l.buf[l.from:l.from+length], l.at
	l.from += n
	l.at += int64(n)
	if length > 0 && line[length-1] == '\r' {
		line = line[:length-1]
	}
	return line, at, nil
}
