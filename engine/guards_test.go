package engine_test

import (
	"context"
	"strings"
	"testing"
)

// A condition that fails for some rows fails a query only if no condition that
// the query names before it, and no join, keeps those rows away from it.
func TestGuards(t *testing.T) {
	for _, adaptive := range []string{"true", "false"} {
		s := session(t, &recorder{}, "spark.master=local[2]", "spark.sql.shuffle.partitions=3", "spark.sql.ansi.enabled=true", "spark.sql.adaptive.enabled="+adaptive)
		for _, c := range []struct {
			query string
			rows  int // -1: it fails
		}{
			{"SELECT id FROM range(10) WHERE 10 div id > 2", -1},
			{"SELECT id FROM range(10) WHERE id != 0 AND 10 div id > 2", 3},
			{"SELECT id FROM (SELECT id FROM range(10) WHERE id != 0) WHERE 10 div id > 2", 3},
			{"SELECT a.id FROM range(10) a JOIN (SELECT id FROM range(10) WHERE id > 0) b ON a.id = b.id WHERE 10 div a.id > 2", 3},
			{"SELECT /*+ MERGE(b) */ a.id FROM range(10) a JOIN range(10) b ON a.id = b.id AND a.id != 0 AND 10 div b.id > 2", 3},
			{"SELECT /*+ SHUFFLE_HASH(b) */ a.id FROM range(10) a LEFT JOIN range(10) b ON a.id = b.id AND a.id != 0 AND 10 div a.id > 2", 10},
			{"SELECT a.id FROM range(10) a JOIN range(2) b ON a.id != 0 AND 10 div a.id > b.id + 1", 8},
			{"SELECT a.id FROM range(10) a, range(20) b WHERE a.id != 0 AND 10 div a.id = b.id", 9},
			{"SELECT a.id FROM range(10) a, range(20) b WHERE a.id > b.id AND 10 div a.id = b.id", 6},
			{"SELECT /*+ SHUFFLE_REPLICATE_NL(b) */ a.id FROM range(10) a JOIN range(2) b ON a.id != 0 AND 10 div a.id > b.id + 1", 8},
			{"SELECT a.id FROM range(10) a FULL JOIN range(2) b ON 10 div a.id > b.id", -1},
			{"SELECT k, count(*) FROM (SELECT id % 3 k FROM range(10)) GROUP BY k HAVING count(*) < 4 AND 10 div k > 6", 1},
			{"SELECT CASE WHEN id != 0 THEN 10 div id END FROM range(10)", 10},
			{"SELECT id FROM range(10) WHERE id > 100 AND 1 div 0 > 1", 0},
			{"SELECT id FROM range(10) WHERE false AND 1 div 0 > 1", 0},
		} {
			f, err := s.SQL(context.Background(), c.query)
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Collect(context.Background())
			switch {
			case c.rows < 0:
				if err == nil || !strings.Contains(err.Error(), "DIVIDE_BY_ZERO") {
					t.Errorf("%s: %v", c.query, err)
				}
			case err != nil:
				t.Errorf("%s: %v", c.query, err)
			case len(r.Rows()) != c.rows:
				t.Errorf("%s: %d rows, want %d", c.query, len(r.Rows()), c.rows)
			}
		}
	}
}
