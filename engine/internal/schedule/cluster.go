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
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/internal/block"
	"stagecoach/engine/internal/budget"
)

// An Executor is a budget, a block store, a folder and slots, in this process.
// What one executor reads of another's blocks is remote, and one can be lost.
type Executor struct {
	ID     string
	Host   string
	Cores  int
	Memory *budget.Pool
	Blocks *block.Store
	Dir    *block.Dir

	ctx  context.Context
	lose context.CancelCauseFunc
	dead bool // guarded by Cluster.mu

	mu     sync.Mutex
	output map[int]*block.File // shuffle file by shuffle id
}

// ErrExecutorLost is the cause of what was running on an executor that is gone.
var ErrExecutorLost = fmt.Errorf("executor lost")

// shuffleFile returns the file to which map tasks of a shuffle append.
func (e *Executor) shuffleFile(shuffleID int) (*block.File, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f := e.output[shuffleID]; f != nil {
		return f, nil
	}
	f, err := e.Dir.Create("shuffle_" + strconv.Itoa(shuffleID))
	if err == nil {
		e.output[shuffleID] = f
	}
	return f, err
}

// dropShuffle deletes a shuffle's file.
func (e *Executor) dropShuffle(shuffleID int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if f := e.output[shuffleID]; f != nil {
		f.Remove()
		delete(e.output, shuffleID)
	}
}

// A Master is what spark.master says.
type Master struct {
	Executors, Cores int
	MemoryBytes      int64
	Local            bool // local[N]: one executor, called driver, one attempt a task
}

// ParseMaster reads local, local[N], local[*] and
// local-cluster[executors,cores,memoryMiB].
func ParseMaster(text string, conf config.Config) (Master, error) {
	m := Master{Executors: 1, Cores: 1, MemoryBytes: conf.Int(config.ExecutorMemory), Local: true}
	wrong := fmt.Errorf("spark.master=%s: accepts local[N], local[*] and local-cluster[executors,cores,memoryMiB]", text)
	switch {
	case text == "local":
		return m, nil
	case text == "local[*]":
		m.Cores = runtime.NumCPU()
		return m, nil
	case strings.HasPrefix(text, "local[") && strings.HasSuffix(text, "]"):
		n, err := strconv.Atoi(text[len("local[") : len(text)-1])
		if err != nil || n < 1 || n > 1024 {
			return m, wrong
		}
		m.Cores = n
		return m, nil
	case strings.HasPrefix(text, "local-cluster[") && strings.HasSuffix(text, "]"):
		fields := strings.Split(text[len("local-cluster["):len(text)-1], ",")
		if len(fields) != 3 {
			return m, wrong
		}
		var v [3]int
		for i, f := range fields {
			n, err := strconv.Atoi(strings.TrimSpace(f))
			if err != nil || n < 1 || n > 1<<20 {
				return m, wrong
			}
			v[i] = n
		}
		if v[0] > 256 || v[1] > 256 {
			return m, wrong
		}
		return Master{Executors: v[0], Cores: v[1], MemoryBytes: int64(v[2]) << 20}, nil
	}
	return m, wrong
}

// A Cluster is the executors of a session and the workers in their slots.
type Cluster struct {
	Master    Master
	Executors []*Executor

	maxFailures int
	wait        time.Duration // spark.locality.wait
	emit        func(event.Event)

	mu     sync.Mutex
	wake   *sync.Cond
	sets   []*taskSet // in order of submission
	closed bool
	done   sync.WaitGroup
}

// NewCluster starts the executors that the configuration asks for. Close ends
// them.
func NewCluster(conf config.Config, emit func(event.Event)) (*Cluster, error) {
	m, err := ParseMaster(conf.Text(config.Master), conf)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Master: m, emit: emit, maxFailures: int(conf.Int(config.TaskMaxFailures)),
		wait: time.Duration(conf.Int(config.LocalityWait)) * time.Millisecond}
	if m.Local {
		c.maxFailures = 1
	}
	c.wake = sync.NewCond(&c.mu)
	for i := range m.Executors {
		e := &Executor{ID: "driver", Host: "localhost", Cores: m.Cores, output: map[int]*block.File{}}
		if !m.Local {
			e.ID = strconv.Itoa(i)
		}
		e.Memory = budget.NewPool(budget.Unified(m.MemoryBytes, conf.Float(config.MemoryFraction)), conf.Float(config.StorageFraction))
		if e.Dir, err = block.NewDir(conf.Text(config.LocalDir), "executor-"+e.ID); err != nil {
			c.Close()
			return nil, err
		}
		e.Blocks = block.NewStore(e.Memory, e.Dir, func(u block.Update) { c.blockMoved(e, u) })
		e.ctx, e.lose = context.WithCancelCause(context.Background())
		c.Executors = append(c.Executors, e)
	}
	for _, e := range c.Executors {
		for range e.Cores {
			c.done.Add(1)
			go c.work(e)
		}
	}
	return c, nil
}

