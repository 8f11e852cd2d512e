package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var repeatedWork = advisor.Rule{
	Name:    "repeated-work",
	Title:   "The same rows are computed again for every query",
	Cause:   "recompute-no-cache",
	Serving: []string{"recompute-no-cache", "iterative-no-cache"},
	Doc: `
A frame is a recipe: each action that uses it reads the files and computes the
rows again, unless a copy is kept.

Compare the plans of the queries named here: they begin with the same scan and
the same steps.

Keep a copy after the first computation: MEMORY_ONLY when it fits the storage
memory, MEMORY_AND_DISK when it does not, and drop it after its last use. Or
write the prepared rows to files once.

Ignore it where preparing costs little beside what each query does with the
rows: storing and reading a copy has a price as well, which the prediction
subtracts.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.1, Doc: "least part of all task time that the repetitions take; storing a copy costs something too"},
		{Name: "seconds", Default: 0.5, Embedded: 0.02, Doc: "least task time of the repetitions; below, a run is over before a copy pays"},
		{Name: "times", Default: 3, Doc: "least number of computations; with two, the copy is stored for a single read"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		var all time.Duration
		for s := range done(run) {
			all += taskTime(s)
		}
		groups := run.Model.Repeated()
		slices.SortStableFunc(groups, func(a, b whatif.Group) int { return cmp.Compare(b.Total(), a.Total()) })
		claimed := map[int]bool{} // stages of a larger group: what is nested in it goes with it
		for _, g := range groups {
			n := len(g.Occurrences)
			spent := g.Total()
			again := spent - g.Occurrences[0].Time()
			if float64(n) < limit("times") || all <= 0 || float64(again) < limit("share")*float64(all) || again.Seconds() < limit("seconds") || claim(claimed, g) {
				continue
			}
			level := "MEMORY_ONLY"
			if storage := run.Model.StorageMemory(); storage > 0 && g.Bytes > storage/2 {
				level = "MEMORY_AND_DISK"
			}
			f := advisor.Finding{
				Where:   advisor.Where{Name: g.Text, Stages: stagesOfGroup(g)},
				Summary: fmt.Sprintf("computed %d times, for %s of task time after the first", n, metric.FormatDuration(again)),
				Evidence: []advisor.Evidence{
					{Name: "computations", Value: int64(n)},
					{Name: "task time of all", Unit: metric.Duration, Value: int64(spent)},
					{Name: "rows", Value: g.Occurrences[0].Rows},
					{Name: "size of a copy", Unit: metric.Bytes, Value: g.Bytes, Note: "estimated"},
					{Name: "storage memory", Unit: metric.Bytes, Value: run.Model.StorageMemory()},
				},
				Waste:       again / time.Duration(slots(run)),
				CoreSeconds: again.Seconds(),
				Confidence:  advisor.Medium,
			}
			if g.Measured {
				f.Confidence = advisor.High
			}
			if n >= 4 && loops(run, g) {
				f.Cause = "iterative-no-cache"
			}
			if g.Name != "" {
				f.Changes = []config.Change{{Key: config.StorageLevelPrefix + g.Name, To: level}}
				f.CodeChange = fmt.Sprintf("frame.Persist(%q, %q) where the frame is built", g.Name, level)
			} else {
				f.CodeChange = "df.persist(StorageLevel.MEMORY_AND_DISK) on the shared frame before the first action, df.unpersist() after the last"
				f.Edits = []whatif.Edit{whatif.Reuse(g, "MEMORY_AND_DISK")}
				if g.Shuffled && adaptiveCacheOff(run) {
					f.Changes = []config.Change{{Key: cachedPlanKey, From: "false", To: "true"}}
					f.Assumptions = append(f.Assumptions, fmt.Sprintf("%s is set: without it this version of Spark leaves a cached plan with all of its shuffle partitions, and every query that reads the copy runs that many tasks, which can cost more than the copy saves", cachedPlanKey))
				}
			}
			found = append(found, f)
		}
		return found
	},
}

// loops reports whether three of four computations were asked for at one place
// of the program.
func loops(run *advisor.Run, g whatif.Group) bool {
	places := map[string]int{}
	for _, o := range g.Occurrences {
		if x := run.Execution(o.Execution); x != nil {
			places[x.Description]++
		}
	}
	for _, n := range places {
		if 4*n >= 3*len(g.Occurrences) {
			return true
		}
	}
	return false
}

// stagesOfGroup are the stages that did the repeated work.
func stagesOfGroup(g whatif.Group) (ids []int) {
	for _, o := range g.Occurrences {
		ids = append(ids, o.StageIDs()...)
	}
	return ids
}

// cachedPlanKey lets adaptive execution change the partitions of cached plans.
const cachedPlanKey = "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning"

// adaptiveCacheOff reports whether the key matters here: adaptive execution is
// on, and the version of Spark has the key with false as its default (3.2 to 3.5).
func adaptiveCacheOff(run *advisor.Run) bool {
	major, minor, _ := strings.Cut(run.App.SparkVersion, ".")
	minor, _, _ = strings.Cut(minor, ".")
	return major == "3" && minor >= "2" && settings(run).Bool(config.AdaptiveEnabled) && run.Properties[cachedPlanKey] != "true"
}

// claim marks the group's stages and reports whether all were marked before.
func claim(claimed map[int]bool, g whatif.Group) bool {
	nested := true
	for _, o := range g.Occurrences {
		for _, id := range o.StageIDs() {
			nested = nested && claimed[id]
			claimed[id] = true
		}
	}
	return nested
}
