package gate_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"stagecoach/benchmarks/gate"
)

// side makes runs of a job of one CPU second with noise of 2 %.
func side(rng *rand.Rand, slower float64, rows int64) gate.Runner {
	return func(context.Context) (gate.Sample, error) {
		noise := func() float64 { return 1 + 0.02*rng.NormFloat64() }
		scan, join := 0.6*noise(), 0.4*noise()*slower
		return gate.Sample{CPU: (scan + join) * noise(), Wall: scan + join, Answer: "a",
			Counters: map[string]int64{"rows": rows, "varies": rng.Int64N(100)}, Operators: map[string]float64{"scan": scan, "join": join}}, nil
	}
}

func run(t *testing.T, seed uint64, slower float64, rows int64) gate.Report {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 4))
	o := gate.Defaults()
	o.Seed = seed
	r, err := gate.Run(context.Background(), side(rng, 1, 100), side(rng, slower, rows), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Equal builds pass, again and again.
func TestEqualPasses(t *testing.T) {
	for seed := range uint64(100) {
		if r := run(t, seed, 1, 100); r.Verdict != gate.Pass {
			t.Errorf("seed %d: %v %v", seed, r.Verdict, r.Reasons)
		}
	}
}

// An operator that does 10 % more work is found, though the job is 4 % slower.
func TestSlowerOperatorFails(t *testing.T) {
	found := 0
	for seed := range uint64(50) {
		if run(t, seed, 1.1, 100).Verdict == gate.Regression {
			found++
		}
	}
	if found < 45 {
		t.Errorf("found %d of 50", found)
	}
}

// A counter that grows fails at once; one that shrinks, or varies, does not.
func TestCounters(t *testing.T) {
	if r := run(t, 1, 1, 101); r.Verdict != gate.Regression || r.Confirmed {
		t.Errorf("one row more: %v %v", r.Verdict, r.Reasons)
	}
	if r := run(t, 1, 1, 99); r.Verdict != gate.Pass {
		t.Errorf("one row less: %v %v", r.Verdict, r.Reasons)
	}
}

func TestTooFewRuns(t *testing.T) {
	if r := gate.Judge(make([]gate.Sample, 5), make([]gate.Sample, 9), gate.Defaults()); r.Verdict != gate.Inconclusive {
		t.Errorf("%v", r.Verdict)
	}
}

// A faster build passes.
func TestFasterPasses(t *testing.T) {
	if r := run(t, 3, 0.8, 100); r.Verdict != gate.Pass {
		t.Errorf("%v %v", r.Verdict, r.Reasons)
	}
}
