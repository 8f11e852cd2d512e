package schedule

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Executors are asked for in doubling steps while tasks wait, and no more than
// the tasks need. A line is: seconds, tasks that wait, that run, executors that
// are there → executors there ought to be.
func TestAllocator(t *testing.T) {
	for _, c := range []struct{ settings, steps string }{
		{"", "0 0 0 0 → 0, 5 0 0 0 → 0"},
		{"", "0 99 0 0 → 0, 0.9 99 0 0 → 0, 1 99 0 0 → 1, 1.9 99 0 1 → 1, 2 99 1 1 → 3, 3 99 3 3 → 7, 4 99 7 7 → 15, 5 99 15 15 → 31, 6 99 31 31 → 50"},
		{"schedulerBacklogTimeout=3s", "0 9 0 0 → 0, 2 9 0 0 → 0, 3 9 0 0 → 1, 5 9 0 1 → 1, 6 9 0 1 → 3"},
		{"sustainedSchedulerBacklogTimeout=5s", "0 9 0 0 → 0, 1 9 0 0 → 1, 5 9 0 1 → 1, 6 9 0 1 → 3"},
		// What runs and waits needs no more than five; then three.
		{"", "0 5 0 0 → 0, 1 5 0 0 → 1, 2 4 1 1 → 3, 3 2 3 3 → 5, 4 0 5 5 → 5, 5 0 3 5 → 3, 6 0 0 5 → 0"},
		// The queue was empty: steps begin at one again.
		{"", "0 9 0 0 → 0, 1 9 0 0 → 1, 2 9 1 1 → 3, 3 0 3 3 → 3, 4 9 3 3 → 3, 5 9 3 3 → 4"},
		{"minExecutors=2", "0 0 0 2 → 2, 1 9 2 2 → 2, 2 9 2 2 → 3, 3 0 0 3 → 2"},
		{"initialExecutors=4", "0 0 0 4 → 4, 90 0 0 4 → 4, 91 1 1 4 → 2, 92 0 0 4 → 0"},
		{"maxExecutors=3", "0 99 0 0 → 0, 1 99 0 0 → 1, 2 99 1 1 → 3, 3 99 3 3 → 3"},
		{"executorAllocationRatio=0.5", "0 4 0 0 → 0, 1 4 0 0 → 1, 2 3 1 1 → 2, 3 2 2 2 → 2"},
	} {
		var settings []string
		for _, s := range strings.Fields(c.settings) {
			settings = append(settings, "spark.dynamicAllocation."+s)
		}
		conf := mustParse(t, append(settings, "spark.dynamicAllocation.enabled=true")...)
		a, err := newAllocator(conf, Master{Executors: 50}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range strings.Split(c.steps, ", ") {
			var seconds float64
			var waiting, running, executors, want int
			if _, err := fmt.Sscanf(step, "%g %d %d %d → %d", &seconds, &waiting, &running, &executors, &want); err != nil {
				t.Fatal(step, err)
			}
			at := time.Unix(1000, 0).Add(time.Duration(seconds * float64(time.Second)))
			if got := a.next(at, waiting, running, executors); got != want {
				t.Errorf("%q: %s: %d", c.settings, step, got)
				break
			}
		}
	}
	if _, err := newAllocator(mustParse(t, "spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.minExecutors=3"), Master{Executors: 2}, 1); err == nil {
		t.Error("three executors of two")
	}
}

// When an idle executor's time has passed: both sides of each time; shuffle
// output keeps it for good.
func TestExpired(t *testing.T) {
	conf := mustParse(t, "spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.executorIdleTimeout=10", "spark.dynamicAllocation.cachedExecutorIdleTimeout=20")
	a, err := newAllocator(conf, Master{Executors: 2}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		idle            time.Duration
		cached, shuffle bool
		want            bool
	}{
		{10*time.Second - 1, false, false, false},
		{10 * time.Second, false, false, true},
		{20*time.Second - 1, true, false, false},
		{20 * time.Second, true, false, true},
		{99 * time.Hour, false, true, false},
		{99 * time.Hour, true, true, false},
	} {
		start := time.Unix(1000, 0)
		if got := a.expired(start.Add(c.idle), start, c.cached, c.shuffle); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// Executors come while tasks wait and go when they were idle for their time, but
// for the least number.
func TestAllocation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[4,1,512]", "spark.dynamicAllocation.enabled=true", "spark.dynamicAllocation.minExecutors=1",
			"spark.dynamicAllocation.executorIdleTimeout=30s")
		s.run("a", 9)
		var got []string
		for range 4 {
			got = append(got, s.running())
			s.sleep(1100 * time.Millisecond)
		}
		if text := strings.Join(got, " "); text != "a=1 a=2 a=4 a=4" {
			t.Errorf("%s run while executors come", text)
		}
		for s.running() != "" {
			s.pass("a")
		}
		s.story()
		s.sleep(29 * time.Second)
		if story := s.story(); story != "" {
			t.Errorf("too early:\n%s", story)
		}
		s.sleep(2 * time.Second)
		if story := s.story(); strings.Count(story, "goes: Executor killed by driver.\n") != 3 {
			t.Errorf("idle executors stay:\n%s", story)
		}
		s.run("b", 1)
		if got := s.running(); got != "b=1" {
			t.Errorf("%s runs on the one that is left", got)
		}
		s.finish()
	})
}

// With no executor at all a query waits for the first; it can be cancelled
// meanwhile by closing.
func TestAllocationFromNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[2,1,512]", "spark.dynamicAllocation.enabled=true")
		s.run("a", 1)
		if got := s.running(); got != "" {
			t.Errorf("%s runs without executors", got)
		}
		s.sleep(1100 * time.Millisecond)
		if got := s.running(); got != "a=1" {
			t.Errorf("%q runs after the backlog's time", got)
		}
		s.finish()
		s = newStand(t, "spark.master=local-cluster[2,1,512]", "spark.dynamicAllocation.enabled=true")
		s.run("b", 1)
		s.cluster.Close()
		if err := <-s.ends["b"]; err == nil {
			t.Error("a query of a closed cluster ends well")
		}
	})
}
