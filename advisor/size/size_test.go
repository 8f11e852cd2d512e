package size_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor/size"
	"stagecoach/advisor/whatif"
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
		e = size.Observe(whatif.NewModel(profiletest.Must(t, run)))
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

// Where adaptive execution joins partitions, a number that is high enough stays.
// Without adaptive execution the largest shuffle decides, as large as its rows
// are in memory: 16 GiB x 2 / 128 MiB.
// The number can go down as well: advice that only raises it ratchets.
// A skewed stage moves neither partitions nor memory.
// Two stages of one wave each do not get faster by more slots, so the fewest that
// hold the wave are taken.
// Collections over a tenth of the time raise the heap, and with many cores an
// executor lower their number instead.
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
// For a larger input than the run's, its shuffle and its work are larger, too.
// Where the first number of partitions has a key of its own, that key is set.
