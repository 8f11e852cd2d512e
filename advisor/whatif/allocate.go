package whatif

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/config"
)

// An allocation is how Spark's dynamic allocation lets executors come and go
// (ExecutorAllocationManager).
type allocation struct {
	cores, least, most, initial int
	ratio                       float64       // executors asked for over those that would run all tasks at once
	backlog, sustained, idle    time.Duration // before asking for one, for more, and for giving one back
	first                       time.Duration // since the application's start, when executors can be there at first
	start                       time.Duration // from asking for an executor until it is there
	holding                     time.Duration // before giving one back that wrote to a shuffle; forever where nobody else keeps that
}

const forever = time.Duration(math.MaxInt64)

// answered is how long a stage that is ready waits at most for its first task where
// slots are free: the driver serializes it meanwhile.
const answered = 200 * time.Millisecond

// allocate gives the run executors as dynamic allocation does: one more when tasks
// have waited for the backlog timeout, then two, four and eight, and one less when it
// has had no task for the idle timeout; one that wrote to a shuffle stays, unless others
// keep that. (Spark may give it back when its driver has collected the shuffle as
// garbage.) Executors that hold cached blocks count as if others kept these.
func (m *Model) allocate(was config.Config) {
	old := max(1, m.peak())
	cores, _ := m.executorShape()
	if was.Bool(config.Allocation) {
		for i := range m.Stages {
			m.Stages[i].Lead = min(m.Stages[i].Lead, answered)
		}
		m.Assume(fmt.Sprintf("what stages waited for beyond %s was executors", answered))
	}
	if !m.Config.Bool(config.Allocation) {
		m.constant(old)
		m.Assume("as many executors stay as there were at once at most")
		return
	}
	if local(m.Config.Text(config.Master)) {
		m.Assume("nothing is allocated in local mode")
		return
	}
	c := m.Config
	millis := func(key string) time.Duration { return time.Duration(c.Int(key)) * time.Millisecond }
	a := allocation{cores: cores, least: int(c.Int(config.AllocationMin)), most: int(c.Int(config.AllocationMax)), ratio: c.Float(config.AllocationRatio),
		backlog: millis(config.AllocationBacklog), sustained: millis(config.AllocationBacklog), idle: millis(config.AllocationIdle), first: m.Slots[0].From}
	if c.IsSet(config.AllocationSustained) {
		a.sustained = millis(config.AllocationSustained)
	}
	for _, s := range m.Slots {
		a.first = min(a.first, s.From)
	}
	a.start = a.first
	asked, _ := strconv.Atoi(m.Profile.Properties["spark.executor.instances"]) // counts as initial, too
	widest := 1
	for i := range m.Stages {
		widest = max(widest, (m.Stages[i].Tasks.Len()+cores-1)/cores)
	}
	if !c.IsSet(config.AllocationMax) {
		a.most = m.executors()
		m.Assume(fmt.Sprintf("there are no more than the %d executors that were seen at once, since %s is not set", a.most, config.AllocationMax))
	}
	a.most = max(1, min(a.most, 2*widest))
	a.least = min(a.least, a.most)
	a.initial = min(a.most, max(a.least, int(c.Int(config.AllocationInitial)), asked))
	m.Reach(float64(a.most*cores)/float64(old), fmt.Sprintf("up to %d slots instead of %d", a.most*cores, old))
	if m.refused != "" {
		return
	}
	a.holding = m.holding(a.idle)
	m.constant(a.most * cores)
	for range 4 { // where executors come later, so does what asks for them
		m.Slots = a.slots(demand(m, simulate(m)))
	}
	m.spread = max(m.spread, 0.25)
	m.Assume(fmt.Sprintf("an executor is there %s after it was asked for, as the first ones were", a.start.Round(time.Millisecond)))
}

