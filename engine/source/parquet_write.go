package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"stagecoach/engine/expr"
)

// ParquetOptions say how a file is written. The zero value is a file without
// compression in row groups of 1,048,576 rows.
type ParquetOptions struct {
	Codec        Codec
	RowGroupRows int // most rows in a row group; 0 is 1,048,576
	Parallelism  int // goroutines that encode columns; 0 is GOMAXPROCS. The bytes do not depend on it.
}

const defaultRowGroupRows = 1 << 20

// A ParquetWriter writes one Parquet file: one data page for every 65,536 rows
// of a column, dictionaries where values repeat, minimum, maximum and nulls in
// the footer, and a checksum on every page. It holds one row group in memory.
// It serves one goroutine.
type ParquetWriter struct {
	w       io.Writer
	schema  expr.Schema
	opt     ParquetOptions
	at      int64
	columns []*columnWriter
	rows    int // in the row group at hand
	groups  []writtenGroup
	err     error // the first error; nothing is written after it
}

type writtenGroup struct {
	at     int64
	rows   int
	chunks []writtenChunk
}

// NewParquetWriter starts a file on w.
func NewParquetWriter(w io.Writer, schema expr.Schema, opt ParquetOptions) (*ParquetWriter, error) {
	if len(schema) == 0 {
		return nil, errors.New("a Parquet file needs at least one column")
	}
	if opt.RowGroupRows <= 0 {
		opt.RowGroupRows = defaultRowGroupRows
	}
	if opt.Parallelism <= 0 {
		opt.Parallelism = runtime.GOMAXPROCS(0)
	}
	switch opt.Codec {
	case Uncompressed, Snappy, Gzip, Zstd, LZ4Raw:
	default:
		return nil, fmt.Errorf("cannot write Parquet with the codec %v: there are none, snappy, gzip, zstd and lz4_raw", opt.Codec)
	}
	p := &ParquetWriter{w: w, schema: schema, opt: opt}
	for _, f := range schema {
		if k := f.Type.Kind(); k > expr.Timestamp {
			return nil, fmt.Errorf("column %s: Parquet files with %v are not supported: cast it, or leave it out", f.Name, f.Type)
		}
		p.columns = append(p.columns, newColumnWriter(f))
	}
	p.write([]byte(parquetMagic))
	return p, p.err
}

func (p *ParquetWriter) write(b []byte) {
	if p.err != nil {
		return
	}
	n, err := p.w.Write(b)
	p.at += int64(n)
	p.err = err
}

// Write appends the batch's rows, whose columns must be those of the schema in
// their order. The batch is free again afterwards.
func (p *ParquetWriter) Write(b *expr.Batch) error {
	if len(b.Cols) != len(p.columns) && p.err == nil {
		p.err = fmt.Errorf("a batch of %d columns for a file of %d", len(b.Cols), len(p.columns))
	}
	for from := 0; from < b.Rows && p.err == nil; {
		n := min(b.Rows-from, p.opt.RowGroupRows-p.rows)
		for i := range b.Cols {
			if err := p.columns[i].add(&b.Cols[i], from, n); err != nil {
				p.err = err
				return err
			}
		}
		p.rows += n
		from += n
		if p.rows == p.opt.RowGroupRows {
			p.flush()
		}
	}
	return p.err
}

// flush encodes the row group at hand and writes it.
func (p *ParquetWriter) flush() {
	if p.rows == 0 {
		return
	}
	chunks := make([]writtenChunk, len(p.columns))
	errs := make([]error, len(p.columns))
	var wait sync.WaitGroup
	next := make(chan int, len(p.columns))
	for i := range p.columns {
		next <- i
	}
	close(next)
	for range min(p.opt.Parallelism, len(p.columns)) {
		wait.Go(func() {
			e := encoders.Get().(*pageEncoder)
			defer encoders.Put(e)
			for i := range next {
				chunks[i], errs[i] = p.columns[i].encode(e, p.opt.Codec)
			}
		})
	}
	wait.Wait()
	if err := firstError(errs); err != nil && p.err == nil {
		p.err = err
	}
	group := writtenGroup{at: p.at, rows: p.rows, chunks: chunks}
	for i := range chunks {
		chunks[i].at = p.at
		p.write(p.columns[i].file)
	}
	p.groups = append(p.groups, group)
	p.rows = 0
}

// Close writes what is left and the footer. It does not close the writer below.
func (p *ParquetWriter) Close() error {
	if p.err == nil {
		p.flush()
	}
	for _, c := range p.columns {
		c.release()
	}
	p.columns = nil
	footer := p.footer()
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	p.write(append(footer, parquetMagic...))
	if p.err != nil {
		return p.err
	}
	p.err = errors.New("the Parquet writer is closed")
	return nil
}

// footer is the file's metadata.
func (p *ParquetWriter) footer() []byte {
	t := &thriftWriter{}
	var rows int64
	for _, g := range p.groups {
		rows += int64(g.rows)
	}
	t.element(func() {
		t.i32(1, 2)
		t.list(2, thriftStruct, len(p.schema)+1)
		t.element(func() {
			t.binary(4, []byte("schema"))
			t.i32(5, len(p.schema))
		})
		for _, f := range p.schema {
			t.element(func() { writeSchemaElement(t, f) })
		}
		t.i64(3, rows)
		t.list(4, thriftStruct, len(p.groups))
		for i := range p.groups {
			t.element(func() { p.writeGroup(t, &p.groups[i]) })
		}
		t.binary(6, []byte("stagecoach"))
		t.list(7, thriftStruct, len(p.schema))
		for range p.schema {
			t.element(func() { t.structure(1, nil) }) // the order of the type
		}
	})
	return t.b
}

func (p *ParquetWriter) writeGroup(t *thriftWriter, g *writtenGroup) {
	var plain, stored int64
	t.list(1, thriftStruct, len(g.chunks))
	for i := range g.chunks {
		c := &g.chunks[i]
		plain += c.plainSize
		stored += c.size
		t.element(func() {
			t.i64(2, c.at)
			t.structure(3, func() { p.writeChunk(t, p.schema[i], c, g.rows) })
		})
	}
	t.i64(2, plain)
	t.i64(3, int64(g.rows))
	t.i64(5, g.at)
	t.i64(6, stored)
}

func (p *ParquetWriter) writeChunk(t *thriftWriter, f expr.Field, c *writtenChunk, rows int) {
	t.i32(1, physicalType(f.Type))
	encodings := []int{encPlain, encRLE}
	if c.dictionarySize > 0 {
		encodings = append(encodings, encRLEDictionary)
	}
	t.list(2, thriftI32, len(encodings))
	for _, e := range encodings {
		t.varint(int64(e))
	}
	t.list(3, thriftBinary, 1)
	t.bytes([]byte(f.Name))
	t.i32(4, int(p.opt.Codec))
	t.i64(5, int64(rows))
	t.i64(6, c.plainSize)
	t.i64(7, c.size)
	t.i64(9, c.at+c.dictionarySize)
	if c.dictionarySize > 0 {
		t.i64(11, c.at)
	}
	t.structure(12, func() {
		t.i64(3, int64(c.nulls))
		if c.max != nil {
			t.binary(5, c.max)
			t.binary(6, c.min)
		}
	})
}
