package source

import (
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
)

// A Codec is a compression of Parquet pages, by Parquet's number.
type Codec uint8

const (
	Uncompressed Codec = 0
	Snappy       Codec = 1
	Gzip         Codec = 2
	Zstd         Codec = 6
)

var codecNames = [...]string{"none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"}

// String is the codec's name as ParseCodec reads it.
func (c Codec) String() string {
	if int(c) < len(codecNames) {
		return codecNames[c]
	}
	return fmt.Sprintf("codec %d", uint8(c))
}

// ParseCodec finds one of the codecs that can be written: none, snappy, gzip, zstd.
func ParseCodec(name string) (Codec, error) {
	for _, c := range []Codec{Uncompressed, Snappy, Gzip, Zstd} {
		if c.String() == name || c == Uncompressed && name == "uncompressed" {
			return c, nil
		}
	}
	return 0, fmt.Errorf("no codec %q: there are none, snappy, gzip and zstd", name)
}

// plainLimit is the most that size bytes can decompress to: the formats' own
// limits, rounded up. A header that claims more is corrupt.
func plainLimit(c Codec, size int) int64 {
	n := int64(size)
	switch c {
	case Uncompressed:
		return n
	case Snappy:
		return n*32 + 64
	case Gzip:
		return n*1040 + 64
	default: // a zstd block of 128 KiB takes four bytes
		return n<<15 + 1<<17
	}
}

// A decompressor holds what the codecs want to keep between pages. It serves
// one goroutine.
type decompressor struct {
	zstd *zstd.Decoder
	gzip *gzip.Reader
	src  bytes.Reader
}

// decompress fills dst, which has exactly the size that the header claims and
// padding behind.
func (d *decompressor) decompress(c Codec, dst, src []byte) error {
	switch c {
	case Uncompressed:
		if len(src) != len(dst) {
			return fmt.Errorf("%d bytes stored, %d expected", len(src), len(dst))
		}
		copy(dst, src)
		return nil
	case Snappy:
		n, err := s2.DecodedLen(src)
		if err != nil {
			return fmt.Errorf("snappy: %w", err)
		}
		if n != len(dst) {
			return fmt.Errorf("snappy: decompresses to %d bytes, %d expected", n, len(dst))
		}
		if _, err = s2.Decode(dst, src); err != nil {
			return fmt.Errorf("snappy: %w", err)
		}
		return nil
	case Gzip:
		return d.gunzip(dst, src)
	case Zstd:
		if d.zstd == nil {
			d.zstd, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
		}
		out, err := d.zstd.DecodeAll(src, dst[:0:len(dst)+padding])
		if err != nil {
			return fmt.Errorf("zstd: %w", err)
		}
		if len(out) != len(dst) {
			return fmt.Errorf("zstd: decompresses to %d bytes, %d expected", len(out), len(dst))
		}
		return nil
	}
	return fmt.Errorf("the codec %v is not supported: write the file with snappy, gzip or zstd", c)
}

func (d *decompressor) gunzip(dst, src []byte) error {
	d.src.Reset(src)
	var err error
	if d.gzip == nil {
		d.gzip, err = gzip.NewReader(&d.src)
	} else {
		err = d.gzip.Reset(&d.src)
	}
	if err != nil {
		return fmt.Errorf("gzip: %w", err)
	}
	if _, err := io.ReadFull(d.gzip, dst); err != nil {
		return fmt.Errorf("gzip: %w", err)
	}
	var more [1]byte
	if n, err := d.gzip.Read(more[:]); n > 0 || err != io.EOF {
		return fmt.Errorf("gzip: more than the %d bytes expected (%v)", len(dst), err)
	}
	return nil
}
