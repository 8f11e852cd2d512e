package sparklog

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
)

// The snappy of Spark is xerial's SnappyOutputStream, not the framing format: a
// header of 16 bytes (magic, version 1, least compatible version 1), then
// chunks of a big-endian length and a raw block. The header may recur where
// streams were joined. There is neither end mark nor checksum.
const (
	snappyMagic  = "\x82SNAPPY\x00"
	snappyHeader = snappyMagic + "\x00\x00\x00\x01\x00\x00\x00\x01"
	snappyBlock  = 32 << 10
)

type snappyReader struct {
	r           *bufio.Reader
	at          int64
	packed, out []byte
}

func newSnappy(r *bufio.Reader) io.Reader {
	s := &snappyReader{r: r}
	return &chunks{next: s.next}
}

func (s *snappyReader) next() ([]byte, error) {
	var head [4]byte
	for {
		if n, err := io.ReadFull(s.r, head[:]); err == io.EOF && n == 0 {
			return nil, io.EOF
		} else if err != nil {
			return nil, fmt.Errorf("snappy chunk at byte %d is cut: %w", s.at, io.ErrUnexpectedEOF)
		}
		if string(head[:]) != snappyMagic[:4] {
			break
		}
		if err := full(s.r, make([]byte, len(snappyHeader)-4)); err != nil {
			return nil, fmt.Errorf("snappy header at byte %d is cut: %w", s.at, err)
		}
		s.at += int64(len(snappyHeader))
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxChunk {
		return nil, fmt.Errorf("snappy chunk at byte %d has a damaged length", s.at)
	}
	var err error
	if s.packed, err = gather(s.r, s.packed, int(n)); err != nil {
		return nil, fmt.Errorf("snappy chunk at byte %d is cut: %w", s.at, err)
	}
	size, err := snappy.DecodedLen(s.packed)
	if err != nil || size > maxChunk || size > 32*len(s.packed) { // no piece shrinks further than to a 21st
		return nil, fmt.Errorf("snappy chunk at byte %d does not decode", s.at)
	}
	s.out = room(s.out, size)
	out, err := snappy.Decode(s.out, s.packed)
	if err != nil {
		return nil, fmt.Errorf("snappy chunk at byte %d does not decode: %w", s.at, err)
	}
	s.at += 4 + int64(n)
	return out, nil
}

// appendSnappy appends p as one chunk.
func appendSnappy(dst, p []byte) []byte {
	block := snappy.Encode(nil, p)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(block)))
	return append(dst, block...)
}
