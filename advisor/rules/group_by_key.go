package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var groupByKey = advisor.Rule{
	Name:     "group-by-key",
	Title:    "All values of a key are shuffled where a reduction would do",
	Cause:    "rdd-groupbykey",
	Explains: []string{"wide-scan"}, // what is shuffled are all values
	Doc: `
groupByKey sends every value through the shuffle and holds all values of a key
at once. reduceByKey and aggregateByKey combine values where they are and send
one for each key and task.

In the jobs: a stage that reads a shuffle made by groupByKey; its records are as
many as the input's.

Replace groupByKey().mapValues(sum) and its like by reduceByKey, aggregateByKey
or combineByKey; or use data frames, which combine first by themselves.

Ignore it where all values of a key are wanted together, as for sorting within
groups.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that write and read the groups"},
		{Name: "combined", Default: 0.75, Doc: "part of the reading stage's work that combining first spares; reducing 3 million values of 3000 keys spared 0.88 of it"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			rows := s.Metrics.Value(metric.ShuffleReadRecords)
			if rows == 0 || !groups(run, s) {
				continue
			}
			span, write := s.Duration(), time.Duration(0)
			var writers []int
			for w := range done(run) {
				for _, p := range s.Parents {
					if w.ID == p {
						span += w.Duration()
						write += time.Duration(w.Metrics.Value(metric.ShuffleWriteTime))
						writers = append(writers, w.ID)
					}
				}
			}
			if share(run, span) < limit("share") {
				continue
			}
			values := strconv.FormatInt(rows, 10)
			if inPython(run, s) { // which packs hundreds as one record
				values = metric.FormatBytes(s.ShuffleReadBytes()) + " of"
			}
			spared := time.Duration(limit("combined") * float64(taskTime(s)))
			f := advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("%s values are shuffled and held by key", values),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.ShuffleReadRecords, rows, ""),
					{Name: "shuffle bytes read", Unit: metric.Bytes, Value: s.ShuffleReadBytes()},
					{Name: "time of the stages that write and read them", Unit: metric.Duration, Value: int64(span)},
				},
				Waste:       span / 2,
				CoreSeconds: (spared + write).Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "reduceByKey, aggregateByKey or combineByKey instead of groupByKey",
				Edits:       []whatif.Edit{whatif.Reclaim([]int{s.ID}, spared), whatif.Reclaim(writers, write)},
			}
			for _, w := range writers {
				f.Also = append(f.Also, advisor.Where{Stage: &w})
			}
			found = append(found, f)
		}
		return found
	},
}

// groups reports whether the stage reads a shuffle that groupByKey made.
func groups(run *advisor.Run, s *profiler.Stage) bool {
	return slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool {
		return strings.Contains(r.Scope, `"groupByKey"`) || strings.HasPrefix(r.Callsite, "groupByKey at ")
	}) || shuffledFor(run, s, func(call string) bool { return call == "groupByKey" })
}
