package plant

import (
	"context"
	"fmt"
	"slices"

	"stagecoach/engine"
)

// grouped has nearly as many groups as rows: all go through the shuffle.
const grouped = `SELECT count(*), sum(s), max(c) FROM (SELECT k, g, t, sum(v) s, count(*) c FROM {facts} WHERE r < 40 GROUP BY k, g, t)`

var partitioned = []Cause{
	{Name: "too-many-small-tasks", Doc: "a shuffle is cut into 300, 1000 or 3000 partitions and adaptive execution is off; without, into few",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			query := `SELECT k, g, sum(v) FROM {facts} WHERE r < 20 GROUP BY k, g ORDER BY 3 LIMIT 10`
			off := d.base("spark.sql.adaptive.enabled=false")
			return d.sql(slices.Concat(off, []string{fmt.Sprintf("spark.sql.shuffle.partitions=%d", s.of(300, 1000, 3000))}), query), d.sql(off, query), nil
		}},
	{Name: "too-few-partitions-spill", Also: []string{"sort-spill-low-memory"}, Doc: "a shuffle is cut into 4, 3 or 2 partitions that do not fit a task's memory, on a slow disk; without, into twenty",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			cut := func(n int) Job {
				return d.sql(slices.Concat(d.conf(d.scarce()), []string{"spark.sql.adaptive.enabled=false", "stagecoach.faults.diskBytesPerSecond=150m",
					"spark.sql.files.maxPartitionBytes=2m", "spark.sql.files.openCostInBytes=256k",
					fmt.Sprintf("spark.sql.shuffle.partitions=%d", n)}), ranked("k"))
			}
			return cut(s.of(4, 3, 2)), cut(20), nil
		}},
	{Name: "sort-spill-low-memory", Also: []string{"too-few-partitions-spill"}, Doc: "spark.memory.fraction is 0.2, 0.1 or 0.05 and the disk is slow; without, it is Spark's",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			rank := func(fraction int) Job {
				return d.sql(slices.Concat(d.conf(d.ample()), []string{"stagecoach.faults.diskBytesPerSecond=150m", fmt.Sprintf("spark.memory.fraction=0.%02d", fraction)}), ranked("k"))
			}
			return rank(s.of(20, 10, 5)), rank(60), nil
		}},
	{Name: "underused-cores", Doc: "a tenth, a quarter or half of the rows are brought into one partition before they are worked on; without, into as many as the shape has",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			work := func(n int) Job {
				return Job{Conf: d.base("spark.sql.adaptive.enabled=false"), Do: func(ctx context.Context, e *engine.Session) error {
					if err := d.collect(ctx, e, ranked("k")); err != nil {
						return err
					}
					f, err := e.SQL(ctx, d.spell(fmt.Sprintf("SELECT t, v, id FROM {facts} WHERE r < %d", s.of(10, 25, 50))))
					if err != nil {
						return err
					}
					if err := e.CreateView("part", f.Repartition(n)); err != nil {
						return err
					}
					return d.collect(ctx, e, "SELECT sum(length(regexp_replace(concat(t, id), '[0-4]+', 'x'))), max(upper(reverse(concat(t, v)))) FROM part")
				}}
			}
			return work(1), work(d.Parts), nil
		}},
	{Name: "unsplittable-input", Also: []string{"underused-cores"}, Doc: "a sixth, a third or all of the facts lie in one gzip file of CSV; without, in as many files as the shape has",
		Plant: func(ctx context.Context, d *Data, s Strength) (Job, Job, error) {
			percent := s.of(16, 33, 100)
			one, many := fmt.Sprintf("one%d", percent), fmt.Sprintf("many%d", percent)
			rows := fmt.Sprintf("SELECT id, k, g, v, t FROM {facts} WHERE r < %d", percent)
			if err := d.table(ctx, one, 1, "format=csv compression=gzip", rows); err != nil {
				return Job{}, Job{}, err
			}
			if err := d.table(ctx, many, d.Files, "format=csv compression=gzip", rows); err != nil {
				return Job{}, Job{}, err
			}
			read := func(table string) Job {
				return d.sql(d.base(), ranked("k"), "SELECT _c2, sum(CAST(_c3 AS DOUBLE)), max(_c4) FROM {"+table+"} GROUP BY _c2")
			}
			return read(one), read(many), nil
		}},
	{Name: "small-input-files", Doc: "a table lies in 500, 1000 or 2000 files; without, in as many as the shape has",
		Plant: func(ctx context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(500, 1000, 2000)
			crumbs := fmt.Sprintf("crumbs%d", n)
			if err := d.table(ctx, crumbs, 0, "", fmt.Sprintf("SELECT /*+ REPARTITION(%d) */ * FROM {facts} WHERE r < 25", n)); err != nil {
				return Job{}, Job{}, err
			}
			if err := d.table(ctx, "loaf", d.Files, "", "SELECT * FROM {facts} WHERE r < 25"); err != nil {
				return Job{}, Job{}, err
			}
			read := func(table string) Job {
				return d.sql(d.base(), "SELECT k, sum(v), max(t) FROM {facts} GROUP BY k", "SELECT g, sum(v), max(t) FROM {"+table+"} GROUP BY g")
			}
			return read(crumbs), read("loaf"), nil
		}},
	{Name: "coalesce-one-write", Also: []string{"underused-cores"}, Doc: "a sixth, a third or all of the facts are written as one file; without, as many as the shape has",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			return d.writing(s.of(16, 33, 100), 1), d.writing(s.of(16, 33, 100), d.Parts), nil
		}},
	{Name: "too-many-output-files", Doc: "rows are written below 20, 60 or 150 values, each task having some of every value; without, the rows of a value come together first",
		Plant: func(_ context.Context, d *Data, s Strength) (Job, Job, error) {
			n := s.of(20, 60, 150)
			query := fmt.Sprintf("SELECT id, v, t, pmod(k, %d) p FROM {facts} WHERE r < 50", n)
			return d.folders(query, 0), d.folders(query, d.Parts), nil
		}},
}

