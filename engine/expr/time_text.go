package expr

import "fmt"

// timeFormat is the pattern of functions that are given none.
const timeFormat = "yyyy-MM-dd HH:mm:ss"

// patterns keeps the pattern that was parsed last.
func patterns(parsing bool) cached[*timePattern] {
	return cached[*timePattern]{make: func(p string) (*timePattern, error) { return parseTimePattern(p, parsing) }}
}

// withFormat adds the usual pattern to a single argument and casts both.
func withFormat(m Mode, args []*Bound, t Type) ([]*Bound, error) {
	if len(args) == 1 {
		args = append(args, bindLiteral(Value{Type: String, S: timeFormat}))
	}
	return args, castArgs(m, args, t, String)
}

func bindDateFormat(m Mode, args []*Bound) (*Bound, error) {
	if args[0].Type == TimestampNTZ {
		// A clock's time prints as it is: as an instant of the session's zone.
		args[0], _ = m.cast(args[0], Timestamp)
	}
	if err := castArgs(m, args, Timestamp, String); err != nil {
		return nil, err
	}
	formats := patterns(false)
	if err := formats.check(args[1]); err != nil {
		return nil, err
	}
	c := m.clock()
	var text []byte
	return perRow(String, args, func(args []*Column, i int, to *Builder) error {
		p, err := formats.of(args[1].Str(i))
		if err == nil {
			text = p.append(text[:0], args[0].I64[i], c)
			to.AppendBytes(text)
		}
		return err
	}), nil
}

func bindFromUnix(m Mode, args []*Bound) (*Bound, error) {
	args, err := withFormat(m, args, Int64)
	if err != nil {
		return nil, err
	}
	args[0] = perRow(Timestamp, args[:1], timestampOf(1e6))
	return bindDateFormat(m, args)
}

// parseWith reads texts in a pattern as times on a clock, in units; the zone in
// the text, else the session's, says when that is.
func parseWith(m Mode, args []*Bound, t Type, unit int64) (*Bound, error) {
	formats := patterns(true)
	if err := formats.check(args[1]); err != nil {
		return nil, err
	}
	session := m.clock()
	return perRow(t, args, func(args []*Column, i int, to *Builder) error {
		p, err := formats.of(args[1].Str(i))
		if err != nil {
			return err
		}
		text := string(args[0].Str(i))
		v, zone, ok := p.parse(text)
		if !ok {
			err = &Error{"CANNOT_PARSE_TIMESTAMP", fmt.Sprintf("Text '%s' could not be parsed with the pattern '%s'. Use `try_to_timestamp` to tolerate invalid input string and return NULL instead.", text, args[1].Str(i)), "22007"}
			return m.orNull(to, 0, err)
		}
		if zone == nil {
			zone = session
		}
		if t != TimestampNTZ {
			v = zone.instant(v)
		}
		to.appendInt(floorDiv(v, unit))
		return nil
	}), nil
}

// bindToTimestamp casts, or reads texts in a pattern.
func bindToTimestamp(t Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if len(args) == 1 || args[0].Type != String {
			return implicit(m, args[0], t)
		}
		if err := castArgs(m, args, String); err != nil {
			return nil, err
		}
		return parseWith(m, args, t, 1)
	}
}

func bindToDate(m Mode, args []*Bound) (*Bound, error) {
	if len(args) == 1 || args[0].Type != String {
		return implicit(m, args[0], Date)
	}
	x, err := bindToTimestamp(Timestamp)(m, args)
	if err != nil {
		return nil, err
	}
	return m.cast(x, Date)
}

func bindUnixTimestamp(m Mode, args []*Bound) (*Bound, error) {
	switch t := args[0].Type; t {
	case Date, Timestamp:
		return bindUnix(1e6)(m, args[:1])
	case TimestampNTZ:
		return onOne(Int64, args[0], func(out, in *Column, n int) error {
			out.I64 = grow(out.I64, n)
			for i, v := range in.I64[:n] {
				out.I64[i] = floorDiv(v, 1e6)
			}
			return nil
		}), nil
	}
	args, err := withFormat(m, args, String)
	if err != nil {
		return nil, err
	}
	return parseWith(m, args, Int64, 1e6)
}
