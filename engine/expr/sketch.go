package expr

import (
	"math"
	"slices"
)

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

func (k *sketch) bytes() int64 { return int64(cap(k.head))*8 + int64(cap(k.samples))*sampleBytes }

// insert puts the head among the samples.
func (k *sketch) insert(relative float64) {
	if len(k.head) == 0 {
		return
	}
	sortDoubles(k.head)
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

// sortDoubles sorts with NaN behind all others.
func sortDoubles(v []float64) {
	slices.Sort(v) // NaN first
	nan := 0
	for nan < len(v) && v[nan] != v[nan] {
		nan++
	}
	if nan == 0 {
		return
	}
	copy(v, v[nan:])
	for i := len(v) - nan; i < len(v); i++ {
		v[i] = math.NaN()
	}
}
