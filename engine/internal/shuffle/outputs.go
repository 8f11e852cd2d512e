package shuffle

import (
	"fmt"
	"sync"
	"time"

	"stagecoach/engine/expr"
	"stagecoach/engine/internal/block"
)

// Outputs knows where the runs of every map task of one exchange are, and how
// large each partition is. It is safe for concurrent use.
type Outputs struct {
	ID     int // shuffle id
	Schema expr.Schema
	N      int // partitions

	// Damage, when set, reports whether to spoil a block that was read: a fault
	// put in on purpose. Epoch is how often the map task has succeeded.
	Damage func(mapTask, partition, epoch int) bool

	mu   sync.Mutex
	maps []output
}

type output struct {
	executor string
	runs     []Run // of the last success, gone unless done
	done     bool
	epoch    int // how often the map task has succeeded
}

// NewOutputs returns an empty table for maps map tasks.
func NewOutputs(id int, schema expr.Schema, n, maps int) *Outputs {
	return &Outputs{ID: id, Schema: schema, N: n, maps: make([]output, maps)}
}

// Maps is the number of map tasks.
func (o *Outputs) Maps() int { return len(o.maps) }

// Add records the runs of a finished map task.
func (o *Outputs) Add(mapTask int, executor string, runs []Run) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.maps[mapTask] = output{executor, runs, true, o.maps[mapTask].epoch + 1}
}

// Missing lists the map tasks whose output is not there.
func (o *Outputs) Missing() []int {
	o.mu.Lock()
	defer o.mu.Unlock()
	var missing []int
	for i, m := range o.maps {
		if !m.done {
			missing = append(missing, i)
		}
	}
	return missing
}

// Lose forgets the outputs of an executor that is gone and reports whether
// there were any.
func (o *Outputs) Lose(executor string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	lost := false
	for i, m := range o.maps {
		if m.done && m.executor == executor {
			o.maps[i].lose()
			lost = true
		}
	}
	return lost
}

// LoseMap forgets one map task's output, if it still is the one of this epoch.
func (o *Outputs) LoseMap(mapTask, epoch int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if m := &o.maps[mapTask]; m.done && m.epoch == epoch {
		m.lose()
	}
}

// lose forgets where an output is. What is known of its sizes stays: those who plan
// by them come when all map tasks have run, and nothing is smaller for having to be
// made again.
func (m *output) lose() { m.executor, m.done = "", false }

// Sizes returns the bytes of every partition over all map tasks.
func (o *Outputs) Sizes() []int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	sizes := make([]int64, o.N)
	for _, m := range o.maps {
		for _, r := range m.runs {
			for p := range sizes {
				sizes[p] += r.Index[p+1] - r.Index[p]
			}
		}
	}
	return sizes
}

// MapSizes returns the bytes that each map task wrote of a partition.
func (o *Outputs) MapSizes(partition int) []int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	sizes := make([]int64, len(o.maps))
	for i, m := range o.maps {
		for _, r := range m.runs {
			sizes[i] += r.Index[partition+1] - r.Index[partition]
		}
	}
	return sizes
}

// Locality returns the executor that holds the largest share of partitions
// [from, to), if it is at least a fifth, as in Spark
// (spark.shuffle.reduceLocality: REDUCER_PREF_LOCS_FRACTION).
func (o *Outputs) Locality(from, to int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	by := map[string]int64{}
	var total int64
	for _, m := range o.maps {
		if !m.done {
			continue
		}
		for _, r := range m.runs {
			n := r.Index[to] - r.Index[from]
			by[m.executor] += n
			total += n
		}
	}
	best := ""
	for e, n := range by {
		if n*5 >= total && n > 0 && (best == "" || n > by[best] || n == by[best] && e < best) {
			best = e
		}
	}
	return best
}

// A FetchError says that a map task's output could not be had; the map task
// must run again.
type FetchError struct {
	ShuffleID, MapTask, Partition int
	Epoch                         int // of the output: see LoseMap
	Executor                      string
	Err                           error
}

func (e *FetchError) Error() string {
	return fmt.Sprintf("fetch of shuffle %d, map %d, partition %d from executor %s failed: %v", e.ShuffleID, e.MapTask, e.Partition, e.Executor, e.Err)
}

func (e *FetchError) Unwrap() error { return e.Err }

// FetchStats is what fetching did.
type FetchStats struct {
	LocalBlocks, RemoteBlocks int64
	LocalBytes, RemoteBytes   int64
	Records                   int64
	WaitNanos                 int64
}

// Fetch yields the batches of partitions [from, to) that the map tasks
// [mapFrom, mapTo) wrote, read by a task on executor. Batches point into memory of their own and stay valid. Stats are
// current between batches.
func (o *Outputs) Fetch(executor string, from, to, mapFrom, mapTo int, stats *FetchStats) func(yield func(*expr.Batch, error) bool) {
	return func(yield func(*expr.Batch, error) bool) {
		for i := mapFrom; i < mapTo; i++ {
			o.mu.Lock()
			m := o.maps[i]
			o.mu.Unlock()
			if !m.done {
				yield(nil, &FetchError{o.ID, i, from, m.epoch, m.executor, fmt.Errorf("its output is gone")})
				return
			}
			for _, r := range m.runs {
				length := r.Index[to] - r.Index[from]
				if length == 0 {
					continue
				}
				start := time.Now()
				data, err := r.File.Read(r.Offset+r.Index[from], length)
				stats.WaitNanos += int64(time.Since(start))
				blocks := int64(0)
				for p := from; p < to; p++ {
					if r.Index[p+1] == r.Index[p] {
						continue
					}
					blocks++
					if err == nil && o.Damage != nil && o.Damage(i, p, m.epoch) {
						data[r.Index[p]-r.Index[from]] ^= 1
					}
				}
				if err == nil {
					err = r.check(from, to, data)
				}
				if err != nil {
					yield(nil, &FetchError{o.ID, i, from, m.epoch, m.executor, err})
					return
				}
				if m.executor == executor {
					stats.LocalBlocks += blocks
					stats.LocalBytes += length
				} else {
					stats.RemoteBlocks += blocks
					stats.RemoteBytes += length
				}
				for len(data) > 0 {
					var b *expr.Batch
					if b, data, err = block.Decode(o.Schema, data); err != nil {
						yield(nil, &FetchError{o.ID, i, from, m.epoch, m.executor, err})
						return
					}
					b.Owned = true
					stats.Records += int64(b.Rows)
					if !yield(b, nil) {
						return
					}
				}
			}
		}
	}
}
