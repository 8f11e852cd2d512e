package expr

import (
	"strings"
	"time"
)

// A timeFields is what has been read of a text: fields by their letters, -1
// where they are missing.
type timeFields struct {
	year                   int64
	hasYear, negativeEra   bool
	month, day, dayOfYear  int64
	hour, half             int64 // 0 to 23, or 0 to 11 of a half
	ofHalf                 bool
	minute, second, micros int64
	zone                   *clock
}

// parse reads a whole text. It gives what a clock shows and the clock of the
// zone in the text, if there is one; ok is false where the text does not fit or
// there is no such time.
func (p *timePattern) parse(text string) (local int64, zone *clock, ok bool) {
	f := timeFields{month: -1, day: -1, dayOfYear: -1, hour: -1}
	rest, ok := p.parseItems(p.items, text, &f)
	if !ok || rest != "" {
		return 0, nil, false
	}
	local, ok = f.resolve(p.era)
	return local, f.zone, ok
}

// parseItems reads items one after the other; an optional part that does not
// fit is passed over.
func (p *timePattern) parseItems(items []patternItem, text string, f *timeFields) (rest string, ok bool) {
	for i := 0; i < len(items); i++ {
		switch items[i].letter {
		case 0:
			literal := items[i].text
			if len(text) < len(literal) || !strings.EqualFold(text[:len(literal)], literal) {
				return "", false
			}
			text = text[len(literal):]
		case '[':
			end := closing(items, i)
			saved := *f
			if rest, ok := p.parseItems(items[i+1:end], text, f); ok {
				text = rest
			} else {
				*f = saved
			}
			i = end
		case ']':
		default:
			var ok bool
			if text, ok = f.read(items[i], reserved(items[i+1:]), text); !ok {
				return "", false
			}
		}
	}
	return text, true
}

// closing is the position of the bracket that closes the one at i, or the end.
func closing(items []patternItem, i int) int {
	depth := 0
	for ; i < len(items); i++ {
		switch items[i].letter {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				break
			}
		}
		if depth == 0 {
			break
		}
	}
	return min(i, len(items))
}

// reserved is how many digits the numbers of fixed width need that follow
// without anything between.
func reserved(items []patternItem) int {
	n := 0
	for _, item := range items {
		if item.n != 2 && !(item.letter == 'D' && item.n == 3) || strings.IndexByte("yMLdDhHkKms", item.letter) < 0 {
			break
		}
		n += item.n
	}
	return n
}

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
	rest, ok = readName(text+"   ", []string{"AM ", "PM "}, false, half)
	if !ok && len(text) >= 2 {
		switch strings.ToUpper(text[:2]) {
		case "AM":
			*half, ok = 1, true
		case "PM":
			*half, ok = 2, true
		}
	}
	if !ok {
		return "", false
	}
	*half--
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

// resolve puts the fields together; missing ones are those of 1970-01-01 at
// midnight.
func (f *timeFields) resolve(era bool) (local int64, ok bool) {
	if !f.hasYear {
		f.year = 1970
	}
	if era && f.negativeEra {
		f.year = 1 - f.year
	}
	var days int64
	if f.dayOfYear > 0 && f.month < 0 && f.day < 0 {
		days = daysFromCivil(f.year, 1, 1) + f.dayOfYear - 1
		if int64(yearOf(days)) != f.year {
			return 0, false
		}
	} else {
		month, day := max(f.month, 1), max(f.day, 1)
		if checkDate(f.year, month, day) != nil {
			return 0, false
		}
		days = daysFromCivil(f.year, int(month), int(day))
	}
	hour := max(f.hour, 0)
	if (f.ofHalf || f.hour < 0) && f.half > 0 {
		hour += 12
	}
	if days > 106751990 || days < -106751990 {
		return 0, false
	}
	return days*microsPerDay + hour*3600e6 + f.minute*60e6 + f.second*1e6 + f.micros, true
}
