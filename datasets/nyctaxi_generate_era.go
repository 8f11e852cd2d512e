package datasets

import "time"

// An era is what depends on the month: rules of the city and habits of the
// vendors. Amounts are in cents. Measured are those of the first half of 2024 and
// of February 2025; assumed are the months in which tolls and the airport fee
// rose, the tolls to Newark of 2023, and that 2025 and later stay as that
// February.
type era struct {
	nulls      int64 // of 1,000 rows of a file, those of its null block
	vendor1    chance
	toll       int64 // a crossing by tunnel or bridge of the MTA, paid by E-ZPass
	newarkToll int64
	airportFee int64
	zoneFee    bool   // the congestion zone's own fee, from 2025-01-05, has a column
	refunded   chance // rows of the null block whose fare is negative, and not their total
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
	e := era{nulls: 225, vendor1: chanceOf(0.205), toll: 694, newarkToll: 1406, airportFee: 175, zoneFee: true, refunded: chanceOf(0.16)}
	at := firstMonth.AddDate(0, month, 0)
	if month < len(nullRows) {
		e.nulls, e.zoneFee, e.refunded = nullRows[month], false, chanceOf(0.017)
	}
	switch {
	case at.Year() == 2023:
		e.vendor1, e.newarkToll = chanceOf(0.262), 1275
	case at.Year() == 2024:
		e.vendor1, e.newarkToll = chanceOf(0.250), 1338
	}
	if at.Before(time.Date(2023, time.August, 1, 0, 0, 0, 0, time.UTC)) {
		e.toll = 655
	}
	if at.Before(time.Date(2023, time.April, 1, 0, 0, 0, 0, time.UTC)) {
		e.airportFee = 125
	}
	return e
}
