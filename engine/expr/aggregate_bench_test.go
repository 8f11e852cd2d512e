package expr_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// BenchmarkAggregate folds batches of 8192 rows into a thousand groups; ns/row is
// what one row costs.
func BenchmarkAggregate(b *testing.B) {
	const rows, groups = 8192, 1000
	for _, c := range []struct {
		typ   expr.Type
		fns   string
		nulls bool
	}{
		{expr.Int32, "count sum avg min max", false},
		{expr.Int64, "sum avg min max", false},
		{expr.Float64, "sum avg min max stddev_samp", false},
		{expr.Float64, "count sum avg min max", true},
		{expr.Date, "min max", false},
		{expr.String, "min max count", false},
	} {
		r := rand.New(rand.NewPCG(1, 1))
		build := expr.NewBuilder(c.typ)
		ids := make([]int32, rows)
		for i := range ids {
			ids[i] = int32(r.IntN(groups))
			n := r.Int64N(100)
			build.AppendValue(expr.Value{Type: c.typ, I: n, F: float64(n) / 4, S: fmt.Sprintf("zone %03d", n), IsNull: c.nulls && n < 20})
		}
		in := &expr.Batch{Schema: expr.Schema{{Name: "x", Type: c.typ}}, Rows: rows, Cols: []expr.Column{build.Take()}}
		if c.typ == expr.String {
			g := expr.NewGroups([]expr.Type{c.typ})
			codes := g.Assign([]*expr.Column{&in.Cols[0]}, rows, nil)
			var out expr.Column
			expr.Take(&out, &g.Keys()[0], codes)
			in.Cols[0] = out
		}
		var fn string
		for fields := c.fns + " "; len(fields) > 0; {
			fmt.Sscan(fields, &fn)
			fields = fields[len(fn)+1:]
			name := fmt.Sprintf("%s/%v", fn, c.typ)
			if c.nulls {
				name += "/nulls"
			}
			b.Run(name, func(b *testing.B) { benchmarkFold(b, fn, in, ids, groups) })
		}
		if c.typ == expr.Int64 || c.typ == expr.String {
			b.Run("count_distinct/"+c.typ.String(), func(b *testing.B) {
				benchmarkBound(b, expr.CountDistinct(expr.Col("x"), ""), in, ids, groups)
			})
		}
		if c.typ == expr.Float64 && !c.nulls {
			b.Run("percentile", func(b *testing.B) { benchmarkBound(b, expr.Percentile(expr.Col("x"), 0.5, ""), in, ids, groups) })
		}
	}
}

func benchmarkFold(b *testing.B, fn string, in *expr.Batch, ids []int32, groups int) {
	benchmarkBound(b, expr.Aggregate{Fn: fn, Args: []expr.Expr{expr.Col("x")}}, in, ids, groups)
}

func benchmarkBound(b *testing.B, a expr.Aggregate, in *expr.Batch, ids []int32, groups int) {
	bound, err := expr.BindAggregate(a, in.Schema)
	if err != nil {
		b.Fatal(err)
	}
	args := make([]*expr.Column, len(bound.Args))
	s := bound.NewState()
	s.Grow(groups)
	folds := 0
	for b.Loop() {
		if folds++; folds%500 == 0 {
			s = bound.NewState()
			s.Grow(groups)
		}
		for i, x := range bound.Args {
			if args[i], err = x.Eval(in); err != nil {
				b.Fatal(err)
			}
		}
		s.Update(ids, args)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(in.Rows), "ns/row")
}
