package plant

import (
	"context"
	"fmt"
)

// heavy is a key of which so many of a hundred rows are one: -1 beside the keys
// of the table.
func heavy(percent int, key string) string {
	return fmt.Sprintf("CASE WHEN r < %d THEN %s ELSE k END", percent, key)
}

// ranked numbers the facts within groups, which needs every row of a group in one
// task.
func ranked(key string) string {
	return `SELECT count(*), sum(v), max(n) FROM (SELECT v, row_number() OVER (PARTITION BY ` + key + ` ORDER BY v, id) n FROM {facts})`
}

var skewed = []Cause{
	{Name: "skewed-shuffle-key", Doc: "rows are numbered within groups of which one holds 45, 65 or 85 % of the rows, and adaptive execution joins no partitions; without, all groups are alike",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			apart := d.base("spark.sql.adaptive.coalescePartitions.enabled=false")
			return d.sql(apart, ranked(heavy(s.of(45, 65, 85), "-1L"))), d.sql(apart, ranked(heavy(0, "-1L"))), nil
		}},
	{Name: "skewed-join", Doc: "two tables are joined of which neither can be broadcast, one key holding 45, 65 or 85 % of the rows of one; without, all keys are alike",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			join := func(percent int) Job {
				return d.sql(d.base("spark.sql.adaptive.enabled=false"),
					`SELECT count(*), sum(v), max(t), max(w) FROM (SELECT v, t, CASE WHEN r < `+fmt.Sprint(percent)+` THEN 7L ELSE id END z FROM {facts}) FULL JOIN {others} ON z = oid`)
			}
			return join(s.of(45, 65, 85)), join(0), nil
		}},
	{Name: "window-no-partition", Also: []string{"underused-cores"}, Doc: "a sixth, a third or all of the rows are numbered in one window; without, within groups",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			number := func(by string) string {
				return fmt.Sprintf("SELECT count(*), sum(n) FROM (SELECT row_number() OVER (%sORDER BY v, id) n FROM {facts} WHERE r < %d)", by, s.of(16, 33, 100))
			}
			return d.sql(d.base(), ranked("k"), number("")), d.sql(d.base(), ranked("k"), number("PARTITION BY k ")), nil
		}},
}
