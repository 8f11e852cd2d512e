package expr

import (
	"fmt"
	"strings"
)

// A dateField is a number that follows from a day.
type dateField struct {
	names, aliases string // of the function, and further ones for extract
	of             func(days int64) int32
	doc            string
}

// dateFieldList holds the fields of dates.
func dateFieldList() []dateField {
	return []dateField{
		{"year", "y years yr yrs", yearOf, "year of a date or timestamp"},
		{"quarter", "qtr", quarterOf, "quarter, 1 to 4"},
		{"month", "mon mons months", monthOf, "month, 1 to 12"},
		{"weekofyear", "week w weeks", weekOfYear, "week of the year, by ISO 8601"},
		{"day dayofmonth", "d days", dayOf, "day of the month, 1 to 31"},
		{"dayofweek", "dow", dayOfWeek, "1 for Sunday to 7 for Saturday"},
		{"dayofyear", "doy", dayOfYear, "day of the year, 1 to 366"},
		{"weekday", "", weekdayOf, "0 for Monday to 6 for Sunday"},
	}
}

// dateFields are the rows of the function table on them.
func dateFields() []function {
	var rows []function
	for _, f := range dateFieldList() {
		rows = append(rows, function{f.names, 1, 1, bindDateField(f.of), f.doc})
	}
	return rows
}

// bindDateField applies f to dates. Neighbouring rows mostly share a day, so
// the last answer is kept.
func bindDateField(f func(days int64) int32) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, Date); err != nil {
			return nil, err
		}
		return onOne(Int32, args[0], func(out, in *Column, n int) error {
			eachDay(out, in, n, f)
			return nil
		}), nil
	}
}

func eachDay(out, in *Column, n int, f func(days int64) int32) {
	out.I32 = grow(out.I32, n)
	if n == 0 {
		return
	}
	last := in.I32[0]
	answer := f(int64(last))
	for i, days := range in.I32[:n] {
		if days != last {
			last, answer = days, f(int64(days))
		}
		out.I32[i] = answer
	}
}

// bindDateOf makes dates of dates.
func bindDateOf(f func(days int64) int64) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, Date); err != nil {
			return nil, err
		}
		return onOne(Date, args[0], func(out, in *Column, n int) error {
			eachDay(out, in, n, func(days int64) int32 { return int32(f(days)) })
			return nil
		}), nil
	}
}

// clockTime casts to a timestamp without zone: what a clock in the session's
// zone shows.
func clockTime(m Mode, x *Bound) (*Bound, error) {
	if x.Type == TimestampNTZ {
		return x, nil
	}
	x, err := implicit(m, x, Timestamp)
	if err != nil {
		return nil, err
	}
	return m.cast(x, TimestampNTZ)
}

// A clockField is a unit of the clock, in microseconds, of a day, hour or minute.
type clockField int64

const (
	hourOfDay      clockField = 3600e6
	minuteOfHour   clockField = 60e6
	secondOfMinute clockField = 1e6
)

// bindClock gives which unit of the next larger one a timestamp is in.
func bindClock(unit clockField) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		x, err := clockTime(m, args[0])
		if err != nil {
			return nil, err
		}
		return onOne(Int32, x, func(out, in *Column, n int) error {
			out.I32 = grow(out.I32, n)
			switch unit { // divided by constants, which takes a fourth of the time
			case hourOfDay:
				for i, v := range in.I64[:n] {
					out.I32[i] = int32(floorMod(v, microsPerDay) / 3600e6)
				}
			case minuteOfHour:
				for i, v := range in.I64[:n] {
					out.I32[i] = int32(floorMod(v, 3600e6) / 60e6)
				}
			case secondOfMinute:
				for i, v := range in.I64[:n] {
					out.I32[i] = int32(floorMod(v, 60e6) / 1e6)
				}
			}
			return nil
		}), nil
	}
}

// secondsType is the type of seconds with their fraction.
var secondsType = DecimalOf(8, 6)

