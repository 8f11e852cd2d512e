// Package budget says who may hold how much memory.
//
// A Pool is one executor's unified memory, shared by execution (aggregation,
// sort, join, shuffle) and storage (cached blocks) as in Spark's
// UnifiedMemoryManager: each may use what the other leaves free; execution may
// evict cached blocks down to the storage region, storage never takes from
// execution; one task may hold at most 1/N of execution memory while N tasks
// run. Budgets are promises about bytes; they allocate nothing.
package budget

import (
	"errors"
	"fmt"
	"sync"
)

// ErrExhausted says that a Grow was refused. The owner spills and tries again,
// or fails its task.
var ErrExhausted = errors.New("out of execution memory")

// reserved is what Spark sets aside of an executor's memory (RESERVED_SYSTEM_MEMORY_BYTES).
const reserved = 300 << 20

// Unified returns the memory that execution and storage share in an executor:
// (memory - 300 MiB) times the fraction. Spark refuses executors below 450 MiB;
// here they are small processes within one, so what is set aside shrinks to two
// thirds, which meets Spark's formula at 450 MiB.
func Unified(executorMemory int64, fraction float64) int64 {
	return int64(float64(executorMemory-min(reserved, executorMemory/3*2)) * fraction)
}

// A Pool is an executor's unified memory. It is safe for concurrent use.
type Pool struct {
	total  int64
	region int64 // storage that execution cannot evict

	mu        sync.Mutex
	execution int64
	storage   int64
	tasks     map[int64]int64 // execution memory by task
	seen      map[int64]int64 // most of the pool in use while a task has run
	evict     func(bytes int64) int64
}

// NewPool returns a pool of total bytes of which storage may keep
// total*storageFraction against execution.
func NewPool(total int64, storageFraction float64) *Pool {
	return &Pool{total: total, region: int64(float64(total) * storageFraction), tasks: map[int64]int64{}, seen: map[int64]int64{}}
}

// OnEvict sets the function that drops cached blocks to free at least so many
// bytes and returns what it freed. It is called without the pool's lock.
func (p *Pool) OnEvict(f func(bytes int64) int64) { p.evict = f }

// Total is the size of the pool in bytes.
func (p *Pool) Total() int64 { return p.total }

// Used returns the execution and storage memory in use, in bytes.
func (p *Pool) Used() (execution, storage int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.execution, p.storage
}

// Begin and End bracket a task; while it runs it counts among the N that share
// execution memory. End gives back whatever the task still holds and returns it,
// and the most of the pool that was in use at once since Begin, by anybody.
func (p *Pool) Begin(task int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tasks[task] += 0
	p.seen[task] = p.execution + p.storage
}

func (p *Pool) End(task int64) (leaked, peak int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	leaked, peak = p.tasks[task], p.seen[task]
	p.execution -= leaked
	delete(p.tasks, task)
	delete(p.seen, task)
	return leaked, peak
}

// grown lets the running tasks see what is in use. Called with the lock.
func (p *Pool) grown() {
	for task, most := range p.seen {
		p.seen[task] = max(most, p.execution+p.storage)
	}
}

func (p *Pool) grow(task, n int64) error {
	for tried := false; ; tried = true {
		p.mu.Lock()
		limit := p.total - min(p.storage, p.region)
		share := limit / int64(max(len(p.tasks), 1))
		if held := p.tasks[task]; held+n > share {
			p.mu.Unlock()
			return fmt.Errorf("%w: a task may hold %d bytes, has %d and wants %d more", ErrExhausted, share, held, n)
		}
		short := p.execution + p.storage + n - p.total
		if short <= 0 {
			p.tasks[task] += n
			p.execution += n
			p.grown()
			p.mu.Unlock()
			return nil
		}
		evictable := p.storage - p.region
		p.mu.Unlock()
		if tried || p.evict == nil || evictable < short || p.evict(short) < short {
			return fmt.Errorf("%w: %d bytes short", ErrExhausted, short)
		}
	}
}

func (p *Pool) shrink(task, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tasks[task] -= n
	p.execution -= n
}

// GrowStorage takes n bytes for a cached block. It reports how many bytes are
// missing, 0 when the block was let in: the store then evicts others or not.
func (p *Pool) GrowStorage(n int64) (short int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if short = p.execution + p.storage + n - p.total; short > 0 {
		return short
	}
	p.storage += n
	p.grown()
	return 0
}

// ShrinkStorage gives back storage memory.
func (p *Pool) ShrinkStorage(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.storage -= n
}
