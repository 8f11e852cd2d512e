package rules

import (
	"fmt"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var unusedCache = advisor.Rule{
	Name:  "unused-cache",
	Title: "A dataset is cached and never read again",
	Cause: "unused-cache",
	// Copies that are written to a disk make their tasks wait for it, those that are kept
	// fill the heap.
	Explains: []string{"low-cpu-share", "gc-pressure"},
	Doc: `
Filling a cache computes every column of every row, encodes them and keeps them,
and takes the memory from whoever could use it. If only the query that filled it
reads it, all of that is for one read, which would have needed a few columns.

On the storage screen: the dataset; on the queries' screen: one query alone has
an InMemoryTableScan of it.

Remove cache() or persist(), and a count() that was there to fill it; unpersist
what is no longer read.

Ignore it in sessions in which somebody will come back to it.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.05, Doc: "least part of the wall time of the stage that fills it"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		if interactive(run) || run.App.End == 0 {
			return nil // somebody may read it yet
		}
		for _, r := range run.RDDs {
			first, later := readers(run, r.ID)
			if first == nil || anotherQuery(first, later) || share(run, first.Duration()) < limit("share") {
				continue
			}
			size := r.PeakMemory + r.PeakDisk
			f := advisor.Finding{
				Where:   advisor.AtRDD(r),
				Also:    []advisor.Where{advisor.AtStage(first)},
				Summary: fmt.Sprintf("only the query that filled it reads the dataset; filling took %s", metric.FormatDuration(first.Duration())),
				Evidence: []advisor.Evidence{
					{Name: "time of the stage that fills it", Unit: metric.Duration, Value: int64(first.Duration())},
					advisor.Measured(metric.InputBytes, first.Metrics.Value(metric.InputBytes), "read to fill it"),
					{Name: "size", Unit: metric.Bytes, Value: size},
				},
				// How much less the query does without filling is not in the log: the
				// whole stage is the bound.
				Waste:       first.Duration(),
				CoreSeconds: taskTime(first).Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "remove cache() or persist() of this dataset, and the action that was there to fill it",
			}
			found = append(found, f)
		}
		return found
	},
}

// anotherQuery reports whether a stage of another query, or in a program of
// RDDs of another job, than the first one's is among the stages.
func anotherQuery(first *profiler.Stage, stages []*profiler.Stage) bool {
	for _, s := range stages {
		if s.ExecutionID != first.ExecutionID || s.ExecutionID < 0 && len(s.JobIDs) > 0 && len(first.JobIDs) > 0 && s.JobIDs[0] != first.JobIDs[0] {
			return true
		}
	}
	return false
}
