package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// countUp is the ids 0 to n-1 in batches of some rows.
func countUp(n, rows int) source.Source {
	s := expr.Schema{{Name: "id", Type: expr.Int64}}
	var batches []*expr.Batch
	for from := 0; from < n; from += rows {
		b := expr.NewBuilder(expr.Int64)
		for i := from; i < min(from+rows, n); i++ {
			b.AppendValue(expr.Value{I: int64(i)})
		}
		batches = append(batches, &expr.Batch{Schema: s, Rows: b.Len(), Cols: []expr.Column{b.Take()}})
	}
	return source.Memory(s, batches)
}

func lines(t *testing.T, f *engine.Frame) []string {
	t.Helper()
	r, err := f.Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := text(r.Rows(), true)
	for i := range out {
		out[i] = strings.TrimSuffix(out[i], "|")
	}
	return out
}

// Explode makes a row of each element; the outer kind keeps rows without any,
// and a column of the same name is replaced where it stands.
func TestExplode(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]", "stagecoach.batch.rows=2")
	in := s.Read(countUp(4, 3)).With("list", expr.Case([]expr.Expr{expr.Gt(col("id"), 1), expr.Fn("sequence", expr.Lit(int64(1)), col("id"))}, nil)).
		With("id2", expr.Mul(col("id"), 10))
	for _, c := range []struct {
		frame *engine.Frame
		names string
		want  []string
	}{
		{in.Explode("list", col("list")), "id list id2", []string{"2|1|20", "2|2|20", "3|1|30", "3|2|30", "3|3|30"}},
		{in.ExplodeOuter("e", col("list")).Select(col("e"), col("id")), "e id", []string{"NULL|0", "NULL|1", "1|2", "2|2", "1|3", "2|3", "3|3"}},
		{in.PosExplode("p", "e", col("list")).Select(col("p"), col("e")), "p e", []string{"0|1", "1|2", "0|1", "1|2", "2|3"}},
		{in.PosExplodeOuter("p", "list", col("list")).Where(expr.Lt(col("id"), 2)), "id list id2 p", []string{"0|NULL|0|NULL", "1|NULL|10|NULL"}},
	} {
		if names := strings.Join(c.frame.Schema().Names(), " "); names != c.names {
			t.Errorf("columns %s, want %s", names, c.names)
		}
		if got := lines(t, c.frame); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.names, got, c.want)
		}
	}
	if err := in.Explode("x", col("id")).Err(); err == nil || !strings.Contains(err.Error(), "takes an array") {
		t.Errorf("explode of a number: %v", err)
	}
}

// Rollup and Cube group by prefixes and subsets of the keys; the id tells the
// nulls of a set from the rows' own, and aggregates see the keys as they were.
func TestGroupingSets(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.shuffle.partitions=3")
	in := s.Read(countUp(4, 2)).Select(as(expr.Fn("%", col("id"), 2), "k"), as(expr.Fn(">", col("id"), 1), "j"))
	sum := expr.Sum(col("k"), "s")
	keys := []engine.SortKey{engine.Asc("gid"), engine.Asc("k"), engine.Asc("j")}
	for _, c := range []struct {
		grouped *engine.Grouped
		want    []string
	}{
		{in.Rollup(col("k"), col("j")), []string{"0|false|0|0", "0|true|0|0", "1|false|0|1", "1|true|0|1", "0|NULL|1|0", "1|NULL|1|2", "NULL|NULL|3|2"}},
		{in.Cube(col("k"), col("j")), []string{"0|false|0|0", "0|true|0|0", "1|false|0|1", "1|true|0|1", "0|NULL|1|0", "1|NULL|1|2",
			"NULL|false|2|1", "NULL|true|2|1", "NULL|NULL|3|2"}},
		{in.GroupingSets([]expr.Expr{col("k"), col("j")}, []int{1}, []int{}, []int{}), []string{"NULL|false|2|1", "NULL|true|2|1", "NULL|NULL|3|2", "NULL|NULL|3|2"}},
		{in.GroupBy(col("k"), col("j")), []string{"0|false|0|0", "0|true|0|0", "1|false|0|1", "1|true|0|1"}},
	} {
		if got := lines(t, c.grouped.ID("gid").Agg(sum).OrderBy(keys...)); !slices.Equal(got, c.want) {
			t.Errorf("got %v, want %v", got, c.want)
		}
	}
	if err := in.GroupingSets([]expr.Expr{col("k")}, []int{1}).Agg(sum).Err(); err == nil {
		t.Error("a set of a key that is not there is no error")
	}
}

