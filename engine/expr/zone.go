package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are the same on every machine
)

// Zone finds a time zone by a name that Spark accepts for
// spark.sql.session.timeZone and inside timestamps: an IANA region, UTC, GMT,
// UT, Z, an offset such as +01:00 or -8 alone or after one of those, or one of
// Java's short names such as PST.
func Zone(name string) (*time.Location, error) {
	rest := name
	for _, prefix := range []string{"UTC", "GMT", "UT", "Z"} {
		if after, ok := strings.CutPrefix(name, prefix); ok && (prefix != "Z" || after == "") {
			rest = after
			if rest == "" {
				return time.UTC, nil
			}
			break
		}
	}
	if seconds, ok := zoneOffset(rest); ok {
		if seconds == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(name, seconds), nil
	}
	if long, ok := shortZones[name]; ok {
		return Zone(long)
	}
	if loc, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		return loc, nil
	}
	return nil, fmt.Errorf("unknown time zone %q; write a region such as Europe/Berlin, UTC, or an offset such as +01:00", name)
}

// zoneOffset reads +h, +hh, +h:mm, +hh:mm and +hh:mm:ss, up to 18 hours, in
// seconds.
func zoneOffset(s string) (int, bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	parts := strings.Split(s[1:], ":")
	seconds, unit := 0, 3600
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 2 || i > 2 || i > 0 && len(p) != 2 && i == len(parts)-1 && i == 2 || p[0] == '+' || p[0] == '-' || i > 0 && v > 59 {
			return 0, false
		}
		seconds += v * unit
		unit /= 60
	}
	if seconds > 18*3600 {
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// shortZones are Java's ZoneId.SHORT_IDS.
var shortZones = map[string]string{"EST": "-05:00", "HST": "-10:00", "MST": "-07:00", "ACT": "Australia/Darwin",
	"AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage",
	"BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago",
	"CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
	"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland",
	"PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles",
	"SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh"}

// A clock shows instants as local times of a zone and finds the instants of
// local times. It remembers the offset last in force, since neighbouring rows
// mostly share it. It belongs to one goroutine.
type clock struct {
	zone     *time.Location
	from, to int64 // seconds between which offset holds
	offset   int64 // microseconds that the clock is ahead of UTC
}

func (m Mode) clock() *clock {
	if m.Zone == nil || m.Zone == time.UTC {
		return &clock{zone: time.UTC, from: math.MinInt64, to: math.MaxInt64}
	}
	return &clock{zone: m.Zone, from: 1, to: 0}
}

// ahead is how far the clock is ahead of UTC at an instant.
func (c *clock) ahead(micros int64) int64 {
	seconds := floorDiv(micros, 1e6)
	if seconds < c.from || seconds >= c.to {
		t := time.Unix(seconds, 0).In(c.zone)
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		c.from, c.to, c.offset = math.MinInt64, math.MaxInt64, int64(offset)*1e6
		if !start.IsZero() {
			c.from = start.Unix()
		}
		if !end.IsZero() {
			c.to = end.Unix()
		}
	}
	return c.offset
}

// steady is how far the clock is ahead of UTC at all of some instants, those
// within margin of them included; false where it changes between them. Most
// batches lie between two changes.
func (c *clock) steady(instants []int64, margin int64) (ahead int64, ok bool) {
	if c.from == math.MinInt64 && c.to == math.MaxInt64 || len(instants) == 0 {
		return c.offset, true
	}
	low, high := instants[0], instants[0]
	for _, v := range instants {
		low, high = min(low, v), max(high, v)
	}
	if low < math.MinInt64/2 || high > math.MaxInt64/2 {
		return 0, false
	}
	ahead = c.ahead(low - margin)
	return ahead, floorDiv(high+margin, 1e6) < c.to
}

// shift is the local times of instants or, with back, the instants of local
// times. Where both are the same it returns in, else out filled.
func (c *clock) shift(out, in []int64, back bool) []int64 {
	margin := int64(0)
	if back {
		margin = microsPerDay // a local time is less than that from its instant
	}
	ahead, ok := c.steady(in, margin)
	switch {
	case ok && ahead == 0:
		return in
	case ok && back:
		ahead = -ahead
		fallthrough
	case ok:
		transform(out, in, func(v int64) int64 { return v + ahead })
	case back:
		transform(out, in, c.instant)
	default:
		transform(out, in, c.local)
	}
	return out
}

// local is what the clock shows at an instant.
func (c *clock) local(micros int64) int64 { return micros + c.ahead(micros) }

// instant is when the clock shows a local time: the first time where it does so
// twice; where it is put forward over that time, as much later, as in Java.
func (c *clock) instant(local int64) int64 {
	before := c.ahead(local - microsPerDay)
	if c.ahead(local-before) == before {
		return local - before
	}
	if after := c.ahead(local + microsPerDay); c.ahead(local-after) == after {
		return local - after
	}
	return local - before
}
