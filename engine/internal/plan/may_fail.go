package plan

import "stagecoach/engine/expr"

// total lists the functions that have a value (or null) for any arguments, even
// with spark.sql.ansi.enabled=true.
var total = map[string]bool{"=": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true, "<=>": true, "and": true, "or": true,
	"not": true, "isnull": true, "isnotnull": true, "isnan": true, "in": true, "coalesce": true, "like": true, "upper": true, "lower": true,
	"trim": true, "length": true, "concat": true, "substring": true, "startswith": true, "endswith": true, "contains": true,
	"year": true, "month": true, "day": true, "hour": true, "minute": true, "second": true}

// MayFail reports whether evaluating e can be an error, so that it must not be
// evaluated for rows for which the query does not ask.
func MayFail(e expr.Expr) bool {
	switch x := e.(type) {
	case expr.Call:
		if x.Fn == "raise_error" || x.Fn == "assert_true" || x.Mode.ANSI && !x.Mode.Try && !total[x.Fn] {
			return true
		}
	case expr.CastTo:
		if x.Mode.ANSI && !x.Mode.Try {
			return true
		}
	}
	for _, c := range e.Children() {
		if MayFail(c) {
			return true
		}
	}
	return false
}
