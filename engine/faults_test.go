package engine_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// groups is a query with a shuffle of many blocks.
func groups(s *engine.Session) ([]string, error) {
	res, err := s.Read(source.Memory(schema, wide(8000))).GroupBy(expr.Col("g")).Agg(expr.Sum(expr.Col("n"), "n")).Collect(context.Background())
	if err != nil {
		return nil, err
	}
	return text(res.Rows(), false), nil
}

// Whatever goes wrong, the answer is the same or the error says what happened;
// what went wrong is in the events.
func TestFaults(t *testing.T) {
	clean, err := groups(session(t, &recorder{}, "spark.master=local-cluster[3,1,512]"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		master, faults string
		tells, fails   string // a part of the story; of the error
	}{
		{"local-cluster[3,1,512]", "taskFailureRate=0.3", "ExceptionFailure fault put in by stagecoach.faults.taskFailureRate=0.3", ""},
		{"local-cluster[3,1,512]", "taskFailureRate=1", "stage 0.0 ends stage 0 task", "failed 4 times, last: fault put in"},
		{"local[2]", "taskFailureRate=1", "job 0 ends stage 0 task", "failed: fault put in"},
		{"local-cluster[3,1,512]", "corruptBlockRate=0.05", "stage 0.1 ends", ""},
		{"local-cluster[3,1,512]", "corruptBlockRate=0.05", "is damaged: its checksum is", ""},
		{"local-cluster[3,1,512]", "corruptBlockRate=1", "FetchFailed fetch of shuffle 0, map", "stage 1 ran 4 times and each time lost outputs"},
		{"local-cluster[3,1,512]", "corruptBlockRate=1 spark.stage.maxConsecutiveAttempts=2", "stage 1.1 ends", "stage 1 ran 2 times and each time lost outputs"},
		{"local-cluster[3,1,512]", "corruptBlockRate=0.5 spark.stage.maxConsecutiveAttempts=99", "stage 1.4 ends", ""},
		{"local[2]", "corruptBlockRate=1", "FetchFailed fetch of shuffle 0, map", "is damaged"},
		{"local-cluster[3,1,512]", "loseAfterTasks.1=2", "executor 1 ends: fault put in by stagecoach.faults", ""},
		{"local-cluster[3,1,512]", "loseAfterTasks.0=4", "executor 0 ends: fault put in by stagecoach.faults", ""},
		{"local-cluster[3,1,512]", "slowdown.1=1", "job 1 ends", ""},
	} {
		r := &recorder{}
		s := session(t, r, append(strings.Fields("stagecoach.faults."+c.faults), "spark.master="+c.master, "spark.sql.shuffle.partitions=6",
			"spark.locality.wait=0", "spark.sql.adaptive.coalescePartitions.enabled=false")...)
		got, err := groups(s)
		if c.fails == "" {
			if err != nil || !slices.Equal(got, clean) {
				t.Errorf("%s: error %v, %s", c.faults, err, firstDifference(got, clean))
			}
		} else if err == nil || !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: error %v, want %q", c.faults, err, c.fails)
		}
		if story := strings.Join(r.story(), "\n"); !strings.Contains(story, c.tells) {
			t.Errorf("%s: %q is not in the story\n%s", c.faults, c.tells, story)
		}
	}
}

// The same seed makes the same attempts fail.
func TestFaultsRepeat(t *testing.T) {
	failures := func(seed string) (out []string) {
		r := &recorder{}
		if _, err := groups(session(t, r, "spark.master=local-cluster[2,1,512]", "stagecoach.faults.taskFailureRate=0.4",
			"spark.task.maxFailures=20", "stagecoach.faults.seed="+seed)); err != nil {
			t.Fatal(err)
		}
		for _, e := range r.events {
			if e, ok := e.(event.TaskEnd); ok && e.Reason.Kind == event.ExceptionFailure {
				out = append(out, strings.Join([]string{"stage", string(rune('0' + e.StageID)), "task", string(rune('0' + e.Info.Index)), "attempt", string(rune('0' + e.Info.Attempt))}, " "))
			}
		}
		slices.Sort(out)
		return out
	}
	if a, b := failures("1"), failures("1"); !slices.Equal(a, b) || len(a) == 0 {
		t.Errorf("seed 1 fails %v, then %v", a, b)
	}
	if a, b := failures("1"), failures("7"); slices.Equal(a, b) {
		t.Errorf("seeds 1 and 7 both fail %v", a)
	}
}