// bindExtract takes a field by its name.
func bindExtract(m Mode, args []*Bound) (*Bound, error) {
	name, ok := constantValue(args[0])
	if !ok || name.Type != String || name.IsNull {
		return nil, fmt.Errorf("the field must be a constant text")
	}
	x := args[1:]
	field := strings.ToLower(name.S)
	if isInterval(x[0].Type) {
		return extractInterval(field, x[0])
	}
	switch field {
	case "yearofweek":
		return bindDateField(yearOfWeek)(m, x)
	case "dow_iso", "dayofweek_iso":
		return bindDateField(dayOfISOWeek)(m, x)
	case "hour", "h", "hours", "hr", "hrs":
		return bindClock(hourOfDay)(m, x)
	case "minute", "m", "min", "mins", "minutes":
		return bindClock(minuteOfHour)(m, x)
	case "second", "s", "sec", "seconds", "secs":
		local, err := clockTime(m, x[0])
		if err != nil {
			return nil, err
		}
		return onOne(secondsType, local, func(out, in *Column, n int) error {
			out.Wide = grow(out.Wide, n)
			for i, v := range in.I64[:n] {
				out.Wide[i] = Wide(v - floorDiv(v, 60e6)*60e6)
			}
			return nil
		}), nil
	}
	for _, f := range dateFieldList() {
		for alias := range strings.FieldsSeq(f.names + " " + f.aliases) {
			if alias == field && field != "weekday" && field != "weekofyear" && field != "dayofmonth" && field != "dayofyear" {
				return bindDateField(f.of)(m, x)
			}
		}
	}
	return nil, &Error{"INVALID_EXTRACT_FIELD", fmt.Sprintf("cannot extract %q from %v; there are YEAR, QUARTER, MONTH, WEEK, DAY, DOW, DOW_ISO, DOY, HOUR, MINUTE, SECOND and YEAROFWEEK", name.S, x[0].Type), "42000"}
}

// extractInterval takes a field of an interval, which has the interval's sign.
func extractInterval(field string, x *Bound) (*Bound, error) {
	months := x.Type.Kind() == YearMonth
	part := func(t Type, unit, cycle int64) *Bound {
		return onOne(t, x, func(out, in *Column, n int) error {
			out.I32 = grow(out.I32, n)
			for i := range n {
				out.I32[i] = int32(intOf(in, i) / unit % cycle)
			}
			return nil
		})
	}
	switch field = strings.TrimSuffix(field, "s"); {
	case months && (field == "year" || field == "y" || field == "yr"):
		return part(Int32, 12, 1<<40), nil
	case months && (field == "month" || field == "mon"):
		return part(Int8, 1, 12), nil
	case !months && (field == "day" || field == "d"):
		return part(Int32, microsPerDay, 1<<40), nil
	case !months && (field == "hour" || field == "h" || field == "hr"):
		return part(Int8, 3600e6, 24), nil
	case !months && (field == "minute" || field == "m" || field == "min"):
		return part(Int8, 60e6, 60), nil
	case !months && (field == "second" || field == "" || field == "sec"):
		return onOne(secondsType, x, func(out, in *Column, n int) error {
			out.Wide = grow(out.Wide, n)
			for i, v := range in.I64[:n] {
				out.Wide[i] = Wide(v % 60e6)
			}
			return nil
		}), nil
	}
	return nil, &Error{"INVALID_EXTRACT_FIELD", fmt.Sprintf("cannot extract %q from %v", field, x.Type), "42000"}
}

func dayName(args []*Column, i int, to *Builder) error {
	to.AppendBytes([]byte(weekdayNames[weekdayOf(int64(args[0].I32[i]))][:3]))
	return nil
}

func monthName(args []*Column, i int, to *Builder) error {
	to.AppendBytes([]byte(monthNames[monthOf(int64(args[0].I32[i]))-1][:3]))
	return nil
}
