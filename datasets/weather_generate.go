package datasets

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"time"
)

// A climate is a month's weather in Central Park, New York, over the years 2009
// to 2024 (NOAA daily summaries, station USW00094728).
type climate struct {
	wet      float64 // part of the days with any precipitation
	rainMu   float64
	rainSD   float64 // ln(inches) of a wet day is N(rainMu, rainSD)
	high     float64
	highSD   float64 // degrees Fahrenheit, the day's maximum
	range_   float64
	rangeDev float64 // degrees between the maximum and the minimum
}

var climates = [12]climate{
	{0.343, -1.875, 1.364, 39.8, 9.9, 11.8, 5.4},
	{0.372, -2.018, 1.492, 43.4, 10.2, 13.4, 5.4},
	{0.342, -1.905, 1.495, 51.0, 10.5, 14.8, 5.4},
	{0.376, -2.064, 1.570, 62.5, 9.7, 16.7, 6.0},
	{0.383, -1.912, 1.479, 72.0, 9.3, 16.7, 5.8},
	{0.378, -1.854, 1.461, 79.7, 7.0, 15.6, 4.3},
	{0.359, -1.511, 1.493, 85.9, 5.7, 15.1, 3.9},
	{0.338, -1.606, 1.518, 83.8, 5.3, 14.3, 3.9},
	{0.284, -1.611, 1.597, 77.1, 7.1, 14.2, 4.4},
	{0.331, -1.845, 1.622, 65.4, 7.9, 12.9, 4.5},
	{0.289, -1.975, 1.526, 54.4, 8.9, 12.8, 4.5},
	{0.381, -1.712, 1.472, 45.5, 9.6, 10.8, 4.7},
}

// A day is like the day before by so much: the correlation of temperatures, and
// that of the hidden normal number which decides whether it rains.
const (
	warmthLasts = 0.60
	rainLasts   = 0.24
)

// Of wet days with a minimum of 33 degrees or less 56 % had snow; here they are
// 40 %, since cold days are not drier here, which makes as many days with snow in
// a year. Most have four to twelve inches for an inch of water.
var snowfall = chanceOf(0.40)

const (
	snowBelow = 33 // degrees Fahrenheit
	snowMu    = 2.0
	snowSD    = 0.5
)

// rainTail narrows the lognormal, whose tail is longer than rain's.
const rainTail = 0.92

// A weatherDay is one day's weather.
type weatherDay struct {
	date      time.Time
	rain      int64 // hundredths of an inch of water, melted snow included
	snow      int64 // tenths of an inch
	high, low int64 // degrees Fahrenheit
}

// A sky draws the weather. A day depends on the seed and its date alone, so that
// any two spans agree on the days that they share.
type sky struct {
	seed   uint64
	normal [spreadSize]int64 // quantiles of N(0, 1)
	snow   *spread
	rain   [12]*spread
}

func newSky(seed uint64) *sky {
	s := &sky{seed: seed, snow: newSpread(math.Exp(snowMu), snowSD)}
	for i := range s.normal {
		s.normal[i] = fixed(quantile((float64(i) + 0.5) / spreadSize))
	}
	for i, c := range climates {
		s.rain[i] = newSpread(math.Exp(c.rainMu), rainTail*c.rainSD)
	}
	return s
}

// Streams of random numbers of a day.
const (
	streamWarmth = 1<<32 + iota
	streamRain
	streamDay
)

// lasting is a day's normal number that resembles the days' before: theirs
// weigh less by the factor like with every day between.
func (s *sky) lasting(stream uint64, day int64, like float64) int64 {
	weight := math.Sqrt(1 - float64(like*like))
	var sum int64
	for back := range int64(10) {
		r := seeded(s.seed, stream, uint64(day-back))
		sum += times(s.normal[r.below(spreadSize)], fixed(weight))
		weight *= like
	}
	return sum
}

// day is the weather of a date.
func (s *sky) day(date time.Time) weatherDay {
	month := int(date.Month()) - 1
	c := climates[month]
	n := date.Unix() / 86400
	r := seeded(s.seed, streamDay, uint64(n))
	w := weatherDay{date: date}

	// Normal temperatures run from the middle of a month to that of the next.
	next, part := (month+1)%12, int64(date.Day()-15)
	if part < 0 {
		next, part = (month+11)%12, -part
	}
	high := (fixed(c.high)*(30-part) + fixed(climates[next].high)*part) / 30
	high += times(s.lasting(streamWarmth, n, warmthLasts), fixed(c.highSD))
	spread := fixed(c.range_) + times(s.normal[r.below(spreadSize)], fixed(c.rangeDev))
	w.high = (high + one/2) >> 16
	w.low = w.high - max(2, (spread+one/2)>>16)

	if s.lasting(streamRain, n, rainLasts) < fixed(quantile(c.wet)) {
		w.rain = min(max(1, times(100, s.rain[month][r.below(spreadSize)])), 700)
		if w.low <= snowBelow && r.happens(snowfall) {
			w.snow = max(1, times(w.rain, s.snow[r.below(spreadSize)])/10)
		}
	}
	return w
}

// writeWeather writes a line for each day from one date to the day before
// another, quoted as NOAA writes its daily summaries. PRCP is in inches of
// water, SNOW in inches, TMAX and TMIN in degrees Fahrenheit.
func writeWeather(to io.Writer, seed uint64, from, end time.Time) (days int64, err error) {
	w := bufio.NewWriter(to)
	fmt.Fprintln(w, `"DATE","PRCP","SNOW","TMAX","TMIN"`)
	s := newSky(seed)
	for d := from; d.Before(end); d = d.AddDate(0, 0, 1) {
		day := s.day(d)
		fmt.Fprintf(w, "%q,\"%d.%02d\",\"%d.%d\",\"%d\",\"%d\"\n", d.Format(time.DateOnly),
			day.rain/100, day.rain%100, day.snow/10, day.snow%10, day.high, day.low)
		days++
	}
	return days, w.Flush()
}
