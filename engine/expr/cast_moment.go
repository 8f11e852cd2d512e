package expr

import (
	"math"
	"strings"
	"time"
)

// castMoment converts between dates, timestamps and numbers. Instants become
// what the session's clocks show and the other way round.
func (m Mode) castMoment(x *Bound, to Type) *Bound {
	from, c := x.Type, m.clock()
	var own []byte
	switch {
	case from == Date && (to == Bool || to.IsNumber()):
		return bindLiteral(Value{Type: to, IsNull: true}) // so it is without ANSI mode
	case from == Timestamp && to == Bool:
		return onOne(to, x, func(out, in *Column, n int) error {
			out.Bools = grow(out.Bools, n)
			transform(out.Bools, in.I64, func(v int64) uint8 { return b2u(v != 0) })
			return nil
		})
	case from == Timestamp && to.IsNumber():
		return m.fromInstant(x, to)
	case from == Bool || from.IsNumber():
		return m.toInstant(x)
	case to == Date:
		var local []int64
		return onOne(to, x, func(out, in *Column, n int) error {
			out.I32 = grow(out.I32, n)
			if from == TimestampNTZ {
				transform(out.I32, in.I64, func(v int64) int32 { return int32(floorDiv(v, microsPerDay)) })
			} else {
				local = grow(local, n)
				transform(out.I32, c.shift(local, in.I64[:n], false), func(v int64) int32 { return int32(floorDiv(v, microsPerDay)) })
			}
			return nil
		})
	case from == Date:
		return onOne(to, x, func(out, in *Column, n int) error {
			out.I64 = grow(out.I64, n)
			bad := false
			for i, v := range in.I32[:n] {
				local := int64(v) * microsPerDay
				bad = bad || floorDiv(local, microsPerDay) != int64(v)
				if to == Timestamp {
					local = c.instant(local)
				}
				out.I64[i] = local
			}
			if !bad {
				return nil
			}
			return m.settle(out, n, &own, func(i int) error {
				if v := int64(in.I32[i]); floorDiv(v*microsPerDay, microsPerDay) != v {
					return errOverflow("long overflow", "")
				}
				return nil
			})
		})
	}
	var shifted []int64
	return onOne(to, x, func(out, in *Column, n int) error {
		shifted = grow(shifted, n)
		out.I64 = c.shift(shifted, in.I64[:n], to == Timestamp)
		return nil
	})
}

// fromInstant is the seconds since 1970 as a number. A whole type that cannot
// hold them gets a null without ANSI mode.
func (m Mode) fromInstant(x *Bound, to Type) *Bound {
	if to.IsWhole() {
		seconds := onOne(Int64, x, func(out, in *Column, n int) error {
			out.I64 = grow(out.I64, n)
			transform(out.I64, in.I64, func(v int64) int64 { return floorDiv(v, 1e6) })
			return nil
		})
		if to == Int64 {
			return seconds
		}
		return m.perRow(to, []*Bound{seconds, x}, func(b *Builder, cols []*Column, i int) error {
			v := cols[0].I64[i]
			if v < leastWhole(to) || v > -(leastWhole(to)+1) {
				return errCastOverflow(cols[1].Value(i), m, to)
			}
			b.AppendValue(Value{Type: to, I: v})
			return nil
		})
	}
	if to.Kind() == Decimal {
		exact := onOne(DecimalOf(20, 6), x, func(out, in *Column, n int) error {
			out.Wide = grow(out.Wide, n)
			transform(out.Wide, in.I64, Wide)
			return nil
		})
		return m.castNumber(exact, to)
	}
	return onOne(to, x, func(out, in *Column, n int) error {
		out.F64 = grow(out.F64, n)
		transform(out.F64, in.I64, func(v int64) float64 {
			if s := float64(v) / 1e6; to == Float64 {
				return s
			} else {
				return float64(float32(s))
			}
		})
		return nil
	})
}

