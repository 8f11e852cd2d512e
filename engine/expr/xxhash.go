package expr

import (
	"encoding/binary"
	"math/bits"
)

// XXHashRows computes Spark's xxhash64 of some columns for every row: XXH64 with
// seed 42, each column's hash the seed of the next; a null leaves the hash as it
// is. out is reused when large enough.
func XXHashRows(cols []*Column, rows int, out []uint64) []uint64 {
	out = grow(out, rows)
	for i := range out {
		out[i] = HashSeed
		for _, c := range cols {
			out[i] = xxHash(c, i, out[i])
		}
	}
	return out
}

const (
	xxPrime1 = 0x9E3779B185EBCA87
	xxPrime2 = 0xC2B2AE3D27D4EB4F
	xxPrime3 = 0x165667B19E3779F9
	xxPrime4 = 0x85EBCA77C2B2AE63
	xxPrime5 = 0x27D4EB2F165667C5
)

// xxHash folds value i of a column into a hash.
func xxHash(c *Column, i int, h uint64) uint64 {
	if c.IsNull(i) {
		return h
	}
	switch c.Type.Layout() {
	case Bool:
		return xxInt(uint32(c.Bools[i]), h)
	case Int32:
		return xxInt(uint32(c.I32[i]), h)
	case Int64:
		return xxLong(uint64(c.I64[i]), h)
	case Float64:
		if c.Type == Float32 {
			return xxInt(floatBits(c.F64[i]), h)
		}
		return xxLong(doubleBits(c.F64[i]), h)
	case Decimal:
		if c.Type.Precision() <= 18 {
			return xxLong(c.Wide[i].Lo, h)
		}
		var raw [16]byte
		return xxBytes(decimalBytes(c.Wide[i], &raw), h)
	case String:
		return xxBytes(c.Str(i), h)
	case Array:
		for j := c.Offsets[i]; j < c.Offsets[i+1]; j++ {
			h = xxHash(&c.Items[0], int(j), h)
		}
	case Struct:
		for f := range c.Items {
			h = xxHash(&c.Items[f], i, h)
		}
	}
	return h
}

func xxInt(v uint32, seed uint64) uint64 { return xxFinish(xxWord(v, seed+xxPrime5+4)) }

func xxLong(v, seed uint64) uint64 { return xxFinish(xxTail(v, seed+xxPrime5+8)) }

func xxWord(v uint32, h uint64) uint64 {
	return bits.RotateLeft64(h^uint64(v)*xxPrime1, 23)*xxPrime2 + xxPrime3
}

func xxTail(v, h uint64) uint64 { return bits.RotateLeft64(h^xxRound(0, v), 27)*xxPrime1 + xxPrime4 }

func xxRound(h, v uint64) uint64 { return bits.RotateLeft64(h+v*xxPrime2, 31) * xxPrime1 }

func xxFinish(h uint64) uint64 {
	h ^= h >> 33
	h *= xxPrime2
	h ^= h >> 29
	h *= xxPrime3
	return h ^ h>>32
}

func xxBytes(s []byte, seed uint64) uint64 {
	h, length := seed+xxPrime5, uint64(len(s))
	if len(s) >= 32 {
		lanes := [4]uint64{seed + xxPrime1 + xxPrime2, seed + xxPrime2, seed, seed - xxPrime1}
		for ; len(s) >= 32; s = s[32:] {
			for k := range lanes {
				lanes[k] = xxRound(lanes[k], binary.LittleEndian.Uint64(s[8*k:]))
			}
		}
		h = bits.RotateLeft64(lanes[0], 1) + bits.RotateLeft64(lanes[1], 7) + bits.RotateLeft64(lanes[2], 12) + bits.RotateLeft64(lanes[3], 18)
		for _, lane := range lanes {
			h = (h^xxRound(0, lane))*xxPrime1 + xxPrime4
		}
	}
	h += length
	for ; len(s) >= 8; s = s[8:] {
		h = xxTail(binary.LittleEndian.Uint64(s), h)
	}
	if len(s) >= 4 {
		h, s = xxWord(binary.LittleEndian.Uint32(s), h), s[4:]
	}
	for _, b := range s {
		h = bits.RotateLeft64(h^uint64(b)*xxPrime5, 11) * xxPrime1
	}
	return xxFinish(h)
}
