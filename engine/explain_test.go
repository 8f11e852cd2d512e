package engine_test

import (
	"context"
	"strings"
	"testing"
)

// EXPLAIN shows a query in Spark's layout: as it would run, what it was made of,
// every step's columns and conditions with what readers are told, and the sizes
// that choices go by.
func TestExplain(t *testing.T) {
	s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.shuffle.partitions=4", "spark.sql.warehouse.dir="+t.TempDir())
	ctx := context.Background()
	if _, err := s.SQL(ctx, "CREATE TABLE b USING parquet PARTITIONED BY (p) AS SELECT id k, CAST(id AS STRING) name, id % 2 p FROM range(10)"); err != nil {
		t.Fatal(err)
	}
	const query = "SELECT name, count(*) n FROM (SELECT id % 100 k FROM range(20000)) a JOIN b ON a.k = b.k WHERE b.k > 2 AND p = 1 GROUP BY name"
	for mode, want := range map[string][]string{
		"": {"== Physical Plan ==\nAdaptiveSparkPlan isFinalPlan=false\n+- ", "   :  +- ", "BroadcastHashJoin [k#", ", Inner, BuildRight\n"},
		"EXTENDED": {"== Analyzed Logical Plan ==\nname: string, n: bigint\n", "\n\n== Optimized Logical Plan ==\n", "Aggregate [name#", "Join Inner, (k#",
			"Relation [k#", "] parquet\n", "Range (0, 20000, step=1)\n", "\n\n== Physical Plan ==\nAdaptiveSparkPlan"},
		"FORMATTED": {"== Physical Plan ==\nAdaptiveSparkPlan (", "BroadcastHashJoin Inner BuildRight (", "\n\n(1) Scan range\nOutput [1]: [id#", "PartitionFilters: [(p#",
			"PushedFilters: [GreaterThan(k,2)", "ReadSchema: struct<k:bigint,name:string>\n", "Condition : ((id#", "Left keys [1]: [k#", "Join type: Inner\nJoin condition: None\n",
			"Functions [1]: [partial_count(1)]", "Arguments: hashpartitioning(name#", "Arguments: isFinalPlan=false\n"},
		"COST": {"== Optimized Logical Plan ==\n", "Range (0, 20000, step=1), Statistics(sizeInBytes=156.3 KiB, rowCount=2.00E+4)\n", "rowCount=10)\n",
			"\n\n== Physical Plan ==\n"},
	} {
		f, err := s.SQL(ctx, "EXPLAIN "+mode+" "+query)
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Collect(ctx)
		if err != nil {
			t.Fatal(err)
		}
		text := r.Rows()[0][0].S
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("EXPLAIN %s has no\n%s\nin\n%s", mode, w, text)
			}
		}
	}
	if _, err := s.SQL(ctx, "EXPLAIN CODEGEN "+query); err == nil || !strings.Contains(err.Error(), "codegen; there are simple") {
		t.Errorf("EXPLAIN CODEGEN: %v", err)
	}
}

// COALESCE joins neighbouring partitions and keeps the order of their rows;
// asking for more than there are changes nothing.
func TestCoalesceHint(t *testing.T) {
	for hint, want := range map[string]int{"": 7, "/*+ COALESCE(3) */": 3, "/*+ COALESCE(1) */": 1, "/*+ COALESCE(20) */": 7} {
		r := &recorder{}
		s := session(t, r, "spark.master=local[2]")
		f, err := s.SQL(context.Background(), "SELECT "+hint+" id FROM range(0, 100, 1, 7)")
		if err != nil {
			t.Fatal(err)
		}
		res, err := f.Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if r.tasks() != want {
			t.Errorf("%s: want %d tasks, got %d", hint, want, r.tasks())
		}
		for i, row := range res.Rows() {
			if row[0].I != int64(i) {
				t.Fatalf("%s: row %d is %v", hint, i, row)
			}
		}
	}
}
