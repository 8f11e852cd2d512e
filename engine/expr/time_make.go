package expr

import (
	"fmt"
	"math"
	"math/big"
)

func errOutOfBounds(what string, v int64) error {
	return &Error{"DATETIME_FIELD_OUT_OF_BOUNDS", fmt.Sprintf("%s %d does not exist. "+bypass+".", what, v), "22023"}
}

// checkDate says which part of a date does not exist.
func checkDate(y, month, day int64) error {
	switch {
	case y < -999999 || y > 999999:
		return errOutOfBounds("Year", y)
	case month < 1 || month > 12:
		return errOutOfBounds("Month", month)
	case day < 1 || day > 31 || day > int64(dayOf(lastDay(daysFromCivil(y, int(month), 1)))):
		return errOutOfBounds(fmt.Sprintf("In %d-%02d day", y, month), day)
	}
	return nil
}

// orNull appends a value, or what the mode makes of an error: null or the error.
func (m Mode) orNull(to *Builder, v int64, err error) error {
	switch {
	case err == nil:
		to.appendInt(v)
	case m.fails():
		return err
	default:
		to.AppendNull()
	}
	return nil
}

func makeDate(m Mode) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		y, month, day := int64(args[0].I32[i]), int64(args[1].I32[i]), int64(args[2].I32[i])
		if err := checkDate(y, month, day); err != nil {
			return m.orNull(to, 0, err)
		}
		to.appendInt(daysFromCivil(y, int(month), int(day)))
		return nil
	}
}

// bindMakeTimestamp takes seconds as decimals; 60 of them are the next minute.
func bindMakeTimestamp(t Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, Int32, Int32, Int32, Int32, Int32, DecimalOf(16, 6), String); err != nil {
			return nil, err
		}
		zones := cached[*clock]{make: zoneClock}
		session := m.clock()
		if t == TimestampNTZ {
			session = Mode{}.clock()
		}
		return perRow(t, args, func(args []*Column, i int, to *Builder) error {
			c := session
			if len(args) == 7 {
				var err error
				if c, err = zones.of(args[6].Str(i)); err != nil {
					return err
				}
			}
			y, month, day := int64(args[0].I32[i]), int64(args[1].I32[i]), int64(args[2].I32[i])
			hour, minute, micros := int64(args[3].I32[i]), int64(args[4].I32[i]), args[5].Wide[i]
			err := checkDate(y, month, day)
			switch {
			case err != nil:
			case hour < 0 || hour > 23:
				err = errOutOfBounds("Hour", hour)
			case minute < 0 || minute > 59:
				err = errOutOfBounds("Minute", minute)
			case micros.Sign() < 0 || micros.Cmp(Wide(61e6)) >= 0:
				err = errOutOfBounds("Second", int64(micros.Lo)/1e6)
			case micros.Cmp(Wide(60e6)) > 0:
				err = &Error{"INVALID_FRACTION_OF_SECOND", "Valid range for seconds is [0, 60] (inclusive), but the provided value is " + micros.Text(6) + ". " + bypass + ".", "22023"}
			}
			if err != nil {
				return m.orNull(to, 0, err)
			}
			local := daysFromCivil(y, int(month), int(day))*microsPerDay + hour*3600e6 + minute*60e6 + int64(micros.Lo)
			to.appendInt(c.instant(local))
			return nil
		}), nil
	}
}

func bindMakeDayTime(m Mode, args []*Bound) (*Bound, error) {
	return typed(DayTime, func(args []*Column, i int, to *Builder) error {
		sum := new(big.Int)
		for k, c := range args {
			if k == 3 {
				sum.Add(sum, c.Wide[i].Big())
			} else {
				sum.Add(sum, new(big.Int).Mul(big.NewInt(int64(c.I32[i])), big.NewInt([]int64{microsPerDay, 3600e6, 60e6}[k])))
			}
		}
		if !sum.IsInt64() {
			return errIntervalOverflow("")
		}
		to.appendInt(sum.Int64())
		return nil
	}, Int32, Int32, Int32, DecimalOf(18, 6))(m, args)
}

