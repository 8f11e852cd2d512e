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

// UnmarshalJSON implements json.Unmarshaler. What is no number, which Spark writes
// as text, is 0.
func (f *Float) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil && (len(text) == 0 || text[0] != '"') {
		return err
	}
	*f = Float(v)
	return nil
}