// A sample is Spark's, df.sample(0.3, 42) of range(0, 60, 1, 3), wherever in the
// plan its partitions come.
func TestSample(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]")
	in, err := s.SQL(context.Background(), "SELECT id FROM range(0, 60, 1, 3)")
	if err != nil {
		t.Fatal(err)
	}
	want := "[3 7 16 18 22 23 29 35 37 39 45 46 48 54 56 59]"
	for name, f := range map[string]*engine.Frame{"plain": in.Sample(0.3, 42), "second of a union": in.Where(expr.Lt(col("id"), 0)).Union(in.Sample(0.3, 42))} {
		if got := fmt.Sprint(lines(t, f)); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if err := in.Sample(1.5, 1).Err(); err == nil {
		t.Error("a fraction above 1 is no error")
	}
}

// Window adds columns over partitions and orders; what cannot be is an error of
// the frame.
func TestWindow(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.shuffle.partitions=3")
	in := s.Read(countUp(6, 2)).With("k", expr.Fn("%", col("id"), 2))
	order := []engine.SortKey{engine.Desc("ID")}
	last := engine.WindowFn("last_value", "l", col("id"))
	last.Frame = engine.Rows(engine.CurrentRow, engine.Following(1))
	near := engine.Over(expr.Count("n"))
	near.Frame = engine.Range(engine.Preceding(int64(2)), engine.CurrentRow)
	f := in.Window([]string{"K"}, order, engine.WindowFn("row_number", "r"), engine.WindowFn("lag", "p", col("ID"), 1, -1), last, near, engine.Over(expr.Sum(col("id"), "s"))).
		Window(nil, nil, engine.Over(expr.Max(col("r"), "m")))
	want := []string{"0|0|3|2|0|2|6|3", "1|1|3|3|1|2|9|3", "2|0|2|4|0|2|6|3", "3|1|2|5|1|2|8|3", "4|0|1|-1|2|1|4|3", "5|1|1|-1|3|1|5|3"}
	if got := lines(t, f.OrderBy(engine.Asc("id"))); !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	late := engine.WindowFn("row_number", "r")
	late.Frame = engine.Rows(engine.Following(2), engine.Preceding(1))
	narrow := engine.WindowFn("first_value", "r", col("id"))
	narrow.Frame = engine.Rows(engine.Preceding(1), engine.Preceding(2))
	if err := in.Window(nil, order, narrow).Err(); err == nil {
		t.Error("a frame from 1 to 2 rows before is no error")
	}
	for message, f := range map[string]*engine.Frame{
		"is no window function":  in.Window(nil, order, engine.WindowFn("row_numbr", "r")),
		"takes 1 to 3 arguments": in.Window(nil, order, engine.WindowFn("lag", "r")),
		"ends before it begins":  in.Window(nil, order, late),
		"there is a column":      in.Window(nil, order, engine.WindowFn("rank", "id")),
		"needs one ORDER BY":     in.Window([]string{"k"}, nil, near),
		"unknown column":         in.Window([]string{"z"}, order, engine.WindowFn("rank", "r")),
		"DISTINCT cannot":        in.Window(nil, order, engine.Over(expr.CountDistinct(col("k"), "d"))),
	} {
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("no error %q: %v", message, err)
		}
	}
}
