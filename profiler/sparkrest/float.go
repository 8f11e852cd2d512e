package sparkrest

import (
	"math"
	"strconv"
	"strings"
)

// Float is a number that JSON shows as a fraction, as Java does: 0.0, 1.5, 1.2E7.
type Float float64

// MarshalJSON implements json.Marshaler.
func (f Float) MarshalJSON() ([]byte, error) {
	v := float64(f)
	if size := math.Abs(v); v != 0 && (size < 1e-3 || size >= 1e7) {
		text := strings.Replace(strconv.FormatFloat(v, 'E', -1, 64), "E+", "E", 1)
		mantissa, exponent, _ := strings.Cut(text, "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		sign := ""
		if strings.HasPrefix(exponent, "-") {
			sign, exponent = "-", exponent[1:]
		}
		return []byte(mantissa + "E" + sign + strings.TrimLeft(exponent, "0")), nil
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}