// Finished map tasks of an executor that is lost while their stage runs end a
// second time, as in Spark, and run again.
func TestResubmitted(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local-cluster[2,1,512]", "spark.sql.adaptive.enabled=false")
	var began [3]atomic.Int32
	blocked, victim, lost := make(chan struct{}), make(chan string, 1), make(chan struct{})
	r.on = func(e event.Event) {
		switch e := e.(type) {
		case event.TaskEnd:
			if e.Reason.Kind == event.Success && e.Info.TaskID < 2 {
				victim <- e.Info.ExecutorID
			}
			if e.Reason.Kind == event.Resubmitted {
				close(lost)
			}
		}
	}
	// Task 0 ends well; the executor it ran on is lost while tasks 1 and 2 run.
	go func() {
		id := <-victim
		<-blocked
		s.LoseExecutor(id)
	}()
	in := hooked{3, func(ctx context.Context, split int) error {
		if first := began[split].Add(1) == 1; !first {
			return nil
		}
		switch split {
		case 1:
			<-lost
		case 2:
			close(blocked)
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-lost:
			}
		}
		return nil
	}}
	if n, err := s.Read(in).Repartition(2).Count(context.Background()); err != nil || n != 3 {
		t.Fatalf("%d rows, %v", n, err)
	}
	story := r.story()
	if !slices.ContainsFunc(story, func(l string) bool {
		return strings.HasPrefix(l, "task 0.0/0.0 ") && strings.HasSuffix(l, "Resubmitted")
	}) ||
		!slices.ContainsFunc(story, func(l string) bool { return strings.HasPrefix(l, "task 0.0/0.1 ") && strings.HasSuffix(l, "Success") }) {
		t.Errorf("task 0 is not run again:\n%s", strings.Join(story, "\n"))
	}
}

// A slow executor's tasks take as much longer as is asked, an executor at a time
// is lost then, and a slow disk moves its bytes in their time: by a clock that
// stands still while anything runs.
func TestSlowness(t *testing.T) {
	run := func(t *testing.T, settings ...string) (r *recorder, took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			r = &recorder{}
			conf, err := config.Parse(append(settings, "spark.master=local-cluster[2,1,512]", "spark.locality.wait=0")...)
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf, engine.WithListener(r.add))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if _, err := groups(s); err != nil {
				t.Fatal(err)
			}
			took = time.Since(start)
			s.Close()
		})
		return r, took
	}
	r, _ := run(t, "stagecoach.faults.slowdown.1=51")
	slow := 0
	for _, e := range r.events {
		if e, ok := e.(event.TaskEnd); ok {
			want := time.Duration(0)
			if e.Info.ExecutorID == "1" {
				want = 50 * time.Millisecond
				slow++
			}
			if got := time.Duration(e.Metrics.Value(metric.ExecutorRunTime)); got != want {
				t.Errorf("a task on executor %s took %v, want %v", e.Info.ExecutorID, got, want)
			}
		}
	}
	if slow == 0 {
		t.Error("the slow executor ran nothing")
	}
	r, took := run(t, "stagecoach.faults.diskBytesPerSecond=1000")
	if want := time.Duration(r.total(metric.ShuffleWriteBytes)) * time.Millisecond / 2; took < want {
		t.Errorf("two disks of 1,000 bytes a second took %v; writing alone takes %v", took, want)
	}
	r, _ = run(t, "stagecoach.faults.loseAt.1=300ms", "stagecoach.faults.diskBytesPerSecond=10000")
	for _, e := range r.events {
		if e, ok := e.(event.ExecutorRemoved); ok {
			if at := e.Time - r.events[1].(event.BlockManagerAdded).Time; at != 300 {
				t.Errorf("executor %s is lost after %d ms", e.ExecutorID, at)
			}
			return
		}
	}
	t.Error("no executor was lost")
}

// Faults of executors that are not there are refused.
func TestFaultyFaults(t *testing.T) {
	for setting, want := range map[string]string{
		"spark.master=local[2] stagecoach.faults.slowdown.1=2":                 "the only executor of a local master is driver",
		"spark.master=local[2] stagecoach.faults.loseAt.driver=1s":             "the only executor cannot be lost",
		"spark.master=local-cluster[2,1,512] stagecoach.faults.loseAt.2=1s":    "they are 0 to 1",
		"spark.master=local-cluster[2,1,512] stagecoach.faults.slowdown.two=3": "they are 0 to 1",
	} {
		conf, err := config.Parse(strings.Fields(setting)...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = engine.NewSession(conf); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", setting, err, want)
		}
	}
}

