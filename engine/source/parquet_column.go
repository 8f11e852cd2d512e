package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"stagecoach/engine/expr"
)

// A columnReader decodes one column of a split: the chunk of one row group
// after the other, each a batch at a time. Its buffers are filled again and
// again, dictionaries apart, which batches may keep.
type columnReader struct {
	field  expr.Field // as the table has it
	column leaf       // as the file has it
	at     int        // which of the file's columns
	absent bool       // the file has no such column, or only nulls without a type
	form   form
	codec  Codec

	decimal decimalForm

	unpack *decompressor

	chunk []byte // as stored, with padding
	plain []byte // the page at hand, decompressed
	split []byte // BYTE_STREAM_SPLIT, put together again
	wide  []int64
	pages []page
	next  int

	// The page at hand.
	left   int
	enc    int
	levels hybrid
	codes  hybrid
	data   []byte // PLAIN, BYTE_STREAM_SPLIT: what is left; BOOLEAN: all
	taken  int    // values of the page already taken
	delta  deltaReader
	texts  texts

	dict   dictionary
	asDict bool // text goes out as dictionary and codes

	out   expr.Column
	bits  []byte
	nulls int
	total int // rows of the row group not yet read
}

// open reads the column chunk and prepares for read.
func (c *columnReader) open(file io.ReaderAt, chunk *columnChunk, rows int64) error {
	c.left, c.next, c.total, c.asDict = 0, 0, int(rows), false
	if c.absent {
		return nil
	}
	c.codec = chunk.codec
	c.chunk = growBytes(c.chunk, int(chunk.size))
	if _, err := file.ReadAt(c.chunk, chunk.at); err != nil {
		return err
	}
	var err error
	if c.pages, err = readPages(c.chunk, chunk, c.pages); err != nil {
		return err
	}
	c.dict.close()
	c.asDict = c.field.Type.Layout() == expr.String
	for i := range c.pages {
		p := &c.pages[i]
		if p.kind == pageDictionary {
			if err := c.readDictionary(p); err != nil {
				return fmt.Errorf("dictionary: %w", err)
			}
			c.next = i + 1
		} else if !p.dictionary() && p.values > 0 {
			c.asDict = false
		}
	}
	if c.asDict && c.dict.text == nil {
		c.asDict = false
	}
	return nil
}

// body is the page's stored bytes, checked against its checksum.
func (c *columnReader) body(p *page) ([]byte, error) {
	body := c.chunk[p.at : p.at+p.size]
	return body, p.checkCRC(body)
}

// inflate decompresses src to n bytes in into. Padding follows the result.
func (c *columnReader) inflate(into *[]byte, src []byte, n int) ([]byte, error) {
	if c.codec == Uncompressed {
		if len(src) != n {
			return nil, fmt.Errorf("%d bytes stored, %d expected", len(src), n)
		}
		return src, nil
	}
	*into = growBytes(*into, n)
	if n == 0 {
		return *into, nil
	}
	return *into, c.unpack.decompress(c.codec, *into, src)
}

func (c *columnReader) readDictionary(p *page) error {
	body, err := c.body(p)
	if err != nil {
		return err
	}
	data, err := c.inflate(&c.plain, body, p.plainSize)
	if err != nil {
		return err
	}
	if p.encoding != encPlain && p.encoding != encPlainDictionary {
		return fmt.Errorf("the encoding %s is not supported", encodingName(p.encoding))
	}
	return c.dict.read(c, data, p.values)
}

// read decodes the next n rows of the chunk into out. It recovers from what
// corrupt codes make the inner loops do.
func (c *columnReader) read(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("page %d: the values are corrupt (%v)", c.next-1, r)
		}
	}()
	c.total -= n
	c.out = c.prepare(n)
	if c.absent {
		c.clear(n)
		return nil
	}
	for at := 0; at < n; {
		for c.left == 0 {
			if c.next == len(c.pages) {
				return fmt.Errorf("the pages end %d rows too early", n-at+c.total)
			}
			c.next++
			if err := c.openPage(&c.pages[c.next-1]); err != nil {
				return fmt.Errorf("page %d: %w", c.next-1, err)
			}
		}
		k := min(n-at, c.left)
		valid, err := c.readLevels(at, k)
		if err == nil {
			err = c.decode(at, k, valid)
		}
		if err != nil {
			return fmt.Errorf("page %d: %w", c.next-1, err)
		}
		c.nulls += k - valid
		c.left -= k
		at += k
	}
	if c.nulls > 0 {
		c.out.Valid = c.bits[:(n+7)/8]
	}
	return nil
}

