package operator

import (
	"encoding/binary"
	"math/bits"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// sample keeps each row with a probability. A partition's rows are Spark's for
// the same seed, partitioning and input: its generator begins with the seed plus
// the partition's number (BernoulliCellSampler).
func sample(n *plan.Sample, in Batches, partition int) Batches {
	return func(yield func(*expr.Batch, error) bool) {
		random := newXORShift(n.Seed + int64(partition))
		var sel []int32
		var g expr.Gatherer
		for b, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			sel = sel[:0]
			for i := range b.Rows {
				if n.Fraction > 0 && random.float64() < n.Fraction {
					sel = append(sel, int32(i))
				}
			}
			if len(sel) > 0 && !yield(g.Gather(b, sel), nil) {
				return
			}
		}
	}
}

// xorShift is Spark's XORShiftRandom, generator [21, 35, 4] of Marsaglia (2003)
// under java.util.Random.
type xorShift int64

func newXORShift(seed int64) *xorShift {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(seed))
	low := murmur3(b, 0x3c074a61) // MurmurHash3.arraySeed of Scala
	x := xorShift(int64(murmur3(b, low))<<32 | int64(low))
	return &x
}

func (x *xorShift) next(n uint) int64 {
	*x ^= *x << 21
	*x ^= xorShift(uint64(*x) >> 35)
	*x ^= *x << 4
	return int64(*x) & (1<<n - 1)
}

// float64 is uniform in [0, 1), as Java's nextDouble.
func (x *xorShift) float64() float64 {
	high := x.next(26)
	return float64(high<<27+x.next(27)) / (1 << 53)
}

// below is uniform in [0, n), as Java's nextInt.
func (x *xorShift) below(n int) int {
	r := x.next(31)
	if n&(n-1) == 0 {
		return int(int64(n) * r >> 31)
	}
	// Values of an incomplete last run of n are drawn again.
	for r-r%int64(n)+int64(n) > 1<<31 {
		r = x.next(31)
	}
	return int(r % int64(n))
}

// murmur3 is MurmurHash3_x86_32 (Appleby) of eight bytes.
func murmur3(b [8]byte, seed uint32) uint32 {
	h := seed
	for at := 0; at < len(b); at += 4 {
		k := bits.RotateLeft32(binary.LittleEndian.Uint32(b[at:])*0xcc9e2d51, 15) * 0x1b873593
		h = bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
	}
	h ^= uint32(len(b))
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
