package rules

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/advisor"
)

var excludedExecutors = advisor.Rule{
	Name:     "excluded-executors",
	Title:    "Executors were given no more tasks because too many failed on them",
	Cause:    "task-failures",
	Incident: true,
	Doc: `
After some failures Spark excludes an executor, or its host, from a stage or from
the application. Its slots are paid for and stand idle, and the others do its
work.

On the executors' screen: excluded executors, and why their tasks failed.

Mend what failed there: a full or broken disk, a missing library, memory. Where
the failures are the data's, exclusion only spreads them:
spark.excludeOnFailure.enabled=false.

Ignore it where the host was broken and replaced.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.02, Doc: "least part of the wall time that the idle slots would have spared"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		f := advisor.Finding{Confidence: advisor.Medium, CodeChange: "look at the failures on these executors: the rule failed-tasks lists them"}
		var lost time.Duration
		executors := 0
		for _, e := range run.Executors {
			if len(e.ExcludedFor) == 0 && !e.Excluded {
				continue
			}
			executors++
			for s := range done(run) {
				if e.Excluded || slices.Contains(e.ExcludedFor, s.ID) {
					lost += s.Duration() * time.Duration(e.Cores)
				}
				if slices.Contains(e.ExcludedFor, s.ID) && !slices.Contains(f.Where.Stages, s.ID) {
					f.Where.Stages = append(f.Where.Stages, s.ID)
				}
			}
		}
		f.Waste, f.CoreSeconds = lost/time.Duration(slots(run)), lost.Seconds()
		if executors == 0 || share(run, f.Waste) < limit("share") {
			return nil
		}
		slices.Sort(f.Where.Stages)
		f.Summary = fmt.Sprintf("%s excluded, from %s", plural(executors, "executor was", "executors were"), plural(len(f.Where.Stages), "stage", "stages"))
		f.Evidence = []advisor.Evidence{
			{Name: "executors excluded", Value: int64(executors)},
			{Name: "stages that went without them", Value: int64(len(f.Where.Stages))},
		}
		return []advisor.Finding{f}
	},
}
