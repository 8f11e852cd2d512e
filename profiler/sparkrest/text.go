package sparkrest

import (
	"fmt"
	"strconv"
	"strings"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// sparkBytes prints a size as Spark does (Utils.bytesToString): with one decimal,
// bytes too.
func sparkBytes(v int64) string {
	for i, name := range []string{"EiB", "PiB", "TiB", "GiB", "MiB", "KiB"} {
		if unit := int64(1) << (60 - 10*i); v/2 >= unit {
			return fmt.Sprintf("%.1f %s", float64(v)/float64(unit), name)
		}
	}
	return fmt.Sprintf("%.1f B", float64(v))
}

// sparkTime prints milliseconds as Spark does (Utils.msDurationToString).
func sparkTime(ms int64) string {
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", ms)
	case ms < 60_000:
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	case ms < 3_600_000:
		return fmt.Sprintf("%.1f m", float64(ms)/60_000)
	default:
		return fmt.Sprintf("%.2f h", float64(ms)/3_600_000)
	}
}

// tenths prints a value of which Spark keeps ten times as much.
func tenths(v int64) string {
	text := strconv.FormatFloat(float64(v)/10, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0")
}
