package schedule

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
)

// failures are the failed attempts of one stage attempt: by executor, then by
// partition.
type failures map[string]map[int]int

// health decides which executors get no tasks because too many failed there:
// Spark's TaskSetExcludelist and HealthTracker. It is guarded by Cluster.mu.
type health struct {
	perTask, perStage, perApplication int
	timeout                           time.Duration

	failed   map[string][]time.Time // by executor: when failures of stages that succeeded after all cease to count
	excluded map[string]bool        // for the application
}

func newHealth(conf config.Config) *health {
	if !conf.Bool(config.Exclude) {
		return nil
	}
	return &health{perTask: int(conf.Int(config.ExcludeTaskAttempts)), perStage: int(conf.Int(config.ExcludeStageTasks)),
		perApplication: int(conf.Int(config.ExcludeApplicationTasks)),
		timeout:        time.Duration(conf.Int(config.ExcludeTimeout)) * time.Millisecond,
		failed:         map[string][]time.Time{}, excluded: map[string]bool{}}
}

// errNowhere is why a stage ends when a task may run on no executor.
var errNowhere = fmt.Errorf("it cannot run anywhere: every executor is excluded for it (%s)", config.Exclude)

// allows reports whether a task of a set may run on e. Called with the lock.
func (c *Cluster) allows(s *taskSet, e *Executor, partition int) bool {
	h := c.health
	if h == nil {
		return true
	}
	f := s.failures[e.ID]
	return !h.excluded[e.ID] && len(f) < h.perStage && f[partition] < h.perTask
}

// stranded returns a waiting attempt that may run on no executor, or nil.
func (c *Cluster) stranded(s *taskSet) *attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health == nil || !slices.ContainsFunc(c.executors, func(e *Executor) bool { return !e.dead }) {
		return nil // none is excluded, or one may yet come
	}
	nowhere := func(a *attempt) bool {
		return !slices.ContainsFunc(c.executors, func(e *Executor) bool { return !e.dead && c.allows(s, e, a.info.PartitionID) })
	}
	if a := s.anywhere.first(nowhere); a != nil {
		return a
	}
	return c.far(s, true, nowhere)
}

// taskFailed counts a failure against the executor it happened on.
func (c *Cluster) taskFailed(s *taskSet, a *attempt) {
	c.mu.Lock()
	if c.health == nil {
		c.mu.Unlock()
		return
	}
	if s.failures == nil {
		s.failures = failures{}
	}
	id := a.info.ExecutorID
	if s.failures[id] == nil {
		s.failures[id] = map[int]int{}
	}
	before := len(s.failures[id])
	s.failures[id][a.info.PartitionID]++
	after := len(s.failures[id])
	excluded := before < c.health.perStage && after >= c.health.perStage
	c.mu.Unlock()
	if excluded {
		c.emit(event.ExecutorExcludedForStage{Time: now(), ExecutorID: id, TaskFailures: after, StageID: s.stage, StageAttempt: s.stageAttempt})
	}
}

// stageSucceeded counts the failures of a stage's attempt against the executors
// for the application: as in Spark only now, because the stage has shown that it
// can succeed elsewhere.
func (c *Cluster) stageSucceeded(s *taskSet) {
	c.mu.Lock()
	var events []event.Event
	for id, partitions := range s.failures {
		h, t := c.health, time.Now()
		h.failed[id] = slices.DeleteFunc(h.failed[id], func(until time.Time) bool { return !until.After(t) })
		for range partitions {
			h.failed[id] = append(h.failed[id], t.Add(h.timeout))
		}
		if n := len(h.failed[id]); n >= h.perApplication && !h.excluded[id] {
			h.excluded[id] = true
			events = append(events, event.ExecutorExcluded{Time: now(), ExecutorID: id, TaskFailures: n})
			time.AfterFunc(h.timeout, func() { c.unexclude(id) })
		}
	}
	if len(events) > 0 {
		c.tell()
	}
	c.mu.Unlock()
	for _, e := range events {
		c.emit(e)
	}
}

// unexclude gives an executor another chance.
func (c *Cluster) unexclude(id string) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	delete(c.health.excluded, id)
	c.wake.Broadcast()
	c.mu.Unlock()
	c.emit(event.ExecutorUnexcluded{Time: now(), ExecutorID: id})
}
