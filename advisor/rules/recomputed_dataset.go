package rules

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var recomputedDataset = advisor.Rule{
	Name:  "recomputed-dataset",
	Title: "A dataset that is not cached is computed again by job after job",
	Cause: "recompute-no-cache",
	Doc: `
An RDD is a recipe, as a data frame is: each job that uses it computes it again
from its source, unless it is kept.

Compare the stages named here: the same dataset (by its number) is in all of
them, and none reads a cached one.

Call cache() or persist() on the dataset before the first job, and unpersist()
after the last; in loops before the loop begins.

Ignore it where computing it is cheaper than keeping it.`,
	Limits: []advisor.Limit{
		{Name: "times", Default: 3, Doc: "least number of jobs that compute it; with two, the copy is stored for a single read"},
		{Name: "share", Default: 0.1, Doc: "least part of all task time that the repetitions take"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		var all time.Duration
		users := map[int][]*profiler.Stage{}
		for s := range done(run) {
			all += taskTime(s)
			if s.ExecutionID >= 0 || slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool { return r.StorageLevel.Valid() }) {
				continue
			}
			for _, r := range s.RDDs {
				if len(r.ParentIDs) > 0 || readsFiles(s) {
					users[r.ID] = append(users[r.ID], s)
				}
			}
		}
		claimed := map[int]bool{}
		ids := make([]int, 0, len(users))
		for id := range users {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range slices.Backward(ids) { // the latest dataset holds most of the work
			stages := users[id]
			least := time.Duration(0)
			jobs, places := map[int]bool{}, map[string]int{}
			var stageIDs []int
			for _, s := range stages {
				if least == 0 || taskTime(s) < least {
					least = taskTime(s)
				}
				for _, j := range s.JobIDs {
					jobs[j] = true
				}
				places[s.Name]++
				stageIDs = append(stageIDs, s.ID)
			}
			again := least * time.Duration(len(stages)-1)
			if float64(len(jobs)) < limit("times") || float64(again) < limit("share")*float64(all) || claimed[stageIDs[0]] {
				continue
			}
			f := advisor.Finding{
				Where:   advisor.Where{Name: fmt.Sprintf("dataset %d", id), Stages: stageIDs},
				Summary: fmt.Sprintf("computed in %d jobs, for at most %s of task time after the first", len(jobs), metric.FormatDuration(again)),
				Evidence: []advisor.Evidence{
					{Name: "jobs that compute it", Value: int64(len(jobs))},
					{Name: "task time of the quickest", Unit: metric.Duration, Value: int64(least)},
				},
				Waste:       again / time.Duration(slots(run)),
				CoreSeconds: again.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "persist() the dataset before the first job that uses it, unpersist() it after the last",
				Edits:       []whatif.Edit{whatif.Reclaim(stageIDs, again)},
			}
			if most := slices.Max(slices.Collect(maps.Values(places))); most >= 3 && 5*most >= 4*len(stages) {
				f.Cause = "iterative-no-cache" // a loop, and perhaps a count before it
			}
			for _, s := range stageIDs {
				claimed[s] = true
			}
			found = append(found, f)
		}
		return found
	},
}