// Copies of tasks on a slow executor save their wait, and of the two files that
// a task and its copy write one is left.
func TestSpeculativeWrite(t *testing.T) {
	took := map[string]time.Duration{}
	for _, speculation := range []string{"true", "false"} {
		path := t.TempDir() + "/out"
		synctest.Test(t, func(t *testing.T) {
			conf, err := config.Parse("spark.master=local-cluster[2,2,512]", "stagecoach.faults.slowdown.1=9001", "spark.speculation="+speculation,
				"spark.speculation.quantile=0.5")
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			start := time.Now()
			in := hooked{8, func(context.Context, int) error {
				time.Sleep(time.Millisecond) // until every slot has a task, the slow executor's too
				return nil
			}}
			if _, err := s.Read(in).Write(context.Background(), "parquet", path, engine.WriteOptions{}); err != nil {
				t.Fatal(err)
			}
			took[speculation] = time.Since(start)
		})
		files, err := filepath.Glob(path + "/part-*")
		if err != nil || len(files) != 8 {
			t.Errorf("speculation %s: %d files of 8 tasks, %v", speculation, len(files), err)
		}
	}
	if took["true"] > time.Second || took["false"] < 9*time.Second {
		t.Errorf("took %v with copies and %v without", took["true"], took["false"])
	}
}

// An executor that is idle for too long is kept while it holds shuffle output of
// a query that runs, and goes when the query has ended.
func TestShuffleKeepsExecutors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		conf, err := config.Parse("spark.master=local-cluster[3,1,512]", "spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.initialExecutors=3",
			"spark.dynamicAllocation.executorIdleTimeout=1s")
		if err != nil {
			t.Fatal(err)
		}
		s, err := engine.NewSession(conf, engine.WithListener(r.add))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var all sync.WaitGroup // begin together: one on each executor
		all.Add(3)
		in := hooked{3, func(_ context.Context, split int) error {
			all.Done()
			all.Wait()
			if split == 0 {
				time.Sleep(time.Minute)
			}
			return nil
		}}
		if n, err := s.Read(in).Repartition(2).Count(context.Background()); err != nil || n != 3 {
			t.Fatalf("%d rows, %v", n, err)
		}
		if story, _, _ := strings.Cut(strings.Join(r.story(), "\n"), "execution 0 ends"); strings.Contains(story, "executor") {
			t.Errorf("shuffle output was taken away:\n%s", story)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if story := strings.Join(r.story(), "\n"); strings.Count(story, "Executor killed by driver.") != 3 {
			t.Errorf("the query has ended, executors are still there:\n%s", story)
		}
	})
}

// With everything going wrong at once, in three queries side by side, each query
// ends: most with the answer, some with an error, and every task that began ends.
func TestEverythingGoesWrong(t *testing.T) {
	clean, err := groups(session(t, &recorder{}, "spark.master=local-cluster[3,1,512]"))
	if err != nil {
		t.Fatal(err)
	}
	seeds := 20
	if testing.Short() {
		seeds = 5
	}
	var answers atomic.Int32
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			r := &recorder{}
			conf, err := config.Parse("spark.master=local-cluster[4,2,512]", "spark.sql.shuffle.partitions=6", "spark.scheduler.mode=FAIR",
				"spark.speculation=true", "spark.speculation.quantile=0.3", "spark.excludeOnFailure.enabled=true", "spark.excludeOnFailure.timeout=5s",
				"spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.executorIdleTimeout=2s", "spark.dynamicAllocation.minExecutors=2",
				"stagecoach.faults.taskFailureRate=0.08", "stagecoach.faults.corruptBlockRate=0.01", "stagecoach.faults.loseAt.1=1500ms",
				"stagecoach.faults.loseAfterTasks.0=9", "stagecoach.faults.slowdown.2=2000", "stagecoach.faults.diskBytesPerSecond=100000",
				"stagecoach.faults.seed="+strconv.Itoa(seed))
			if err != nil {
				t.Fatal(err)
			}
			s, err := engine.NewSession(conf, engine.WithListener(r.add))
			if err != nil {
				t.Fatal(err)
			}
			var side sync.WaitGroup
			for range 3 {
				side.Go(func() {
					got, err := groups(s)
					if err == nil {
						answers.Add(1)
					}
					if err == nil && !slices.Equal(got, clean) {
						t.Errorf("seed %d: %s", seed, firstDifference(got, clean))
					}
				})
			}
			side.Wait()
			s.Close()
			open := map[int64]int{} // stage of each task that runs
			for _, e := range r.events {
				switch e := e.(type) {
				case event.TaskStart:
					open[e.Info.TaskID] = e.StageID
				case event.TaskEnd:
					delete(open, e.Info.TaskID)
				case event.StageCompleted:
					for id, stage := range open {
						if stage == e.Info.StageID {
							t.Errorf("seed %d: stage %d ends while its task %d runs", seed, stage, id)
						}
					}
				}
			}
			if len(open) > 0 {
				t.Errorf("seed %d: %d tasks never ended", seed, len(open))
			}
		})
	}
	if n := int(answers.Load()); n < seeds*3/2 {
		t.Errorf("%d of %d queries have an answer", n, seeds*3)
	}
}
