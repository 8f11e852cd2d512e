package engine_test

import (
	"context"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// upTo is the numbers up to n in a column of that name.
func upTo(t *testing.T, s *engine.Session, name string, n int64) *engine.Frame {
	t.Helper()
	src, err := source.Range(0, n, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	return s.Read(src).Select(expr.As{X: expr.Col("id"), Name: name})
}

// A broadcast side larger than an executor's memory is an error that names what
// to set; one that fits is joined.
func TestBroadcastLargerThanMemory(t *testing.T) {
	for _, c := range []struct {
		rows int64
		fits bool
	}{{20000, true}, {40000, false}} { // an executor of 1 MiB has 209715 bytes for both kinds of memory
		s := session(t, &recorder{}, "spark.master=local[2]", "spark.executor.memory=1m")
		f := upTo(t, s, "a", 10).Join(upTo(t, s, "b", c.rows).Hint("BROADCAST"), engine.Inner, engine.On{Left: "a", Right: "b"})
		r, err := f.Collect(context.Background())
		switch {
		case c.fits && (err != nil || len(r.Rows()) != 10):
			t.Errorf("%d rows: %v", c.rows, err)
		case !c.fits && err == nil:
			t.Errorf("%d rows are broadcast", c.rows)
		case !c.fits:
			for _, name := range []string{"spark.sql.autoBroadcastJoinThreshold", "spark.executor.memory", "320000 bytes"} {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("no %s in %v", name, err)
				}
			}
		}
	}
}

// A salted join spreads the rows of one key over tasks and gives the rows that
// the plain one gives.
func TestSaltedJoin(t *testing.T) {
	largest := func(join func(l, r *engine.Frame) *engine.Frame) (most int64, rows int) {
		record := &recorder{}
		s := session(t, record, "spark.master=local[2]", "spark.sql.adaptive.enabled=false",
			"spark.sql.autoBroadcastJoinThreshold=-1", "spark.sql.shuffle.partitions=8")
		l := upTo(t, s, "n", 1000).With("a", expr.Fn("least", expr.Col("n"), expr.Lit(int64(1))))
		r, err := join(l, upTo(t, s, "b", 3)).Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		record.mu.Lock()
		defer record.mu.Unlock()
		for _, e := range record.events {
			if e, ok := e.(event.TaskEnd); ok && e.Metrics != nil {
				most = max(most, e.Metrics.Value(metric.ShuffleReadRecords))
			}
		}
		return most, len(r.Rows())
	}
	on := engine.On{Left: "a", Right: "b"}
	plain, rows := largest(func(l, r *engine.Frame) *engine.Frame { return l.Join(r, engine.Inner, on) })
	salted, saltedRows := largest(func(l, r *engine.Frame) *engine.Frame { return l.SaltedJoin(r, engine.Inner, 16, on) })
	if plain < 999 || salted > 500 {
		t.Errorf("the largest task reads %d rows, %d with salts", plain, salted)
	}
	if rows != 1000 || saltedRows != 1000 {
		t.Errorf("%d rows, %d with salts", rows, saltedRows)
	}
}

// What a join or a set operation cannot do is an error that says so when the
// frame is built.
func TestJoinMistakes(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[1]")
	a, b := upTo(t, s, "a", 3), upTo(t, s, "b", 3)
	on := engine.On{Left: "a", Right: "b"}
	other := session(t, &recorder{}, "spark.master=local[1]")
	for _, c := range []struct {
		frame *engine.Frame
		want  string
	}{
		{a.SaltedJoin(b, engine.FullOuter, 2, on), "a salted join cannot be FullOuter"},
		{a.SaltedJoin(b, engine.RightOuter, 2, on), "swap the sides"},
		{a.SaltedJoin(b, engine.Inner, 0, on), "0 salts; there are 1 to 1000"},
		{a.SaltedJoin(b, engine.Inner, 1001, on), "1001 salts"},
		{a.SaltedJoin(b, engine.Inner, 2), "at least one pair"},
		{a.SaltedJoin(a, engine.Inner, 2, engine.On{Left: "a", Right: "a"}), `a column "a"`},
		{a.JoinOn(b, engine.Inner, expr.Add(expr.Col("a"), expr.Col("b"))), "not boolean"},
		{a.JoinOn(b, engine.Inner, expr.Eq(expr.Col("a"), expr.Col("c"))), "c"},
		{a.Matched(b, "found", nil, engine.On{Left: "a", Right: "x"}), "x"},
		{a.NotIn(b.Select(expr.As{X: expr.CastTo{X: expr.Col("b"), To: expr.String}, Name: "b"}), on), "differ in type"},
		{a.Hint("FASTER"), "BROADCAST, MERGE"},
		{a.Offset(-1), "offset -1 is negative"},
		{a.Intersect(b.With("c", expr.Lit(1))), "1 and 2 columns"},
		{a.ExceptAll(upTo(t, other, "b", 3)), "different sessions"},
	} {
		if err := c.frame.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
}
