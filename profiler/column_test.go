package profiler

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whatever was put into a column is found there: while it grows, packed, and
// unpacked again, in any order, with rows that recorded nothing.
func TestColumn(t *testing.T) {
	for name, values := range map[string][]int64{
		"zeros":     {0, 0, 0},
		"alike":     {7, 7, 7, 7},
		"small":     {3, 1, 4, 1, 5, 9, 2, 6},
		"durations": {3 * millisecond, 0, 5 * millisecond},
		"ns":        {3 * millisecond, 1, 5 * millisecond},
		"large":     {1, math.MaxUint32, math.MaxUint32 + 1, 1 << 60},
		"negative":  {-1, 5, -7},
		"extreme":   {math.MinInt64, math.MaxInt64, 0},
	} {
		var c column
		rows := 0
		for i, v := range values {
			c.set(2*i, v, 1) // every other row records nothing
			rows = 2*i + 1
		}
		check := func(form string) {
			for i := range rows {
				v, ok := c.get(i)
				if ok != (i%2 == 0) || ok && v != values[i/2] {
					t.Errorf("%s, %s, row %d: %d, %v", name, form, i, v, ok)
				}
			}
			if _, ok := c.get(rows); ok {
				t.Errorf("%s, %s: a row behind the last is there", name, form)
			}
		}
		check("growing")
		c.pack(rows)
		check("packed")
		snapshot := c.clone()
		c.unpack(rows)
		check("unpacked")
		c.set(0, 99, rows)
		if v, _ := snapshot.get(0); v != values[0] {
			t.Errorf("%s: a later change reaches the copy", name)
		}
	}
}

// A column in which every row recorded the metric says so without a bit a row.
func TestColumnFull(t *testing.T) {
	var c column
	for i := range 1000 {
		c.set(i, 5, 1000)
	}
	c.pack(1000)
	if v, ok := c.get(999); c.bytes() != 0 || !ok || v != 5 {
		t.Errorf("%d bytes, %d, %v", c.bytes(), v, ok)
	}
}

// The selected element is the one that sorting puts there.
func TestNth(t *testing.T) {
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	for n := 1; n < 200; n++ {
		values := make([]int64, n)
		for i := range values {
			values[i] = random.Int64N(int64(n)) - 5
		}
		sorted := slices.Sorted(slices.Values(values))
		k := random.IntN(n)
		if got := nth(values, k); got != sorted[k] {
			t.Fatalf("seed %d: element %d of %v is %d, want %d", seed, k, sorted, got, sorted[k])
		}
	}
}
