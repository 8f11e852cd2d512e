package sparklog

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/pierrec/lz4/v4"
)

// The lz4 of Spark is lz4-java's LZ4BlockOutputStream, not the LZ4 frame format.
// Each block is
//
//	"LZ4Block"  token  compressed length  original length  checksum   payload
//	 8 bytes    1      int32 LE           int32 LE         uint32 LE
//
// The token's high half says stored (1) or compressed (2), its low half the
// largest block: 1 << (level+10). The checksum is xxHash32 of the original bytes,
// 28 bits of it. A block of length zero ends a stream; another may follow.
const (
	lz4Magic  = "LZ4Block"
	lz4Header = 21
	lz4Seed   = 0x9747B28C
	lz4Mask   = 0x0FFFFFFF
	lz4Stored = 0x10
	lz4Packed = 0x20
	lz4Level  = 5 // 32 KiB
)

type lz4Reader struct {
	r           *bufio.Reader
	at          int64
	packed, out []byte
}

func newLZ4(r *bufio.Reader) io.Reader {
	l := &lz4Reader{r: r}
	return &chunks{next: l.next}
}

func (l *lz4Reader) next() ([]byte, error) {
	var head [lz4Header]byte
	if n, err := io.ReadFull(l.r, head[:]); err == io.EOF && n == 0 {
		return nil, io.EOF
	} else if err != nil {
		return nil, fmt.Errorf("lz4 block at byte %d is cut: %w", l.at, io.ErrUnexpectedEOF)
	}
	token := head[8]
	packed := int(binary.LittleEndian.Uint32(head[9:]))
	original := int(binary.LittleEndian.Uint32(head[13:]))
	sum := binary.LittleEndian.Uint32(head[17:])
	if string(head[:8]) != lz4Magic || original > 1<<(token&15+10) || packed > original+original/255+16 || original > 256*packed ||
		token&0xf0 != lz4Stored && token&0xf0 != lz4Packed || token&0xf0 == lz4Stored && packed != original {
		return nil, fmt.Errorf("lz4 block at byte %d has a damaged header", l.at)
	}
	var err error
	if l.packed, err = gather(l.r, l.packed, packed); err != nil {
		return nil, fmt.Errorf("lz4 block at byte %d is cut: %w", l.at, err)
	}
	begin := l.at
	l.at += lz4Header + int64(packed)
	if original == 0 {
		return nil, nil
	}
	l.out = room(l.out, original)
	if token&0xf0 == lz4Stored {
		copy(l.out, l.packed)
	} else if n, err := lz4.UncompressBlock(l.packed, l.out); err != nil || n != original {
		return nil, fmt.Errorf("lz4 block at byte %d does not decode", begin)
	}
	if xxHash32(l.out, lz4Seed)&lz4Mask != sum {
		return nil, fmt.Errorf("lz4 block at byte %d has a wrong checksum", begin)
	}
	return l.out, nil
}

// appendLZ4 appends p as one block; an empty p ends the stream.
func appendLZ4(dst, p []byte, c *lz4.Compressor) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, lz4Header+lz4.CompressBlockBound(len(p)))...)
	copy(dst[at:], lz4Magic)
	body := dst[at+lz4Header:]
	n, err := c.CompressBlock(p, body)
	token := byte(lz4Packed)
	if err != nil || n == 0 || n >= len(p) {
		token, n = lz4Stored, copy(body, p)
	}
	dst[at+8] = token | lz4Level
	binary.LittleEndian.PutUint32(dst[at+9:], uint32(n))
	binary.LittleEndian.PutUint32(dst[at+13:], uint32(len(p)))
	if len(p) > 0 {
		binary.LittleEndian.PutUint32(dst[at+17:], xxHash32(p, lz4Seed)&lz4Mask)
	}
	return dst[:at+lz4Header+n]
}

const (
	prime1 uint32 = 2654435761
	prime2 uint32 = 2246822519
	prime3 uint32 = 3266489917
	prime4 uint32 = 668265263
	prime5 uint32 = 374761393
)

// xxHash32 is Collet's hash: four lanes of four bytes, then what is left.
func xxHash32(p []byte, seed uint32) uint32 {
	n := len(p)
	h := seed + prime5
	if n >= 16 {
		a, b, c, d := seed+prime1+prime2, seed+prime2, seed, seed-prime1
		for len(p) >= 16 {
			a = lane(a, p)
			b = lane(b, p[4:])
			c = lane(c, p[8:])
			d = lane(d, p[12:])
			p = p[16:]
		}
		h = bits.RotateLeft32(a, 1) + bits.RotateLeft32(b, 7) + bits.RotateLeft32(c, 12) + bits.RotateLeft32(d, 18)
	}
	h += uint32(n)
	for ; len(p) >= 4; p = p[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(p)*prime3, 17) * prime4
	}
	for _, x := range p {
		h = bits.RotateLeft32(h+uint32(x)*prime5, 11) * prime1
	}
	h = (h ^ h>>15) * prime2
	h = (h ^ h>>13) * prime3
	return h ^ h>>16
}

func lane(h uint32, p []byte) uint32 {
	return bits.RotateLeft32(h+binary.LittleEndian.Uint32(p)*prime2, 13) * prime1
}
