package plant

import (
	"context"
	"fmt"
)

var joined = []Cause{
	{Name: "missed-broadcast", Doc: "a fifth, a half or all of the facts are joined with a small table and broadcasting is off; without, it is on",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := fmt.Sprintf("SELECT region, count(*), sum(v), max(t) FROM {facts} JOIN {keys} USING (k) WHERE r < %d GROUP BY region", s.of(20, 50, 100))
			return d.sql(d.base("spark.sql.autoBroadcastJoinThreshold=-1"), ranked("k"), query), d.sql(d.base("spark.sql.autoBroadcastJoinThreshold=64m"), ranked("k"), query), nil
		}},
	{Name: "oversized-broadcast", Doc: "a hint broadcasts a third, two thirds or all of the facts for a join with as many others; without, both are shuffled",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := func(hint string) string {
				return fmt.Sprintf(`SELECT %s count(*), sum(v), max(t) FROM (SELECT * FROM {facts} WHERE r < %d) f JOIN {others} o ON f.id = o.oid`,
					hint, s.of(33, 66, 100))
			}
			none := d.base("spark.sql.autoBroadcastJoinThreshold=1m")
			return d.sql(none, query("/*+ BROADCAST(f) */")), d.sql(none, query("")), nil
		}},
	{Name: "cartesian-join", Doc: "facts are joined on a difference of 300, 1000 or 3000 rows instead of the equality that means the same",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := func(on string) string {
				return fmt.Sprintf("SELECT region, count(*), sum(v) FROM (SELECT * FROM {facts} WHERE r < 2) f JOIN (SELECT * FROM {keys} WHERE k < %d) q ON %s GROUP BY region", s.of(300, 1000, 3000), on)
			}
			return d.sql(d.base(), ranked("k"), query("abs(f.k - q.k) < 1")), d.sql(d.base(), ranked("k"), query("f.k = q.k")), nil
		}},
	{Name: "explode-blowup", Doc: "each row is made 12, 20 or 40 rows and these are summed up again; without, rows are summed up as they are",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(12, 20, 40)
			return d.sql(d.base(), ranked("k"), fmt.Sprintf("SELECT g, sum(v), count(x) FROM (SELECT g, v, explode(sequence(1, %d)) x FROM {facts} WHERE r < 25) GROUP BY g", n)),
				d.sql(d.base(), ranked("k"), fmt.Sprintf("SELECT g, sum(v * %d), count(g) * %d FROM {facts} WHERE r < 25 GROUP BY g", n, n)), nil
		}},
	{Name: "unnecessary-sort", Doc: "a fifth, a half or all of the rows are sorted before they are spread by their key; without, they are not sorted",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := func(order string) string {
				return fmt.Sprintf("SELECT count(*), sum(n) FROM (SELECT k, g, first(t) f, count(*) n FROM (SELECT * FROM {facts} WHERE r < %d %s) GROUP BY k, g)", s.of(20, 50, 100), order)
			}
			return d.sql(d.base(), ranked("k"), query("ORDER BY v")), d.sql(d.base(), ranked("k"), query("")), nil
		}},
	{Name: "duplicate-exchange", Also: []string{"recompute-no-cache"}, Doc: "a query uses the same aggregate two, three or five times and may not reuse its exchange; without, it may",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := ""
			for i := range s.of(2, 3, 5) {
				if i > 0 {
					query += " UNION ALL "
				}
				query += fmt.Sprintf("SELECT %d part, sum(s) x, count(*) n FROM (SELECT k, g, sum(v) s FROM {facts} GROUP BY k, g) WHERE s > %d", i, 100*i)
			}
			return d.sql(d.base("spark.sql.exchange.reuse=false"), query), d.sql(d.base(), query), nil
		}},
}
