package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// append prints the instant micros as a clock shows it.
func (p *timePattern) append(dst []byte, micros int64, c *clock) []byte {
	local := c.local(micros)
	days := floorDiv(local, microsPerDay)
	clock := local - days*microsPerDay
	y, month, day := civil(days)
	hour := int(clock / 3600e6)
	for i := range p.items {
		item := &p.items[i]
		n := item.n
		switch item.letter {
		case 0:
			dst = append(dst, item.text...)
		case 'G':
			dst = append(dst, p.eraName(y, n)...)
		case 'y':
			dst = p.appendYear(dst, y, n)
		case 'M', 'L':
			dst = appendNamed(dst, month, n, monthNames[month-1])
		case 'Q', 'q':
			dst = appendQuarter(dst, int(quarterOf(days)), n)
		case 'd':
			dst = appendPadded(dst, day, n)
		case 'D':
			dst = appendPadded(dst, int(dayOfYear(days)), n)
		case 'E':
			dst = appendNamed(dst, 0, max(n, 3), weekdayNames[weekdayOf(days)])
		case 'F':
			dst = appendPadded(dst, (day-1)%7+1, n)
		case 'a':
			dst = append(dst, [2]string{"AM", "PM"}[hour/12]...)
		case 'h':
			dst = appendPadded(dst, (hour+11)%12+1, n)
		case 'H':
			dst = appendPadded(dst, hour, n)
		case 'k':
			dst = appendPadded(dst, (hour+23)%24+1, n)
		case 'K':
			dst = appendPadded(dst, hour%12, n)
		case 'm':
			dst = appendPadded(dst, int(clock/60e6%60), n)
		case 's':
			dst = appendPadded(dst, int(clock/1e6%60), n)
		case 'S':
			dst = append(dst, fmt.Sprintf("%06d000", clock%1e6)[:n]...)
		case '[', ']':
		default:
			dst = appendZone(dst, item, micros, c)
		}
	}
	return dst
}

func appendPadded(dst []byte, v, width int) []byte {
	if width == 2 {
		return appendTwo(dst, v)
	}
	for limit := 10; width > 1; width-- {
		if v < limit {
			dst = append(dst, '0')
		}
		limit *= 10
	}
	return strconv.AppendInt(dst, int64(v), 10)
}

// appendNamed prints a number, of three letters the short name, of four the
// whole.
func appendNamed(dst []byte, v, n int, name string) []byte {
	switch n {
	case 3:
		return append(dst, name[:3]...)
	case 4:
		return append(dst, name...)
	}
	return appendPadded(dst, v, n)
}

func appendQuarter(dst []byte, quarter, n int) []byte {
	switch n {
	case 3:
		return append(dst, 'Q', byte('0'+quarter))
	case 4:
		return append(dst, [...]string{"1st", "2nd", "3rd", "4th"}[quarter-1]+" quarter"...)
	}
	return appendPadded(dst, quarter, n)
}

func (p *timePattern) eraName(y int64, n int) string {
	names := [2]string{"BC", "AD"}
	if n == 4 {
		names = [2]string{"Before Christ", "Anno Domini"}
	}
	return names[b2u(y > 0)]
}

// appendYear prints two digits of a year for yy, else at least n digits with a
// sign where there are more than n, n being 4 or more.
func (p *timePattern) appendYear(dst []byte, y int64, n int) []byte {
	if p.era && y <= 0 {
		y = 1 - y
	}
	switch {
	case n == 2:
		return appendTwo(dst, int(max(y, -y)%100))
	case n == 4 && y >= 0 && y < 10000:
		return appendTwo(appendTwo(dst, int(y/100)), int(y%100))
	}
	digits := strconv.FormatInt(max(y, -y), 10)
	switch {
	case y < 0:
		dst = append(dst, '-')
	case n >= 4 && len(digits) > n:
		dst = append(dst, '+')
	}
	dst = append(dst, strings.Repeat("0", max(n-len(digits), 0))...)
	return append(dst, digits...)
}

// appendZone prints the name of a zone or how far it is ahead of UTC.
func appendZone(dst []byte, item *patternItem, micros int64, c *clock) []byte {
	offset := int(c.ahead(micros) / 1e6)
	n := item.n
	switch item.letter {
	case 'V':
		return append(dst, c.zone.String()...)
	case 'z':
		name, _ := time.UnixMicro(micros).In(c.zone).Zone()
		return append(dst, name...)
	case 'O':
		return appendGMT(dst, offset, n == 4)
	case 'Z':
		if n == 4 {
			return appendGMT(dst, offset, true)
		}
		if n < 4 {
			return appendOffset(dst, offset, 2) // +hhmm
		}
	}
	if offset == 0 && item.letter != 'x' {
		return append(dst, 'Z')
	}
	return appendOffset(dst, offset, n)
}

// appendOffset prints, by n: 1 +hh or +hhmm, 2 +hhmm, 3 +hh:mm, 4 +hhmm and 5
// +hh:mm, those with seconds where there are some.
func appendOffset(dst []byte, offset, n int) []byte {
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = appendPadded(append(dst, sign), offset/3600, 2)
	colon := n == 3 || n == 5
	if minute := offset / 60 % 60; n > 1 || minute > 0 {
		if colon {
			dst = append(dst, ':')
		}
		dst = appendPadded(dst, minute, 2)
	}
	if second := offset % 60; n > 3 && second > 0 {
		if colon {
			dst = append(dst, ':')
		}
		dst = appendPadded(dst, second, 2)
	}
	return dst
}

// appendGMT prints GMT+2 or, in full, GMT+02:00.
func appendGMT(dst []byte, offset int, full bool) []byte {
	dst = append(dst, "GMT"...)
	switch {
	case offset == 0:
		return dst
	case full:
		return appendOffset(dst, offset, 5)
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = strconv.AppendInt(append(dst, sign), int64(offset/3600), 10)
	if offset%3600 != 0 {
		dst = appendPadded(append(dst, ':'), offset/60%60, 2)
	}
	return dst
}
