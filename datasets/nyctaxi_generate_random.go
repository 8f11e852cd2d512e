package datasets

import (
	"math"
	"math/bits"
)

// The generator computes with whole numbers: hundredths of a mile, seconds and
// cents, times factors in steps of 2^-16. Floating point would round apart on
// machines that fuse multiplication and addition, and one cent in a million
// rows is another file.

// one is the factor 1.
const one = 1 << 16

// fixed is a factor in steps of 2^-16.
func fixed(x float64) int64 { return int64(math.Round(x * one)) }

// times multiplies a whole number by a factor and rounds.
func times(v, factor int64) int64 { return (v*factor + one/2) >> 16 }

// A random is a SplitMix64 generator (Steele, Lea and Flood, 2014): eight bytes
// of state, so that every chunk of rows has its own and none waits for another.
type random struct{ state uint64 }

// seeded makes the generator of a place in the data: a month and a chunk, or a
// day. Nearby places have unrelated streams.
func seeded(seed uint64, place ...uint64) random {
	r := random{seed}
	for _, p := range place {
		r.state = r.next() ^ p*0xd1342543de82ef95
	}
	r.state = r.next()
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from 0 to n-1.
func (r *random) below(n int64) int64 {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int64(hi)
}

// A chance is a probability in steps of 2^-32.
type chance uint32

func chanceOf(p float64) chance { return chance(math.Min(math.Round(p*(1<<32)), math.MaxUint32)) }

func (r *random) happens(c chance) bool { return chance(r.next()>>32) < c }

// An alias table draws an index by weight in one step, however many there are
// (Walker 1977, built as Vose 1991): every slot is shared by itself and one
// other index.
type alias []aliasSlot

type aliasSlot struct {
	keep  uint32 // the slot's own part, of 2^32
	other uint32
}

func newAlias(weights []int64) alias {
	var total int64
	for _, w := range weights {
		total += w
	}
	n := int64(len(weights))
	table := make(alias, n)
	left := make([]int64, n) // in units of which a slot holds total
	var small, large []int
	for i, w := range weights {
		left[i] = w * n
		if left[i] < total {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		table[s] = aliasSlot{uint32(float64(left[s]) / float64(total) * (1 << 32)), uint32(l)}
		left[l] -= total - left[s]
		if left[l] < total {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		table[i] = aliasSlot{math.MaxUint32, uint32(i)}
	}
	return table
}

// draw picks an index.
func (r *random) draw(t alias) int {
	x := r.next()
	i := x >> 32 * uint64(len(t)) >> 32
	if s := t[i]; uint32(x) >= s.keep {
		return int(s.other)
	}
	return int(i)
}

// A spread is the quantiles of median * exp(N(0, sigma)) as factors: a lognormal
// factor is an entry picked at random. 4,096 of them reach to 3.7 sigma.
type spread [spreadSize]int64

const spreadSize = 4096

func newSpread(median, sigma float64) *spread {
	var s spread
	for i := range s {
		z := quantile((float64(i) + 0.5) / spreadSize)
		s[i] = fixed(median * math.Exp(sigma*z))
	}
	return &s
}

// quantile is that of the standard normal distribution.
func quantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
