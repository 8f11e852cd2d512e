package plan

import (
	"testing"

	"stagecoach/engine/expr"
)

// Only what has a value for any row counts as safe, by function and by the types
// that it is given; without ANSI mode nothing fails but what is made to.
func TestMayFail(t *testing.T) {
	s := expr.Schema{{Name: "i", Type: expr.Int32}, {Name: "l", Type: expr.Int64}, {Name: "f", Type: expr.Float64},
		{Name: "s", Type: expr.String}, {Name: "d", Type: expr.Date}, {Name: "t", Type: expr.Timestamp}, {Name: "b", Type: expr.Bool}}
	i, l, f, text, date, at := expr.Col("i"), expr.Col("l"), expr.Col("f"), expr.Col("s"), expr.Col("d"), expr.Col("t")
	cast := func(x expr.Expr, to expr.Type) expr.Expr { return expr.CastTo{X: x, To: to} }
	for _, c := range []struct {
		e    expr.Expr
		want bool
	}{
		{i, false},
		{expr.Gt(i, 3), false},
		{expr.Fn("in", i, expr.Lit(1), expr.Lit(2)), false},
		{expr.Add(i, 1), true},
		{expr.Add(f, 1), false},
		{expr.Mul(f, i), false},
		{expr.Div(f, 2), false},
		{expr.Div(f, 0), true},
		{expr.Div(f, i), true},
		{expr.Gt(expr.Div(f, i), 2), true},
		{expr.Eq(text, expr.Lit("a")), false},
		{expr.Eq(text, i), true},
		{expr.Fn("upper", text), false},
		{cast(i, expr.Int64), false},
		{cast(l, expr.Int32), true},
		{cast(i, expr.Float64), false},
		{cast(f, expr.Int32), true},
		{cast(text, expr.Int32), true},
		{cast(i, expr.String), false},
		{cast(at, expr.Date), false},
		{cast(text, expr.Date), true},
		{expr.Fn("year", date), false},
		{expr.Fn("year", text), true},
		{expr.Fn("date_trunc", expr.Lit("hour"), at), false},
		{expr.Case([]expr.Expr{expr.Ne(i, 0), expr.Div(f, i)}, expr.Lit(0.0)), true},
	} {
		if got := MayFail(expr.In(c.e, expr.Mode{ANSI: true}), s); got != c.want {
			t.Errorf("%s may fail: %t, want %t", c.e, got, c.want)
		}
		if MayFail(expr.In(c.e, expr.Mode{}), s) {
			t.Errorf("%s may fail without ANSI mode", c.e)
		}
	}
	if !MayFail(expr.Fn("raise_error", text), s) {
		t.Error("raise_error cannot fail")
	}
}
