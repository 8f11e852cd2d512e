package metric

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// A Unit says what the numbers of a metric count, and so how they are printed.
type Unit uint8

const (
	Count    Unit = iota // plain numbers: rows, records, blocks
	Bytes                // bytes
	Duration             // nanoseconds, always; sparklog converts Spark's milliseconds
)

// String names the unit as reports and reference tables do.
func (u Unit) String() string {
	return [...]string{"count", "bytes", "ns"}[u]
}

// Format prints v for people: "1,234", "12.3 MiB", "1.5 s".
func (u Unit) Format(v int64) string {
	switch u {
	case Bytes:
		return FormatBytes(v)
	case Duration:
		return FormatDuration(time.Duration(v))
	default:
		return FormatCount(v)
	}
}

// FormatBytes prints a size with one decimal and the largest binary unit of
// which there are at least two, as Spark's UI does (Utils.bytesToString).
func FormatBytes(v int64) string {
	if v < 0 {
		return "-" + FormatBytes(-max(v, -math.MaxInt64)) // the least number has no opposite
	}
	for i, name := range []string{"EiB", "PiB", "TiB", "GiB", "MiB", "KiB"} {
		unit := int64(1) << (60 - 10*i)
		if v/2 >= unit {
			return fmt.Sprintf("%.1f %s", float64(v)/float64(unit), name)
		}
	}
	return strconv.FormatInt(v, 10) + " B"
}

// FormatDuration prints d with two or three significant figures.
func FormatDuration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + FormatDuration(-max(d, -math.MaxInt64))
	case d == 0:
		return "0"
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.1f min", d.Minutes())
	default:
		return fmt.Sprintf("%.2f h", d.Hours())
	}
}

// FormatCount prints v with thousands separators.
func FormatCount(v int64) string {
	s := strconv.FormatInt(v, 10)
	start := 0
	if v < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
