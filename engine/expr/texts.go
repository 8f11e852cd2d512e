package expr

// Texts reads and prints values as text: the way files of text hold them. It
// belongs to one goroutine.
type Texts struct {
	mode  Mode
	clock *clock
	dates *timePattern // nil: as casts do
	times *timePattern
	local *timePattern // of timestamp_ntz
}

// NewTexts reads (or, with parsing false, prints) texts in a mode's zone.
// Dates and timestamps follow the patterns of Spark that are given; an empty one
// means what casts read, and prints as a cast does.
func NewTexts(m Mode, parsing bool, dates, times, local string) (*Texts, error) {
	t := &Texts{mode: m, clock: m.clock()}
	for _, p := range []struct {
		text string
		to   **timePattern
	}{{dates, &t.dates}, {times, &t.times}, {local, &t.local}} {
		if p.text == "" {
			continue
		}
		pattern, err := parseTimePattern(p.text, parsing)
		if err != nil {
			return nil, err
		}
		*p.to = pattern
	}
	return t, nil
}

// Parse reads a value; ok is false where the text is none of that type.
func (t *Texts) Parse(text string, typ Type) (v Value, ok bool) {
	v.Type = typ
	pattern := t.pattern(typ)
	if pattern == nil {
		return t.mode.parse(text, typ, t.clock)
	}
	local, zone, ok := pattern.parse(text)
	switch {
	case !ok:
	case typ == Date:
		v.I = floorDiv(local, microsPerDay)
	case typ == TimestampNTZ:
		v.I = local
	case zone != nil:
		v.I = zone.instant(local)
	default:
		v.I = t.clock.instant(local)
	}
	return v, ok
}

func (t *Texts) pattern(typ Type) *timePattern {
	switch typ {
	case Date:
		return t.dates
	case Timestamp:
		return t.times
	case TimestampNTZ:
		return t.local
	}
	return nil
}

// Append prints a value that is not null.
func (t *Texts) Append(dst []byte, v Value) []byte {
	pattern := t.pattern(v.Type)
	switch {
	case pattern == nil:
		return append(dst, v.text(t.mode, true)...)
	case v.Type == Timestamp:
		return pattern.append(dst, v.I, t.clock)
	case v.Type == Date:
		return pattern.append(dst, v.I*microsPerDay, Mode{}.clock())
	}
	return pattern.append(dst, v.I, Mode{}.clock())
}

// HasPattern reports whether values of a type follow a pattern of their own.
func (t *Texts) HasPattern(typ Type) bool { return t.pattern(typ) != nil }
