package schedule

import (
	"strings"
	"testing"
	"testing/synctest"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
)

// Who is next: both sides of every rule of Spark's FairSchedulingAlgorithm.
func TestFairer(t *testing.T) {
	for _, c := range []struct {
		what string
		a, b share
		want int
	}{
		{"alike", share{1, 0, 0}, share{1, 0, 0}, 0},
		{"a runs less", share{1, 0, 1}, share{1, 0, 2}, -1},
		{"a runs more", share{1, 0, 2}, share{1, 0, 1}, 1},
		{"twice the weight, twice the tasks", share{2, 0, 4}, share{1, 0, 2}, 0},
		{"twice the weight, less than twice the tasks", share{2, 0, 3}, share{1, 0, 2}, -1},
		{"a is below its minimum", share{1, 3, 2}, share{1, 0, 0}, -1},
		{"a has its minimum", share{1, 2, 2}, share{1, 0, 0}, 1},
		{"both are below, a has a larger part", share{9, 4, 3}, share{1, 2, 1}, 1},
		{"both are below, a has a smaller part", share{1, 4, 1}, share{9, 2, 1}, -1},
	} {
		if got := fairer(c.a, c.b); got != c.want || fairer(c.b, c.a) != -c.want {
			t.Errorf("%s: %d and %d, want %d", c.what, got, fairer(c.b, c.a), c.want)
		}
	}
}

// A slot that becomes free goes to the earlier job under FIFO; under FAIR to the
// pool that has least by minimum and weight, and within a pool as its mode says.
func TestPools(t *testing.T) {
	for _, c := range []struct{ settings, poolA, poolB, want string }{
		{"spark.scheduler.mode=FIFO", "a", "b", "a=4 → a=4 → a=4 → a=3 b=1"},
		{"spark.scheduler.mode=FAIR", "a", "b", "a=4 → a=3 b=1 → a=2 b=2 → a=2 b=2"},
		{"spark.scheduler.mode=FAIR", "a", "a", "a=4 → a=4 → a=4 → a=3 b=1"},
		{"spark.scheduler.mode=FAIR stagecoach.scheduler.mode.a=FAIR", "a", "a", "a=4 → a=3 b=1 → a=2 b=2 → a=2 b=2"},
		{"spark.scheduler.mode=FAIR stagecoach.scheduler.weight.b=3", "a", "b", "a=4 → a=3 b=1 → a=2 b=2 → a=1 b=3"},
		{"spark.scheduler.mode=FAIR stagecoach.scheduler.minShare.a=4", "a", "b", "a=4 → a=4 → a=4 → a=3 b=1"},
		{"spark.scheduler.mode=FAIR", "", "b", "a=4 → a=3 b=1 → a=2 b=2 → a=2 b=2"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, append(strings.Fields(c.settings), "spark.master=local[4]")...)
			s.run("a", 6, "spark.scheduler.pool="+c.poolA)
			s.run("b", 4, "spark.scheduler.pool="+c.poolB)
			var got []string
			for range 4 {
				got = append(got, s.running())
				if strings.Contains(s.running(), "a") {
					s.pass("a")
				}
			}
			if text := strings.Join(got, " → "); text != c.want {
				t.Errorf("%s, pools %q and %q: %s, want %s", c.settings, c.poolA, c.poolB, text, c.want)
			}
			s.finish()
		})
	}
}

// A task that takes two cores leaves half the slots; one that takes more than an
// executor has is refused.
func TestTaskCPUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[2,5,512]", "spark.task.cpus=2")
		s.run("a", 9)
		if got := s.running(); got != "a=4" || s.cluster.Slots() != 4 {
			t.Errorf("running %s in %d slots, want a=4", got, s.cluster.Slots())
		}
		s.finish()
	})
	conf, err := config.Parse("spark.master=local[2]", "spark.task.cpus=3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewCluster(conf, func(event.Event) {}); err == nil || !strings.Contains(err.Error(), "more than the 2 cores") {
		t.Errorf("three cores of two: %v", err)
	}
}
