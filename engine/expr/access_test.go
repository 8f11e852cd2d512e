package expr_test

import (
	"testing"

	"stagecoach/engine/expr"
)

// Indices count from 0 and fields go by name, in structs and through arrays of
// them; outside an array there is null, in ANSI mode an error.
func TestAccess(t *testing.T) {
	list := expr.Fn("array", 10, 20, nil)
	person := expr.Fn("named_struct", "name", "Ada", "Born", 1815)
	nobody := expr.Case([]expr.Expr{expr.Lit(false), person}, nil)
	people := expr.Fn("array", person, nobody)
	for _, c := range []struct {
		e         expr.Expr
		want      string
		failsANSI bool
	}{
		{expr.Fn("[]", list, 0), "10", false},
		{expr.Fn("[]", list, 2), "NULL", false},
		{expr.Fn("[]", list, 3), "NULL", true},
		{expr.Fn("[]", list, -1), "NULL", true},
		{expr.Fn("get", list, 3), "NULL", false},
		{expr.Fn("[]", nil, 0), "NULL", false},
		{expr.Fn("[]", person, "name"), "Ada", false},
		{expr.Fn(".", person, "born"), "1815", false},
		{expr.Fn(".", nobody, "name"), "NULL", false},
		{expr.Fn(".", people, "name"), "[Ada, NULL]", false},
		{expr.Fn(".", expr.Fn("[]", people, 0), "born"), "1815", false},
	} {
		for _, ansi := range []bool{false, true} {
			v, err := expr.Constant(expr.In(c.e, expr.Mode{ANSI: ansi}))
			if fails := ansi && c.failsANSI; fails != (err != nil) || !fails && v.String() != c.want {
				t.Errorf("ansi=%t %s is %v (%v), want %s", ansi, c.e, v, err, c.want)
			}
		}
	}
	_, err := expr.Constant(expr.Fn(".", person, "nam"))
	wantError(t, "a mistyped field", err, `did you mean "name"?`)
	_, err = expr.Constant(expr.Fn(".", list, "name"))
	wantError(t, "a field of numbers", err, "has no fields")
}