// Close stops the workers once their tasks have ended and deletes all files.
func (c *Cluster) Close() {
	c.mu.Lock()
	c.closed = true
	c.wake.Broadcast()
	c.mu.Unlock()
	for _, e := range c.Executors {
		if e.lose != nil {
			e.lose(context.Canceled)
		}
	}
	c.done.Wait()
	for _, e := range c.Executors {
		e.Dir.Close()
	}
}

// Slots is the number of tasks that can run at once.
func (c *Cluster) Slots() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, e := range c.Executors {
		if !e.dead {
			n += e.Cores
		}
	}
	return n
}

// Announce emits the events that introduce the executors.
func (c *Cluster) Announce() {
	for i, e := range c.Executors {
		c.emit(event.ExecutorAdded{Time: now(), ExecutorID: e.ID, Host: e.Host, TotalCores: e.Cores})
		if !c.Master.Local {
			c.emit(event.BlockManagerAdded{Time: now(), ExecutorID: e.ID, Host: e.Host, Port: port + 1 + i,
				MaxMemory: e.Memory.Total(), MaxOnHeap: e.Memory.Total()})
		}
	}
}

// port is what events name as an executor's port; nothing listens there.
const port = 7100

func (c *Cluster) portOf(e *Executor) int {
	if c.Master.Local {
		return port
	}
	return port + 1 + slices.Index(c.Executors, e)
}

// Lose ends an executor as a crash would: what ran there fails, its cached
// partitions and shuffle files are gone. The last one cannot be lost.
func (c *Cluster) Lose(id, reason string) error {
	c.mu.Lock()
	var e *Executor
	alive := 0
	for _, x := range c.Executors {
		if x.ID == id && !x.dead {
			e = x
		}
		if !x.dead {
			alive++
		}
	}
	if e == nil || alive == 1 {
		c.mu.Unlock()
		return fmt.Errorf("executor %q is not there, or is the last one", id)
	}
	e.dead = true
	c.wake.Broadcast()
	c.mu.Unlock()
	e.lose(ErrExecutorLost)
	c.emit(event.BlockManagerRemoved{Time: now(), ExecutorID: e.ID, Host: e.Host, Port: c.portOf(e)})
	c.emit(event.ExecutorRemoved{Time: now(), ExecutorID: e.ID, Reason: reason})
	return e.Dir.Close()
}

// executor returns the living executor called id, or nil.
func (c *Cluster) executor(id string) *Executor {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.Executors {
		if e.ID == id && !e.dead {
			return e
		}
	}
	return nil
}

// cachedOn returns the executor that holds a block, or "".
func (c *Cluster) cachedOn(id block.ID) string {
	for _, e := range c.Executors {
		if c.executor(e.ID) != nil && e.Blocks.Has(id) {
			return e.ID
		}
	}
	return ""
}

func (c *Cluster) blockMoved(e *Executor, u block.Update) {
	level := event.StorageLevel{}
	if u.MemorySize > 0 || u.DiskSize > 0 || u.InMemory {
		level = event.StorageLevel{UseMemory: u.InMemory, UseDisk: u.DiskSize > 0, Deserialized: u.InMemory && !u.Level.Serialized, Replication: 1}
	}
	c.emit(event.BlockUpdated{ExecutorID: e.ID, Host: e.Host, Port: c.portOf(e), BlockID: u.ID.String(),
		Level: level, MemorySize: u.MemorySize, DiskSize: u.DiskSize})
}

func now() event.Millis { return event.Millis(time.Now().UnixMilli()) }
