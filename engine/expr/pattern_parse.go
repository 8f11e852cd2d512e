package expr

import "strings"

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
	for depth := 0; i < len(items); i++ {
		switch items[i].letter {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth == 0 {
			break
		}
	}
	return i
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
