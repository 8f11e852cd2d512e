package whatif_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

const naive = `
app start=0 end=6s
conf spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=false spark.sql.autoBroadcastJoinThreshold=-1
executor driver cores=2 memory=400m
sql 0 start=0 end=5s
  SortMergeJoin "[zone], [id], Inner" [number of output rows=100*200@2]
    Sort "zone" [sort time=1ms*200@2]
      Exchange "hashpartitioning(zone, 200)" [data size=50m*2@0, shuffle bytes written=20m*2@0]
        Scan parquet {Location=trips} [number of output rows=1000*2@0]
    Sort "id"
      Exchange "hashpartitioning(id, 200)" [data size=20k@1, shuffle bytes written=10k@1]
        Scan parquet {Location=zones} [number of output rows=265@1]
job 0 start=100ms end=5s stages=0,1,2 execution=0
stage 0 job=0 submitted=200ms run=1s*2 input=40m*2 shuffleWrite=20m*2 shuffleWriteTime=100ms*2
stage 1 job=0 submitted=1300ms run=20ms input=10k shuffleWrite=10k
stage 2 job=0 parents=0,1 submitted=1400ms run=3ms*50,5ms*50,7ms*50,9ms*50 sched=2ms shuffleRead=50k*50,100k*50,150k*50,200k*50
job 1 start=5200ms end=5800ms stages=3
stage 3 job=1 submitted=5200ms run=500ms*2 input=1m*2
`

func parse(t *testing.T, text string) *profiler.Profile { return profiletest.Must(t, text) }

func change(pairs ...string) (out []config.Change) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, config.Change{Key: pairs[i], To: pairs[i+1]})
	}
	return out
}

// Replaying an untouched run gives the run back.
func TestReplayReproducesTheRun(t *testing.T) {
	for name, text := range map[string]string{
		"naive":   naive,
		"retries": "app start=0 end=30s\nexecutor 1 cores=2\njob 0 start=0 stages=0\nstage 0 job=0 run=2s*5 failed=1",
		"side by side": "app start=0 end=30s\nexecutor 1 cores=4\njob 0 start=0 stages=0\nstage 0 job=0 run=9s*2\n" +
			"job 1 start=1s stages=1\nstage 1 job=1 submitted=1s run=5s*2\njob 2 start=12s stages=2\nstage 2 job=2 submitted=12s run=8s*4",
	} {
		if e := whatif.NewModel(parse(t, text)).SelfError(); e > 0.02 {
			t.Errorf("%s: the replay is off by %.1f %%", name, 100*e)
		}
	}
}

// The same question has the same answer, to the nanosecond.
func TestPredictionIsDeterministic(t *testing.T) {
	c := change(config.ShufflePartitions, "8")
	if d := cmp.Diff(whatif.Predict(parse(t, naive), c...), whatif.Predict(parse(t, naive), c...)); d != "" {
		t.Fatal(d)
	}
}

// Joining two hundred partitions saves the fixed cost of those that vanish and
// nothing of what grows with the bytes.
func TestFewerPartitionsSaveTheFixedCost(t *testing.T) {
	p := whatif.Predict(parse(t, naive), change(config.ShufflePartitions, "4")...)
	if p.Refused != "" {
		t.Fatal(p.Refused)
	}
	// Per task 1 ms of running (the line through 3..9 ms) and 2 ms of delay are
	// fixed; 196 tasks fewer on two slots.
	want := 196 * 3 * time.Millisecond / 2
	if got := p.Saved(); got < want*9/10 || got > want*11/10 {
		t.Errorf("saves %v, want about %v", got, want)
	}
	if p.Low > p.After || p.After > p.High {
		t.Errorf("the range %v..%v leaves out %v", p.Low, p.High, p.After)
	}
	var joined whatif.StagePrediction
	for _, s := range p.Stages {
		if s.StageID == 2 {
			joined = s
		}
	}
	if joined.Tasks != 4 || joined.After >= joined.Before {
		t.Errorf("stage 2: %+v", joined)
	}
}

// A broadcast join does its work where the large side is read.
func TestBroadcastFoldsTheJoin(t *testing.T) {
	p := whatif.Predict(parse(t, naive), change(config.BroadcastThreshold, "10485760")...)
	if p.Refused != "" || p.Saved() < 500*time.Millisecond {
		t.Fatalf("saves %v (%s)", p.Saved(), p.Refused)
	}
	for _, s := range p.Stages {
		if s.StageID == 2 && (s.Tasks != 0 || s.After != 0) {
			t.Errorf("the join's stage is still there: %+v", s)
		}
	}
}

