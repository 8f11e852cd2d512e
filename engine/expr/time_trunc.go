package expr

import "strings"

// A truncation cuts a time to a unit: of the calendar, for which it moves a day
// to the first of its unit, or of the clock, of so many microseconds.
type truncation struct {
	day    func(days int64) int64
	micros int64
}

// parseTruncation knows no unit by the empty truncation: Spark's answer is null.
func parseTruncation(unit string) (t truncation, err error) {
	switch strings.ToUpper(unit) {
	case "YEAR", "YYYY", "YY":
		t.day = func(d int64) int64 { y, _, _ := civil(d); return daysFromCivil(y, 1, 1) }
	case "QUARTER":
		t.day = func(d int64) int64 { y, m, _ := civil(d); return daysFromCivil(y, (m-1)/3*3+1, 1) }
	case "MONTH", "MON", "MM":
		t.day = func(d int64) int64 { y, m, _ := civil(d); return daysFromCivil(y, m, 1) }
	case "WEEK":
		t.day = func(d int64) int64 { return d - int64(weekdayOf(d)) }
	case "DAY", "DD":
		t.micros = microsPerDay
	case "HOUR":
		t.micros = 3600e6
	case "MINUTE":
		t.micros = 60e6
	case "SECOND":
		t.micros = 1e6
	case "MILLISECOND":
		t.micros = 1e3
	case "MICROSECOND":
		t.micros = 1
	}
	return t, nil
}

// bindTrunc cuts dates.
func bindTrunc(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args, Date, String); err != nil {
		return nil, err
	}
	units := cached[truncation]{make: parseTruncation}
	var bitmap []byte
	return onTwo(Date, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I32 = grow(out.I32, n)
		out.Valid = ownBitmap(out.Valid, n, &bitmap)
		for i := range out.I32 {
			if out.IsNull(i) {
				continue
			}
			if t, _ := units.of(b.Str(i)); t.day != nil {
				out.I32[i] = int32(t.day(int64(a.I32[i])))
			} else {
				clearBit(out.Valid, i)
			}
		}
		return nil
	}), nil
}

// bindDateTrunc cuts timestamps. Hours and less are cut in time, so that they
// stay in their hour where the clock shows one twice; days and more on the
// clock.
func bindDateTrunc(m Mode, args []*Bound) (*Bound, error) {
	if err := castArgs(m, args, String, Timestamp); err != nil {
		return nil, err
	}
	units := cached[truncation]{make: parseTruncation}
	c := m.clock()
	if unit, ok := constantValue(args[0]); ok && !unit.IsNull {
		if t, _ := units.of([]byte(unit.S)); t.micros > 0 && t.micros < microsPerDay {
			return onOne(Timestamp, args[1], func(out, in *Column, n int) error {
				out.I64 = grow(out.I64, n)
				c.cut(out.I64, in.I64[:n], t.micros)
				return nil
			}), nil
		}
	}
	var bitmap []byte
	return onTwo(Timestamp, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I64 = grow(out.I64, n)
		out.Valid = ownBitmap(out.Valid, n, &bitmap)
		for i := range out.I64 {
			if out.IsNull(i) {
				continue
			}
			t, _ := units.of(a.Str(i))
			v := b.I64[i]
			switch local := c.local(v); {
			case t.day != nil:
				v = c.instant(t.day(floorDiv(local, microsPerDay)) * microsPerDay)
			case t.micros == microsPerDay:
				v = c.instant(floorDiv(local, microsPerDay) * microsPerDay)
			case t.micros > 0:
				v -= local - floorDiv(local, t.micros)*t.micros
			default:
				clearBit(out.Valid, i)
			}
			out.I64[i] = v
		}
		return nil
	}), nil
}

// cut rounds instants down to a unit of less than a day.
func (c *clock) cut(out, in []int64, unit int64) {
	ahead, ok := c.steady(in, 0)
	switch {
	case !ok:
		for i, v := range in {
			out[i] = v - floorMod(c.local(v), unit)
		}
	case unit == 3600e6: // divided by a constant, which takes a fourth of the time
		for i, v := range in {
			out[i] = v - floorMod(v+ahead, 3600e6)
		}
	default:
		for i, v := range in {
			out[i] = v - floorMod(v+ahead, unit)
		}
	}
}
