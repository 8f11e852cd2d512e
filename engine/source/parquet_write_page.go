package source

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// A pageEncoder holds the buffers and compressors that encoding a column needs.
type pageEncoder struct {
	codec  Codec
	body   []byte
	stored []byte
	wide   []uint32
	words  wordTable // of a column's values
	codes  []uint32
	header thriftWriter
	zstd   *zstd.Encoder
	gzip   *gzip.Writer
	lz4    lz4.Compressor
}

var encoders = sync.Pool{New: func() any { return &pageEncoder{} }}

func (e *pageEncoder) start(codec Codec) { e.codec = codec }

// page compresses a page's body and appends header and body to file. It returns
// the size with the body as it was.
func (e *pageEncoder) page(file *[]byte, kind, encoding int, body []byte, values int) (int64, error) {
	stored := body
	switch e.codec {
	case Snappy:
		e.stored = s2.EncodeSnappy(e.stored[:cap(e.stored)], body)
		stored = e.stored
	case Zstd:
		if e.zstd == nil {
			var err error
			if e.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false)); err != nil {
				return 0, err
			}
		}
		e.stored = e.zstd.EncodeAll(body, e.stored[:0])
		stored = e.stored
	case LZ4Raw:
		e.stored = growSlice(e.stored, lz4.CompressBlockBound(len(body)))
		n, err := e.lz4.CompressBlock(body, e.stored)
		if err != nil {
			return 0, err
		}
		stored = e.stored[:n]
	case Gzip:
		out := bytes.NewBuffer(e.stored[:0])
		if e.gzip == nil {
			e.gzip = gzip.NewWriter(out)
		} else {
			e.gzip.Reset(out)
		}
		if _, err := e.gzip.Write(body); err != nil {
			return 0, err
		}
		if err := e.gzip.Close(); err != nil {
			return 0, err
		}
		e.stored = out.Bytes()
		stored = e.stored
	}
	t := &e.header
	t.b = t.b[:0]
	t.element(func() {
		t.i32(1, kind)
		t.i32(2, len(body))
		t.i32(3, len(stored))
		t.i32(4, int(int32(crc32.ChecksumIEEE(stored))))
		if kind == pageDictionary {
			t.structure(7, func() {
				t.i32(1, values)
				t.i32(2, encoding)
			})
			return
		}
		t.structure(5, func() {
			t.i32(1, values)
			t.i32(2, encoding)
			t.i32(3, encRLE)
			t.i32(4, encRLE)
		})
	})
	*file = append(append(*file, t.b...), stored...)
	return int64(len(t.b) + len(body)), nil
}

// codeWidth is the bits that codes of a dictionary of that size take.
func codeWidth(size int) uint { return uint(bits.Len(uint(max(size-1, 1)))) }

// appendRun appends a run of n times v.
func appendRun(to []byte, v uint32, n int, width uint) []byte {
	to = binary.AppendUvarint(to, uint64(n)<<1)
	for k := uint(0); k < width; k += 8 {
		to = append(to, byte(v>>k))
	}
	return to
}

// appendRuns encodes values as hybrid runs; see hybrid. Eight and more equal
// values become a repeated run, except inside a group of eight that has begun.
func appendRuns(to []byte, values []uint32, width uint) []byte {
	from := 0 // of the packed run that is growing
	i := 0
	for i < len(values) {
		same := i + 1
		for same < len(values) && values[same] == values[i] {
			same++
		}
		if same-i >= 16 || same == len(values) && i == 0 {
			to = appendPacked(to, values[from:i], width)
			to = appendRun(to, values[i], same-i, width)
			i, from = same, same
			continue
		}
		// Go on behind the groups of eight that hold these values.
		i += max((same-i)&^7, 8)
	}
	return appendPacked(to, values[from:], width)
}

// appendPacked appends values as one packed run. All but the last run of a page
// are whole groups of eight.
func appendPacked(to []byte, values []uint32, width uint) []byte {
	if len(values) == 0 {
		return to
	}
	groups := (len(values) + 7) / 8
	to = binary.AppendUvarint(to, uint64(groups)<<1|1)
	end := len(to) + groups*int(width)
	var word uint64
	var n uint
	for _, v := range values {
		word |= uint64(v) << n
		if n += width; n >= 32 {
			to = binary.LittleEndian.AppendUint32(to, uint32(word))
			word >>= 32
			n -= 32
		}
	}
	for ; len(to) < end; word >>= 8 {
		to = append(to, byte(word))
	}
	return to[:end]
}
