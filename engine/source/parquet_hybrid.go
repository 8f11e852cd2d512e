package source

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"stagecoach/engine/expr"
)

// Parquet's "RLE/bit-packed hybrid" is a sequence of runs. A run opens with a
// varint: even 2n means one value repeated n times; odd 2n+1 means n groups of
// eight values, packed width bits each, least significant bit first. Eight
// values of w bits take w bytes, so that every group starts on a byte:
//
//	w = 3:   byte 0    byte 1    byte 2
//	        ccbbbaaa  fbdddccc..
//
// Levels are such runs with width 1, dictionary codes with the width of the
// dictionary. Reading is resumable: a page is decoded batch by batch.

// padding is how many bytes behind a run may be read (and are thrown away), so
// that the loops below can load eight bytes at any byte of it. The zstd decoder
// wants more: with 16 bytes to spare it takes its fast path to the end.
const padding = 32

var (
	errRunsEnd = errors.New("the run-length encoded values end too early")
	errCode    = errors.New("a dictionary code lies outside the dictionary")
)

// A hybrid is the state of reading runs.
type hybrid struct {
	src   []byte // runs and padding
	end   int    // of the runs in src
	pos   int    // of what follows the current run
	width uint

	left   int // values left in the current run
	packed bool
	value  uint32 // repeated
	start  int    // byte where the packed run starts
	at     int    // values of the packed run already read
}

// newHybrid reads src, behind whose length padding bytes must exist.
func newHybrid(src []byte, width uint) hybrid {
	return hybrid{src: src[:len(src)+padding], end: len(src), width: width}
}

// run makes sure that the current run has values left.
func (h *hybrid) run() error {
	for h.left == 0 {
		if h.pos >= h.end {
			return errRunsEnd
		}
		u := uint64(h.src[h.pos])
		if u < 0x80 { // as nearly always
			h.pos++
		} else {
			long, n := binary.Uvarint(h.src[h.pos:h.end])
			if n <= 0 {
				return errRunsEnd
			}
			u = long
			h.pos += n
		}
		count := int(min(u>>1, 1<<31))
		h.packed = u&1 == 1 && h.width > 0
		if h.packed {
			h.start, h.at = h.pos, 0
			size := count * int(h.width)
			if size > h.end-h.pos { // a last group may be cut short
				size = h.end - h.pos
				h.left = size * 8 / int(h.width)
			} else {
				h.left = count * 8
			}
			h.pos += size
			continue
		}
		if u&1 == 1 {
			count *= 8
		}
		size := int(h.width+7) / 8
		if size > h.end-h.pos {
			return errRunsEnd
		}
		h.value = 0
		for k := range size {
			h.value |= uint32(h.src[h.pos+k]) << (8 * k)
		}
		h.pos += size
		h.left = count
	}
	return nil
}

// gather writes dict's values for the next len(out) codes. A code outside dict
// in a packed run panics with a bounds error: checking it here would cost a
// fifth of the scan, and the column reader recovers in any case.
func gather[T int32 | int64 | float64 | uint8 | expr.Int128](h *hybrid, dict []T, out []T) error {
	for len(out) > 0 {
		if err := h.run(); err != nil {
			return err
		}
		n := min(h.left, len(out))
		if h.packed {
			gatherPacked(h, dict, out[:n])
			h.at += n
		} else {
			if int(h.value) >= len(dict) {
				return errCode
			}
			v := dict[h.value]
			o := out[:n]
			for i := range o {
				o[i] = v
			}
		}
		h.left -= n
		out = out[n:]
	}
	return nil
}

