package source

import (
	"bytes"
	"math"
	"strconv"
	"unsafe"
)

// A fieldScanner cuts a line into fields. It keeps positions, not slices, while
// it walks: a stored slice costs more than the walk.
type fieldScanner struct {
	comma, quotes, escape byte
	trimLeft, trimRight   bool

	line     []byte
	pos      int // of the next field; len(line)+1 after the last
	from, to int // the field at hand
	quoted   bool
	raw      bool   // quoted, but a quote inside is not escaped: the quotes belong to the field
	buffer   []byte // a quote and the value of a quoted field
}

func (o *CSVOptions) scanner() fieldScanner {
	return fieldScanner{comma: o.Comma, quotes: o.Quote, escape: o.Escape, trimLeft: o.TrimLeft, trimRight: o.TrimRight}
}

func (f *fieldScanner) start(line []byte) { f.line, f.pos = line, 0 }

// value is the field at hand, without its quotes, until the next call of next.
func (f *fieldScanner) value() []byte {
	switch {
	case f.raw:
		return f.buffer
	case f.quoted:
		return f.buffer[1:]
	}
	return f.line[f.from:f.to]
}

// next moves to the next field; a line has one field more than separators.
func (f *fieldScanner) next() bool {
	line, i := f.line, f.pos
	if i > len(line) {
		return false
	}
	f.quoted, f.raw = false, false
	comma := f.comma
	if f.trimLeft {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') && line[i] != comma {
			i++
		}
	}
	if i < len(line) && line[i] == f.quotes {
		f.quote(i + 1)
		return true
	}
	f.from = i
	for i < len(line) && line[i] != comma {
		i++
	}
	f.to, f.pos = i, i+1
	if f.trimRight {
		for f.to > f.from && (line[f.to-1] == ' ' || line[f.to-1] == '\t') {
			f.to--
		}
	}
	return true
}

// quote reads a field whose opening quote stands before i. The closing one is
// before a separator or the end, blanks aside. Another quote that is not escaped
// makes the field all that stands up to the next separator, quotes included, as
// in Spark. Without a closing quote it is all the line.
func (f *fieldScanner) quote(i int) {
	line := f.line
	f.quoted = true
	f.buffer = append(f.buffer[:0], f.quotes)
	for {
		at := i
		for at < len(line) && line[at] != f.quotes && line[at] != f.escape {
			at++
		}
		f.buffer = append(f.buffer, line[i:at]...)
		if at == len(line) {
			f.pos = at + 1
			return
		}
		escaped := line[at] == f.escape && at+1 < len(line) && (line[at+1] == f.quotes || line[at+1] == f.escape)
		if escaped || line[at] != f.quotes {
			if escaped {
				at++
			}
			f.buffer = append(f.buffer, line[at])
			i = at + 1
			continue
		}
		end := at + 1
		for end < len(line) && (line[end] == ' ' || line[end] == '\t') && line[end] != f.comma {
			end++
		}
		if end == len(line) || line[end] == f.comma {
			f.pos = end + 1
			return
		}
		f.raw = true
		end = bytes.IndexByte(line[at:], f.comma)
		if end += at; end < at {
			end = len(line)
		}
		f.buffer = append(f.buffer, line[at:end]...)
		f.pos = end + 1
		return
	}
}

func parseInt(b []byte) (int64, bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative, i = b[0] == '-', 1
	}
	if digits := len(b) - i; digits == 0 || digits > 18 {
		if digits == 19 {
			v, err := strconv.ParseInt(asString(b), 10, 64)
			return v, err == nil
		}
		return 0, false
	}
	var v int64
	for _, c := range b[i:] {
		if c -= '0'; c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	if negative {
		v = -v
	}
	return v, true
}

var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseFloat is exact: up to 15 digits the mantissa and the power of ten are
// doubles, and one division rounds once; up to 19 digits divide is exact or says
// that it is not. Everything else goes to strconv.
func parseFloat(b []byte) (float64, bool) {
	i, negative := 0, false
	if len(b) > 0 && b[0] == '-' {
		negative, i = true, 1
	}
	var v uint64
	digits, point := 0, -1
	for ; i < len(b); i++ {
		c := b[i] - '0'
		if c <= 9 {
			v = v*10 + uint64(c)
			digits++
			continue
		}
		if b[i] != '.' || point >= 0 {
			return slowFloat(b)
		}
		point = digits
	}
	if digits == 0 || digits > 19 {
		return slowFloat(b)
	}
	f := float64(v)
	switch {
	case digits > 15:
		exact := false
		if point < 0 {
			point = digits
		}
		if f, exact = divide(v, digits-point); !exact {
			return slowFloat(b)
		}
	case point >= 0:
		f /= powers[digits-point]
	}
	if negative {
		f = -f
	}
	return f, true
}

