package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"stagecoach/engine"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/engine/source"
)

// node is the sum of a plan nodes' metric over all tasks.
func (r *recorder) node(id metric.ID) (sum int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e, ok := e.(event.TaskEnd); ok {
			for _, a := range e.Info.Accumulables {
				if a.Name == id.String() {
					sum += a.Update
				}
			}
		}
	}
	return sum
}

// cachedRows is a frame of 8 partitions and 20,000 rows, kept at a level.
func cachedRows(s *engine.Session, level string) *engine.Frame {
	return s.Read(source.Memory(schema, wide(20000))).Repartition(8, "k").Persist("rows", level)
}

func countRows(t *testing.T, f *engine.Frame) {
	t.Helper()
	if n, err := f.Where(expr.Ge(expr.Col("n"), 0)).Count(context.Background()); err != nil || n != 20000 {
		t.Fatal(n, err)
	}
}

// With a replicated level the loss of an executor computes nothing again: copies
// are read, those of other executors too. Without one the lost partitions are
// computed.
func TestReplicas(t *testing.T) {
	for _, c := range []struct {
		level, master string
		replication   int
		copies        int // of 8 partitions
		misses        bool
	}{
		{"MEMORY_ONLY", "local-cluster[3,1,512]", 1, 8, true},
		{"MEMORY_ONLY_2", "local-cluster[3,1,512]", 2, 16, false},
		{"MEMORY_AND_DISK_SER_2", "local-cluster[3,1,512]", 2, 16, false},
		{"DISK_ONLY_3", "local-cluster[3,1,512]", 3, 24, false},
		{"DISK_ONLY_3", "local-cluster[2,1,512]", 3, 16, false},
		{"OFF_HEAP", "local-cluster[3,1,512]", 1, 8, true},
	} {
		r := &recorder{}
		s := session(t, r, "spark.master="+c.master, "spark.locality.wait=0", "spark.memory.offHeap.enabled=true", "spark.memory.offHeap.size=16m",
			"spark.sql.adaptive.coalescePartitions.enabled=false")
		f := cachedRows(s, c.level)
		countRows(t, f)
		at := map[string][]string{}
		most := 0
		for _, e := range r.events {
			if e, ok := e.(event.BlockUpdated); ok {
				at[e.BlockID] = append(at[e.BlockID], e.ExecutorID)
				most = max(most, e.Level.Replication)
				if e.Level.UseOffHeap != (c.level == "OFF_HEAP") {
					t.Errorf("%s: %+v", c.level, e)
				}
			}
		}
		copies := 0
		for _, executors := range at {
			copies += len(executors)
			slices.Sort(executors)
			if len(slices.Compact(executors)) != len(executors) {
				t.Errorf("%s: two copies on one executor: %v", c.level, at)
			}
		}
		if len(at) != 8 || copies != c.copies || most != c.replication {
			t.Errorf("%s on %s: %d blocks, %d copies, replication %d", c.level, c.master, len(at), copies, most)
		}
		before := r.node(metric.CacheMisses)
		if err := s.LoseExecutor(at["rdd_0_0"][0]); err != nil {
			t.Fatal(err)
		}
		countRows(t, f)
		if misses := r.node(metric.CacheMisses) - before; misses > 0 != c.misses {
			t.Errorf("%s on %s: %d partitions computed after the loss", c.level, c.master, misses)
		}
	}
}

// A partition that only another executor holds is read from there: remotely, in
// the metrics, and nothing is computed.
func TestRemoteRead(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local-cluster[2,1,512]", "spark.locality.wait=0", "spark.sql.adaptive.coalescePartitions.enabled=false")
	f := cachedRows(s, "MEMORY_ONLY")
	for range 20 { // which executor takes a task is not certain
		countRows(t, f)
	}
	if n := r.node(metric.CacheRemoteReads); n == 0 || r.node(metric.CacheMisses) != 8 {
		t.Errorf("%d remote reads, %d partitions computed", n, r.node(metric.CacheMisses))
	}
}

// Dropping a dataset on purpose is one event and no eviction: no block moves.
func TestUnpersistMovesNoBlock(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]")
	countRows(t, cachedRows(s, "MEMORY_ONLY"))
	before := len(r.events)
	if !s.Unpersist("rows") {
		t.Fatal("there is nothing to drop")
	}
	if got := r.events[before:]; len(got) != 1 || got[0] != (event.UnpersistRDD{}) {
		t.Errorf("events %v", got)
	}
}

// In local[N] there is no peer: a replicated level keeps one copy.
func TestReplicasNeedPeers(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[2]")
	countRows(t, cachedRows(s, "MEMORY_ONLY_2"))
	blocks := map[string]int{}
	for _, e := range r.events {
		if e, ok := e.(event.BlockUpdated); ok {
			blocks[e.BlockID]++
		}
	}
	for id, n := range blocks {
		if n != 1 {
			t.Errorf("%s was stored %d times", id, n)
		}
	}
}

// What does not fit is evicted, oldest first, and computed again from its
// lineage: the answer is the same.
func TestEvictedIsComputedAgain(t *testing.T) {
	r := &recorder{}
	s := session(t, r, "spark.master=local[1]", "spark.executor.memory=4m", "spark.sql.adaptive.coalescePartitions.enabled=false")
	rows := func(name string) *engine.Frame {
		return s.Read(source.Memory(schema, wide(20000))).Repartition(4, "k").Persist(name, "MEMORY_ONLY")
	}
	a, b := rows("a"), rows("b")
	countRows(t, a)
	countRows(t, b)
	countRows(t, a)
	evicted := 0
	for _, e := range r.events {
		if e, ok := e.(event.BlockUpdated); ok && !e.Level.Valid() {
			evicted++
			if !strings.HasPrefix(e.BlockID, "rdd_") {
				t.Errorf("block %q", e.BlockID)
			}
		}
	}
	if misses := r.node(metric.CacheMisses); evicted == 0 || misses <= 8 {
		t.Errorf("%d blocks evicted, %d partitions computed", evicted, misses)
	}
}

// OFF_HEAP without a size for it goes to disk, as in Spark; with the switch on
// and no size the session does not start.
func TestOffHeapNeedsRoom(t *testing.T) {
	r := &recorder{}
	countRows(t, cachedRows(session(t, r, "spark.master=local[1]"), "OFF_HEAP"))
	for _, e := range r.events {
		if e, ok := e.(event.BlockUpdated); ok && (e.MemorySize != 0 || e.DiskSize == 0) {
			t.Errorf("not on disk: %+v", e)
		}
	}
	conf, err := config.Parse("spark.memory.offHeap.enabled=true")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.NewSession(conf); err == nil || !strings.Contains(err.Error(), "spark.memory.offHeap.size above 0") {
		t.Errorf("error %v", err)
	}
}
