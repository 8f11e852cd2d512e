package engine_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// noRows are statements over an empty table e and a table f of two rows, with
// what they give: every operator meets an input without rows.
var noRows = []struct{ sql, want string }{
	{"SELECT k + 1, upper(g) FROM e WHERE v > 0", ""},
	{"SELECT count(*), count(k), sum(v), avg(v), min(g), max(t), collect_list(k), percentile(v, 0.5), approx_count_distinct(g) FROM e", "0|0|NULL|NULL|NULL|NULL|[]|NULL|0"},
	{"SELECT count(*) FROM e HAVING count(*) > 0", ""},
	{"SELECT k, sum(v) FROM e GROUP BY k", ""},
	{"SELECT g, k, count(DISTINCT v) FROM e GROUP BY ROLLUP(g, k)", ""},
	{"SELECT g, count(*) FROM e GROUP BY CUBE(g) HAVING grouping(g) = 0", ""},
	{"SELECT DISTINCT g FROM e", ""},
	{"SELECT * FROM e ORDER BY k DESC, v", ""},
	{"SELECT * FROM e ORDER BY k LIMIT 3", ""},
	{"SELECT k FROM e LIMIT 2 OFFSET 1", ""},
	{"SELECT k, row_number() OVER (PARTITION BY g ORDER BY k), sum(v) OVER (ORDER BY n ROWS 2 PRECEDING), lag(n) OVER (ORDER BY k) FROM e", ""},
	{"SELECT * FROM (SELECT k, rank() OVER (PARTITION BY g ORDER BY v) r FROM e) WHERE r <= 2", ""},
	{"SELECT k FROM e UNION ALL SELECT 1 FROM e", ""},
	{"SELECT k FROM e UNION SELECT x FROM f", "1\n2"},
	{"SELECT x FROM f EXCEPT SELECT k FROM e", "1\n2"},
	{"SELECT x FROM f INTERSECT SELECT k FROM e", ""},
	{"SELECT k, explode(sequence(1, 3)) FROM e", ""},
	{"SELECT k, c FROM e LATERAL VIEW OUTER explode(split(g, ',')) AS c", ""},
	{"SELECT * FROM e TABLESAMPLE (50 PERCENT)", ""},
	{"SELECT /*+ REPARTITION(3) */ k FROM e", ""},
	{"SELECT /*+ REPARTITION_BY_RANGE(3, k) */ k FROM e", ""},
	{"SELECT /*+ COALESCE(1) */ k FROM e", ""},
	{"SELECT /*+ REBALANCE(k) */ k FROM e", ""},
	{"SELECT x FROM f WHERE x IN (SELECT k FROM e)", ""},
	{"SELECT x FROM f WHERE x NOT IN (SELECT k FROM e)", "1\n2"},
	{"SELECT k FROM e WHERE k NOT IN (SELECT x FROM f)", ""},
	{"SELECT x FROM f WHERE NOT EXISTS (SELECT 1 FROM e WHERE k = x)", "1\n2"},
	{"SELECT x, (SELECT max(v) FROM e WHERE k = x) FROM f", "1|NULL\n2|NULL"},
	{"SELECT x, (SELECT v FROM e) FROM f", "1|NULL\n2|NULL"},
}

// noRowsJoins are the joins of both tables, with a hint in the place of %.
var noRowsJoins = []struct{ sql, want string }{
	{"SELECT /*+ %(e, f) */ x FROM f JOIN e ON x = k", ""},
	{"SELECT /*+ %(e, f) */ x, k FROM f LEFT JOIN e ON x = k", "1|NULL\n2|NULL"},
	{"SELECT /*+ %(e, f) */ x, k FROM f RIGHT JOIN e ON x = k", ""},
	{"SELECT /*+ %(e, f) */ x, k FROM e FULL JOIN f ON x = k", "1|NULL\n2|NULL"},
	{"SELECT /*+ %(e, f) */ x FROM f LEFT SEMI JOIN e ON x = k", ""},
	{"SELECT /*+ %(e, f) */ x FROM f LEFT ANTI JOIN e ON x = k", "1\n2"},
	{"SELECT /*+ %(e, f) */ k FROM e LEFT ANTI JOIN f ON x = k", ""},
	{"SELECT /*+ %(e, f) */ x FROM f CROSS JOIN e", ""},
	{"SELECT /*+ %(e, f) */ x, k FROM f LEFT JOIN e ON x < k", "1|NULL\n2|NULL"},
	{"SELECT /*+ %(e, f) */ x, k FROM f FULL JOIN e ON x < k", "1|NULL\n2|NULL"},
	{"SELECT /*+ %(e, f) */ x FROM f LEFT ANTI JOIN e ON x < k", "1\n2"},
	{"SELECT /*+ %(e, b) */ count(*) FROM e JOIN e b ON e.k = b.k", "0"},
}

// Every operator takes an input without rows, whether the plan is cut at it or
// not: tables of files that have none, rows that a condition takes away before an
// exchange, with adaptive execution and without.
func TestNoRows(t *testing.T) {
	all := noRows
	for _, j := range noRowsJoins {
		for _, hint := range []string{"BROADCAST", "MERGE", "SHUFFLE_HASH", "SHUFFLE_REPLICATE_NL"} {
			all = append(all, struct{ sql, want string }{strings.Replace(j.sql, "%", hint, 1), j.want})
		}
	}
	dir := filepath.Join(t.TempDir(), "e")
	for _, adaptive := range []string{"true", "false"} {
		for from, view := range map[string]string{
			"a file":        "parquet.`" + dir + "`",
			"a condition":   "(SELECT /*+ REPARTITION(2, k) */ * FROM VALUES (1, 'a', 2.5D, TIMESTAMP '2024-01-01 00:00:00', 7L) v(k, g, v, t, n) WHERE n > length(g) + 100)",
			"no partitions": "(SELECT * FROM VALUES (1, 'a', 2.5D, TIMESTAMP '2024-01-01 00:00:00', 7L) v(k, g, v, t, n) WHERE false)",
		} {
			s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.shuffle.partitions=3", "spark.sql.adaptive.enabled="+adaptive)
			for _, statement := range []string{
				"INSERT OVERWRITE DIRECTORY '" + dir + "' USING parquet SELECT * FROM VALUES (1, 'a', 2.5D, TIMESTAMP '2024-01-01 00:00:00', 7L) v(k, g, v, t, n) WHERE k > 1",
				"CREATE TEMP VIEW e AS SELECT * FROM " + view, "CREATE TEMP VIEW f AS SELECT * FROM VALUES (1), (2) f(x)",
			} {
				if _, err := s.SQL(context.Background(), statement); err != nil {
					t.Fatal(err)
				}
			}
			for _, c := range all {
				f, err := s.SQL(context.Background(), c.sql)
				if err != nil {
					t.Errorf("%s: %v", c.sql, err)
					continue
				}
				r, err := f.Collect(context.Background())
				if err != nil {
					t.Errorf("%s, adaptive %s: %s: %v", from, adaptive, c.sql, err)
				} else if got := strings.ReplaceAll(strings.Join(text(r.Rows(), false), "\n")+"\n", "|\n", "\n"); strings.TrimSpace(got) != c.want {
					t.Errorf("%s, adaptive %s: %s: %q, want %q", from, adaptive, c.sql, got, c.want)
				}
			}
		}
	}
}
