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
		for s := range done(run) {
			all += taskTime(s)
		}
		claimed := map[int]bool{}
		for _, d := range append(datasets(run), frames(run)...) {
			least := time.Duration(0)
			jobs, places := map[int]bool{}, map[string]int{}
			var stageIDs []int
			for _, s := range d.stages {
				if least == 0 || taskTime(s) < least {
					least = taskTime(s)
				}
				for _, j := range s.JobIDs {
					jobs[j] = true
				}
				places[s.Name]++
				stageIDs = append(stageIDs, s.ID)
			}
			again := least * time.Duration(len(d.stages)-1)
			if float64(len(jobs)) < limit("times") || float64(again) < limit("share")*float64(all) || claimed[stageIDs[0]] {
				continue
			}
			f := advisor.Finding{
				Where:   advisor.Where{Name: d.name, Stages: stageIDs},
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
			switch most := slices.Max(slices.Collect(maps.Values(places))); {
			case most >= 3 && 5*most >= 4*len(d.stages): // a loop, and perhaps a count before it
				f.Cause = "iterative-no-cache"
			case d.frame:
				f.CodeChange = "persist() the frame before the first learner or evaluator that is given it, unpersist() it after the last"
				if most >= 3 { // a learner is fitted again and again, and each time evaluated
					f.Cause = "iterative-no-cache"
				}
			}
			for _, s := range stageIDs {
				claimed[s] = true
			}
			found = append(found, f)
		}
		return found
	},
}

// A dataset is one that several stages computed.
type dataset struct {
	name   string
	stages []*profiler.Stage
	frame  bool // of a query, whose rows go on as RDDs
}

// datasets are the RDDs by number, the latest first: it holds most of the work. What
// a stage does with a cached one is not asked.
func datasets(run *advisor.Run) (out []dataset) {
	users := map[int][]*profiler.Stage{}
	for s := range done(run) {
		if s.ExecutionID >= 0 || slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool { return r.StorageLevel.Valid() }) {
			continue
		}
		for _, r := range s.RDDs {
			if len(r.ParentIDs) > 0 || readsFiles(s) {
				users[r.ID] = append(users[r.ID], s)
			}
		}
	}
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(users))) {
		out = append(out, dataset{name: fmt.Sprintf("dataset %d", id), stages: users[id]})
	}
	return out
}

// frames are what learners and evaluators of spark.ml are given. Each turns the frame
// into RDDs of its own, with new numbers: it is the same one where the same rows of
// the same size come from files. (Adaptive execution runs what lies below a shuffle as
// stages of no query.) Of stages over a cached dataset the first filled it.
func frames(run *advisor.Run) (out []dataset) {
	filled := map[int]bool{}
	at := map[string]int{}
	for s := range done(run) {
		later, query := false, false
		for _, r := range s.RDDs {
			if r.StorageLevel.Valid() {
				later = later || filled[r.ID]
				filled[r.ID] = true
			}
			query = query || r.Name == "SQLExecutionRDD" || r.Name == "FileScanRDD"
		}
		rows, bytes := s.Metrics.Value(metric.InputRecords), s.Metrics.Value(metric.InputBytes)
		if s.ExecutionID >= 0 || later || !query || rows == 0 || bytes == 0 {
			continue
		}
		key := fmt.Sprintf("frame of %d rows read (%s)", rows, metric.FormatBytes(bytes))
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, dataset{name: key, frame: true})
		}
		out[i].stages = append(out[i].stages, s)
	}
	return out
}
