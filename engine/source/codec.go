package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// A Codec is a compression of Parquet pages, by Parquet's number.
type Codec uint8

const (
	Uncompressed Codec = 0
	Snappy       Codec = 1
	Gzip         Codec = 2
	Brotli       Codec = 4 // read only
	LZ4          Codec = 5 // Hadoop's framing of LZ4 blocks; read only
	Zstd         Codec = 6
	LZ4Raw       Codec = 7
)

var codecNames = [...]string{"none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"}

// String is the codec's name as ParseCodec reads it.
func (c Codec) String() string {
	if int(c) < len(codecNames) {
		return codecNames[c]
	}
	return fmt.Sprintf("codec %d", uint8(c))
}

// ParseCodec finds one of the codecs that can be written: none, snappy, gzip,
// zstd, lz4_raw.
func ParseCodec(name string) (Codec, error) {
	for _, c := range []Codec{Uncompressed, Snappy, Gzip, Zstd, LZ4Raw} {
		if c.String() == name || c == Uncompressed && name == "uncompressed" {
			return c, nil
		}
	}
	return 0, fmt.Errorf("no codec %q: there are none, snappy, gzip, zstd and lz4_raw", name)
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
	case LZ4, LZ4Raw:
		return n*256 + 64
	default: // a zstd block of 128 KiB takes four bytes; brotli is as dense
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
	case LZ4Raw:
		if n, err := lz4.UncompressBlock(src, dst); err != nil || n != len(dst) {
			return fmt.Errorf("lz4: decompresses to %d bytes, %d expected (%v)", n, len(dst), err)
		}
		return nil
	case LZ4:
		return unframeLZ4(dst, src)
	case Brotli:
		d.src.Reset(src)
		return exactly(brotli.NewReader(&d.src), "brotli", dst)
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
	return exactly(d.gzip, "gzip", dst)
}

// exactly fills dst from r, which must end there.
func exactly(r io.Reader, name string, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var more [1]byte
	if n, err := r.Read(more[:]); n > 0 || err != io.EOF {
		return fmt.Errorf("%s: more than the %d bytes expected (%v)", name, len(dst), err)
	}
	return nil
}

// unframeLZ4 undoes Hadoop's framing: the plain size, the stored size (both
// four bytes, most significant first), a block, and so on. Some writers leave
// the frame out.
func unframeLZ4(dst, src []byte) error {
	at := 0
	for from := src; ; {
		if len(from) == 0 && at == len(dst) {
			return nil
		}
		if len(from) < 8 {
			break
		}
		plain, stored := uint64(binary.BigEndian.Uint32(from)), uint64(binary.BigEndian.Uint32(from[4:]))
		if plain > uint64(len(dst)-at) || stored > uint64(len(from)-8) {
			break
		}
		n, err := lz4.UncompressBlock(from[8:8+stored], dst[at:at+int(plain)])
		if err != nil || n != int(plain) {
			break
		}
		at, from = at+n, from[8+stored:]
	}
	if n, err := lz4.UncompressBlock(src, dst); err != nil || n != len(dst) {
		return fmt.Errorf("lz4: decompresses to %d bytes, %d expected (%v)", n, len(dst), err)
	}
	return nil
}
