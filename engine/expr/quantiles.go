package expr

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
)

// quantiles is approx_percentile: for each group Greenwald and Khanna's summary
// ("Space-efficient Online Computation of Quantile Summaries", 2001) as Spark
// keeps it, so that the same rows in the same order and partitions give the same
// answers. A value's rank is off by at most n/accuracy.
type quantiles struct {
	failure
	relative float64 // 1/accuracy
	points   []float64
	list     bool
	t        Type // of the values
	sketches []sketch
	size     int64
}

func bindApproxPercentile(c *aggregateCall) (*BoundAggregate, error) {
	p, err := c.percentages(1)
	if err != nil {
		return nil, err
	}
	accuracy, err := c.wholeNumber(2, 1, 10000)
	if err != nil {
		return nil, err
	}
	x, t, err := c.measured(c.Args[0], isMeasure)
	if err != nil {
		return nil, err
	}
	s := quantiles{relative: 1 / float64(accuracy), points: p.points, list: p.list, t: t}
	out := &BoundAggregate{Type: s.t, StateTypes: []Type{Binary}, Args: []*Bound{x}, NewState: func() State {
		s := s
		return &s
	}}
	if s.list {
		out.Type = ArrayOf(s.t)
	}
	return out, nil
}

func (s *quantiles) Grow(n int) { s.sketches = extend(s.sketches, n) }

func (s *quantiles) Size() int64 { return s.size + int64(cap(s.sketches))*56 }

func (s *quantiles) Update(groups []int32, args []*Column) {
	x := args[0]
	for i, g := range groups {
		if x.IsNull(i) {
			continue
		}
		k := &s.sketches[g]
		before := cap(k.head)
		k.head = append(k.head, x.F64[i])
		s.size += int64(cap(k.head)-before) * 8
		if len(k.head) >= headLimit {
			s.change(k, func() {
				k.insert(s.relative)
				if len(k.samples) >= samplesKept {
					k.compress(2 * s.relative * float64(k.n))
				}
			})
		}
	}
}

// change does something to a sketch and counts the memory it takes or gives.
func (s *quantiles) change(k *sketch, do func()) {
	s.size -= k.bytes()
	do()
	s.size += k.bytes()
}

// Export is the sketches as bytes: the number of values, then the samples.
func (s *quantiles) Export() []Column {
	b := NewBuilder(Binary)
	var text []byte
	for g := range s.sketches {
		k := &s.sketches[g]
		s.change(k, func() { k.finish(s.relative) })
		text = binary.LittleEndian.AppendUint64(text[:0], uint64(k.n))
		for _, x := range k.samples {
			text = binary.LittleEndian.AppendUint64(text, math.Float64bits(x.value))
			text = binary.LittleEndian.AppendUint64(text, uint64(x.g))
			text = binary.LittleEndian.AppendUint64(text, uint64(x.delta))
		}
		b.AppendBytes(text)
	}
	return []Column{b.Take()}
}

func (s *quantiles) Merge(groups []int32, state []*Column) {
	for i, g := range groups {
		text := state[0].Str(i)
		o := sketch{n: int64(binary.LittleEndian.Uint64(text))}
		for text = text[8:]; len(text) > 0; text = text[sampleBytes:] {
			o.samples = append(o.samples, sample{math.Float64frombits(binary.LittleEndian.Uint64(text)),
				int64(binary.LittleEndian.Uint64(text[8:])), int64(binary.LittleEndian.Uint64(text[16:]))})
		}
		k := &s.sketches[g]
		s.change(k, func() { k.merge(o, s.relative) })
	}
}

func (s *quantiles) Final() Column {
	t := s.t
	if s.list {
		t = ArrayOf(t)
	}
	out := NewBuilder(t)
	for g := range s.sketches {
		k := &s.sketches[g]
		s.change(k, func() { k.finish(s.relative) })
		if k.n == 0 {
			out.AppendNull()
			continue
		}
		list := Value{Type: t}
		for _, p := range s.points {
			list.List = append(list.List, fromDouble(k.query(p, s.relative), s.t))
		}
		if s.list {
			out.AppendValue(list)
		} else {
			out.AppendValue(list.List[0])
		}
	}
	return out.Take()
}

// fromDouble is a number as a value of type t, which has a place for it: what the
// double stood for before.
func fromDouble(v float64, t Type) Value {
	out := Value{Type: t}
	switch t.Layout() {
	case Float64:
		if out.F = v; t == Float32 {
			out.F = float64(float32(v))
		}
	case Decimal:
		if r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64)); ok {
			units := new(big.Int).Mul(r.Num(), power10(t.Scale()))
			roundQuo(units, r.Denom())
			out.Wide, _ = FromBig(units)
		}
	default:
		out.I = floatToInt(v)
	}
	return out
}
