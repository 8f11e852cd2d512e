package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/expr"
	"stagecoach/engine/source"
)

// A small is a run that a parameter changes. ROOT in a statement is a folder
// that all runs of a test share; files that are written go below the run's own.
type small func(s *engine.Session, root, own string) (string, error)

// statements runs statements and gives the rows of the last.
func statements(text string) small {
	return func(s *engine.Session, root, own string) (string, error) {
		f, err := s.SQL(context.Background(), strings.NewReplacer("ROOT", root, "OWN", own).Replace(text))
		if err != nil {
			return "", err
		}
		r, err := f.Collect(context.Background())
		if err != nil {
			return "", err
		}
		return fmt.Sprint(r.Rows()), nil
	}
}

const facts = "(SELECT id % 40 k, id v FROM range(0, 20000, 1, 4))"

var (
	grouped = statements("SELECT k, count(*) FROM " + facts + " GROUP BY k ORDER BY k")
	matched = statements("SELECT count(*), sum(a.v) FROM " + facts + " a JOIN (SELECT id k, id w FROM range(0, 400, 1, 2) WHERE id % 2 = 0) b ON a.k = b.k")
	ofSkew  = statements("SELECT count(*), sum(a.v) FROM (SELECT IF(id % 4 > 0, 7, id) k, id v FROM range(0, 20000, 1, 8)) a JOIN (SELECT id k FROM range(0, 400, 1, 2)) b ON a.k = b.k")
	scanned = statements("SELECT count(*) FROM csv.`ROOT/csv`")
	chosen  = statements("SELECT sum(v) FROM parquet.`ROOT/parquet` WHERE v > 19990")
	zone    = statements("SELECT CAST(TIMESTAMP_MICROS(0) AS STRING)")
	divided = statements("SELECT 1 div CAST(id AS INT) FROM range(1)")
	cached  = statements("CACHE TABLE c OPTIONS ('storageLevel' 'MEMORY_ONLY') AS SELECT id, CAST(id AS STRING) s FROM range(0, 40000, 1, 4); SELECT count(*) FROM (SELECT id, max(id) FROM range(0, 60000, 1, 2) GROUP BY id)")
	created = statements("CREATE TABLE t AS SELECT 1 a; SELECT * FROM t")
	over    = statements("CREATE TABLE t PARTITIONED BY (p) AS SELECT id, id % 2 p FROM range(4); INSERT OVERWRITE t SELECT 9, 0; SELECT * FROM t ORDER BY id")
	batched = statements("SELECT k, sum(v) FROM (SELECT /*+ REPARTITION(3) */ id % 5000 k, id v FROM range(0, 20000, 1, 2)) GROUP BY k")
	// Of four thousand keys, eighty have matches.
	sieved = statements("SELECT count(*), sum(a.v) FROM (SELECT id % 4000 k, id v FROM range(0, 20000, 1, 4)) a JOIN (SELECT k FROM (SELECT id k, id % 50 c FROM range(0, 4000, 1, 2)) WHERE c = 1) b ON a.k = b.k")
	// Of ten folders, those of two keys have matches.
	ofFolders = statements("SELECT count(*) FROM parquet.`ROOT/folders` f JOIN (SELECT k FROM (SELECT id k, id % 5 c FROM range(0, 10, 1, 1)) WHERE c = 2) d ON f.p = d.k")
	again     = statements("WITH q AS (SELECT k, count(*) n FROM " + facts + " GROUP BY k) SELECT k, n FROM q UNION ALL SELECT n, k FROM q")
	ranked    = statements("SELECT v FROM (SELECT v, row_number() OVER (PARTITION BY k ORDER BY v) n FROM " + facts + ") WHERE n < 3")
)

// writes is a write of rows from several tasks.
func writes(s *engine.Session, _, own string) (string, error) {
	_, err := s.Read(source.Memory(schema, wide(2000))).Write(context.Background(), "parquet", filepath.Join(own, "out"), engine.WriteOptions{})
	return "", err
}

// spreads is a write of rows in no order into folders.
func spreads(s *engine.Session, _, own string) (string, error) {
	_, err := s.Read(source.Memory(schema, wide(2000))).Write(context.Background(), "parquet", filepath.Join(own, "out"), engine.WriteOptions{PartitionBy: []string{schema[0].Name}})
	return "", err
}

// grows is an aggregation of unique keys.
func grows(s *engine.Session, _, _ string) (string, error) {
	rows, err := groups(s)
	return strings.Join(rows, "\n"), err
}

// named is two queries of a frame that a parameter may keep.
func named(s *engine.Session, _, _ string) (string, error) {
	f := s.Read(source.Memory(schema, wide(2000))).Named("x")
	for range 2 {
		if _, err := f.Count(context.Background()); err != nil {
			return "", err
		}
	}
	return "", nil
}

