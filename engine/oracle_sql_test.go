package engine_test

import (
	"context"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
)

// registered puts the oracle's views under their names.
func (v tables) register(t testing.TB, s *engine.Session) {
	for name, f := range map[string]*engine.Frame{"green": v.green, "day": v.day, "samples": v.samples, "zones": v.zones, "weather": v.weather, "legacy": v.legacy} {
		if err := s.CreateView(name, f); err != nil {
			t.Fatal(err)
		}
	}
}

// Every query of the oracle gives its answer from its SQL text, whatever the
// settings: each value of partitions, masters, adaptive execution, join strategies,
// memory, storage levels and faults meets most of the others. Without ANSI, since
// the oracle divides by zero in silence.
func TestOracleSQL(t *testing.T) {
	dir := sharedTaxi(t)
	o := readOracle(t, dir)
	src := openSources(t, dir)
	const (
		broadcast = " spark.sql.autoBroadcastJoinThreshold=100m spark.sql.adaptive.autoBroadcastJoinThreshold=100m"
		merge     = " spark.sql.autoBroadcastJoinThreshold=-1 spark.sql.optimizer.runtime.bloomFilter.applicationSideScanSizeThreshold=0"
		hash      = merge + " spark.sql.join.preferSortMergeJoin=false"
		fixed     = " spark.sql.adaptive.enabled=false"
		cluster   = "spark.master=local-cluster[3,1,128]"
	)
	for i, c := range []struct{ settings, level string }{
		{"spark.master=local[2] spark.sql.shuffle.partitions=7", ""},
		{"spark.master=local[1] spark.sql.shuffle.partitions=1" + merge, "MEMORY_ONLY"},
		{"spark.master=local[2] spark.sql.shuffle.partitions=200" + fixed + hash, "MEMORY_AND_DISK"},
		{"spark.master=local[2] spark.sql.shuffle.partitions=1000" + broadcast, "DISK_ONLY"},
		{"spark.master=local[1] spark.sql.shuffle.partitions=7 spark.executor.memory=160m" + fixed + merge, "MEMORY_ONLY_SER"},
		{cluster + " spark.sql.shuffle.partitions=7" + hash, "MEMORY_AND_DISK_SER"},
		{cluster + " spark.sql.shuffle.partitions=200" + fixed + merge, "MEMORY_AND_DISK_2"},
		{cluster + " spark.sql.shuffle.partitions=7 stagecoach.faults.taskFailureRate=0.03 stagecoach.faults.corruptBlockRate=0.01 spark.task.maxFailures=10 spark.stage.maxConsecutiveAttempts=99", "MEMORY_ONLY_2"},
		{cluster + " spark.sql.shuffle.partitions=1 stagecoach.faults.loseAfterTasks.1=20 stagecoach.faults.loseAfterTasks.2=90" + fixed, "MEMORY_ONLY"},
	} {
		if testing.Short() && i > 0 {
			break
		}
		t.Run(strings.ReplaceAll(c.settings, "spark.", "")+" "+c.level, func(t *testing.T) {
			conf, err := config.Parse(append(strings.Fields(c.settings), "spark.sql.ansi.enabled=false", "spark.locality.wait=0")...)
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			src.views(s).register(t, s)
			if c.level != "" {
				for _, view := range []string{"zones", "samples"} {
					if _, err := s.SQL(context.Background(), "CACHE TABLE "+view+" OPTIONS('storageLevel' '"+c.level+"')"); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, q := range o.Queries {
				f, err := s.SQL(context.Background(), q.SQL)
				if err != nil {
					t.Errorf("%s: %v", q.Name, err)
					continue
				}
				r, err := f.Collect(context.Background())
				if err != nil {
					t.Errorf("%s: %v", q.Name, err)
				} else if d := compareOracle(r, q.Rows); d != "" {
					t.Errorf("%s: %s", q.Name, d)
				}
			}
		})
	}
}
