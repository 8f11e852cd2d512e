package source

import (
	"encoding/binary"
	"errors"
	"math"
)

// texts is the state of a page of DELTA_LENGTH_BYTE_ARRAY or DELTA_BYTE_ARRAY:
// the lengths (and the lengths of what a value shares with the one before) come
// first, for the whole page, and then the bytes.
type texts struct {
	shared  []int64 // DELTA_BYTE_ARRAY only
	lengths []int64
	last    []byte
}

// open decodes the lengths and returns the bytes.
func (t *texts) open(d *deltaReader, data []byte, p *page) (rest []byte, err error) {
	t.shared, t.last = t.shared[:0], t.last[:0]
	if p.encoding == encDeltaBytes {
		if t.shared, data, err = d.deltaLengths(data, p.values, t.shared); err != nil {
			return nil, err
		}
	}
	if t.lengths, data, err = d.deltaLengths(data, p.values, t.lengths); err != nil {
		return nil, err
	}
	if p.encoding == encDeltaBytes && len(t.shared) != len(t.lengths) {
		return nil, errDelta
	}
	return data, nil
}

var errTextSize = errors.New("a batch of this column takes more than 2 GiB: read fewer rows at a time")

// decodeText appends the next n values to the batch's bytes and their ends to
// its offsets.
func (c *columnReader) decodeText(at, n int) error {
	o := &c.out
	ends := o.Offsets[at+1 : at+1+n]
	text := o.Bytes
	switch {
	case c.form == formFixed && (c.enc == encPlain || c.enc == encByteStreamSplit):
		data, err := c.stored(n)
		if err != nil {
			return err
		}
		for i := range ends {
			ends[i] = int32(len(text) + (i+1)*c.column.size)
		}
		text = append(text, data...)
	case c.enc == encPlain:
		data := c.data
		for i := range ends {
			if len(data) < 4 {
				return errPlainEnd
			}
			size := uint64(binary.LittleEndian.Uint32(data))
			if size > uint64(len(data)-4) {
				return errPlainEnd
			}
			text = append(text, data[4:4+size]...)
			data = data[4+size:]
			ends[i] = int32(len(text))
		}
		c.data = data
	case c.enc == encDeltaLength || c.enc == encDeltaBytes:
		var err error
		if text, err = c.decodeDeltaText(text, ends); err != nil {
			return err
		}
	default: // codes, in a chunk that also has plain pages
		c.out.Codes = growSlice(c.out.Codes, n)
		if err := gather(&c.codes, c.dict.identity, c.out.Codes); err != nil {
			return err
		}
		for i, code := range c.out.Codes {
			if text = append(text, c.dict.text.Str(int(code))...); len(text) > math.MaxInt32 {
				return errTextSize
			}
			ends[i] = int32(len(text))
		}
	}
	o.Bytes = text
	if len(text) > math.MaxInt32 {
		return errTextSize
	}
	return nil
}

// text splits a PLAIN value off.
func (c leaf) text(data []byte) (value, rest []byte, err error) {
	if c.from != formFixed {
		return prefixed(data)
	}
	if len(data) < c.size {
		return nil, nil, errPlainEnd
	}
	return data[:c.size], data[c.size:], nil
}

func (c *columnReader) decodeDeltaText(text []byte, ends []int32) ([]byte, error) {
	t := &c.texts
	if len(t.lengths) < len(ends) {
		return nil, errDelta
	}
	for i := range ends {
		size := int(t.lengths[i])
		if size > len(c.data) {
			return nil, errPlainEnd
		}
		from := len(text)
		if c.enc == encDeltaBytes {
			keep := int(t.shared[i])
			if keep > len(t.last) {
				return nil, errDelta
			}
			text = append(text, t.last[:keep]...)
		}
		text = append(text, c.data[:size]...)
		if len(text) > math.MaxInt32 {
			return nil, errTextSize
		}
		c.data = c.data[size:]
		t.last = text[from:len(text):len(text)]
		ends[i] = int32(len(text))
	}
	t.lengths = t.lengths[len(ends):]
	if c.enc == encDeltaBytes {
		t.shared = t.shared[len(ends):]
		t.last = append([]byte(nil), t.last...) // the batch's buffer is filled again
	}
	return text, nil
}

// spreadOffsets turns the ends of the values that are there into the offsets of
// all rows: a null is empty. offsets[0] is where the first starts.
func spreadOffsets(offsets []int32, bits []byte, at, valid int) {
	j := valid
	for i := len(offsets) - 1; i > j; i-- {
		offsets[i] = offsets[j]
		if b := at + i - 1; bits[b>>3]>>(b&7)&1 == 1 {
			j--
		}
	}
}
