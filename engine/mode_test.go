package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// numbers is a frame of a whole number and a moment: 0, 1 and 2 at the epoch.
func numbers(s *engine.Session) *engine.Frame {
	n, at := expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.Timestamp)
	for i := range 3 {
		n.AppendValue(expr.Value{Type: expr.Int32, I: int64(i)})
		at.AppendValue(expr.Value{Type: expr.Timestamp})
	}
	schema := expr.Schema{{Name: "n", Type: expr.Int32}, {Name: "at", Type: expr.Timestamp}}
	return s.Read(source.Memory(schema, []*expr.Batch{{Schema: schema, Rows: 3, Cols: []expr.Column{n.Take(), at.Take()}}}))
}

// A session divides by zero as its parameters say, wherever an expression can
// stand; the default is an error, as in Spark 4.0.
func TestModeOfASession(t *testing.T) {
	quotient := expr.Div(expr.Lit(1), col("n"))
	queries := map[string]func(f *engine.Frame) *engine.Frame{
		"select": func(f *engine.Frame) *engine.Frame { return f.Select(as(quotient, "q")) },
		"with":   func(f *engine.Frame) *engine.Frame { return f.With("q", quotient) },
		"where":  func(f *engine.Frame) *engine.Frame { return f.Where(expr.Gt(quotient, -1)) },
		"key":    func(f *engine.Frame) *engine.Frame { return f.GroupBy(as(quotient, "q")).Agg(expr.Count("c")) },
		"agg":    func(f *engine.Frame) *engine.Frame { return f.Agg(expr.Max(quotient, "m")) },
	}
	for _, c := range []struct {
		settings string
		ansi     bool
	}{
		{"", true},
		{"spark.sql.ansi.enabled=false", false},
		{"stagecoach.spark.version=3.5", false},
		{"stagecoach.spark.version=3.5 spark.sql.ansi.enabled=true", true},
		{"stagecoach.spark.version=4.0", true},
	} {
		s := session(t, &recorder{}, strings.Fields(c.settings)...)
		if s.Mode().ANSI != c.ansi {
			t.Errorf("%s: ansi=%v", c.settings, s.Mode().ANSI)
		}
		for name, query := range queries {
			_, err := query(numbers(s)).Collect(context.Background())
			var x *expr.Error
			if failed := errors.As(err, &x) && x.Class == "DIVIDE_BY_ZERO"; failed != c.ansi || !failed && err != nil {
				t.Errorf("%q, %s: %v", c.settings, name, err)
			}
		}
	}
}

// What an earlier condition rules out cannot fail a later one, whether the two
// stand in one filter or in two.
func TestConditionsGuardLaterOnes(t *testing.T) {
	s := session(t, &recorder{})
	guard, risky := expr.Ne(col("n"), 0), expr.Ge(expr.Div(expr.Lit(1), col("n")), 1)
	for name, f := range map[string]*engine.Frame{
		"one filter":  numbers(s).Where(expr.And(guard, risky)),
		"two filters": numbers(s).Where(guard).Where(risky),
	} {
		r, err := f.Collect(context.Background())
		if err != nil || r.Len() != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Timestamps are shown in the session's zone; one that does not exist is
// refused with the remedy.
func TestZoneOfASession(t *testing.T) {
	for zone, want := range map[string]string{
		"UTC": "1970-01-01 00:00:00", "America/New_York": "1969-12-31 19:00:00", "+01:00": "1970-01-01 01:00:00",
		"GMT+2": "1970-01-01 02:00:00", "Asia/Kolkata": "1970-01-01 05:30:00",
	} {
		s := session(t, &recorder{}, "spark.sql.session.timeZone="+zone)
		r, err := numbers(s).Select(as(expr.CastTo{X: col("at"), To: expr.String}, "text")).Limit(1).Collect(context.Background())
		if err != nil || r.Rows()[0][0].S != want {
			t.Errorf("%s: %v, want %s", zone, err, want)
		}
	}
	conf, err := config.Parse("spark.sql.session.timeZone=Mars/Olympus")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.NewSession(conf); err == nil || !strings.Contains(err.Error(), "write a region") {
		t.Errorf("%v", err)
	}
}

// A whole number that folding computed counts beside a decimal by its type, as
// it does unfolded: plan and result agree.
func TestFoldingKeepsDecimalTypes(t *testing.T) {
	s := session(t, &recorder{})
	price := expr.CastTo{X: col("n"), To: expr.DecimalOf(10, 2)}
	f := numbers(s).Select(as(expr.Mul(price, expr.Add(expr.Lit(1), 1)), "a"), as(expr.Mul(price, 2), "b"))
	r, err := f.Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []expr.Type{expr.DecimalOf(21, 2), expr.DecimalOf(12, 2)} {
		if got := r.Rows()[2][i]; f.Schema()[i].Type != want || got.Type != want || got.String() != "4.00" {
			t.Errorf("column %d: %v in the plan, %v %v in the result, want %v 4.00", i, f.Schema()[i].Type, got.Type, got, want)
		}
	}
}
