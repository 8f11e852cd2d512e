package plan

import (
	"strings"

	"stagecoach/engine/expr"
)

// Functions that have a value (or null) for any arguments, even with
// spark.sql.ansi.enabled=true: total always, alike unless a text stands beside
// another type, which it is converted to, and ofTimes of anything but texts.
var (
	total = set("and or not isnull isnotnull isnan like startswith endswith contains upper lower initcap trim ltrim rtrim length",
		"concat concat_ws substring left right instr replace reverse hash xxhash64 array struct size")
	alike   = set("= != < <= > >= <=> in if coalesce nvl nvl2 ifnull nullif least greatest")
	ofTimes = set("year quarter month day dayofmonth dayofweek weekday dayofyear weekofyear last_day hour minute second",
		"date_trunc trunc datediff date_diff date_add date_sub")
)

// MayFail reports whether evaluating e over rows of a schema can be an error, so
// that it must not be evaluated for rows for which the query does not ask.
func MayFail(e expr.Expr, s expr.Schema) bool {
	switch x := e.(type) {
	case expr.Call:
		if x.Fn == "raise_error" || x.IsUser() || x.Fn == "assert_true" || x.Mode.ANSI && !x.Mode.Try && !isTotal(x, s) && !inFloats(x, s) {
			return true
		}
	case expr.CastTo:
		if x.Mode.ANSI && !x.Mode.Try && !widens(x, s) {
			return true
		}
	}
	for _, c := range e.Children() {
		if MayFail(c, s) {
			return true
		}
	}
	return false
}

// isTotal reports whether a call has a value for any arguments of these types.
func isTotal(c expr.Call, s expr.Schema) bool {
	if total[c.Fn] {
		return true
	}
	texts, others := 0, 0
	for _, a := range c.Args {
		switch t, err := expr.TypeOf(a, s); {
		case err != nil:
			return false
		case t == expr.String:
			_, constant := a.(expr.Literal)
			if !constant || !ofTimes[c.Fn] { // the unit of date_trunc
				texts++
			}
		case t != expr.Null:
			others++
		}
	}
	return alike[c.Fn] && (texts == 0 || others == 0) || ofTimes[c.Fn] && texts == 0
}

// inFloats reports whether a call is arithmetic of floating point, which knows no
// overflow; what it divides by is a constant other than zero.
func inFloats(c expr.Call, s expr.Schema) bool {
	switch c.Fn {
	case "+", "-", "*", "negative", "abs":
	case "/", "%":
		if l, ok := c.Args[1].(expr.Literal); !ok || l.Value.IsNull || l.Value.I == 0 && l.Value.F == 0 {
			return false
		}
	default:
		return false
	}
	t, err := expr.TypeOf(c, s)
	return err == nil && isFloat(t)
}

// widens reports whether a cast has a value for every value that it can get.
func widens(c expr.CastTo, s expr.Schema) bool {
	from, err := expr.TypeOf(c.X, s)
	switch {
	case err != nil:
		return false
	case from == c.To || from == expr.Null || c.To == expr.String:
		return true
	case isFloat(c.To):
		return from.IsNumber() || from == expr.Bool
	case c.To.IsWhole():
		return from.IsWhole() && from <= c.To || from == expr.Bool
	case c.To == expr.Date || c.To == expr.Timestamp || c.To == expr.TimestampNTZ:
		return from == expr.Date || from == expr.Timestamp || from == expr.TimestampNTZ
	}
	return false
}

func isFloat(t expr.Type) bool { return t == expr.Float32 || t == expr.Float64 }

func set(lists ...string) map[string]bool {
	names := map[string]bool{}
	for _, list := range lists {
		for name := range strings.FieldsSeq(list) {
			names[name] = true
		}
	}
	return names
}
