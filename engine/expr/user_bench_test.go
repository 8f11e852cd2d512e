package expr_test

import (
	"testing"

	"stagecoach/engine/expr"
)

// What the adapter of row functions costs a row, against a built-in kernel and a
// batch function that compute the same.
func BenchmarkUserFunction(b *testing.B) {
	u := &expr.UserFunctions{}
	for name, f := range map[string]expr.FunctionSpec{
		"plus_row": expr.RowFunction2(func(x, y float64) (float64, error) { return x + y, nil }),
		"plus_batch": expr.BatchFunction([]expr.Type{expr.Float64, expr.Float64}, expr.Float64, func(args []*expr.Column, rows int, out *expr.Builder) error {
			for i := range rows {
				out.AppendValue(expr.Value{Type: expr.Float64, F: args[0].F64[i] + args[1].F64[i]})
			}
			return nil
		}),
	} {
		if err := u.Add(name, f); err != nil {
			b.Fatal(err)
		}
	}
	const rows = 16384
	x := expr.NewBuilder(expr.Float64)
	for i := range rows {
		x.AppendValue(expr.Value{Type: expr.Float64, F: float64(i)})
	}
	c := x.Take()
	batch := &expr.Batch{Schema: expr.Schema{{Name: "x", Type: expr.Float64}, {Name: "y", Type: expr.Float64}}, Rows: rows, Cols: []expr.Column{c, c}}
	for _, name := range []string{"+", "plus_row", "plus_batch"} {
		b.Run(name, func(b *testing.B) {
			e, err := expr.Bind(expr.In(expr.Fn(name, expr.Col("x"), expr.Col("y")), expr.Mode{User: u}), batch.Schema)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := e.Eval(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
