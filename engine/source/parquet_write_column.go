package source

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"stagecoach/engine/expr"
)

// pageRows is how many rows go into a data page.
const pageRows = 1 << 16

// A columnWriter collects a column of one row group and encodes it. Values are
// kept packed, without the nulls; text is kept as codes of an interned
// dictionary.
type columnWriter struct {
	field  expr.Field
	rows   int
	nulls  int
	levels []uint8 // one a row, once there was a null
	bools  []uint8
	i32    []int32
	i64    []int64
	f64    []float64
	codes  []uint32 // of texts
	text   interned
	file   []byte // the encoded chunk
}

// A writtenChunk is what the footer says of a column chunk.
type writtenChunk struct {
	at, size, plainSize int64
	dictionarySize      int64 // stored bytes of the dictionary page, header included
	nulls               int
	min, max            []byte // nil: not known
}

// columnWriters hold the writers of files that have been closed, by layout: their
// buffers are those of a whole row group.
var columnWriters [1 << 8]sync.Pool

func newColumnWriter(f expr.Field) *columnWriter {
	w, _ := columnWriters[f.Type.Layout()].Get().(*columnWriter)
	if w == nil {
		w = new(columnWriter)
	}
	w.field = f
	return w
}

// release gives the writer's buffers to files to come.
func (w *columnWriter) release() {
	w.forget()
	columnWriters[w.field.Type.Layout()].Put(w)
}

// forget empties the writer.
func (w *columnWriter) forget() {
	w.rows, w.nulls = 0, 0
	w.levels, w.bools, w.i32, w.i64, w.f64, w.codes = w.levels[:0], w.bools[:0], w.i32[:0], w.i64[:0], w.f64[:0], w.codes[:0]
	w.text.reset()
}

// add appends rows [from, from+n) of c.
func (w *columnWriter) add(c *expr.Column, from, n int) error {
	if c.Type != w.field.Type && c.Type != expr.Null {
		return fmt.Errorf("column %s: a batch has %v where the file has %v", w.field.Name, c.Type, w.field.Type)
	}
	nulls := 0
	if c.Valid != nil || c.Type == expr.Null {
		for i := from; i < from+n; i++ {
			if c.IsNull(i) {
				nulls++
			}
		}
	}
	if nulls > 0 && w.field.NotNull {
		return fmt.Errorf("column %s: a null in a column without nulls", w.field.Name)
	}
	w.addLevels(c, from, n, nulls)
	w.rows += n
	w.nulls += nulls
	if nulls == n {
		return nil
	}
	if c.Type.Kind() == expr.Decimal {
		w.addDecimals(c, from, n)
		return nil
	}
	switch w.field.Type.Layout() {
	case expr.Bool:
		w.bools = packed(w.bools, c.Bools[from:from+n], c, from, nulls)
	case expr.Int32:
		w.i32 = packed(w.i32, c.I32[from:from+n], c, from, nulls)
	case expr.Int64:
		w.i64 = packed(w.i64, c.I64[from:from+n], c, from, nulls)
	case expr.Float64:
		w.f64 = packed(w.f64, c.F64[from:from+n], c, from, nulls)
	case expr.String:
		w.addText(c, from, n)
	}
	return nil
}

// packed appends the values that are not null.
func packed[T any](to, values []T, c *expr.Column, from, nulls int) []T {
	if have := len(to) + len(values); have > cap(to) {
		// A row group is long: append's growth by a quarter would copy it often.
		to = append(make([]T, 0, max(2*cap(to), have)), to...)
	}
	if nulls == 0 {
		return append(to, values...)
	}
	for i, v := range values {
		if !c.IsNull(from + i) {
			to = append(to, v)
		}
	}
	return to
}

func (w *columnWriter) addLevels(c *expr.Column, from, n, nulls int) {
	if nulls == 0 && w.nulls == 0 {
		return
	}
	for len(w.levels) < w.rows {
		w.levels = append(w.levels, 1)
	}
	for i := from; i < from+n; i++ {
		level := uint8(1)
		if c.IsNull(i) {
			level = 0
		}
		w.levels = append(w.levels, level)
	}
}

func (w *columnWriter) addText(c *expr.Column, from, n int) {
	var known []uint32 // our code of each of the batch's, plus one
	if c.Dict != nil {
		known = make([]uint32, c.Dict.Len)
	}
	for i := from; i < from+n; i++ {
		if c.IsNull(i) {
			continue
		}
		if known == nil {
			w.codes = append(w.codes, w.text.code(c.Str(i)))
			continue
		}
		code := c.Codes[i]
		if known[code] == 0 {
			known[code] = w.text.code(c.Dict.Str(int(code))) + 1
		}
		w.codes = append(w.codes, known[code]-1)
	}
}

