package engine

import (
	"fmt"
	"time"

	"stagecoach/engine/expr"
)

// A Period is a length of time on the calendar.
type Period uint8

const (
	Hour Period = iota
	Day
	Month
)

// String is the period's name.
func (p Period) String() string { return [...]string{"hour", "day", "month"}[p] }

// Periods spreads rows by the hour, day or month that a date or timestamp lies in:
// rows of one period come together.
//
// With N set, neighbouring periods take turns over N partitions, and nulls go to
// partition 0. With N 0 every period from that of From to that of Until, which is
// included, has a partition of its own in their order, and one more at the end
// takes nulls and all that lies outside.
type Periods struct {
	Of          Period
	N           int
	From, Until time.Time      // their date and clock in their own zone count
	Zone        *time.Location // in which timestamps have a date and a clock; nil is UTC
}

// maxPeriods is the most partitions that periods of their own may have.
const maxPeriods = 1 << 16

// Partitions is N, or one for each period and one for the rest.
func (p Periods) Partitions() int {
	if p.N > 0 {
		return p.N
	}
	first, last := p.bounds()
	return int(min(max(last-first, 0), maxPeriods)) + 2
}

func (p Periods) bounds() (first, last int64) {
	number := func(t time.Time) int64 {
		_, offset := t.Zone()
		return p.Of.number(t.UnixMicro() + int64(offset)*1e6)
	}
	return number(p.From), number(p.Until)
}

// Check wants one column of dates or timestamps and periods that can be.
func (p Periods) Check(columns expr.Schema) error {
	if p.Of > Month {
		return fmt.Errorf("period %d is none of hour, day and month", p.Of)
	}
	if len(columns) != 1 {
		return fmt.Errorf("periods take one column of times; there are %d", len(columns))
	}
	if t := columns[0].Type; t != expr.Date && t != expr.Timestamp && t != expr.TimestampNTZ {
		return fmt.Errorf("column %s of periods is %v; cast it to date or timestamp", columns[0].Name, t)
	}
	if first, last := p.bounds(); p.N == 0 && (last < first || last-first >= maxPeriods) {
		return fmt.Errorf("there are %d periods from %s to %s; from 1 to %d can have a partition each", last-first+1,
			p.From.Format(time.DateTime), p.Until.Format(time.DateTime), maxPeriods)
	}
	return nil
}

// Describe names the periods as plans show them.
func (p Periods) Describe(columns []string) string {
	if p.N > 0 {
		return fmt.Sprintf("TimePartitioning(%s, %v, %d)", columns[0], p.Of, p.N)
	}
	return fmt.Sprintf("TimePartitioning(%s, %v, %s to %s)", columns[0], p.Of, p.From.Format(time.DateTime), p.Until.Format(time.DateTime))
}

// Place finds each row's period.
func (p Periods) Place(columns []*expr.Column, rows int, out []int32) error {
	c := columns[0]
	first, last := p.bounds()
	for i := range rows {
		switch number, ok := p.at(c, i); {
		case !ok && p.N > 0:
			out[i] = 0
		case p.N > 0:
			out[i] = int32((number%int64(p.N) + int64(p.N)) % int64(p.N))
		case !ok || number < first || number > last:
			out[i] = int32(last - first + 1)
		default:
			out[i] = int32(number - first)
		}
	}
	return nil
}

// at is the number of row i's period; false for a null.
func (p Periods) at(c *expr.Column, i int) (int64, bool) {
	if c.IsNull(i) {
		return 0, false
	}
	var local int64 // microseconds on a clock in the zone
	switch {
	case c.Type == expr.Date:
		local = int64(c.I32[i]) * microsPerDay
	case c.Type == expr.Timestamp && p.Zone != nil:
		_, offset := time.UnixMicro(c.I64[i]).In(p.Zone).Zone()
		local = c.I64[i] + int64(offset)*1e6
	default:
		local = c.I64[i]
	}
	return p.Of.number(local), true
}

const microsPerDay = 24 * 3600 * 1e6

// number counts periods since 1970 began, on a clock in microseconds.
func (p Period) number(local int64) int64 {
	switch p {
	case Hour:
		return floorDiv(local, 3600*1e6)
	case Day:
		return floorDiv(local, microsPerDay)
	}
	year, month, _ := time.UnixMicro(local).UTC().Date()
	return int64(year-1970)*12 + int64(month) - 1
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
