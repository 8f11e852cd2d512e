package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"stagecoach/engine/expr"
)

// CSVOptions say how text is read. The zero value reads comma separated files
// with a line of column names, doubled quotes, and types found out.
type CSVOptions struct {
	Schema   expr.Schema // types of the columns, by name; the types of others, or all when nil, are inferred
	Columns  expr.Schema // when set, all columns by their position, whatever the line of names says
	NoHeader bool        // the first line is data; the columns are called _c0, _c1, …
	Strings  bool        // a type that Schema does not give is string

	Comma   byte // the separator; 0 is a comma
	Quote   byte // 0 is "; NoByte is none
	Escape  byte // before a quote that belongs to the field; 0 is the quote itself, NoByte is none
	Comment byte // lines that begin so are passed over; 0 is none

	TrimLeft, TrimRight bool // blanks around fields without quotes do not count

	Null        string // a text that is null, quotes or not; the empty field without quotes always is
	EmptyIsNull bool   // so is the empty text in quotes
	MultiLine   bool   // fields in quotes may hold line ends; files are then read as a whole

	Malformed Malformed
	Corrupt   string // of Columns: the string column that gets a malformed row's text with Mend

	// Texts reads dates and timestamps of every type. Nil reads dates such as
	// 3/31/2016 too, and infers timestamp_ntz.
	Texts func() (*expr.Texts, error)
}

// NoByte is a character that no text has, where an option is one character.
const NoByte = 0xff

// Malformed is what happens to a row of text that does not fit the schema:
// Spark's modes.
type Malformed uint8

const (
	Mend Malformed = iota // PERMISSIVE: what does not fit is null, and counted
	Drop                  // DROPMALFORMED: the row is left out, and counted
	Fail                  // FAILFAST: an error that names file and line
)

// CSV is a table of text files, plain or compressed: files, directories or
// patterns. A row is a line; a quoted field may hold separators and quotes. An
// empty field is null. Files are united by name, and a column whose types do
// not meet is text.
//
// Types are inferred from the whole of a file up to 4 MiB and from samples all
// over a larger one.
func CSV(opt CSVOptions, paths ...string) (Source, error) {
	files, err := findFiles(paths, findOptions{suffixes: []string{".csv", ".csv.gz", ".tsv", ".tsv.gz", ".csv.zst", ".csv.bz2"}})
	if err != nil {
		return nil, err
	}
	return newCSV(opt, files)
}

func newCSV(opt CSVOptions, files []dataFile) (Source, error) {
	opt.Comma, opt.Quote = orElse(opt.Comma, ','), orElse(opt.Quote, '"')
	opt.Escape = orElse(opt.Escape, opt.Quote)
	text, err := openText("csv", files, opt.MultiLine)
	if err != nil {
		return nil, err
	}
	c := &csvSource{textFiles: text, opt: opt, widths: make([]int, len(files))}
	schemas := make([]expr.Schema, len(files))
	for i := range files {
		if opt.Columns != nil {
			schemas[i] = c.positions()
		} else if schemas[i], err = c.infer(i); err != nil {
			return nil, err
		}
		c.widths[i] = len(schemas[i])
	}
	if !slices.ContainsFunc(schemas, func(s expr.Schema) bool { return s != nil }) {
		return nil, dataError(files[0].path, "", "the file is empty: not even a line of column names; give a schema")
	}
	meetAsText(schemas)
	if c.union, err = uniteSchemas(files, schemas); err != nil {
		return nil, err
	}
	for i, f := range c.union.schema {
		if f.Type == expr.Null && opt.Columns == nil { // nothing but empty fields: text, as in Spark
			c.union.schema[i].Type = expr.String
		}
	}
	for _, f := range opt.Schema {
		if c.union.schema.Index(f.Name) < 0 {
			return nil, &Error{File: files[0].path, Msg: fmt.Sprintf("no column %s: there are %v", f.Name, c.union.schema.Names())}
		}
	}
	if c.schema = c.union.schema; opt.Columns != nil {
		c.schema = without(opt.Columns, &files[0])
	}
	return byFolder(c, files, opt.Columns)
}

func orElse(b, other byte) byte {
	if b == 0 {
		return other
	}
	return b
}

type csvSource struct {
	*textFiles
	opt    CSVOptions
	widths []int       // columns of each file
	schema expr.Schema // what is shown: the union's columns and the one of corrupt rows
	union  *union
}

func (c *csvSource) Schema() expr.Schema { return c.schema }

// positions are the columns given, but for those that no line has: the one of
// corrupt rows, and those of the folders.
func (c *csvSource) positions() expr.Schema {
	return slices.DeleteFunc(without(c.opt.Columns, &c.files[0]), func(f expr.Field) bool { return strings.EqualFold(f.Name, c.opt.Corrupt) })
}

const sampleBytes = 4 << 20

// infer finds the schema of file i in its lines, or a sample of them; an empty
// file has none.
func (c *csvSource) infer(i int) (expr.Schema, error) {
	t, err := c.inference()
	if err != nil {
		return nil, err
	}
	if f := &c.files[i]; f.cut && f.size > sampleBytes {
		err = sampleLines(f, t.add)
	} else {
		seen := 0
		for line, err := range c.records(c.whole(i), new(int64)) {
			if err != nil {
				return nil, err
			}
			t.add(line.text)
			if seen += len(line.text); seen > sampleBytes && !c.opt.MultiLine {
				break
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return t.schema, nil
}

// sampleLines calls add with lines from all over a plain file, the first one first.
func sampleLines(f *dataFile, add func(line []byte)) error {
	file, err := os.Open(f.path)
	if err != nil {
		return &Error{Err: err}
	}
	defer file.Close()
	const pieces, size = 16, sampleBytes / 16
	part := make([]byte, size)
	for k := range int64(pieces) {
		if _, err := file.ReadAt(part, (f.size-size)/(pieces-1)*k); err != nil && !errors.Is(err, io.EOF) {
			return &Error{File: f.path, Err: err}
		}
		text := part[:bytes.LastIndexByte(part, '\n')+1]
		if k > 0 {
			text = text[min(bytes.IndexByte(part, '\n')+1, len(text)):]
		} else {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		for line := range bytes.Lines(text) {
			add(bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")))
		}
	}
	return nil
}