// divide is v, of at most 19 digits, by a power of ten, to the nearest double;
// false where it cannot tell which that is.
//
// v is the sum of two doubles, and the remainder of the first by the power is one
// (by a fused multiplication); what is left over, divided, corrects the quotient. The
// correction is off by less than a part in 2^50, so that where the sum rounds to the
// same double a little above and below it, that is the nearest.
func divide(v uint64, power int) (float64, bool) {
	p := powers[power]
	high := float64(v)
	low := float64(int64(v - uint64(high)))
	q := high / p
	c := (math.FMA(-q, p, high) + low) / p
	const margin = 1.0 / (1 << 50)
	sum := q + c*(1+margin)
	return sum, sum == q+c*(1-margin)
}

func slowFloat(b []byte) (float64, bool) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || len(b) > 64 || bytes.IndexByte(b, '_') >= 0 || bytes.IndexByte(b, 'x') >= 0 || bytes.IndexByte(b, 'X') >= 0 {
		return 0, false
	}
	if b[len(b)-1] > '9' { // of the words that strconv reads those that Spark does
		switch string(b) {
		case "NaN", "Inf", "-Inf", "+Inf", "Infinity", "-Infinity", "+Infinity":
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(asString(b), 64)
	return f, err == nil
}

func parseBool(b []byte) (uint8, bool) {
	switch {
	case bytes.EqualFold(b, []byte("true")):
		return 1, true
	case bytes.EqualFold(b, []byte("false")):
		return 0, true
	}
	return 0, false
}

// asString views bytes as a string for the length of a call.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// parseTime reads a date, or a date and a clock, as microseconds since 1970:
//
//	2016-03-31  2016-03-31 17:05:09  2016-03-31T17:05:09.25  2016-03-31 17:05:09 UTC
//	3/31/2016   3/31/2016 17:05      3/31/2016 5:05:09 PM
//
// clock tells whether there was one.
func parseTime(b []byte) (micros int64, clock, ok bool) {
	year, month, day, rest, ok := parseDay(b)
	if !ok {
		return 0, false, false
	}
	micros = int64(daysSince1970(year, month, day)) * microsPerDay
	if len(rest) == 0 {
		return micros, false, true
	}
	if rest[0] != ' ' && rest[0] != 'T' {
		return 0, false, false
	}
	hour, rest, ok1 := number(rest[1:], 2)
	if !ok1 || len(rest) == 0 || rest[0] != ':' {
		return 0, false, false
	}
	minute, rest, ok2 := number(rest[1:], 2)
	second, ok3 := 0, true
	if len(rest) > 0 && rest[0] == ':' {
		second, rest, ok3 = number(rest[1:], 2)
	}
	if !ok2 || !ok3 {
		return 0, false, false
	}
	fraction := int64(0)
	if len(rest) > 1 && rest[0] == '.' {
		i, scale := 1, int64(100_000)
		for ; i < len(rest) && rest[i]-'0' <= 9; i++ {
			fraction += int64(rest[i]-'0') * scale
			scale /= 10
		}
		rest = rest[i:]
	}
	switch string(rest) {
	case "", "Z", " UTC", "+00:00":
	case " AM", " am":
		hour %= 12
	case " PM", " pm":
		hour = hour%12 + 12
	default:
		return 0, false, false
	}
	if hour > 23 || minute > 59 || second > 59 {
		return 0, false, false
	}
	return micros + (int64(hour)*3600+int64(minute)*60+int64(second))*1_000_000 + fraction, true, true
}

func parseDay(b []byte) (year, month, day int, rest []byte, ok bool) {
	if len(b) < 8 {
		return
	}
	var ok1, ok2, ok3 bool
	if b[4] == '-' {
		year, rest, ok1 = number(b, 4)
		month, rest, ok2 = number(rest[1:], 2)
		if len(rest) == 0 || rest[0] != '-' {
			return
		}
		day, rest, ok3 = number(rest[1:], 2)
	} else {
		month, rest, ok1 = number(b, 2)
		if len(rest) == 0 || rest[0] != '/' {
			return
		}
		day, rest, ok2 = number(rest[1:], 2)
		if len(rest) == 0 || rest[0] != '/' {
			return
		}
		year, rest, ok3 = number(rest[1:], 4)
		ok3 = ok3 && year > 999
	}
	ok = ok1 && ok2 && ok3 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
	return
}

// number reads up to width digits.
func number(b []byte, width int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < width && b[i]-'0' <= 9 {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i > 0
}

func daysIn(year, month int) int {
	if month == 2 && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 28
	}
	return [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// daysSince1970 counts days in the Gregorian calendar, with years that start in
// March so that the leap day comes last.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	of := year - era*400
	return era*146097 + of*365 + of/4 - of/100 + (153*(month-3)+2)/5 + day - 1 - 719468
}
