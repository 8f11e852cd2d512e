package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var explodingRows = advisor.Rule{
	Name:  "exploding-rows",
	Title: "Rows are multiplied before they are reduced",
	Cause: "explode-blowup",
	Doc: `
explode() and its kin, rollups, and joins of two sides that both repeat their
keys make many rows of one. Everything after them, up to the aggregate or filter
that reduces the rows again, works on the product.

In the plan: a Generate, Expand or join node whose output rows are many times
those of its input, below an aggregate.

Aggregate or filter first, and expand what is left; if only a few elements are
wanted, filter the array (filter(xs, x -> ...)) before exploding it; make the
keys of one side of a join unique.

Ignore it where the many rows are the result.`,
	Limits: []advisor.Limit{
		{Name: "factor", Default: 8, Doc: "least rows out over rows in; grouping sets of three columns make eight of one, which is what they are for"},
		{Name: "reduced", Default: 10, Doc: "least rows out over the rows that aggregates and filters leave of them; below, most of them are wanted"},
		{Name: "share", Default: 0.1, Doc: "least part of the wall time of the stages that multiply"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, n := range x.Nodes {
				in, out := t.widens(n)
				if in <= 0 || float64(out) < limit("factor")*float64(in) {
					continue
				}
				left := t.reduced(n)
				if left < 0 || float64(out) < limit("reduced")*float64(max(1, left)) {
					continue
				}
				ids := stagesOf(run, n)
				span, work := spent(run, ids)
				if share(run, span) < limit("share") {
					continue
				}
				spared := time.Duration(float64(work) * (1 - ratio(in, out)))
				found = append(found, advisor.Finding{
					Where:   advisor.AtNode(x.ID, n),
					Summary: fmt.Sprintf("%d rows become %d, of which %d are left in the end", in, out, left),
					Evidence: []advisor.Evidence{
						{Name: "rows in", Value: in},
						{Name: "rows out", Value: out},
						{Name: "rows left", Value: left},
						{Name: "time of its stages", Unit: metric.Duration, Value: int64(span)},
					},
					Waste:       span,
					CoreSeconds: spared.Seconds(),
					Confidence:  advisor.Medium,
					CodeChange:  "aggregate or filter before the rows are multiplied, then expand what is left",
					Edits:       []whatif.Edit{whatif.Reclaim(keys(ids), spared)},
				})
			}
		}
		return found
	},
}

// widens returns the rows that go into and come out of a node that may make
// many rows of one; zeros for other nodes.
func (t *tree) widens(n *profiler.Node) (in, out int64) {
	inputs := t.into[n.ID]
	out, counted := total(n, rowsOut)
	switch {
	case !counted || len(inputs) == 0:
		return 0, 0
	case is(n, "Generate", "Expand"):
		return t.rows(inputs[0]), out
	case is(n, "SortMergeJoin", "BroadcastHashJoin", "ShuffledHashJoin") && len(inputs) == 2:
		left, right := t.rows(inputs[0]), t.rows(inputs[1])
		if left <= 0 || right <= 0 {
			return 0, 0
		}
		return max(left, right), out
	}
	return 0, 0
}

// reduced is the least number of rows that an aggregate, filter or limit above n
// leaves, up to where others join them, or -1 where there is none.
func (t *tree) reduced(n *profiler.Node) int64 {
	least := int64(-1)
	for up := t.over[n.ID]; up != nil && len(t.into[up.ID]) < 2; up = t.over[up.ID] {
		if is(up, "HashAggregate", "SortAggregate", "ObjectHashAggregate", "Filter", "TakeOrderedAndProject") {
			if v, ok := total(up, rowsOut); ok && (least < 0 || v < least) {
				least = v
			}
		}
	}
	return least
}