// scarce is so much memory in MiB for an executor that a task can hold a fifth of
// the facts' three widest columns. (Below 450 MiB a fifth of it are for execution.)
func (d *Data) scarce() int {
	task := max(1, d.Rows*24/5>>20)
	if d.clustered() {
		return 5 * task
	}
	return 10 * task
}

// ample is so much memory in MiB for an executor that a task can hold the facts'
// three widest columns, unless spark.memory.fraction leaves it little.
func (d *Data) ample() int { return 300 + d.Rows*150>>20 }

// writing is a job that ranks the facts and writes some of their rows with so
// many tasks.
func (d *Data) writing(percent, tasks int) Job {
	return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
		if err := d.collect(ctx, e, ranked("k")); err != nil {
			return err
		}
		f, err := e.SQL(ctx, d.spell(fmt.Sprintf("SELECT id, k, g, v, reverse(t) t FROM {facts} WHERE r < %d", percent)))
		if err != nil {
			return err
		}
		_, err = f.Coalesce(tasks).Write(ctx, "parquet", d.out(), engine.WriteOptions{Mode: "overwrite", Options: map[string]string{"compression": "zstd"}})
		return err
	}}
}

// folders is a job that writes rows below folders of the column p, brought
// together by it into so many partitions first; 0 leaves them where they are.
func (d *Data) folders(query string, together int) Job {
	return Job{Conf: d.base(), Do: func(ctx context.Context, e *engine.Session) error {
		f, err := e.SQL(ctx, d.spell(query))
		if err != nil {
			return err
		}
		if together > 0 {
			f = f.Repartition(together, "p")
		}
		_, err = f.Write(ctx, "parquet", d.out(), engine.WriteOptions{Mode: "overwrite", PartitionBy: []string{"p"}})
		return err
	}}
}
