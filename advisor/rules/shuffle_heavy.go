package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
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
		{Name: "ratio", Default: 0.5, Doc: "shuffle written over bytes read; compressed columns on disk are smaller than rows, but filters and aggregates precede most shuffles"},
		{Name: "share", Default: 0.2, Doc: "least part of the wall time of the stages that write and read it"},
		{Name: "columns", Default: 16, Doc: "least columns that the stage reads for its shuffle; queries that need so many of them are rare"},
		{Name: "used", Default: 3, Doc: "columns that such queries use in the end, as a key, a sum and a condition do; what the others take is spared"},
		{Name: "row", Default: 128, Doc: "bytes of a shuffled row from which whole rows are suspected where the plan does not tell: sixteen plain columns"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for s := range done(run) {
			written, rows := s.Metrics.Value(metric.ShuffleWriteBytes), s.Metrics.Value(metric.ShuffleWriteRecords)
			input := s.Metrics.Value(metric.InputBytes)
			if input == 0 || ratio(written, input) < limit("ratio") || isOutput(run, s, rows) {
				continue
			}
			span := s.Duration()
			for r := range done(run) {
				if r != s && (slices.Contains(r.Parents, s.ID) || reads(run, r, s)) {
					span += r.Duration()
				}
			}
			columns := columnsRead(nodesOf(run, s))
			// Python's own shuffles pack up to a thousand rows as one record.
			packed := s.ExecutionID < 0 && inPython(run, s)
			wide := float64(columns) >= limit("columns") || columns == 0 && !packed && ratio(written, rows) >= limit("row")
			if share(run, span) < limit("share") || !wide {
				continue
			}
			spared := 0.5
			if columns > 0 {
				spared = 1 - limit("used")/float64(columns)
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
				Waste:       time.Duration(spared * float64(span)),
				Most:        span,
				CoreSeconds: time.Duration(s.Metrics.Value(metric.ShuffleWriteTime)).Seconds(),
				Confidence:  advisor.Low,
				CodeChange:  "select only the columns that are used before the shuffle",
			}
			if columns > 0 {
				f.Evidence = append(f.Evidence, advisor.Evidence{Name: "columns read", Value: int64(columns)})
			}
			found = append(found, f)
		}
		return found
	},
}

// columnsRead is the number of columns of the widest scan among the nodes; 0
// when the plan does not tell.
func columnsRead(nodes []*profiler.Node) (most int) {
	for _, n := range nodes {
		// Spark writes struct<a:int,b:int>, the embedded engine "a int, b int".
		if schema := n.Metadata["ReadSchema"]; schema != "" {
			most = max(most, strings.Count(schema, ":"), strings.Count(schema, ", ")+1)
		}
	}
	return most
}

// isOutput reports whether what s shuffles is written out by the query: a later
// stage writes about as many rows, or, for the many sinks that count none, the
// plan ends in a write with nothing above the exchange that needs fewer columns.
// (Spark itself takes columns that nobody uses out of a shuffle, but for those
// that an aggregation carries along.)
func isOutput(run *advisor.Run, s *profiler.Stage, rows int64) bool {
	for _, x := range run.Executions {
		if s.ExecutionID < 0 || x.ID != s.ExecutionID {
			continue
		}
		t := treeOf(x)
		for _, n := range x.Nodes {
			if slices.Contains(n.Stages, s.ID) && strings.Contains(n.Name, "Exchange") && t.writesOut(n) {
				return true
			}
		}
	}
	return slices.ContainsFunc(run.Stages, func(o *profiler.Stage) bool {
		return o.ID > s.ID && (o.ExecutionID == s.ExecutionID) && 2*o.Metrics.Value(metric.OutputRecords) >= rows && rows > 0
	})
}

// writesOut reports whether the rows of n reach a write as they are.
func (t *tree) writesOut(n *profiler.Node) bool {
	for up := t.over[n.ID]; up != nil; up = t.over[up.ID] {
		switch {
		case strings.Contains(up.Name, "Aggregate"):
			return false
		case whatif.IsWrite(up):
			return true
		}
	}
	return false
}

// reads reports whether stage r reads an exchange that stage w wrote. (Adaptive
// execution runs a stage under one number and refers to it by another.)
func reads(run *advisor.Run, r, w *profiler.Stage) bool {
	return slices.ContainsFunc(nodesOf(run, w), func(n *profiler.Node) bool {
		return strings.Contains(n.Name, "Exchange") && slices.Contains(n.Stages, r.ID) && w.ID < r.ID
	})
}
