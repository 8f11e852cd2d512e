package source

import (
	"encoding/binary"
	"errors"
)

// DELTA_BINARY_PACKED: a header (block size, miniblocks in a block, count, first
// value) and then blocks. A block has its smallest delta, a width for each
// miniblock, and the miniblocks: deltas above the smallest, packed.

var errDelta = errors.New("the delta encoded values are corrupt")

// A deltaReader yields the values one miniblock at a time.
type deltaReader struct {
	src    []byte // values and padding
	end    int
	pos    int
	left   int // values not yet decoded
	last   int64
	perOne int // values in a miniblock
	widths []byte
	low    int64
	ready  []int64 // decoded and not yet taken
	buffer []int64
}

func (d *deltaReader) uvarint() (uint64, error) {
	u, n := binary.Uvarint(d.src[d.pos:d.end])
	if n <= 0 {
		return 0, errDelta
	}
	d.pos += n
	return u, nil
}

func (d *deltaReader) varint() (int64, error) {
	u, err := d.uvarint()
	return int64(u>>1) ^ -int64(u&1), err
}

// open starts reading src, which may hold at most limit values and is followed
// by padding.
func (d *deltaReader) open(src []byte, limit int) error {
	*d = deltaReader{src: src[:len(src)+padding], end: len(src), buffer: d.buffer[:0]}
	block, err1 := d.uvarint()
	minis, err2 := d.uvarint()
	count, err3 := d.uvarint()
	first, err4 := d.varint()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return errDelta
	}
	if block == 0 || block > 1<<20 || minis == 0 || minis > 1<<12 || block%minis != 0 || block/minis%8 != 0 || count > uint64(limit) {
		return errDelta
	}
	d.perOne = int(block / minis)
	d.widths = make([]byte, 0, minis)
	d.left = int(count)
	d.last = first
	if d.left > 0 {
		d.buffer = append(d.buffer, first)
		d.ready = d.buffer
		d.left--
	}
	return nil
}

// mini decodes the next miniblock into ready.
func (d *deltaReader) mini() error {
	if d.left == 0 {
		return errDelta
	}
	if len(d.widths) == 0 {
		low, err := d.varint()
		if err != nil {
			return err
		}
		n := cap(d.widths)
		if n > d.end-d.pos {
			return errDelta
		}
		d.low, d.widths = low, append(d.widths, d.src[d.pos:d.pos+n]...)
		d.pos += n
	}
	w := uint(d.widths[0])
	copy(d.widths, d.widths[1:])
	d.widths = d.widths[:len(d.widths)-1]
	n := min(d.perOne, d.left)
	size := d.perOne / 8 * int(w)
	if w > 64 || (n*int(w)+7)/8 > d.end-d.pos {
		return errDelta
	}
	d.ready = growSlice(d.buffer, n)
	d.buffer = d.ready
	src := d.src[d.pos:]
	last := d.last
	mask := uint64(1)<<w - 1 // all ones for 64
	for i := range d.ready {
		bit := uint(i) * w
		x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
		if w > 57 && bit&7 != 0 {
			x |= uint64(src[bit>>3+8]) << (64 - bit&7)
		}
		last += d.low + int64(x&mask)
		d.ready[i] = last
	}
	d.last = last
	d.left -= n
	d.pos = min(d.pos+size, d.end)
	return nil
}

// take yields the next len(out) values.
func (d *deltaReader) take(out []int64) error {
	for len(out) > 0 {
		if len(d.ready) == 0 {
			if err := d.mini(); err != nil {
				return err
			}
		}
		n := copy(out, d.ready)
		d.ready, out = d.ready[n:], out[n:]
	}
	return nil
}

// deltaLengths decodes all values of src as lengths and returns what follows.
func (d *deltaReader) deltaLengths(src []byte, limit int, into []int64) (lengths []int64, rest []byte, err error) {
	if err := d.open(src, limit); err != nil {
		return nil, nil, err
	}
	lengths = growSlice(into, d.left+len(d.ready))
	if err := d.take(lengths); err != nil {
		return nil, nil, err
	}
	for _, n := range lengths {
		if n < 0 || n > 1<<31-1 {
			return nil, nil, errDelta
		}
	}
	return lengths, src[d.pos:], nil
}
