package size

import (
	"fmt"
	"math"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// driver sizes the process that plans, schedules and collects.
func (p *Plan) driver() {
	cores, coresWhy := 2, "plans and schedules beside the collector"
	if p.Executors > 200 {
		cores, coresWhy = 4, fmt.Sprintf("%d executors report to it", p.Executors)
	}
	p.set("spark.driver.cores", fmt.Sprint(cores), "EMR advisor: executors / 100, 2 to 4", "%s", coresWhy)
	var held int64
	why := fmt.Sprintf("2 GiB and 4 MiB for %s", counted(p.Executors, "executor"))
	if e := p.run; e != nil {
		held = e.Result + 2*e.Broadcast // a broadcast is there as rows and as blocks
		if held > 0 {
			why += fmt.Sprintf(", with %s of results and twice %s of broadcast, x 1.25", metric.FormatBytes(e.Result), metric.FormatBytes(e.Broadcast))
		}
	}
	need := int64(1.25*float64(min(held, 64*gib))) + 2*gib + int64(p.Executors)*4*mib
	if p.run != nil && p.run.Driver > 0 {
		need = max(gib, int64(1.25*float64(min(p.run.Driver, 64*gib)))+reserved)
		why = fmt.Sprintf("its heap was seen at %s, x 1.25, + %s reserved", metric.FormatBytes(p.run.Driver), metric.FormatBytes(reserved))
	}
	p.Driver = min(64*gib, ceil(need, gib)*gib)
	p.set(config.DriverMemory, spark(p.Driver), "Dr. Elephant: 1.25 x what it holds, and a base", "%s", why)
	if p.run != nil && p.run.Result > 800*mib {
		p.set("spark.driver.maxResultSize", spark(ceil(2*p.run.Result, gib)*gib), ownRun, "twice the %s that the run collected; writing it to files is better", metric.FormatBytes(p.run.Result))
	}
}

// garbage chooses the collector by the size of the heap.
func (p *Plan) garbage() {
	const key, source = javaOptions, "heap bands from EMR's and Databricks' collector guides"
	busy := p.run != nil && p.run.GC > 0.10
	switch {
	case p.need.Streaming && p.Heap > 32*gib:
		p.set(key, "-XX:+UseZGC -XX:+ZGenerational", source, "short pauses on a large heap; wants Java 21 and gives up some throughput")
	case p.Heap <= 4*gib && !p.need.Streaming:
		p.set(key, "-XX:+UseParallelGC", source, "the most throughput on a heap up to 4 GiB, where its pauses are short")
	case p.Heap > 32*gib:
		p.set(key, "-XX:+UseG1GC -XX:G1HeapRegionSize=16m", source, "large regions for a large heap; two smaller executors collect faster")
	case busy || p.need.Streaming:
		p.set(key, "-XX:+UseG1GC -XX:InitiatingHeapOccupancyPercent=35", source, "begins to mark earlier, for shorter pauses")
	default:
		p.set(key, "-XX:+UseG1GC", source, "Java's default on 4 to 32 GiB; ParallelGC may be faster in batch jobs: try both")
	}
}

// allocate bounds dynamic allocation. It is beside the settings: a fixed number of
// executors is the simpler answer for a batch job that fills them.
func (p *Plan) allocate() {
	add := func(key, value, why string, args ...any) {
		p.Allocation = append(p.Allocation, Setting{Key: key, Value: value, Why: fmt.Sprintf(why, args...), Source: "Spark's ExecutorAllocationManager"})
	}
	widest := p.Partitions
	if p.run != nil {
		widest = max(widest, int(min(float64(p.run.Widest)*p.scale(), 1e6)))
	} else {
		widest = max(widest, int(ceil(p.input(), partition)))
	}
	most := int(max(1, min(ceil(int64(widest), int64(p.Cores)), int64(2*p.Executors))))
	if p.need.MaxExecutors > 0 {
		most = min(most, p.need.MaxExecutors)
	}
	least := 1
	if p.need.Streaming {
		least = max(1, p.Executors/2)
	}
	add(config.Allocation, "true", "executors come and go with the work")
	add("spark.dynamicAllocation.shuffleTracking.enabled", "true", "keeps executors whose shuffle files are needed; no external shuffle service is")
	add(config.AllocationMin, fmt.Sprint(least), "what an idle application keeps")
	add(config.AllocationInitial, fmt.Sprint(min(most, max(least, p.Executors/2))), "half of what the work wants, asked for at once: from nothing %d more steps of a second each are needed", rampSteps(p.Executors))
	add(config.AllocationMax, fmt.Sprint(most), "the smaller of %d tasks / %d cores and twice the %d executors", widest, p.Cores, p.Executors)
	add(config.AllocationIdle, "60s", "Spark's default: shorter gives executors back between stages only to ask for them again")
}

// rampSteps are the requests until n executors were asked for: one, then twice as
// many as before.
func rampSteps(n int) int { return int(math.Ceil(math.Log2(float64(n + 1)))) }
