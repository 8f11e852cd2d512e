package schedule

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/internal/shuffle"
)

// When a task counts as slow: both sides of quantile, multiplier and least time.
func TestThreshold(t *testing.T) {
	s := newSpeculation(mustParse(t, "spark.speculation=true"), Master{})
	ms := func(n ...int) (out []time.Duration) {
		for _, v := range n {
			out = append(out, time.Duration(v)*time.Millisecond)
		}
		return out
	}
	nine := ms(100, 900, 200, 800, 300, 700, 400, 600, 500)
	for _, c := range []struct {
		tasks int
		took  []time.Duration
		want  time.Duration // -1: too early to say
	}{
		{10, nine, 1500 * time.Millisecond},
		{11, nine, 1500 * time.Millisecond}, // 0.9 × 11 is 9.9: nine are enough
		{12, nine, -1},                      // of 10.8 ten must have ended
		{10, nine[:8], -1},
		{2, ms(50), 150 * time.Millisecond},
		{2, ms(20), 100 * time.Millisecond},
		{3, ms(40, 60), 180 * time.Millisecond}, // the upper of two
		{2, nil, -1},
		{1, ms(5), -1},
	} {
		got, ok := s.threshold(c.tasks, c.took)
		if !ok {
			got = -1
		}
		if got != c.want {
			t.Errorf("%d tasks of which %d ended: %v, want %v", c.tasks, len(c.took), got, c.want)
		}
	}
	for _, off := range []struct {
		local bool
		conf  string
	}{{true, "spark.speculation=true"}, {false, "spark.speculation=false"}} {
		if newSpeculation(mustParse(t, off.conf), Master{Local: off.local}) != nil {
			t.Errorf("%+v has speculation", off)
		}
	}
}

func mustParse(t *testing.T, settings ...string) config.Config {
	conf, err := config.Parse(settings...)
	if err != nil {
		t.Fatal(err)
	}
	return conf
}

// A task that runs three times as long as the others gets a copy on the other
// executor, and whichever ends first counts; the other is killed.
func TestSpeculation(t *testing.T) {
	for _, winner := range []string{"copy", "original"} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, "spark.master=local-cluster[2,2,512]", "spark.speculation=true", "spark.speculation.quantile=0.75")
			s.run("a", 4)
			s.sleep(time.Second)
			for range 3 {
				s.pass("a")
			}
			s.story()
			s.sleep(1990 * time.Millisecond) // 2.99 s, and a look every 100 ms
			if got := s.running(); got != "a=1" {
				t.Fatalf("%s: too early: %s", winner, got)
			}
			s.sleep(200 * time.Millisecond)
			if got := s.running(); got != "a=2" {
				t.Fatalf("%s: no copy: %s", winner, got)
			}
			s.mu.Lock()
			var original, copied event.TaskInfo
			for _, e := range s.events {
				if e, ok := e.(event.TaskStart); ok && e.Info.Speculative {
					copied = e.Info
				}
			}
			s.mu.Unlock()
			if winner == "copy" {
				s.end("a", 1, nil)
			} else {
				s.end("a", 0, nil)
			}
			s.mu.Lock()
			for _, e := range s.events {
				if e, ok := e.(event.TaskEnd); ok && !e.Info.Speculative {
					original = e.Info
				}
			}
			s.mu.Unlock()
			if original.ExecutorID == copied.ExecutorID || original.Index != copied.Index || copied.Attempt != 1 {
				t.Errorf("%s: %+v is not a copy of %+v elsewhere", winner, copied, original)
			}
			wins, loses := "1: Success", "0: TaskKilled another attempt succeeded"
			if winner == "original" {
				wins, loses = "0: Success", "1: TaskKilled another attempt succeeded"
			}
			story := strings.ReplaceAll(s.story(), " ends", "")
			for _, part := range []string{wins, loses, "stage 0.0\n"} {
				if !strings.Contains(story, part) {
					t.Errorf("%s: %q is not in\n%s", winner, part, story)
				}
			}
			s.finish()
		})
	}
}

// With one executor the copy runs beside its original; a copy that still waits
// for a slot is taken back without a word when the original ends.
func TestSpeculationOfOneExecutor(t *testing.T) {
	for slots, running := range map[string]string{"2": "a=2", "1": "a=1"} {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, "spark.master=local-cluster[1,"+slots+",512]", "spark.speculation=true", "spark.speculation.quantile=0.5")
			s.run("a", 2)
			s.sleep(time.Second)
			s.pass("a")
			s.sleep(10 * time.Second)
			if got := s.running(); got != running {
				t.Errorf("in %s slots run %s, want %s", slots, got, running)
			}
			s.pass("a")
			if story := s.story(); strings.Contains(story, "copy") != (slots == "2") {
				t.Errorf("in %s slots:\n%s", slots, story)
			}
			s.finish()
		})
	}
}

// After a failed fetch what runs may end well, while copies that wait are taken
// back: the stage ends when the last of it has, which the stand checks.
func TestFetchFailedWithCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, "spark.master=local-cluster[1,4,512]", "spark.speculation=true", "spark.speculation.quantile=0.2")
		s.run("a", 5)
		s.sleep(time.Second)
		s.pass("a")
		s.sleep(10 * time.Second) // four run, and copies of them wait
		s.story()
		s.end("a", 0, &shuffle.FetchError{ShuffleID: 99, Err: errors.New("gone")})
		s.finish()
	})
}
