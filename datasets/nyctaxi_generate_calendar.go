package datasets

import (
	_ "embed"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// hourOfWeek counts yellow trips by day of the week (Sunday first) and hour of
// the pickup: NYC TLC trip records, 2023 and 2024, 78,333,635 trips.
var hourOfWeek = [7][24]int64{
	{593459, 489377, 347151, 237989, 138212, 62426, 90952, 132402, 199773, 317161, 436520, 515801, 588669, 612797, 632284, 612775, 623696, 623920, 600565, 523042, 479420, 449062, 371359, 275544},
	{167167, 87130, 49144, 35813, 42129, 73694, 178141, 342181, 458401, 473054, 483978, 508343, 548972, 573629, 627247, 648987, 641791, 699873, 713738, 596836, 554497, 537994, 425476, 276639},
	{148969, 65769, 32768, 21256, 28585, 68500, 184236, 393964, 543613, 557615, 549946, 571604, 608115, 623245, 682325, 703052, 705497, 796341, 855190, 728944, 695855, 725596, 608225, 383827},
	{188018, 83814, 43037, 28103, 32244, 69210, 187583, 404680, 555762, 564779, 557007, 587841, 630843, 645936, 695253, 717111, 726862, 827955, 890977, 779827, 727989, 763945, 676276, 439506},
	{232286, 111121, 59485, 38695, 39876, 75172, 194952, 406846, 554724, 566443, 564347, 593006, 633866, 646799, 706712, 738308, 747152, 848001, 915482, 795607, 741677, 772096, 726456, 554527},
	{345222, 187408, 106661, 65258, 56155, 77963, 173295, 331960, 436917, 473995, 509548, 547784, 590329, 617766, 691549, 718210, 711690, 788165, 847388, 778659, 629082, 628354, 672507, 646655},
	{563198, 450594, 328743, 208621, 111782, 52973, 91336, 140667, 228135, 350712, 460009, 542907, 612920, 643353, 643393, 677229, 708303, 735736, 756834, 738348, 615318, 612522, 677039, 680002},
}

// monthRows are the rows of the official yellow files from 2023-01 on. Those of
// 2024-07 and from 2024-09 on are scaled from counts of cleaned rows.
var monthRows = [24]int64{
	3066766, 2913955, 3403766, 3288250, 3513649, 3307234, 2907108, 2824209, 2846722, 3522285, 3339715, 3376567,
	2964624, 3007526, 3582628, 3514289, 3723833, 3539193, 3076000, 2979183, 3633000, 3834000, 3647000, 3669000,
}

// earlierRows are those of 2009 to 2022, a line a year.
var earlierRows = [168]int64{
	14092413, 13380122, 14387371, 14294783, 14796313, 14184249, 13626103, 13686520, 13984887, 15604551, 14275339, 14583404,
	14863778, 11145409, 12884362, 15144990, 15481351, 14825128, 14656519, 12528177, 15540209, 14199607, 13912310, 13819322,
	13464997, 14202809, 16066351, 14718973, 15554868, 15097861, 14742561, 13262441, 14626748, 15697804, 14525863, 14925983,
	13058348, 13361345, 16146923, 13427802, 13965253, 15096468, 14379307, 14381752, 14546854, 14522315, 13776030, 14696610,
	14776617, 13990176, 15749228, 14652628, 15285052, 14385456, 13823840, 11681525, 14107693, 15004556, 14388451, 13971118,
	13782517, 13063794, 15428134, 14618759, 14774048, 13813079, 13104273, 12698743, 13424350, 14317774, 13309991, 13112117,
	12741035, 12442394, 13342951, 13063758, 13157677, 12324936, 11559666, 11123123, 11218122, 12307333, 11305240, 11452996,
	10905067, 11375412, 12203824, 11927996, 11832049, 11131645, 10294080, 9942263, 10116018, 10854626, 10102128, 10446697,
	9710820, 9169775, 10295441, 10047135, 10102127, 9656993, 8588486, 8422153, 8945421, 9768672, 9284803, 9508501,
	8760687, 8492819, 9431289, 9306216, 9224788, 8714667, 7851143, 7855040, 8049094, 8834520, 8155449, 8195675,
	7696617, 7049370, 7866620, 7475949, 7598445, 6971560, 6310419, 6073357, 6567788, 7213891, 6878111, 6896317,
	6405008, 6299367, 3007687, 238073, 348415, 549797, 800412, 1007286, 1341017, 1681132, 1509000, 1461898,
	1369769, 1371709, 1925152, 2171187, 2507109, 2834264, 2821746, 2788757, 2963793, 3463504, 3472949, 3214369,
	2463931, 2979431, 3627882, 3599920, 3588295, 3558124, 3174394, 3152677, 3183767, 3675411, 3252717, 3399549,
}

// dayRows are the trips of every day of 2023 and 2024, a line a month.
//
//go:embed nyctaxi_days.txt
var dayRows string

// earliest is the first month of which the TLC publishes trips.
var earliest = time.Date(2009, time.January, 1, 0, 0, 0, 0, time.UTC)

// firstMonth is the one that months are counted from; those before it are
// negative. Random streams are seeded with that number.
var firstMonth = time.Date(2023, time.January, 1, 0, 0, 0, 0, time.UTC)

// monthsSince counts months from firstMonth to t.
func monthsSince(t time.Time) int {
	return (t.Year()-firstMonth.Year())*12 + int(t.Month()-firstMonth.Month())
}

// officialRows is the size of a month's official file, from 2009-01 on; months after 2024 are as
// the same month of 2024.
func officialRows(month int) int64 {
	if month < 0 {
		return earlierRows[len(earlierRows)+month]
	}
	if month >= len(monthRows) {
		month = 12 + month%12
	}
	return monthRows[month]
}

// A calendar says when the trips of a month start: the weight of every hour.
type calendar struct {
	start, end int64    // seconds since 1970
	before     []uint64 // weight of the hours before each hour, and of all
}

// newCalendar makes that of a month, counted from firstMonth. Days of 2023 and
// 2024 are as busy as they were; others are as their day of the week.
func newCalendar(month int) calendar {
	first := firstMonth.AddDate(0, month, 0)
	next := first.AddDate(0, 1, 0)
	c := calendar{start: first.Unix(), end: next.Unix(), before: []uint64{0}}
	known := knownDays(first)
	for day, d := 0, first; d.Before(next); day, d = day+1, d.AddDate(0, 0, 1) {
		hours := &hourOfWeek[d.Weekday()]
		var sum int64
		for _, w := range hours {
			sum += w
		}
		rows := sum / 104 // weeks in two years
		if day < len(known) {
			rows = known[day]
		}
		for _, w := range hours {
			weight := uint64(rows*w*100/sum) + 1
			c.before = append(c.before, c.before[len(c.before)-1]+weight)
		}
	}
	return c
}

func knownDays(month time.Time) []int64 {
	_, line, found := strings.Cut(dayRows, month.Format("2006-01:"))
	if !found {
		return nil
	}
	line, _, _ = strings.Cut(line, "\n")
	var days []int64
	for field := range strings.FieldsSeq(line) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			panic("datasets: nyctaxi_days.txt: " + err.Error())
		}
		days = append(days, n)
	}
	return days
}

// pickups hands out the pickup times of a month's rows, in order.
type pickups struct {
	c    *calendar
	rows uint64 // of which the month's trips are made
	hour int
}

// jitter is how far rows stray from their order, to either side, in seconds. In
// official files only every second row is later than the one before it.
const jitter = 1200

// at is the pickup of row n: seconds since 1970. Rows must be asked for in
// order.
func (p *pickups) at(n uint64, r *random) int64 {
	before := p.c.before
	hi, lo := bits.Mul64(2*n+1, before[len(before)-1])
	place, _ := bits.Div64(hi, lo, 2*p.rows)
	for before[p.hour+1] <= place {
		p.hour++
	}
	part := place - before[p.hour]
	t := p.c.start + int64(p.hour)*3600 + int64(part*3600/(before[p.hour+1]-before[p.hour]))
	t += r.below(2*jitter+1) - jitter
	if t < p.c.start {
		t = 2*p.c.start - t
	}
	if t >= p.c.end {
		t = 2*p.c.end - 1 - t
	}
	return t
}
