package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// whole prints a whole number; %x and %o show negative ones in two's complement.
func (d *directive) whole(v int64, layout Type) string {
	unsigned := uint64(v)
	if layout == Int32 {
		unsigned = uint64(uint32(v))
	}
	switch d.verb {
	case 'x', 'X':
		if d.has('#') {
			return "0x" + strconv.FormatUint(unsigned, 16)
		}
		return strconv.FormatUint(unsigned, 16)
	case 'o':
		return strconv.FormatUint(unsigned, 8)
	}
	digits := strings.TrimPrefix(strconv.FormatInt(v, 10), "-")
	if d.has(',') {
		digits = commas(digits)
	}
	return d.signed(digits, v < 0)
}

func (d *directive) signed(digits string, negative bool) string {
	switch {
	case negative && d.has('('):
		return "(" + digits + ")"
	case negative:
		return "-" + digits
	case d.has('+'):
		return "+" + digits
	case d.has(' '):
		return " " + digits
	}
	return digits
}

// commas puts a comma between the thousands of a number without sign.
func commas(digits string) string {
	whole, fraction, point := strings.Cut(digits, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if point {
		b.WriteString("." + fraction)
	}
	return b.String()
}

// float prints a number that is not infinite. Java rounds the shortest decimal
// text of a double, halves up.
func (d *directive) float(v float64) string {
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	negative := v < 0 || v == 0 && 1/v < 0
	if negative {
		v = -v
	}
	var digits string
	switch d.verb | 0x20 {
	case 'f':
		digits = fixed(v, precision)
	case 'e':
		digits = scientific(v, precision)
	case 'g':
		precision = max(precision, 1)
		if rounded := scientific(v, precision-1); v != 0 && (v < 1e-4 || rounded[strings.IndexByte(rounded, 'e')+1] != '-' && v >= 1 && exponentOf(rounded) >= precision) {
			digits = rounded
		} else {
			digits = fixed(v, max(precision-1-exponentOf(rounded), 0))
		}
	}
	if d.has(',') && !strings.Contains(digits, "e") {
		digits = commas(digits)
	}
	return d.signed(digits, negative)
}

// fixed prints v, which is not negative, with so many decimals.
func fixed(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) <= decimals {
		fraction += strings.Repeat("0", decimals-len(fraction))
	} else {
		whole, fraction = roundDigits(whole, fraction, decimals)
	}
	if decimals == 0 {
		return whole
	}
	return whole + "." + fraction
}

// roundDigits keeps so many digits of a fraction, halves up.
func roundDigits(whole, fraction string, decimals int) (string, string) {
	up := fraction[decimals] >= '5'
	digits := []byte("0" + whole + fraction[:decimals])
	for i := len(digits) - 1; up; i-- {
		if up = digits[i] == '9'; up {
			digits[i] = '0'
		} else {
			digits[i]++
		}
	}
	if digits[0] == '0' {
		digits = digits[1:]
	}
	return string(digits[:len(digits)-decimals]), string(digits[len(digits)-decimals:])
}

// scientific prints v as d.dde+xx.
func scientific(v float64, decimals int) string {
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	exponent, _ := strconv.Atoi(power)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(fraction) <= decimals {
		fraction += strings.Repeat("0", decimals-len(fraction))
	} else if whole, fraction = roundDigits(whole, fraction, decimals); len(whole) == 2 {
		whole, exponent = "1", exponent+1
	}
	if decimals > 0 {
		whole += "." + fraction
	}
	return fmt.Sprintf("%se%+03d", whole, exponent)
}

func exponentOf(scientific string) int {
	_, power, _ := strings.Cut(scientific, "e")
	exponent, _ := strconv.Atoi(power)
	return exponent
}
