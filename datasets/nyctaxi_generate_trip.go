package datasets

import "math"

// A trip is a row before it is written: hundredths of a mile, seconds and
// cents.
type trip struct {
	pair
	vendor   int32
	start    int64 // seconds since 1970, local time
	hour     int64
	rush     bool // a weekday from 16 to 20 o'clock
	seconds  int64
	miles    int64
	driven   int64 // miles as the fare counts them, whatever the row says
	rate     int64
	riders   int64
	stored   bool // kept in the car until there was a network
	payment  int64
	fare     int64
	extra    int64
	tax      int64
	tip      int64
	tolls    int64
	levy     int64 // improvement surcharge
	crowding int64 // congestion surcharge
	airport  int64
	zoneFee  int64
	total    int64
	places   [2]place // of the ends, for files without zones
}

// milesAnHour are the median speeds of yellow trips by hour of the pickup, 2018
// to 2020-02.
var milesAnHour = [24]float64{
	12.93, 13.64, 14.05, 14.97, 16.65, 17.25, 14.17, 11.07, 9.02, 8.74, 8.82, 8.49,
	8.52, 8.60, 8.55, 8.50, 8.80, 8.72, 8.85, 9.45, 10.50, 11.12, 11.54, 12.19,
}

// classes are how trips of a class differ from the medians of their pairs: miles
// and seconds in the first half of 2024 over those in the samples, which are
// mostly of 2016 to 2020, and sigma of ln(miles), for zones are wide and streets
// are many.
var classes = [tripClasses]struct{ miles, seconds, spread float64 }{
	withinManhattan: {1.05, 1.160, 0.31},
	sameZone:        {0.97, 1.08, 0.60},
	crossing:        {1.03, 1.07, 0.30},
	laGuardia:       {1.00, 0.93, 0.16},
	jfkManhattan:    {0.97, 1.02, 0.12},
	jfkElsewhere:    {0.96, 1.02, 0.25},
	newark:          {1.00, 0.86, 0.12},
	outside:         {0.90, 1.05, 0.35},
}

const (
	longerRides  = 0.65 // how seconds grow with miles: their logarithms' slope
	secondSpread = 0.32 // sigma of ln(seconds) at given miles and hour
)

// oddities are the chances of odd rows outside the null block, each added to
// those before it, so that one draw decides among them.
type oddities struct {
	noMiles   chance // the meter counted time and no way
	standing  chance // no way and less than a minute
	noSeconds chance // dropped off when picked up
	backwards chance // dropped off before
	allDay    chance // of vendor 2: the meter ran on until it was reset, 23 to 24 hours
	farAway   chance // a real journey, 50 to 100 miles
	absurd    chance // of vendor 2: a broken odometer, up to 330,000 miles
}

// newOddities takes the rates in the order of the fields.
func newOddities(rates [7]float64) (o oddities) {
	var sum chance
	for i, to := range []*chance{&o.noMiles, &o.standing, &o.noSeconds, &o.backwards, &o.allDay, &o.farAway, &o.absurd} {
		sum += chanceOf(rates[i])
		*to = sum
	}
	return o
}

// Rates of wrong dates (2018 to 2020, 360,000 sampled rows).
var (
	nextMonth  = chanceOf(12.5e-6)             // picked up on the first day after the file's month
	monthEarly = nextMonth + chanceOf(12.5e-6) // or in the hours before it
	clockReset = monthEarly + chanceOf(5e-6)   // by a clock that starts in the last hour of 2008
)

// rides is the drawing of routes, times and lengths.
type rides struct {
	network    *network
	spread     [tripClasses]*spread
	slow       [tripClasses]*spread // seconds that follow from the miles
	noise      *spread
	hourFactor [24]int64
}

func newRides() *rides {
	m := &rides{network: newNetwork(), noise: newSpread(1, secondSpread)}
	for i, c := range classes {
		m.spread[i], m.slow[i] = newSpread(c.miles, c.spread), newSpread(c.seconds, c.spread*longerRides)
	}
	// Medians of pairs are over all hours. Scale the hours so that their factors
	// average to one in the logarithm.
	var trips, logs float64
	for _, day := range hourOfWeek {
		for h, n := range day {
			trips += float64(n)
			logs += float64(float64(n) * math.Log(milesAnHour[h]))
		}
	}
	usual := math.Exp(logs / trips)
	for h, mph := range milesAnHour {
		m.hourFactor[h] = fixed(math.Pow(usual/mph, 0.8))
	}
	return m
}

// begin places a trip in time.
func (t *trip) begin(at int64) {
	t.start = at
	t.hour = at / 3600 % 24
	day := (at/86400 + 4) % 7 // Sunday is 0
	t.rush = day >= 1 && day <= 5 && t.hour >= 16 && t.hour < 20
}

// drive draws where a trip goes, how far and for how long, with what is odd
// about it.
func (m *rides) drive(t *trip, e *era, r *random) {
	t.pair = m.network.draw(r)
	x := r.next()
	i := x % spreadSize
	t.driven = times(int64(t.pair.miles), m.spread[t.class][i])
	t.seconds = times(int64(t.pair.seconds), m.slow[t.class][i])
	t.seconds = times(times(t.seconds, m.noise[x>>12%spreadSize]), m.hourFactor[t.hour])
	t.seconds = times(t.seconds, e.pace)
	t.seconds = min(max(t.seconds, 20), 4*3600)
	t.miles = t.driven
	switch odd := chance(x >> 32); {
	case odd >= e.odd.absurd:
	case odd < e.odd.noMiles:
		t.miles = 0
	case odd < e.odd.standing:
		t.miles, t.driven, t.seconds = 0, 0, 1+r.below(59)
	case odd < e.odd.noSeconds:
		t.seconds = 0
	case odd < e.odd.backwards:
		t.seconds = -1 - r.below(3600)
	case odd < e.odd.allDay:
		if t.vendor == 2 {
			t.seconds = 23*3600 + r.below(3600)
		}
	case odd < e.odd.farAway:
		t.driven = 5000 + r.below(5000)
		t.miles, t.seconds = t.driven, t.driven*80/100
	default:
		if t.vendor != 1 {
			t.miles = 100_000 + r.below(130_000<<r.below(9))
		}
	}
	if t.vendor == 1 { // its meters show tenths
		t.miles = (t.miles + 5) / 10 * 10
	}
}

// misdate moves a few trips out of the month of their file.
func (t *trip) misdate(c *calendar, r *random) {
	odd := chance(r.next() >> 32)
	switch {
	case odd >= clockReset:
	case odd < nextMonth:
		t.start = c.end + r.below(86400)
	case odd < monthEarly:
		t.start = c.start - 1 - r.below(7200)
	case t.vendor == 2:
		t.start = 1230764400 + r.below(26*3600) // 2008-12-31 23:00
	}
}