func gatherPacked[T int32 | int64 | float64 | uint8 | expr.Int128](h *hybrid, dict []T, out []T) {
	src, w, at := h.src[h.start:], h.width, h.at
	mask := uint64(1)<<w - 1
	i := 0
	for ; i < len(out) && at&7 != 0; i++ {
		b := uint(at) * w
		out[i] = dict[binary.LittleEndian.Uint64(src[b>>3:])>>(b&7)&mask]
		at++
	}
	p := at >> 3 * int(w)
	switch {
	case w <= 8: // eight values in one load
		for ; i+8 <= len(out); i += 8 {
			x := binary.LittleEndian.Uint64(src[p:])
			d := out[i : i+8 : i+8]
			d[0] = dict[x&mask]
			d[1] = dict[x>>w&mask]
			d[2] = dict[x>>(2*w)&mask]
			d[3] = dict[x>>(3*w)&mask]
			d[4] = dict[x>>(4*w)&mask]
			d[5] = dict[x>>(5*w)&mask]
			d[6] = dict[x>>(6*w)&mask]
			d[7] = dict[x>>(7*w)&mask]
			p += int(w)
			at += 8
		}
	case w <= 15: // four values in each of two
		half, shift := int(w>>1), 4*w&7
		for ; i+8 <= len(out); i += 8 {
			x := binary.LittleEndian.Uint64(src[p:])
			y := binary.LittleEndian.Uint64(src[p+half:]) >> shift
			d := out[i : i+8 : i+8]
			d[0] = dict[x&mask]
			d[1] = dict[x>>w&mask]
			d[2] = dict[x>>(2*w)&mask]
			d[3] = dict[x>>(3*w)&mask]
			d[4] = dict[y&mask]
			d[5] = dict[y>>w&mask]
			d[6] = dict[y>>(2*w)&mask]
			d[7] = dict[y>>(3*w)&mask]
			p += int(w)
			at += 8
		}
	case w <= 28: // two values in each of four
		for ; i+8 <= len(out); i += 8 {
			d := out[i : i+8 : i+8]
			x := binary.LittleEndian.Uint64(src[p:])
			d[0] = dict[x&mask]
			d[1] = dict[x>>w&mask]
			x = binary.LittleEndian.Uint64(src[p+int(2*w>>3):]) >> (2 * w & 7)
			d[2] = dict[x&mask]
			d[3] = dict[x>>w&mask]
			x = binary.LittleEndian.Uint64(src[p+int(4*w>>3):]) >> (4 * w & 7)
			d[4] = dict[x&mask]
			d[5] = dict[x>>w&mask]
			x = binary.LittleEndian.Uint64(src[p+int(6*w>>3):]) >> (6 * w & 7)
			d[6] = dict[x&mask]
			d[7] = dict[x>>w&mask]
			p += int(w)
			at += 8
		}
	}
	for ; i < len(out); i++ {
		b := uint(at) * w
		out[i] = dict[binary.LittleEndian.Uint64(src[b>>3:])>>(b&7)&mask]
		at++
	}
}

// copyBits ors n bits of src, from bit from, into dst at bit at, and counts
// those set. dst is zero there; src has padding.
func copyBits(dst []byte, at int, src []byte, from, n int) int {
	count := 0
	for n > 0 {
		// As many bits as end the destination's byte.
		k := min(8-at&7, n)
		x := uint(binary.LittleEndian.Uint16(src[from>>3:])) >> (from & 7) & (1<<k - 1)
		if k == 8 && from&7 == 0 {
			break
		}
		dst[at>>3] |= byte(x << (at & 7))
		count += bits.OnesCount(x)
		at, from, n = at+k, from+k, n-k
	}
	if n == 0 {
		return count
	}
	d, s := dst[at>>3:], src[from>>3:]
	copy(d[:n>>3], s)
	for i := range n >> 3 {
		count += bits.OnesCount8(d[i])
	}
	if tail := n & 7; tail != 0 {
		x := s[n>>3] & (1<<tail - 1)
		d[n>>3] |= x
		count += bits.OnesCount8(x)
	}
	return count
}

// setBits sets n bits of dst from bit at on.
func setBits(dst []byte, at, n int) {
	for ; n > 0 && at&7 != 0; n-- {
		dst[at>>3] |= 1 << (at & 7)
		at++
	}
	for ; n >= 8; n -= 8 {
		dst[at>>3] = 0xff
		at += 8
	}
	if n > 0 {
		dst[at>>3] |= 1<<n - 1
	}
}

// spread moves the packed values at the front of v to the places whose bit is
// set, and puts zeros elsewhere. bits holds v's validity from bit at on, with
// valid bits set. It works from the end, in place.
func spread[T any](v []T, bits []byte, at, valid int) {
	var zero T
	i, j := len(v), valid
	for j < i {
		if (at+i)&7 == 0 && i >= 8 {
			m := bits[(at+i)>>3-1]
			i -= 8
			o := v[i : i+8 : i+8]
			switch m {
			case 0xff:
				j -= 8
				copy(o, v[j:j+8])
			case 0:
				clear(o)
			default:
				for b := 7; b >= 0; b-- {
					if m>>b&1 == 1 {
						j--
						o[b] = v[j]
					} else {
						o[b] = zero
					}
				}
			}
			continue
		}
		i--
		if b := at + i; bits[b>>3]>>(b&7)&1 == 1 {
			j--
			v[i] = v[j]
		} else {
			v[i] = zero
		}
	}
}
