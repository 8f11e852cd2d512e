package expr

import (
	"math"
	"math/big"
)

// Arithmetic with dates, timestamps and intervals.

// bindMoments binds an operator one of whose sides is a date, a timestamp or an
// interval; nil when none is.
func (m Mode) bindMoments(op byte, x, y *Bound) (*Bound, error) {
	a, b := x.Type, y.Type
	if op == '+' && (isMoment(b) && !isMoment(a) || isInterval(b) && a == Null) {
		x, y, a, b = y, x, b, a
	}
	if op == '*' && isInterval(b) {
		x, y, a, b = y, x, b, a
	}
	switch {
	case isInterval(a) && (b.IsNumber() || b == String || b == Null) && (op == '*' || op == '/'):
		return m.scaleInterval(op, x, y)
	case isInterval(a) && a.Kind() == b.Kind() && op == 'd':
		return m.bindWhole(op, units(x), units(y)), nil
	case op != '+' && op != '-':
		return nil, nil
	case isInterval(a) && (a.Kind() == b.Kind() || b == Null):
		return m.addIntervals(op, x, y)
	case isInterval(a) && b == String && op == '+' || isInterval(b) && a == String:
		return nil, errDiffTypes(a, b)
	case isInterval(b) && isMoment(a):
		return m.moveMoment(op, x, y)
	case a == Date && (b.IsWhole() && b != Int64 || b == Null):
		return m.moveDate(op, x, y)
	case a == Date && (b.IsNumber() || b == String && (op == '+' || !m.ANSI)):
		return nil, errArgument(2, `("INT" or "SMALLINT" or "TINYINT")`, b)
	case op == '-' && (isMoment(a) || isMoment(b)) && (isMoment(a) || a == String || a == Null) && (isMoment(b) || b == String || b == Null):
		return m.between(x, y)
	}
	return nil, nil
}

// units is an interval as the whole number of months or microseconds it is.
func units(x *Bound) *Bound {
	t := x.Type.Layout()
	return onOne(t, x, func(out, in *Column, n int) error {
		valid := out.Valid
		*out = *in
		out.Type, out.Valid = t, valid
		return nil
	})
}

// moveDate is a date some days later or earlier.
func (m Mode) moveDate(op byte, x, y *Bound) (*Bound, error) {
	y, err := m.cast(y, Int32)
	if err != nil {
		return nil, err
	}
	return onTwo(Date, x, y, func(out, a, b *Column, n int) error {
		out.I32 = grow(out.I32, n)
		whole32(op, Int32, out.I32, a.I32, b.I32)
		return nil
	}), nil
}

// between is the interval from y to x, as clocks show it.
func (m Mode) between(x, y *Bound) (*Bound, error) {
	t := Date
	for _, side := range []*Bound{x, y} {
		if isMoment(side.Type) {
			t = max(t, side.Type)
		}
	}
	args := []*Bound{x, y}
	if err := m.castAll(args, t); err != nil {
		return nil, err
	}
	c := m.clock()
	out := DayTime
	if t == Date {
		out = intervalOf(DayTime, 0, 0)
	}
	return onTwo(out, args[0], args[1], func(out, a, b *Column, n int) error {
		out.I64 = grow(out.I64, n)
		for i := range out.I64 {
			switch t {
			case Date:
				out.I64[i] = (int64(a.I32[i]) - int64(b.I32[i])) * microsPerDay
			case Timestamp:
				out.I64[i] = c.local(a.I64[i]) - c.local(b.I64[i])
			default:
				out.I64[i] = a.I64[i] - b.I64[i]
			}
		}
		return nil
	}), nil
}

// moveMoment is a date or timestamp moved by an interval. A date stays one when
// it moves by months or by an interval of days, else it becomes a timestamp. Days are days of the calendar, also where a day has 23 hours.
func (m Mode) moveMoment(op byte, x, y *Bound) (*Bound, error) {
	if _, last := y.Type.span(); x.Type == Date && y.Type.Kind() == DayTime && last > 0 {
		var err error
		if x, err = m.cast(x, Timestamp); err != nil {
			return nil, err
		}
	}
	t, sign, months := x.Type, int64(1), y.Type.Kind() == YearMonth
	if op == '-' {
		sign = -1
	}
	c := m.clock()
	if t == TimestampNTZ {
		c = Mode{}.clock()
	}
	return onTwo(t, x, y, func(out, a, b *Column, n int) error {
		if t == Date {
			out.I32 = grow(out.I32, n)
			for i := range out.I32 {
				if months {
					out.I32[i] = int32(addMonths(int64(a.I32[i]), sign*int64(b.I32[i])))
				} else {
					out.I32[i] = a.I32[i] + int32(sign*(b.I64[i]/microsPerDay))
				}
			}
			return nil
		}
		out.I64 = grow(out.I64, n)
		for i := range out.I64 {
			local := c.local(a.I64[i])
			days := floorDiv(local, microsPerDay)
			clock := local - days*microsPerDay
			if months {
				out.I64[i] = c.instant(addMonths(days, sign*int64(b.I32[i]))*microsPerDay + clock)
			} else {
				whole := b.I64[i] / microsPerDay
				out.I64[i] = c.instant((days+sign*whole)*microsPerDay+clock) + sign*(b.I64[i]-whole*microsPerDay)
			}
		}
		return nil
	}), nil
}

