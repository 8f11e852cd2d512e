package schedule

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A task that failed on an executor goes to another, and when it has failed on
// all, its stage ends; with exclusion off it may come back.
func TestExcludedForTask(t *testing.T) {
	for _, on := range []string{"true", "false"} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, "spark.master=local-cluster[2,1,512]", "spark.excludeOnFailure.enabled="+on, "spark.task.maxFailures=9")
			s.run("a", 1)
			first := s.place(0)
			s.fail("a", 0)
			if second := s.place(0); on == "true" && second == first {
				t.Errorf("the second attempt runs on %s like the first", second)
			}
			s.fail("a", 0)
			if got := s.running(); (got == "") != (on == "true") {
				t.Errorf("exclusion %s: after failures on both executors runs %q", on, got)
			}
			if on == "false" {
				s.finish()
				return
			}
			if err := <-s.ends["a"]; err == nil || !strings.Contains(err.Error(), "task 0 failed 2 times, last: it cannot run anywhere") {
				t.Errorf("the query ends with %v", err)
			}
			s.cluster.Close()
		})
	}
}

// An executor on which tasks fail is excluded: for the stage at once, for the
// application when the stage has succeeded without it, and not for ever.
func TestExcludedExecutor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[2,2,512]", "spark.excludeOnFailure.enabled=true")
		s.run("a", 4)
		bad := s.place(0)
		var there []int
		for split := range 4 {
			if s.place(split) == bad {
				there = append(there, split)
			}
		}
		s.fail("a", there[0])
		if story := s.story(); strings.Contains(story, "excluded") {
			t.Errorf("one failure is enough:\n%s", story)
		}
		s.fail("a", there[1])
		if story := s.story(); !strings.Contains(story, "executor "+bad+" is excluded for stage 0.0 after 2\n") {
			t.Errorf("two failures are not enough:\n%s", story)
		}
		if got := s.running(); got != "a=2" {
			t.Errorf("%s run in the two slots that are left", got)
		}
		for range 4 {
			s.pass("a")
		}
		if story := s.story(); !strings.Contains(story, "executor "+bad+" is excluded after 2\n") || strings.Contains(story, "starts on "+bad) {
			t.Errorf("the application does not exclude %s:\n%s", bad, story)
		}
		s.run("b", 4)
		if got := s.running(); got != "b=2" {
			t.Errorf("%s run while an executor is excluded", got)
		}
		s.sleep(time.Hour - time.Millisecond)
		if got := s.running(); got != "b=2" {
			t.Errorf("%s run before the time is over", got)
		}
		s.sleep(time.Millisecond)
		if got := s.running(); got != "b=4" {
			t.Errorf("%s run when the time is over", got)
		}
		if story := s.story(); !strings.Contains(story, "executor "+bad+" is excluded no more\n") {
			t.Errorf("nobody says so:\n%s", story)
		}
		s.finish()
	})
}

// The failures of a stage that fails are not held against executors for good.
func TestExcludedForStageOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[1,2,512]", "spark.excludeOnFailure.enabled=true")
		s.run("a", 2)
		s.fail("a", 0)
		if err := <-s.ends["a"]; err == nil {
			t.Error("the query ends well")
		}
		delete(s.ends, "a")
		s.run("b", 2)
		if got := s.running(); got != "b=2" {
			t.Errorf("%s run after a stage that failed", got)
		}
		s.finish()
	})
}
