package plant

import (
	"context"

	"stagecoach/engine"
)

// A Workload is a job of ordinary work, to be run under one configuration and
// another. What it does depends on parameters of different kinds.
type Workload struct {
	Name string
	Job  func(d *Data) Job // without a configuration
}

// Workloads are those that predictions are measured on.
var Workloads = []Workload{
	{"groups", func(d *Data) Job {
		return d.sql(nil, "SELECT g, r, count(*), sum(v), max(t), avg(v * k) FROM {facts} GROUP BY g, r", "SELECT t, count(*), sum(v) FROM {facts} GROUP BY t ORDER BY 2 DESC, t LIMIT 50",
			"SELECT k, count(DISTINCT g) n, max(v) FROM {facts} GROUP BY k ORDER BY n DESC, k LIMIT 50")
	}},
	{"ranks", func(d *Data) Job { return d.sql(nil, ranked(heavy(25, "-1L"))) }},
	{"small join", func(d *Data) Job {
		return d.sql(nil, "SELECT region, count(*), sum(v), max(t) FROM {facts} JOIN {keys} USING (k) GROUP BY region")
	}},
	{"large join", func(d *Data) Job {
		return d.sql(nil, "SELECT g, count(*), sum(v + coalesce(w, 0)), max(t) FROM {facts} FULL JOIN {others} ON id = oid GROUP BY g")
	}},
	{"questions", func(d *Data) Job { return d.asked(nil, prepared, 3, question) }},
	{"copy", func(d *Data) Job {
		return Job{Do: func(ctx context.Context, e *engine.Session) error {
			f, err := e.SQL(ctx, d.spell("SELECT id, k, g, round(v, 1) v, upper(reverse(t)) t FROM {facts} WHERE r < 60"))
			if err != nil {
				return err
			}
			_, err = f.Write(ctx, "parquet", d.out(), engine.WriteOptions{Mode: "overwrite"})
			return err
		}}
	}},
}
