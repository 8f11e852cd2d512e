package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
)

var gcPressure = advisor.Rule{
	Name:    "gc-pressure",
	Title:   "Tasks stand still for garbage collection",
	Cause:   "gc-pressure",
	Serving: []string{"gc-pressure"},
	Doc: `
When the heap is nearly full of objects that live on (cached rows as objects,
large groups, hash maps of a program's own), the collector runs again and again
and finds little.

On the stage screen: GC time against run time. It is the JVM's, so it counts once
in each of the tasks that ran beside each other.

Give each task more memory, or fewer cores to an executor; cache in a serialized
level (MEMORY_ONLY_SER); use data frames, whose rows are bytes and not objects.

Ignore it below a tenth: collecting is cheaper than never allocating.`,
	Needs: []metric.ID{metric.JVMGCTime, metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 0.12, Doc: "GC time over run time of a stage; between Dr. Elephant's moderate and severe"},
		{Name: "run", Default: 0.08, Doc: "GC time over run time of all stages; Dr. Elephant's low, and healthy runs stay below 0.065"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of such stages together"},
		{Name: "seconds", Default: 0.5, Embedded: 0.02, Doc: "least wall time that less of it would save; below it is a JVM that warms up"},
		{Name: "saved", Default: 0.03, Embedded: 0.01, Doc: "least part of the wall time that less of it would save: half of collecting is what the work brings with it, and in four of five unseen runs with less something else was wrong"},
		{Name: "healthy", Default: 0.05, Doc: "what is left of it with enough memory: the median of healthy runs was 0.04"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		f := advisor.Finding{Confidence: advisor.Medium}
		var gc, ran, allGC, allRan, span time.Duration
		var ids, all []int // stages where it is much, and all: memory helps every one
		for s := range done(run) {
			g, r := time.Duration(s.Metrics.Value(metric.JVMGCTime)), time.Duration(s.Metrics.Value(metric.ExecutorRunTime))
			allGC, allRan = allGC+g, allRan+r
			all = append(all, s.ID)
			if float64(g) < limit("ratio")*float64(r) || r == 0 {
				continue
			}
			gc, ran, span = gc+g, ran+r, span+s.Duration()
			ids = append(ids, s.ID)
			f.Also = append(f.Also, advisor.AtStage(s))
		}
		if len(ids) == 0 || float64(allGC) < limit("run")*float64(allRan) || share(run, span) < limit("share") {
			return nil
		}
		f.Where, f.Also = f.Also[0], f.Also[1:]
		f.Summary = fmt.Sprintf("garbage collection took %.0f %% of the time that tasks ran", 100*ratio(int64(gc), int64(ran)))
		f.Evidence = []advisor.Evidence{
			advisor.Measured(metric.JVMGCTime, int64(gc), "in such stages"),
			advisor.Measured(metric.ExecutorRunTime, int64(ran), "in such stages"),
			advisor.Measured(metric.JVMGCTime, int64(allGC), "in all stages"),
		}
		spared := gc - time.Duration(limit("healthy")*float64(ran))
		f.Waste, f.CoreSeconds = spared/time.Duration(slots(run)), spared.Seconds()
		if f.Waste.Seconds() < limit("seconds") || share(run, f.Waste) < limit("saved") {
			return nil
		}
		f.CodeChange = "raise spark.executor.memory (in local mode spark.driver.memory) or lower spark.executor.cores; cache as MEMORY_ONLY_SER instead of objects"
		f.Edits = []whatif.Edit{whatif.LessGC(all, limit("healthy"))}
		return []advisor.Finding{f}
	},
}
