package iterative_test

import (
	"math"
	"strings"
	"testing"

	"stagecoach/advisor/iterative"
)

func costs(j iterative.Job) map[string]iterative.Cost {
	m := map[string]iterative.Cost{}
	for _, c := range iterative.Costs(j) {
		m[c.Strategy] = c
	}
	return m
}

// By hand: 100 GB read at 200 MB/s a node on ten nodes takes 51.2 s, computing 25.6,
// one GB of shuffle 0.5 + 0.1 s; a MapReduce round merges once more on disk, and
// writes 100 MB of state three times and reads it.
func TestByHand(t *testing.T) {
	j := iterative.Default
	j.MTBF, j.Plan, j.Rounds = 0, 0, 10
	c := costs(j)
	read, compute := 51.2, 25.6
	shuffle := 1024.0/2000 + float64(1<<30)/1.25e10
	for name, want := range map[string]float64{
		"re-read":   15 + 10*(read+compute+shuffle),
		"mapreduce": 10 * (15 + read + compute + shuffle + 1024.0/2000 + 300.0/2000 + float64(200<<20)/1.25e10 + 100.0/2000),
		// All 300 GB fit 400 GB of memory, at 100 GB/s.
		"memory": 15 + read + 10*(compute+shuffle) + 9*3,
	} {
		if got := c[name].Total(); math.Abs(got-want) > 0.01*want {
			t.Errorf("%s takes %.1f s, want %.1f", name, got, want)
		}
	}
}

// What does not fit is read again or fetched from disk, and the more fits the less
// a round takes: no strategy gets slower by more memory.
func TestMoreMemoryNeverCosts(t *testing.T) {
	j := iterative.Default
	before := map[string]float64{}
	for _, gib := range []float64{0, 1, 5, 10, 20, 30, 40, 80} {
		j.Memory = gib * (1 << 30)
		for name, c := range costs(j) {
			if last, ok := before[name]; ok && c.Total() > last*1.001 {
				t.Errorf("%s: %.1f s with less memory, %.1f with %g GiB", name, last, c.Total(), gib)
			}
			before[name] = c.Total()
		}
	}
}

// One round is no case for caching; many are.
func TestCachingPaysFromTheSecondRound(t *testing.T) {
	j := iterative.Default
	j.Rounds = 1
	if c := costs(j); c["memory"].Total() < c["re-read"].Total() {
		t.Errorf("one round: cached %.1f s, not cached %.1f", c["memory"].Total(), c["re-read"].Total())
	}
	j.Rounds = 2
	if c := costs(j); c["memory"].Total() >= c["re-read"].Total() {
		t.Errorf("two rounds: cached %.1f s, not cached %.1f", c["memory"].Total(), c["re-read"].Total())
	}
}

// A lineage costs the square of its rounds; checkpoints cut it.
func TestLineageAndCheckpoints(t *testing.T) {
	j := iterative.Default
	j.Plan, j.MTBF = 0.1, 0
	j.Rounds, j.Every = 100, 10
	c := costs(j)
	if got := c["memory-disk"].Parts[iterative.Lineage]; math.Abs(got-505) > 0.1 { // 0.1 x 100 x 101 / 2
		t.Errorf("planning 100 rounds takes %.1f s", got)
	}
	if got := c["checkpoint"].Parts[iterative.Lineage]; math.Abs(got-55) > 0.1 {
		t.Errorf("planning 100 rounds with a checkpoint every 10 takes %.1f s", got)
	}
	if c["checkpoint"].Parts[iterative.State] <= 0 || c["checkpoint"].Total() >= c["memory-disk"].Total() {
		t.Errorf("checkpoints: %.1f s, without: %.1f", c["checkpoint"].Total(), c["memory-disk"].Total())
	}
}

// The more often nodes fail, the more often a checkpoint is worth it.
func TestInterval(t *testing.T) {
	j := iterative.Default
	j.Rounds, j.Plan, j.State = 10_000, 0, 100<<30
	last := math.MaxInt
	for _, days := range []float64{1000, 30, 1, 0.1} {
		j.MTBF = days * 86400
		if k := j.Interval(); k > last || k < 1 {
			t.Errorf("%g days between failures: every %d rounds, %d where they are rarer", days, k, last)
		} else {
			last = k
		}
	}
}

// Impossible numbers are named by their flag, and possible ones never make a
// number that is none.
func TestCheck(t *testing.T) {
	for flag, spoil := range map[string]func(*iterative.Job){
		"--nodes":  func(j *iterative.Job) { j.Nodes = 0 },
		"--disk":   func(j *iterative.Job) { j.Disk = math.NaN() },
		"--input":  func(j *iterative.Job) { j.Input = math.Inf(1) },
		"--memory": func(j *iterative.Job) { j.Memory = -1 },
		"--rounds": func(j *iterative.Job) { j.Rounds = 1_000_000 },
	} {
		j := iterative.Default
		spoil(&j)
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%s: %v", flag, err)
		}
	}
	for _, spoil := range []func(*iterative.Job){
		func(j *iterative.Job) {}, func(j *iterative.Job) { j.Memory, j.State, j.Shuffle, j.Plan = 0, 0, 0, 0 },
		func(j *iterative.Job) { j.MTBF = 1e-3 }, func(j *iterative.Job) { j.Rounds = 1 },
	} {
		j := iterative.Default
		spoil(&j)
		if err := j.Check(); err != nil {
			t.Fatal(err)
		}
		for _, c := range iterative.Costs(j) {
			if v := c.Total(); math.IsNaN(v) || math.IsInf(v, 0) || len(c.After) != j.Rounds || math.Abs(c.After[j.Rounds-1]-v) > 1e-6*v {
				t.Errorf("%s: %v", c.Strategy, v)
			}
		}
	}
}
