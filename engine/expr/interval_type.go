package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// intervalUnits are the units of the two kinds of intervals, the largest first.
var intervalUnits = map[Type][]string{YearMonth: {"year", "month"}, DayTime: {"day", "hour", "minute", "second"}}

// IntervalOf is the type of intervals that are written in units from one to
// another: "day" to "hour". It is YearMonth or DayTime itself where those are the
// first and last of its kind; ok is false where the units are none or the wrong
// way round.
func IntervalOf(from, to string) (t Type, ok bool) {
	for kind, units := range intervalUnits {
		first, last := -1, -1
		for i, u := range units {
			if u == from {
				first = i
			}
			if u == to {
				last = i
			}
		}
		if first >= 0 && first <= last {
			return intervalOf(kind, first, last), true
		}
	}
	return Null, false
}

func intervalOf(kind Type, first, last int) Type {
	if first == 0 && last == len(intervalUnits[kind])-1 {
		return kind
	}
	return kind | Type(1+first<<2+last)<<kindBits
}

// span is the positions of an interval type's first and last units.
func (t Type) span() (first, last int) {
	if code := int(t >> kindBits); code > 0 {
		return (code - 1) >> 2, (code - 1) & 3
	}
	return 0, len(intervalUnits[t.Kind()]) - 1
}

// units is the units as SQL names them: day to second, or month.
func (t Type) units() string {
	first, last := t.span()
	units := intervalUnits[t.Kind()]
	if first == last {
		return units[first]
	}
	return units[first] + " to " + units[last]
}

// widestInterval is the type of both of two interval types of one kind.
func widestInterval(a, b Type) Type {
	f, l := a.span()
	g, m := b.span()
	return intervalOf(a.Kind(), min(f, g), max(l, m))
}

// unitSize is what one of a unit counts: months or microseconds.
func unitSize(kind Type, unit int) uint64 {
	if kind == YearMonth {
		return [...]uint64{12, 1}[unit]
	}
	return [...]uint64{microsPerDay, 3600e6, 60e6, 1e6}[unit]
}

// intervalText prints what stands between the quotes of an interval: 1-2,
// 1 02:03:04.5. The first unit takes in all that larger ones would hold.
func intervalText(v int64, t Type) string {
	sign, n := magnitudeOf(v)
	first, last := t.span()
	text := []byte(sign)
	for unit := first; unit <= last; unit++ {
		size := unitSize(t.Kind(), unit)
		count := n / size
		n %= size
		switch {
		case unit == first:
		case t.Kind() == YearMonth:
			text = append(text, '-')
		case unit == 1:
			text = append(text, ' ')
		default:
			text = append(text, ':')
		}
		if t.Kind() == DayTime && unit > 0 && count < 10 {
			text = append(text, '0')
		}
		text = strconv.AppendUint(text, count, 10)
	}
	if t.Kind() == DayTime && last == 3 && n > 0 {
		text = append(text, strings.TrimRight(fmt.Sprintf(".%06d", n), "0")...)
	}
	return string(text)
}

// parseInterval reads what intervalText prints, with or without INTERVAL '...' and
// the units around it. Numbers behind the first are below the size of the unit
// before.
func parseInterval(text string, t Type) (int64, bool) {
	s, text := sign(unquoted(text, strings.ToUpper(t.units())))
	first, last := t.span()
	text, fraction, point := strings.Cut(text, ".")
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' || r == '-' })
	if len(parts) != last-first+1 || point && (t.Kind() != DayTime || last < 3 || len(fraction) == 0 || len(fraction) > 9) {
		return 0, false
	}
	total, written := uint64(0), []byte{}
	for i, part := range parts {
		size := unitSize(t.Kind(), first+i)
		limit := int64(math.MaxInt64 / size)
		if i > 0 {
			limit = int64(unitSize(t.Kind(), first+i-1) / size)
			written = append(written, "-- ::"[i+first+b2i(t.Kind() == DayTime)])
		}
		n, ok := field(part, limit)
		if !ok {
			return 0, false
		}
		total += uint64(n) * size
		written = append(written, part...)
	}
	micros, ok := field((fraction + "000000")[:6], 1e6)
	total += uint64(micros)
	v := s * int64(total)
	return v, ok && string(written) == text && total <= math.MaxInt64 && (t.Kind() == DayTime || v == int64(int32(v)))
}

func b2i(b bool) int { return int(b2u(b)) }
