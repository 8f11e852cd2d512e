package profiletest_test

import (
	"strings"
	"testing"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

const nightly = `
app name="nightly job" start=0 end=60s spark=4.0.1
conf spark.sql.shuffle.partitions=200
executor 1 cores=2 host=a memory=400m
executor 2 cores=2 host=b memory=400m removed=30s reason="spot loss"
sql 0 description="sum of fares"
  HashAggregate "keys=[zone]" [number of output rows=3@1]
    Exchange "hashpartitioning(zone)" [data size=10m*4@0, shuffle bytes written=1m,2m,3m,4m@0]
      WholeStageCodegen (1)
        Scan parquet trips {Format=Parquet} [number of files read=7, number of output rows=100*4@0]
job 0 start=1s stages=0,1 execution=0
stage 0 name="scan at a.py:1" submitted=1s run=1s,1s,1s,9s cpu=500ms input=64m shuffleWrite=1m*3,4m
  executors=1,2,1,2 gc=100ms
stage 1 parents=0 run=2s shuffleRead=7m failed=0 failure="out of memory"
stage 2 skipped=true tasks=10 job=0
rdd 7 stage=0 name=trips level=MEMORY_ONLY partitions=2
block 7 0 executor=1 memory=10m
block 7 1 executor=1 memory=20m
block 7 0 executor=1
block 7 0 executor=1 memory=10m
`

// A text holds a whole application; what it leaves out is filled in.
func TestParse(t *testing.T) {
	p := profiletest.Must(t, nightly)
	check := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	check("wall", p.App.Wall(), time.Minute)
	check("warnings", len(p.Warnings), 0)
	check("slots", p.Slots(), 2)
	scan := p.Stage(0, 0)
	check("status", scan.Status, profiler.Succeeded)
	check("duration", scan.Duration(), 9*time.Second)
	check("median run", scan.Dist(metric.ExecutorRunTime).Median(), int64(time.Second))
	check("max run", scan.Dist(metric.ExecutorRunTime).Max(), int64(9*time.Second))
	check("executor 2", scan.PerExecutor["2"].TaskTime, 10*time.Second)
	check("input", scan.Metrics.Value(metric.InputBytes), int64(256<<20))
	sum := p.Stage(1, 0)
	check("attempts", sum.Tasks.Len(), 2)
	check("failed", sum.Failed, 1)
	check("error", sum.Tasks.At(0).Error, "java.lang.RuntimeException: out of memory")
	check("completes", sum.Duration(), 4*time.Second)
	check("skipped", p.Stage(2, 0).Status, profiler.Skipped)
	job := p.Job(0)
	check("job tasks", [3]int{job.NumTasks, job.Completed, job.SkippedTasks}, [3]int{15, 5, 10})
	check("job stages", [2]int{job.CompletedStages, job.SkippedStages}, [2]int{2, 1})
	check("job time", job.Duration(), 13*time.Second)
	rdd := p.RDDs[0]
	check("cached", [4]int64{rdd.MemorySize, int64(rdd.Cached), int64(rdd.Evictions), int64(rdd.Recomputed)}, [4]int64{30 << 20, 2, 1, 1})

	x := p.Execution(0)
	check("nodes", len(x.Nodes), 4)
	exchange := x.Node(1)
	size, _ := exchange.Metric("shuffle bytes written")
	check("exchange", [4]int64{size.Total, size.Min, size.Med, size.Max}, [4]int64{10 << 20, 1 << 20, 3 << 20, 4 << 20})
	scanNode := x.Node(3)
	check("cluster", scanNode.Cluster, 2)
	files, _ := scanNode.Metric("number of files read")
	check("driver value", [2]int64{files.Total, files.MaxTask}, [2]int64{7, -1})
	rows, _ := scanNode.Metric("number of output rows")
	check("rows", rows.Total, int64(400))
	check("stages of node", scanNode.Stages[0], 0)
}

// Four tasks on one slot run one after another.
func TestSchedule(t *testing.T) {
	p := profiletest.Must(t, "executor 1 cores=1\nstage 0 run=1s*4 sched=10ms")
	for i, task := range p.Stage(0, 0).Tasks.All {
		if got, want := task.Finish-profiletest.Epoch, event.Millis(1010*(i+1)); got != want {
			t.Errorf("task %d ends at %d ms, want %d", i, got, want)
		}
		if v, _ := task.Metrics.Get(metric.SchedulerDelay); v != int64(10*time.Millisecond) {
			t.Errorf("task %d waits %v", i, time.Duration(v))
		}
	}
}

// A mistake is answered with its line.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"stage x":                   "line 1: stage: \"x\" is no whole number",
		"app\nstage 0 runn=1s":      "line 2: \"runn\" is neither a metric nor a field",
		"stage 0 run=1q":            "250ms",
		"stages 0":                  "begins no line",
		"stage 0 run=1s run=2s":     "twice",
		`app name="x`:               "quote",
		"sql 0\n  A\n  B":           "one root",
		"stage 0 shuffleRead=1z":    "64k",
		"executor 1 cores=2\njob x": "line 2",
	} {
		if _, err := profiletest.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %q", text, err, want)
		}
	}
}
