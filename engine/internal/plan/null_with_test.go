package plan

import (
	"testing"

	"stagecoach/engine/expr"
)

// Where the columns with which an expression is null are known, it is null in
// rows in which one of them is, and in no others.
func TestNullWith(t *testing.T) {
	s := expr.Schema{{Name: "i", Type: expr.Int32}, {Name: "f", Type: expr.Float64}, {Name: "s", Type: expr.String}, {Name: "t", Type: expr.TimestampNTZ}}
	i, f, text, at := expr.Col("i"), expr.Col("f"), expr.Col("s"), expr.Col("t")
	hour := func(unit string) expr.Expr { return expr.Fn("date_trunc", expr.Lit(unit), at) }
	for _, c := range []struct {
		e     expr.Expr
		known bool
	}{
		{i, true},
		{expr.Add(i, 1), true},
		{expr.Add(i, f), true},
		{expr.Div(f, 4), true},
		{expr.Div(f, 0), false},
		{expr.Div(f, i), false},
		{expr.Fn("upper", text), true},
		{expr.Fn("concat", text, expr.Fn("lower", text)), true},
		{expr.CastTo{X: i, To: expr.Int64}, true},
		{expr.CastTo{X: text, To: expr.Int32}, false},
		{hour("hour"), true},
		{hour("fortnight"), false},
		{expr.Fn("year", at), true},
		{expr.Eq(i, 3), true},
		{expr.Fn("coalesce", i, expr.Lit(1)), false},
		{expr.IsNull(i), false},
		{expr.And(expr.Gt(i, 1), expr.Gt(f, 1)), false},
		{expr.Fn("<=>", i, expr.Lit(1)), false},
		{expr.Fn("nullif", i, expr.Lit(1)), false},
		{expr.Add(i, expr.Lit(nil)), false},
	} {
		columns, known := NullWith(c.e, s)
		if known != c.known {
			t.Errorf("%s: known %t, want %t", c.e, known, c.known)
		}
		if !known {
			continue
		}
		bound, err := expr.Bind(c.e, s)
		if err != nil {
			t.Fatal(err)
		}
		for nulls := range 1 << len(s) {
			row := &expr.Batch{Schema: s, Rows: 1}
			want := false
			for at, field := range s {
				v := expr.Value{Type: field.Type, I: 5, F: 5, S: "ab", IsNull: nulls>>at&1 == 1}
				row.Cols = append(row.Cols, expr.Constants(v, 1))
				for _, x := range columns {
					want = want || v.IsNull && x.(expr.Ref).Name == field.Name
				}
			}
			got, err := bound.Eval(row)
			if err != nil {
				t.Fatal(err)
			}
			if got.IsNull(0) != want {
				t.Errorf("%s with nulls %04b: null %t, want %t", c.e, nulls, got.IsNull(0), want)
			}
		}
	}
}
