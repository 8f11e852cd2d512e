package expr

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// HashSeed is the seed of Spark's hash partitioning (HashExpression: 42).
const HashSeed = 42

// HashRows computes Spark's hash of some columns for every row: Murmur3 x86
// 32-bit with seed 42, each column's hash the seed of the next; a null leaves
// the hash as it is. A row belongs to partition pmod(hash, n), so that
// partitions hold the rows they hold in Spark. out is reused when large enough.
func HashRows(cols []*Column, rows int, out []int32) []int32 {
	out = grow(out, rows)
	for i := range out {
		out[i] = HashSeed
	}
	for _, c := range cols {
		hashColumn(c, out)
	}
	return out
}

func hashColumn(c *Column, h []int32) {
	if c.Type == Null {
		return
	}
	layout, kind := c.Type.Layout(), c.Type.Kind()
	for i := range h {
		if c.Valid != nil && c.Valid[i>>3]>>(i&7)&1 == 0 {
			continue
		}
		switch layout {
		case Bool:
			h[i] = hashInt(uint32(c.Bools[i]), h[i])
		case Int32:
			h[i] = hashInt(uint32(c.I32[i]), h[i])
		case Int64:
			h[i] = hashLong(uint64(c.I64[i]), h[i])
		case Float64:
			if kind == Float32 {
				h[i] = hashInt(floatBits(c.F64[i]), h[i])
			} else {
				h[i] = hashLong(doubleBits(c.F64[i]), h[i])
			}
		case Decimal:
			h[i] = hashDecimal(c.Wide[i], c.Type.Precision(), h[i])
		case String:
			h[i] = hashBytes(c.Str(i), h[i])
		case Array:
			from, to := int(c.Offsets[i]), int(c.Offsets[i+1])
			part := c.Items[0].slice(from, to)
			for j := range to - from {
				hashOne(&part, j, &h[i])
			}
		case Struct:
			for f := range c.Items {
				hashOne(&c.Items[f], i, &h[i])
			}
		}
	}
}

// hashOne folds value i of a column into h.
func hashOne(c *Column, i int, h *int32) {
	one := c.slice(i, i+1)
	seed := []int32{*h}
	hashColumn(&one, seed)
	*h = seed[0]
}

// hashDecimal follows Spark: up to 18 digits as a bigint, more as the least
// two's complement bytes, greatest first, of Java's BigInteger.toByteArray.
func hashDecimal(v Int128, precision int, seed int32) int32 {
	if precision <= 18 {
		return hashLong(v.Lo, seed)
	}
	return hashBytes(decimalBytes(v), seed)
}

// decimalBytes is Java's BigInteger.toByteArray of a decimal's digits.
func decimalBytes(v Int128) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), uint64(v.Hi))
	b = binary.BigEndian.AppendUint64(b, v.Lo)
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

// floatBits is Java's floatToIntBits after Spark's normalization.
func floatBits(v float64) uint32 {
	switch {
	case v == 0:
		return 0
	case v != v:
		return 0x7fc00000
	}
	return math.Float32bits(float32(v))
}

// doubleBits is Java's doubleToLongBits after Spark's normalization: one NaN,
// and -0.0 is 0.0.
func doubleBits(v float64) uint64 {
	switch {
	case v == 0:
		return 0
	case v != v:
		return 0x7ff8000000000000
	}
	return math.Float64bits(v)
}

func mixK(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }

func mixH(h, k uint32) uint32 { return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64 }

func finish(h, length uint32) int32 {
	h ^= length
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return int32(h)
}

func hashInt(v uint32, seed int32) int32 { return finish(mixH(uint32(seed), mixK(v)), 4) }

func hashLong(v uint64, seed int32) int32 {
	h := mixH(uint32(seed), mixK(uint32(v)))
	return finish(mixH(h, mixK(uint32(v>>32))), 8)
}

// hashBytes follows Spark's hashUnsafeBytes: whole words first, then each byte
// that is left as a word of its own, sign extended.
func hashBytes(s []byte, seed int32) int32 {
	h := uint32(seed)
	n := len(s) &^ 3
	for i := 0; i < n; i += 4 {
		h = mixH(h, mixK(binary.LittleEndian.Uint32(s[i:])))
	}
	for _, b := range s[n:] {
		h = mixH(h, mixK(uint32(int32(int8(b)))))
	}
	return finish(h, uint32(len(s)))
}

// Pmod is hash modulo n, never negative.
func Pmod(hash int32, n int) int32 {
	r := hash % int32(n)
	if r < 0 {
		r += int32(n)
	}
	return r
}