// toInstant reads numbers as seconds since 1970, and true, oddly, as a
// microsecond.
func (m Mode) toInstant(x *Bound) *Bound {
	from := x.Type
	var own []byte
	return onOne(Timestamp, x, func(out, in *Column, n int) error {
		out.I64 = grow(out.I64, n)
		switch from.Layout() {
		case Bool:
			transform(out.I64, in.Bools, func(v uint8) int64 { return int64(v) })
		case Int32:
			transform(out.I64, in.I32, func(v int32) int64 { return int64(v) * 1e6 })
		case Int64:
			const limit = math.MaxInt64 / 1000000 // beyond the ends time stands still
			for i, v := range in.I64[:n] {
				switch {
				case v > limit:
					out.I64[i] = math.MaxInt64
				case v < -limit:
					out.I64[i] = math.MinInt64
				default:
					out.I64[i] = v * 1e6
				}
			}
		case Decimal:
			scale := from.Scale()
			transform(out.I64, in.Wide, func(v Int128) int64 {
				b := v.Big()
				w, _ := FromBig(b.Mul(b, power10(6)))
				micros, _ := wholePart(w, scale)
				return micros
			})
		case Float64:
			bad := false
			for i, v := range in.F64[:n] {
				bad = bad || v-v != 0
				out.I64[i] = floatToInt(v * 1e6)
			}
			if bad {
				return m.settle(out, n, &own, func(i int) error {
					if v := in.F64[i]; v-v != 0 {
						return errCastInput(in.Value(i).sql(m), from, Timestamp)
					}
					return nil
				})
			}
		}
		return nil
	})
}

// castInterval converts between intervals, of which what is below the last unit
// is cut off, and between intervals and numbers of their last unit.
func (m Mode) castInterval(x *Bound, to Type) *Bound {
	from := x.Type
	if from.Kind() == to.Kind() {
		return cutInterval(x, to)
	}
	interval := to
	if isInterval(from) {
		interval = from
	}
	_, last := interval.span()
	unit, scale := int64(unitSize(interval.Kind(), last)), 0
	if interval.Kind() == DayTime && last == 3 {
		unit, scale = 1, 6
	}
	number := DecimalOf(19, scale)
	if isInterval(from) {
		exact := onOne(number, x, func(out, in *Column, n int) error {
			out.Wide = grow(out.Wide, n)
			if from.Kind() == YearMonth {
				transform(out.Wide, in.I32, func(v int32) Int128 { return Wide(int64(v) / unit) })
			} else {
				transform(out.Wide, in.I64, func(v int64) Int128 { return Wide(v / unit) })
			}
			return nil
		})
		if to.Kind() == Decimal {
			return m.strict().castNumber(exact, to)
		}
		return m.strict().perRow(to, []*Bound{exact, x}, func(b *Builder, cols []*Column, i int) error {
			v, _ := wholePart(cols[0].Wide[i], scale)
			if v < leastWhole(to) || v > -(leastWhole(to)+1) {
				return errCastOverflow(cols[1].Value(i), m, to)
			}
			b.AppendValue(Value{Type: to, I: v})
			return nil
		})
	}
	counts := x
	if from.Kind() != Decimal || from != number {
		counts = m.castNumber(x, number)
	}
	return m.strict().perRow(to, []*Bound{counts, x}, func(b *Builder, cols []*Column, i int) error {
		v, ok := cols[0].Wide[i].Int64()
		total := v * unit
		if !ok || total/unit != v || to.Kind() == YearMonth && total != int64(int32(total)) {
			return errCastOverflow(cols[1].Value(i), m, to)
		}
		b.AppendValue(Value{Type: to, I: total})
		return nil
	})
}

func cutInterval(x *Bound, to Type) *Bound {
	_, last := to.span()
	unit := int64(unitSize(to.Kind(), last))
	if to.Kind() == DayTime && last == 3 {
		unit = 1
	}
	return onOne(to, x, func(out, in *Column, n int) error {
		if to.Kind() == YearMonth {
			out.I32 = grow(out.I32, n)
			transform(out.I32, in.I32, func(v int32) int32 { return v - v%int32(unit) })
		} else {
			out.I64 = grow(out.I64, n)
			transform(out.I64, in.I64, func(v int64) int64 { return v - v%unit })
		}
		return nil
	})
}

