package schedule

import (
	"fmt"
	"math"
	"time"

	"stagecoach/engine/config"
)

// allocator decides how many executors there ought to be: Spark's
// ExecutorAllocationManager with shuffle tracking. It knows no clock and no
// executors; the cluster asks it ten times a second.
//
//	tasks wait ── backlog ──► +1 ── sustained ──► +2 ── sustained ──► +4 ...
//	tasks fewer than slots ──► as many as they need
//	an executor idle for its time ──► it ends, unless the target needs it
type allocator struct {
	least, most        int
	ratio              float64
	slots              int // of an executor
	backlog, sustained time.Duration
	idle, cachedIdle   time.Duration
	target, step       int
	due                time.Time // when to ask for more; zero while no task waits
	begun              bool      // the first task has come, or an executor's time has passed
}

// newAllocator returns nil when executors do not come and go.
func newAllocator(conf config.Config, m Master, slots int) (*allocator, error) {
	if m.Local || !conf.Bool(config.Allocation) {
		return nil, nil
	}
	wait := func(key string) time.Duration { return time.Duration(conf.Int(key)) * time.Millisecond }
	a := &allocator{least: int(conf.Int(config.AllocationMin)), most: min(int(conf.Int(config.AllocationMax)), m.Executors),
		ratio: conf.Float(config.AllocationRatio), slots: slots, step: 1,
		backlog: wait(config.AllocationBacklog), sustained: wait(config.AllocationSustained),
		idle: wait(config.AllocationIdle), cachedIdle: wait(config.AllocationCachedIdle)}
	if !conf.IsSet(config.AllocationSustained) {
		a.sustained = a.backlog
	}
	if a.least > a.most {
		return nil, fmt.Errorf("%s=%d is more than the %d executors that %s and %s allow", config.AllocationMin, a.least, a.most, config.AllocationMax, config.Master)
	}
	a.target = min(max(a.least, int(conf.Int(config.AllocationInitial))), a.most)
	return a, nil
}

// next returns how many executors there ought to be at t, when there are so many
// and so many tasks wait and run.
func (a *allocator) next(t time.Time, waiting, running, executors int) int {
	if waiting == 0 {
		a.due, a.step = time.Time{}, 1
	} else if a.due.IsZero() {
		a.due = t.Add(a.backlog)
	}
	if a.begun = a.begun || waiting+running > 0; !a.begun {
		return a.target
	}
	needed := int(math.Ceil(float64(waiting+running) * a.ratio / float64(a.slots)))
	switch {
	case needed < a.target:
		a.target, a.step = max(needed, a.least), 1
	case !a.due.IsZero() && !t.Before(a.due):
		before := a.target
		a.target = min(max(a.target, executors)+a.step, needed)
		a.target = min(max(a.target, a.least), a.most)
		if a.target-before == a.step {
			a.step *= 2
		} else {
			a.step = 1
		}
		a.due = t.Add(a.sustained)
	}
	return a.target
}

// expired reports whether an executor's time has passed at t, when nothing has
// run there since idle.
func (a *allocator) expired(t, idle time.Time, cached, shuffle bool) bool {
	switch {
	case shuffle:
		return false
	case cached:
		return t.Sub(idle) >= a.cachedIdle
	}
	return t.Sub(idle) >= a.idle
}

// lookEvery is how often executors are counted (Spark:
// ExecutorAllocationManager.intervalMillis).
const lookEvery = 100 * time.Millisecond

// allocate starts and ends executors until the cluster ends.
func (c *Cluster) allocate() {
	defer c.workers.Done()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.ending:
			return
		case t := <-tick.C:
			c.grow(t)
			c.shrink(t)
		}
	}
}

func (c *Cluster) grow(t time.Time) {
	c.mu.Lock()
	waiting, running := 0, 0
	for _, s := range c.sets {
		waiting += s.waiting
		running += s.running
	}
	living := c.count()
	var added []*Executor
	for want := c.growing.next(t, waiting, running, living); living < want && !c.closed; living++ {
		e, err := c.newExecutor()
		if err != nil {
			break // no folder for it; it is tried again with the next look
		}
		added = append(added, e)
	}
	c.mu.Unlock()
	for _, e := range added {
		c.announce(e)
		c.start(e)
	}
}

// killedByDriver is Spark's reason for an executor that was idle for too long.
const killedByDriver = "Executor killed by driver."

func (c *Cluster) shrink(t time.Time) {
	for _, e := range c.living() {
		c.remove(e, killedByDriver, func(living int) bool {
			e.mu.Lock()
			cached, shuffle := len(e.cached) > 0, len(e.output) > 0
			e.mu.Unlock()
			if e.running > 0 || !c.growing.expired(t, e.idle, cached, shuffle) {
				return false
			}
			c.growing.begun = true
			return living > max(c.growing.least, c.growing.target)
		})
	}
}
