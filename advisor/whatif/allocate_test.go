package whatif_test

import (
	"strings"
	"testing"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler/profiletest"
)

// Two jobs of 16 seconds of work and half a minute between them, on four executors
// that are there all the time: 38 s.
const paused = `app start=0 end=38s
conf spark.master=yarn spark.sql.adaptive.enabled=false
executor 1 cores=1 host=a
executor 2 cores=1 host=b
executor 3 cores=1 host=c
executor 4 cores=1 host=d
job 0 start=0 end=4s stages=0
stage 0 job=0 submitted=0 run=1s*16
job 1 start=34s end=38s stages=1
stage 1 job=1 submitted=34s run=1s*16`

// Executors that come with the work are asked for after a second, then two more, then
// the rest: each job takes two seconds longer. Between the jobs they are given back.
func TestAllocation(t *testing.T) {
	m := whatif.NewModel(profiletest.Must(t, paused))
	set := func(more ...config.Change) whatif.Prediction {
		return m.Predict(whatif.Changes(append([]config.Change{{Key: config.Allocation, To: "true"}}, more...)...))
	}
	is := func(key, to string) config.Change { return config.Change{Key: key, To: to} }
	most := is(config.AllocationMax, "4")
	for name, c := range map[string]struct {
		got         whatif.Prediction
		wall, slots time.Duration
	}{
		"as it was":        {m.Predict(), 38 * time.Second, 152 * time.Second},
		"given back soon":  {set(most, is(config.AllocationIdle, "10s")), 42 * time.Second, 72 * time.Second},
		"kept":             {set(most, is(config.AllocationIdle, "60s")), 40 * time.Second, (39 + 38 + 38 + 37) * time.Second},
		"all at once":      {set(most, is(config.AllocationInitial, "4"), is(config.AllocationIdle, "60s")), 38 * time.Second, 152 * time.Second},
		"two always":       {set(most, is(config.AllocationMin, "2"), is(config.AllocationMax, "2")), 46 * time.Second, 92 * time.Second},
		"asked for sooner": {set(most, is(config.AllocationBacklog, "100ms"), is(config.AllocationIdle, "60s")), 38300 * time.Millisecond, 152 * time.Second},
	} {
		if c.got.Refused != "" || (c.got.After-c.wall).Abs() > 1100*time.Millisecond || (c.got.SlotTime-c.slots).Abs() > 6*time.Second {
			t.Errorf("%s: takes %v and %v of slots, want %v and %v; refused %q", name, c.got.After, c.got.SlotTime, c.wall, c.slots, c.got.Refused)
		}
	}
	// Executors that wrote to a shuffle stay, unless a service keeps that or a timeout says less.
	writing := strings.Replace(paused, "run=1s*16", "run=1s*16 shuffleWrite=1m*16", 1)
	for conf, slots := range map[string]time.Duration{
		"":                                    (39 + 38 + 38 + 37) * time.Second,
		"spark.shuffle.service.enabled=true":  72 * time.Second,
		"spark.shuffle.manager=org.x.Manager": 72 * time.Second,
		"spark.dynamicAllocation.shuffleTracking.timeout=20s": (72 + 4*10) * time.Second,
	} {
		m := whatif.NewModel(profiletest.Must(t, strings.Replace(writing, "conf ", "conf "+conf+" ", 1)))
		p := m.Predict(whatif.Changes(is(config.Allocation, "true"), most, is(config.AllocationIdle, "10s")))
		if p.Refused != "" || (p.SlotTime-slots).Abs() > 8*time.Second {
			t.Errorf("%q: %v of slots, want %v; refused %q", conf, p.SlotTime, slots, p.Refused)
		}
	}
	if p := set(is(config.AllocationMax, "100")); p.Refused == "" {
		t.Errorf("up to 100 executors where four were seen: %v", p.After)
	}
}

// A run with dynamic allocation keeps its executors when that is switched off.
func TestAllocationOff(t *testing.T) {
	m := whatif.NewModel(profiletest.Must(t, `app start=0 end=12s
conf spark.master=yarn spark.dynamicAllocation.enabled=true
executor 1 cores=1 host=a
executor 2 cores=1 host=b added=4s
job 0 start=0 end=12s stages=0
stage 0 job=0 submitted=0 run=1s*20`))
	p := m.Predict(whatif.Changes(config.Change{Key: config.Allocation, To: "false"}))
	if p.Refused != "" || (p.After-10*time.Second).Abs() > 200*time.Millisecond || (p.SlotTime-20*time.Second).Abs() > time.Second {
		t.Errorf("takes %v and %v of slots; refused %q", p.After, p.SlotTime, p.Refused)
	}
}
