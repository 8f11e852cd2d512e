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
			return rounded(float64(v)/float64(unit), 1) + " " + name
		}
	}
	return rounded(float64(v), 1) + " B"
}

// sparkTime prints milliseconds as Spark does (Utils.msDurationToString), which
// divides them as 32-bit floats.
func sparkTime(ms int64) string {
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", ms)
	case ms < 60_000:
		return rounded(float64(float32(ms)/1000), 1) + " s"
	case ms < 3_600_000:
		return rounded(float64(float32(ms)/60_000), 1) + " m"
	default:
		return rounded(float64(float32(ms)/3_600_000), 2) + " h"
	}
}

// rounded prints v with some decimals as Java does: the shortest digits that mean
// v, a half rounded up. Go rounds what v is in binary, and halves to even.
func rounded(v float64, decimals int) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	for len(fraction) <= decimals {
		fraction += "0"
	}
	n, err := strconv.ParseInt(whole+fraction[:decimals], 10, 64)
	if err != nil {
		return strconv.FormatFloat(v, 'f', decimals, 64)
	}
	if fraction[decimals] >= '5' {
		n++
	}
	digits := fmt.Sprintf("%0*d", decimals+1, n)
	return digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
}

// tenths prints a value of which Spark keeps ten times as much.
func tenths(v int64) string {
	text := strconv.FormatFloat(float64(v)/10, 'f', 1, 64)
	return strings.TrimSuffix(text, ".0")
}
