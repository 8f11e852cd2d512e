package datasets

import (
	"math"
	"time"
)

// An era is what depends on the month: rules of the city and habits of the
// vendors. Amounts are in cents. Measured are 2018-01 to 2020-02 (260,000 sampled
// rows), the rest of 2020 (100,000), 2021 and 2022 (24,000), the first half of
// 2024 and February 2025. Assumed are the months in which tolls and the airport
// fee rose, the tolls to Newark, that 2025 and later stay as that February, and
// that before 2018 vendors, pace, dirt and refunds were as in 2018, no block of nulls
// ended a file and cards took over from cash in three steps.
type era struct {
	layout     layout
	fares      *fares
	next       *fares // from change on
	change     int64  // seconds since 1970; the end of time when all month is alike
	blank      []int  // columns that hold nulls only
	nulls      int64  // of 1,000 rows of a file, those of its null block
	vendor1    chance
	payments   alias  // from credit on, of trips that are not taken back
	refund     chance // of vendor 2: charged and taken back
	unnamed    chance // rate 99, vendor 1
	someTip    chance // of the null block
	odd        oddities
	pace       int64 // seconds of a trip, of those of 2024, in steps of 2^-16
	toll       int64 // a crossing by tunnel or bridge of the MTA, paid by E-ZPass
	newarkToll int64
	airportFee int64
	zoneFee    bool   // the congestion zone's own fee, from 2025-01-05, has a column
	refunded   chance // rows of the null block whose fare is negative, and not their total
}

// fares are the city's tariff, in cents.
type fares struct {
	from               time.Time
	initial, unit      int64 // a unit is a fifth of a mile, or a minute when slow
	mile, second, less int64 // thousandths of a cent for hundredths of a mile and seconds: fits of fares
	flat               int64 // between JFK and Manhattan
	newark             int64 // on top of the meter
	night, rush        int64
	rushFlat           int64 // rush at the flat fare
	laGuardia          int64 // picked up there
	tax, levy          int64 // of the MTA; for improvements
	crowding           int64 // congestion surcharge south of 96th street
}

// tariffs are all fares since 2009; a line for every day that changed one.
// Metered fares of 2018 to 2020-02 fit 2.07 + 1.867 a mile + 0.363 a minute, those
// of 2024 2.37 + 2.675 + 0.486; those before September 2012 are assumed to count
// as many units.
var tariffs = []fares{
	{date(2009, 1, 1), 250, 40, 1494, 484, 34_400, 4500, 1500, 50, 100, 0, 0, 0, 0, 0},
	{date(2009, 11, 1), 250, 40, 1494, 484, 34_400, 4500, 1500, 50, 100, 0, 0, 50, 0, 0},
	{date(2012, 9, 4), 250, 50, 1867, 605, 43_000, 5200, 1750, 50, 100, 450, 0, 50, 0, 0},
	{date(2015, 1, 1), 250, 50, 1867, 605, 43_000, 5200, 1750, 50, 100, 450, 0, 50, 30, 0},
	{date(2019, 2, 1), 250, 50, 1867, 605, 43_000, 5200, 1750, 50, 100, 450, 0, 50, 30, 250},
	{date(2022, 12, 19), 300, 70, 2675, 810, 63_000, 7000, 2000, 100, 250, 500, 500, 50, 100, 250},
}

func date(year int, m time.Month, day int) time.Time {
	return time.Date(year, m, day, 0, 0, 0, 0, time.UTC)
}

// faresAt is the tariff for a pickup: seconds since 1970.
func (e *era) faresAt(pickup int64) *fares {
	if pickup >= e.change {
		return e.next
	}
	return e.fares
}

// tollRises are the tolls of tunnels and bridges of the MTA, by E-ZPass, until
// the month of the next rise. The amounts from 2018 on are measured.
var tollRises = []struct {
	until time.Time
	toll  int64
}{
	{date(2011, 1, 1), 457}, {date(2013, 3, 1), 480}, {date(2015, 4, 1), 533}, {date(2017, 4, 1), 554},
	{date(2019, 4, 1), 576}, {date(2021, 4, 1), 612}, {date(2023, 8, 1), 655},
}

// nullRows is, for 2023 and 2024, the part of a month's rows that are in its
// null block, in thousandths: what is neither cash nor credit in counts of 78
// million trips, with what other payments usually take: an estimate. It was 94 in
// samples of the first half of 2024 and 225 in one of February 2025.
var nullRows = [24]int64{
	23, 23, 22, 24, 25, 27, 28, 30, 46, 42, 40, 51,
	47, 60, 117, 114, 107, 115, 93, 91, 133, 103, 104, 110,
}

