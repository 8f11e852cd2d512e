package expr

import (
	"encoding/binary"
	"math/bits"
)

// xxHash with 64 bits as Spark's XXH64 computes it (github.com/Cyan4973/xxHash):
// ints and longs as their four and eight bytes, each column's hash the seed of
// the next, a null leaving the hash as it is.

const (
	xxPrime1 = 0x9E3779B185EBCA87
	xxPrime2 = 0xC2B2AE3D27D4EB4F
	xxPrime3 = 0x165667B19E3779F9
	xxPrime4 = 0x85EBCA77C2B2AE63
	xxPrime5 = 0x27D4EB2F165667C5
)

// xxHashColumn folds a column into the hashes of the rows.
func xxHashColumn(c *Column, h []int64) {
	if c.Type == Null {
		return
	}
	layout, kind := c.Type.Layout(), c.Type.Kind()
	if c.Valid == nil {
		switch {
		case layout == Int32:
			for i, v := range c.I32[:len(h)] {
				h[i] = int64(xxInt(uint32(v), uint64(h[i])))
			}
			return
		case layout == Int64:
			for i, v := range c.I64[:len(h)] {
				h[i] = int64(xxLong(uint64(v), uint64(h[i])))
			}
			return
		case kind == Float64:
			for i, v := range c.F64[:len(h)] {
				h[i] = int64(xxLong(doubleBits(v), uint64(h[i])))
			}
			return
		}
	}
	for i := range h {
		if c.IsNull(i) {
			continue
		}
		seed := uint64(h[i])
		switch layout {
		case Bool:
			seed = xxInt(uint32(c.Bools[i]), seed)
		case Int32:
			seed = xxInt(uint32(c.I32[i]), seed)
		case Int64:
			seed = xxLong(uint64(c.I64[i]), seed)
		case Float64:
			if kind == Float32 {
				seed = xxInt(floatBits(c.F64[i]), seed)
			} else {
				seed = xxLong(doubleBits(c.F64[i]), seed)
			}
		case Decimal:
			if c.Type.Precision() <= 18 {
				seed = xxLong(c.Wide[i].Lo, seed)
			} else {
				seed = xxBytes(decimalBytes(c.Wide[i]), seed)
			}
		case String:
			seed = xxBytes(c.Str(i), seed)
		case Array:
			part := c.Items[0].slice(int(c.Offsets[i]), int(c.Offsets[i+1]))
			for j := range part.Len {
				seed = xxOne(&part, j, seed)
			}
		case Struct:
			for f := range c.Items {
				seed = xxOne(&c.Items[f], i, seed)
			}
		}
		h[i] = int64(seed)
	}
}

// xxOne folds value i of a column into a hash.
func xxOne(c *Column, i int, seed uint64) uint64 {
	one := c.slice(i, i+1)
	h := [1]int64{int64(seed)}
	xxHashColumn(&one, h[:])
	return uint64(h[0])
}

func xxFinish(h uint64) uint64 {
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}

func xxInt(v uint32, seed uint64) uint64 {
	h := seed + xxPrime5 + 4
	h ^= uint64(v) * xxPrime1
	return xxFinish(bits.RotateLeft64(h, 23)*xxPrime2 + xxPrime3)
}

func xxLong(v, seed uint64) uint64 {
	h := seed + xxPrime5 + 8
	h ^= xxRound(0, v)
	return xxFinish(bits.RotateLeft64(h, 27)*xxPrime1 + xxPrime4)
}

func xxRound(lane, v uint64) uint64 { return bits.RotateLeft64(lane+v*xxPrime2, 31) * xxPrime1 }

func xxBytes(s []byte, seed uint64) uint64 {
	length := uint64(len(s))
	h := seed + xxPrime5
	if len(s) >= 32 {
		lanes := [4]uint64{seed, seed, seed, seed}
		lanes[0] += xxPrime1
		lanes[0] += xxPrime2
		lanes[1] += xxPrime2
		lanes[3] -= xxPrime1
		for ; len(s) >= 32; s = s[32:] {
			for i := range lanes {
				lanes[i] = xxRound(lanes[i], binary.LittleEndian.Uint64(s[8*i:]))
			}
		}
		h = bits.RotateLeft64(lanes[0], 1) + bits.RotateLeft64(lanes[1], 7) + bits.RotateLeft64(lanes[2], 12) + bits.RotateLeft64(lanes[3], 18)
		for _, lane := range lanes {
			h = (h^xxRound(0, lane))*xxPrime1 + xxPrime4
		}
	}
	h += length
	for ; len(s) >= 8; s = s[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(s)), 27)*xxPrime1 + xxPrime4
	}
	if len(s) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(s))*xxPrime1, 23)*xxPrime2 + xxPrime3
		s = s[4:]
	}
	for _, b := range s {
		h = bits.RotateLeft64(h^uint64(b)*xxPrime5, 11) * xxPrime1
	}
	return xxFinish(h)
}