// Of a join that drops most rows the shuffle was nearly all of the work: what comes
// after it has few rows left.
func TestBroadcastOfASelectiveJoin(t *testing.T) {
	saved := func(rows string) time.Duration {
		text := strings.Replace(naive, "shuffle bytes written=20m*2@0", "shuffle bytes written=20m*2@0, shuffle records written="+rows+"*2@0", 1)
		return whatif.Predict(parse(t, text), change(config.BroadcastThreshold, "10485760")...).Saved()
	}
	if few, all := saved("1000000"), saved("10000"); few < all*5/4 {
		t.Errorf("%v are saved where one row of 100 is kept, %v where all are", few, all)
	}
}

// What a shuffle costs takes longer where tasks wait for processors.
func TestBroadcastOnACrowdedMachine(t *testing.T) {
	saved := func(cpu string) time.Duration {
		return whatif.Predict(parse(t, `
app start=0 end=20s
conf spark.sql.shuffle.partitions=8 spark.sql.adaptive.enabled=false spark.sql.autoBroadcastJoinThreshold=-1
executor driver cores=4
sql 0 start=0 end=19s
  SortMergeJoin "[zone], [id], Inner" [number of output rows=1000000*8@2]
    Exchange "hashpartitioning(zone, 8)" [data size=50m*4@0, shuffle bytes written=20m*4@0, shuffle records written=2000000*4@0]
      Scan parquet {Location=trips} [number of output rows=2000000*4@0]
    Exchange "hashpartitioning(id, 8)" [data size=20k@1, shuffle bytes written=10k@1]
      Scan parquet {Location=zones} [number of output rows=265@1]
job 0 start=0 end=19s stages=0,1,2 execution=0
stage 0 job=0 submitted=0 run=8s*4 cpu=`+cpu+`*4 input=40m*4 shuffleWrite=20m*4
stage 1 job=0 submitted=0 run=20ms cpu=20ms input=10k shuffleWrite=10k
stage 2 job=0 parents=0,1 submitted=9s run=5s*8 cpu=4s*8 shuffleRead=10m*8
`), change(config.BroadcastThreshold, "10485760")...).Saved()
	}
	if crowded, own := saved("3s"), saved("8s"); crowded < own+300*time.Millisecond {
		t.Errorf("saves %v where tasks wait for processors, %v where each has its own", crowded, own)
	}
}

// Tasks that read less than a page and wait for processors cost what they do however
// little they read; those that compute as long may need it for their rows.
func TestTinyTasksOfACrowd(t *testing.T) {
	after := func(cpu string) time.Duration {
		p := whatif.Predict(parse(t, `
app start=0 end=10s
conf spark.sql.shuffle.partitions=12 spark.sql.adaptive.enabled=false
executor 1 cores=2
sql 0 start=0 end=9s
  HashAggregate
    Exchange "hashpartitioning(a, 12)"
job 0 start=0 end=9s stages=0,1
stage 0 job=0 submitted=0 run=1s*2 cpu=`+cpu+`*2 input=1m*2 shuffleWrite=12k*2
stage 1 job=0 parents=0 submitted=1s run=300ms*12 cpu=`+cpu+`*12 shuffleRead=2k*12
`), change(config.ShufflePartitions, "2")...)
		if p.Refused != "" {
			t.Fatal(p.Refused)
		}
		return p.After
	}
	if waiting, computing := after("50ms"), after("300ms"); waiting > computing-time.Second {
		t.Errorf("two partitions instead of twelve: %v where tasks waited, %v where they computed", waiting, computing)
	}
}

// Changes together save no more than the run has, and at least as much as the
// better of the two.
func TestChangesTogether(t *testing.T) {
	one := whatif.Predict(parse(t, naive), change(config.ShufflePartitions, "4")...)
	two := whatif.Predict(parse(t, naive), change(config.BroadcastThreshold, "10485760")...)
	both := whatif.Predict(parse(t, naive), change(config.ShufflePartitions, "4", config.BroadcastThreshold, "10485760", config.AdaptiveEnabled, "true")...)
	if both.After > min(one.After, two.After)+50*time.Millisecond || both.After <= 0 {
		t.Errorf("alone %v and %v, together %v", one.After, two.After, both.After)
	}
}