func newEra(month int) era {
	at := firstMonth.AddDate(0, month, 0)
	e := era{layout: layout2023, nulls: 225, vendor1: chanceOf(0.205), toll: 694, newarkToll: 1406, airportFee: 175,
		payments: newAlias([]int64{8472, 1486, 32, 10}), refund: chanceOf(0.0199), unnamed: chanceOf(0.042),
		odd:     newOddities([...]float64{0.0080, 0.0094, 0.0006, 0.0001, 0.0005, 0.0002, 0.0001}),
		someTip: chanceOf(0.16), pace: one, zoneFee: true, refunded: chanceOf(0.16), change: math.MaxInt64}
	if month < len(nullRows) {
		e.zoneFee, e.refunded = false, chanceOf(0.017)
	}
	switch {
	case month < 0:
		e.earlier(at)
	case month < len(nullRows):
		e.nulls = nullRows[month]
	}
	switch at.Year() {
	case 2023:
		e.vendor1, e.newarkToll = chanceOf(0.262), 1275
	case 2024:
		e.vendor1, e.newarkToll = chanceOf(0.250), 1338
	}
	for _, rise := range tollRises {
		if at.Before(rise.until) {
			e.toll = rise.toll
			break
		}
	}
	switch {
	case at.Before(date(2022, time.April, 1)):
		e.airportFee = 0
	case at.Before(date(2023, time.April, 1)):
		e.airportFee = 125
	}
	for i := range tariffs {
		switch f := &tariffs[i]; {
		case !f.from.After(at):
			e.fares = f
		case f.from.Before(at.AddDate(0, 1, 0)):
			e.next, e.change = f, f.from.Unix()
		}
	}
	return e
}

// earlier sets the habits of the months before 2023. Payments are parts of what
// is not taken back: credit, cash, no charge, dispute.
func (e *era) earlier(at time.Time) {
	e.layout, e.newarkToll, e.refunded = layout2011, 1250, 0
	e.unnamed, e.refund = chanceOf(0.0001), chanceOf(0.0023)
	e.nulls, e.vendor1, e.pace, e.payments = 0, chanceOf(0.382), fixed(0.95), newAlias([]int64{6400, 3530, 53, 19})
	e.odd = newOddities([...]float64{0.0020, 0.0060, 0.0007, 0.0001, 0.0033, 0.00007, 0})
	if at.Before(date(2019, time.February, 1)) {
		e.blank = append(e.blank, crowdingColumn)
	}
	if at.Before(date(2022, time.April, 1)) {
		e.blank = append(e.blank, airportColumn)
	}
	switch {
	case at.Year() == 2009:
		e.layout, e.payments, e.blank = layout2009, newAlias([]int64{2600, 7330, 53, 19}), []int{7, 8}
	case at.Year() == 2010:
		e.layout, e.payments, e.blank = layout2010, newAlias([]int64{2600, 7330, 53, 19}), nil
	case at.Year() < 2015:
		e.payments = newAlias([]int64{5000, 4930, 53, 19})
	case at.Year() < 2018:
	case at.Before(date(2020, time.March, 1)):
		e.nulls, e.someTip, e.payments = 2, chanceOf(0.62), newAlias([]int64{7080, 2820, 53, 19})
	case at.Year() == 2020:
		e.nulls, e.someTip, e.payments = 77, chanceOf(0.62), newAlias([]int64{6340, 2770, 79, 38})
		e.vendor1, e.pace, e.refund = chanceOf(0.36), fixed(0.77), chanceOf(0.0077)
		e.odd = newOddities([...]float64{0.0095, 0.0115, 0.0020, 0.0003, 0.0023, 0.0001, 0.00002})
	default:
		e.nulls, e.someTip, e.payments = 41, chanceOf(0.66), newAlias([]int64{7400, 2080, 56, 51})
		e.vendor1, e.pace, e.refund, e.unnamed = chanceOf(0.305), fixed(0.90), chanceOf(0.0079), chanceOf(0.0077)
		e.odd = newOddities([...]float64{0.0025, 0.0118, 0.0018, 0.0002, 0.0011, 0.0002, 0})
		e.newarkToll = 1375
	}
}
