package plant

import (
	"context"

	"stagecoach/engine"
)

// queries is a kind of healthy job that only asks queries, in the configuration
// of the shape with changes.
func queries(name string, changes []string, texts ...string) Healthy {
	return Healthy{name, func(_ context.Context, d *Data) (Job, error) { return d.sql(d.base(changes...), texts...), nil }}
}

// Controls are kinds of jobs without a cause worth naming: what a job that was
// written and set well looks like, and what looks ill and is not.
var Controls = []Healthy{
	queries("few groups", nil, "SELECT g, count(*), sum(v), max(t) FROM {facts} GROUP BY g"),
	queries("many groups", nil, grouped),
	queries("ranks within groups", nil, ranked("k")),
	queries("mild skew", nil, ranked(heavy(6, "-1L"))),
	queries("broadcast join", []string{"spark.sql.autoBroadcastJoinThreshold=64m"}, "SELECT region, count(*), sum(v), max(t) FROM {facts} JOIN {keys} USING (k) GROUP BY region"),
	queries("join of two large sides", []string{"spark.sql.autoBroadcastJoinThreshold=1m"}, "SELECT count(*), sum(v + w) FROM {facts} JOIN {others} ON id = oid"),
	queries("selective filter", nil, ranked("k"), "SELECT g, sum(v), max(t) FROM {facts} WHERE t LIKE '%77' GROUP BY g"),
	queries("distinct", nil, "SELECT count(*) FROM (SELECT DISTINCT t, g FROM {facts})"),
	queries("top of all", nil, "SELECT * FROM {facts} ORDER BY v DESC, id LIMIT 100", "SELECT * FROM {facts} ORDER BY t, id LIMIT 100"),
	queries("short queries", nil, "SELECT count(*) FROM {keys}", "SELECT region, count(*) FROM {keys} GROUP BY region", "SELECT max(name) FROM {keys}", "SELECT sum(w) FROM {others}"),
	queries("union of tables", nil, "SELECT count(*), sum(x) FROM (SELECT k, sum(v) x FROM {facts} GROUP BY k UNION ALL SELECT k, sum(w) x FROM {others} GROUP BY k)"),
	queries("semi join", nil, "SELECT g, count(*), sum(v) FROM {facts} WHERE k IN (SELECT k FROM {others} WHERE w < 2) GROUP BY g"),
	queries("rollup", nil, "SELECT g, r, count(*), sum(v) FROM {facts} GROUP BY ROLLUP (g, r)"),
	{"rows kept for three questions", func(_ context.Context, d *Data) (Job, error) {
		return d.asked(d.base(level+"MEMORY_ONLY"), prepared, 3, question), nil
	}},
	{"sorted output", func(_ context.Context, d *Data) (Job, error) {
		return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
			f, err := e.SQL(ctx, d.spell("SELECT * FROM {facts} ORDER BY t, id"))
			if err != nil {
				return err
			}
			_, err = f.Write(ctx, "parquet", d.out(), engine.WriteOptions{Mode: "overwrite"})
			return err
		}}, nil
	}},
	{"rows of a value written together", func(_ context.Context, d *Data) (Job, error) {
		return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
			f, err := e.SQL(ctx, d.spell("SELECT id, v, t, pmod(k, 24) p FROM {facts}"))
			if err != nil {
				return err
			}
			_, err = f.RepartitionByRange(d.Parts, engine.Asc("p")).Write(ctx, "parquet", d.out(), engine.WriteOptions{Mode: "overwrite", PartitionBy: []string{"p"}})
			return err
		}}, nil
	}},
	{"loop with checkpoints", func(_ context.Context, d *Data) (Job, error) { return d.growing(5, true), nil }},
	{"two executors", func(_ context.Context, d *Data) (Job, error) { return d.sql(d.pair(), ranked("k")), nil }},
	{"different questions", func(_ context.Context, d *Data) (Job, error) {
		return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error { return d.mixed(ctx, e, 6, 0) }}, nil
	}},
}
