package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A numberFormat is a pattern of java.text.DecimalFormat: '#,##0.00'.
type numberFormat struct {
	prefix, suffix string
	whole          int // digits before the point at least
	least, most    int // digits after the point
	group          int // digits between commas; 0 without commas
	percent        bool
}

func parseNumberFormat(pattern string) (*numberFormat, error) {
	pattern, _, _ = strings.Cut(pattern, ";")
	from := strings.IndexAny(pattern, "#0,.")
	if from < 0 {
		return nil, fmt.Errorf("number format %q has no # or 0", pattern)
	}
	to := strings.LastIndexAny(pattern, "#0,.") + 1
	f := &numberFormat{prefix: pattern[:from], suffix: pattern[to:]}
	f.percent = strings.Contains(f.prefix+f.suffix, "%")
	whole, fraction, _ := strings.Cut(pattern[from:to], ".")
	if strings.Trim(whole+fraction, "#0,") != "" || strings.Contains(fraction, ",") || strings.Contains(fraction, "#0") ||
		strings.Contains(strings.ReplaceAll(whole, ",", ""), "0#") {
		return nil, fmt.Errorf("number format %q is not like #,##0.00", pattern)
	}
	if comma := strings.LastIndexByte(whole, ','); comma >= 0 {
		f.group = len(whole) - comma - 1
	}
	f.whole, f.least, f.most = strings.Count(whole, "0"), strings.Count(fraction, "0"), len(fraction)
	if f.whole+f.least == 0 && strings.Contains(pattern, ".") {
		f.whole = 1 // as Java takes '#.##' for '0.##'
	}
	return f, nil
}

// bindFormatNumber prints with commas and a number of decimals or in a pattern.
// Like Java's DecimalFormat it rounds halves to even.
func bindFormatNumber(m Mode, args []*Bound) (*Bound, error) {
	if !args[0].Type.IsNumber() {
		x, err := implicit(m, args[0], Float64)
		if err != nil {
			return nil, err
		}
		args[0] = x
	}
	if args[1].Type == String {
		formats := cached[*numberFormat]{make: parseNumberFormat}
		if err := formats.check(args[1]); err != nil {
			return nil, err
		}
		return perRow(String, args, func(args []*Column, i int, to *Builder) error {
			f, err := formats.of(args[1].Str(i))
			if err == nil {
				to.AppendBytes([]byte(f.format(args[0], i)))
			}
			return err
		}), nil
	}
	if err := castArgs(m, args[1:], Int32); err != nil {
		return nil, err
	}
	return perRow(String, args, func(args []*Column, i int, to *Builder) error {
		decimals := int(args[1].I32[i])
		if decimals < 0 {
			to.AppendNull()
			return nil
		}
		decimals = min(decimals, 1000)
		f := numberFormat{whole: 1, least: decimals, most: decimals, group: 3}
		to.AppendBytes([]byte(f.format(args[0], i)))
		return nil
	}), nil
}

func (f *numberFormat) format(c *Column, i int) string {
	digits := f.digits(c, i)
	if digits == "NaN" {
		return digits
	}
	negative := strings.HasPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(digits, "-"), ".")
	whole = strings.TrimLeft(whole, "0")
	for len(fraction) > f.least && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	fraction += strings.Repeat("0", max(f.least-len(fraction), 0))
	if len(whole) < f.whole {
		whole = strings.Repeat("0", f.whole-len(whole)) + whole
	}
	if whole == "" && fraction == "" {
		whole = "0"
	}
	if f.group > 0 && whole != "∞" {
		for at := len(whole) - f.group; at > 0; at -= f.group {
			whole = whole[:at] + "," + whole[at:]
		}
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative {
		return "-" + f.prefix + whole + f.suffix
	}
	return f.prefix + whole + f.suffix
}

// digits is the value with at most the wanted digits after the point.
func (f *numberFormat) digits(c *Column, i int) string {
	switch c.Type.Layout() {
	case Int32, Int64:
		return strconv.FormatInt(intOf(c, i), 10)
	case Decimal:
		return roundEven(c.Wide[i].Text(c.Type.Scale()), f.most)
	}
	v := c.F64[i]
	if f.percent {
		v *= 100
	}
	switch {
	case v != v:
		return "NaN"
	case math.IsInf(v, 0):
		return strings.Replace(strings.TrimPrefix(strconv.FormatFloat(v, 'f', -1, 64), "+"), "Inf", "∞", 1)
	}
	return strconv.FormatFloat(v, 'f', f.most, 64)
}

// roundEven rounds a decimal text, halves to even.
func roundEven(text string, decimals int) string {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) <= decimals {
		return text
	}
	sign := ""
	if whole[0] == '-' {
		sign, whole = "-", whole[1:]
	}
	last := whole[len(whole)-1]
	if decimals > 0 {
		last = fraction[decimals-1]
	}
	if rest := fraction[decimals:]; rest[0] == '5' && strings.Trim(rest[1:], "0") == "" && (last-'0')%2 == 0 {
		fraction = fraction[:decimals] + "0"
	}
	whole, fraction = roundDigits(whole, fraction, decimals)
	return sign + whole + "." + fraction
}
