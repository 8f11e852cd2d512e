package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"stagecoach/engine/expr"
)

// CSVOptions say how text is read. The zero value reads comma separated files
// with a line of column names and finds out the types.
type CSVOptions struct {
	Schema   expr.Schema // types of the columns, by name; the types of others, or all when nil, are inferred
	NoHeader bool        // the first line is data; the columns are called _c0, _c1, …
	Comma    byte        // the separator; 0 is a comma
	FailFast bool        // a row that does not fit is an error, instead of nulls and a count
}

// CSV is a table of text files, plain or gzip: files, directories or patterns.
// A row is a line; a quoted field may hold separators and doubled quotes, not
// line ends. An empty field is null. Files are united by name, and a column
// whose types do not meet is text.
//
// Types are inferred from the whole of a file up to 4 MiB and from samples all
// over a larger one. Text that does not fit the inferred type later is null and
// counted, as in Spark's PERMISSIVE mode, or with FailFast an error that names
// file and line.
func CSV(opt CSVOptions, paths ...string) (Source, error) {
	files, err := findFiles(paths, ".csv", ".csv.gz", ".tsv", ".tsv.gz")
	if err != nil {
		return nil, err
	}
	if opt.Comma == 0 {
		opt.Comma = ','
	}
	c := &csvSource{opt: opt, files: files, gzip: make([]bool, len(files)), widths: make([]int, len(files))}
	schemas := make([]expr.Schema, len(files))
	for i := range files {
		head, err := c.open(i)
		if err != nil {
			return nil, err
		}
		if schemas[i], err = inferSchema(&c.opt, files[i].path, head); err != nil {
			return nil, err
		}
		c.widths[i] = len(schemas[i])
	}
	meetAsText(schemas)
	if c.union, err = uniteSchemas(files, schemas); err != nil {
		return nil, err
	}
	for i, f := range c.union.schema {
		if f.Type == expr.Null { // nothing but empty fields: text, as in Spark
			c.union.schema[i].Type = expr.String
		}
	}
	for _, f := range opt.Schema {
		if c.union.schema.Index(f.Name) < 0 {
			return nil, &Error{File: files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", f.Name, c.union.schema.Names())}
		}
	}
	return byFolder(c, files)
}

type csvSource struct {
	opt    CSVOptions
	files  []dataFile
	gzip   []bool
	widths []int // columns of each file
	union  *union
}

func (c *csvSource) Schema() expr.Schema { return c.union.schema }
func (c *csvSource) Format() string      { return "csv" }
func (c *csvSource) Location() string    { return location(c.files) }

func (c *csvSource) Stats() Stats {
	s := Stats{Rows: -1, Files: len(c.files)}
	for _, f := range c.files {
		s.Bytes += f.size
	}
	return s
}

// Splits cuts plain files; a gzip file is one piece.
func (c *csvSource) Splits(o SplitOptions) ([]Split, error) {
	return packSplits(c.files, o), nil
}

const sampleBytes = 4 << 20

// open looks at file i: whether it is compressed, and a sample of its lines
// from the first on, every piece of it whole lines.
func (c *csvSource) open(i int) ([][]byte, error) {
	f := &c.files[i]
	file, err := os.Open(f.path)
	if err != nil {
		return nil, &Error{Err: err}
	}
	defer file.Close()
	magic := make([]byte, 2)
	if n, _ := io.ReadFull(file, magic); n == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		c.gzip[i], f.cut = true, false
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, &Error{File: f.path, Err: err}
		}
		z, err := gzip.NewReader(file)
		if err != nil {
			return nil, &Error{File: f.path, Msg: "gzip", Err: err}
		}
		head, err := io.ReadAll(io.LimitReader(z, sampleBytes+1))
		if err != nil {
			return nil, &Error{File: f.path, Msg: "gzip", Err: err}
		}
		if len(head) > sampleBytes {
			head = head[:bytes.LastIndexByte(head, '\n')+1]
		}
		return [][]byte{head}, nil
	}
	if f.size <= sampleBytes {
		head := make([]byte, f.size)
		_, err := file.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, &Error{File: f.path, Err: err}
		}
		return [][]byte{head}, nil
	}
	const pieces, size = 16, sampleBytes / 16
	var sample [][]byte
	for k := range int64(pieces) {
		part := make([]byte, size)
		if _, err := file.ReadAt(part, (f.size-size)/(pieces-1)*k); err != nil && !errors.Is(err, io.EOF) {
			return nil, &Error{File: f.path, Err: err}
		}
		if k > 0 {
			part = part[bytes.IndexByte(part, '\n')+1:]
		}
		sample = append(sample, part[:bytes.LastIndexByte(part, '\n')+1])
	}
	return sample, nil
}
