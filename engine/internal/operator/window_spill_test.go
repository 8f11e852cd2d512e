package operator_test

import (
	"context"
	"fmt"
	"testing"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
	"stagecoach/engine/internal/operator"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/internal/stage"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

func tempDir(t testing.TB) *block.Dir {
	t.Helper()
	dir, err := block.NewDir(t.TempDir(), "x")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

// runPlan computes a plan of one partition in one task that may hold so much.
func runPlan(t testing.TB, n plan.Node, dir *block.Dir, memory int64, batchRows int) []*expr.Batch {
	t.Helper()
	batches, _ := runTask(t, n, dir, memory, batchRows)
	return batches
}

// runTask is runPlan that gives the task too, for what it measured.
func runTask(t testing.TB, n plan.Node, dir *block.Dir, memory int64, batchRows int) ([]*expr.Batch, *operator.Task) {
	t.Helper()
	parts, err := stage.Parts(n, &stage.Inputs{Split: source.SplitOptions{MaxPartitionBytes: 1 << 40, Parallelism: 1}})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d partitions, %v", len(parts), err)
	}
	pool := budget.NewPool(memory, 0.5)
	pool.Begin(1)
	task := &operator.Task{ID: 1, BatchRows: batchRows, Memory: pool, Dir: dir, Nodes: map[plan.Node]*metric.Set{}}
	in, err := operator.Build(context.Background(), n, parts[0], task)
	if err != nil {
		t.Fatal(err)
	}
	var out []*expr.Batch
	for b, err := range in {
		if err != nil {
			t.Fatalf("%v\n%s", err, plan.Print(n))
		}
		for i := range b.Cols {
			b.Cols[i].Check()
		}
		out = append(out, b.Copy())
	}
	if leaked, _ := pool.End(1); leaked != 0 {
		t.Errorf("%d bytes leaked", leaked)
	}
	return out, task
}

// A partition that is larger than what its task may hold goes to disk and gives
// the same rows; what looks back, or at peers, holds next to nothing.
func TestWindowSpills(t *testing.T) {
	const rows, step = 60000, 5000
	s := expr.Schema{{Name: "o", Type: expr.Int64}, {Name: "x", Type: expr.Int64}, {Name: "s", Type: expr.String}}
	var batches []*expr.Batch
	for from := 0; from < rows; from += step {
		b := &expr.Batch{Schema: s, Rows: step}
		o, x, text := expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.Int64), expr.NewBuilder(expr.String)
		for i := from; i < from+step; i++ {
			o.AppendValue(expr.Value{I: int64(i / 3)})
			x.AppendValue(expr.Value{I: int64(i * 7919 % 1000), IsNull: i%11 == 0})
			text.AppendBytes(fmt.Appendf(nil, "%05d", i*31337%100000))
		}
		b.Cols = []expr.Column{o.Take(), x.Take(), text.Take()}
		batches = append(batches, b)
	}
	sum, least := expr.Sum(expr.Col("x"), ""), expr.Min(expr.Col("s"), "")
	bound := func(kind plan.BoundKind, n int64) plan.Bound {
		return plan.Bound{Kind: kind, Offset: expr.Value{Type: expr.Int64, I: n}}
	}
	frame := func(rows bool, from, to plan.Bound) plan.Frame { return plan.Frame{Rows: rows, From: from, To: to} }
	growing := frame(true, bound(plan.UnboundedPreceding, 0), bound(plan.CurrentRow, 0))
	x := []expr.Expr{expr.Col("x"), expr.Lit(9000)}
	all := []plan.WindowFunc{
		{Fn: "cume_dist"}, {Fn: "dense_rank"}, {Fn: "ntile", Args: []expr.Expr{expr.Lit(7)}}, {Fn: "lag", Args: x}, {Fn: "lead", Args: x, IgnoreNulls: true},
		{Agg: &sum, Frame: growing}, {Agg: &sum, Frame: plan.DefaultFrame(true)}, {Agg: &least, Frame: plan.DefaultFrame(false)},
		{Agg: &least, Frame: frame(true, bound(plan.Preceding, 9999), bound(plan.Following, 7))},
		{Agg: &sum, Frame: frame(false, bound(plan.Preceding, 2000), bound(plan.Following, 4000))},
		{Agg: &sum, Frame: frame(true, bound(plan.Following, 1), bound(plan.UnboundedFollowing, 0))},
	}
	for _, c := range []struct {
		name   string
		funcs  []plan.WindowFunc
		spills bool
	}{
		{"all", all, true},
		{"up to the row", []plan.WindowFunc{all[1], all[5], {Fn: "lag", Args: []expr.Expr{expr.Col("s"), expr.Lit(900), expr.Lit("none")}}, {Agg: &least, Frame: growing}}, false},
		{"up to its peers", []plan.WindowFunc{all[1], all[5], all[6], {Agg: &least, Frame: plan.DefaultFrame(true)}}, false},
	} {
		for i := range c.funcs {
			c.funcs[i].Name = fmt.Sprint("w", i)
		}
		w, err := plan.NewWindow(plan.NewScan(source.Memory(s, batches)), nil, []plan.SortKey{{Column: "o"}}, c.funcs)
		if err != nil {
			t.Fatal(err)
		}
		dir := tempDir(t)
		want, large := runTask(t, w, dir, 1<<30, 4096)
		got, small := runTask(t, w, dir, 1<<18, 4096)
		if v, _ := large.Node(w).Get(metric.SpillSize); v != 0 {
			t.Errorf("%s: %d bytes spilled with room for all", c.name, v)
		}
		if v, _ := small.Node(w).Get(metric.SpillSize); v > 0 != c.spills {
			t.Errorf("%s: %d bytes spilled", c.name, v)
		}
		if v, _ := small.Node(w).Get(metric.PeakMemory); v > 1<<18 {
			t.Errorf("%s: %d bytes held", c.name, v)
		}
		a, b := rowsOf(want), rowsOf(got)
		for i := range a {
			if x, y := fmt.Sprint(a[i]), fmt.Sprint(b[i]); x != y {
				t.Fatalf("%s: row %d is %s, and %s when spilling", c.name, i, x, y)
			}
		}
	}
}
