package size

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

var units = map[string]float64{"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}

// Bytes reads a size as people write it: 500GB, 1.5 TB, 64m. Units are binary, as
// Spark's are.
func Bytes(text string) (int64, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	cut := len(t)
	for cut > 0 && (t[cut-1] < '0' || t[cut-1] > '9') && t[cut-1] != '.' {
		cut--
	}
	unit := strings.TrimSpace(t[cut:])
	if len(unit) > 1 {
		unit = strings.TrimSuffix(strings.TrimSuffix(unit, "b"), "i")
	}
	scale, known := units[unit]
	number, err := strconv.ParseFloat(t[:cut], 64)
	if err != nil || !known || !(number >= 0) || number*scale > math.MaxInt64/4 {
		return 0, fmt.Errorf("size %q: write a number and a unit, such as 500GB, 1.5TB or 512m", text)
	}
	return int64(number * scale), nil
}
