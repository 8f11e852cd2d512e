package schedule

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A slot takes what prefers its executor, then what prefers none, and what
// prefers another only when that has ended or the set has waited for it.
func TestPick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Cluster{wait: 3 * time.Second, executors: []*Executor{{ID: "0"}, {ID: "1"}, {ID: "2"}}}
		c.wake = sync.NewCond(&c.mu)
		s := &taskSet{ctx: context.Background(), near: map[string]*queue{}}
		c.begin(s)
		for _, prefer := range []string{"0", "", "1", "0", "2"} {
			c.submit(s, &attempt{set: s, prefer: prefer})
		}
		pick := func(executor int) string {
			c.mu.Lock()
			defer c.mu.Unlock()
			a := c.pick(s, c.executors[executor])
			if a == nil {
				return "nothing"
			}
			return a.prefer + " " + a.info.Locality.String()
		}
		for _, step := range []struct {
			executor int
			want     string
		}{
			{1, "1 PROCESS_LOCAL"}, {1, " NO_PREF"}, {1, "nothing"}, {0, "0 PROCESS_LOCAL"}, {1, "nothing"},
		} {
			if got := pick(step.executor); got != step.want {
				t.Errorf("executor %d takes %q, want %q", step.executor, got, step.want)
			}
		}
		c.executors[2].dead = true
		if got := pick(1); got != "2 ANY" {
			t.Errorf("what prefers an executor that has ended: %q", got)
		}
		time.Sleep(3*time.Second - 1)
		if got := pick(1); got != "nothing" {
			t.Errorf("before the wait is over: %q", got)
		}
		time.Sleep(time.Nanosecond)
		if got := pick(1); got != "0 ANY" {
			t.Errorf("after the wait: %q", got)
		}
		if s.waiting != 0 || pick(0) != "nothing" {
			t.Errorf("%d still wait", s.waiting)
		}
		c.finish(s)
	})
}
