package expr

import (
	"fmt"
	"strings"
)

// timeFunctions are the rows of the function table on dates and times.
func timeFunctions() []function {
	return []function{
		{"year", 1, 1, anyMode(bindCivil(yearOf)), "year of a date or timestamp"},
		{"month", 1, 1, anyMode(bindCivil(monthOf)), "month, 1 to 12"},
		{"day", 1, 1, anyMode(bindCivil(dayOf)), "day of the month, 1 to 31"},
		{"dayofweek", 1, 1, anyMode(bindCivil(dayOfWeek)), "1 for Sunday to 7 for Saturday"},
		{"hour", 1, 1, anyMode(bindClock(3600e6, 24)), "hour of a timestamp, 0 to 23"},
		{"minute", 1, 1, anyMode(bindClock(60e6, 60)), "minute of the hour"},
		{"second", 1, 1, anyMode(bindClock(1e6, 60)), "second of the minute"},
		{"date_trunc", 2, 2, anyMode(bindDateTrunc), "timestamp cut to 'year', 'month', 'week', 'day', 'hour', 'minute' or 'second'"},
		{"date_format", 2, 2, anyMode(bindDateFormat), "text of a date or timestamp after a pattern of yyyy, MM, dd, HH, mm, ss"},
		{"unix_timestamp", 1, 1, anyMode(bindUnix), "seconds since 1970"},
		{"date_add", 2, 2, bindArith('+'), "date some days later"},
		{"datediff", 2, 2, anyMode(bindDateDiff), "days from the second date to the first"},
	}
}

const microsPerDay = 86400 * 1000000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// civil returns year, month and day of a day count since 1970-01-01 in the
// proleptic Gregorian calendar. Algorithm: Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", civil_from_days: years begin in March, so that
// the leap day is the last of a year.
func civil(days int64) (year int64, month, day int) {
	z := days + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	year = yoe + era*400
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

// daysFromCivil is the inverse of civil.
func daysFromCivil(year int64, month, day int) int64 {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	mp := int64(month+9) % 12
	doy := (153*mp+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

func yearOf(days int64) int32    { y, _, _ := civil(days); return int32(y) }
func monthOf(days int64) int32   { _, m, _ := civil(days); return int32(m) }
func dayOf(days int64) int32     { _, _, d := civil(days); return int32(d) }
func dayOfWeek(days int64) int32 { return int32((days%7+11)%7) + 1 }

// bindCivil applies f to the days of a date or timestamp. Neighbouring rows
// mostly share a day, so the last answer is kept.
func bindCivil(f func(days int64) int32) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		x, err := temporal(args[0])
		if err != nil {
			return nil, err
		}
		return onOne(Int32, x, func(out, in *Column, n int) error {
			out.I32 = grow(out.I32, n)
			last, answer := int64(-1<<62), int32(0)
			for i := range out.I32 {
				var days int64
				if in.Type == Date {
					days = int64(in.I32[i])
				} else {
					days = floorDiv(in.I64[i], microsPerDay)
				}
				if days != last {
					last, answer = days, f(days)
				}
				out.I32[i] = answer
			}
			return nil
		}), nil
	}
}

// temporal returns x as a date or timestamp; strings are read as timestamps.
func temporal(x *Bound) (*Bound, error) {
	switch x.Type {
	case Date, TimestampNTZ:
		return x, nil
	case String, Null:
		return bindCast(x, TimestampNTZ)
	}
	return nil, fmt.Errorf("%v is neither date nor timestamp", x.Type)
}

// bindClock gives which unit (in microseconds) of its cycle a timestamp is in.
func bindClock(unit, cycle int64) func([]*Bound) (*Bound, error) {
	return func(args []*Bound) (*Bound, error) {
		x, err := bindCast(args[0], TimestampNTZ)
		if err != nil {
			return nil, err
		}
		return onOne(Int32, x, func(out, in *Column, n int) error {
			out.I32 = grow(out.I32, n)
			span := unit * cycle
			for i, v := range in.I64[:n] {
				r := v % span
				r += span & (r >> 63)
				out.I32[i] = int32(r / unit)
			}
			return nil
		}), nil
	}
}

func bindUnix(args []*Bound) (*Bound, error) {
	x, err := bindCast(args[0], TimestampNTZ)
	if err != nil {
		return nil, err
	}
	if x, err = bindCast(x, Timestamp); err != nil {
		return nil, err
	}
	return bindCast(x, Int64)
}

func bindDateDiff(args []*Bound) (*Bound, error) {
	for i, a := range args {
		x, err := temporal(a)
		if err == nil {
			args[i], err = bindCast(x, Date)
		}
		if err != nil {
			return nil, err
		}
	}
	return onTwo(Int32, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I32 = grow(out.I32, n)
		whole32('-', Int32, out.I32, a.I32, b.I32)
		return nil
	}), nil
}

