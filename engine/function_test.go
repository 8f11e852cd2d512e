package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// register gives a session the functions of these tests.
func register(t testing.TB, s *engine.Session) {
	t.Helper()
	for name, f := range map[string]expr.FunctionSpec{
		"twice": expr.RowFunction1(func(x int64) (int64, error) { return 2 * x, nil }),
		"Label": expr.RowFunction2(func(g string, n int64) (string, error) {
			if n == 7 {
				return "", errors.New("seven is refused")
			}
			return g + ":" + string(rune('a'+n%26)), nil
		}),
		"between_": expr.RowFunction3(func(x, least, most float64) (bool, error) { return x >= least && x <= most, nil }),
		"panics":   expr.RowFunction1(func(x int32) (float64, error) { return []float64{}[x], nil }),
		"or_zero": expr.BatchFunction([]expr.Type{expr.Int64}, expr.Int64, func(args []*expr.Column, rows int, out *expr.Builder) error {
			for i := range rows {
				v := args[0].Value(i)
				out.AppendValue(expr.Value{Type: expr.Int64, I: v.I * int64(b2i(!v.IsNull))})
			}
			return nil
		}),
		"too_few": expr.BatchFunction([]expr.Type{expr.Int64}, expr.Int64, func([]*expr.Column, int, *expr.Builder) error { return nil }),
	} {
		if err := s.RegisterFunction(name, f); err != nil {
			t.Fatal(err)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Functions of the program compute the same in frames and in SQL as what they
// do said in SQL, over nulls, other types and constants too.
func TestUserFunctions(t *testing.T) {
	for _, c := range []struct{ own, plain string }{
		{"twice(n)", "2 * n"},
		{"TWICE(twice(n))", "4 * n"},
		{"twice(cast(n % 100 as smallint))", "2 * (n % 100)"},
		{"twice(21)", "bigint(42)"},
		{"twice(null)", "cast(null as bigint)"},
		{"or_zero(nullif(n, 3))", "coalesce(nullif(n, 3), bigint(0))"},
		{"between_(v, 10, 20.5)", "v between 10 and 20.5"},
		{"label(g, 0)", "concat(g, ':a')"},
		{"sum(twice(k))", "sum(2 * k)"},
		{"case when n = 7 then 'x' else label(g, n) end is null", "case when n = 7 then false else g is null or n is null end"},
	} {
		s := session(t, &recorder{}, "spark.master=local[2]")
		register(t, s)
		if err := s.CreateView("t", s.Read(source.Memory(schema, table(500, 3)))); err != nil {
			t.Fatal(err)
		}
		var got [2][]string
		for i, e := range []string{c.own, c.plain} {
			f, err := s.SQL(context.Background(), "select "+e+" as x from t")
			if err != nil {
				t.Fatalf("%s: %v", e, err)
			}
			got[i] = collected(t, f)
		}
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("%s: %s", c.own, firstDifference(got[0], got[1]))
		}
	}
}

// What a function does is in the metrics of the node that calls it.
func TestUserFunctionMetrics(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]", "stagecoach.batch.rows=100")
	register(t, s)
	f := s.Read(source.Memory(schema, wide(2000))).Select(expr.As{X: expr.Fn("twice", expr.Fn("twice", expr.Col("n"))), Name: "x"})
	if _, err := f.Collect(context.Background()); err != nil {
		t.Fatal(err)
	}
	if rows, nanos := r.node(metric.FunctionRows), r.node(metric.FunctionTime); rows != 4000 || nanos <= 0 || nanos > r.node(metric.NodeTime) {
		t.Errorf("%d rows and %d ns in functions, %d ns in nodes", rows, nanos, r.node(metric.NodeTime))
	}
}

// An error of a function names it and the values of the row; a panic is such an
// error, when the plan is made too, and ends nothing but its query.
func TestUserFunctionMistakes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]")
	register(t, s)
	if err := s.CreateView("t", s.Read(source.Memory(schema, wide(100)))); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"select label('Queens', n) from t":           "function label(Queens, 7): seven is refused",
		"select panics(n % 5 + 3) from t":            "function panics(",
		"select panics(4)":                           "function panics(4): panic: runtime error: index out of range [4] with length 0",
		"select count(*) from t where panics(k) > 0": "index out of range",
		"select too_few(n) from t":                   "function too_few: 0 values for",
		"select twice(n, n) from t":                  "twice takes 1 argument, got 2",
		"select twise(n) from t":                     "did you mean twice?",
		"select twice(array(1)) from t":              "twice",
	} {
		f, err := s.SQL(context.Background(), query)
		if err == nil {
			_, err = f.Collect(context.Background())
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", query, err, want)
		}
	}
	for name, want := range map[string]string{"twice": "ROUTINE_ALREADY_EXISTS", "Upper": "ROUTINE_ALREADY_EXISTS", "sum": "ROUTINE_ALREADY_EXISTS", "a b": "make a name"} {
		if err := s.RegisterFunction(name, expr.RowFunction1(func(x int64) (int64, error) { return x, nil })); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
	if err := s.RegisterFunction("empty", expr.FunctionSpec{}); err == nil || !strings.Contains(err.Error(), "nothing to compute it") {
		t.Errorf("error %v", err)
	}
}

// SHOW FUNCTIONS lists the functions of the program, DESCRIBE FUNCTION knows them.
func TestShowUserFunctions(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	register(t, s)
	for query, want := range map[string]string{"show functions like 'tw*'": "twice|", "describe function Label": "Function: label|"} {
		f, err := s.SQL(context.Background(), query)
		if err != nil {
			t.Fatal(err)
		}
		if got := collected(t, f); !slices.Contains(got, want) {
			t.Errorf("%s: %q; want %q", query, got, want)
		}
	}
}