// prepare sizes the buffers for n rows.
func (c *columnReader) prepare(n int) expr.Column {
	o := c.out
	o.Type, o.Len, o.Valid, o.Dict = c.field.Type, n, nil, nil
	c.nulls = 0
	switch o.Type.Layout() {
	case expr.Bool:
		o.Bools = growSlice(o.Bools, n)
	case expr.Int32:
		o.I32 = growSlice(o.I32, n)
	case expr.Int64:
		o.I64 = growSlice(o.I64, n)
	case expr.Float64:
		o.F64 = growSlice(o.F64, n)
	case expr.Decimal:
		o.Wide = growSlice(o.Wide, n)
	case expr.String:
		if c.asDict {
			o.Dict, o.Codes = c.dict.text, growSlice(o.Codes, n)
		} else {
			o.Offsets, o.Bytes = growSlice(o.Offsets, n+1), o.Bytes[:0]
			o.Offsets[0] = 0
		}
	}
	return o
}

// clear makes the n rows null.
func (c *columnReader) clear(n int) {
	o := &c.out
	clear(o.Bools)
	clear(o.I32)
	clear(o.I64)
	clear(o.F64)
	clear(o.Wide)
	clear(o.Offsets)
	if c.field.Type != expr.Null {
		c.bits = growSlice(c.bits, (n+7)/8)
		clear(c.bits)
		o.Valid = c.bits
	}
}

// openPage decompresses a page and sets its levels and values up.
func (c *columnReader) openPage(p *page) error {
	body, err := c.body(p)
	if err != nil {
		return err
	}
	var levels, data []byte
	if p.kind == pageDataV2 {
		levels, data = body[:p.defLevels], body[p.defLevels:]
		if p.compressed {
			if data, err = c.inflate(&c.plain, data, p.plainSize-p.defLevels); err != nil {
				return err
			}
		}
	} else {
		if data, err = c.inflate(&c.plain, body, p.plainSize); err != nil {
			return err
		}
		if c.column.optional {
			if p.levels != encRLE {
				return fmt.Errorf("definition levels encoded as %s are not supported", encodingName(p.levels))
			}
			if levels, data, err = prefixed(data); err != nil {
				return fmt.Errorf("definition levels: %w", err)
			}
		}
	}
	if c.column.optional { // else there are none
		c.levels = newHybrid(levels, 1)
	}
	c.left, c.enc, c.data, c.taken = p.values, p.encoding, data, 0
	return c.openValues(p)
}

// openValues prepares the decoder of the page's encoding.
func (c *columnReader) openValues(p *page) error {
	typ := c.column.field.Type
	switch {
	case p.dictionary():
		if !c.dict.known {
			return errors.New("the dictionary is missing")
		}
		if len(c.data) == 0 { // no value is there, only nulls
			c.codes = hybrid{}
			return nil
		}
		if c.data[0] > 32 {
			return fmt.Errorf("dictionary codes of %d bits", c.data[0])
		}
		c.codes = newHybrid(c.data[1:], uint(c.data[0]))
		return nil
	case p.encoding == encPlain:
		return nil
	case p.encoding == encRLE && typ == expr.Bool:
		if p.values == 0 || len(c.data) == 0 {
			return nil
		}
		runs, _, err := prefixed(c.data)
		c.codes = newHybrid(runs, 1)
		return err
	case p.encoding == encDelta && (c.form == formInt32 || c.form == formUint32 || c.form == formDays || c.form == formInt64 || c.form == formMillis || c.form == formNanos || c.form == formUint64):
		if len(c.data) == 0 {
			c.delta = deltaReader{}
			return nil
		}
		return c.delta.open(c.data, p.values)
	case (p.encoding == encDeltaLength || p.encoding == encDeltaBytes) && (c.form == formBytes || c.form == formFixed):
		if len(c.data) == 0 {
			c.texts = texts{}
			return nil
		}
		var err error
		c.data, err = c.texts.open(&c.delta, c.data, p)
		return err
	case p.encoding == encByteStreamSplit && c.column.width() > 0:
		return nil
	}
	return fmt.Errorf("the encoding %s is not supported for %v", encodingName(p.encoding), c.column.physical)
}

// prefixed splits data into a part whose length is in front of it, and the rest.
func prefixed(data []byte) (part, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errRunsEnd
	}
	n := binary.LittleEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-4) {
		return nil, nil, errRunsEnd
	}
	return data[4 : 4+n], data[4+n:], nil
}
