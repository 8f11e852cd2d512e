package size

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

const (
	emrGuide   = "AWS EMR best practices, Spark performance"
	memoryDocs = "Spark tuning guide, memory management"
)

const (
	coresKey     = "spark.executor.cores"
	instancesKey = "spark.executor.instances"
	overheadKey  = "spark.executor.memoryOverhead"
	javaOptions  = "spark.executor.extraJavaOptions"
)

// cores decides how many tasks share an executor. Fewer share it where memory is
// what the run lacked.
func (p *Plan) cores() {
	e := p.run
	switch {
	case p.need.Cores > 0:
		p.Cores = p.need.Cores
		p.set(coresKey, strconv.Itoa(p.Cores), "given", "as --cores says")
	case e != nil && e.Cores > 4 && (e.GC > 0.10 || e.Killed > 0):
		p.Cores = int(ceil(int64(e.Cores), 2))
		p.set(coresKey, strconv.Itoa(p.Cores), "Dr. Elephant's ladder for memory", "half of the run's %d: garbage collection took %.0f %% of the task time and %d executors were killed", e.Cores, 100*e.GC, e.Killed)
	case e != nil && e.Cores >= 2 && e.Cores <= 8 && e.Executors > 1:
		p.Cores = e.Cores
		p.set(coresKey, strconv.Itoa(p.Cores), ownRun, "nothing in the run speaks against its %d", e.Cores)
	default:
		p.Cores = 4
		p.set(coresKey, "4", emrGuide, "4 to 5 are a start: enough tasks to share broadcasts and blocks, few enough for short collections")
	}
}

// margin is what is added to a measured need: input grows.
const margin = 1.2

// mostHeap bounds what a damaged log can ask for.
const mostHeap = 1 << 42

// heap decides an executor's heap from what its tasks and cached blocks need.
func (p *Plan) heap() {
	if p.need.Memory > 0 {
		p.Heap = p.need.Memory
		p.perCore = p.Heap / int64(p.Cores)
		p.set(config.ExecutorMemory, spark(p.Heap), "given", "as --memory says")
		return
	}
	if p.run != nil && p.run.Peak > 0 {
		p.measuredHeap()
		return
	}
	task := int64(partition * expansion)
	// Execution may count on the half of the managed memory that storage cannot hold.
	p.perCore = max(2*gib, int64(margin*float64(task)/p.fraction/0.5))
	p.Heap = p.roundHeap(p.perCore*int64(p.Cores) + reserved)
	p.set(config.ExecutorMemory, spark(p.Heap), memoryDocs, "%d cores x max(2 GiB, %s x %.0f in memory x %.1f / 0.6 / 0.5) + %s reserved",
		p.Cores, metric.FormatBytes(partition), expansion, margin, metric.FormatBytes(reserved))
	p.assume("data takes %.0f times as much memory as it takes on disk; a log would tell", expansion)
}

func (p *Plan) measuredHeap() {
	e := p.run
	c, _ := config.FromMap(e.Settings)
	p.fraction = c.Float(config.MemoryFraction)
	if p.fraction < 0.6 && e.Spilled > 0 {
		p.fraction = 0.6
		p.set(config.MemoryFraction, "0.6", "Spark's default", "the run spilled %s and left %g of the heap to Spark", metric.FormatBytes(e.Spilled), c.Float(config.MemoryFraction))
	}
	had, seen := e.Heap, e.HeapPeak
	if e.Cores > 0 { // in proportion to the cores that share it
		had, seen = had*int64(p.Cores)/int64(e.Cores), seen*int64(p.Cores)/int64(e.Cores)
	}
	// Partitions cut finer need less each; what a task holds in any case is within the floor of 1 GiB.
	task := margin * float64(e.Peak) / p.fraction
	p.perCore = max(gib, int64(min(task, mostHeap)))
	need := p.perCore*int64(p.Cores) + reserved
	why := fmt.Sprintf("%d cores x max(1 GiB, %s at most per task x %.1f / %g) + %s reserved", p.Cores, metric.FormatBytes(e.Peak), margin, p.fraction, metric.FormatBytes(reserved))
	source := ownRun
	switch {
	case e.Skewed:
		need = had
		why = fmt.Sprintf("left at %s: stage %d is skewed, and its largest task would set the memory of all (repair the skew first)", metric.FormatBytes(had), e.Stage)
	case e.GC > 0.10 && p.Cores >= e.Cores && need < had*3/2:
		need = had * 3 / 2
		why = fmt.Sprintf("%s x 1.5: garbage collection took %.0f %% of the task time", metric.FormatBytes(had), 100*e.GC)
		source = "Dr. Elephant's ladder for memory"
	case need < had && e.Cached > 0:
		need = had
		why = fmt.Sprintf("left at %s: the run cached %s", metric.FormatBytes(had), metric.FormatBytes(e.Cached))
	case need < had && int64(margin*float64(seen)) > need:
		need = min(had, int64(margin*float64(seen)))
		why = fmt.Sprintf("the heap was seen at %s for as many cores, x %.1f; collectors fill what they are given, so less may do", metric.FormatBytes(seen), margin)
	}
	p.Heap = p.roundHeap(need)
	p.perCore = (p.Heap - reserved) / int64(p.Cores)
	p.set(config.ExecutorMemory, spark(p.Heap), source, "%s", why)
	if p.Heap > 32*gib {
		p.assume("a heap beyond 32 GiB loses compressed object pointers: two executors of half the cores hold more")
	}
}

