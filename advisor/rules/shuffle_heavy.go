package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var shuffleHeavy = advisor.Rule{
	Name:  "shuffle-heavy",
	Title: "More is shuffled than the input explains",
	Cause: "wide-scan",
	Doc: `
Rows that go through a shuffle are encoded, compressed, written, fetched and
decoded. A shuffle larger than what was read means that rows were multiplied
before it, or that whole rows travel where a few columns would do.

Compare the stage's shuffle write with its input, and look at the columns of the
exchange in the plan.

Select the columns that are used before distinct(), repartition() or a join;
aggregate before expanding rows; broadcast the small side of a join.

Ignore it where the shuffle is the purpose: a sort or repartition for the output
moves everything by nature.`,
	Needs: []metric.ID{metric.ShuffleWriteBytes},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 1, Doc: "shuffle written over bytes read; compressed columns on disk are smaller than rows, but filters and aggregates precede most shuffles"},
		{Name: "share", Default: 0.2, Doc: "least part of the wall time of the stages that write and read it"},
		{Name: "bytes", Default: 32 << 20, Doc: "least shuffle written, that a disk writes in a fraction of a second"},
		{Name: "row", Default: 128, Doc: "bytes of a shuffled row from which whole rows are suspected: sixteen plain columns"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			written, rows := s.Metrics.Value(metric.ShuffleWriteBytes), s.Metrics.Value(metric.ShuffleWriteRecords)
			input := s.Metrics.Value(metric.InputBytes)
			if input == 0 || float64(written) < limit("bytes") || ratio(written, input) < limit("ratio") {
				continue
			}
			span := s.Duration()
			for r := range done(run) {
				if r != s && (slices.Contains(r.Parents, s.ID) || reads(run, r, s)) {
					span += r.Duration()
				}
			}
			wide := ratio(written, rows) >= limit("row")
			if share(run, span) < limit("share") || !wide {
				continue
			}
			f := advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("%s are shuffled for %s read, %.0f bytes a row", metric.FormatBytes(written), metric.FormatBytes(input), ratio(written, rows)),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.ShuffleWriteBytes, written, ""),
					advisor.Measured(metric.ShuffleWriteRecords, rows, ""),
					advisor.Measured(metric.InputBytes, input, ""),
					advisor.Measured(metric.InputRecords, s.Metrics.Value(metric.InputRecords), ""),
				},
				Waste:       span / 2,
				CoreSeconds: time.Duration(s.Metrics.Value(metric.ShuffleWriteTime)).Seconds(),
				Confidence:  advisor.Low,
				CodeChange:  "select only the columns that are used before the shuffle",
			}
			found = append(found, f)
		}
		return found
	},
}

// reads reports whether stage r reads an exchange that stage w wrote. (Adaptive
// execution runs a stage under one number and refers to it by another.)
func reads(run *advisor.Run, r, w *profiler.Stage) bool {
	return slices.ContainsFunc(nodesOf(run, w), func(n *profiler.Node) bool {
		return strings.Contains(n.Name, "Exchange") && slices.Contains(n.Stages, r.ID) && w.ID < r.ID
	})
}
