package expr

import (
	"encoding/binary"
	"math"
	"slices"
)

// histograms is histogram_numeric: for each group at most so many bins, of which
// the two nearest are joined when there is one too many (Ben-Haim and Tom-Tov,
// "A streaming parallel decision tree algorithm", 2010). Between equally near
// pairs Spark draws by Java's generator of random numbers with a fixed seed, and
// so do these.
type histograms struct {
	failure
	most int
	t    Type // of the values
	out  Type
	hist []histogram
	bins int64 // of all groups
}

type histogram struct {
	bins []bin // in order of x
	rng  javaRandom
}

// A bin stands for y values around x.
type bin struct{ x, y float64 }

func bindHistogram(c *aggregateCall) (*BoundAggregate, error) {
	most, err := c.wholeNumber(1, 2, 0)
	if err != nil {
		return nil, err
	}
	x, t, err := c.measured(c.Args[0], isMeasure)
	if err != nil {
		return nil, err
	}
	s := histograms{most: int(most), t: t}
	s.out = ArrayOf(StructOf(Schema{{Name: "x", Type: s.t}, {Name: "y", Type: Float64}}))
	return &BoundAggregate{Type: s.out, StateTypes: []Type{Binary}, Args: []*Bound{x},
		NewState: func() State {
			s := s
			return &s
		}}, nil
}

func (s *histograms) Grow(n int) {
	for s.hist = slices.Grow(s.hist, max(n-len(s.hist), 0)); len(s.hist) < n; {
		s.hist = append(s.hist, histogram{rng: newJavaRandom(31183)})
	}
}

func (s *histograms) Size() int64 { return int64(cap(s.hist))*32 + s.bins*20 }

func (s *histograms) Update(groups []int32, args []*Column) {
	x := args[0]
	for i, g := range groups {
		if x.IsNull(i) {
			continue
		}
		h := &s.hist[g]
		before := len(h.bins)
		h.add(x.F64[i], s.most)
		s.bins += int64(len(h.bins) - before)
	}
}

func (h *histogram) add(v float64, most int) {
	at, found := slices.BinarySearchFunc(h.bins, v, func(b bin, v float64) int { return order(b.x, v) })
	if found {
		h.bins[at].y++
		return
	}
	h.bins = slices.Insert(h.bins, at, bin{v, 1})
	h.trim(most)
}

// join sorts bins and makes one of those at the same place, which Spark leaves
// side by side: whether there are any depends on the partitions.
func (h *histogram) join() {
	slices.SortStableFunc(h.bins, func(a, b bin) int { return order(a.x, b.x) })
	kept := h.bins[:0]
	for _, b := range h.bins {
		if n := len(kept); n > 0 && kept[n-1].x == b.x {
			kept[n-1].y += b.y
		} else {
			kept = append(kept, b)
		}
	}
	h.bins = kept
}

// trim joins the nearest bins until there are no more than most.
func (h *histogram) trim(most int) {
	for len(h.bins) > most {
		least, at, equal := h.bins[1].x-h.bins[0].x, 0, 1.0
		for i := 1; i < len(h.bins)-1; i++ {
			switch d := h.bins[i+1].x - h.bins[i].x; {
			case d < least:
				least, at, equal = d, i, 1
			case d == least:
				if equal++; h.rng.double() <= 1/equal {
					at = i
				}
			}
		}
		a, b := h.bins[at], h.bins[at+1]
		y := a.y + b.y
		h.bins[at] = bin{a.x*(a.y/y) + b.x/y*b.y, y}
		h.bins = slices.Delete(h.bins, at+1, at+2)
	}
}

func (s *histograms) Export() []Column {
	b := NewBuilder(Binary)
	var text []byte
	for _, h := range s.hist {
		text = text[:0]
		for _, x := range h.bins {
			text = binary.LittleEndian.AppendUint64(text, math.Float64bits(x.x))
			text = binary.LittleEndian.AppendUint64(text, math.Float64bits(x.y))
		}
		b.AppendBytes(text)
	}
	return []Column{b.Take()}
}

func (s *histograms) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		h := &s.hist[g]
		before := len(h.bins)
		for text := state[0].Str(i); len(text) > 0; text = text[16:] {
			h.bins = append(h.bins, bin{math.Float64frombits(binary.LittleEndian.Uint64(text)), math.Float64frombits(binary.LittleEndian.Uint64(text[8:]))})
		}
		h.join()
		h.trim(s.most)
		s.bins += int64(len(h.bins) - before)
	}
}

func (s *histograms) Final() Column {
	out := NewBuilder(s.out)
	for _, h := range s.hist {
		if len(h.bins) == 0 {
			out.AppendNull()
			continue
		}
		list := Value{Type: s.out}
		for _, b := range h.bins {
			list.List = append(list.List, Value{Type: s.out.Elem(), List: []Value{fromDouble(b.x, s.t), {Type: Float64, F: b.y}}})
		}
		out.AppendValue(list)
	}
	return out.Take()
}

// javaRandom is java.util.Random.
type javaRandom uint64

func newJavaRandom(seed uint64) javaRandom { return javaRandom(seed^0x5DEECE66D) & (1<<48 - 1) }

func (r *javaRandom) next(bits int) uint64 {
	*r = (*r*0x5DEECE66D + 0xB) & (1<<48 - 1)
	return uint64(*r >> (48 - bits))
}

// double is nextDouble: from 0 to 1, 1 excluded.
func (r *javaRandom) double() float64 {
	high := r.next(26) << 27
	return float64(high+r.next(27)) / (1 << 53)
}