func makeYearMonth(args []*Column, i int, to *Builder) error {
	months := int64(0)
	for k, c := range args {
		months += int64(c.I32[i]) * []int64{12, 1}[k]
	}
	if months != int64(int32(months)) {
		return errIntervalOverflow("")
	}
	to.appendInt(months)
	return nil
}

// unixFunctions are the rows of the function table on numbers since 1970.
func unixFunctions() []function {
	return []function{
		{"unix_date", 1, 1, bindDays(Date, Int32), "days since 1970-01-01"},
		{"date_from_unix_date", 1, 1, bindDays(Int32, Date), "date of days since 1970-01-01"},
		{"unix_seconds", 1, 1, bindUnix(1e6), "seconds since 1970"},
		{"unix_millis", 1, 1, bindUnix(1e3), "milliseconds since 1970"},
		{"unix_micros", 1, 1, bindUnix(1), "microseconds since 1970"},
		{"timestamp_seconds", 1, 1, bindTimestampSeconds, "timestamp of seconds since 1970"},
		{"timestamp_millis", 1, 1, typed(Timestamp, timestampOf(1e3), Int64), "timestamp of milliseconds since 1970"},
		{"timestamp_micros", 1, 1, typed(Timestamp, timestampOf(1), Int64), "timestamp of microseconds since 1970"},
	}
}

// bindDays takes dates for their numbers and back.
func bindDays(from, to Type) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, from); err != nil {
			return nil, err
		}
		return onOne(to, args[0], func(out, in *Column, n int) error {
			out.I32 = in.I32
			return nil
		}), nil
	}
}

func bindUnix(unit int64) binder {
	return func(m Mode, args []*Bound) (*Bound, error) {
		if err := castArgs(m, args, Timestamp); err != nil {
			return nil, err
		}
		return onOne(Int64, args[0], func(out, in *Column, n int) error {
			out.I64 = grow(out.I64, n)
			for i, v := range in.I64[:n] {
				out.I64[i] = floorDiv(v, unit)
			}
			return nil
		}), nil
	}
}

func timestampOf(unit int64) rowFunc {
	return func(args []*Column, i int, to *Builder) error {
		v := args[0].I64[i]
		if v > math.MaxInt64/unit || v < math.MinInt64/unit {
			return errOverflow("long overflow", "")
		}
		to.appendInt(v * unit)
		return nil
	}
}

// bindTimestampSeconds takes seconds with a fraction too; a decimal must not
// have more than microseconds.
func bindTimestampSeconds(m Mode, args []*Bound) (*Bound, error) {
	switch t := args[0].Type; {
	case t.Kind() == Decimal:
		return perRow(Timestamp, args, func(args []*Column, i int, to *Builder) error {
			micros := args[0].Wide[i].Big()
			if t.Scale() <= 6 {
				micros.Mul(micros, power10(6-t.Scale()))
			} else if _, rest := micros.QuoRem(micros, power10(t.Scale()-6), new(big.Int)); rest.Sign() != 0 {
				return fmt.Errorf("%s seconds are no whole microseconds; round them first", args[0].Wide[i].Text(t.Scale()))
			}
			if !micros.IsInt64() {
				return errOverflow("long overflow", "")
			}
			to.appendInt(micros.Int64())
			return nil
		}), nil
	case t == Float32 || t == Float64:
		return perRow(Timestamp, args, func(args []*Column, i int, to *Builder) error {
			if v := args[0].F64[i] * 1e6; v-v != 0 {
				to.AppendNull()
			} else {
				to.appendInt(floatToInt(v))
			}
			return nil
		}), nil
	}
	return typed(Timestamp, timestampOf(1e6), Int64)(m, args)
}
