package plant

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// mixed asks up to six queries, no more than two of the same table, and pauses after
// each.
func (d *Data) mixed(ctx context.Context, e *engine.Session, queries int, pause time.Duration) error {
	for _, q := range []string{
		"SELECT g, sum(v), max(t) FROM {facts} GROUP BY g",
		"SELECT count(*), max(n) FROM (SELECT k, count(DISTINCT oid) n FROM {others} GROUP BY k)",
		"SELECT x, count(*), max(eid) FROM {events} GROUP BY x",
		ranked("k"),
		"SELECT count(*), max(s) FROM (SELECT k, sum(w) s FROM {others} GROUP BY k)",
		"SELECT count(*), sum(eid) FROM (SELECT eid, row_number() OVER (PARTITION BY k ORDER BY x) n FROM {events}) WHERE n < 3",
	}[:queries] {
		if err := d.collect(ctx, e, q); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return nil
}

var wasted = []Cause{
	{Name: "driver-bound", Doc: "between six queries the program works for 60, 150 or 300 ms; without, it asks them one after the other",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			ask := func(pause time.Duration) Job {
				return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
					return d.mixed(ctx, e, 6, pause)
				}}
			}
			return ask(time.Duration(s.of(60, 150, 300)) * time.Millisecond), ask(0), nil
		}},
	{Name: "large-result-to-driver", Also: []string{"driver-bound"}, Doc: "the program takes a fifth, half or all of the rows and sums them up itself; without, the query does",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			percent := s.of(20, 50, 100)
			take := Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
				if err := d.collect(ctx, e, ranked("k")); err != nil {
					return err
				}
				f, err := e.SQL(ctx, d.spell(fmt.Sprintf("SELECT g, v, t FROM {facts} WHERE r < %d", percent)))
				if err != nil {
					return err
				}
				r, err := f.Collect(ctx)
				if err != nil {
					return err
				}
				sums := map[int64]float64{}
				for _, row := range r.Rows() {
					sums[row[0].I] += row[1].F
				}
				return nil
			}}
			return take, d.sql(d.base(), ranked("k"), fmt.Sprintf("SELECT g, sum(v), max(t) FROM {facts} WHERE r < %d GROUP BY g", percent)), nil
		}},
	{Name: "dynamic-allocation-churn", Also: []string{"driver-bound"}, Doc: "executors are given back after 100 ms and asked for again after three, four or six pauses of 300 ms; without, they are kept",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			conf := []string{fmt.Sprintf("spark.master=local-cluster[2,1,%d]", d.Memory), fmt.Sprintf("spark.sql.shuffle.partitions=%d", d.Parts),
				"spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.schedulerBacklogTimeout=200ms", "spark.dynamicAllocation.initialExecutors=2"}
			work := func(more string) Job {
				return Job{Conf: slices.Concat(conf, []string{more}), Do: func(ctx context.Context, e *engine.Session) error {
					return d.mixed(ctx, e, s.of(3, 4, 6), 300*time.Millisecond)
				}}
			}
			return work("spark.dynamicAllocation.executorIdleTimeout=100ms"), work("spark.dynamicAllocation.minExecutors=2"), nil
		}},
	{Name: "low-cpu-share", Doc: "a function of the program waits for a service, 1, 3 or 8 ms for each 4000 rows; without, it does not",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			look := func(wait time.Duration) Job {
				return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
					err := e.RegisterFunction("look", expr.RowFunction1(func(id int64) (int64, error) {
						if id%4000 == 0 {
							time.Sleep(wait)
						}
						return id % 7, nil
					}))
					if err != nil {
						return err
					}
					return d.collect(ctx, e, "SELECT look(id), count(*), sum(v) FROM {facts} GROUP BY look(id)")
				}}
			}
			return look(time.Duration(s.of(1, 3, 8)) * time.Millisecond), look(0), nil
		}},
}
