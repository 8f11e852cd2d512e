package chart_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"

	"stagecoach/tui/chart"
)

func TestBar(t *testing.T) {
	for _, c := range []struct {
		value, limit float64
		want         string
	}{
		{0, 10, "    "},
		{10, 10, "████"},
		{20, 10, "████"},
		{5, 10, "██  "},
		{3, 10, "█▎  "},
		{0.0001, 10, "▏   "},
		{1, 0, "    "},
	} {
		if got := chart.Bar(4, c.value, c.limit); got != c.want {
			t.Errorf("Bar(4, %v, %v) = %q, want %q", c.value, c.limit, got, c.want)
		}
	}
}

// Whatever the parts are, the cells fill the width and nobody is off by more than one.
func TestSplitFills(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		parts := make([]int64, 1+rng.IntN(8))
		var total int64
		for i := range parts {
			parts[i] = rng.Int64N(1000)
			total += parts[i]
		}
		if total == 0 {
			continue
		}
		width := rng.IntN(100)
		sum := 0
		for i, n := range chart.Split(width, parts) {
			sum += n
			if exact := float64(parts[i]) / float64(total) * float64(width); float64(n) > exact+1 || float64(n) < exact-1 {
				t.Errorf("part %d of %v has %d of %d cells", i, parts, n, width)
			}
		}
		if sum != width {
			t.Errorf("%v take %d of %d cells", parts, sum, width)
		}
	}
}

func TestSparkline(t *testing.T) {
	if got := chart.Sparkline(4, []float64{0, 0.5, 1, 0.1}, 1); got != " ▅█▁" {
		t.Errorf("got %q", got)
	}
	if got := chart.Sparkline(2, []float64{1, 1, 0, 0}, 1); got != "█ " {
		t.Errorf("got %q", got)
	}
	if n := utf8.RuneCountInString(chart.Sparkline(9, []float64{1}, 1)); n != 9 {
		t.Errorf("one value takes %d cells", n)
	}
}

// Every value is in exactly one bin, also with a long tail.
func TestHistogramCountsAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		values := make([]int64, 1+rng.IntN(300))
		for i := range values {
			values[i] = rng.Int64N(1 << (1 + rng.IntN(40)))
		}
		slices.Sort(values)
		n := 0
		for _, b := range chart.Histogram(values, 10) {
			n += b.Count
			if b.To < b.From {
				t.Errorf("bin %+v", b)
			}
		}
		if n != len(values) {
			t.Errorf("%d of %d values counted", n, len(values))
		}
	}
}

func TestGantt(t *testing.T) {
	cells := chart.Gantt(10, 0, 100, []chart.Span{{0, 30, 1}, {25, 60, 2}, {90, 90, 3}, {200, 300, 4}})
	if got := fmt.Sprint(cells); got != "[1 1 2 2 2 2 0 0 0 3]" {
		t.Error(got)
	}
	rows, n := chart.Lanes([]chart.Span{{0, 10, 1}, {5, 15, 1}, {10, 20, 1}})
	if n != 2 || fmt.Sprint(rows) != "[0 1 0]" {
		t.Error(rows, n)
	}
}

func TestAxis(t *testing.T) {
	label := func(q float64) string { return fmt.Sprintf("%.0fs", q*100) }
	for width := range 60 {
		if n := utf8.RuneCountInString(chart.Axis(width, label)); n != width {
			t.Errorf("an axis of %d cells has %d", width, n)
		}
	}
	if got := chart.Axis(20, label); got != "0s   25s  50s   100s" {
		t.Errorf("%q", got)
	}
}