// holding is how long an executor is kept that wrote to a shuffle and has no task.
// With shuffle tracking, which Spark asks for where no service and no platform keeps
// shuffles, that is for as long as spark.dynamicAllocation.shuffleTracking.timeout says,
// by default forever. (The embedded engine holds them for the query.)
func (m *Model) holding(idle time.Duration) time.Duration {
	kept := m.Embedded() || m.Profile.Properties["spark.shuffle.service.enabled"] == "true" ||
		m.Profile.Properties["spark.dynamicAllocation.shuffleTracking.enabled"] == "false"
	for key := range m.Profile.Properties {
		kept = kept || slices.ContainsFunc(shuffleKeepers, func(k string) bool { return strings.HasPrefix(key, k) })
	}
	if kept {
		m.Assume("shuffles are kept by others than the executors that wrote them")
		return idle
	}
	const timeout = "spark.dynamicAllocation.shuffleTracking.timeout"
	if c, err := (config.Config{}).With(config.LocalityWait, m.Profile.Properties[timeout]); err == nil { // written alike
		set := time.Duration(c.Int(config.LocalityWait)) * time.Millisecond
		m.Assume(fmt.Sprintf("an executor that wrote to a shuffle is kept for %s", set))
		return max(idle, set)
	}
	m.Assume("an executor that wrote to a shuffle stays to the end; " + timeout + " can say otherwise")
	return forever
}

// shuffleKeepers are how the settings begin of platforms and managers that keep shuffles
// apart from executors.
var shuffleKeepers = []string{"spark.databricks.", "spark.emr", "spark.dataproc.", "spark.shuffle.manager", "spark.shuffle.sort.io.plugin"}

// A want is how many tasks could run from a time on.
type want struct {
	at      time.Duration
	tasks   int
	writing int // of these, how many write to a shuffle
}

// demand is what a replay's stages want, from when each is ready until it has ended.
func demand(m *Model, o outcome) (wants []want) {
	for i := range m.Stages {
		n, writing := m.Stages[i].Tasks.Len(), 0
		if n == 0 || o.finish[i] <= o.ready[i] {
			continue
		}
		if m.Stages[i].written() > 0 {
			writing = n
		}
		wants = append(wants, want{o.ready[i], n, writing}, want{o.finish[i], -n, -writing})
	}
	slices.SortStableFunc(wants, func(a, b want) int { return cmp.Compare(a.at, b.at) })
	for i := 1; i < len(wants); i++ {
		wants[i].tasks += wants[i-1].tasks
		wants[i].writing += wants[i-1].writing
	}
	return wants
}

// slots are those of the executors that would come and go with the demand.
func (a *allocation) slots(wants []want) (out []Slot) {
	type executor struct {
		from, to time.Duration
		holds    bool // it has written to a shuffle
	}
	var gone, live []executor
	for range a.initial {
		live = append(live, executor{from: a.first})
	}
	for i, w := range wants {
		until := forever
		if i+1 < len(wants) {
			until = wants[i+1].at
		}
		wanted := min(a.most, max(a.least, int(math.Ceil(a.ratio*float64(w.tasks)/float64(a.cores)))))
		at := w.at + a.backlog
		for more := 1; len(live) < wanted && (at < until || len(live) == 0); more *= 2 {
			for range min(more, wanted-len(live)) {
				live = append(live, executor{from: max(a.first, at+a.start)})
			}
			at += max(a.sustained, time.Millisecond)
		}
		for k, writing := 0, w.writing; k < len(live) && writing > 0; k++ { // a task goes to each before one gets two
			if live[k].from < until {
				live[k].holds = true
				writing--
			}
		}
		// Those without a task are given back when nothing else has begun or ended
		// before; the last ones stay to the end.
		for k := len(live) - 1; k >= 0 && len(live) > wanted && i+1 < len(wants); k-- {
			idle := a.idle
			if live[k].holds {
				idle = a.holding
			}
			if idle < until-w.at {
				live[k].to = max(live[k].from+1, w.at+idle)
				gone = append(gone, live[k])
				live = slices.Delete(live, k, k+1)
			}
		}
	}
	for _, e := range append(gone, live...) {
		for range a.cores {
			out = append(out, Slot{e.from, e.to})
		}
	}
	return out
}

// held is the time for which the slots are there in a run that takes so long.
func held(slots []Slot, wall time.Duration) (d time.Duration) {
	for _, s := range slots {
		end := wall
		if s.To > 0 {
			end = min(end, s.To)
		}
		d += max(0, end-s.From)
	}
	return d
}
