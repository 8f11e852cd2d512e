package sparklog_test

import (
	"context"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// troubled are runs of the engine in which what is rare happens: in the first a
// speculative copy overtakes a slow task, in the second blocks are evicted, tasks
// spill and fail, plans adapt, an executor is lost with what a cached frame has.
func troubled(t *testing.T) [][]event.Event {
	t.Helper()
	run := func(settings string, statements ...string) (list []event.Event) {
		conf, err := config.Parse(strings.Fields(settings)...)
		if err != nil {
			t.Fatal(err)
		}
		s, err := engine.NewSession(conf, engine.WithListener(func(e event.Event) { list = append(list, e) }))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, text := range statements {
			f, err := s.SQL(context.Background(), text)
			if err == nil {
				_, err = f.Collect(context.Background())
			}
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		s.Close()
		return list
	}
	runs := [][]event.Event{
		run("spark.master=local-cluster[3,2,512] spark.speculation=true spark.speculation.quantile=0.5 spark.speculation.interval=10ms stagecoach.faults.slowdown.1=200",
			"SELECT sum(sqrt(id)) FROM range(0, 2000000, 1, 60)"),
		run("spark.master=local-cluster[3,1,8] spark.locality.wait=0 spark.sql.shuffle.partitions=8 spark.sql.autoBroadcastJoinThreshold=-1 stagecoach.faults.taskFailureRate=0.05 "+
			"spark.task.maxFailures=10 stagecoach.faults.loseAfterTasks.1=20 spark.stage.maxConsecutiveAttempts=20",
			"CACHE TABLE a OPTIONS('storageLevel' 'MEMORY_ONLY') AS SELECT /*+ REPARTITION(6, id) */ id, id % 1000 k FROM range(200000)",
			"CACHE TABLE b OPTIONS('storageLevel' 'MEMORY_AND_DISK') AS SELECT id, id % 77 k FROM range(200000)",
			"SELECT count(*), sum(b.k) FROM a JOIN b ON a.id = b.id",
			"SELECT k, count(*) FROM a GROUP BY k ORDER BY k",
			"SELECT count(*) FROM (SELECT id, rank() OVER (PARTITION BY k % 3 ORDER BY id) r FROM b) WHERE r > 2",
			"SELECT count(*) FROM a"),
	}
	happened := map[string]bool{}
	for _, e := range append(runs[0], runs[1]...) {
		switch e := e.(type) {
		case event.TaskEnd:
			happened["a copy wins"] = happened["a copy wins"] || e.Info.Speculative && e.Reason.Kind == event.Success
			happened["a task is killed"] = happened["a task is killed"] || e.Reason.Kind == event.TaskKilled
			happened["a task fails"] = happened["a task fails"] || e.Reason.Kind == event.ExceptionFailure
			happened["a task spills"] = happened["a task spills"] || e.Metrics != nil && e.Metrics.Value(metric.DiskBytesSpilled) > 0
		case event.BlockUpdated:
			happened["a block is evicted"] = happened["a block is evicted"] || !e.Level.UseMemory
		case event.SQLAdaptiveExecutionUpdate:
			happened["a plan adapts"] = true
		case event.ExecutorRemoved:
			happened["an executor is lost"] = happened["an executor is lost"] || strings.Contains(e.Reason, "fault")
		}
	}
	for _, what := range []string{"a copy wins", "a task is killed", "a task fails", "a task spills", "a block is evicted", "a plan adapts", "an executor is lost"} {
		if !happened[what] {
			t.Errorf("in no run %s", what)
		}
	}
	return runs
}