// What the model cannot know it refuses, and says why.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, want, text string
		change           []config.Change
	}{
		{"far more slots", "four times", naive, change(config.Master, "local[16]")},
		{"an unknown key", "no model", naive, change("spark.shuffle.file.buffer", "64k")},
		{"a wrong value", "accepts", naive, change(config.ShufflePartitions, "many")},
		{"no tasks", "no finished work", "app start=0 end=1s", change(config.ShufflePartitions, "4")},
	} {
		if p := whatif.Predict(parse(t, c.text), c.change...); !strings.Contains(p.Refused, c.want) || p.After != p.Before {
			t.Errorf("%s: refused %q, after %v of %v; want %q", c.name, p.Refused, p.After, p.Before, c.want)
		}
	}
}

// Twice the slots halve what is parallel and leave the driver's gaps; on one
// machine tasks beside each other take a quarter longer.
func TestMoreSlots(t *testing.T) {
	for executors, want := range map[string]time.Duration{
		"executor driver cores=2":                              3750 * time.Millisecond,
		"executor 1 cores=1 host=a\nexecutor 2 cores=1 host=b": 5 * time.Second,
	} {
		text := "app start=0 end=12s\n" + executors + "\njob 0 start=2s stages=0\nstage 0 job=0 submitted=2s run=1s*20"
		p := whatif.Predict(parse(t, text), change(config.Master, "local[4]")...)
		if got := p.Saved(); got != want {
			t.Errorf("%s: saves %v, want %v (%s)", executors, got, want, p.Refused)
		}
	}
}

// A setting that is already in force changes nothing.
func TestNoChange(t *testing.T) {
	if p := whatif.Predict(parse(t, naive), change(config.ShufflePartitions, "200")...); p.Saved() != 0 {
		t.Errorf("saves %v", p.Saved())
	}
}

// Coalescing follows ShufflePartitionsUtil: close before the target is passed,
// pack what is below the least size with the smaller neighbour.
func TestCoalesce(t *testing.T) {
	for _, c := range []struct {
		sizes         []int64
		target, least int64
		want          [][2]int
	}{
		{[]int64{10, 20, 30, 40}, 60, 1, [][2]int{{0, 3}, {3, 4}}},
		{[]int64{10, 0, 0, 0}, 60, 1, [][2]int{{0, 4}}},
		{[]int64{50, 5, 60, 50}, 54, 10, [][2]int{{0, 2}, {2, 3}, {3, 4}}},
		{[]int64{100, 3, 100}, 60, 10, [][2]int{{0, 1}, {1, 3}}},
		{[]int64{0, 0}, 60, 1, [][2]int{{0, 2}}},
		{nil, 60, 1, nil},
	} {
		if d := cmp.Diff(c.want, whatif.Coalesce(c.sizes, c.target, c.least)); d != "" {
			t.Errorf("%v: %s", c.sizes, d)
		}
	}
	if got := whatif.CoalesceTarget(1<<30, 8, 64<<20, 1<<20); got != 64<<20 {
		t.Errorf("target %d", got)
	}
	if got := whatif.CoalesceTarget(100, 8, 64<<20, 1<<20); got != 1<<20 {
		t.Errorf("target %d", got)
	}
}

// Graham's bounds hold the replay between them.
func TestBounds(t *testing.T) {
	m := whatif.NewModel(parse(t, naive))
	for _, n := range []int{1, 2, 4, 100} {
		b := m.Bounds(n)
		if b.Low > b.High || b.Critical > b.High {
			t.Errorf("%d slots: %+v", n, b)
		}
	}
	if b := m.Bounds(2); m.Wall < b.Low || b.Low == 0 {
		t.Errorf("the run took %v, below the bound %v", m.Wall, b.Low)
	}
}

// A heavy key stays in one task however many partitions there are.
func TestHeavyKeyDoesNotSplit(t *testing.T) {
	text := "app start=0 end=40s\nconf spark.sql.shuffle.partitions=4\nexecutor driver cores=4\njob 0 start=0 stages=0\n" +
		"stage 0 job=0 run=1s,1s,1s,30s shuffleRead=1m,1m,1m,30m"
	p := whatif.Predict(parse(t, text), change(config.ShufflePartitions, "8")...)
	if p.Refused != "" || p.After < 27*time.Second {
		t.Errorf("after %v (%s): the key of 30 MB was split", p.After, p.Refused)
	}
}

