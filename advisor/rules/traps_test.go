package rules_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

// These are mistakes that were found in other advisors, one test each.

// fixtures are the runs of all rules' fixtures.
func fixtures(t *testing.T) (runs []*profiler.Profile) {
	t.Helper()
	for _, r := range rules.All {
		text, err := os.ReadFile(filepath.Join("testdata", r.Name))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split("\n"+string(text), "\ncheck")[1:] {
			head, _, _ := strings.Cut(block, "\n----")
			_, state, _ := strings.Cut(head, "\n")
			runs = append(runs, profiletest.Must(t, state))
		}
	}
	return runs
}

// advise lets all rules judge a run, little findings included.
func advise(p *profiler.Profile) advisor.Report {
	return advisor.Advise(p, rules.All, advisor.Option{All: true})
}

// Every limit that a rule declares decides something: in some run its rule asks
// for it. (A peer documents guards that no code reads.)
func TestEveryLimitIsAskedFor(t *testing.T) {
	asked := map[string]bool{}
	runs := fixtures(t)
	for _, r := range rules.All {
		limits := map[string]float64{}
		for _, l := range r.Limits {
			limits[l.Name] = l.Default
		}
		for _, p := range runs {
			r.Check(advisor.NewRun(p), func(name string) float64 {
				asked[r.Name+"."+name] = true
				return limits[name]
			})
		}
		for _, l := range r.Limits {
			if !asked[r.Name+"."+l.Name] {
				t.Errorf("no run makes %s ask for %s", r.Name, l.Name)
			}
		}
	}
}

// Every cause that the advisor speaks of is found in some run. (A peer has
// branches that cannot be reached, and advice that is dropped on its way.)
func TestEveryCauseIsReachable(t *testing.T) {
	found := map[string]bool{}
	for _, p := range fixtures(t) {
		for _, f := range advise(p).Findings {
			found[f.Cause] = true
		}
	}
	for _, cause := range strings.Fields(`cache-evicted cartesian-join coalesce-one-write driver-bound duplicate-exchange
		dynamic-allocation-churn executor-lost explode-blowup gc-pressure incomplete-log iterative-growing-lineage iterative-no-cache
		large-result-to-driver low-cpu-share missed-broadcast no-filter-pushdown no-partition-pruning oom-failure oversized-broadcast
		python-udf rdd-groupbykey recompute-no-cache skewed-join skewed-shuffle-key slow-executor small-input-files
		sort-spill-low-memory speculation-waste streaming-falling-behind task-failures too-few-partitions-spill too-many-output-files
		too-many-small-tasks underused-cores unnecessary-sort unsplittable-input unused-cache wide-scan window-no-partition`) {
		if !found[cause] {
			t.Errorf("%s is found in no run", cause)
		}
	}
}

// Every key that a change sets is one of Spark's or the engine's, and no change
// sets what is set already. (A peer invents keys, and says enable while the value
// is false.)
func TestChangesAreOfKnownKeys(t *testing.T) {
	for _, p := range fixtures(t) {
		for _, f := range advise(p).Findings {
			for _, c := range f.Changes {
				if _, ours := config.Lookup(c.Key); !ours && !config.Ignored(c.Key) {
					t.Errorf("%s sets %s, which nobody knows", f.Rule, c.Key)
				}
				if c.From == c.To || strings.HasSuffix(c.Key, ".enabled") && c.To != "true" {
					t.Errorf("%s changes %s from %q to %q", f.Rule, c.Key, c.From, c.To)
				}
			}
		}
	}
}

// No two findings of a run want different values of one key. (Two ladders of a
// peer contradict each other.)
func TestFindingsAgree(t *testing.T) {
	for _, p := range fixtures(t) {
		wanted := map[string]string{}
		for _, f := range advise(p).Findings {
			for _, c := range f.Changes {
				if to, ok := wanted[c.Key]; ok && to != c.To {
					t.Errorf("%s wants %s, another finding %s=%s", f.Rule, c, c.Key, to)
				}
				wanted[c.Key] = c.To
			}
		}
	}
}

