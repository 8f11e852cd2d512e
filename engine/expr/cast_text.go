package expr

import (
	"math"
	"strconv"
	"strings"
)

// castFromText reads texts: once per value of a dictionary where that is less
// work and no error can come of a value that no row has, else row by row.
func (m Mode) castFromText(x *Bound, to Type) *Bound {
	if isInterval(to) {
		m = m.strict() // no interval is an error in either mode
	}
	c := m.clock()
	var in, seen *Column
	read := &Bound{Type: String, eval: func(*Batch) (*Column, error) { return in, nil }}
	if m.fails() {
		read = x
	}
	rows := m.perRow(to, []*Bound{read}, func(b *Builder, cols []*Column, i int) error {
		v, ok := m.parse(string(cols[0].Str(i)), to, c)
		switch {
		case ok:
			b.AppendValue(v)
		case m.fails():
			return m.textError(string(cols[0].Str(i)), to)
		default:
			b.AppendNull()
		}
		return nil
	})
	if m.fails() {
		return rows
	}
	var known, out Column
	var bitmap []byte
	return &Bound{Type: to, constant: x.constant, eval: func(b *Batch) (*Column, error) {
		var err error
		if in, err = x.eval(b); err != nil {
			return nil, err
		}
		if in.Dict == nil || in.Dict.Len > max(b.Rows, 64) {
			return rows.eval(b)
		}
		codes, valid, dict := in.Codes[:b.Rows], in.Valid, in.Dict
		if seen != dict {
			in = dict
			c, err := rows.eval(&Batch{Rows: dict.Len})
			if err != nil {
				return nil, err
			}
			seen, known = dict, c.Copy()
		}
		Take(&out, &known, codes)
		out.Valid = both(&out, &Column{Type: to, Valid: valid}, b.Rows, &bitmap)
		return &out, nil
	}}
}

// textError says why a text is no value of a type.
func (m Mode) textError(text string, to Type) error {
	if to.Kind() == Decimal {
		if digits, scale, ok := parseDecimal(trimAll(text)); ok {
			if len(digits.String())-scale > MaxPrecision {
				return &Error{"NUMERIC_OUT_OF_SUPPORTED_RANGE", "The value " + text + " cannot be interpreted as a numeric since it has more than 38 digits.", "22003"}
			}
			return errPrecision(plainDigits(digits, scale), to)
		}
	}
	if isInterval(to) {
		format, name := "[+|-]y-m", "year-month"
		if to.Kind() == DayTime {
			format, name = "[+|-]d h:m:s.n", "day-time"
		}
		return &Error{"INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "Error parsing '" + text + "' to interval. Please ensure that the value provided " +
			"is in a valid format for defining an interval. You can reference the documentation for the correct format. Interval string does not match " +
			name + " format of `" + format + "` when cast to " + to.String() + ": " + text + ".", "22006"}
	}
	return errCastInput("'"+strings.ReplaceAll(text, "'", `\'`)+"'", String, to)
}

// ParseValue reads a value of type t from text as Spark's cast from string does
// with ANSI mode off, in UTC; ok is false where Spark gives null.
func ParseValue(text string, t Type) (v Value, ok bool) {
	return Mode{}.parse(text, t, Mode{}.clock())
}

// trimAll cuts blanks and control characters off both ends, as Spark does
// before it reads a value.
func trimAll(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func (m Mode) parse(text string, t Type, c *clock) (v Value, ok bool) {
	v.Type = t
	if t == String || t == Binary {
		v.S = text
		return v, true
	}
	text = trimAll(text)
	switch t.Kind() {
	case Bool:
		switch strings.ToLower(text) {
		case "true", "t", "yes", "y", "1":
			v.I = 1
			return v, true
		case "false", "f", "no", "n", "0":
			return v, true
		}
	case Int8, Int16, Int32, Int64:
		v.I, ok = parseWhole(text, t, !m.checks())
	case Float32:
		v.F, ok = parseFloat(text, 32)
	case Float64:
		v.F, ok = parseFloat(text, 64)
	case Decimal:
		digits, scale, valid := parseDecimal(text)
		if !valid || len(digits.String())-scale > MaxPrecision+1 {
			return v, false
		}
		v.Wide, ok = roundTo(digits, scale, t)
	case Date:
		v.I, ok = parseDate(text)
	case Timestamp, TimestampNTZ:
		v.I, ok = parseTimestamp(text, t == Timestamp, c)
	case YearMonth, DayTime:
		v.I, ok = parseInterval(text, t)
	}
	return v, ok
}

// parseWhole reads digits with a sign; loosely also a fraction, which it cuts
// off.
func parseWhole(text string, t Type, loosely bool) (int64, bool) {
	if whole, fraction, ok := strings.Cut(text, "."); ok && loosely {
		if strings.Trim(fraction, "0123456789") != "" {
			return 0, false
		}
		if text = whole; strings.Trim(whole, "+-") == "" && len(whole) < 2 {
			return 0, true
		}
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return v, err == nil && v >= leastWhole(t) && v <= -(leastWhole(t)+1)
}

// parseFloat reads what Java's Double.parseDouble reads, and Spark's names of
// the infinities.
func parseFloat(text string, bits int) (float64, bool) {
	switch strings.ToLower(text) {
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	case "nan", "+nan", "-nan":
		return math.NaN(), true
	}
	if n := len(text); n > 1 && strings.ContainsRune("dDfF", rune(text[n-1])) {
		text = text[:n-1]
	}
	if strings.Trim(text, "0123456789+-.eExXpPabcdfABCDF") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, bits)
	if n, ok := err.(*strconv.NumError); ok && n.Err == strconv.ErrRange {
		err = nil
	}
	return v, err == nil
}

// unquoted strips INTERVAL '...' FIELDS off what stands inside.
func unquoted(text, fields string) string {
	upper := strings.ToUpper(text)
	if !strings.HasPrefix(upper, "INTERVAL") || !strings.HasSuffix(upper, fields) {
		return text
	}
	text = strings.TrimSpace(text[len("INTERVAL") : len(text)-len(fields)])
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", strings.TrimSpace(rest)
	}
	return sign + strings.Trim(text, "'")
}

// sign cuts a sign off a text and returns it as 1 or -1.
func sign(text string) (int64, string) {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return -1, rest
	}
	return 1, strings.TrimPrefix(text, "+")
}

// field reads digits below a limit.
func field(text string, limit int64) (int64, bool) {
	v, err := strconv.ParseUint(text, 10, 63)
	return int64(v), err == nil && int64(v) < limit
}
