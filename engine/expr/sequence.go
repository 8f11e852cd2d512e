package expr

import "fmt"

func errSequence(from, to, step string) error {
	return fmt.Errorf("sequence from %s to %s by %s never ends; the step must lead from the first to the second", from, to, step)
}

// bindSequence makes arrays of numbers by a number, of dates and timestamps by
// an interval. Without a step it goes by one, or by a day, either way.
func bindSequence(m Mode, args []*Bound) (*Bound, error) {
	t, err := CommonType(m, args[0].Type, args[1].Type)
	if err != nil {
		return nil, err
	}
	if t == String || t == Null {
		t = Timestamp
	}
	step := t
	switch {
	case t.IsWhole():
		if len(args) == 3 {
			if t, err = CommonType(m, t, args[2].Type); err != nil {
				return nil, err
			}
			step = t
		}
	case isMoment(t):
		if step = DayTime; len(args) == 3 && args[2].Type.Kind() == YearMonth {
			step = YearMonth
		}
	}
	if !t.IsWhole() && !isMoment(t) {
		return nil, fmt.Errorf("sequence of %v; there are sequences of whole numbers, dates and timestamps", t)
	}
	if err := castArgs(m, args, t, t, step); err != nil {
		return nil, err
	}
	move := mover(m, t, step)
	return perRow(ArrayOf(t), args, func(args []*Column, i int, to *Builder) error {
		from, end := intOf(args[0], i), intOf(args[1], i)
		by := int64(1)
		if isMoment(t) {
			by = microsPerDay
		}
		if len(args) == 3 {
			by = intOf(args[2], i)
		} else if end < from {
			by = -by
		}
		if t == Date && step == DayTime && by%microsPerDay != 0 {
			return fmt.Errorf("a sequence of dates steps by whole days, not by %s; cast them to timestamps", args[2].Value(i))
		}
		if by == 0 && from != end || by > 0 && from > end || by < 0 && from < end {
			return errSequence(args[0].Value(i).String(), args[1].Value(i).String(), fmt.Sprint(by))
		}
		items := to.items[0]
		for n, v := int64(0), from; by >= 0 && v <= end || by < 0 && v >= end; n++ {
			if n == maxElements {
				return fmt.Errorf("a sequence of more than %d elements is too long; make the step longer", maxElements)
			}
			items.appendInt(v)
			next := move(from, by, n+1)
			if by == 0 || by > 0 && next <= v || by < 0 && next >= v {
				break // past the last number there is
			}
			v = next
		}
		to.endList()
		return nil
	}), nil
}

// mover gives the n-th element after from: months are counted from the first
// element, so that the 31st comes back after a short month.
func mover(m Mode, t, step Type) func(from, by, n int64) int64 {
	c := m.clock()
	if t == TimestampNTZ {
		c = Mode{}.clock()
	}
	switch {
	case t == Date && step == YearMonth:
		return func(from, by, n int64) int64 { return addMonths(from, by*n) }
	case t == Date:
		return func(from, by, n int64) int64 { return from + by/microsPerDay*n }
	case step == YearMonth:
		return func(from, by, n int64) int64 {
			local := c.local(from)
			days := floorDiv(local, microsPerDay)
			return c.instant(addMonths(days, by*n)*microsPerDay + local - days*microsPerDay)
		}
	case isMoment(t):
		return func(from, by, n int64) int64 {
			days := by / microsPerDay // of the calendar
			return c.instant(c.local(from)+days*n*microsPerDay) + (by-days*microsPerDay)*n
		}
	}
	return func(from, by, n int64) int64 { return from + by*n }
}