// A run that does what Spark does by default is left alone: 200 shuffle
// partitions that adaptive execution joins, Java serialization under data
// frames, a heap that the collector lets fill, blocks fetched from the one other
// machine there is. (Peers warn of each.)
func TestHabitsAreNotProblems(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=12s spark=3.5.1
conf spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=true spark.serializer=org.apache.spark.serializer.JavaSerializer
executor 1 cores=2 host=a memory=400m
executor 2 cores=2 host=b memory=400m
sql 0 start=0 end=12s
  HashAggregate "keys=[a]" [number of output rows=10@1]
    AQEShuffleRead coalesced
      Exchange "hashpartitioning(a, 200)" [data size=10m*8@0]
        Scan parquet t {Location=t} [number of output rows=1000*8@0]
job 0 start=0 end=12s stages=0,1 execution=0
stage 0 job=0 submitted=0 run=3s*8 cpu=2800ms*8 input=60m*8 shuffleWrite=1m*8
stage 1 job=0 parents=0 submitted=6s run=3s*4 cpu=2800ms*4 shuffleRemoteBytesRead=2m*4
`[1:])
	for _, s := range p.Stages {
		s.HeapPeak = 399 << 20
	}
	for _, f := range advise(p).Findings {
		t.Errorf("%s at %s: %s", f.Rule, f.Where, f.Summary)
	}
}

// A run in which nothing was measured, or everything is zero, yields numbers.
// (A peer divides the driver's collections by a time that is always zero.)
func TestNothingMeasured(t *testing.T) {
	for name, text := range map[string]string{
		"no task":        "app start=0 end=10s\njob 0 start=0 end=10s stages=0\nstage 0 job=0 submitted=0 run=1s status=running running=0",
		"no time":        "app start=0 end=0\nexecutor 1 cores=1\njob 0 start=0 end=0 stages=0\nstage 0 job=0 submitted=0 run=0",
		"zero times":     "app start=0 end=10s\nexecutor driver cores=1\njob 0 start=0 end=9s stages=0\nstage 0 job=0 submitted=0 run=0*40 gc=1s*40",
		"all failed":     "app start=0 end=10s\njob 0 start=0 end=9s stages=0 error=boom\nstage 0 job=0 submitted=0 run=1s*2 failed=0,1 status=failed",
		"no cores":       "app start=0 end=10s\nexecutor 1 cores=0\njob 0 start=0 end=9s stages=0\nstage 0 job=0 submitted=0 run=1s launch=0",
		"ends first":     "app start=9s end=1s\njob 0 start=8s end=2s stages=0\nstage 0 job=0 submitted=9s run=1s launch=9s",
		"one task":       "app start=0 end=10s\njob 0 start=0 end=9s stages=0\nstage 0 job=0 submitted=0 run=9s",
		"no application": "",
	} {
		p, err := profiletest.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := json.Marshal(advise(p)); err != nil { // which refuses NaN and infinity
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Slots are those that there were at once: a dead executor and the one that
// took its place count once. (Peers take all that ever were, or all at the end.)
func TestSlotsAtOnce(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=20s
executor 1 cores=4 added=0 removed=10s reason=lost
executor 2 cores=4 added=0 removed=19s reason=lost
executor 3 cores=4 added=12s
job 0 start=0 end=18s stages=0
stage 0 job=0 submitted=0 run=1s*8 executors=1,2,1,2,1,2,1,2
`[1:])
	if got := advisor.NewRun(p).Peak; got != 8 {
		t.Errorf("%d slots, not 8", got)
	}
}

// Times are in one unit from the log to the page: Spark's milliseconds of a
// broadcast are seconds in the evidence. (A peer prints milliseconds as
// nanoseconds.)
func TestUnitsOfEvidence(t *testing.T) {
	for _, p := range fixtures(t) {
		for _, f := range advise(p).Findings {
			for _, e := range f.Evidence {
				if e.Unit == metric.Duration && e.Value > 100*int64(max(p.App.Wall(), 1)) {
					t.Errorf("%s: %s is %s of a run of %v", f.Rule, e.Name, e, p.App.Wall())
				}
				if strings.HasPrefix(e.Name, "time to ") && e.Value < 1_000_000 {
					t.Errorf("%s: %s of %d ns was measured in milliseconds", f.Rule, e.Name, e.Value)
				}
			}
		}
	}
}

// A long stage without skew does not hide the skew of another. (A peer looks at
// the longest stage only.)
func TestQuietStageHidesNothing(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=60s
executor driver cores=2
job 0 start=0 end=58s stages=0,1
stage 0 job=0 submitted=0 run=10s*8 input=50m*8 shuffleWrite=5m*8
stage 1 job=0 parents=0 submitted=40s run=1s,1s,1s,16s shuffleRead=1m,1m,1m,16m
`[1:])
	if !slices.ContainsFunc(advise(p).Findings, func(f advisor.Finding) bool { return f.Cause == "skewed-shuffle-key" }) {
		t.Error("the skew of stage 1 is not found")
	}
}

// What one task holds decides, not what tasks hold on average: one partition
// that spills is found among a hundred that do not. (A peer averages peaks.)
func TestOneTaskSpills(t *testing.T) {
	p := profiletest.Must(t, `
app start=0 end=40s
conf spark.memory.fraction=0.3
executor driver cores=2 memory=100m
job 0 start=0 end=38s stages=0
stage 0 job=0 submitted=0 run=200ms*99,25s shuffleRead=1m*99,80m memorySpill=0*99,200m spill=0*99,150m
`[1:])
	if !slices.ContainsFunc(advise(p).Findings, func(f advisor.Finding) bool {
		return f.Cause == "sort-spill-low-memory" || f.Cause == "skewed-shuffle-key"
	}) {
		t.Error("the task that spills is not found")
	}
}
