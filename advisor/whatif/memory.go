package whatif

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/engine/config"
)

// reserved is the memory Spark sets aside before spark.memory.fraction applies.
const reserved = 300 << 20

// taskMemory is the execution memory one task may count on: an executor's
// unified memory by its slots (Spark's ExecutionMemoryPool grants each of N
// running tasks at most 1/N). It is 0 when no block store told its size.
func (m *Model) taskMemory() int64 {
	var least int64
	for _, e := range m.Profile.Executors {
		if e.MaxMemory > 0 && e.Cores > 0 {
			if share := e.MaxMemory / int64(e.Cores); least == 0 || share < least {
				least = share
			}
		}
	}
	return least
}

// TaskMemory is the execution memory one task may count on, in bytes; 0 when
// the profile does not tell.
func (m *Model) TaskMemory() int64 { return m.taskMemory() }

// expansion is how far compressed shuffle bytes can grow in memory: three to ten
// times is usual. Peaks beyond that are pages, which Spark's sorters and hash
// maps take up to 64 MiB at a time, whatever the data.
const expansion = 10

// memory splits what a task held into what its data needs, which adds up when
// partitions are joined, and what it takes in any case.
func (t *Task) memory() (data, ground int64) {
	data = min(t.Peak, expansion*t.Bytes)
	return data + t.Spilled, t.Peak - data
}

// respill sets what a task spills when it needs so many bytes of memory, by how its
// stage spills. A limit of 0 keeps the spill in proportion.
func (m *Model) respill(t *Task, need int64, by spiller) {
	t.Peak = need
	if by.limit <= 0 {
		return
	}
	if need <= by.limit {
		t.Spilled, t.Cost[Spill] = 0, 0
		return
	}
	t.Peak, t.Spilled = by.limit, need-by.limit
	t.Cost[Spill] = m.spilling(t)
	if by.each > 0 {
		t.Cost[Spill] = time.Duration(by.each * float64(t.Spilled))
	}
}

// Memory gives every task so many bytes of execution memory. Tasks whose peak
// and spill fit no longer spill. It models nothing else that memory does.
func Memory(perTask int64) Edit {
	return func(m *Model) {
		old := m.taskMemory()
		if old == 0 || perTask <= 0 {
			return
		}
		freed := 0
		spared := make([][]time.Duration, len(m.Stages)) // by stage and task; nil where nothing is
		for i := range m.Stages {
			by := m.spiller(i)
			m.Stages[i].edit(func(k int, t *Task) {
				if t.Spilled == 0 && t.Peak <= perTask {
					return
				}
				freed++
				was := *t
				switch need := t.Peak + t.Spilled; {
				case perTask < old:
					m.respill(t, need, spiller{limit: perTask, each: by.each})
				case was.Spilled > 0:
					t.Peak, t.Spilled = min(need, perTask), min(was.Spilled, max(0, need-perTask))
					t.Cost[Spill] = time.Duration(float64(was.Cost[Spill]) * float64(t.Spilled) / float64(was.Spilled))
					if spared[i] == nil {
						spared[i] = make([]time.Duration, m.Stages[i].Tasks.Len())
					}
					spared[i][k] = was.Cost[Spill] - t.Cost[Spill]
				}
			})
		}
		if slices.ContainsFunc(spared, func(by []time.Duration) bool { return by != nil }) {
			m.doubtSpill(spared)
		}
		m.spread = max(m.spread, 0.25)
		m.Assume(fmt.Sprintf("a task needs its peak and what it spilled at once; %d tasks are affected", freed))
		m.Assume("the time of a spill is estimated from its size")
	}
}

// remember applies the parameters of memory. In Spark's local mode the driver's
// heap is the executor's.
func (m *Model) remember(changes []config.Change, was config.Config) {
	heap, old := m.heap(was), m.taskMemory()
	if old == 0 || m.usable(heap) <= 0 {
		m.Refuse("the profile does not say how much memory the executors had")
		return
	}
	now := m.heap(m.Config)
	for _, c := range changes {
		if c.Key == "spark.driver.memory" && local(was.Text(config.Master)) {
			now = parseBytes(c.To)
		}
	}
	if now <= reserved*3/2 && !m.Embedded() {
		m.Refuse(fmt.Sprintf("a heap of %d MiB is too small: Spark wants at least 450 MiB, one and a half times what it sets aside", now>>20))
		return
	}
	before := m.usable(heap) * was.Float(config.MemoryFraction)
	after := m.usable(now) * m.Config.Float(config.MemoryFraction)
	if after < before {
		m.Reach(before/max(1, after), "less memory per task")
	}
	m.collect(heap, now)
	Memory(int64(float64(old) * after / before))(m)
}

// collect scales garbage collection by the heap: what a collection costs goes by
// what lives, and how often there is one by the room that is left. The log does not
// tell what lives, so that twice the heap is taken to need half as many; where most
// of it was full, hardly any are left.
func (m *Model) collect(was, now int64) {
	if m.Embedded() {
		was, now = processLimit(was, m.executors()), processLimit(now, m.executors())
	}
	factor := float64(was) / float64(max(1, now))
	if was <= 0 || factor == 1 {
		return
	}
	scale := func(m *Model, factor, also float64) {
		for i := range m.Stages {
			m.Stages[i].edit(func(_ int, t *Task) {
				was := t.Cost[GC]
				t.Cost[GC] = time.Duration(factor * float64(was))
				t.Cost[Compute] -= min(t.Cost[Compute]/2, time.Duration(also*float64(was)))
			})
		}
	}
	beside := 0.0
	if m.Embedded() {
		beside = besideCollection * (1 - factor)
	}
	scale(m, factor, beside)
	if factor < 1 {
		m.Doubt(func(o *Model) { scale(o, 1/factor, 0) })
		m.Doubt(func(o *Model) { scale(o, 0, 1/factor) }) // what it slows beside standing still
	}
	m.Assume("garbage collection takes less or more time as the heap grows or shrinks, as far as it was recorded")
}

// besideCollection is what collecting slows the embedded engine's tasks beside the
// processor time that it takes, as a share of that: it marks what they write, and
// empties the processor's caches. A copy of 4 M rows in 160 MB took 0.3 s longer than in 1 GB, of
// which 0.17 s were recorded.
const besideCollection = 0.5

// processLimit is what the collector of the embedded engine may let the process
// take: one and a half times the memory of its executors and 150 MB.
func processLimit(heap int64, executors int) int64 {
	return heap*int64(executors)*3/2 + 150<<20
}

// usable is what of a heap spark.memory.fraction applies to. The embedded engine
// starts with less than Spark does, and sets two thirds of that aside.
func (m *Model) usable(heap int64) float64 {
	if m.Embedded() && heap < reserved*3/2 {
		return float64(heap) / 3
	}
	return float64(heap - reserved)
}

// heap is an executor's heap in bytes by the configuration.
func (m *Model) heap(c config.Config) int64 {
	if c.IsSet(config.ExecutorMemory) {
		return c.Int(config.ExecutorMemory)
	}
	if _, _, mib, ok := cluster(c.Text(config.Master)); ok && mib > 0 {
		return mib << 20
	}
	if v := m.Profile.Properties["spark.driver.memory"]; v != "" && local(c.Text(config.Master)) {
		return parseBytes(v)
	}
	return c.Int(config.ExecutorMemory)
}

// parseBytes reads a size as Spark writes it; 0 when it cannot.
func parseBytes(text string) int64 {
	c, err := config.Config{}.With(config.AdvisoryPartitionSize, text)
	if err != nil {
		return 0
	}
	return c.Int(config.AdvisoryPartitionSize)
}
