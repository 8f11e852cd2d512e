// Package schedule runs a plan: it cuts it, lists the tasks of each stage when
// what the stage reads is there, gives tasks to slots, tries again what failed,
// and emits every event.
//
//	Query ─► stages (each waits for its parents) ─► task sets ─► workers, one a slot
//	            ▲                                                   │
//	            └────────── a lost output: its stage again ◄────────┘
package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
)

// A Cluster is the executors of a session and the workers in their slots.
type Cluster struct {
	Master Master

	conf        config.Config
	perExecutor int // slots: its cores by spark.task.cpus
	fair        bool
	maxFailures int
	wait        time.Duration // spark.locality.wait
	emit        func(event.Event)
	faults      *faults
	copying     *speculation          // nil when it is off
	forget      func(executor string) // drops the shuffle outputs of an executor that is gone

	mu        sync.Mutex
	wake      *sync.Cond
	executors []*Executor // all there ever were
	sets      []*taskSet  // of stages that run, by job and stage: the first goes first
	health    *health     // nil when no executor is excluded for its failures
	growing   *allocator  // nil when the executors are always the same
	closed    bool

	ending  chan struct{}  // closed when the cluster is
	workers sync.WaitGroup // slots
	queries sync.WaitGroup
}

// errClosed is what queries of a closed cluster end with.
var errClosed = errors.New("the session is closed")

// NewCluster starts the executors that the configuration asks for, and deletes
// what killed processes left of theirs. Close ends them.
func NewCluster(conf config.Config, emit func(event.Event)) (*Cluster, error) {
	m, err := ParseMaster(conf.Text(config.Master), conf)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Master: m, conf: conf, emit: emit, maxFailures: int(conf.Int(config.TaskMaxFailures)),
		wait:    time.Duration(conf.Int(config.LocalityWait)) * time.Millisecond,
		fair:    conf.Text(config.SchedulerMode) == "FAIR",
		copying: newSpeculation(conf, m), health: newHealth(conf), forget: func(string) {}, ending: make(chan struct{})}
	if m.Local {
		c.maxFailures = 1
	}
	cpus := int(conf.Int(config.TaskCPUs))
	if c.perExecutor = m.Cores / cpus; c.perExecutor == 0 {
		return nil, fmt.Errorf("%s=%d is more than the %d cores of an executor (%s)", config.TaskCPUs, cpus, m.Cores, config.Master)
	}
	if c.growing, err = newAllocator(conf, m, c.perExecutor); err != nil {
		return nil, err
	}
	if c.faults, err = newFaults(conf, m); err != nil {
		return nil, err
	}
	initial := m.Executors
	if c.growing != nil {
		initial = c.growing.target
	}
	if conf.Bool(config.OffHeap) && conf.Int(config.OffHeapSize) == 0 {
		return nil, fmt.Errorf("%s=true needs %s above 0", config.OffHeap, config.OffHeapSize)
	}
	c.wake = sync.NewCond(&c.mu)
	block.RemoveLeftovers(conf.Text(config.LocalDir))
	for range initial {
		if _, err := c.newExecutor(); err != nil {
			c.Close()
			return nil, err
		}
	}
	for _, e := range c.executors {
		c.start(e)
	}
	return c, nil
}

// start begins the slots of an executor.
func (c *Cluster) start(e *Executor) {
	for range c.perExecutor {
		c.workers.Add(1)
		go c.work(e)
	}
}

// Close stops running queries with an error, waits for them and deletes all
// files.
func (c *Cluster) Close() {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	close(c.ending)
	c.wake.Broadcast()
	list := slices.Clone(c.executors)
	c.mu.Unlock()
	for _, e := range list {
		e.lose(errClosed)
	}
	c.faults.end()
	c.workers.Wait()
	c.queries.Wait()
	for _, e := range list {
		e.end(errClosed)
	}
}

// enter counts a query in; whoever enters calls c.queries.Done.
func (c *Cluster) enter() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	c.queries.Add(1)
	return nil
}

// Slots is the number of tasks that can run at once.
func (c *Cluster) Slots() int {
	n := len(c.living()) * c.perExecutor
	if c.growing != nil {
		n = max(n, 2) // as Spark plans while no executor has come yet
	}
	return n
}

// Budget is the unified memory of all executors that there may be at once, in
// bytes.
func (c *Cluster) Budget() int64 {
	return int64(c.Master.Executors) * budget.Unified(c.Master.MemoryBytes, c.conf.Float(config.MemoryFraction))
}

// DriverMemory is the size of the driver's block store in bytes, on the heap and
// off it: in local mode the driver is the executor, else it stores nothing.
func (c *Cluster) DriverMemory() (onHeap, offHeap int64) {
	if c.Master.Local {
		return c.executors[0].Memory.Total(), c.executors[0].OffHeap.Total()
	}
	return 0, 0
}

// Announce emits the events that introduce the executors; from then on they come
// and go.
func (c *Cluster) Announce() {
	for _, e := range c.living() {
		c.announce(e)
	}
	c.faults.begin(c)
	if c.growing != nil {
		c.workers.Add(1)
		go c.allocate()
	}
}

// port is what events name as an executor's port; nothing listens there.
const port = 7100

// Lose ends an executor as a crash would: what ran there fails, its cached
// partitions and shuffle files are gone. The last one cannot be lost.
func (c *Cluster) Lose(id, reason string) error {
	if e := c.executor(id); e == nil || !c.remove(e, reason, func(living int) bool { return living > 1 }) {
		return fmt.Errorf("executor %q is not there, or is the last one", id)
	}
	return nil
}

// remove takes an executor away if it is there and may, of so many, which is
// asked with the lock. It reports whether it did.
func (c *Cluster) remove(e *Executor, reason string, may func(living int) bool) bool {
	c.mu.Lock()
	if e.dead || !may(c.count()) {
		c.mu.Unlock()
		return false
	}
	e.dead = true
	for _, s := range c.sets {
		s.lost = append(s.lost, e.ID)
	}
	c.wake.Broadcast()
	c.mu.Unlock()
	c.emit(event.BlockManagerRemoved{Time: now(), ExecutorID: e.ID, Host: e.Host, Port: e.port})
	c.emit(event.ExecutorRemoved{Time: now(), ExecutorID: e.ID, Reason: reason})
	e.end(ErrExecutorLost)
	c.forget(e.ID)
	c.mu.Lock()
	c.tell()
	c.mu.Unlock()
	return true
}

// tell makes every stage look at the executors that are left to it. Called with
// the lock.
func (c *Cluster) tell() {
	for _, s := range c.sets {
		select {
		case s.news <- struct{}{}:
		default: // it is told already
		}
	}
}

// count is the number of living executors. Called with the lock.
func (c *Cluster) count() int {
	n := 0
	for _, e := range c.executors {
		if !e.dead {
			n++
		}
	}
	return n
}

// living lists the executors that are there.
func (c *Cluster) living() []*Executor {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*Executor
	for _, e := range c.executors {
		if !e.dead {
			list = append(list, e)
		}
	}
	return list
}

func (c *Cluster) alive(e *Executor) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !e.dead
}

// executor returns the living executor called id, or nil.
func (c *Cluster) executor(id string) *Executor {
	for _, e := range c.living() {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func now() event.Millis { return event.Millis(time.Now().UnixMilli()) }

// cancelled is the error of a query that its context ended.
func cancelled(ctx context.Context) error {
	return fmt.Errorf("query cancelled: %w", context.Cause(ctx))
}
