package plant

import (
	"context"
	"fmt"
	"slices"

	"stagecoach/engine"
)

// prepared is what several queries begin with: rows whose preparing takes longer
// than what each query does with them.
const prepared = "SELECT k, g, r, v, row_number() OVER (PARTITION BY k ORDER BY v, id) n FROM {facts}"

// digested are rows that take long to compute and much memory to keep, and that
// need little of it for questions.
const digested = "SELECT k, g, r, v, md5(concat(t, id)) n FROM {facts} WHERE r < 60"

// asked is a job that asks so many questions of the same rows, which have the name
// prepared. ask makes the question of a round and its title.
func (d *Data) asked(conf []string, rows string, rounds int, ask func(round int) (query, title string)) Job {
	return Job{Conf: conf, Do: func(ctx context.Context, e *engine.Session) error {
		f, err := e.SQL(ctx, d.spell(rows))
		if err != nil {
			return err
		}
		if err := e.CreateView("prepared", f.Named("prepared")); err != nil {
			return err
		}
		for i := range rounds {
			query, title := ask(i)
			q, err := e.SQL(ctx, d.spell(query))
			if err != nil {
				return err
			}
			if _, err := q.Describe(title).Collect(ctx); err != nil {
				return err
			}
		}
		return nil
	}}
}

func question(i int) (query, title string) {
	column := []string{"g", "r", "g % 10", "k % 7", "g % 3"}[i%5]
	return fmt.Sprintf("SELECT %s c, count(*), sum(v), max(n) FROM prepared GROUP BY %s", column, column), "question " + column
}

func round(i int) (query, title string) {
	return fmt.Sprintf("SELECT sum(v * %d), max(n) FROM prepared WHERE g %% 20 <> %d", i+1, i), "a round of the loop"
}

const level = "stagecoach.storageLevel.prepared="

var reused = []Cause{
	{Name: "recompute-no-cache", Also: []string{"iterative-no-cache"}, Doc: "three, four or five questions to rows that are prepared again for each; without, the rows are cached",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(3, 4, 5)
			return d.asked(d.base(), prepared, n, question), d.asked(d.base(level+"MEMORY_ONLY"), prepared, n, question), nil
		}},
	{Name: "iterative-no-cache", Also: []string{"recompute-no-cache"}, Doc: "a loop of four, six or eight rounds prepares its rows in each; without, the rows are cached",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(4, 6, 8)
			return d.asked(d.base(), prepared, n, round), d.asked(d.base(level+"MEMORY_ONLY"), prepared, n, round), nil
		}},
	{Name: "unused-cache", Also: []string{"low-cpu-share"}, Doc: "a third, two thirds or all of the rows are cached on a slow disk for one query that needs two columns; without, they are not cached, and the disk is slow as well",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			read := func(level string) Job {
				return Job{Conf: d.base("stagecoach.faults.diskBytesPerSecond=100m", "stagecoach.storageLevel.rows="+level), Do: func(ctx context.Context, e *engine.Session) error {
					if err := d.collect(ctx, e, ranked("k")); err != nil {
						return err
					}
					f, err := e.SQL(ctx, d.spell(fmt.Sprintf("SELECT * FROM {facts} WHERE r < %d", s.of(33, 66, 100))))
					if err != nil {
						return err
					}
					if err := e.CreateView("rows", f.Named("rows")); err != nil {
						return err
					}
					return d.collect(ctx, e, "SELECT g, sum(v) FROM rows GROUP BY g")
				}}
			}
			return read("DISK_ONLY"), read("NONE"), nil
		}},
	{Name: "cache-evicted", Also: []string{"recompute-no-cache", "gc-pressure"}, Doc: "rows that five questions read are cached where a half, a third or a fifth of them fits; without, all fit",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			// A row takes 60 bytes; of less than 450 MiB a fifth is for rows and execution.
			memory := max(20, 5*(d.Rows*6/10*60>>20)/s.of(2, 3, 5))
			if d.clustered() {
				memory /= 2
			}
			keep := func(memory int) Job {
				fine := []string{level + "MEMORY_ONLY", "spark.sql.files.maxPartitionBytes=1m", "spark.sql.files.openCostInBytes=256k"}
				return d.asked(slices.Concat(d.conf(memory), fine), digested, 5, question)
			}
			return keep(memory), keep(d.Memory), nil
		}},
	{Name: "iterative-growing-lineage", Also: []string{"iterative-no-cache", "recompute-no-cache"}, Doc: "a loop of four, five or six rounds computes from the first round on in each; without, each round leaves a checkpoint",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(4, 5, 6)
			return d.growing(n, false), d.growing(n, true), nil
		}},
}

// growing is a loop whose rounds take the ranks of the round before, join them
// with the others and count them.
func (d *Data) growing(rounds int, checkpoint bool) Job {
	return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
		ranks, err := e.SQL(ctx, d.spell("SELECT k, 1.0D x FROM {keys}"))
		for i := 0; err == nil && i < rounds; i++ {
			if err = e.CreateView("ranks", ranks); err != nil {
				return err
			}
			ranks, err = e.SQL(ctx, d.spell("SELECT /*+ BROADCAST(q) */ f.k k, avg(q.x * f.w) x FROM {others} f JOIN ranks q ON f.k = q.k GROUP BY f.k"))
			if err == nil && checkpoint {
				ranks, err = ranks.LocalCheckpoint(ctx)
			}
			if err == nil {
				_, err = ranks.Describe("a round of the loop").Count(ctx)
			}
		}
		return err
	}}
}
