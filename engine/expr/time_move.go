package expr

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

// bindDateAdd moves a date by days forth (sign 1) or back; with three arguments
// it is timestampadd.
func bindDateAdd(sign int32) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if len(args) == 3 {
			return bindTimestampAdd(m, args)
		}
		if err := castArgs(m, args, Date, Int32); err != nil {
			return nil, err
		}
		return onTwo(Date, args[0], args[1], func(out, a, b *Column, n int) error {
			out.I32 = grow(out.I32, n)
			for i := range out.I32 {
				out.I32[i] = a.I32[i] + sign*b.I32[i]
			}
			return nil
		}), nil
	}
}

func bindDateDiff(m Mode, args []*Bound) (*Bound, error) {
	if len(args) == 3 {
		return bindTimestampDiff(m, args)
	}
	if err := castArgs(m, args, Date); err != nil {
		return nil, err
	}
	return onTwo(Int32, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I32 = grow(out.I32, n)
		for i := range out.I32 {
			out.I32[i] = a.I32[i] - b.I32[i]
		}
		return nil
	}), nil
}

func addMonthsRow(args []*Column, i int, to *Builder) error {
	to.appendInt(addMonths(int64(args[0].I32[i]), int64(args[1].I32[i])))
	return nil
}

// bindMonthsBetween follows Spark: whole months where the days of the month are
// equal or both the last, else 31sts of a month for the rest.
func bindMonthsBetween(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args, Timestamp, Timestamp, Bool); err != nil {
		return nil, err
	}
	c := m.clock()
	return perRow(Float64, args, func(args []*Column, i int, to *Builder) error {
		v := c.monthsBetween(args[0].I64[i], args[1].I64[i])
		if len(args) == 2 || args[2].Bools[i] != 0 {
			v = math.Round(v*1e8) / 1e8
		}
		to.AppendValue(Value{Type: Float64, F: v})
		return nil
	}), nil
}

func (c *clock) monthsBetween(a, b int64) float64 {
	x, y := floorDiv(c.local(a), microsPerDay), floorDiv(c.local(b), microsPerDay)
	xYear, xMonth, xDay := civil(x)
	yYear, yMonth, yDay := civil(y)
	months := float64((xYear-yYear)*12 + int64(xMonth-yMonth))
	if xDay == yDay || lastDay(x) == x && lastDay(y) == y {
		return months
	}
	// Seconds of a day pass from its midnight on, whatever the clock shows.
	seconds := int64(xDay-yDay)*86400 + (a-c.instant(x*microsPerDay))/1e6 - (b-c.instant(y*microsPerDay))/1e6
	return months + float64(seconds)/(31*86400)
}

// nextDay knows a day by its first two or three letters or its name.
func nextDay(m Mode) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		days, name := int64(args[0].I32[i]), string(bytes.ToUpper(bytes.TrimSpace(args[1].Str(i))))
		for k, day := range weekdayNames {
			if day = strings.ToUpper(day); len(name) > 1 && (name == day || name == day[:min(3, len(name))]) {
				to.appendInt(days + 1 + (int64(k)-int64(weekdayOf(days+1))+7)%7)
				return nil
			}
		}
		if m.fails() {
			return &Error{"ILLEGAL_DAY_OF_WEEK", fmt.Sprintf("Illegal input for day of week: %s.", args[1].Str(i)), "22009"}
		}
		to.AppendNull()
		return nil
	}
}

// A timeUnit is a unit that timestamps move by: so many months, days or
// microseconds.
type timeUnit struct{ months, days, micros int64 }

func parseTimeUnit(x *Bound) (u timeUnit, err error) {
	name, ok := constantValue(x)
	switch strings.ToUpper(name.S) {
	case "YEAR":
		u.months = 12
	case "QUARTER":
		u.months = 3
	case "MONTH":
		u.months = 1
	case "WEEK":
		u.days = 7
	case "DAY", "DAYOFYEAR":
		u.days = 1
	case "HOUR":
		u.micros = 3600e6
	case "MINUTE":
		u.micros = 60e6
	case "SECOND":
		u.micros = 1e6
	case "MILLISECOND":
		u.micros = 1e3
	case "MICROSECOND":
		u.micros = 1
	default:
		ok = false
	}
	if !ok {
		return u, fmt.Errorf("unknown unit %q; there are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND and MICROSECOND", name.S)
	}
	return u, nil
}

// bindTimestampAdd moves by months and days on the clock's calendar, by smaller
// units in time.
func bindTimestampAdd(m Mode, args []*Bound) (*Bound, error) {
	u, err := parseTimeUnit(args[0])
	if err != nil {
		return nil, err
	}
	t, c := Timestamp, m.clock()
	if args[2].Type == TimestampNTZ {
		t, c = TimestampNTZ, Mode{}.clock()
	}
	args = args[1:]
	if err := castArgs(m, args, Int64, t); err != nil {
		return nil, err
	}
	return perRow(t, args, func(args []*Column, i int, to *Builder) error {
		n, v := args[0].I64[i], args[1].I64[i]
		largest := int64(math.MaxInt64/microsPerDay) / max(u.months*31, u.days, 1)
		if u.micros > 0 {
			largest = math.MaxInt64 / u.micros
		}
		if n > largest || n < -largest {
			return &Error{"DATETIME_OVERFLOW", fmt.Sprintf("Datetime operation overflow: add %d units to a timestamp.", n), "22008"}
		}
		local := c.local(v)
		days := floorDiv(local, microsPerDay)
		clock := local - days*microsPerDay
		switch {
		case u.micros > 0:
			v += n * u.micros
		case u.months > 0:
			v = c.instant(addMonths(days, n*u.months)*microsPerDay + clock)
		default:
			v = c.instant((days+n*u.days)*microsPerDay + clock)
		}
		to.appendInt(v)
		return nil
	}), nil
}

// bindTimestampDiff counts whole units between what clocks show.
func bindTimestampDiff(m Mode, args []*Bound) (*Bound, error) {
	u, err := parseTimeUnit(args[0])
	if err != nil {
		return nil, err
	}
	args = args[1:]
	for i, a := range args {
		if args[i], err = clockTime(m, a); err != nil {
			return nil, err
		}
	}
	return onTwo(Int64, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I64 = grow(out.I64, n)
		for i := range out.I64 {
			switch from, to := a.I64[i], b.I64[i]; {
			case u.months > 0:
				out.I64[i] = wholeMonths(from, to) / u.months
			default:
				out.I64[i] = (to - from) / max(u.days*microsPerDay, u.micros)
			}
		}
		return nil
	}), nil
}

// wholeMonths counts months from one time to another, as java.time does.
func wholeMonths(from, to int64) int64 {
	x, y := floorDiv(from, microsPerDay), floorDiv(to, microsPerDay)
	switch clock := (to - y*microsPerDay) - (from - x*microsPerDay); {
	case y > x && clock < 0:
		y--
	case y < x && clock > 0:
		y++
	}
	xYear, xMonth, xDay := civil(x)
	yYear, yMonth, yDay := civil(y)
	return ((yYear*12+int64(yMonth))*32 + int64(yDay) - (xYear*12+int64(xMonth))*32 - int64(xDay)) / 32
}
