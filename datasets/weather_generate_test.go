package datasets

import (
	"math"
	"testing"
	"time"
)

// Forty generated years have the rain, snow and temperatures of Central Park
// in 2009 to 2024 (NOAA).
func TestWeatherIsNewYorks(t *testing.T) {
	const years = 40
	s := newSky(1)
	var wet, stillWet, rain, snow, snowDays, days float64
	var high [12][]float64
	before := false
	for d := month(2000, 1); d.Before(month(2000+years, 1)); d = d.AddDate(0, 0, 1) {
		w := s.day(d)
		days++
		if w.low >= w.high {
			t.Fatalf("%s: low %d, high %d", d.Format(time.DateOnly), w.low, w.high)
		}
		high[d.Month()-1] = append(high[d.Month()-1], float64(w.high))
		if w.rain > 0 {
			wet++
			if before {
				stillWet++
			}
		}
		before = w.rain > 0
		rain += float64(w.rain) / 100
		snow += float64(w.snow) / 10
		if w.snow > 0 {
			snowDays++
			if w.rain == 0 || d.Month() >= time.June && d.Month() <= time.September {
				t.Errorf("%s: snow", d.Format(time.DateOnly))
			}
		}
	}
	for _, c := range []struct {
		what              string
		got, want, margin float64
	}{
		{"wet days", wet / days, 0.348, 0.01},
		{"wet days after a wet day", stillWet / wet, 0.449, 0.025},
		{"inches of rain a year", rain / years, 51.4, 4},
		{"days with snow a year", snowDays / years, 11.0, 1.5},
		{"inches of snow a year", snow / years, 31.1, 5},
	} {
		if math.Abs(c.got-c.want) > c.margin {
			t.Errorf("%s: want %.4g, give or take %.3g, got %.4g", c.what, c.want, c.margin, c.got)
		}
		t.Logf("%-26s real %-6.4g here %.4g", c.what, c.want, c.got)
	}
	for m, c := range climates {
		var sum float64
		for _, v := range high[m] {
			sum += v
		}
		if mean := sum / float64(len(high[m])); math.Abs(mean-c.high) > 2.5 {
			t.Errorf("%v: want a mean high of %.1f, got %.1f", time.Month(m+1), c.high, mean)
		}
	}
}

// A day's weather depends on its date and the seed, not on the span it is in.
func TestWeatherOfADayIsTheSame(t *testing.T) {
	a, b, other := newSky(3), newSky(3), newSky(4)
	same := true
	for d := month(2024, 2); d.Before(month(2024, 3)); d = d.AddDate(0, 0, 1) {
		b.day(d.AddDate(0, 0, 100))
		if x, y := a.day(d), b.day(d); x != y {
			t.Errorf("want %v, got %v", x, y)
		}
		same = same && a.day(d) == other.day(d)
	}
	if same {
		t.Error("seeds 3 and 4 have the same February")
	}
}
