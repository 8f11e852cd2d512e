package expr_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"stagecoach/engine/expr"
)

// rangeOf is bigints 0 to n-1 as Spark's range makes them, each through f.
func rangeOf(n int, f func(i int) int) expr.Column {
	values := make([]any, n)
	for i := range values {
		values[i] = f(i)
	}
	return bigintsOf(values...)
}

// Approximate percentiles of many rows are those of Spark 4.0.1, where the summary
// is compressed on the way.
func TestApproximatePercentileIsSparks(t *testing.T) {
	points := arrayOf(expr.Float64, 0.1, 0.33, 0.5, 0.9, 0.999)
	for _, c := range []struct {
		rows, accuracy int
		want           string
	}{
		{100003, 100, "[9272 32570 49874 89481 100002]"},
		{100003, 10, "[0 28352 40291 100002 100002]"},
		{100003, 10000, "[9991 32993 49996 89996 99898]"},
		{1009, 20, "[50 288 466 862 1008]"},
	} {
		v, err := fold(agg("percentile_approx", "x", points, c.accuracy), rowsOf(rangeOf(c.rows, func(i int) int { return i * 7919 % c.rows })))
		if err != nil || plain(v) != c.want {
			t.Errorf("accuracy %d: want %s, got %s (%v)", c.accuracy, c.want, plain(v), err)
		}
	}
}

// Ranks of approximate percentiles are off by at most n/accuracy, however the rows
// are spread over partial states.
func TestApproximatePercentileKeepsItsBound(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n, parts = 200_000, 7
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Exp(r.NormFloat64())
	}
	for _, accuracy := range []int{10, 200, 5000} {
		bound, err := expr.BindAggregate(agg("percentile_approx", "x", arrayOf(expr.Float64, 0.01, 0.3, 0.77, 0.99), accuracy), expr.Schema{{Name: "x", Type: expr.Float64}})
		if err != nil {
			t.Fatal(err)
		}
		whole := bound.NewState()
		whole.Grow(1)
		for p := range parts {
			from, to := p*n/parts, (p+1)*n/parts
			s := bound.NewState()
			s.Grow(1)
			s.Update(make([]int32, to-from), []*expr.Column{{Type: expr.Float64, Len: to - from, F64: values[from:to]}})
			merge(whole, []int32{0}, s.Export())
		}
		sorted := slices.Sorted(slices.Values(values))
		out := whole.Final()
		for i, p := range []float64{0.01, 0.3, 0.77, 0.99} {
			rank, _ := slices.BinarySearch(sorted, out.Value(0).List[i].F)
			// The relative error of merged summaries is that of each, and the query
			// adds half a sample.
			if off := math.Abs(float64(rank) - p*n); off > 2*n/float64(accuracy) {
				t.Errorf("accuracy %d: percentile %v has rank %d of %d", accuracy, p, rank, n)
			}
		}
	}
}

// Approximate counts are those of Spark 4.0.1 below its bound of linear counting
// and above five times its registers (exact), and near it between, where Spark
// corrects by tables.
func TestApproximateCountIsSparks(t *testing.T) {
	id := func(i int) int { return i }
	texts := func(n int) expr.Column {
		values := make([]any, n)
		for i := range values {
			values[i] = strconv.Itoa(i)
		}
		return textsOf(values...)
	}
	as := func(typ expr.Type, scale int) expr.Column {
		values := make([]any, 1000)
		for i := range values {
			values[i] = i * scale
		}
		return columnOf(typ, values...)
	}
	for _, c := range []struct {
		want  int64
		exact bool
		rsd   float64
		in    expr.Column
	}{
		{2, true, 0.05, intsOf(1, 1, 2, nil)},
		{0, true, 0.05, intsOf(nil)},
		{2, true, 0.05, doublesOf(0.0, math.Copysign(0, -1), math.NaN())},
		{2, true, 0.05, columnOf(expr.ArrayOf(expr.Int32), []any{1}, []any{1}, []any{2})},
		{2, true, 0.01, textsOf("a", "b")},
		{103, true, 0.05, rangeOf(100, id)},
		{296, true, 0.05, rangeOf(300, id)},
		{397, true, 0.05, rangeOf(400, id)},
		{484, false, 0.05, rangeOf(500, id)},
		{1026, false, 0.05, rangeOf(1000, id)},
		{1947, false, 0.05, rangeOf(2000, id)},
		{2450, false, 0.05, rangeOf(2560, id)},
		{2770, true, 0.05, rangeOf(3000, id)},
		{9571, true, 0.05, rangeOf(10000, id)},
		{95546, true, 0.05, rangeOf(100000, id)},
		{100425, true, 0.01, rangeOf(100000, id)},
		{19867, false, 0.01, rangeOf(20000, id)},
		{1026, false, 0.05, as(expr.Int32, 1)},
		{1034, false, 0.05, texts(1000)},
		{1115, false, 0.05, as(expr.Float64, 1)},
		{919, false, 0.05, as(expr.DecimalOf(10, 2), 100)},
		{977, false, 0.05, as(expr.DecimalOf(30, 2), 100)},
		{1041, false, 0.05, as(expr.Float32, 1)},
		{1026, false, 0.05, as(expr.Timestamp, 1000000)},
	} {
		v, err := fold(agg("approx_count_distinct", "x", c.rsd), rowsOf(c.in))
		if err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(float64(v.I-c.want)) / max(float64(c.want), 1); off > 0.03 || c.exact && off > 0 {
			t.Errorf("%d values of %v with error %v: Spark has %d, here are %d", c.in.Len, c.in.Type, c.rsd, c.want, v.I)
		}
	}
}

// The deviation of approximate counts is what was asked for, from few values to
// many times the registers.
func TestApproximateCountKeepsItsDeviation(t *testing.T) {
	const seed, tries = 21, 60
	r := rand.New(rand.NewPCG(seed, seed))
	schema := expr.Schema{{Name: "x", Type: expr.Int64}}
	for _, rsd := range []float64{0.05, 0.2} {
		bound, err := expr.BindAggregate(agg("approx_count_distinct", "x", rsd), schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{10, 100, 300, 700, 1500, 2500, 5000, 20000} {
			square, bias := 0.0, 0.0
			for range tries {
				c := expr.Column{Type: expr.Int64, Len: n, I64: make([]int64, n)}
				for i := range c.I64 {
					c.I64[i] = r.Int64()
				}
				s := bound.NewState()
				s.Grow(1)
				s.Update(make([]int32, n), []*expr.Column{&c})
				out := s.Final()
				off := float64(out.I64[0])/float64(n) - 1
				square += off * off / tries
				bias += off / tries
			}
			if got := math.Sqrt(square); got > rsd*1.2 || math.Abs(bias) > rsd/2 {
				t.Errorf("seed %d, %d values: deviation %.3f, mean error %.3f, asked for %v", seed, n, got, bias, rsd)
			}
		}
	}
}
