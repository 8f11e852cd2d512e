package profiler

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// However values are spread, ascend finds the order that comparing finds.
func TestAscend(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name, value := range map[string]func() int64{
		"one value":      func() int64 { return 7 },
		"milliseconds":   func() int64 { return rng.Int64N(5000) * 1e6 },
		"bytes":          func() int64 { return rng.Int64N(1 << 40) },
		"below zero":     func() int64 { return rng.Int64N(2001) - 1000 },
		"all of int64":   func() int64 { return int64(rng.Uint64()) },
		"its two limits": func() int64 { return []int64{math.MinInt64, math.MaxInt64}[rng.IntN(2)] },
	} {
		for _, n := range []int{0, 1, 511, 512, 5000} {
			d := make(Dist, n)
			for i := range d {
				d[i] = value()
			}
			want := slices.Sorted(slices.Values(d))
			if got := ascend(d); !slices.Equal(got, want) {
				t.Errorf("%d values, %s: out of order", n, name)
			}
		}
	}
}

func BenchmarkAscend(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	times := make(Dist, 5000) // of the tasks of a stage
	for i := range times {
		times[i] = rng.Int64N(5000) * 1e6
	}
	d := make(Dist, len(times))
	for name, order := range map[string]func(Dist){"digits": func(d Dist) { ascend(d) }, "comparing": func(d Dist) { slices.Sort(d) }} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				copy(d, times)
				order(d)
			}
		})
	}
}