func bindDateTrunc(args []*Bound) (*Bound, error) {
	unit, ok := constantValue(args[0])
	if !ok || unit.Type != String {
		return nil, fmt.Errorf("the first argument must be a constant text")
	}
	x, err := bindCast(args[1], TimestampNTZ)
	if err != nil {
		return nil, err
	}
	var step int64
	var calendar func(days int64) int64
	switch strings.ToLower(unit.S) {
	case "second":
		step = 1e6
	case "minute":
		step = 60e6
	case "hour":
		step = 3600e6
	case "day", "dd":
		step = microsPerDay
	case "week":
		calendar = func(d int64) int64 { return d - (d+3)%7 - 7*((d+3)%7>>63) }
	case "month", "mon", "mm":
		calendar = func(d int64) int64 { y, m, _ := civil(d); return daysFromCivil(y, m, 1) }
	case "quarter":
		calendar = func(d int64) int64 { y, m, _ := civil(d); return daysFromCivil(y, (m-1)/3*3+1, 1) }
	case "year", "yyyy", "yy":
		calendar = func(d int64) int64 { y, _, _ := civil(d); return daysFromCivil(y, 1, 1) }
	default:
		return nil, fmt.Errorf("unknown unit %q; there are year, quarter, month, week, day, hour, minute, second", unit.S)
	}
	return onOne(TimestampNTZ, x, func(out, in *Column, n int) error {
		out.I64 = grow(out.I64, n)
		for i, v := range in.I64[:n] {
			if step != 0 {
				r := v % step
				r += step & (r >> 63)
				out.I64[i] = v - r
			} else {
				out.I64[i] = calendar(floorDiv(v, microsPerDay)) * microsPerDay
			}
		}
		return nil
	}), nil
}

// bindDateFormat prints after a pattern of Spark's letters; what is no letter
// stands for itself.
func bindDateFormat(args []*Bound) (*Bound, error) {
	pattern, ok := constantValue(args[1])
	if !ok || pattern.Type != String {
		return nil, fmt.Errorf("the pattern must be a constant text")
	}
	x, err := temporal(args[0])
	if err == nil {
		x, err = bindCast(x, TimestampNTZ)
	}
	if err != nil {
		return nil, err
	}
	parts, err := parsePattern(pattern.S)
	if err != nil {
		return nil, err
	}
	builder := NewBuilder(String)
	var text []byte
	return &Bound{Type: String, eval: func(b *Batch) (*Column, error) {
		in, err := x.eval(b)
		if err != nil {
			return nil, err
		}
		builder.Reset()
		for i := range b.Rows {
			if in.IsNull(i) {
				builder.AppendNull()
				continue
			}
			text = formatTime(text[:0], parts, in.I64[i])
			builder.AppendBytes(text)
		}
		return builder.Column(), nil
	}}, nil
}

func parsePattern(p string) ([]string, error) {
	var parts []string
	for i := 0; i < len(p); {
		j := i + 1
		for j < len(p) && p[j] == p[i] {
			j++
		}
		part := p[i:j]
		if letter := p[i] | 0x20; letter >= 'a' && letter <= 'z' {
			switch part {
			case "yyyy", "MM", "dd", "HH", "mm", "ss", "yy":
			default:
				return nil, fmt.Errorf("pattern letters %q are not known; there are yyyy, yy, MM, dd, HH, mm, ss", part)
			}
		}
		parts = append(parts, part)
		i = j
	}
	return parts, nil
}

func formatTime(dst []byte, parts []string, micros int64) []byte {
	days := floorDiv(micros, microsPerDay)
	seconds := floorDiv(micros-days*microsPerDay, 1e6)
	y, m, d := civil(days)
	for _, p := range parts {
		switch p {
		case "yyyy":
			dst = fmt.Appendf(dst, "%04d", y)
		case "yy":
			dst = appendTwo(dst, int(y%100))
		case "MM":
			dst = appendTwo(dst, m)
		case "dd":
			dst = appendTwo(dst, d)
		case "HH":
			dst = appendTwo(dst, int(seconds/3600))
		case "mm":
			dst = appendTwo(dst, int(seconds/60%60))
		case "ss":
			dst = appendTwo(dst, int(seconds%60))
		default:
			dst = append(dst, p...)
		}
	}
	return dst
}

func appendTwo(dst []byte, v int) []byte { return append(dst, byte('0'+v/10%10), byte('0'+v%10)) }
