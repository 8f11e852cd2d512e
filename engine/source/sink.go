package source

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/expr"
)

// A Sink is how a table is written: format, options, columns. It is safe for
// concurrent use; every task of a write takes a TaskWriter from it.
type Sink struct {
	format string
	schema expr.Schema // of all rows
	keys   []int       // columns of the schema that become folders
	file   expr.Schema // the others, which the files have

	codec      Codec // of Parquet and Arrow
	stream     bool  // of Arrow: without a footer
	pack       pack  // of text
	maxRecords int64 // in a file; 0 is no limit
	csv        *csvEncoder
	json       *jsonEncoder
	texts      func() (*expr.Texts, error) // of values in files
	folders    func() (*expr.Texts, error) // of values in names of folders
	dynamic    bool
}

// NewSink is how rows of a schema are written in a format: parquet, csv, json,
// arrow or text, with options by Spark's names, which Formats lists. A row goes into a
// folder named after its values of the columns in partitionBy.
func NewSink(format string, options map[string]string, schema expr.Schema, partitionBy []string) (*Sink, error) {
	o, err := readOptions(format, writing, options)
	if err != nil {
		return nil, err
	}
	s := &Sink{format: o.format, schema: schema}
	if name := repeatedName(schema); name != "" {
		return nil, fmt.Errorf("[COLUMN_ALREADY_EXISTS] there are two columns %s: rename one of them", name)
	}
	for _, name := range partitionBy {
		at := schema.Index(name)
		if at < 0 {
			return nil, fmt.Errorf("partition column %s is none of %v", name, schema.Names())
		}
		if k := schema[at].Type.Kind(); k == expr.Array || k == expr.Struct {
			return nil, fmt.Errorf("partition column %s is %v: folders are named after plain values", name, schema[at].Type)
		}
		s.keys = append(s.keys, at)
	}
	for i, f := range schema {
		if !slices.Contains(s.keys, i) {
			s.file = append(s.file, f)
		}
	}
	if len(s.file) == 0 {
		return nil, fmt.Errorf("[ALL_PARTITION_COLUMNS_NOT_ALLOWED] the files of %s would have no column: leave one out of the partition columns", format)
	}
	s.maxRecords = o.number("maxRecordsPerFile", 0)
	switch mode := o.text("partitionOverwriteMode", "static"); strings.ToLower(mode) {
	case "static":
	case "dynamic":
		s.dynamic = true
	default:
		o.fail("partitionOverwriteMode", "static or dynamic")
	}
	zone := o.zone()
	s.texts = o.texts(writing)
	s.folders = func() (*expr.Texts, error) { return expr.NewTexts(expr.Mode{Zone: zone}, false, "", "", "") }
	s.compression(o)
	switch s.format {
	case "csv":
		s.csv = o.csvEncoder(s.file)
	case "arrow":
		s.stream = o.flag("stream", false)
	case "json":
		s.json = &jsonEncoder{schema: s.file, skipNulls: o.flag("ignoreNullFields", true)}
	}
	if o.err != nil {
		return nil, o.err
	}
	return s, s.check()
}

// compression reads the option of that name, which means codecs inside Parquet
// and whole files of text.
func (s *Sink) compression(o *options) {
	name := strings.ToLower(o.text("compression", "none"))
	if s.format == "parquet" {
		var err error
		if s.codec, err = ParseCodec(name); err != nil {
			o.fail("compression", "none, snappy, gzip, zstd or lz4_raw")
		}
		return
	}
	if s.format == "arrow" {
		codec, ok := map[string]Codec{"none": Uncompressed, "uncompressed": Uncompressed, "lz4": LZ4, "zstd": Zstd}[name]
		if s.codec = codec; !ok {
			o.fail("compression", "none, lz4 or zstd")
		}
		return
	}
	switch name {
	case "none", "uncompressed":
	case "gzip":
		s.pack = packGzip
	case "zstd":
		s.pack = packZstd
	default:
		o.fail("compression", "none, gzip or zstd")
	}
}

// check refuses columns that files of the format cannot have.
func (s *Sink) check() error {
	for _, f := range s.file {
		k := f.Type.Kind()
		nested := k == expr.Array || k == expr.Struct
		bad := false
		switch s.format {
		case "parquet":
			bad = k > expr.Timestamp
		case "arrow":
			_, known := toArrow(f.Type)
			bad = !known
		case "csv":
			bad = nested || k == expr.Null
		case "text":
			bad = f.Type != expr.String
			if len(s.file) > 1 {
				return fmt.Errorf("text has one column, not %v: select one, or join them with concat_ws", s.file.Names())
			}
		}
		if bad {
			return fmt.Errorf("[UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE] %s cannot hold column %s of type %v: cast it, or leave it out", s.format, f.Name, f.Type)
		}
	}
	return nil
}

// Format is the name of the format.
func (s *Sink) Format() string { return s.format }

// Keys are the columns whose values become folders.
func (s *Sink) Keys() (names []string) {
	for _, k := range s.keys {
		names = append(names, s.schema[k].Name)
	}
	return names
}

// Dynamic says that overwriting replaces only the folders that rows go to.
func (s *Sink) Dynamic() bool { return s.dynamic && len(s.keys) > 0 }

// suffix is the end of a file's name.
func (s *Sink) suffix() string {
	if s.format == "parquet" {
		name := map[Codec]string{Uncompressed: "", Gzip: ".gz", LZ4Raw: ".lz4raw"}
		if text, ok := name[s.codec]; ok {
			return text + ".parquet"
		}
		return "." + s.codec.String() + ".parquet"
	}
	if s.stream {
		return ".arrows"
	}
	name := map[string]string{"text": ".txt"}[s.format]
	if name == "" {
		name = "." + s.format
	}
	return name + map[pack]string{packGzip: ".gz", packZstd: ".zst"}[s.pack]
}

// A fileWriter writes the rows of one file. Close ends the file, and leaves what
// is below open.
type fileWriter interface {
	Write(*expr.Batch) error
	Close() error
}

func (s *Sink) open(w io.Writer) (fileWriter, error) {
	switch s.format {
	case "parquet":
		return NewParquetWriter(w, s.file, ParquetOptions{Codec: s.codec, Parallelism: 1})
	case "arrow":
		return newArrowWriter(w, s)
	}
	texts, err := s.texts()
	if err != nil {
		return nil, err
	}
	return newTextWriter(w, s, texts)
}

// appendNumber prints whole numbers without the detour of a Value.
func appendNumber(dst []byte, c *expr.Column, i int) (out []byte, ok bool) {
	switch c.Type {
	case expr.Int8, expr.Int16, expr.Int32:
		return strconv.AppendInt(dst, int64(c.I32[i]), 10), true
	case expr.Int64:
		return strconv.AppendInt(dst, c.I64[i], 10), true
	}
	return dst, false
}