// encode turns the collected rows into a column chunk in w.file and forgets
// them.
func (w *columnWriter) encode(e *pageEncoder, codec Codec) (writtenChunk, error) {
	w.file = w.file[:0]
	chunk := writtenChunk{nulls: w.nulls}
	e.start(codec)
	values := w.rows - w.nulls
	dictionary, codes, size := w.dictionary(e)
	if dictionary != nil {
		plain, err := e.page(&w.file, pageDictionary, encPlain, dictionary, size)
		if err != nil {
			return chunk, err
		}
		chunk.plainSize += plain
		chunk.dictionarySize = int64(len(w.file))
	}
	taken := 0
	for from := 0; from < w.rows; from += pageRows {
		n := min(pageRows, w.rows-from)
		present := n
		body := e.body[:0]
		if !w.field.NotNull {
			body = append(body, 0, 0, 0, 0)
			if w.nulls == 0 {
				body = appendRun(body, 1, n, 1)
			} else {
				present = 0
				e.wide = e.wide[:0]
				for _, level := range w.levels[from : from+n] {
					present += int(level)
					e.wide = append(e.wide, uint32(level))
				}
				body = appendRuns(body, e.wide, 1)
			}
			binary.LittleEndian.PutUint32(body, uint32(len(body)-4))
		}
		encoding := encPlain
		if dictionary != nil {
			encoding = encRLEDictionary
			width := codeWidth(size)
			body = append(body, byte(width))
			body = appendRuns(body, codes[taken:taken+present], width)
		} else {
			body = w.plain(body, taken, present)
		}
		taken += present
		e.body = body
		plain, err := e.page(&w.file, pageData, encoding, body, n)
		if err != nil {
			return chunk, err
		}
		chunk.plainSize += plain
	}
	if values > 0 {
		chunk.min, chunk.max = w.bounds()
	}
	chunk.size = int64(len(w.file))
	w.forget()
	return chunk, nil
}

// dictionary is the PLAIN bytes of the column's dictionary, the values' codes in it
// and its size; or nil when values repeat too seldom.
func (w *columnWriter) dictionary(e *pageEncoder) (plain []byte, codes []uint32, size int) {
	body := e.body[:0]
	switch storedAs(w.field.Type) {
	case expr.Int32:
		if !collect(&e.words, w.i32, &e.codes, func(v int32) uint64 { return uint64(uint32(v)) }) {
			return nil, nil, 0
		}
		for _, v := range e.words.values {
			body = binary.LittleEndian.AppendUint32(body, uint32(v))
		}
	case expr.Int64:
		if !collect(&e.words, w.i64, &e.codes, func(v int64) uint64 { return uint64(v) }) {
			return nil, nil, 0
		}
		for _, v := range e.words.values {
			body = binary.LittleEndian.AppendUint64(body, v)
		}
	case expr.Float64:
		if !collect(&e.words, w.f64, &e.codes, math.Float64bits) {
			return nil, nil, 0
		}
		for _, v := range e.words.values {
			if w.field.Type == expr.Float32 {
				body = appendFloat(body, math.Float64frombits(v))
			} else {
				body = binary.LittleEndian.AppendUint64(body, v)
			}
		}
	case expr.String:
		n := len(w.text.ends)
		if n == 0 || n > maxDictionary || len(w.text.bytes) > 1<<20 || n > 1024 && n > len(w.codes)*3/4 {
			return nil, nil, 0
		}
		for i := range n {
			body = w.appendText(body, w.text.value(uint32(i)))
		}
		e.body = body
		return body, w.codes, n
	default:
		return nil, nil, 0
	}
	e.body = body
	return body, e.codes, len(e.words.values)
}

// plain appends values [from, from+n) in PLAIN encoding.
func (w *columnWriter) plain(body []byte, from, n int) []byte {
	switch storedAs(w.field.Type) {
	case expr.Bool:
		for i := 0; i < n; i += 8 {
			var b byte
			for k, v := range w.bools[from+i : from+min(i+8, n)] {
				b |= v << k
			}
			body = append(body, b)
		}
	case expr.Int32:
		body = append(body, raw(w.i32[from:from+n])...)
	case expr.Int64:
		body = append(body, raw(w.i64[from:from+n])...)
	case expr.Float64:
		if w.field.Type == expr.Float32 {
			for _, v := range w.f64[from : from+n] {
				body = appendFloat(body, v)
			}
			break
		}
		body = append(body, raw(w.f64[from:from+n])...)
	case expr.String:
		for _, code := range w.codes[from : from+n] {
			body = w.appendText(body, w.text.value(code))
		}
	}
	return body
}