// Settings that no run could have are refused with what is wrong about them.
func TestImpossibleSettings(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=8s
conf spark.master=local[2] spark.driver.memory=1g
executor driver cores=2 memory=400m
job 0 start=0 end=8s stages=0
stage 0 job=0 submitted=0 run=1s*16
`[1:])
	for change, want := range map[config.Change]string{
		{Key: "spark.executor.cores", To: "0"}:           "number of one or more",
		{Key: "spark.executor.instances", To: "many"}:    "number of one or more",
		{Key: "spark.driver.memory", To: "1m"}:           "at least 450 MiB",
		{Key: config.Master, To: "yarn"}:                 "does not say how many slots",
		{Key: config.ShufflePartitions, To: "0"}:         "",
		{Key: config.ShufflePartitions, To: "a lot"}:     "",
		{Key: "spark.network.timeout", To: "10s"}:        "no model",
		{Key: config.MemoryFraction, To: "NaN"}:          "",
		{Key: config.BroadcastThreshold, To: "10 pints"}: "",
	} {
		x := whatif.Predict(p, change)
		if x.Refused == "" || !strings.Contains(x.Refused, want) || x.After != x.Before {
			t.Errorf("%s: predicted %v, refused %q, wanted %q", change, x.After, x.Refused, want)
		}
	}
}

// A copy helps a task that is slow for no reason that its bytes tell, on another
// executor; not one that has more to read, and not where there is one executor.
func TestSpeculation(t *testing.T) {
	for _, c := range []struct {
		name, executors, straggler string
		saves                      bool
	}{
		{"a slow task", "executor 1 cores=2\nexecutor 2 cores=2", "10m", true},
		{"a large one", "executor 1 cores=2\nexecutor 2 cores=2", "100m", false},
		{"one executor", "executor 1 cores=4", "10m", false},
	} {
		text := "app start=0 end=11s\n" + c.executors + "\njob 0 start=0 stages=0\nstage 0 job=0 submitted=0 run=1s*7,10s input=10m*7," + c.straggler
		p := whatif.Predict(parse(t, text), change(config.Speculation, "true")...)
		if saves := p.After < p.Before-time.Second; saves != c.saves || p.Refused != "" {
			t.Errorf("%s: %v of %v, refused %q", c.name, p.After, p.Before, p.Refused)
		}
	}
}

// Twice the heap collects half as often, and half of it twice as often; how much
// lives, which decides, is left to the range. Where nothing was collected, memory
// changes nothing.
func TestCollectionGoesByTheHeap(t *testing.T) {
	for _, c := range []struct {
		gc, memory  string
		least, most time.Duration // saved
	}{
		{"4s", "2g", 1900 * time.Millisecond, 2100 * time.Millisecond},
		{"4s", "512m", -4100 * time.Millisecond, -3900 * time.Millisecond},
		{"0", "2g", 0, 0},
	} {
		text := "app start=0 end=10s\nconf spark.master=local[2] spark.driver.memory=1g\nexecutor driver cores=2 memory=400m\njob 0 start=0 stages=0\n" +
			"stage 0 job=0 submitted=0 run=10s*2 gc=" + c.gc + "*2 peak=1m*2"
		p := whatif.Predict(parse(t, text), change("spark.driver.memory", c.memory)...)
		if p.Refused != "" || p.Saved() < c.least || p.Saved() > c.most {
			t.Errorf("%s of collection, %s: saves %v, want %v to %v; refused %q", c.gc, c.memory, p.Saved(), c.least, c.most, p.Refused)
		}
		if low, high := p.SavedRange(); c.least > 0 && (low > 0 || high < 4*time.Second) {
			t.Errorf("%s of collection, %s: saves from %v to %v, which leaves out that none of it goes, or all", c.gc, c.memory, low, high)
		}
	}
}

// Partitions that spill become smaller ones that spill less, at the price which the
// run has shown: tasks that held more than their share of the memory go on to do so.
func TestSmallerPartitionsSpillLess(t *testing.T) {
	p := whatif.Predict(parse(t, `
app start=0 end=20s
conf spark.sql.shuffle.partitions=2 spark.sql.adaptive.enabled=false
executor driver cores=2 memory=1g
sql 0 start=0 end=20s
  Sort
    Exchange "hashpartitioning(a, 2)"
job 0 start=0 end=20s stages=0,1
stage 0 job=0 submitted=0 run=2s*2 input=200m*2 shuffleWrite=130m*2
stage 1 job=0 parents=0 submitted=2s run=17s*2 shuffleRead=130m*2 memorySpill=1300m*2 spill=300m*2 peak=530m*2
`), change(config.ShufflePartitions, "4")...)
	if p.Refused != "" || p.Saved() < time.Second {
		t.Errorf("twice as many partitions save %v (%s)", p.Saved(), p.Refused)
	}
}
