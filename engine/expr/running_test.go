package expr_test

import (
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// After every row a running state has what folding the rows of its group up to
// there gives.
func TestRunner(t *testing.T) {
	r := rand.New(rand.NewPCG(51, 52))
	const rows, groups = 150, 3
	for _, c := range []struct {
		fn  string
		typ expr.Type
	}{
		{"count", expr.String}, {"count_if", expr.Bool}, {"sum", expr.Int32}, {"sum", expr.Int64}, {"sum", expr.Float64}, {"avg", expr.Int32},
		{"avg", expr.Float64}, {"avg", expr.YearMonth}, {"sum", expr.DayTime}, {"try_sum", expr.Int64},
		{"min", expr.Int32}, {"max", expr.Int64}, {"min", expr.Float64}, {"max", expr.Float64}, {"bool_or", expr.Bool}, {"max", expr.Date},
	} {
		b := expr.NewBuilder(c.typ)
		for range rows {
			v := randomValue(r, c.typ)
			if c.typ != expr.Bool {
				v.I %= 1000
			}
			b.AppendValue(v)
		}
		in := batchOf([]expr.Column{b.Take()})
		bound, err := expr.BindAggregate(agg(c.fn, "x"), in.Schema)
		if err != nil {
			t.Fatal(err)
		}
		running, ok := bound.NewState().(expr.Runner)
		if !ok {
			t.Errorf("%s of %v does not run", c.fn, c.typ)
			continue
		}
		running.Grow(groups)
		ids := make([]int32, rows)
		var members [groups][]int32
		for i := range ids {
			ids[i] = int32(r.IntN(groups))
		}
		cols, err := evaluate(bound, in)
		if err != nil {
			t.Fatal(err)
		}
		out := running.Run(ids, cols)
		if err := running.Err(); err != nil {
			t.Fatal(err)
		}
		for i, g := range ids {
			members[g] = append(members[g], int32(i))
			var gather expr.Gatherer
			want, err := fold(agg(c.fn, "x"), gather.Gather(in, members[g]))
			if err != nil || !out.Value(i).Equal(want) {
				t.Fatalf("%s of %v, row %d: want %s, got %s (%v)", c.fn, c.typ, i, plain(want), plain(out.Value(i)), err)
			}
		}
	}
}

// evaluate is the columns of an aggregate's arguments.
func evaluate(a *expr.BoundAggregate, in *expr.Batch) ([]*expr.Column, error) {
	cols := make([]*expr.Column, len(a.Args))
	for i, x := range a.Args {
		c, err := x.Eval(in)
		if err != nil {
			return nil, err
		}
		cols[i] = c
	}
	return cols, nil
}

// A running sum that leaves its type is an error in ANSI mode, and null from
// there on where try_sum asks for it.
func TestRunnerOverflow(t *testing.T) {
	x := expr.Column{Type: expr.Int64, Len: 3, I64: []int64{1, 1<<63 - 1, -5}}
	in := batchOf([]expr.Column{x})
	for fn, want := range map[string]string{"sum": "error", "try_sum": "1 NULL NULL"} {
		bound, err := expr.BindAggregate(agg(fn, "x").In(expr.Mode{ANSI: true}), in.Schema)
		if err != nil {
			t.Fatal(err)
		}
		s := bound.NewState().(expr.Runner)
		s.Grow(1)
		out := s.Run(make([]int32, 3), []*expr.Column{&x})
		got := out.Value(0).String() + " " + out.Value(1).String() + " " + out.Value(2).String()
		if s.Err() != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s: want %s, got %s", fn, want, got)
		}
	}
}
