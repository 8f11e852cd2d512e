package expr_test

import (
	"testing"

	"stagecoach/engine/expr"
)

// States that keep values say so: from the bytes of the values up to a few times
// as many.
func TestSizeOfKeptValues(t *testing.T) {
	const rows = 50_000
	long, text := expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.String)
	for i := range rows {
		long.AppendValue(expr.Value{Type: expr.Int64, I: int64(i) << 20})
		text.AppendValue(expr.Value{Type: expr.String, S: string(rune('a'+i%26)) + string(rune(0x4e00+i%20000)) + "0123456789"[:i/20000]})
	}
	in := rowsOf(long.Take(), text.Take())
	for _, c := range []struct {
		a     expr.Aggregate
		least int64 // bytes of a row
	}{
		{agg("collect_list", "x"), 8}, {agg("collect_set", "x"), 8}, {agg("percentile", "x", 0.5), 8}, {agg("mode", "x"), 16},
		{unique(agg("sum", "x")), 8}, {agg("percentile_approx", "x", 0.5, 1000000), 8}, {agg("listagg", "y"), 4}, {agg("collect_list", "y"), 4},
	} {
		bound, err := expr.BindAggregate(c.a, in.Schema)
		if err != nil {
			t.Fatal(err)
		}
		s := bound.NewState()
		s.Grow(1)
		if err := update(s, bound, make([]int32, rows), in); err != nil {
			t.Fatal(err)
		}
		if size := s.Size(); size < c.least*rows || size > 10*c.least*rows {
			t.Errorf("%s of %d rows says %d bytes", c.a, rows, size)
		}
	}
}
