package expr

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
)

// quantiles is approx_percentile: for each group Greenwald and Khanna's summary
// ("Space-efficient Online Computation of Quantile Summaries", 2001) as Spark
// keeps it, so that the same rows in the same order and partitions give the same
// answers. A value's rank is off by at most n/accuracy.
type quantiles struct {
	failure
	error    float64 // 1/accuracy
	points   []float64
	list     bool
	t        Type // of the values
	sketches []sketch
	size     int64
}

// A sketch summarizes one group's values.
type sketch struct {
	head    []float64 // values that are not among the samples yet
	samples []sample  // in order of their values
	n       int64     // values among the samples
}

// A sample is a value: at least g values lie from the sample before it up to it,
// and its rank is known but for delta.
type sample struct {
	value    float64
	g, delta int64
}

const (
	sampleBytes = 24
	headLimit   = 50000 // values gathered before they go among the samples
	samplesKept = 10000 // samples from which on they are compressed on the way
)

func bindApproxPercentile(c *aggregateCall) (*BoundAggregate, error) {
	p, err := c.percentages(1)
	if err != nil {
		return nil, err
	}
	accuracy, err := c.wholeNumber(2, 1, 10000)
	if err != nil {
		return nil, err
	}
	x, err := c.value(c.Args[0])
	if err != nil {
		return nil, err
	}
	s := quantiles{error: 1 / float64(accuracy), points: p.points, list: p.list, t: x.Type}
	switch layout := x.Type.Layout(); {
	case x.Type.Kind().IsNumber() || x.Type == String || x.Type == Null:
		list, err := c.doubles(c.Args[:1])
		if err != nil {
			return nil, err
		}
		x = list[0]
		if s.t == String || s.t == Null {
			s.t = Float64
		}
	case layout == Int32 || layout == Int64:
		x = asDoubles(x)
	default:
		return nil, fmt.Errorf("%s is %v, not a number, date, timestamp or interval", c.Args[0], x.Type)
	}
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
				k.insert(s.error)
				if len(k.samples) >= samplesKept {
					k.compress(2 * s.error * float64(k.n))
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

func (k *sketch) bytes() int64 { return int64(cap(k.head))*8 + int64(cap(k.samples))*sampleBytes }

// insert puts the head among the samples.
func (k *sketch) insert(relative float64) {
	if len(k.head) == 0 {
		return
	}
	sortDoubles(k.head, false)
	merged := make([]sample, 0, len(k.samples)+len(k.head))
	old := k.samples
	for i, v := range k.head {
		for len(old) > 0 && old[0].value <= v {
			merged, old = append(merged, old[0]), old[1:]
		}
		k.n++
		delta := int64(math.Floor(2 * relative * float64(k.n)))
		if len(merged) == 0 || len(old) == 0 && i == len(k.head)-1 {
			delta = 0
		}
		merged = append(merged, sample{v, 1, delta})
	}
	k.samples, k.head = append(merged, old...), nil
}

// compress merges samples into the next one, from the last down, while what they
// stand for stays below limit. The first and the last stay.
func (k *sketch) compress(limit float64) {
	if len(k.samples) < 2 {
		return
	}
	var kept []sample // from the last down
	head := k.samples[len(k.samples)-1]
	for i := len(k.samples) - 2; i >= 1; i-- {
		s := k.samples[i]
		if float64(s.g+head.g+head.delta) < limit {
			head.g += s.g
		} else {
			kept, head = append(kept, head), s
		}
	}
	kept = append(kept, head)
	if first := k.samples[0]; first.value <= head.value {
		kept = append(kept, first)
	}
	slices.Reverse(kept)
	k.samples = slices.Clone(kept)
}

// finish makes a sketch ready to travel or to be asked.
func (k *sketch) finish(relative float64) {
	if len(k.head) > 0 {
		k.insert(relative)
		k.compress(2 * relative * float64(k.n))
	}
}

// merge adds another finished sketch. Ranks of one side become uncertain by the
// uncertainty of the other, where the two interleave.
func (k *sketch) merge(o sketch, relative float64) {
	k.finish(relative)
	if o.n == 0 {
		return
	}
	if k.n == 0 {
		*k = o
		return
	}
	extraA := int64(math.Floor(2 * relative * float64(o.n)))
	extraB := int64(math.Floor(2 * relative * float64(k.n)))
	merged := make([]sample, 0, len(k.samples)+len(o.samples))
	a, b := k.samples, o.samples
	for len(a) > 0 && len(b) > 0 {
		var s sample
		if a[0].value < b[0].value {
			s, a = a[0], a[1:]
			if len(b) < len(o.samples) {
				s.delta += extraA
			}
		} else {
			s, b = b[0], b[1:]
			if len(a) < len(k.samples) {
				s.delta += extraB
			}
		}
		merged = append(merged, s)
	}
	k.samples, k.n = append(append(merged, a...), b...), k.n+o.n
	k.compress(2 * relative * float64(k.n))
}

// query is a value whose rank is near p·n.
func (k *sketch) query(p, relative float64) float64 {
	last := len(k.samples) - 1
	switch {
	case p <= relative || last == 0:
		return k.samples[0].value
	case p >= 1-relative:
		return k.samples[last].value
	}
	rank := int64(math.Ceil(p * float64(k.n)))
	slack := int64(0)
	for _, s := range k.samples {
		slack = max(slack, s.g+s.delta)
	}
	slack /= 2
	least := int64(0)
	for _, s := range k.samples[:last] {
		least += s.g
		if least+s.delta-slack <= rank && rank <= least+slack {
			return s.value
		}
	}
	return k.samples[last].value
}

// Export is the sketches as bytes: the number of values, then the samples.
func (s *quantiles) Export() []Column {
	b := NewBuilder(Binary)
	var text []byte
	for g := range s.sketches {
		k := &s.sketches[g]
		s.change(k, func() { k.finish(s.error) })
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
		s.change(k, func() { k.merge(o, s.error) })
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
		s.change(k, func() { k.finish(s.error) })
		if k.n == 0 {
			out.AppendNull()
			continue
		}
		list := Value{Type: t}
		for _, p := range s.points {
			list.List = append(list.List, fromDouble(k.query(p, s.error), s.t))
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
