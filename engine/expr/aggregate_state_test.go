package expr_test

import (
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
)

// A frame that slides over rows has what folding its rows alone gives.
func TestRetract(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	const rows, width = 200, 9
	for _, c := range []struct {
		fn  string
		typ expr.Type
	}{
		{"count", expr.String}, {"sum", expr.Int32}, {"sum", expr.Int64}, {"avg", expr.YearMonth}, {"sum", expr.DayTime},
		{"sum", expr.DecimalOf(7, 2)}, {"avg", expr.DecimalOf(38, 10)}, {"try_sum", expr.DecimalOf(38, 10)},
	} {
		b := expr.NewBuilder(c.typ)
		for range rows {
			v := randomValue(r, c.typ)
			v.I %= 1000
			b.AppendValue(v)
		}
		in := batchOf([]expr.Column{b.Take()})
		bound, err := expr.BindAggregate(agg(c.fn, "x"), in.Schema)
		if err != nil {
			t.Fatal(err)
		}
		sliding, ok := bound.NewState().(expr.Retractor)
		if !ok {
			t.Errorf("%s of %v cannot take rows back", c.fn, c.typ)
			continue
		}
		sliding.Grow(1)
		one := func(i int) []*expr.Column { return []*expr.Column{&in.Slice(i, i+1).Cols[0]} }
		for i := range rows {
			if i >= width {
				sliding.Retract([]int32{0}, one(i-width))
			}
			sliding.Update([]int32{0}, one(i))
			from := max(0, i+1-width)
			want, err := fold(agg(c.fn, "x"), in.Slice(from, i+1))
			out := sliding.Final()
			if err != nil || !out.Value(0).Equal(want) {
				t.Fatalf("%s of %v, rows %d to %d: want %s, got %s (%v)", c.fn, c.typ, from, i, plain(want), plain(out.Value(0)), err)
			}
		}
	}
}

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
