package engine_test

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"stagecoach/benchmarks/runner"
	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

var streamed = expr.Schema{{Name: "k", Type: expr.Int64}, {Name: "g", Type: expr.Int64}, {Name: "v", Type: expr.Float64}, {Name: "w", Type: expr.Int64}}

// stream is a table that is made while it is read, so that it takes no memory:
// row i has k = a permutation of the rows, g = k/4, v and w.
type stream struct{ rows, splits int }

func (s stream) Schema() expr.Schema { return streamed }
func (s stream) Format() string      { return "stream" }
func (s stream) Location() string    { return fmt.Sprint(s.rows, " rows") }
func (s stream) Stats() source.Stats {
	return source.Stats{Rows: int64(s.rows), Bytes: int64(s.rows) * 32}
}
func (s stream) Splits(source.SplitOptions) ([]source.Split, error) {
	out := make([]source.Split, s.splits)
	for i := range out {
		out[i].Pieces = []source.Piece{{Index: i}}
	}
	return out, nil
}

func (s stream) Read(ctx context.Context, split source.Split, r *source.Read) iter.Seq2[*expr.Batch, error] {
	return func(yield func(*expr.Batch, error) bool) {
		const size = 8192
		part := split.Pieces[0].Index
		all := expr.Batch{Schema: streamed, Rows: size}
		for _, f := range streamed {
			all.Cols = append(all.Cols, expr.Column{Type: f.Type, Len: size})
		}
		k, g, v, w := make([]int64, size), make([]int64, size), make([]float64, size), make([]int64, size)
		all.Cols[0].I64, all.Cols[1].I64, all.Cols[2].F64, all.Cols[3].I64 = k, g, v, w
		out := expr.Batch{Rows: size}
		for _, name := range r.Columns {
			at := streamed.Index(name)
			out.Schema, out.Cols = append(out.Schema, streamed[at]), append(out.Cols, all.Cols[at])
		}
		per := s.rows / s.splits
		for at := part * per; at < (part+1)*per; at += size {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			for i := range size {
				// An odd factor permutes the numbers below a power of two.
				k[i] = int64((at+i)*0x5851F42D4C957F2D) & int64(s.rows-1)
				g[i], v[i], w[i] = k[i]/4, float64(k[i])/2, int64(at+i)
			}
			if !yield(&out, nil) {
				return
			}
		}
	}
}

// Queries over ten times the memory of all executors give the right answer, by
// spilling, and the process stays below one and a half times that memory and 150
// MB.
func TestBeyondMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const (
		budget = 50 << 20
		rows   = 1 << 24 // of 32 bytes: 10 times the budget
		limit  = budget*3/2 + 150<<20
	)
	col := expr.Col
	for _, c := range []struct {
		name  string
		query func(f *engine.Frame) *engine.Frame
		want  string
	}{
		{"aggregate", func(f *engine.Frame) *engine.Frame {
			return f.GroupBy(col("g")).Agg(expr.Sum(col("w"), "s"), expr.Count("c")).Agg(expr.Sum(col("s"), "s"), expr.Sum(col("c"), "c"), expr.Count("n"))
		}, fmt.Sprintf("%d|%d|%d|", rows*(rows-1)/2, rows, rows/4)},
		{"sort", func(f *engine.Frame) *engine.Frame {
			return f.OrderBy(engine.Asc("k")).Agg(expr.Sum(col("w"), "s"), expr.Count("n"))
		}, fmt.Sprintf("%d|%d|", rows*(rows-1)/2, rows)},
		{"join", func(f *engine.Frame) *engine.Frame {
			other := f.Select(expr.As{X: col("k"), Name: "k2"}, expr.As{X: col("w"), Name: "w2"})
			return f.Join(other, engine.Inner, engine.On{Left: "k", Right: "k2"}).Agg(expr.Sum(col("w"), "s"), expr.Sum(col("w2"), "s2"), expr.Count("n"))
		}, fmt.Sprintf("%d|%d|%d|", rows*(rows-1)/2, rows*(rows-1)/2, rows)},
		{"window", func(f *engine.Frame) *engine.Frame {
			return f.Window([]string{"g"}, []engine.SortKey{engine.Asc("k")}, engine.WindowFn("row_number", "r")).
				Agg(expr.Sum(col("w"), "s"), expr.Sum(col("r"), "r"), expr.Count("n"))
		}, fmt.Sprintf("%d|%d|%d|", rows*(rows-1)/2, rows/4*10, rows)},
		{"distinct", func(f *engine.Frame) *engine.Frame {
			return f.Select(col("k"), col("v")).Distinct().Agg(expr.Count("n"))
		}, fmt.Sprintf("%d|", rows)},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &recorder{}
			// (memory - 300 MiB) * 0.6 is the budget.
			conf, err := config.Parse("spark.master=local[2]", fmt.Sprintf("spark.executor.memory=%db", budget*10/6+300<<20))
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf, engine.WithListener(r.add), engine.WithMemoryLimit(0))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			runner.ResetPeak()
			got := collected(t, c.query(s.Read(stream{rows, 32})))
			peak := runner.Peak()
			if len(got) != 1 || strings.TrimSpace(got[0]) != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
			t.Logf("peak %d MB of %d, spilled %d MB", peak>>20, limit>>20, r.total(metric.DiskBytesSpilled)>>20)
			if r.total(metric.DiskBytesSpilled) == 0 {
				t.Error("nothing was spilled: the table is too small")
			}
			if peak > limit {
				t.Errorf("the process held %d MB; the limit is %d", peak>>20, limit>>20)
			}
		})
	}
}

// A session's part of the limit goes with it, closed once or twice; GOMEMLIMIT
// counts where it is less.
func TestMemoryLimitOfSessions(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(4 << 30))
	limit := func() int64 { return debug.SetMemoryLimit(-1) >> 20 }
	open := func(memory string) *engine.Session {
		conf, err := config.Parse("spark.master=local[1]", "spark.executor.memory="+memory)
		if err != nil {
			t.Fatal(err)
		}
		s, err := engine.NewSession(conf, engine.WithMemoryLimit(1<<20))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var limits []int64
	a := open("500m") // 120 MB of budget
	limits = append(limits, limit())
	b := open("800m") // 300 MB
	limits = append(limits, limit())
	a.Close()
	a.Close()
	limits = append(limits, limit())
	c := open("9g")
	limits = append(limits, limit())
	c.Close()
	b.Close()
	limits = append(limits, limit())
	if want := []int64{70 + 180 + 1, 70 + 180 + 450 + 2, 70 + 450 + 1, 4096, 4096}; !slices.Equal(limits, want) {
		t.Errorf("limits %v MB, want %v", limits, want)
	}
}
