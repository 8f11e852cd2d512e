package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var needlessSort = advisor.Rule{
	Name:  "needless-sort",
	Title: "Rows are sorted and the order is lost at once",
	Cause: "unnecessary-sort",
	// What spills there is the sort.
	Explains: []string{"sort-spill-low-memory"},
	Doc: `
A global sort reads its input twice (once to find the ranges), moves every row
through a shuffle, and sorts. An aggregate, a join or a repartition after it puts
the rows in an order of its own: all of that was for nothing.

In the plan: a Sort above an exchange with rangepartitioning, and another
exchange or an aggregate above the Sort.

Remove the ORDER BY inside the query and keep the one at its end; use
sortWithinPartitions where only the files' layout is meant.

Ignore it where the order decides the result: first(), collect_list() and the
like over rows in order, for which min_by() and sort_array() are safer.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.05, Doc: "least part of the wall time of what the sort alone needs: finding ranges, moving rows, sorting"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, n := range x.Nodes {
				// The embedded engine shows every sort as one of partitions; what lies below
				// tells here.
				whole := strings.Contains(n.Detail, "], true, ") || run.Model.Embedded()
				if !is(n, "Sort") || is(n, "SortMergeJoin", "SortAggregate") || !whole || !t.loses(n) {
					continue
				}
				exchange := t.rangesBelow(n)
				if exchange == nil {
					continue
				}
				f, waste := sortingCost(run, t, exchange)
				if share(run, waste) < limit("share") {
					continue
				}
				f.Where = advisor.AtNode(x.ID, n)
				f.Summary = fmt.Sprintf("%d rows are sorted over all partitions, and %s above needs no order", t.rows(n), strings.TrimSpace(t.consumer(n).Name))
				found = append(found, f)
			}
		}
		return found
	},
}

// consumer is the next node above that orders rows by itself, or nil.
func (t *tree) consumer(n *profiler.Node) *profiler.Node {
	for up := t.over[n.ID]; up != nil; up = t.over[up.ID] {
		switch {
		case is(up, "Exchange", "HashAggregate", "SortAggregate", "ObjectHashAggregate", "SortMergeJoin", "ShuffledHashJoin"):
			return up
		case !is(up, "Project", "Filter", "ColumnarToRow", "AQEShuffleRead", "Sort", "InputAdapter"):
			return nil
		}
	}
	return nil
}

// loses reports whether the order that n makes is lost in what it feeds.
func (t *tree) loses(n *profiler.Node) bool { return t.consumer(n) != nil }

// rangesBelow is the exchange that cuts the sort's rows into ranges, or nil.
func (t *tree) rangesBelow(n *profiler.Node) *profiler.Node {
	for inputs := t.into[n.ID]; len(inputs) == 1; inputs = t.into[inputs[0].ID] {
		switch below := inputs[0]; {
		case is(below, "Exchange"):
			if strings.Contains(below.Detail, "rangepartitioning") {
				return below
			}
			return nil
		case !is(below, "AQEShuffleRead", "InputAdapter", "ShuffleQueryStage"):
			return nil
		}
	}
	return nil
}

// sortingCost is what would not be done without the sort. Of the stages that
// read its input, one is needed for what comes after; the others find ranges
// and write the exchange. Of the stage that reads the exchange, half is taken
// for reading and sorting.
func sortingCost(run *advisor.Run, t *tree, exchange *profiler.Node) (f advisor.Finding, waste time.Duration) {
	ids := map[int]bool{}
	for n := range t.below(exchange) {
		if n != exchange && is(n, "Exchange", "BroadcastExchange") {
			break
		}
		for _, id := range n.Stages {
			ids[id] = true
		}
	}
	var least, work, leastWork, readers, readWork time.Duration
	var reading, writing []int
	for s := range done(run) {
		switch {
		case !ids[s.ID]:
		case s.ShuffleReadBytes() > 0 && s.Metrics.Value(metric.InputBytes) == 0:
			readers += s.Duration()
			readWork += taskTime(s)
			reading = append(reading, s.ID)
		default:
			if least == 0 || s.Duration() < least {
				least, leastWork = s.Duration(), taskTime(s)
			}
			waste += s.Duration()
			work += taskTime(s)
			writing = append(writing, s.ID)
		}
	}
	if len(writing) > 0 {
		waste, work = waste-least, work-leastWork
	}
	waste += readers / 2
	f = advisor.Finding{
		Evidence: []advisor.Evidence{
			{Name: "stages that find ranges and write them", Value: int64(len(writing))},
			{Name: "time spent on the order", Unit: metric.Duration, Value: int64(waste)},
		},
		Waste:       waste,
		CoreSeconds: (work + readWork/2).Seconds(),
		Confidence:  advisor.Medium,
		CodeChange:  "remove the ORDER BY below the aggregate, join or repartition; sort the result instead",
		Edits:       []whatif.Edit{whatif.Reclaim(writing, work), whatif.Reclaim(reading, readWork/2)},
	}
	return f, waste
}