// roundHeap rounds up to half a gibibyte, and never below what Spark starts with.
func (p *Plan) roundHeap(bytes int64) int64 { return max(gib, ceil(bytes, gib/2)*(gib/2)) }

// overhead decides what the container has beside the heap.
func (p *Plan) overhead() {
	factor, why := 0.10, "10 % of the heap: threads, network buffers, metaspace"
	switch {
	case p.need.Python, p.run != nil && p.run.Python:
		factor, why = 0.40, "40 % of the heap: Python workers live beside the JVM"
	case p.run != nil && p.run.Killed > 0:
		factor, why = 0.25, fmt.Sprintf("25 %% of the heap: %d executors were killed for their container's memory", p.run.Killed)
	}
	p.Overhead = max(384*mib, ceil(int64(factor*float64(p.Heap)), mib)*mib)
	p.set(overheadKey, spark(p.Overhead), "spark.executor.memoryOverheadFactor (0.10; 0.40 for what is no JVM on Kubernetes), at least 384 MiB", "%s", why)
}

// count decides the number of executors: as many as finish in time, or in a
// measured run as many as still help.
func (p *Plan) count() {
	e := p.run
	p.work = p.coreSeconds()
	busy := p.busy()
	switch {
	case p.need.Executors > 0:
		p.Executors = p.need.Executors
		p.set(instancesKey, strconv.Itoa(p.Executors), "given", "as --executors says")
	case e != nil && p.need.Within == 0 && p.scale() == 1 && p.knee():
		return
	default:
		within := p.within().Seconds()
		p.Executors = int(min(mostExecutors, max(1, math.Ceil(p.work/within/busy/float64(p.Cores)))))
		p.set(instancesKey, strconv.Itoa(p.Executors), "work over time", "%.1f core-hours of work / %s / %.0f %% busy / %d cores", p.work/3600, metric.FormatDuration(p.within()), 100*busy, p.Cores)
	}
	if n := p.need.MaxExecutors; n > 0 && p.Executors > n {
		p.Executors = n
	}
	p.Elapsed = p.work / busy / float64(p.Executors*p.Cores)
}

// coreSeconds is the work of one run: measured and in proportion to the input, or
// by the rate at which a core works through it.
func (p *Plan) coreSeconds() float64 {
	if p.run != nil && p.run.Work > 0 && p.need.Rate == 0 {
		if s := p.scale(); s != 1 {
			p.assume("work grows with the input: %.1f times that of the run", s)
			return s * p.run.Work.Seconds()
		}
		return p.run.Work.Seconds()
	}
	rate := p.need.Rate
	if rate == 0 {
		rate = DefaultRate
		p.assume("a core works through %s of input a second; runs differ a hundredfold here, so measure one (size LOG) or say --rate", metric.FormatBytes(rate))
	}
	return float64(p.input()) / float64(rate)
}

func (p *Plan) within() time.Duration {
	if p.need.Within > 0 {
		return p.need.Within
	}
	return DefaultWithin
}

func (p *Plan) busy() float64 {
	switch {
	case p.need.Busy > 0:
		return p.need.Busy
	case p.run != nil && p.run.Busy > 0:
		return max(0.05, p.run.Busy)
	}
	return DefaultBusy
}
