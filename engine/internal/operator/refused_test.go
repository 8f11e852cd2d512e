package operator_test

import (
	"context"
	"fmt"
	"os"
	"slices"
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

// numbered is rows of a key, one of so many, and their number, in small batches.
func numbered(key, number string, rows, keys int) *plan.Scan {
	schema := expr.Schema{{Name: key, Type: expr.Int32}, {Name: number, Type: expr.Int64}}
	var batches []*expr.Batch
	for from := 0; from < rows; from += 500 {
		b := &expr.Batch{Schema: schema, Rows: min(500, rows-from)}
		k, n := expr.NewBuilder(expr.Int32), expr.NewBuilder(expr.Int64)
		for i := from; i < from+b.Rows; i++ {
			k.AppendValue(expr.Value{Type: expr.Int32, I: int64(i * 7919 % keys), IsNull: i%97 == 0})
			n.AppendValue(expr.Value{Type: expr.Int64, I: int64(i)})
		}
		b.Cols = []expr.Column{k.Take(), n.Take()}
		batches = append(batches, b)
	}
	return plan.NewScan(source.Memory(schema, batches))
}

func joinOf(t *testing.T, left, right plan.Node, kind plan.JoinType, s plan.Strategy, buildLeft bool) *plan.Join {
	t.Helper()
	var j *plan.Join
	var err error
	keys := [2][]string{{"a"}, {"b"}}
	if s == plan.Cartesian {
		keys = [2][]string{}
	}
	if kind == plan.Existence {
		j, err = plan.NewExistence(left, right, keys[0], keys[1], nil, "found")
	} else {
		j, err = plan.NewJoin(left, right, keys[0], keys[1], kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	j.Strategy, j.BuildLeft = s, buildLeft
	j.Where = expr.Fn("!=", expr.Fn("%", expr.Fn("+", expr.Col("x"), expr.Col("y")), expr.Lit(3)), expr.Lit(0))
	return j
}

func sortedBy(n plan.Node, key string) plan.Node {
	return &plan.Sort{Input: n, Keys: plan.Ascending([]string{key})}
}

// run runs one partition of a plan in so much memory and returns its rows as
// text, in order, and the bytes that it spilled. Nothing is left behind.
func run(t *testing.T, n plan.Node, memory int64) (rows []string, spilled int64) {
	t.Helper()
	parent := t.TempDir()
	dir, err := block.NewDir(parent, "task")
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	pool := budget.NewPool(memory, 0)
	pool.Begin(1)
	task := &operator.Task{ID: 1, BatchRows: 64, Memory: pool, Dir: dir, Nodes: map[plan.Node]*metric.Set{}}
	batches, err := operator.Build(context.Background(), n, partOf(t, n), task)
	if err != nil {
		t.Fatal(err)
	}
	for b, err := range batches {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Rows {
			text := ""
			for c := range b.Cols {
				text += b.Cols[c].Value(i).String() + "|"
			}
			rows = append(rows, text)
		}
	}
	if leaked, _ := pool.End(1); leaked != 0 {
		t.Errorf("%d bytes are still reserved", leaked)
	}
	folders, _ := os.ReadDir(parent)
	for _, f := range folders {
		if files, _ := os.ReadDir(parent + "/" + f.Name()); len(files) > 0 {
			t.Errorf("files are left: %v", files)
		}
	}
	return rows, task.Metrics.Value(metric.DiskBytesSpilled)
}

func partOf(t *testing.T, n plan.Node) *stage.Part {
	t.Helper()
	parts, err := stage.Parts(n, &stage.Inputs{Split: source.SplitOptions{Parallelism: 1}})
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	return parts[0]
}

// Where memory is refused, every operator that grows spills and gives the rows
// that it gives with plenty of memory; with plenty it does not spill.
func TestRefused(t *testing.T) {
	type testCase struct {
		name    string
		plan    plan.Node
		ordered bool
	}
	few, many := numbered("a", "x", 3000, 400), numbered("b", "y", 9000, 400) // few fit, but not their table
	cases := []testCase{
		{"sort", sortedBy(numbered("a", "x", 20000, 5000), "x"), true},
		{"top n", &plan.TopN{Input: numbered("a", "x", 20000, 5000), Keys: []plan.SortKey{{Column: "x", Desc: true}}, N: 9000, Offset: 700}, true},
		{"cartesian product", joinOf(t, numbered("a", "x", 40, 5), numbered("b", "y", 9000, 5), plan.Inner, plan.Cartesian, false), false},
	}
	for kind := plan.Inner; kind <= plan.Existence; kind++ {
		for _, left := range []bool{true, false} {
			if left && kind >= plan.LeftSemi {
				continue
			}
			cases = append(cases, testCase{fmt.Sprintf("shuffled hash join, %s, build left %t", kind, left),
				joinOf(t, few, many, kind, plan.ShuffledHash, left), false})
		}
		// A group of equal keys that does not fit, and one that does not fit again.
		cases = append(cases, testCase{fmt.Sprintf("sort-merge join, %s", kind),
			joinOf(t, sortedBy(numbered("a", "x", 40, 3), "a"), sortedBy(numbered("b", "y", 9000, 2), "b"), kind, plan.SortMerge, false), false})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want, spilled := run(t, c.plan, 1<<30)
			if len(want) == 0 || spilled > 0 {
				t.Fatalf("%d rows, %d bytes spilled in 1 GiB", len(want), spilled)
			}
			got, spilled := run(t, c.plan, 90<<10)
			if spilled == 0 {
				t.Error("nothing is spilled in 90 KiB")
			}
			if !c.ordered {
				slices.Sort(want)
				slices.Sort(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d rows in 90 KiB, %d in 1 GiB, or others", len(got), len(want))
			}
		})
	}
}
