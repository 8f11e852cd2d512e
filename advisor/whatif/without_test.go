package whatif_test

import (
	"math"
	"testing"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/profiler/profiletest"
)

// Each reason for which tasks take longer than their work can be taken out of a run,
// and saves what it took; out of one without it, it saves nothing.
func TestWithout(t *testing.T) {
	const head = "app start=0\nexecutor 1 cores=2 memory=400m\njob 0 start=0 stages=0\nstage 0 job=0 submitted=0 "
	plain := whatif.NewModel(profiletest.Must(t, head+"run=5s*8 shuffleRead=1m*8"))
	for reason, c := range map[string]struct {
		stage       string
		least, most time.Duration
	}{
		"skew":       {"run=2s*7,12s shuffleRead=1m*7,6m", 2 * time.Second, 7 * time.Second},
		"spill":      {"run=5s*8 shuffleRead=1m*8 memorySpill=110m*8 spill=50m*8", 7 * time.Second, 9 * time.Second},
		"gc":         {"run=5s*8 gc=2s*8 shuffleRead=1m*8", 8 * time.Second, 8 * time.Second},
		"fetch-wait": {"run=5s*8 fetchWait=1s*8 shuffleRead=1m*8", 4 * time.Second, 4 * time.Second},
		"retries":    {"run=5s*8 failed=0,1,2,3 shuffleRead=1m*8", 10 * time.Second, 10 * time.Second},
	} {
		edit, err := whatif.Without(reason)
		if err != nil {
			t.Fatal(err)
		}
		p := whatif.NewModel(profiletest.Must(t, head+c.stage)).Predict(edit)
		if p.Refused != "" || p.Saved() < c.least || p.Saved() > c.most {
			t.Errorf("without %s: saves %v, want %v to %v; refused %q", reason, p.Saved(), c.least, c.most, p.Refused)
		}
		if p := plain.Predict(edit); p.Saved() != 0 {
			t.Errorf("without %s: saves %v where there is none", reason, p.Saved())
		}
	}
	if _, err := whatif.Without("luck"); err == nil {
		t.Error("there is a run without luck")
	}
}

// Storage twice as fast halves writing and what tasks that read files wait for, and
// nothing else.
func TestFasterStorage(t *testing.T) {
	for _, c := range []struct {
		stage string
		saved time.Duration
	}{
		{"run=10s*2 cpu=4s*2 input=100m*2", 3 * time.Second},
		{"run=10s*2 cpu=4s*2 shuffleRead=100m*2", 0},
		{"run=10s*2 cpu=10s*2 shuffleWriteTime=4s*2 shuffleRead=100m*2", 2 * time.Second},
	} {
		edit, err := whatif.FasterStorage(2)
		if err != nil {
			t.Fatal(err)
		}
		p := whatif.NewModel(profiletest.Must(t, "app start=0 end=11s\nexecutor 1 cores=2\njob 0 start=0 stages=0\nstage 0 job=0 submitted=0 "+c.stage)).Predict(edit)
		if p.Refused != "" || (p.Saved()-c.saved).Abs() > 100*time.Millisecond {
			t.Errorf("%s: saves %v, want %v; refused %q", c.stage, p.Saved(), c.saved, p.Refused)
		}
	}
	for _, factor := range []float64{0, -1, 0.5, 1e9, math.NaN(), math.Inf(1)} {
		if _, err := whatif.FasterStorage(factor); err == nil {
			t.Errorf("storage %g times as fast is simulated", factor)
		}
	}
}
