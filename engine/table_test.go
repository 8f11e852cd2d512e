package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Tables outlive the session, take rows as Spark's do, and go with their files.
func TestTables(t *testing.T) {
	warehouse, outside := filepath.Join(t.TempDir(), "warehouse"), filepath.Join(t.TempDir(), "outside")
	for _, step := range [][]struct{ sql, want string }{
		{
			{"CREATE TABLE a (x INT, p STRING, y DOUBLE) PARTITIONED BY (p)", ""},
			{"CREATE TABLE a (x INT)", "[TABLE_OR_VIEW_ALREADY_EXISTS]"},
			{"CREATE TABLE IF NOT EXISTS a (x INT)", ""},
			{"SELECT * FROM a", ""},
			{"INSERT INTO a VALUES (1, 1.5, 'u'), (2, 2.5, 'v')", ""},
			{"INSERT INTO a PARTITION (p = 'w') SELECT id, id / 2 FROM range(2)", ""},
			{"SELECT x, y, p FROM a ORDER BY x, p", "[0 0.0 w] [1 1.5 u] [1 0.5 w] [2 2.5 v]"},
			{"INSERT OVERWRITE a PARTITION (p = 'w') VALUES (9, 9.5)", ""},
			{"INSERT INTO a (y, x, p) VALUES (0.5, '7', 'u')", ""},
			{"SELECT * FROM a WHERE p = 'u' ORDER BY x", "[1 1.5 u] [7 0.5 u]"},
			{"INSERT INTO a VALUES (1)", "[INSERT_COLUMN_ARITY_MISMATCH]"},
			{"INSERT INTO a (q) VALUES (1)", "[COLUMN_NOT_FOUND]"},
			{"INSERT INTO a PARTITION (x = 1) VALUES (1.5, 'u')", "[NON_PARTITION_COLUMN]"},
			{"INSERT INTO a VALUES ('no number', 1, 'u')", "[CAST_INVALID_INPUT]"},
			{"SELECT count(*) FROM a", "[4]"},
			{"CREATE TABLE b USING csv OPTIONS (header 'true') LOCATION '" + outside + "' AS SELECT p, sum(y) s FROM a GROUP BY p", ""},
			{"CREATE TABLE c USING csv LOCATION '" + outside + "' AS SELECT 1 x", "[LOCATION_ALREADY_EXISTS]"},
			{"CREATE TABLE c (x INT) PARTITIONED BY (x)", "[ALL_PARTITION_COLUMNS_NOT_ALLOWED]"},
			{"CREATE TABLE c AS SELECT 1 x, 2 x", "[COLUMN_ALREADY_EXISTS]"},
			{"CREATE TABLE `../c` (x INT)", "[INVALID_SCHEMA_OR_RELATION_NAME]"},
			{"CREATE TABLE c USING parquet LOCATION '" + outside + "-not'", "[UNABLE_TO_INFER_SCHEMA]"},
		}, { // another session
			{"SHOW TABLES", "[default a false] [default b false]"},
			{"SELECT * FROM b ORDER BY p", "[u 2.0] [v 2.5] [w 9.5]"},
			{"CACHE TABLE b", ""},
			{"INSERT INTO b VALUES ('z', 1)", ""},
			{"SELECT count(*) FROM b", "[4]"},
			{"ANALYZE TABLE a COMPUTE STATISTICS FOR COLUMNS x", ""},
			{"INSERT OVERWRITE a SELECT 5, 5, 'v'", ""},
			{"SELECT * FROM a", "[5 5.0 v]"},
			{"SET spark.sql.sources.partitionOverwriteMode=dynamic", "[spark.sql.sources.partitionOverwriteMode dynamic]"},
			{"INSERT OVERWRITE a SELECT 6, 6, 'u'", ""},
			{"SELECT * FROM a ORDER BY x", "[5 5.0 v] [6 6.0 u]"},
			{"INSERT OVERWRITE DIRECTORY '" + outside + "/d' USING json SELECT 1 a", ""},
			{"SELECT * FROM json.`" + outside + "/d`", "[1]"},
			{"DROP VIEW a", "[EXPECT_VIEW_NOT_TABLE]"},
			{"DROP TABLE a", ""},
			{"DROP TABLE b", ""},
			{"DROP TABLE a", "[TABLE_OR_VIEW_NOT_FOUND]"},
			{"DROP TABLE IF EXISTS a", ""},
			{"SELECT * FROM a", "[TABLE_OR_VIEW_NOT_FOUND]"},
		},
	} {
		s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.warehouse.dir="+warehouse)
		for _, c := range step {
			var rows []string
			f, err := s.SQL(context.Background(), c.sql)
			if err == nil && len(f.Schema()) > 0 {
				r, e := f.Collect(context.Background())
				if err = e; err == nil {
					for _, row := range r.Rows() {
						rows = append(rows, fmt.Sprint(row))
					}
				}
			}
			got := strings.Join(rows, " ")
			if err != nil {
				got = err.Error()
			}
			if got != c.want && (err == nil || c.want == "" || !strings.Contains(got, c.want)) {
				t.Errorf("%s\n  gives %s\n  want  %s", c.sql, got, c.want)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(warehouse, "a")); err == nil {
		t.Error("the files of the dropped table are still there")
	}
	if files, _ := filepath.Glob(filepath.Join(outside, "*.csv")); len(files) == 0 {
		t.Error("the files of a table with a location of its own went with it")
	}
}

// What ANALYZE TABLE counts is in the catalog until rows are added.
func TestAnalyzeTable(t *testing.T) {
	warehouse := t.TempDir()
	s := session(t, &recorder{}, "spark.master=local[1]", "spark.sql.warehouse.dir="+warehouse)
	var lines []string
	for _, text := range []string{"CREATE TABLE n AS SELECT id, if(id = 3, NULL, 'x') name FROM range(10)",
		"ANALYZE TABLE n COMPUTE STATISTICS FOR ALL COLUMNS", "INSERT INTO n VALUES (11, 'y')"} {
		if _, err := s.SQL(context.Background(), text); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(warehouse, "_tables", "n.json"))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Join(strings.Fields(string(data)), ""))
	}
	counted := slices.IndexFunc(lines, func(l string) bool {
		return strings.Contains(l, `"rowCount":10`) && strings.Contains(l, `"name":{"distinctCount":1,"nullCount":1,"min":"x","max":"x"}`)
	})
	if counted != 1 || strings.Contains(lines[2], "statistics") {
		t.Errorf("the catalog holds\n%s", strings.Join(lines, "\n"))
	}
}
