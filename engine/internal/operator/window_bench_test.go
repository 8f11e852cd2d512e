package operator_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// benchRows are a million rows (p, o, x), sorted by p and o or not.
func benchRows(partitions int, sorted bool) plan.Node {
	const rows, step = 1 << 20, 16384
	r := rand.New(rand.NewPCG(3, 4))
	s := expr.Schema{{Name: "p", Type: expr.Int32}, {Name: "o", Type: expr.Int32}, {Name: "x", Type: expr.Int64}}
	var batches []*expr.Batch
	for from := 0; from < rows; from += step {
		p, o, x := make([]int32, step), make([]int32, step), make([]int64, step)
		for i := range p {
			p[i], o[i], x[i] = int32((from+i)/(rows/partitions)), int32(from+i), int64(r.IntN(1000))
			if !sorted {
				p[i], o[i] = int32(r.IntN(partitions)), int32(r.IntN(1<<30))
			}
		}
		batches = append(batches, &expr.Batch{Schema: s, Rows: step, Cols: []expr.Column{{Type: expr.Int32, Len: step, I32: p},
			{Type: expr.Int32, Len: step, I32: o}, {Type: expr.Int64, Len: step, I64: x}}})
	}
	return plan.NewScan(source.Memory(s, batches))
}

func benchPlan(b *testing.B, n plan.Node) {
	parts, err := stage.Parts(n, &stage.Inputs{Split: source.SplitOptions{MaxPartitionBytes: 1 << 40, Parallelism: 1}})
	if err != nil {
		b.Fatal(err)
	}
	rows := 0
	for b.Loop() {
		rows = 0
		pool := budget.NewPool(1<<30, 0.5)
		pool.Begin(1)
		task := &operator.Task{ID: 1, BatchRows: 16384, Memory: pool, Nodes: map[plan.Node]*metric.Set{}}
		in, err := operator.Build(context.Background(), n, parts[0], task)
		if err != nil {
			b.Fatal(err)
		}
		for batch, err := range in {
			if err != nil {
				b.Fatal(err)
			}
			rows += batch.Rows
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

// BenchmarkWindow computes functions over rows that are sorted, and the sort.
func BenchmarkWindow(b *testing.B) {
	rows := func(from, to plan.Bound) plan.Frame { return plan.Frame{Rows: true, From: from, To: to} }
	start, current := plan.Bound{}, plan.Bound{Kind: plan.CurrentRow}
	back := plan.Bound{Kind: plan.Preceding, Offset: expr.Value{Type: expr.Int32, I: 1000}}
	sum := expr.Sum(expr.Col("x"), "w")
	number := plan.WindowFunc{Name: "n", Fn: "row_number"}
	running := plan.WindowFunc{Name: "s", Agg: &sum, Frame: rows(start, current)}
	lag := plan.WindowFunc{Name: "l", Fn: "lag", Args: []expr.Expr{expr.Col("x"), expr.Lit(1)}}
	for _, c := range []struct {
		name  string
		funcs []plan.WindowFunc
	}{
		{"row_number", []plan.WindowFunc{number}},
		{"rank", []plan.WindowFunc{{Name: "r", Fn: "rank"}}},
		{"running sum", []plan.WindowFunc{running}},
		{"sum to peers", []plan.WindowFunc{{Name: "s", Agg: &sum, Frame: plan.DefaultFrame(true)}}},
		{"sum of partition", []plan.WindowFunc{{Name: "s", Agg: &sum, Frame: plan.DefaultFrame(false)}}},
		{"sum of 1000 rows", []plan.WindowFunc{{Name: "s", Agg: &sum, Frame: rows(back, current)}}},
		{"lag", []plan.WindowFunc{lag}},
		{"sum, number and lag", []plan.WindowFunc{running, number, lag}},
	} {
		for _, partitions := range []int{1 << 17, 4} {
			b.Run(fmt.Sprintf("%s/%d partitions", c.name, partitions), func(b *testing.B) {
				w, err := plan.NewWindow(benchRows(partitions, true), []string{"p"}, []plan.SortKey{{Column: "o"}}, c.funcs)
				if err != nil {
					b.Fatal(err)
				}
				benchPlan(b, w)
			})
		}
	}
	for _, partitions := range []int{1 << 17, 4} {
		b.Run(fmt.Sprintf("sort/%d partitions", partitions), func(b *testing.B) {
			benchPlan(b, &plan.Sort{Input: benchRows(partitions, false), Keys: []plan.SortKey{{Column: "p", NullsFirst: true}, {Column: "o"}}})
		})
	}
}
