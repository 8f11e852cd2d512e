package engine_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// pruned is joins of a table of 11 folders, p = 0 to 9 and null, with how many of
// them need to be read when conditions on the other side are known, with what is
// broadcast and when the other side may be run for its keys alone.
var pruned = []struct {
	name, sql    string
	shared, more int
}{
	{"inner", "SELECT f.id, d.name FROM f JOIN d ON f.p = d.k WHERE d.c = 1", 3, 3},
	{"the table on the right", "SELECT f.id, d.name FROM d JOIN f ON f.p = d.k WHERE d.c = 1", 3, 3},
	{"semi", "SELECT id FROM f WHERE p IN (SELECT k FROM d WHERE c = 1)", 3, 3},
	{"a key that is cast", "SELECT f.id, x.k FROM f JOIN (SELECT CAST(k AS STRING) k FROM d WHERE c = 1) x ON CAST(f.p AS STRING) = x.k", 3, 3},
	{"two keys", "SELECT f.id FROM f JOIN d ON f.p = d.k AND f.v = d.c WHERE d.c > 0", 6, 6},
	{"below an aggregation and a union", "SELECT u.n, d.name FROM (SELECT p, count(*) n FROM (SELECT id, p FROM f UNION ALL SELECT v, p FROM f) GROUP BY p) u JOIN d ON u.p = d.k WHERE d.c = 1", 6, 6},
	{"no other row", "SELECT f.id, d.name FROM f JOIN d ON f.p = d.k WHERE d.c = 9", 0, 0},
	{"null keys", "SELECT f.id, x.k FROM f JOIN (SELECT nullif(k, 4) k FROM d WHERE c = 1) x ON f.p = x.k", 2, 2},
	{"right outer", "SELECT f.id, d.k FROM f RIGHT JOIN (SELECT * FROM d WHERE c = 1) d ON f.p = d.k", 10, 3},
	{"left outer", "SELECT f.id, d.k FROM (SELECT * FROM d WHERE c = 1) d LEFT JOIN f ON f.p = d.k", 10, 3},
	{"a join by sorting", "SELECT /*+ MERGE(d) */ f.id, d.name FROM f JOIN d ON f.p = d.k WHERE d.c = 1", 10, 3},
	{"left outer, which keeps the table's rows", "SELECT f.id, d.k FROM f LEFT JOIN (SELECT * FROM d WHERE c = 1) d ON f.p = d.k", 11, 11},
	{"full outer", "SELECT f.id, d.k FROM f FULL JOIN (SELECT * FROM d WHERE c = 1) d ON f.p = d.k", 11, 11},
	{"anti", "SELECT id FROM f LEFT ANTI JOIN (SELECT * FROM d WHERE c = 1) d ON f.p = d.k", 11, 11},
	{"not in", "SELECT id FROM f WHERE p NOT IN (SELECT k FROM d WHERE c = 1)", 11, 11},
	{"no condition on the other side", "SELECT f.id, d.name FROM f JOIN d ON f.p = d.k", 10, 10},
	{"another column", "SELECT f.id, d.name FROM f JOIN d ON f.v = d.k WHERE d.c = 1", 11, 11},
	{"an aggregate called like the column", "SELECT u.n FROM (SELECT max(p) p, count(*) n FROM f) u JOIN d ON u.p = d.k WHERE d.c = 0", 11, 11},
}

