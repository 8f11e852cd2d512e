package expr_test

import (
	"errors"
	"testing"

	"stagecoach/engine/expr"
)

// eval binds e against columns and evaluates it.
func eval(e expr.Expr, b *expr.Batch) ([]expr.Value, error) {
	x, err := expr.Bind(e, b.Schema)
	if err != nil {
		return nil, err
	}
	c, err := x.Eval(b)
	if err != nil {
		return nil, err
	}
	out := make([]expr.Value, b.Rows)
	for i := range out {
		out[i] = c.Value(i)
	}
	return out, nil
}

func ints(name string, values ...any) (expr.Field, expr.Column) {
	b := expr.NewBuilder(expr.Int32)
	for _, v := range values {
		if v == nil {
			b.AppendNull()
		} else {
			b.AppendValue(expr.Value{Type: expr.Int32, I: int64(v.(int))})
		}
	}
	return expr.Field{Name: name, Type: expr.Int32}, b.Take()
}

// What a branch would do wrong for rows that do not take it is nobody's error;
// for a row that takes it, it is.
func TestOnlyTakenBranchesFail(t *testing.T) {
	fa, a := ints("a", 10, 20, nil, 40)
	fb, b := ints("b", 2, 0, 0, nil)
	batch := &expr.Batch{Schema: expr.Schema{fa, fb}, Rows: 4, Cols: []expr.Column{a, b}}
	for text, want := range map[string]string{
		"case when b != 0 then a div b else -1 end":                        "5 -1 -1 -1 ",
		"case when b = 0 then -1 else a div b end":                         "5 -1 -1 NULL ",
		"case when b = 0 then -1 when a div b > 1 then 1 end":              "1 -1 -1 NULL ",
		"if(b = 0, null, a % b)":                                           "0 NULL NULL NULL ",
		"b != 0 and a div b = 5":                                           "true false false NULL ",
		"b = 0 or a div b = 5":                                             "true true true NULL ",
		"coalesce(nullif(b, 0), a div b)":                                  "2 DIVIDE_BY_ZERO",
		"nvl2(nullif(b, 0), a div b, 0)":                                   "5 0 0 0 ",
		"a div b":                                                          "DIVIDE_BY_ZERO",
		"try_divide(a, b)":                                                 "5.0 NULL NULL NULL ",
		"case when b = 0 then if(a = 20, 0, a div b) else a div b end":     "5 0 NULL NULL ",
		"case when a = 20 then a div b else 0 end":                         "DIVIDE_BY_ZERO",
		"a is not null and b is not null and (b = 0 or a div b > 0)":       "true true false false ",
		"coalesce(case when b <> 0 then cast(a div b as string) end, 'x')": "5 x x x ",
	} {
		e, err := parse(text, expr.Mode{ANSI: true})
		if err != nil {
			t.Fatal(err)
		}
		values, err := eval(e, batch)
		got := ""
		for _, v := range values {
			got += v.String() + " "
		}
		var x *expr.Error
		if errors.As(err, &x) {
			got = x.Class
		} else if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got != want && !(err != nil && len(want) > len(got) && want[len(want)-len(got):] == got) {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// A column of nulls alone may have an empty dictionary.
func TestNullsInAnEmptyDictionary(t *testing.T) {
	empty := expr.NewBuilder(expr.String).Take()
	batch := &expr.Batch{Schema: expr.Schema{{Name: "s", Type: expr.String}}, Rows: 9,
		Cols: []expr.Column{{Type: expr.String, Len: 9, Valid: make([]byte, 2), Dict: &empty, Codes: make([]int32, 9)}}}
	for _, text := range []string{"s = 'a'", "'a' < s", "s in ('a', 'b')", "s in ('a', s)", "cast(s as int)", "cast(s as binary)", "coalesce(s, null)",
		"greatest(s, s)", "hex(s)", "md5(s)", "s is not true", "case when s = 'x' then s end", "s + 1"} {
		e, err := parse(text, expr.Mode{ANSI: true})
		if err != nil {
			t.Fatal(err)
		}
		values, err := eval(e, batch)
		if err != nil || values[8].I == 0 && !values[8].IsNull {
			t.Errorf("%s: %v, %v", text, values, err)
		}
	}
}
