package engine_test

import (
	"context"
	"strings"
	"testing"
)

// Subqueries in ON, rows in lists and samples of subqueries give what Spark 4.0
// gives.
func TestSubqueriesInOn(t *testing.T) {
	for _, settings := range []string{"spark.sql.adaptive.enabled=true", "spark.sql.adaptive.enabled=false spark.sql.autoBroadcastJoinThreshold=-1"} {
		s := session(t, &recorder{}, append(strings.Fields(settings), "spark.master=local[2]", "spark.sql.shuffle.partitions=3")...)
		for _, view := range []string{"a AS SELECT * FROM VALUES (1,10),(2,20),(3,30),(CAST(NULL AS INT),40) a(id,v)",
			"b AS SELECT * FROM VALUES (1,'x'),(2,'y'),(5,'z'),(CAST(NULL AS INT),'n') b(k,g)", "c AS SELECT * FROM VALUES (1,10),(2,21),(3,30) c(p,q)"} {
			if _, err := s.SQL(context.Background(), "CREATE TEMP VIEW "+view); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ sql, want string }{
			{"SELECT * FROM a JOIN b ON a.id=b.k AND a.id IN (SELECT p FROM c)", "1|10|1|x 2|20|2|y"},
			{"SELECT * FROM a LEFT JOIN b ON a.id=b.k AND a.id IN (SELECT p FROM c WHERE q=10)", "1|10|1|x 2|20|NULL|NULL 3|30|NULL|NULL NULL|40|NULL|NULL"},
			{"SELECT * FROM a LEFT JOIN b ON a.id=b.k AND b.k IN (SELECT p FROM c WHERE q=10)", "1|10|1|x 2|20|NULL|NULL 3|30|NULL|NULL NULL|40|NULL|NULL"},
			{"SELECT * FROM a RIGHT JOIN b ON a.id=b.k AND EXISTS (SELECT 1 FROM c WHERE p=b.k AND q=10)", "1|10|1|x NULL|NULL|2|y NULL|NULL|5|z NULL|NULL|NULL|n"},
			{"SELECT * FROM a JOIN b ON a.id=b.k AND EXISTS (SELECT 1 FROM c WHERE p=a.id)", "1|10|1|x 2|20|2|y"},
			{"SELECT * FROM a JOIN b ON EXISTS (SELECT 1 FROM c WHERE p=a.id AND p=b.k)", "error: UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION"},
			{"SELECT * FROM a JOIN b ON a.id=b.k AND a.id NOT IN (SELECT p FROM c WHERE q=10)", "2|20|2|y"},
			{"SELECT * FROM a JOIN b ON a.id=b.k AND a.id NOT IN (SELECT CAST(NULL AS INT))", ""},
			{"SELECT * FROM a FULL JOIN b ON a.id=b.k AND a.id IN (SELECT p FROM c WHERE q=10)", "1|10|1|x 2|20|NULL|NULL 3|30|NULL|NULL NULL|40|NULL|NULL NULL|NULL|2|y NULL|NULL|5|z NULL|NULL|NULL|n"},
			{"SELECT * FROM a JOIN b ON a.id=b.k AND a.v > (SELECT min(q) FROM c)", "2|20|2|y"},
			{"SELECT * FROM a LEFT JOIN b ON a.id=b.k AND a.v > (SELECT min(q) FROM c)", "1|10|NULL|NULL 2|20|2|y 3|30|NULL|NULL NULL|40|NULL|NULL"},
			{"SELECT * FROM a LEFT SEMI JOIN b ON a.id=b.k AND a.id IN (SELECT p FROM c WHERE q=10)", "1|10"},
			{"SELECT * FROM a LEFT ANTI JOIN b ON a.id=b.k AND a.id IN (SELECT p FROM c WHERE q=10)", "2|20 3|30 NULL|40"},
			{"SELECT * FROM a LEFT JOIN b ON a.id=b.k AND (a.id IN (SELECT p FROM c WHERE q=10) OR g='y')", "1|10|1|x 2|20|2|y 3|30|NULL|NULL NULL|40|NULL|NULL"},
			{"SELECT * FROM a WHERE (id, v) IN (SELECT p, q FROM c)", "1|10 3|30"},
			{"SELECT * FROM a WHERE (id, v) IN ((1,10),(3,31))", "1|10"},
			{"SELECT * FROM a WHERE (id, v) NOT IN ((1,10),(3,31))", "2|20 3|30 NULL|40"},
			{"SELECT v, (id, v) IN ((1,10),(3,CAST(NULL AS INT))) FROM a", "10|true 20|false 30|false 40|false"},
			{"SELECT (1,2) IN ((1,2)), (1,NULL) IN ((1,2))", "true|false"},
			{"SELECT * FROM a WHERE (id, v) IN (1, 2)", "error: DATATYPE_MISMATCH"},
			{"SELECT count(*) FROM (SELECT * FROM a) TABLESAMPLE (100 PERCENT)", "4"},
			{"SELECT count(*) FROM (SELECT * FROM a) TABLESAMPLE (2 ROWS) t", "2"},
			{"SELECT count(*) FROM (a JOIN b ON a.id=b.k) TABLESAMPLE (1 ROWS) t", "1"},
		} {
			got := ""
			f, err := s.SQL(context.Background(), c.sql)
			if err == nil {
				r, failed := f.Collect(context.Background())
				if err = failed; err == nil {
					got = strings.ReplaceAll(strings.Join(text(r.Rows(), false), " ")+" ", "| ", " ")
				}
			}
			if want, fails := strings.CutPrefix(c.want, "error: "); fails {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %q, %v", c.sql, got, err)
				}
			} else if err != nil || strings.TrimSpace(got) != c.want {
				t.Errorf("%s: %q, %v; want %q", c.sql, got, err, c.want)
			}
		}
	}
}
