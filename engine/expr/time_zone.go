package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// zoneClock is the clock of a zone by name.
func zoneClock(name string) (*clock, error) {
	zone, err := Zone(name)
	if err != nil {
		return nil, &Error{"INVALID_TIMEZONE", err.Error(), "22009"}
	}
	return Mode{Zone: zone}.clock(), nil
}

// shiftZone takes a timestamp for what a clock shows in UTC and gives what one
// in a zone shows then, or the other way round.
func shiftZone(toUTC bool) func(Mode) rowFunc {
	return func(Mode) rowFunc {
		zones := cached[*clock]{make: zoneClock}
		return func(args []*Column, i int, to *Builder) error {
			c, err := zones.of(args[1].Str(i))
			switch {
			case err != nil:
			case toUTC:
				to.appendInt(c.instant(args[0].I64[i]))
			default:
				to.appendInt(c.local(args[0].I64[i]))
			}
			return err
		}
	}
}

// bindConvertZone moves a timestamp without zone from the first zone, or the
// session's, to the second.
func bindConvertZone(m Mode, args []*Bound) (*Bound, error) {
	n := len(args) - 1
	x, err := implicit(m, args[n], TimestampNTZ)
	if err != nil {
		return nil, err
	}
	if err := castArgs(m, args[:n], String); err != nil {
		return nil, err
	}
	args[n] = x
	var zones [2]cached[*clock]
	zones[0].make, zones[1].make = zoneClock, zoneClock
	session := m.clock()
	return perRow(TimestampNTZ, args, func(args []*Column, i int, to *Builder) error {
		from, v := session, args[n].I64[i]
		var err error
		if n == 2 {
			if from, err = zones[0].of(args[0].Str(i)); err != nil {
				return err
			}
		}
		target, err := zones[1].of(args[n-1].Str(i))
		if err == nil {
			to.appendInt(target.local(from.instant(v)))
		}
		return err
	}), nil
}

// parseDuration reads a length of time like "1 hour 30 minutes" in microseconds.
func parseDuration(text string) (micros int64, ok bool) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) > 0 && words[0] == "interval" {
		words = words[1:]
	}
	for ; len(words) >= 2; words = words[2:] {
		unit := map[string]int64{"week": 7 * microsPerDay, "day": microsPerDay, "hour": 3600e6, "minute": 60e6, "second": 1e6,
			"millisecond": 1e3, "microsecond": 1}[strings.TrimSuffix(words[1], "s")]
		n, err := strconv.ParseInt(words[0], 10, 32)
		if err != nil || unit == 0 {
			return 0, false
		}
		micros, ok = micros+n*unit, true
	}
	return micros, ok && len(words) == 0
}

// bindWindow finds the window that a timestamp is in. Windows are counted from
// 1970 in UTC, whatever the zone, as in Spark.
func bindWindow(m Mode, args []*Bound) (*Bound, error) {
	lengths := []int64{0, 0, 0}
	for i, a := range args[1:] {
		v, ok := constantValue(a)
		if ok && v.Type == String {
			v.I, ok = parseDuration(v.S)
		}
		if !ok || v.IsNull || v.Type != String && v.Type.Kind() != DayTime {
			return nil, fmt.Errorf("argument %d must be a constant interval like '10 minutes'", i+2)
		}
		lengths[i] = v.I
	}
	length, start := lengths[0], lengths[2]
	switch {
	case length <= 0:
		return nil, fmt.Errorf("a window of %d microseconds has no length", length)
	case len(args) > 2 && lengths[1] != length:
		return nil, fmt.Errorf("windows that slide by less than their length put a row into several windows, which is not supported; leave the slide out")
	}
	x := args[0]
	if x.Type != TimestampNTZ {
		var err error
		if x, err = implicit(m, x, Timestamp); err != nil {
			return nil, err
		}
	}
	t := StructOf(Schema{{Name: "start", Type: x.Type}, {Name: "end", Type: x.Type}})
	return onOne(t, x, func(out, in *Column, n int) error {
		out.Items = grow(out.Items, 2)
		for k := range out.Items {
			item := &out.Items[k]
			item.Type, item.Len, item.Valid, item.I64 = in.Type, n, in.Valid, grow(item.I64, n)
			for i, v := range in.I64[:n] {
				item.I64[i] = floorDiv(v-start, length)*length + start + int64(k)*length
			}
		}
		return nil
	}), nil
}
