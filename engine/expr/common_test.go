package expr_test

import (
	"fmt"
	"testing"

	"stagecoach/engine/expr"
)

// What occurs twice is computed once, the whole and not its parts, unless it may
// not be; constants that print alike are not alike.
func TestCommon(t *testing.T) {
	share := expr.Fn("/", expr.Col("tip"), expr.Col("fare"))
	hour := expr.Fn("hour", expr.Col("pickup"))
	for _, c := range []struct {
		list         []expr.Expr
		common, rest string
	}{
		{[]expr.Expr{expr.Ge(share, 0), expr.Le(share, 1)}, "[(tip / fare) AS #common0]", "[(#common0 >= 0) (#common0 <= 1)]"},
		{[]expr.Expr{expr.As{X: hour, Name: "h"}, hour, expr.Col("pickup"), expr.Col("pickup")}, "[hour(pickup) AS #common0]", "[#common0 AS h #common0 pickup pickup]"},
		{[]expr.Expr{expr.Eq(expr.Col("a"), 1), expr.Eq(expr.Col("a"), "1")}, "[]", "[(a = 1) (a = 1)]"},
		{[]expr.Expr{expr.Fn("raise_error", expr.Col("a")), expr.Fn("raise_error", expr.Col("a"))}, "[]", "[raise_error(a) raise_error(a)]"},
	} {
		common, rest := expr.Common(c.list, func(e expr.Expr) bool { return e.(expr.Call).Fn != "raise_error" })
		if fmt.Sprint(common) != c.common || fmt.Sprint(rest) != c.rest {
			t.Errorf("%v\n  is %v and %v\n  want %s and %s", c.list, common, rest, c.common, c.rest)
		}
	}
}
