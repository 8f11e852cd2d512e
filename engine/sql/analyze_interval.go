package sql

import (
	"math"
	"math/big"
	"strings"

	"stagecoach/engine/expr"
)

// Microseconds and months of the units of intervals.
var (
	unitMicros = map[string]int64{"week": 7 * 86400e6, "day": 86400e6, "hour": 3600e6, "minute": 60e6, "second": 1e6, "millisecond": 1e3, "microsecond": 1}
	unitMonths = map[string]int64{"year": 12, "quarter": 3, "month": 1}
)

// interval is a constant, or make_ym_interval and make_dt_interval of what is
// none. Months and days do not mix: a month has no fixed number of days.
func (t *translator) interval(e *Interval) expr.Expr {
	if e.To != "" {
		return t.span(e)
	}
	months, micros := new(big.Rat), new(big.Rat)
	var sum expr.Expr
	year, day := false, false
	first, last := -1, -1 // of timeFields or yearFields
	for i, unit := range e.Units {
		perMonth, isMonth := unitMonths[unit]
		perMicro, isMicro := unitMicros[unit]
		if !isMonth && !isMicro {
			t.a.fail(e.Pos, "[INVALID_INTERVAL_FORMAT] there is no unit %s", unit)
		}
		year, day = year || isMonth, day || isMicro
		at := fieldOf[unit]
		if first < 0 || at < first {
			first = at
		}
		last = max(last, at)
		if n, ok := number(e.Values[i]); ok {
			if isMonth {
				months.Add(months, n.Mul(n, big.NewRat(perMonth, 1)))
			} else {
				micros.Add(micros, n.Mul(n, big.NewRat(perMicro, 1)))
			}
			continue
		}
		one := expr.Value{Type: expr.DayTime, I: perMicro}
		if isMonth {
			one = expr.Value{Type: expr.YearMonth, I: perMonth}
		}
		x := expr.Mul(expr.Literal{Value: one}, t.translate(e.Values[i]))
		if sum == nil {
			sum = x
		} else {
			sum = expr.Add(sum, x)
		}
	}
	if year && day {
		t.a.fail(e.Pos, "[_LEGACY_ERROR_TEMP_0029] an interval has either years and months or days and times; write the sum of two")
	}
	total, fields := micros, timeFields
	if year {
		total, fields = months, yearFields
	}
	typ, _ := expr.IntervalOf(fields[first], fields[last])
	constant := expr.Literal{Value: expr.Value{Type: typ, I: t.whole(e.Pos, total, typ)}}
	switch {
	case sum == nil:
		return constant
	case constant.Value.I == 0:
		return sum
	}
	return expr.Add(sum, constant)
}

func (t *translator) whole(at Pos, r *big.Rat, typ expr.Type) int64 {
	if typ.Kind() == expr.YearMonth && !r.IsInt() {
		t.a.fail(at, "[INVALID_INTERVAL_FORMAT] months are whole")
	}
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() || typ.Kind() == expr.YearMonth && (n.Int64() > math.MaxInt32 || n.Int64() < math.MinInt32) {
		t.a.fail(at, "[INVALID_INTERVAL_FORMAT] the interval is too long")
	}
	return n.Int64()
}

// number is the value of a constant in an interval: 3, '3', -3, 1.5.
func number(e Expr) (*big.Rat, bool) {
	sign := ""
	if c, ok := e.(*Call); ok && c.Fn == "negative" {
		sign, e = "-", c.Args[0]
	}
	l, ok := e.(*Literal)
	if !ok {
		return nil, false
	}
	text := sign + strings.TrimSpace(l.Text)
	text = strings.TrimPrefix(strings.ReplaceAll(text, "--", ""), "+")
	if strings.ContainsAny(text, "/pPxX_") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// The fields of '1-2' YEAR TO MONTH and '1 02:03:04.5' DAY TO SECOND in order, and
// which of them each unit is part of.
var (
	yearFields = []string{"year", "month"}
	timeFields = []string{"day", "hour", "minute", "second"}
	fieldOf    = map[string]int{"year": 0, "quarter": 1, "month": 1, "week": 0, "day": 0, "hour": 1, "minute": 2, "second": 3, "millisecond": 3, "microsecond": 3}
)

// span reads '1-2' YEAR TO MONTH and '1 02:03:04' DAY TO SECOND.
func (t *translator) span(e *Interval) expr.Expr {
	l, ok := e.Values[0].(*Literal)
	if !ok {
		t.a.fail(e.Pos, "[INVALID_INTERVAL_FORMAT] write the value as a text: INTERVAL '1-2' YEAR TO MONTH")
	}
	text, sign := strings.TrimSpace(l.Text), int64(1)
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		text, sign = rest, -1
	}
	wrong := func() {
		t.a.fail(e.Pos, "[INVALID_INTERVAL_FORMAT] '%s' is no interval %s to %s", l.Text, e.Units[0], e.To)
	}
	read := func(texts []string, units []string) int64 {
		if len(texts) != len(units) {
			wrong()
		}
		sum := new(big.Rat)
		for i, text := range texts {
			n, ok := new(big.Rat).SetString(text)
			if !ok || n.Sign() < 0 || strings.ContainsAny(text, "/eE+-_xXpP") || !n.IsInt() && units[i] != "second" {
				wrong()
			}
			sum.Add(sum, n.Mul(n, big.NewRat(unitMicros[units[i]]+unitMonths[units[i]], 1)))
		}
		return sign * t.whole(e.Pos, sum, expr.DayTime)
	}
	if e.Units[0] == "year" && e.To == "month" {
		return expr.Literal{Value: expr.Value{Type: expr.YearMonth, I: read(strings.Split(text, "-"), []string{"year", "month"})}}
	}
	from, to := indexOf(timeFields, e.Units[0]), indexOf(timeFields, e.To)
	if from < 0 || to <= from {
		wrong()
	}
	texts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' })
	typ, _ := expr.IntervalOf(e.Units[0], e.To)
	return expr.Literal{Value: expr.Value{Type: typ, I: read(texts, timeFields[from:to+1])}}
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}
