package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var comparingJoin = advisor.Rule{
	Name:  "comparing-join",
	Title: "A join compares every row with every row",
	Cause: "cartesian-join",
	Doc: `
Without an equality in its condition a join cannot look rows up: it compares all
pairs (BroadcastNestedLoopJoin, CartesianProduct), whose number is the product
of both sides.

In the plan: one of these nodes, with as many pairs as its evidence says.

Give the join an equality: for ranges, a bucket that both sides compute
(floor(t / width)), with the range as a further condition; for OR, a union of
two joins. If all pairs are wanted, broadcast the smaller side and reduce it
first.

Ignore it where one side is a handful of rows.`,
	Limits: []advisor.Limit{
		{Name: "side", Default: 100, Doc: "least rows of the smaller side; comparing with fewer costs what looking up in a table does"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that compare"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, n := range x.Nodes {
				if !is(n, "BroadcastNestedLoopJoin", "CartesianProduct") || len(t.into[n.ID]) != 2 {
					continue
				}
				left, right := t.rows(t.into[n.ID][0]), t.rows(t.into[n.ID][1])
				if float64(min(left, right)) < limit("side") {
					continue
				}
				if f, ok := comparing(run, n, left, right, limit("share")); ok {
					f.Where = advisor.AtNode(x.ID, n)
					found = append(found, f)
				}
			}
		}
		return found
	},
}

// comparing is the finding about a join of so many rows, if the stages in which
// it runs take enough of the time.
func comparing(run *advisor.Run, n *profiler.Node, left, right int64, least float64) (f advisor.Finding, ok bool) {
	ids := stagesOf(run, n)
	span, work := spent(run, ids)
	if share(run, span) < least {
		return f, false
	}
	pairs := float64(left) * float64(right)
	// Looking up costs about the sum of the rows instead of the product.
	spared := time.Duration(float64(work) * (1 - float64(left+right)/pairs))
	return advisor.Finding{
		Summary: fmt.Sprintf("%d rows are compared with %d, %.3g pairs", left, right, pairs),
		Evidence: []advisor.Evidence{
			{Name: "rows of one side", Value: left},
			{Name: "rows of the other", Value: right},
			{Name: "time of its stages", Unit: metric.Duration, Value: int64(span)},
		},
		Waste:       span,
		CoreSeconds: spared.Seconds(),
		Confidence:  advisor.High,
		CodeChange:  "join on an equality, for a range on a bucket computed on both sides: ON floor(a.t / w) = b.bucket AND a.t BETWEEN b.from AND b.to",
		Edits:       []whatif.Edit{whatif.Reclaim(keys(ids), spared)},
	}, true
}
