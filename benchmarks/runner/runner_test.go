package runner_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"stagecoach/benchmarks/runner"
	"stagecoach/benchmarks/workload"
	"stagecoach/datasets"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// tables generates little taxi data.
func tables(t *testing.T) workload.Data {
	t.Helper()
	dir := t.TempDir()
	from := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := datasets.Generate(context.Background(), dir, datasets.GenerateOptions{Rows: 8000, From: from, To: from.AddDate(0, 1, 0), Seed: 5}); err != nil {
		t.Fatal(err)
	}
	d, err := datasets.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return workload.Data{Trips: d.Trips, Zones: d.Zones, Weather: d.Weather}
}

func run(t *testing.T, w workload.Workload, o runner.Options, settings ...string) *runner.Run {
	t.Helper()
	conf, err := config.Parse(append(append([]string{}, w.Settings...), settings...)...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner.Engine(context.Background(), w, conf, o)
	if err != nil {
		t.Fatalf("%s: %v", w.Name, err)
	}
	return r
}

// Every workload runs, is described, and gives the same answers naive and
// tuned, with little memory and on several executors.
func TestWorkloads(t *testing.T) {
	d := tables(t)
	for _, w := range workload.All {
		t.Run(w.Name, func(t *testing.T) {
			if w.Title == "" || w.Doc == "" || w.Category == "" {
				t.Error("a workload has a title, a doc and a category")
			}
			o := runner.Options{Data: d}
			first := run(t, w, o, workload.Naive...)
			for _, settings := range [][]string{
				{"spark.sql.adaptive.enabled=true", "spark.sql.autoBroadcastJoinThreshold=10m", "spark.sql.shuffle.partitions=4", "stagecoach.storageLevel.trips=MEMORY_ONLY"},
				{"spark.master=local-cluster[2,2,2]", "spark.sql.shuffle.partitions=7", "stagecoach.storageLevel.trips=DISK_ONLY"},
			} {
				other := run(t, w, o, settings...)
				if diff := workload.Differ(first.Answers, other.Answers); diff != "" {
					t.Errorf("%s: %s", strings.Join(settings, " "), diff)
				}
				if len(other.Operators()) == 0 || other.Counters()["tasks"] == 0 {
					t.Error("nothing was measured")
				}
			}
		})
	}
}

// The profile folded live equals the one read back from the run's own log.
func TestLiveEqualsLog(t *testing.T) {
	w, err := workload.Lookup("taxi-questions")
	if err != nil {
		t.Fatal(err)
	}
	d := tables(t)
	for _, settings := range [][]string{
		{"spark.sql.shuffle.partitions=5"},
		{"spark.sql.adaptive.enabled=true", "spark.sql.autoBroadcastJoinThreshold=10m", "stagecoach.storageLevel.trips=MEMORY_AND_DISK"},
		{"spark.master=local-cluster[2,1,2]", "spark.sql.shuffle.partitions=3", "spark.eventLog.compression.codec=lz4"},
	} {
		r := run(t, w, runner.Options{Data: d, LogDir: t.TempDir()}, settings...)
		read, err := sparklog.Open(r.Log)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, r.Profile, read)
	}
}

func compare(t *testing.T, live, read *profiler.Profile) {
	t.Helper()
	if live.App != read.App {
		t.Errorf("application %+v reads back as %+v", live.App, read.App)
	}
	if len(live.Jobs) != len(read.Jobs) || len(live.Stages) != len(read.Stages) || len(live.Executors) != len(read.Executors) || len(live.Executions) != len(read.Executions) || len(live.RDDs) != len(read.RDDs) {
		t.Fatalf("%d jobs, %d stages, %d executors, %d queries, %d datasets read back as %d, %d, %d, %d, %d", len(live.Jobs), len(live.Stages), len(live.Executors), len(live.Executions),
			len(live.RDDs), len(read.Jobs), len(read.Stages), len(read.Executors), len(read.Executions), len(read.RDDs))
	}
	for i, j := range live.Jobs {
		k := read.Jobs[i]
		if j.Status != k.Status || j.Start != k.Start || j.End != k.End || j.Completed != k.Completed || j.ExecutionID != k.ExecutionID {
			t.Errorf("job %+v reads back as %+v", j, k)
		}
	}
	for i, s := range live.Stages {
		k := read.Stages[i]
		if s.Status != k.Status || s.Submitted != k.Submitted || s.Completed != k.Completed || s.Complete != k.Complete || s.NumTasks != k.NumTasks || s.Name != k.Name {
			t.Errorf("stage %d reads back differently", s.ID)
		}
		for id := range metric.All {
			if a, b := s.Metrics.Value(id), k.Metrics.Value(id); a != b {
				t.Errorf("stage %d, %v: %d reads back as %d", s.ID, id, a, b)
			}
		}
		for row := range s.Tasks.Len() {
			a, b := s.Tasks.At(row), k.Tasks.At(row)
			if a.ID != b.ID || a.Launch != b.Launch || a.Finish != b.Finish || a.Executor != b.Executor || a.Locality != b.Locality || a.Status != b.Status {
				t.Fatalf("task %+v reads back as %+v", a, b)
			}
		}
	}
	for i, x := range live.Executions {
		y := read.Executions[i]
		if x.Description != y.Description || x.Status != y.Status || len(x.Nodes) != len(y.Nodes) || x.Plans != y.Plans {
			t.Fatalf("query %d reads back differently", x.ID)
		}
		for n := range x.Nodes {
			for m := range x.Nodes[n].Metrics {
				if a, b := x.Nodes[n].Metrics[m], y.Nodes[n].Metrics[m]; a != b {
					t.Errorf("query %d, node %d: %+v reads back as %+v", x.ID, n, a, b)
				}
			}
		}
	}
	for i, r := range live.RDDs {
		if *r != *read.RDDs[i] {
			t.Errorf("dataset %+v reads back as %+v", *r, *read.RDDs[i])
		}
	}
}
