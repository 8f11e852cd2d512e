package plant

import (
	"context"
	"fmt"
	"strings"
)

// beside is a query that takes its share of a run: on all rows in a weak plant, on
// half of them, and on hardly any in a strong one.
func (d *Data) beside(s Strength) string {
	return "SELECT count(*), sum(n) FROM (SELECT row_number() OVER (PARTITION BY k ORDER BY w, oid) n FROM {others} WHERE oid < " + fmt.Sprint(d.Rows/2*s.of(100, 40, 2)/100) + ")"
}

var stored = []Cause{
	{Name: "no-partition-pruning", Doc: "of a table of eight folders one is wanted twice, by a function of the folders' column and another, beside a query on all, half or none of the facts; without, by the column",
		Plant: func(ctx context.Context, d *Data, s Strength) (Job, Job, error) {
			if err := d.table(ctx, "days", 0, "by=day", "SELECT /*+ REPARTITION(8, day) */ id, k, g, v, t, concat('d', pmod(k, 8)) day FROM {facts}"); err != nil {
				return Job{}, Job{}, err
			}
			read := func(where string) Job {
				return d.sql(d.base(), d.beside(s), fmt.Sprintf("SELECT g, sum(v), max(t) FROM {days} WHERE "+where+" GROUP BY g", 3),
					fmt.Sprintf("SELECT k, max(id) FROM {days} WHERE "+where+" GROUP BY k", 5))
			}
			return read("concat(day, left(t, 0)) = 'd%d'"), read("day = 'd%d'"), nil
		}},
	{Name: "no-filter-pushdown", Doc: "of a table in order of its ids a hundredth is wanted twice, by a sum of the id, beside a query on all, half or none of the rows; without, by the id",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			read := func(id string) Job {
				where := fmt.Sprintf(" FROM {facts} WHERE %s >= %d AND %s < %d ", id, d.Rows/3, id, d.Rows/3+d.Rows/100)
				return d.sql(d.base(), d.beside(s), "SELECT g, sum(v), max(t), max(k)"+where+"GROUP BY g", "SELECT k, min(t), max(t)"+where+"GROUP BY k")
			}
			return read("id + r"), read("id"), nil
		}},
	{Name: "wide-scan", Doc: "whole rows of 20, 30 or 40 columns are made distinct and two columns of them used; without, these two are made distinct",
		Plant: func(ctx context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(20, 30, 40)
			var columns []string
			for i := range n {
				columns = append(columns, fmt.Sprintf("hash(id, %d) * 1.5D c%d", 10+i, i))
			}
			wide := fmt.Sprintf("wide%d", n)
			if err := d.table(ctx, wide, d.Files, "", "SELECT id, k, v, "+strings.Join(columns, ", ")+" FROM {facts} WHERE r < 12"); err != nil {
				return Job{}, Job{}, err
			}
			query := "SELECT count(*), sum(v), max(k) FROM (SELECT DISTINCT %s FROM {" + wide + "})"
			return d.sql(d.base(), fmt.Sprintf(query, "*")), d.sql(d.base(), fmt.Sprintf(query, "id, k, v")), nil
		}},
}
