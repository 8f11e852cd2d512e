package rules

import (
	"fmt"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var oversizedExecutors = advisor.Rule{
	Name:  "oversized-executors",
	Title: "Executors were given far more memory than they used",
	Cause: "over-provisioned-memory",
	Doc: `
Memory that an executor never uses is paid for and kept from others. It costs the
run no time, so this is told only when small findings are asked for too.

On the executors' screen: the highest heap seen, beside spark.executor.memory,
without spill and with little garbage collection.

Lower spark.executor.memory to a quarter above the highest heap seen, or run more
tasks in it (spark.executor.cores).

Ignore it where input grows, and where the log has no executor metrics of every
stage: the peaks are those of heartbeats, which miss the shortest.`,
	Limits: []advisor.Limit{
		{Name: "used", Default: 0.4, Doc: "highest heap over the heap granted; Dr. Elephant wastes from 0.5 on, which a collector that fills its heap exceeds anyway"},
		{Name: "gc", Default: 0.05, Doc: "most garbage collection over run time, as in healthy runs"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		var peak, spilled, gc, ran int64
		for _, e := range run.Executors {
			if !e.Driver {
				peak = max(peak, e.HeapPeak)
			}
		}
		for s := range done(run) {
			spilled += s.Metrics.Value(metric.DiskBytesSpilled)
			gc += s.Metrics.Value(metric.JVMGCTime)
			ran += s.Metrics.Value(metric.ExecutorRunTime)
		}
		heap := settings(run).Int(config.ExecutorMemory)
		if peak == 0 || spilled > 0 || ran == 0 || float64(peak) > limit("used")*float64(heap) || float64(gc) > limit("gc")*float64(ran) {
			return nil
		}
		const least = 1 << 30
		to := max(least, (peak*5/4+(512<<20)-1)/(512<<20)*(512<<20))
		if to >= heap {
			return nil
		}
		return []advisor.Finding{{
			Summary: fmt.Sprintf("at most %s of the %s heap of an executor were used, without spill", metric.FormatBytes(peak), metric.FormatBytes(heap)),
			Evidence: []advisor.Evidence{
				{Name: "highest heap of an executor", Unit: metric.Bytes, Value: peak},
				{Name: "heap of an executor", Unit: metric.Bytes, Value: heap},
			},
			Confidence: advisor.Medium,
			Changes:    []config.Change{{Key: config.ExecutorMemory, To: fmt.Sprintf("%dm", to>>20)}},
			NoReplay:   "memory that is not used costs no time",
		}}
	},
}
