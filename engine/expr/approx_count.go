package expr

import (
	"fmt"
	"math"
	"math/bits"
)

// registers is approx_count_distinct: for each group the registers of
// HyperLogLog, by Spark's hash and with Spark's number of registers, so that they
// are the registers that Spark has.
//
// Small counts (linear counting below Spark's thresholds) and large ones (the raw
// estimate above five times the registers) are those of Spark. Between them Spark
// takes a bias off the raw estimate that it looks up in tables of six thousand
// measured numbers; here stands Ertl's estimator ("New cardinality estimation
// algorithms for HyperLogLog sketches", 2017), which has no bias to take off. The
// two differ by less than the error of either.
//
// A group has registers of its own once it has seen more than a few values: many
// groups of few values would else be mostly zeros.
type registers struct {
	failure
	p     int      // bits of a hash that name the register
	few   []uint32 // for each group as many as fewRegisters: number<<8 | value; 0 is free
	block []int32  // of each group, where its registers lie in regs, in blocks from 1; 0: in few
	regs  []uint8  // in blocks of 2^p
	hash  []int64
	whole []uint8 // scratch: the registers of a group that has few
}

const fewRegisters = 8

// linearLimits are Spark's bounds of linear counting for p = 4, 5, ...
var linearLimits = [...]float64{10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 15500, 20000, 50000, 120000, 350000}

func bindApproxCount(c *aggregateCall) (*BoundAggregate, error) {
	deviation := 0.05
	if len(c.Args) > 1 {
		v, err := c.constant(1)
		if err != nil {
			return nil, err
		}
		deviation, _ = v.number()
	}
	p := math.Ceil(2 * math.Log(1.106/deviation) / math.Log(2))
	if !(p >= 4 && p <= 24) {
		return nil, fmt.Errorf("the relative standard deviation must be between 0.0003 and 0.39")
	}
	x, err := c.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	return &BoundAggregate{Type: Int64, StateTypes: []Type{Binary}, Args: []*Bound{x},
		NewState: func() State { return &registers{p: int(p)} }}, nil
}

func (s *registers) Grow(n int) {
	s.few, s.block = extend(s.few, n*fewRegisters), extend(s.block, n)
}

func (s *registers) Size() int64 {
	return int64(cap(s.few)+cap(s.block))*4 + int64(cap(s.regs))
}

func (s *registers) Update(groups []int32, args []*Column) {
	s.hash = grow(s.hash, len(groups))
	for i := range s.hash {
		s.hash[i] = HashSeed
	}
	xxHashColumn(args[0], s.hash)
	if len(s.block) == 1 && s.block[0] > 0 && args[0].Valid == nil && args[0].Type != Null {
		regs, p := s.of(0), s.p&31
		for _, v := range s.hash {
			h := uint64(v)
			r := &regs[h>>(64-p)]
			*r = max(*r, uint8(bits.LeadingZeros64(h<<p|1<<(p-1)))+1)
		}
		return
	}
	for i, g := range groups {
		if args[0].IsNull(i) {
			continue
		}
		h := uint64(s.hash[i])
		s.set(g, int(h>>(64-s.p)), uint8(bits.LeadingZeros64(h<<s.p|1<<(s.p-1)))+1)
	}
}

// set raises register k of a group to r.
func (s *registers) set(g int32, k int, r uint8) {
	if s.block[g] == 0 {
		few := s.few[int(g)*fewRegisters:][:fewRegisters]
		for i, e := range few {
			if e == 0 || e>>8 == uint32(k) {
				few[i] = max(e, uint32(k)<<8|uint32(r))
				return
			}
		}
		own := len(s.regs)
		s.regs = extend(s.regs, own+1<<s.p)
		s.block[g] = int32(own>>s.p) + 1
		for _, e := range few {
			s.regs[own+int(e>>8)] = uint8(e)
		}
	}
	at := int(s.block[g]-1)<<s.p + k
	s.regs[at] = max(s.regs[at], r)
}

// of is all registers of a group, until the next call.
func (s *registers) of(g int) []uint8 {
	if b := int(s.block[g]); b > 0 {
		return s.regs[(b-1)<<s.p:][:1<<s.p]
	}
	s.whole = grow(s.whole, 1<<s.p)
	clear(s.whole)
	for _, e := range s.few[g*fewRegisters:][:fewRegisters] {
		s.whole[e>>8] = max(s.whole[e>>8], uint8(e)) // a free one is register 0 with value 0
	}
	return s.whole
}

// Merge keeps the greater of each two registers.
func (s *registers) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		text := state[0].Str(i)
		if len(text) == 1<<s.p {
			for k, r := range text {
				if r > 0 {
					s.set(g, k, r)
				}
			}
			continue
		}
		for ; len(text) > 0; text = text[4:] {
			s.set(g, int(text[0])|int(text[1])<<8|int(text[2])<<16, text[3])
		}
	}
}

// Export is the registers of each group, or those that are set, each behind its
// number, where that is shorter.
func (s *registers) Export() []Column {
	b := NewBuilder(Binary)
	var text []byte
	for g := range s.block {
		own := s.of(g)
		text = text[:0]
		for k, r := range own {
			if r > 0 {
				text = append(text, byte(k), byte(k>>8), byte(k>>16), r)
			}
			if len(text) >= len(own) {
				text = append(text[:0], own...)
				break
			}
		}
		b.AppendBytes(text)
	}
	return []Column{b.Take()}
}

func (s *registers) Final() Column {
	out := Column{Type: Int64, Len: len(s.block), I64: make([]int64, len(s.block))}
	for g := range out.I64 {
		out.I64[g] = int64(math.Floor(estimate(s.of(g), s.p) + 0.5))
	}
	return out
}

// estimate is how many values the registers have seen.
func estimate(regs []uint8, p int) float64 {
	var count [66]float64 // registers by their value
	for _, r := range regs {
		count[r]++
	}
	m := float64(len(regs))
	inverse := 0.0
	for r, n := range count {
		inverse += n / float64(uint64(1)<<min(r, 63))
	}
	alpha := 0.7213 / (1 + 1.079/m)
	if p < 7 {
		alpha = [...]float64{0.673, 0.697, 0.709}[p-4]
	}
	raw := alpha * m * m / inverse
	if zeros := count[0]; zeros > 0 {
		linear := m * math.Log(m/zeros)
		if p-4 < len(linearLimits) && linear <= linearLimits[p-4] || raw <= 2.5*m {
			return linear
		}
	}
	if p-4 >= len(linearLimits) || raw >= 5*m {
		return raw
	}
	return ertl(count[:64-p+2], m)
}

// ertl is Ertl's improved raw estimate from the number of registers of each
// value.
func ertl(count []float64, m float64) float64 {
	q := len(count) - 2
	z := m * ertlTau(1-count[q+1]/m)
	for k := q; k >= 1; k-- {
		z = (z + count[k]) / 2
	}
	z += m * ertlSigma(count[0]/m)
	return m * m / (2 * math.Ln2 * z)
}

// ertlSigma sums x + x²·1 + x⁴·2 + x⁸·4 + ...
func ertlSigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	z, y := x, 1.0
	for last := -1.0; z != last; y *= 2 {
		x *= x
		last = z
		z += x * y
	}
	return z
}

// ertlTau sums (1-x-(1-√x)²/2-(1-⁴√x)²/4-...)/3.
func ertlTau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	z, y := 1-x, 1.0
	for last := -1.0; z != last; {
		x = math.Sqrt(x)
		last = z
		y /= 2
		z -= (1 - x) * (1 - x) * y
	}
	return z / 3
}
