package size_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor/size"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

const gib = 1 << 30

func plan(t *testing.T, need size.Need, run string) *size.Plan {
	t.Helper()
	prices, err := size.BuiltinPrices()
	if err != nil {
		t.Fatal(err)
	}
	var e *size.Evidence
	if run != "" {
		e = size.Observe(profiletest.Must(t, run))
	}
	p, err := size.New(need, e, prices)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// From the size of the input alone, each value follows its formula.
func TestFromInput(t *testing.T) {
	p := plan(t, size.Need{Input: 500 * gib, Within: 30 * time.Minute}, "")
	for key, want := range map[string]string{
		config.ShufflePartitions:        "4000", // 500 GiB / 128 MiB
		"spark.executor.cores":          "4",
		"spark.executor.memory":         "8704m", // 4 x 2 GiB and the reserve, to the next half
		"spark.executor.memoryOverhead": "871m",
		"spark.executor.instances":      "11", // 51,200 core-seconds / 1,800 s / 0.7 / 4
		"spark.driver.memory":           "3g",
	} {
		if got := p.Value(key); got != want {
			t.Errorf("%s = %s, want %s", key, got, want)
		}
	}
}

// Every value says how it comes about and from where, and every key is one of
// Spark's that accepts the value.
func TestEverySettingIsExplainedAndValid(t *testing.T) {
	for name, p := range map[string]*size.Plan{
		"input": plan(t, size.Need{Input: 500 * gib, Cached: 50 * gib, Streaming: true}, ""),
		"run":   plan(t, size.Need{}, healthy),
		"spill": plan(t, size.Need{Python: true}, spilling),
	} {
		for _, s := range append(p.Settings, p.Allocation...) {
			if s.Why == "" || s.Source == "" {
				t.Errorf("%s: %s has no reasoning", name, s.Key)
			}
			if _, err := config.Parse(s.Key + "=" + s.Value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What cannot be is refused with the flag, the value and the remedy.
func TestImpossibleNeeds(t *testing.T) {
	prices, _ := size.BuiltinPrices()
	for _, c := range []struct {
		need size.Need
		want string
	}{
		{size.Need{}, "--input 500GB"},
		{size.Need{Input: 1, Cores: -1}, "1 to 128 cores"},
		{size.Need{Input: 1, Memory: 100 << 20}, "does not start with less than 450.0 MiB"},
		{size.Need{Input: 1, Busy: 1.5}, "--busy 1.5"},
		{size.Need{Input: 1, Executors: -2}, "--executors -2"},
		{size.Need{Input: 1, Node: "r9.huge"}, `no node "r9.huge"; there are m5.xlarge`},
	} {
		if _, err := size.New(c.need, nil, prices); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.need, err, c.want)
		}
	}
}

const healthy = `
app start=0 end=100s
conf spark.executor.memory=4g spark.executor.cores=4 spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=true
executor 1 cores=4 memory=2g
executor 2 cores=4 memory=2g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*32 input=128m*32 shuffleWrite=100m*32
stage 1 job=0 parents=0 run=10s*16 shuffleRead=200m*16 peak=200m
`

const spilling = `
app start=0 end=200s
conf spark.executor.memory=2g spark.executor.cores=4 spark.sql.shuffle.partitions=8 spark.sql.adaptive.enabled=false
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*32 input=128m*32 shuffleWrite=512m*32
stage 1 job=0 parents=0 run=60s*8 shuffleRead=2g*8 peak=250m memorySpill=4g*8 spill=2g*8
`

// Where adaptive execution joins partitions, a number that is high enough stays.
func TestPartitionsStayWhereTheyAreJoined(t *testing.T) {
	if got := plan(t, size.Need{}, healthy).Value(config.ShufflePartitions); got != "200" {
		t.Errorf("shuffle partitions %s, want the run's 200", got)
	}
}

// Without adaptive execution the largest shuffle decides, as large as its rows
// are in memory: 16 GiB x 2 / 128 MiB.
func TestPartitionsFollowWhatSpilled(t *testing.T) {
	if got := plan(t, size.Need{}, spilling).Value(config.ShufflePartitions); got != "256" {
		t.Errorf("shuffle partitions %s, want 256", got)
	}
}

// The number can go down as well: advice that only raises it ratchets.
func TestPartitionsGoDown(t *testing.T) {
	run := strings.ReplaceAll(healthy, "spark.sql.adaptive.enabled=true", "spark.sql.adaptive.enabled=false")
	if got := plan(t, size.Need{}, run).Value(config.ShufflePartitions); got != "32" {
		t.Errorf("shuffle partitions %s, want 32: 3.1 GiB / 128 MiB, full waves of 8", got)
	}
}

// A skewed stage moves neither partitions nor memory.
func TestSkewIsNotAnsweredWithSize(t *testing.T) {
	p := plan(t, size.Need{}, `
app start=0 end=100s
conf spark.executor.memory=2g spark.executor.cores=4 spark.sql.shuffle.partitions=16 spark.sql.adaptive.enabled=false
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=1s*16 shuffleWrite=500m*16
stage 1 job=0 parents=0 run=1s*15,80s shuffleRead=100m*15,6g peak=100m*15,6g
`)
	if p.Value(config.ShufflePartitions) != "16" || p.Value("spark.executor.memory") != "2g" {
		t.Errorf("partitions %s, memory %s; want them left at 16 and 2g", p.Value(config.ShufflePartitions), p.Value("spark.executor.memory"))
	}
}

// Two stages of one wave each do not get faster by more slots, so the fewest that
// hold the wave are taken.
func TestExecutorsStopAtTheKnee(t *testing.T) {
	p := plan(t, size.Need{}, `
app start=0 end=21s
conf spark.executor.memory=2g spark.executor.cores=4
executor 1 cores=4 memory=1g
executor 2 cores=4 memory=1g
executor 3 cores=4 memory=1g
executor 4 cores=4 memory=1g
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=10s*4 shuffleWrite=1m*4
stage 1 job=0 parents=0 run=10s*4 shuffleRead=1m*4
`)
	if p.Executors != 1 {
		t.Errorf("%d executors, want 1: four tasks fill one", p.Executors)
	}
}

// Collections over a tenth of the time raise the heap, and with many cores an
// executor lower their number instead.
func TestCollections(t *testing.T) {
	for cores, want := range map[string][2]string{"4": {"4", "3g"}, "8": {"4", "4608m"}} {
		p := plan(t, size.Need{}, strings.ReplaceAll(`
app start=0 end=40s
conf spark.executor.memory=2g spark.executor.cores=CORES
executor 1 cores=CORES memory=1g
executor 2 cores=CORES memory=1g
job 0 start=0 stages=0
stage 0 job=0 submitted=0 run=10s*16 gc=2s*16 peak=10m
`, "CORES", cores))
		if got := [2]string{p.Value("spark.executor.cores"), p.Value("spark.executor.memory")}; got[0] != want[0] {
			t.Errorf("with %s cores: %v, want %v", cores, got, want)
		}
	}
}

// A standing cluster keeps to the budget and would not with one node more.
func TestBudget(t *testing.T) {
	p := plan(t, size.Need{Input: 500 * gib, Budget: 2000}, "")
	c := p.Cluster
	if c == nil || c.Monthly > 2000 || c.Monthly+c.Monthly/float64(c.Nodes) < 2000 {
		t.Fatalf("cluster %+v", c)
	}
	if c := plan(t, size.Need{Input: 500 * gib, Budget: 100}, "").Cluster; c == nil || c.Nodes != 0 || !strings.Contains(c.Why, "below one") {
		t.Errorf("a budget below one node: %+v", c)
	}
	if c := plan(t, size.Need{Input: 500 * gib, Budget: 100, RunsAMonth: 10_000}, "").Cluster; c == nil || c.Nodes != 0 || !strings.Contains(c.Why, "pays for") {
		t.Errorf("more runs than the budget pays for: %+v", c)
	}
}

// No number of a plan is infinite or not a number, whatever the need.
func TestNumbersAreFinite(t *testing.T) {
	for _, need := range []size.Need{{Input: 1}, {Input: 1 << 60, Within: 1}, {Input: 1, Budget: 1e-9, RunsAMonth: 1e9}, {Input: 1, Cores: 128, Memory: 500 * gib},
		{Input: 1 << 50, Cached: 1 << 50, MaxExecutors: 1}} {
		finite(t, reflect.ValueOf(*plan(t, need, "")))
		if _, err := json.Marshal(plan(t, need, "")); err != nil {
			t.Errorf("%+v: %v", need, err)
		}
	}
}

func finite(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Errorf("%v in the plan", f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			finite(t, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			finite(t, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Type() == reflect.TypeFor[size.Cluster]() {
			finite(t, v.Elem())
		}
	}
}

// Kryo is named as outdated for SQL and not for a job of RDDs alone.
func TestFolklore(t *testing.T) {
	kryo := func(p *size.Plan) bool {
		for _, f := range p.Folklore {
			if strings.Contains(f.Rule, "Kryo") {
				return true
			}
		}
		return false
	}
	if kryo(plan(t, size.Need{}, healthy)) {
		t.Error("Kryo is named for a run without SQL")
	}
	if !kryo(plan(t, size.Need{}, healthy+"sql 0 start=0 end=10s\n  Scan parquet t\n")) {
		t.Error("Kryo is not named for a run with SQL")
	}
}

// The whole plan is replayed where the run can tell, and not for another input.
func TestReplayOfThePlan(t *testing.T) {
	p := plan(t, size.Need{}, healthy)
	if p.Replay == nil || p.Replay.Refused != "" || math.Abs(p.Elapsed-p.Replay.After.Seconds()) > 1e-9 {
		t.Errorf("replay %+v, expected %g s", p.Replay, p.Elapsed)
	}
	if p := plan(t, size.Need{Input: 40 * gib}, healthy); p.Replay != nil || p.Elapsed <= 0 {
		t.Errorf("ten times the input was replayed: %+v", p.Replay)
	}
}
