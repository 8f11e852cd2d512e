package source

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"stagecoach/engine/expr"
)

// A textWriter writes rows as lines.
type textWriter struct {
	packed io.WriteCloser // nil where nothing is compressed
	out    *bufio.Writer
	line   []byte
	texts  *expr.Texts
	row    func(dst []byte, b *expr.Batch, i int, texts *expr.Texts) []byte
}

func newTextWriter(w io.Writer, s *Sink, texts *expr.Texts) (*textWriter, error) {
	t := &textWriter{texts: texts}
	switch s.pack {
	case packGzip:
		t.packed = gzip.NewWriter(w)
	case packZstd:
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		t.packed = z
	}
	if t.packed != nil {
		w = t.packed
	}
	t.out = bufio.NewWriterSize(w, 64<<10)
	switch s.format {
	case "csv":
		own := *s.csv
		t.row = own.row
		_, err := t.out.Write(s.csv.head())
		return t, err
	case "json":
		t.row = s.json.row
	default:
		t.row = plainRow
	}
	return t, nil
}

// Write appends a line for every row.
func (t *textWriter) Write(b *expr.Batch) error {
	for i := range b.Rows {
		t.line = append(t.row(t.line[:0], b, i, t.texts), '\n')
		if _, err := t.out.Write(t.line); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left.
func (t *textWriter) Close() error {
	err := t.out.Flush()
	if t.packed != nil && err == nil {
		err = t.packed.Close()
	}
	return err
}

func plainRow(dst []byte, b *expr.Batch, i int, _ *expr.Texts) []byte {
	if b.Cols[0].IsNull(i) {
		return dst
	}
	return append(dst, b.Cols[0].Str(i)...)
}

// A csvEncoder prints rows as Spark writes CSV: quotes around what holds a
// separator, a quote or a line's end, and blanks at both ends cut off.
type csvEncoder struct {
	schema               expr.Schema
	header, all          bool
	comma, quote, escape byte
	null, empty          string
	scratch              []byte // of one goroutine
}

func (o *options) csvEncoder(schema expr.Schema) *csvEncoder {
	return &csvEncoder{schema: schema, header: o.flag("header", false), all: o.flag("quoteAll", false),
		comma: o.char("sep", o.separator()), quote: o.char("quote", o.text("quote", `"`)), escape: o.char("escape", o.text("escape", `\`)),
		null: o.text("nullValue", ""), empty: o.text("emptyValue", "")}
}

func (c *csvEncoder) head() (line []byte) {
	if !c.header {
		return nil
	}
	for i, f := range c.schema {
		if i > 0 {
			line = append(line, c.comma)
		}
		line = c.append(line, []byte(f.Name))
	}
	return append(line, '\n')
}

func (c *csvEncoder) row(dst []byte, b *expr.Batch, i int, texts *expr.Texts) []byte {
	for k := range b.Cols {
		if k > 0 {
			dst = append(dst, c.comma)
		}
		col := &b.Cols[k]
		if col.IsNull(i) {
			if dst = append(dst, c.null...); c.all && c.null == "" {
				dst = append(dst, c.quote, c.quote)
			}
			continue
		}
		if col.Type == expr.String {
			dst = c.append(dst, col.Str(i))
			continue
		}
		number, ok := appendNumber(c.scratch[:0], col, i)
		switch {
		case ok:
			c.scratch = number
		case col.Type == expr.Binary:
			c.scratch = fmt.Appendf(c.scratch[:0], "[% X]", col.Str(i))
		default:
			c.scratch = texts.Append(c.scratch[:0], col.Value(i))
		}
		dst = c.append(dst, c.scratch)
	}
	return dst
}

// append prints a value that is not null.
func (c *csvEncoder) append(dst, value []byte) []byte {
	value = bytes.TrimFunc(value, func(r rune) bool { return r <= ' ' })
	if len(value) == 0 {
		if c.empty != "" {
			return append(dst, c.empty...)
		}
		return append(dst, c.quote, c.quote)
	}
	quoted := c.all || value[0] == '#'
	for _, b := range value {
		quoted = quoted || b == c.comma || b == c.quote || b == '\n' || b == '\r'
	}
	if !quoted || c.quote == NoByte {
		return append(dst, value...)
	}
	dst = append(dst, c.quote)
	for _, b := range value {
		if b == c.quote || b == c.escape {
			dst = append(dst, c.escape)
		}
		dst = append(dst, b)
	}
	return append(dst, c.quote)
}

// A jsonEncoder prints rows as objects.
type jsonEncoder struct {
	schema    expr.Schema
	skipNulls bool
}

func (j *jsonEncoder) row(dst []byte, b *expr.Batch, i int, texts *expr.Texts) []byte {
	dst = append(dst, '{')
	first := true
	for k := range b.Cols {
		col := &b.Cols[k]
		null := col.IsNull(i)
		if null && j.skipNulls {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendJSON(dst, []byte(j.schema[k].Name)), ':')
		if null {
			dst = append(dst, "null"...)
		} else if number, ok := appendNumber(dst, col, i); ok {
			dst = number
		} else if col.Type == expr.String {
			dst = appendJSON(dst, bytes.ToValidUTF8(col.Str(i), []byte("\ufffd")))
		} else {
			dst = j.value(dst, col.Value(i), texts)
		}
	}
	return append(dst, '}')
}

// value prints a value; numbers that JSON lacks stand in quotes.
func (j *jsonEncoder) value(dst []byte, v expr.Value, texts *expr.Texts) []byte {
	if v.IsNull || v.Type == expr.Null {
		return append(dst, "null"...)
	}
	switch v.Type.Kind() {
	case expr.Bool:
		return strconv.AppendBool(dst, v.I != 0)
	case expr.Int8, expr.Int16, expr.Int32, expr.Int64, expr.Decimal:
		return texts.Append(dst, v)
	case expr.Float32, expr.Float64:
		if math.IsNaN(v.F) || math.IsInf(v.F, 0) {
			return append(texts.Append(append(dst, '"'), v), '"')
		}
		return texts.Append(dst, v)
	case expr.String:
		return appendJSON(dst, bytes.ToValidUTF8([]byte(v.S), []byte("\ufffd")))
	case expr.Binary:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(v.S)), '"')
	case expr.Array:
		dst = append(dst, '[')
		for i, item := range v.List {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = j.value(dst, item, texts)
		}
		return append(dst, ']')
	case expr.Struct:
		dst = append(dst, '{')
		first := true
		for i, f := range v.Type.Fields() {
			if v.List[i].IsNull && j.skipNulls {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = j.value(append(appendJSON(dst, []byte(f.Name)), ':'), v.List[i], texts)
		}
		return append(dst, '}')
	}
	return appendJSON(dst, texts.Append(nil, v))
}
