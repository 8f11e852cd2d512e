package source

import (
	"fmt"
	"hash/crc32"
)

// Page types.
const (
	pageData       = 0
	pageIndex      = 1
	pageDictionary = 2
	pageDataV2     = 3
)

// Encodings of values and levels, by Parquet's numbers.
const (
	encPlain           = 0
	encPlainDictionary = 2
	encRLE             = 3
	encBitPacked       = 4
	encDelta           = 5
	encDeltaLength     = 6
	encDeltaBytes      = 7
	encRLEDictionary   = 8
	encByteStreamSplit = 9
)

func encodingName(e int) string {
	names := [...]string{"PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED",
		"DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"}
	if e < len(names) {
		return names[e]
	}
	return fmt.Sprintf("encoding %d", e)
}

// A page is a page's header and where its body lies in the column chunk.
type page struct {
	kind         int
	size         int // of the body, as stored
	plainSize    int // of the body, decompressed
	values       int // nulls included
	encoding     int
	levels       int // encoding of the definition levels (v1)
	defLevels    int // bytes of definition levels (v2)
	repLevels    int
	compressed   bool // v2 may store values plain in a compressed chunk
	hasCRC       bool
	crc          uint32
	at           int // of the body in the chunk
	headerLength int
}

// dictionary reports whether the values are positions in the dictionary.
func (p *page) dictionary() bool {
	return p.encoding == encPlainDictionary || p.encoding == encRLEDictionary
}

// readPageHeader reads the header at the front of b.
func readPageHeader(b []byte) (page, error) {
	p := page{compressed: true, levels: encRLE, kind: -1}
	t := thriftReader{b: b}
	body := false
	number := func(to *int) bool { *to = t.i32(); return true }
	t.fields(0, func(id int, kind byte) bool {
		switch {
		case id == 1 && kind == thriftI32:
			return number(&p.kind)
		case id == 2 && kind == thriftI32:
			return number(&p.plainSize)
		case id == 3 && kind == thriftI32:
			return number(&p.size)
		case id == 4 && kind == thriftI32:
			p.crc, p.hasCRC = uint32(t.integer()), true
			return true
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct:
			body = true
			t.fields(1, func(field int, kind byte) bool {
				switch {
				case field == 1 && kind == thriftI32:
					return number(&p.values)
				case (field == 2 && id != 8 || field == 4 && id == 8) && kind == thriftI32:
					return number(&p.encoding)
				case field == 3 && id == 5 && kind == thriftI32:
					return number(&p.levels)
				case field == 5 && id == 8 && kind == thriftI32:
					return number(&p.defLevels)
				case field == 6 && id == 8 && kind == thriftI32:
					return number(&p.repLevels)
				case field == 7 && id == 8:
					p.compressed = kind == thriftTrue
					return true
				}
				return false
			})
			return true
		}
		return false
	})
	p.headerLength = t.p
	switch {
	case t.bad || p.kind < 0 || !body && p.kind != pageIndex:
		return p, fmt.Errorf("the page header cannot be read")
	case p.kind != pageData && p.kind != pageDictionary && p.kind != pageDataV2 && p.kind != pageIndex:
		return p, fmt.Errorf("a page of unknown kind %d", p.kind)
	case p.size > len(b)-t.p:
		return p, fmt.Errorf("a page of %d bytes with %d left in the column chunk", p.size, len(b)-t.p)
	case p.kind == pageDataV2 && (p.repLevels > 0 || p.defLevels > p.size || p.defLevels > p.plainSize):
		return p, fmt.Errorf("a page of %d bytes with %d bytes of levels", p.size, p.repLevels+p.defLevels)
	}
	return p, nil
}

// readPages reads the headers of a column chunk, so that what follows knows
// beforehand how many values there are, whether all of them are dictionary
// codes, and that no page claims more memory than its chunk.
func readPages(chunk []byte, c *columnChunk, into []page) ([]page, error) {
	pages := into[:0]
	var values, plain int64
	for at := 0; at < len(chunk) && values < c.values; {
		p, err := readPageHeader(chunk[at:])
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", len(pages), err)
		}
		p.at = at + p.headerLength
		at = p.at + p.size
		plain += int64(p.plainSize)
		if p.kind == pageIndex {
			continue
		}
		if p.kind != pageDictionary {
			values += int64(p.values)
		} else if len(pages) > 0 {
			return nil, fmt.Errorf("page %d: a dictionary that does not come first", len(pages))
		}
		if plain > 2*c.plainSize+1<<16 || int64(p.plainSize) > plainLimit(c.codec, p.size) {
			return nil, fmt.Errorf("page %d: %d bytes are said to decompress to %d, which the column chunk cannot hold", len(pages), p.size, p.plainSize)
		}
		pages = append(pages, p)
	}
	if values != c.values {
		return nil, fmt.Errorf("the pages hold %d values and the footer says %d", values, c.values)
	}
	return pages, nil
}

// checkCRC compares the body with the header's checksum, if it has one.
func (p *page) checkCRC(body []byte) error {
	if p.hasCRC && crc32.ChecksumIEEE(body) != p.crc {
		return fmt.Errorf("the checksum does not match: the file is damaged")
	}
	return nil
}
