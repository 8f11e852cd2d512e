package engine_test

import (
	"context"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/expr"
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