// kept is a frame kept at a level and read again, after some time.
func kept(level string, wait time.Duration) small {
	return func(s *engine.Session, _, _ string) (string, error) {
		f := s.Read(source.Memory(schema, wide(4000))).Persist("x", level)
		for range 2 {
			if _, err := f.Count(context.Background()); err != nil {
				return "", err
			}
			time.Sleep(wait)
		}
		return "", nil
	}
}

// checkpointed is a frame whose rows are written aside.
func checkpointed(s *engine.Session, _, _ string) (string, error) {
	_, err := s.Read(source.Memory(schema, wide(100))).Checkpoint(context.Background())
	return "", err
}

// sleeping is a query of so many tasks of such a length, and time after it.
func sleeping(tasks int, each, after time.Duration) small {
	return func(s *engine.Session, _, _ string) (string, error) {
		in := hooked{tasks, func(context.Context, int) error {
			time.Sleep(each)
			return nil
		}}
		_, err := s.Read(in).Count(context.Background())
		time.Sleep(after)
		synctest.Wait()
		return "", err
	}
}

// unequal is a query of tasks of unequal lengths.
func unequal(s *engine.Session, _, _ string) (string, error) {
	var began [8]atomic.Int32
	in := hooked{8, func(ctx context.Context, split int) error {
		if split == 7 && began[7].Add(1) == 1 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Minute):
			}
			return nil
		}
		time.Sleep(time.Second)
		return nil
	}}
	_, err := s.Read(in).Count(context.Background())
	return "", err
}

// failing is a query of six tasks the first of which fail once each, and another
// query after some time.
func failing(first int, wait time.Duration) small {
	return func(s *engine.Session, _, _ string) (string, error) {
		var began [6]atomic.Int32
		in := hooked{6, func(_ context.Context, split int) error {
			time.Sleep(time.Second)
			if split < first && began[split].Add(1) == 1 {
				return errors.New("the first attempt fails")
			}
			return nil
		}}
		if _, err := s.Read(in).Repartition(2).Count(context.Background()); err != nil {
			return "", err
		}
		time.Sleep(wait)
		_, err := s.Read(in).Count(context.Background())
		return "", err
	}
}

// busy is a query of two tasks: one fails once while the other takes long.
func busy(s *engine.Session, _, _ string) (string, error) {
	var began atomic.Int32
	in := hooked{2, func(_ context.Context, split int) error {
		if split == 1 {
			time.Sleep(time.Minute)
			return nil
		}
		time.Sleep(time.Second)
		if began.Add(1) == 1 {
			return errors.New("the first attempt fails")
		}
		return nil
	}}
	_, err := s.Read(in).Count(context.Background())
	return "", err
}

// uneven is a frame most of whose partitions one executor keeps, and slowly reads
// again.
func uneven(s *engine.Session, _, _ string) (string, error) {
	f := s.Read(hooked{6, func(_ context.Context, split int) error {
		if split == 0 {
			time.Sleep(time.Hour)
		}
		return nil
	}}).Persist("x", "DISK_ONLY")
	for range 2 {
		if _, err := f.Agg(expr.Sum(expr.Col("p"), "p")).Collect(context.Background()); err != nil {
			return "", err
		}
	}
	return "", nil
}

// sideBySide is a query in the pool that the session is set to, and one in pool
// b that begins a little later.
func sideBySide(s *engine.Session, _, _ string) (string, error) {
	var all sync.WaitGroup
	var failed [2]error
	for i := range failed {
		in := hooked{12, func(context.Context, int) error {
			time.Sleep(time.Second)
			return nil
		}}
		all.Go(func() { _, failed[i] = s.Read(in).Count(context.Background()) })
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if i == 0 {
			if err := s.Set("spark.scheduler.pool", "b"); err != nil {
				return "", err
			}
		}
	}
	all.Wait()
	return "", errors.Join(failed[:]...)
}

// fill writes the files that runs read.
func fill(t *testing.T, root string) {
	t.Helper()
	for i := range 8 {
		name := filepath.Join(root, "csv", fmt.Sprintf("part-%d.csv", i))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(strings.Repeat("1,2\n", 1000)), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	s := session(t, &recorder{}, "spark.master=local[1]")
	f, err := s.SQL(context.Background(), "SELECT id v FROM range(0, 20000, 1, 1)")
	if err == nil {
		_, err = f.Write(context.Background(), "parquet", filepath.Join(root, "parquet"), engine.WriteOptions{})
	}
	if err == nil {
		f, err = s.SQL(context.Background(), "SELECT id, id % 10 p FROM range(0, 1000, 1, 1)")
	}
	if err == nil {
		_, err = f.Write(context.Background(), "parquet", filepath.Join(root, "folders"), engine.WriteOptions{PartitionBy: []string{"p"}})
	}
	if err != nil {
		t.Fatal(err)
	}
}
