package sparklog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The lzf of Spark is ning's compress-lzf: chunks of at most 65,535 bytes, each
// "ZV", a type (0 stored, 1 compressed), lengths as big-endian 16 bits, data. In
// the data a control byte below 32 copies that many bytes and one; any other
// copies from what was decoded:
//
//	c >> 5 = 1..6   length c>>5 + 2      distance (c&31)<<8 | next byte, and one
//	c >> 5 = 7      length next byte + 9 distance as above, from the byte after
type lzfReader struct {
	r           *bufio.Reader
	at          int64
	packed, out []byte
}

func newLZF(r *bufio.Reader) io.Reader {
	l := &lzfReader{r: r}
	return &chunks{next: l.next}
}

func (l *lzfReader) next() ([]byte, error) {
	var head [7]byte
	if n, err := io.ReadFull(l.r, head[:5]); err == io.EOF && n == 0 {
		return nil, io.EOF
	} else if err != nil {
		return nil, fmt.Errorf("lzf chunk at byte %d is cut: %w", l.at, io.ErrUnexpectedEOF)
	}
	if head[0] != 'Z' || head[1] != 'V' || head[2] > 1 {
		return nil, fmt.Errorf("lzf chunk at byte %d has a damaged header", l.at)
	}
	packed := int(binary.BigEndian.Uint16(head[3:]))
	original, size := packed, int64(5)
	if head[2] == 1 {
		if err := full(l.r, head[5:]); err != nil {
			return nil, fmt.Errorf("lzf chunk at byte %d is cut: %w", l.at, err)
		}
		original, size = int(binary.BigEndian.Uint16(head[5:])), 7
	}
	l.packed = room(l.packed, packed)
	if err := full(l.r, l.packed); err != nil {
		return nil, fmt.Errorf("lzf chunk at byte %d is cut: %w", l.at, err)
	}
	begin := l.at
	l.at += size + int64(packed)
	if head[2] == 0 {
		return l.packed, nil
	}
	l.out = room(l.out, original)
	if err := unpackLZF(l.out, l.packed); err != nil {
		return nil, fmt.Errorf("lzf chunk at byte %d: %w", begin, err)
	}
	return l.out, nil
}

var errLZF = errors.New("does not decode")

// unpackLZF fills out exactly, or fails.
func unpackLZF(out, in []byte) error {
	n := 0
	for i := 0; i < len(in); {
		c := int(in[i])
		i++
		if c < 32 {
			if i+c+1 > len(in) || n+c+1 > len(out) {
				return errLZF
			}
			n += copy(out[n:], in[i:i+c+1])
			i += c + 1
			continue
		}
		length := c >> 5
		if length == 7 {
			if i >= len(in) {
				return errLZF
			}
			length += int(in[i])
			i++
		}
		length += 2
		if i >= len(in) {
			return errLZF
		}
		from := n - (c&31<<8 | int(in[i])) - 1
		i++
		if from < 0 || n+length > len(out) {
			return errLZF
		}
		for range length { // one by one: the ranges may overlap
			out[n] = out[from]
			n++
			from++
		}
	}
	if n != len(out) {
		return errLZF
	}
	return nil
}

const (
	lzfChunk = 1<<16 - 1
	lzfReach = 1 << 13 // farthest copy
	lzfMost  = 264     // longest copy
	lzfTable = 1 << 13
)

// appendLZF appends p, at most lzfChunk bytes, as one chunk: compressed, or
// stored where that is not longer.
func appendLZF(dst, p []byte) []byte {
	from := len(dst)
	dst = append(dst, 'Z', 'V', 1, 0, 0, byte(len(p)>>8), byte(len(p)))
	head := len(dst)
	var last [lzfTable]int32 // where three bytes were seen last, from 1
	pending := 0             // first byte that is not written
	for i := 0; i+2 < len(p); {
		slot := &last[(uint32(p[i])<<16|uint32(p[i+1])<<8|uint32(p[i+2]))*2654435761>>19]
		ref := int(*slot) - 1
		*slot = int32(i + 1)
		if ref < 0 || i-ref > lzfReach || p[ref] != p[i] || p[ref+1] != p[i+1] || p[ref+2] != p[i+2] {
			i++
			continue
		}
		n := 3
		for i+n < len(p) && n < lzfMost && p[ref+n] == p[i+n] {
			n++
		}
		dst = appendLiterals(dst, p[pending:i])
		distance := i - ref - 1
		if n < 9 {
			dst = append(dst, byte((n-2)<<5|distance>>8), byte(distance))
		} else {
			dst = append(dst, byte(7<<5|distance>>8), byte(n-9), byte(distance))
		}
		i += n
		pending = i
	}
	dst = appendLiterals(dst, p[pending:])
	if n := len(dst) - head; n < len(p) {
		dst[from+3], dst[from+4] = byte(n>>8), byte(n)
		return dst
	}
	dst = append(dst[:from], 'Z', 'V', 0, byte(len(p)>>8), byte(len(p)))
	return append(dst, p...)
}

func appendLiterals(dst, p []byte) []byte {
	for len(p) > 0 {
		n := min(len(p), 32)
		dst = append(append(dst, byte(n-1)), p[:n]...)
		p = p[n:]
	}
	return dst
}