// parseDate reads year, year-month or year-month-day, the last of which a blank
// or T and anything may follow.
func parseDate(text string) (int64, bool) {
	s, rest := sign(text)
	var parts [3]int64
	parts[1], parts[2] = 1, 1
	for i := range parts {
		digits := 0
		for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
			digits++
		}
		if i == 0 && (digits < 4 || digits > 7) || i > 0 && (digits < 1 || digits > 2) {
			return 0, false
		}
		parts[i], _ = field(rest[:digits], math.MaxInt64)
		rest = rest[digits:]
		switch {
		case rest == "" || i == 2 && (rest[0] == ' ' || rest[0] == 'T'):
			return dateOf(s*parts[0], int(parts[1]), int(parts[2]))
		case i == 2 || rest[0] != '-':
			return 0, false
		}
		rest = rest[1:]
	}
	return 0, false
}

// dateOf is the day of a date that exists.
func dateOf(y int64, month, day int) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	days := daysFromCivil(y, month, day)
	yy, mm, dd := civil(days)
	return days, yy == y && mm == month && dd == day && days == int64(int32(days))
}

// parseTimestamp reads a date, or a date and a time down to microseconds, which
// a zone may follow. Instants without a zone are in c's; a time alone is today's.
// A timestamp without zone ignores the zone and needs the date.
func parseTimestamp(text string, instant bool, c *clock) (int64, bool) {
	at := strings.IndexAny(text, " T")
	colon := strings.IndexByte(text, ':')
	if at < 0 && colon < 0 {
		days, ok := parseDate(text)
		return finishTimestamp(days, 0, ok, instant, c)
	}
	var days int64
	ok := true
	if at == 0 || at < 0 || colon >= 0 && colon < at {
		if !instant {
			return 0, false
		}
		days = floorDiv(c.local(time.Now().UnixMicro()), microsPerDay)
		text = strings.TrimPrefix(text, "T")
	} else {
		if strings.Count(strings.TrimLeft(text[:at], "+-"), "-") != 2 {
			return 0, false
		}
		days, ok = parseDate(text[:at])
		text = text[at+1:]
	}
	micros, zone, valid := parseClock(text)
	if zone = strings.TrimSpace(zone); zone != "" && valid {
		loc, err := Zone(zone)
		if err != nil {
			return 0, false
		}
		c = Mode{Zone: loc}.clock()
	}
	return finishTimestamp(days, micros, ok && valid, instant, c)
}

func finishTimestamp(days, micros int64, ok, instant bool, c *clock) (int64, bool) {
	const limit = math.MaxInt64/microsPerDay - 1
	if !ok || days > limit || days < -limit {
		return 0, false
	}
	if local := days*microsPerDay + micros; !instant {
		return local, true
	} else {
		return c.instant(local), true
	}
}

// parseClock reads h, h:m, h:m:s or h:m:s.f with one or two digits each and any
// number after the point, six of which count. What follows the seconds is a zone.
func parseClock(text string) (micros int64, zone string, ok bool) {
	for i, limit := range []int64{24, 60, 60} {
		digits := 0
		for digits < len(text) && digits < 3 && text[digits] >= '0' && text[digits] <= '9' {
			digits++
		}
		v, ok := field(text[:digits], limit)
		if !ok || digits > 2 {
			return 0, "", false
		}
		micros += v * []int64{3600e6, 60e6, 1e6}[i]
		text = text[digits:]
		if i == 2 {
			break
		}
		if text == "" {
			return micros, "", true
		}
		if text[0] != ':' {
			return 0, "", false
		}
		text = text[1:]
	}
	if rest, ok := strings.CutPrefix(text, "."); ok {
		unit := int64(100000)
		for rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			micros += int64(rest[0]-'0') * unit
			unit /= 10
			rest = rest[1:]
		}
		text = rest
	}
	return micros, text, true
}