// pruneSession has the tables that pruned reads.
func pruneSession(t *testing.T, r *recorder, root string, settings ...string) *engine.Session {
	t.Helper()
	s := reuseSession(t, r, settings...)
	for _, text := range []string{
		"CREATE TEMP VIEW f AS SELECT * FROM parquet.`" + filepath.Join(root, "f") + "`",
		"CREATE TEMP VIEW d AS SELECT * FROM parquet.`" + filepath.Join(root, "d") + "`",
	} {
		if _, err := s.SQL(context.Background(), text); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// fillPartitioned writes the tables that pruned reads.
func fillPartitioned(t *testing.T, root string) {
	t.Helper()
	s := reuseSession(t, &recorder{})
	for name, text := range map[string]string{
		"f": "SELECT id, id * 2 % 7 v, nullif(id % 11, 10) p FROM range(0, 3300, 1, 1)",
		"d": "SELECT id k, id % 3 c, concat('n', id) name FROM range(0, 10, 1, 1) UNION ALL SELECT NULL, 1, 'none'",
	} {
		f, err := s.SQL(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		options := engine.WriteOptions{}
		if name == "f" {
			options.PartitionBy = []string{"p"}
		}
		if _, err := f.Write(context.Background(), "parquet", filepath.Join(root, name), options); err != nil {
			t.Fatal(err)
		}
	}
}

// partitionsRead is the sum of that metric over the scans of the last query.
func (r *recorder) partitionsRead() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	accumulators := map[int64]bool{}
	var visit func(*event.PlanNode)
	visit = func(n *event.PlanNode) {
		for _, m := range n.Metrics {
			if m.Name == metric.NumPartitionsRead.Desc().Name {
				accumulators[m.AccumulatorID] = true
			}
		}
		for _, c := range n.Children {
			visit(c)
		}
	}
	sum := int64(0)
	for _, e := range r.events {
		switch e := e.(type) {
		case event.SQLExecutionStart:
			sum = 0
			visit(e.Plan)
		case event.DriverAccumUpdates:
			for _, u := range e.Updates {
				if accumulators[u.ID] {
					sum += u.Value
				}
			}
		}
	}
	return int(sum)
}

// A join on partition columns reads the folders that its other side's rows ask
// for, where rows of the table without a match come out of nothing; the rows are
// what they are without pruning, also when blocks and executors are lost.
func TestDynamicPartitionPruning(t *testing.T) {
	root := t.TempDir()
	fillPartitioned(t, root)
	const key = "spark.sql.optimizer.dynamicPartitionPruning."
	for _, c := range pruned {
		t.Run(c.name, func(t *testing.T) {
			want := sortedRows(t, pruneSession(t, &recorder{}, root, key+"enabled=false"), c.sql)
			for _, x := range []struct {
				settings string
				folders  int
			}{
				{"", c.shared},
				{"spark.sql.adaptive.enabled=false", c.shared},
				{key + "reuseBroadcastOnly=false " + key + "fallbackFilterRatio=99", c.more},
				{key + "reuseBroadcastOnly=false " + key + "fallbackFilterRatio=99 spark.sql.adaptive.enabled=false spark.sql.exchange.reuse=false", c.more},
				{key + "reuseBroadcastOnly=false " + key + "fallbackFilterRatio=99 stagecoach.faults.corruptBlockRate=0.2 spark.stage.maxConsecutiveAttempts=99", c.more},
				{"stagecoach.faults.loseAfterTasks.1=2", c.shared},
			} {
				r := &recorder{}
				got := sortedRows(t, pruneSession(t, r, root, strings.Fields(x.settings)...), c.sql)
				if !slices.Equal(got, want) {
					t.Errorf("%s: want %d rows, got %d", x.settings, len(want), len(got))
				}
				if n := r.partitionsRead(); n != x.folders {
					t.Errorf("%s: want %d folders read, got %d", x.settings, x.folders, n)
				}
			}
		})
	}
}

// EXPLAIN shows the condition on folders as Spark does, and the broadcast that the
// keys come from below the scan, which the join reuses.
func TestExplainDynamicPruning(t *testing.T) {
	root := t.TempDir()
	fillPartitioned(t, root)
	f, err := pruneSession(t, &recorder{}, root, "spark.sql.adaptive.enabled=false").SQL(context.Background(), pruned[0].sql)
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.Explain("simple")
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{"BroadcastHashJoin", "PartitionFilters: [(p#", "IS NOT NULL), dynamicpruningexpression(cast(p#", "IN dynamicpruning#1)]",
		"+- SubqueryBroadcast dynamicpruning#1, [0], [k#", "+- BroadcastExchange HashedRelationBroadcastMode(k#", "+- ReusedExchange [k#"} {
		found := strings.Index(text[at:], want)
		if found < 0 {
			t.Fatalf("want %q after %d in\n%s", want, at, text)
		}
		at += found
	}
}
