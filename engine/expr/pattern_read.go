package expr

import (
	"strings"
	"time"
)

// read reads the value of one letter.
func (f *timeFields) read(item patternItem, reserved int, text string) (rest string, ok bool) {
	n := item.n
	least, most := n, n
	if n == 1 {
		most = 19
	}
	switch item.letter {
	case 'G':
		return f.readEra(text)
	case 'y':
		return f.readYear(n, reserved, text)
	case 'M', 'L':
		if n >= 3 {
			return readName(text, monthNames[:], n == 3, &f.month)
		}
		rest, ok = digitRun(text, least, most, reserved, 1, 12, &f.month)
	case 'd':
		rest, ok = digitRun(text, least, most, reserved, 1, 31, &f.day)
	case 'D':
		if n < 3 {
			most = 3
		}
		rest, ok = digitRun(text, least, most, reserved, 1, 366, &f.dayOfYear)
	case 'a':
		return readHalf(text, &f.half)
	case 'h':
		rest, ok = digitRun(text, least, most, reserved, 1, 12, &f.hour)
		f.hour, f.ofHalf = f.hour%12, true
	case 'K':
		rest, ok = digitRun(text, least, most, reserved, 0, 11, &f.hour)
		f.ofHalf = true
	case 'H':
		rest, ok = digitRun(text, least, most, reserved, 0, 23, &f.hour)
	case 'k':
		rest, ok = digitRun(text, least, most, reserved, 1, 24, &f.hour)
		f.hour %= 24
	case 'm':
		rest, ok = digitRun(text, least, most, reserved, 0, 59, &f.minute)
	case 's':
		rest, ok = digitRun(text, least, most, reserved, 0, 59, &f.second)
	case 'S':
		return f.readFraction(n, text)
	default:
		return f.readZone(item, text)
	}
	return rest, ok
}

// digitsOf is how many digits text begins with, at most limit.
func digitsOf(text string, limit int) int {
	n := 0
	for n < len(text) && n < limit && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// digitRun reads least to most digits but leaves some for the numbers that
// follow, and sets v.
func digitRun(text string, least, most, reserved int, from, to int64, v *int64) (rest string, ok bool) {
	n := digitsOf(text, most+reserved)
	n = min(max(n-reserved, least), most)
	if n > digitsOf(text, most) {
		return "", false
	}
	*v = 0
	for _, c := range text[:n] {
		*v = min(*v*10+int64(c-'0'), 1<<40)
	}
	return text[n:], *v >= from && *v <= to
}

// readYear reads two digits of this century for yy. Four letters and more want
// as many digits, or a plus sign and more.
func (f *timeFields) readYear(n, reserved int, text string) (rest string, ok bool) {
	f.hasYear = true
	if n == 2 {
		rest, ok = digitRun(text, 2, 2, reserved, 0, 99, &f.year)
		f.year += 2000
		return rest, ok
	}
	sign := byte(0)
	if text != "" && (text[0] == '-' || text[0] == '+' && n >= 4) {
		sign, text = text[0], text[1:]
	}
	length := len(text)
	rest, ok = digitRun(text, n, 19, reserved, 0, 1<<40, &f.year)
	length -= len(rest)
	if n >= 4 && (sign == 0 && length > n || sign == '+' && length <= n) {
		return "", false
	}
	if sign == '-' {
		f.year = -f.year
	}
	return rest, ok && f.year >= -999999 && f.year <= 999999
}

func (f *timeFields) readEra(text string) (rest string, ok bool) {
	for _, name := range []string{"Anno Domini", "Before Christ", "AD", "BC"} {
		if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			f.negativeEra = name[0] == 'B'
			return text[len(name):], true
		}
	}
	return "", false
}

// readName reads a name, or its first three letters, and sets v to its number
// from 1.
func readName(text string, names []string, short bool, v *int64) (rest string, ok bool) {
	for i, name := range names {
		if short {
			name = name[:3]
		}
		if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			*v = int64(i) + 1
			return text[len(name):], true
		}
	}
	return "", false
}

func readHalf(text string, half *int64) (rest string, ok bool) {
	switch {
	case len(text) >= 2 && strings.EqualFold(text[:2], "AM"):
		*half = 0
	case len(text) >= 2 && strings.EqualFold(text[:2], "PM"):
		*half = 1
	default:
		return "", false
	}
	return text[2:], true
}

// readFraction reads up to n digits after the point of a second, six of which
// count.
func (f *timeFields) readFraction(n int, text string) (rest string, ok bool) {
	digits := digitsOf(text, n)
	unit := int64(100000)
	f.micros = 0
	for _, c := range text[:digits] {
		f.micros += int64(c-'0') * unit
		unit /= 10
	}
	return text[digits:], digits > 0
}

// readZone reads a zone: a name, or an offset as the letter prints it.
func (f *timeFields) readZone(item patternItem, text string) (rest string, ok bool) {
	end := 0
	for end < len(text) && (text[end] > ' ' && strings.IndexByte("[]()", text[end]) < 0) {
		end++
	}
	name := text[:end]
	offset := strings.IndexByte("XxZO", item.letter) >= 0
	switch {
	case item.letter == 'X' && strings.HasPrefix(name, "Z"), item.letter == 'Z' && item.n == 5 && strings.HasPrefix(name, "Z"):
		f.zone = Mode{}.clock()
		return text[1:], true
	case item.letter == 'O':
		after, ok := strings.CutPrefix(name, "GMT")
		if !ok {
			return "", false
		}
		if after == "" {
			f.zone = Mode{}.clock()
			return text[end:], true
		}
		name = after
	}
	if offset {
		if len(name) == 5 && name[3] != ':' { // +hhmm
			name = name[:3] + ":" + name[3:]
		} else if len(name) == 7 && !strings.Contains(name, ":") {
			name = name[:3] + ":" + name[3:5] + ":" + name[5:]
		}
		seconds, ok := zoneOffset(name)
		if !ok || item.letter != 'O' && len(name) < 3 {
			return "", false
		}
		f.zone = Mode{Zone: time.FixedZone(name, seconds)}.clock()
		return text[end:], true
	}
	// Daylight saving's name stands for its zone, as in Java.
	if long, known := daylightNames[strings.ToUpper(name)]; known {
		name = long
	}
	zone, err := Zone(name)
	if err != nil {
		return "", false
	}
	f.zone = Mode{Zone: zone}.clock()
	return text[end:], true
}

// daylightNames are the short names of zones that Zone does not know.
var daylightNames = map[string]string{"EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago", "CDT": "America/Chicago",
	"MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
	"CET": "Europe/Paris", "CEST": "Europe/Paris", "BST": "Europe/London", "EET": "Europe/Bucharest", "EEST": "Europe/Bucharest"}
