package sparklog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codecs are the containers that a log comes in, told apart by their first
// bytes, because names lie: a log may have been renamed, or recompressed. Spark
// judges by the name's suffix.
var codecs = []struct {
	name  string
	magic string
	open  func(*bufio.Reader) (io.Reader, error)
}{
	{"lz4", lz4Magic, func(r *bufio.Reader) (io.Reader, error) { return newLZ4(r), nil }},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"zstd", "\x50\x2a\x4d\x18", openZstd}, // a skippable frame
	{"snappy", snappyMagic, func(r *bufio.Reader) (io.Reader, error) { return newSnappy(r), nil }},
	{"lzf", "ZV", func(r *bufio.Reader) (io.Reader, error) { return newLZF(r), nil }},
	{"gzip", "\x1f\x8b", func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
}

// foreign are containers that people put logs into and that hold more than one
// stream: they must be unpacked first.
var foreign = []struct{ magic, remedy string }{
	{"PK\x03\x04", "this is a zip archive; save it as a file and give that"},
	{"\x04\x22\x4d\x18", "this is an lz4 frame of the lz4 tool; decompress it with lz4 -d first"},
	{"BZh", "this is a bzip2 file; decompress it with bzip2 -d first"},
	{"\xfd7zXZ", "this is an xz file; decompress it with xz -d first"},
}

// decompress returns the text of r, whatever container it is in. closer releases
// the decoder.
func decompress(r *bufio.Reader) (text io.Reader, closer func(), err error) {
	head, err := r.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return nil, nil, errors.New(f.remedy)
		}
	}
	for _, c := range codecs {
		if !bytes.HasPrefix(head, []byte(c.magic)) {
			continue
		}
		text, err := c.open(r)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", c.name, err)
		}
		if z, ok := text.(*zstd.Decoder); ok {
			return z, z.Close, nil
		}
		return text, func() {}, nil
	}
	return r, func() {}, nil
}

// openZstd reads frame after frame: Spark closes one at every flush, so a log is
// hundreds of frames, the last of which may be cut.
func openZstd(r *bufio.Reader) (io.Reader, error) {
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
}

// chunks makes a stream of pieces that a framing yields. A piece is valid until
// the next call; io.EOF ends the stream.
type chunks struct {
	next func() ([]byte, error)
	rest []byte
	err  error
}

// Read implements io.Reader. What was decoded before a mistake is read first.
func (c *chunks) Read(p []byte) (int, error) {
	for len(c.rest) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		if c.rest, c.err = c.next(); c.err != nil {
			c.rest = nil
		}
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// room returns b with length n, keeping its memory where it suffices.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// full reads len(p) bytes; a stream that ends inside is torn.
func full(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// gather reads n bytes into b's memory. A damaged length asks for much and has
// little behind it, so memory is made as bytes come.
func gather(r io.Reader, b []byte, n int) ([]byte, error) {
	const piece = 1 << 20
	b = b[:0]
	for len(b) < n {
		m := min(piece, n-len(b))
		b = slices.Grow(b, m)
		if err := full(r, b[len(b):len(b)+m]); err != nil {
			return b, err
		}
		b = b[:len(b)+m]
	}
	return b, nil
}

const maxChunk = 64 << 20 // no codec of Spark writes larger pieces
