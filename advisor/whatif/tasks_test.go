package whatif_test

import (
	"math"
	"reflect"
	"testing"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

// busy is a run with something for every edit: spilling, collection, fetching, skew,
// tasks that failed, a join and a frame that is computed twice.
const busy = `
app start=0 end=60s
conf spark.master=local[2] spark.driver.memory=1g spark.sql.shuffle.partitions=4 spark.sql.adaptive.enabled=false spark.sql.autoBroadcastJoinThreshold=-1
executor driver cores=2 memory=400m
executor 1 cores=2 memory=400m host=b
sql 0 start=0 end=50s
  SortMergeJoin "[zone], [id], Inner" [number of output rows=100*4@2]
    Sort "zone" [sort time=1ms*4@2]
      Exchange "hashpartitioning(zone, 4)" [data size=50m*8@0, shuffle bytes written=20m*8@0]
        Filter "fare > 5" [number of output rows=100*8@0]
          Scan parquet {Location=trips} [number of output rows=1000*8@0]
    Sort "id"
      Exchange "hashpartitioning(id, 4)" [data size=20k@1, shuffle bytes written=10k@1]
        Scan parquet {Location=zones} [number of output rows=265@1]
sql 1 start=50s end=59s
  Filter "fare > 5" [number of output rows=100*8@3]
    Scan parquet {Location=trips} [number of output rows=1000*8@3]
job 0 start=100ms end=49s stages=0,1,2 execution=0
stage 0 job=0 submitted=200ms run=5s*7,9s input=40m*8 shuffleWrite=20m*8 shuffleWriteTime=100ms*8 gc=300ms*8 failed=1
stage 1 job=0 submitted=1300ms run=20ms input=10k shuffleWrite=10k
stage 2 job=0 parents=0,1 submitted=26s run=3s*3,20s gc=1s*4 fetchWait=200ms*4 shuffleRead=5m*3,60m memorySpill=55m*4 spill=20m*4 peak=80m*4
job 1 start=51s end=58s stages=3 execution=1
stage 3 job=1 submitted=51s run=1s*7,6s cpu=400ms*8 input=40m*8
`

// Whatever is predicted, the model stays as the profile has it, although the models
// that edits change share its tasks. Each edit does something: one that has no effect
// on this run would show nothing.
func TestEditsLeaveTheModelAlone(t *testing.T) {
	p := profiletest.Must(t, busy)
	m, fresh := whatif.NewModel(p), whatif.NewModel(p)
	set := func(pairs ...string) whatif.Edit { return whatif.Changes(change(pairs...)...) }
	edits := map[string]whatif.Edit{
		"fewer partitions":  set(config.ShufflePartitions, "2"),
		"more partitions":   set(config.ShufflePartitions, "12"),
		"coalesced":         set(config.AdaptiveEnabled, "true"),
		"broadcast":         set(config.BroadcastThreshold, "10485760"),
		"skew join":         set("spark.sql.adaptive.skewJoin.enabled", "true", "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", "1m"),
		"larger splits":     set(config.MaxPartitionBytes, "1g", config.OpenCost, "150m"),
		"smaller splits":    set(config.MaxPartitionBytes, "10m"),
		"speculation":       set(config.Speculation, "true"),
		"slots":             set(config.Master, "local[8]"),
		"more memory":       set("spark.driver.memory", "2g"),
		"less memory":       set("spark.driver.memory", "700m"),
		"memory of a task":  whatif.Memory(1 << 30),
		"recut":             whatif.Recut(2, 8),
		"unskew":            whatif.Unskew(2, 2),
		"cap":               whatif.Cap(2, 4*time.Second),
		"less collection":   whatif.LessGC([]int{0, 2}, 0.01),
		"reclaim":           whatif.Reclaim([]int{0, 3}, 5*time.Second),
		"sooner":            whatif.Sooner(map[int]bool{0: true}, 50*time.Millisecond),
		"perhaps":           whatif.Perhaps(whatif.Cap(2, 4*time.Second)),
		"one after another": func(m *whatif.Model) { whatif.Recut(2, 8)(m); whatif.Cap(0, time.Second)(m); whatif.Recut(2, 2)(m) },
	}
	for _, reason := range whatif.Reasons {
		edit, err := whatif.Without(reason)
		if err != nil {
			t.Fatal(err)
		}
		edits["without "+reason] = edit
	}
	faster, err := whatif.FasterStorage(4)
	if err != nil {
		t.Fatal(err)
	}
	edits["faster storage"] = faster
	for _, g := range m.Repeated() {
		edits["reuse of "+g.Text] = whatif.Reuse(g, "MEMORY_AND_DISK")
	}
	if len(m.Repeated()) == 0 {
		t.Error("nothing is computed twice")
	}
	untouched := m.Predict()
	for name, edit := range edits {
		x := m.Predict(edit)
		if x.Refused != "" || x.After == untouched.After && x.Low == untouched.Low && x.High == untouched.High {
			t.Errorf("%s: predicts %v, from %v to %v, as without it; refused %q", name, x.After, x.Low, x.High, x.Refused)
		}
		m.ChoosePartitions()
		m.Bounds(0)
		if !reflect.DeepEqual(m.Stages, fresh.Stages) || !reflect.DeepEqual(m.Jobs, fresh.Jobs) || !reflect.DeepEqual(m.Slots, fresh.Slots) ||
			!reflect.DeepEqual(m.Config, fresh.Config) {
			t.Fatalf("%s: the model has changed", name)
		}
	}
}

// Tasks are as the log has them: whole milliseconds to the nanosecond, however they
// are split, so that equal times are; sizes to one part in 2^24.
func TestTasksAsRecorded(t *testing.T) {
	p := profiletest.Must(t, "app start=0 end=20000s\nexecutor 1 cores=8\njob 0 start=0 stages=0\nstage 0 job=0 submitted=0 "+
		"run=1ms,999ms,7s,16383999ms,16383999ms gc=0,0,3333ms,1000003ms,7ms shuffleRead=1,0,100m,123456789012,16777217")
	tasks := whatif.NewModel(p).Stages[0].Tasks
	for k, whole := range []time.Duration{1, 999, 7000, 16383999, 16383999} {
		at := tasks.At(k)
		if whole *= time.Millisecond; tasks.Duration(k) != whole || (at.Duration()-whole).Abs() > 0 {
			t.Errorf("task %d took %v, or %v by parts, want %v", k, tasks.Duration(k), at.Duration(), whole)
		}
		if at.Index != k {
			t.Errorf("task %d is partition %d", k, at.Index)
		}
	}
	for k, size := range []int64{1, 0, 100 << 20, 123456789012, 16777217} {
		if got := tasks.At(k).Bytes; math.Abs(float64(got-size)) > float64(size)/(1<<24) {
			t.Errorf("task %d read %d bytes, want %d", k, got, size)
		}
	}
}
