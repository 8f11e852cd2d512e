package schedule

import (
	"context"
	"errors"
	"strconv"
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
	ID      string
	Host    string
	Cores   int
	Memory  *budget.Pool
	OffHeap *budget.Pool // of cached blocks
	Blocks  *block.Store
	Dir     *block.Dir

	port int
	ctx  context.Context
	lose context.CancelCauseFunc

	// Guarded by Cluster.mu.
	dead    bool
	running int
	idle    time.Time // since when nothing runs; meaningless while something does

	mu     sync.Mutex
	output map[int]*block.File // shuffle file by shuffle id; nil when the executor is gone
	cached map[block.ID]bool
}

// ErrExecutorLost is the cause of what was running on an executor that is gone.
var ErrExecutorLost = errors.New("executor lost")

// newExecutor makes an executor without starting its slots. Called with the
// lock, or before anybody else knows the cluster.
func (c *Cluster) newExecutor() (*Executor, error) {
	n := len(c.executors)
	e := &Executor{ID: strconv.Itoa(n), Host: "localhost", Cores: c.Master.Cores, port: port + 1 + n, output: map[int]*block.File{},
		cached: map[block.ID]bool{}, idle: time.Now()}
	if c.Master.Local {
		e.ID, e.port = "driver", port
	}
	var err error
	if e.Dir, err = block.NewDir(c.conf.Text(config.LocalDir), "executor-"+e.ID); err != nil {
		return nil, err
	}
	e.ctx, e.lose = context.WithCancelCause(context.Background())
	c.faults.slowDisk(e)
	total := budget.Unified(c.Master.MemoryBytes, c.conf.Float(config.MemoryFraction))
	e.Memory = budget.NewPool(total, c.conf.Float(config.StorageFraction))
	offHeap := int64(0)
	if c.conf.Bool(config.OffHeap) {
		offHeap = c.conf.Int(config.OffHeapSize)
	}
	e.OffHeap = budget.NewPool(offHeap, 1)
	e.Blocks = block.NewStore(e.Memory, e.OffHeap, e.Dir, func(u block.Update) { c.blockMoved(e, u) })
	c.executors = append(c.executors, e)
	return e, nil
}

// announce emits the events that introduce an executor.
func (c *Cluster) announce(e *Executor) {
	c.emit(event.ExecutorAdded{Time: now(), ExecutorID: e.ID, Host: e.Host, TotalCores: e.Cores})
	if !c.Master.Local {
		c.emit(event.BlockManagerAdded{Time: now(), ExecutorID: e.ID, Host: e.Host, Port: e.port,
			MaxMemory: e.Memory.Total() + e.OffHeap.Total(), MaxOnHeap: e.Memory.Total(), OffHeap: e.OffHeap.Total()})
	}
}

// shuffleFile returns the file to which map tasks of a shuffle append.
func (e *Executor) shuffleFile(shuffleID int) (*block.File, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.output == nil {
		return nil, ErrExecutorLost
	}
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

// keep remembers whether a cached block is here.
func (e *Executor) keep(u block.Update) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if u.InMemory || u.DiskSize > 0 {
		e.cached[u.ID] = true
	} else {
		delete(e.cached, u.ID)
	}
}

// end stops what runs here for the cause, frees the cached partitions and deletes
// the executor's files: nobody can read its shuffle output any more.
func (e *Executor) end(cause error) error {
	e.lose(cause)
	e.mu.Lock()
	for _, f := range e.output {
		f.Remove()
	}
	e.output = nil
	e.mu.Unlock()
	e.Blocks.Close()
	return e.Dir.Close()
}
