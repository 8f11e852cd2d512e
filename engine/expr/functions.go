package expr

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// A function is one row of the table below: how many arguments, and how to make
// the loop that computes it. Function says what it does.
type function struct {
	least, most int // arguments; most -1 means any number
	bind        func(args []*Bound) (*Bound, error)
	doc         string
}

func (f function) arity() string {
	switch {
	case f.most < 0:
		return fmt.Sprintf("at least %d arguments", f.least)
	case f.least == f.most && f.least == 1:
		return "1 argument"
	case f.least == f.most:
		return fmt.Sprintf("%d arguments", f.least)
	}
	return fmt.Sprintf("%d to %d arguments", f.least, f.most)
}

var functions map[string]function

// The table refers to functions that bind further functions, which Go does not
// allow in a variable's initializer; this assignment is all that init does.
func init() {
	functions = map[string]function{
		"+":   {2, 2, bindArith('+'), "sum; a timestamp or date plus a number of microseconds or days"},
		"-":   {2, 2, bindArith('-'), "difference"},
		"*":   {2, 2, bindArith('*'), "product"},
		"/":   {2, 2, bindDivide, "quotient as a double; null when dividing by zero"},
		"%":   {2, 2, bindArith('%'), "remainder; null when dividing by zero"},
		"=":   {2, 2, bindCompare(opEq), "equal"},
		"!=":  {2, 2, bindCompare(opNe), "not equal"},
		"<":   {2, 2, bindCompare(opLt), "less"},
		"<=":  {2, 2, bindCompare(opLe), "less or equal"},
		">":   {2, 2, bindCompare(opGt), "greater"},
		">=":  {2, 2, bindCompare(opGe), "greater or equal"},
		"and": {2, 2, bindLogic(true), "true when both are; false when one is, whatever the other"},
		"or":  {2, 2, bindLogic(false), "true when one is; false when both are"},
		"not": {1, 1, bindNot, "true when false; null stays null"},

		"isnull":    {1, 1, bindIsNull(true), "true when null"},
		"isnotnull": {1, 1, bindIsNull(false), "true when not null"},
		"coalesce":  {1, -1, bindCoalesce, "the first that is not null"},

		"abs":     {1, 1, bindAbs, "absolute value"},
		"floor":   {1, 1, bindRound(math.Floor), "greatest whole number not above, as bigint"},
		"ceil":    {1, 1, bindRound(math.Ceil), "least whole number not below, as bigint"},
		"round":   {1, 2, bindRoundHalfUp, "nearest number with the given decimals (0), halves away from zero"},
		"sqrt":    {1, 1, bindMath(math.Sqrt), "square root"},
		"exp":     {1, 1, bindMath(math.Exp), "e to the power"},
		"ln":      {1, 1, bindMath(math.Log), "natural logarithm"},
		"sin":     {1, 1, bindMath(math.Sin), "sine"},
		"cos":     {1, 1, bindMath(math.Cos), "cosine"},
		"tan":     {1, 1, bindMath(math.Tan), "tangent"},
		"asin":    {1, 1, bindMath(math.Asin), "inverse sine"},
		"acos":    {1, 1, bindMath(math.Acos), "inverse cosine"},
		"atan":    {1, 1, bindMath(math.Atan), "inverse tangent"},
		"radians": {1, 1, bindMath(func(x float64) float64 { return x / 180 * math.Pi }), "degrees to radians"},
		"degrees": {1, 1, bindMath(func(x float64) float64 { return x * 180 / math.Pi }), "radians to degrees"},
		"power":   {2, 2, bindPower, "the first to the power of the second"},

		"year":           {1, 1, bindCivil(yearOf), "year of a date or timestamp"},
		"month":          {1, 1, bindCivil(monthOf), "month, 1 to 12"},
		"day":            {1, 1, bindCivil(dayOf), "day of the month, 1 to 31"},
		"dayofweek":      {1, 1, bindCivil(dayOfWeek), "1 for Sunday to 7 for Saturday"},
		"hour":           {1, 1, bindClock(3600e6, 24), "hour of a timestamp, 0 to 23"},
		"minute":         {1, 1, bindClock(60e6, 60), "minute of the hour"},
		"second":         {1, 1, bindClock(1e6, 60), "second of the minute"},
		"date_trunc":     {2, 2, bindDateTrunc, "timestamp cut to 'year', 'month', 'week', 'day', 'hour', 'minute' or 'second'"},
		"date_format":    {2, 2, bindDateFormat, "text of a date or timestamp after a pattern of yyyy, MM, dd, HH, mm, ss"},
		"unix_timestamp": {1, 1, bindUnix, "seconds since 1970"},
		"date_add":       {2, 2, bindArith('+'), "date some days later"},
		"datediff":       {2, 2, bindDateDiff, "days from the second date to the first"},

		"concat":    {1, -1, bindConcat, "texts one after the other; null when one is null"},
		"upper":     {1, 1, bindText(upper), "in upper case"},
		"lower":     {1, 1, bindText(lower), "in lower case"},
		"trim":      {1, 1, bindText(trim), "without blanks at both ends"},
		"length":    {1, 1, bindLength, "number of characters"},
		"substring": {2, 3, bindSubstring, "part of a text from a position (1 is the first; negative counts from the end)"},
		"like":      {2, 2, bindLike, "matches a constant pattern; % is any text, _ one character, \\ takes the next as it is"},
		"in":        {2, -1, bindIn, "equal to one of the others"},
	}
}

// Functions returns the names and descriptions of all functions, by name.
func Functions(yield func(name, doc string) bool) {
	for _, n := range functionNames() {
		if !yield(n, functions[n].doc) {
			return
		}
	}
}

func functionNames() []string { return slices.Sorted(maps.Keys(functions)) }
