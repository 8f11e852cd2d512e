package sparklog

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// An encoder writes one file of a log. Flush brings what was written so far
// within reach of readers; Close ends the stream and the file.
type encoder struct {
	file  *os.File
	out   *bufio.Writer
	inner io.Writer
	flush func() error
	end   func() error
}

// writable are the codecs that a Writer offers, by Spark's names.
var writable = []struct {
	name   string
	suffix string
	open   func(*encoder) error
}{
	{"none", "", openPlain},
	{"zstd", ".zstd", openZstdWriter},
	{"lz4", ".lz4", openLZ4Writer},
	{"snappy", ".snappy", openSnappyWriter},
	{"lzf", ".lzf", openLZFWriter},
}

// newEncoder makes the file, which must not exist.
func newEncoder(path, codec string) (*encoder, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o660)
	if err != nil {
		return nil, err
	}
	e := &encoder{file: f, out: bufio.NewWriterSize(f, 100<<10)}
	for _, c := range writable {
		if c.name == codec {
			return e, c.open(e)
		}
	}
	return nil, fmt.Errorf("unknown codec %q", codec)
}

// Write implements io.Writer.
func (e *encoder) Write(p []byte) (int, error) { return e.inner.Write(p) }

// Flush hands on what was written.
func (e *encoder) Flush() error {
	if err := e.flush(); err != nil {
		return err
	}
	return e.out.Flush()
}

// Close ends the stream. The file is closed whatever happens; the first error
// is returned.
func (e *encoder) Close() error {
	err := e.end()
	if flushErr := e.out.Flush(); err == nil {
		err = flushErr
	}
	if closeErr := e.file.Close(); err == nil {
		err = closeErr
	}
	return err
}

func nothing() error { return nil }

func openPlain(e *encoder) error {
	e.inner, e.flush, e.end = e.out, nothing, nothing
	return nil
}

func openZstdWriter(e *encoder) error {
	z, err := zstd.NewWriter(e.out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	e.inner, e.flush, e.end = z, z.Flush, z.Close
	return nil
}

// blocks gathers text into pieces of one size and frames each.
type blocks struct {
	out   io.Writer
	size  int
	text  []byte
	frame func(dst, p []byte) []byte
	spare []byte
}

// Write implements io.Writer.
func (b *blocks) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		n := min(len(p), b.size-len(b.text))
		b.text = append(b.text, p[:n]...)
		p = p[n:]
		if len(b.text) == b.size {
			if err := b.flush(); err != nil {
				return 0, err
			}
		}
	}
	return total, nil
}

func (b *blocks) flush() error {
	if len(b.text) == 0 {
		return nil
	}
	b.spare = b.frame(b.spare[:0], b.text)
	b.text = b.text[:0]
	_, err := b.out.Write(b.spare)
	return err
}

func openLZ4Writer(e *encoder) error {
	var c lz4.Compressor
	b := &blocks{out: e.out, size: 1 << (lz4Level + 10), frame: func(dst, p []byte) []byte { return appendLZ4(dst, p, &c) }}
	e.inner, e.flush = b, b.flush
	e.end = func() error {
		if err := b.flush(); err != nil {
			return err
		}
		_, err := e.out.Write(appendLZ4(nil, nil, &c))
		return err
	}
	return nil
}

func openSnappyWriter(e *encoder) error {
	b := &blocks{out: e.out, size: snappyBlock, frame: appendSnappy}
	e.inner, e.flush, e.end = b, b.flush, b.flush
	_, err := e.out.WriteString(snappyHeader)
	return err
}

func openLZFWriter(e *encoder) error {
	b := &blocks{out: e.out, size: lzfChunk, frame: appendLZF}
	e.inner, e.flush, e.end = b, b.flush, b.flush
	return nil
}
