package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var similarWork = advisor.Rule{
	Name:    "similar-work",
	Title:   "The same columns are computed again with other values to compare with",
	Cause:   "recompute-no-cache",
	Serving: []string{"recompute-no-cache", "iterative-no-cache"},
	Doc: `
A search, or one write for each of several targets, asks the same question again
with another number in its filter. Spark computes the columns that the filter is
about from the files each time: expressions of one stage are one piece of code,
of which no part is kept.

Compare the plans of the stages named here: they differ in numbers only, read the
same rows, and take as long.

Select the columns that all of them need, with the costly expressions, persist()
that frame before the first query, and filter or aggregate the copy.

Ignore it where the queries read what has changed meanwhile.`,
	Needs: []metric.ID{metric.TaskDuration, metric.ExecutorCPUTime, metric.InputRecords},
	Limits: []advisor.Limit{
		{Name: "times", Default: 3, Doc: "least number of such stages; with two, the copy is stored for a single read"},
		{Name: "micros", Default: 1, Embedded: 0.5, Doc: "least processor time for a row, in µs: reading one and adding it up took 0.15 to 0.6 in healthy runs, and a copy saves next to nothing of that"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the repetitions take"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		alike := map[string][]*profiler.Stage{}
		for s := range done(run) {
			rows := s.Metrics.Value(metric.InputRecords)
			if rows == 0 || s.Metrics.Value(metric.InputBytes) == 0 || s.ShuffleReadBytes() > 0 || s.ExecutionID < 0 || float64(s.Metrics.Value(metric.ExecutorCPUTime)) < 1000*limit("micros")*float64(rows) {
				continue
			}
			if key := butForNumbers(run, s); key != "" {
				key = fmt.Sprintf("%d %d %s", s.NumTasks, rows, key)
				alike[key] = append(alike[key], s)
			}
		}
		for _, key := range sortedKeys(alike) {
			stages := alike[key]
			least := taskTime(slices.MinFunc(stages, func(a, b *profiler.Stage) int { return int(taskTime(a) - taskTime(b)) }))
			again := least * time.Duration(len(stages)-1)
			if float64(len(stages)) < limit("times") || share(run, again/time.Duration(slots(run))) < limit("share") || streaming(run) {
				continue
			}
			var ids []int
			places := map[string]bool{}
			for _, s := range stages {
				ids = append(ids, s.ID)
				places[s.Name] = true
			}
			f := advisor.Finding{
				Where:   advisor.Where{Stage: &ids[0], Name: stages[0].Name, Stages: ids},
				Summary: fmt.Sprintf("%d stages read the same rows and compute the same, but for numbers", len(stages)),
				Evidence: []advisor.Evidence{
					{Name: "stages", Value: int64(len(stages))},
					advisor.Measured(metric.InputRecords, stages[0].Metrics.Value(metric.InputRecords), "of each"),
					{Name: "task time of the quickest", Unit: metric.Duration, Value: int64(least)},
				},
				Waste:       again / time.Duration(slots(run)),
				CoreSeconds: again.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "persist() a frame of the columns that all of them need, with the costly expressions computed, before the first of these queries",
				Edits:       []whatif.Edit{whatif.Reclaim(ids[1:], again*3/4)}, // the rest reads the copy and compares
			}
			if len(places) == 1 && len(stages) > 3 { // from Python, all writes of a program come from one place
				f.Cause = "iterative-no-cache"
			}
			found = append(found, f)
		}
		return found
	},
}

var number = regexp.MustCompile(`\b\d+(\.\d+)?\b`)

// butForNumbers is what the stage computes, in words, without the numbers that it
// compares with; "" where it reads a cached dataset, sorts what it has compared, or
// nothing says.
func butForNumbers(run *advisor.Run, s *profiler.Stage) string {
	var b strings.Builder
	for _, n := range nodesOf(run, s) {
		switch {
		case is(n, "InMemoryTableScan", "Sort"): // a copy, or work on what the filter leaves
			return ""
		case n.IsCluster, whatif.IsWrite(n): // to where
		default:
			fmt.Fprintln(&b, n.Name, n.Metadata["Location"], number.ReplaceAllString(plainText(n.Detail), "?"))
		}
	}
	return b.String()
}
