package advisor_test

import (
	"strings"
	"testing"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/profiletest"
)

func judged(t *testing.T, log, text string) advisor.Judged {
	t.Helper()
	return advisor.Judge(log, profiletest.Must(t, text), rules.All, advisor.Option{})
}

const spilled = `
app name=nightly start=0 end=30s
conf spark.memory.fraction=0.1 spark.executor.memory=1300m
executor 1 cores=2 memory=100m
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=2s*2 input=100m*2 shuffleWrite=100m*2
stage 1 job=0 parents=0 submitted=2s run=13s*4 shuffleRead=50m*4 memorySpill=100m*4 spill=60m*4 peak=50m*4
`

// later is the same application an hour on, with another fraction, wall time and
// input.
func later(fraction, end, input string) string {
	return strings.NewReplacer("START", "1h", "END", end, "FRACTION", fraction, "INPUT", input).Replace(`
app name=nightly start=START end=1hEND
conf spark.memory.fraction=FRACTION spark.executor.memory=1300m
executor 1 cores=2 memory=600m added=1h
job 0 start=1h stages=0,1
stage 0 job=0 submitted=1h run=2s*2 input=INPUT*2 shuffleWrite=100m*2
stage 1 job=0 parents=0 submitted=1h2s run=12s*4 shuffleRead=50m*4 peak=150m*4
`)
}

// The advice on a run is held against the next run of the same application: what
// was made of it, and what came of that.
func TestHistory(t *testing.T) {
	for _, c := range []struct{ name, next, want string }{
		{"made, and it held", later("0.6", "26s", "100m"), "the prediction held"},
		{"made, in vain", later("0.6", "30s", "100m"), "it did not help: take it back"},
		{"made, on twice the input", later("0.6", "26s", "200m"), "the input changed, so the times do not compare"},
		{"another value", later("0.3", "28s", "100m"), "other values were tried than those advised"},
		{"not made", strings.Replace(strings.Replace(spilled, "start=0 end=30s", "start=100s end=130s", 1), "submitted=0", "submitted=100s", 1), "the advice was not followed"},
	} {
		steps := advisor.History([]advisor.Judged{judged(t, "b", c.next), judged(t, "a", spilled), judged(t, "c", "app name=other start=0 end=1s\nstage 0 run=1s")})
		if len(steps) != 1 || steps[0].Earlier != "a" || steps[0].Later != "b" {
			t.Fatalf("%s: steps %+v", c.name, steps)
		}
		if got := steps[0].Verdict(); got != c.want {
			t.Errorf("%s: %q, want %q (%+v)", c.name, got, c.want, steps[0])
		}
	}
}

// How long a stream ran says nothing of the advice; whether the finding is gone does.
func TestHistoryOfAStream(t *testing.T) {
	for gone, want := range map[string]string{"falling-behind": "is gone", "": "is still there"} {
		s := advisor.Step{Stream: true, Answered: true, Findings: true, Before: 1000, After: 1000}
		if gone != "" {
			s.Gone = []string{gone}
		}
		if got := s.Verdict(); !strings.Contains(got, want) {
			t.Errorf("gone %q: %q", gone, got)
		}
	}
}

// Runs come in the order of the core-seconds that advice would free, and no more
// than the run is ever saved.
func TestRank(t *testing.T) {
	healthy := judged(t, "healthy", "app start=0 end=10s\nexecutor 1 cores=1\nstage 0 run=10s")
	sick := judged(t, "sick", spilled)
	ranked := advisor.Rank([]advisor.Judged{healthy, sick})
	if ranked[0].Log != "sick" || ranked[1].CouldSave() != 0 {
		t.Errorf("first is %s; the healthy run could save %v", ranked[0].Log, ranked[1].CouldSave())
	}
	if s := sick.CouldSave(); s <= 0 || s > sick.Report.Wall || sick.CouldFree() != s.Seconds()*2 {
		t.Errorf("the sick run could save %v and %.1f core-seconds", s, sick.CouldFree())
	}
}
