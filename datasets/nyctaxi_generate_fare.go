package datasets

// tipShares counts credit-card trips by tip in percent of everything else, in
// 10^-5 (2024 H1). The last is 60 and more.
var tipShares = []int64{
	5648, 174, 161, 241, 523, 1288, 1503, 1194, 1744, 1650, 4172, 1650, 1932, 1422, 1422, 4347, 1140, 778, 1288, 1596,
	52509, 134, 362, 215, 550, 8049, 134, 121, 40, 148, 2884, 67, 121, 13, 27, 54, 67, 27, 40, 27,
	54, 54, 27, 40, 13, 27, 40, 0, 27, 13, 13, 0, 13, 0, 0, 0, 13, 0, 13, 0, 188,
}

// Payment types of the TLC.
const (
	flexFare = 0 // a price agreed in an app; the rows of the null block
	credit   = 1
	cash     = 2
	noCharge = 3
	dispute  = 4
)

// tollRate is the part of a class's trips that pay a toll (2024 H1).
var tollRate = [tripClasses]float64{
	withinManhattan: 0.0005, sameZone: 0.0027, crossing: 0.237, laGuardia: 0.72,
	jfkManhattan: 0.83, jfkElsewhere: 0.13, newark: 0.96, outside: 0.07,
}

var (
	flatFare   = chanceOf(0.94)   // of trips between JFK and Manhattan
	negotiated = chanceOf(0.0060) // rate 5
	nassau     = chanceOf(0.0024) // rate 4, Nassau and Westchester
	otherToll  = chanceOf(0.02)
	noCrowding = chanceOf(0.01)
	noLevy     = chanceOf(0.0035)
	inCar      = chanceOf(0.0168) // of vendor 1: stored and forwarded
	noRider    = chanceOf(0.030)  // of vendor 1, beyond the usual
)

// upfrontSD is sigma of ln(price agreed / 1.1 times what a meter would show).
const upfrontSD = 0.2

// A tariff is the drawing of money.
type tariff struct {
	tips    alias
	refunds alias // from cash on, of trips that are
	riders  alias
	tolls   [tripClasses]chance
	upfront *spread
}

func newTariff() *tariff {
	m := &tariff{
		tips:    newAlias(tipShares),
		refunds: newAlias([]int64{29, 12, 59}),
		riders:  newAlias([]int64{33, 7780, 1393, 355, 206, 83, 71, 0, 1}),
		upfront: newSpread(1.1, upfrontSD),
	}
	for c, p := range tollRate {
		m.tolls[c] = chanceOf(p)
	}
	return m
}

// meter is the fare of a taximeter: an initial charge and a unit for each fifth
// of a mile or minute.
func (f *fares) meter(miles, seconds int64) int64 {
	half := f.unit * 500
	units := (f.mile*min(miles, 15_000) + f.second*min(max(seconds, 0), 4*3600) - f.less + half) / (2 * half)
	return f.initial + f.unit*max(units, 0)
}

// charge fills what every trip has: fare by rate, extras, tolls and fees.
func (m *tariff) charge(t *trip, e *era, r *random) {
	f := e.faresAt(t.start)
	t.fare = f.meter(t.driven, t.seconds)
	t.rate = 1
	switch {
	case t.do == zoneNewark:
		t.rate, t.fare = 3, t.fare+f.newark
	case t.class == jfkManhattan && r.happens(flatFare):
		t.rate, t.fare = 2, f.flat
	case r.happens(negotiated) || t.do == zoneElsewhere && r.below(2) == 0 || t.driven > 5000:
		t.rate, t.fare = 5, (t.fare*(80+r.below(170))/100+50)/100*100
	case r.happens(nassau):
		t.rate = 4
	case t.vendor == 1 && r.happens(e.unnamed):
		t.rate = 99
	}
	t.extra = 0
	switch {
	case t.rush && t.rate == 2:
		t.extra = f.rushFlat
	case t.rush:
		t.extra = f.rush
	case t.hour >= 20 || t.hour < 6:
		t.extra = f.night
	}
	if t.pu == zoneLaGuardia {
		t.extra += f.laGuardia
	}
	t.tax, t.levy = f.tax, f.levy
	if t.rate == 3 || t.rate == 5 {
		t.tax = 0
	}
	if r.happens(noLevy) {
		t.levy = 0
	}
	t.tolls = 0
	if r.happens(m.tolls[t.class]) {
		t.tolls = e.toll
		if t.class == newark {
			t.tolls = e.newarkToll + [...]int64{0, 0, 0, 50, 200, 700, 800, 1000}[r.below(8)]
		} else if r.happens(otherToll) {
			t.tolls = 200 + r.below(2800)
		}
	}
	t.crowding, t.airport, t.zoneFee = 0, 0, 0
	if t.crowded && !r.happens(noCrowding) {
		t.crowding = f.crowding
	}
	if t.pu == zoneJFK || t.pu == zoneLaGuardia {
		t.airport = e.airportFee
	}
	if e.zoneFee && t.crowding > 0 && t.start >= 1736035200 { // 2025-01-05
		t.zoneFee = 75
	}
}

// sum is what a trip costs but for the tip.
func (t *trip) sum() int64 {
	return t.fare + t.extra + t.tax + t.tolls + t.levy + t.crowding + t.airport + t.zoneFee
}

// pay settles a trip outside the null block. It reports whether the trip is
// taken back: the row after it is then its twin.
func (m *tariff) pay(t *trip, e *era, r *random) (taken bool) {
	taken = t.vendor == 2 && r.happens(e.refund)
	if taken {
		t.payment = cash + int64(r.draw(m.refunds))
	} else {
		t.payment = credit + int64(r.draw(e.payments))
	}
	t.tip = 0
	if t.payment == credit {
		t.tip = m.tip(t.sum(), r)
	}
	t.total = t.sum() + t.tip
	t.riders = int64(r.draw(m.riders))
	t.stored = false
	if t.vendor == 1 {
		// Vendor 1 books the surcharges in extra as well; its parts add up to
		// more than the total.
		t.extra += t.crowding + t.airport + t.zoneFee
		t.stored = r.happens(inCar)
		if r.happens(noRider) {
			t.riders = 0
		}
	}
	return taken
}

func (m *tariff) tip(sum int64, r *random) int64 {
	percent := int64(r.draw(m.tips))
	thousandths := percent * 1000
	switch percent {
	case 0, 10, 15, 20, 25, 30: // a button
	case 60:
		thousandths += r.below(60_000)
	default:
		thousandths += r.below(1000) - 500
	}
	return (sum*thousandths + 50_000) / 100_000
}

// negate makes of a trip its refund.
func (t *trip) negate() {
	t.fare, t.extra, t.tax, t.tolls, t.levy = -t.fare, -t.extra, -t.tax, -t.tolls, -t.levy
	t.crowding, t.airport, t.zoneFee, t.total = -t.crowding, -t.airport, -t.zoneFee, -t.total
}

// agree settles a trip of the null block: any number of cents, few tips, no
// extras, and five columns that the file leaves empty.
func (m *tariff) agree(t *trip, e *era, r *random) {
	t.payment, t.extra = flexFare, 0
	t.fare = times(t.fare, m.upfront[r.below(spreadSize)]) + r.below(9)
	t.airport = 0
	t.tip = 0
	if r.happens(e.someTip) {
		t.tip = t.fare * (50 + r.below(250)) / 1000
	}
	t.total = t.sum() + t.tip
	if r.happens(e.refunded) {
		t.fare = -t.fare / 2
	}
}