// addMonths moves a day by months; where the month is too short, to its last
// day.
func addMonths(days, months int64) int64 {
	y, month, day := civil(days)
	at := y*12 + int64(month) - 1 + months
	y, month = floorDiv(at, 12), int(at-floorDiv(at, 12)*12)+1
	first := daysFromCivil(y, month, 1)
	next := daysFromCivil(y+int64(month/12), month%12+1, 1)
	return min(first+int64(day)-1, next-1)
}

func (m Mode) addIntervals(op byte, x, y *Bound) (*Bound, error) {
	t := x.Type
	if isInterval(y.Type) {
		t = widestInterval(t, y.Type)
	}
	args := []*Bound{x, y}
	if err := m.castAll(args, t); err != nil {
		return nil, err
	}
	x, y = args[0], args[1]
	var own []byte
	return onTwo(t, x, y, func(out, a, b *Column, n int) error {
		var bad bool
		if t.Kind() == YearMonth {
			out.I32 = grow(out.I32, n)
			bad = whole32(op, Int32, out.I32, a.I32, b.I32)
		} else {
			out.I64 = grow(out.I64, n)
			bad = whole64(op, out.I64, a.I64, b.I64)
		}
		if !bad {
			return nil
		}
		return m.strict().settle(out, n, &own, func(i int) error {
			one := [1]int64{}
			if !whole64(op, one[:], []int64{a.Value(i).I}, []int64{b.Value(i).I}) && (t.Kind() == DayTime || one[0] == int64(int32(one[0]))) {
				return nil
			}
			return errIntervalOverflow(try(op))
		})
	}), nil
}

// strict is the mode for what is an error whether ANSI is on or off.
func (m Mode) strict() Mode {
	m.ANSI = true
	return m
}

// scaleInterval is an interval times a number or over one, halves of a month or
// microsecond rounded away from zero.
func (m Mode) scaleInterval(op byte, x, y *Bound) (*Bound, error) {
	t, by := x.Type.Kind(), y.Type
	switch {
	case by.IsWhole():
		by = Int64
	case by.Kind() != Decimal:
		by = Float64
	}
	y, err := m.cast(y, by)
	if err != nil {
		return nil, err
	}
	return m.strict().perRow(t, []*Bound{x, y}, func(to *Builder, cols []*Column, i int) error {
		v, err := scaled(op, cols[0].Value(i).I, cols[1].Value(i))
		if err == nil && t.Kind() == YearMonth && v != int64(int32(v)) {
			err = errIntervalOverflow(try(op))
		}
		to.appendOK(Value{Type: t, I: v}, err)
		return err
	}), nil
}

// appendOK appends v unless there is an error, which perRow settles.
func (b *Builder) appendOK(v Value, err error) {
	if err == nil {
		b.AppendValue(v)
	}
}

func scaled(op byte, v int64, by Value) (int64, error) {
	if by.Type == Float64 {
		if by.F == 0 && op == '/' {
			return 0, errIntervalByZero()
		}
		f := float64(v) * by.F
		if op == '/' {
			f = float64(v) / by.F
		}
		if f = math.Round(f); !(math.Abs(f) < 1<<63) {
			return 0, errIntervalOverflow(try(op))
		}
		return int64(f), nil
	}
	factor, divisor := big.NewInt(by.I), big.NewInt(1)
	if by.Type.Kind() == Decimal {
		factor, divisor = by.Wide.Big(), power10(by.Type.Scale())
	}
	if op == '/' {
		factor, divisor = divisor, factor
	}
	if divisor.Sign() == 0 {
		return 0, errIntervalByZero()
	}
	roundQuo(factor.Mul(factor, big.NewInt(v)), divisor)
	if !factor.IsInt64() {
		return 0, errIntervalOverflow(try(op))
	}
	return factor.Int64(), nil
}
