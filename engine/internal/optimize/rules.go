// Package optimize rewrites a plan until it says how it is to be run.
//
// Rules is the whole optimizer, in order. The first half keeps the query what
// it is and makes it smaller; the second half decides: how joins are computed,
// where aggregations are split, where rows must move. A rule is a pure function
// from plan to plan that keeps the schema.
package optimize

import (
	"fmt"
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// A Rule is one named rewrite.
type Rule struct {
	Name  string
	Doc   string
	Apply func(plan.Node, *Context) plan.Node
}

// A Context is what rules may know beside the plan.
type Context struct {
	Config config.Config
	Slots  int // tasks that can run at once
}

// Rules is the optimizer, in the order in which the rules run.
var Rules = []Rule{
	{"take-hints", "Writes what a query says of a join's sides into the join.", takeHints},
	{"fold-constants", "Computes what names no column once, now.", foldConstants},
	{"push-filter", "Moves conditions towards the scans, through projections, joins and unions.", pushFilter},
	{"limit-windows", "Drops rows below a window whose rank a condition above it passes over; after push-filter.", limitWindows},
	{"extract-join-keys", "Makes equalities between a join's sides its keys; after push-filter, which gathers them.", extractJoinKeys},
	{"infer-filters", "Drops rows whose join keys are null where they match nothing; after extract-join-keys.", inferFilters},
	{"drop-empty", "Replaces what certainly has no rows and what follows from it.", dropEmpty},
	{"prune-columns", "Drops columns that nobody above needs; after push-filter, whose conditions need columns too.", pruneColumns},
	{"collapse-project", "Joins projections that follow each other and drops those that change nothing.", collapseProject},
	{"push-predicates", "Hands conditions on plain columns to the reader, which may skip by them.", pushPredicates},
	{"push-limit", "Lets unions and outer joins read no more rows than a limit above them can use.", pushLimit},
	{"top-n", "Makes a limit over a sort one step that never sorts everything.", topN},
	{"choose-join", "Decides how each join is computed, by the estimated sizes of its sides.", chooseJoin},
	{"prune-partitions", "Leaves out files by the keys of a join's other side, known when that has run; after choose-join, as a broadcast has them at hand.", prunePartitions},
	{"inject-runtime-filters", "Drops rows that a shuffled join would move for nothing, by a Bloom filter of the other side's keys; after prune-partitions, which is better.", injectFilters},
	{"split-aggregate", "Splits aggregations into a half before the exchange and a half after it.", splitAggregate},
	{"place-exchanges", "Moves rows where a step needs them together or in order; after what decides how, as it settles partitions.", placeExchanges},
	{"reuse-exchanges", "Lets exchanges that would move the same rows read those of the first; last, as it compares finished plans.", reuseExchanges},
}

// Run applies every rule in order.
func Run(n plan.Node, ctx *Context) plan.Node { return apply(Rules, n, ctx) }

// Logical applies the rules that only make a query smaller: what EXPLAIN shows
// as the optimized logical plan.
func Logical(n plan.Node, ctx *Context) plan.Node {
	return apply(Rules[:slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == "push-predicates" })], n, ctx)
}

func apply(rules []Rule, n plan.Node, ctx *Context) plan.Node {
	want := n.Schema().String()
	for _, r := range rules {
		n = r.Apply(n, ctx)
		if got := n.Schema().String(); got != want {
			panic(fmt.Sprintf("optimize: rule %s changed the schema from (%s) to (%s)", r.Name, want, got))
		}
	}
	return n
}
