package whatif_test

import (
	"testing"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/profiler/profiletest"
)

// What may come out otherwise widens the range to there and leaves the expectation.
func TestDoubtWidensTheRange(t *testing.T) {
	m := whatif.NewModel(parse(t, naive))
	plain := m.Predict(whatif.Reclaim([]int{1}, 4*time.Second))
	perhaps := m.Predict(whatif.Perhaps(whatif.Reclaim([]int{1}, 4*time.Second)))
	if perhaps.After != plain.After || perhaps.Low > plain.Low {
		t.Errorf("expected %v from %v, want %v from %v", perhaps.After, perhaps.Low, plain.After, plain.Low)
	}
	if perhaps.High < perhaps.Before {
		t.Errorf("a change that may do nothing reaches to %v of %v", perhaps.High, perhaps.Before)
	}
}

// A change that touches nothing predicts the same time, within what two runs
// differ by.
func TestRangeOfNoChange(t *testing.T) {
	p := whatif.Predict(parse(t, naive))
	noise := time.Duration(whatif.RunNoise * float64(p.Before))
	if p.After != p.Before || p.Before-p.Low < noise || p.High-p.Before < noise {
		t.Errorf("%v, from %v to %v; want %v and %v around it", p.After, p.Low, p.High, p.Before, noise)
	}
}

// Two tasks beside each other take longer than one alone: cutting a task in two
// saves less than half of it. Executors on one machine may gain nothing.
func TestCrowding(t *testing.T) {
	for _, c := range []struct {
		name, executors string
		least, most     time.Duration // saved
		low             time.Duration // most that the low end may be
	}{
		{"one executor", "executor 1 cores=2 host=a", 3 * time.Second, 4 * time.Second, 3 * time.Second},
		{"two machines", "executor 1 cores=1 host=a\nexecutor 2 cores=1 host=b", 5 * time.Second, 5 * time.Second, 5 * time.Second},
		{"one machine", "executor 1 cores=1 host=a\nexecutor 2 cores=1 host=a", 2 * time.Second, 3 * time.Second, 0},
	} {
		text := "app start=0 end=10s\n" + c.executors + "\njob 0 start=0 stages=0\nstage 0 job=0 submitted=0 run=10s input=100m"
		p := whatif.NewModel(parse(t, text)).Predict(whatif.Recut(0, 2))
		low, _ := p.SavedRange()
		if saved := p.Saved(); saved < c.least || saved > c.most || low > c.low {
			t.Errorf("%s: saves %v, at least %v; want %v to %v, at least %v or less", c.name, saved, low, c.least, c.most, c.low)
		}
	}
}

// BenchmarkReplay replays a run of 100,000 tasks once; it is to take less than
// 50 ms.
func BenchmarkReplay(b *testing.B) {
	p, err := profiletest.Parse("app start=0 end=1000s\nexecutor 1 cores=50\nexecutor 2 cores=50\njob 0 start=0 stages=0,1\n" +
		"stage 0 job=0 submitted=0 run=500ms*50000 input=1m*50000\nstage 1 job=0 parents=0 run=400ms*50000 shuffleRead=1m*50000")
	if err != nil {
		b.Fatal(err)
	}
	m := whatif.NewModel(p)
	for b.Loop() {
		m.After()
	}
}
