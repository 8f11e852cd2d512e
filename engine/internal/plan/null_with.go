package plan

import (
	"strings"

	"stagecoach/engine/expr"
)

// strict lists functions that are null when an argument is and never else.
var strict = set("= != < <= > >= not upper lower initcap trim ltrim rtrim length concat substring left right replace reverse",
	"startswith endswith contains year quarter month day dayofmonth dayofweek weekday dayofyear weekofyear last_day hour minute second",
	"datediff date_diff date_add date_sub")

// units are those of date_trunc; of others it is null.
var units = set("year yyyy yy quarter month mon mm week day dd hour minute second millisecond microsecond")

// NullWith lists the columns with which e is null: ok says that it is when one of
// them is and never else, so that asking for them is enough to know.
func NullWith(e expr.Expr, s expr.Schema) (columns []expr.Expr, ok bool) {
	switch x := e.(type) {
	case expr.Ref:
		return []expr.Expr{x}, true
	case expr.Literal:
		return nil, !x.Value.IsNull
	case expr.CastTo:
		ok = widens(x, s)
	case expr.Call:
		switch x.Fn {
		case "+", "-", "*":
			t, err := expr.TypeOf(x, s)
			ok = err == nil && (t.IsWhole() || isFloat(t))
		case "/", "%":
			ok = inFloats(x, s)
		case "date_trunc":
			unit, constant := x.Args[0].(expr.Literal)
			ok = constant && units[strings.ToLower(unit.Value.S)] && isTotal(x, s)
		default:
			ok = strict[x.Fn] && isTotal(x, s)
		}
	}
	for _, c := range e.Children() {
		if !ok {
			return nil, false
		}
		var more []expr.Expr
		more, ok = NullWith(c, s)
		columns = append(columns, more...)
	}
	return columns, ok
}
