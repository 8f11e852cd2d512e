package rules

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var repeatedExchange = advisor.Rule{
	Name:  "repeated-exchange",
	Title: "One query computes the same shuffle more than once",
	Cause: "duplicate-exchange",
	Doc: `
A query that uses a table twice (a join with itself, a union of aggregates)
reads and shuffles it twice, unless the two parts are exactly alike and Spark
may reuse the exchange. Two parts that differ in a column are not alike.

In the plan: two exchanges by the same keys above scans of the same files, and
no ReusedExchange.

Leave spark.sql.exchange.reuse on (its default). Where the parts differ, compute
the common part once: aggregate everything in one pass, select the same columns
on both sides, or cache the common frame.

Ignore it where the second part costs little: what is saved is at most the
cheaper of the two.`,
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.05, Doc: "least part of all task time that the repetitions take, the dearest one left out"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		var all time.Duration
		for s := range done(run) {
			all += taskTime(s)
		}
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, alike := range t.alikeExchanges() {
				f, again := repeatedShuffle(run, t, alike)
				if again == 0 || float64(again) < limit("share")*float64(all) {
					continue
				}
				f.Where = advisor.AtNode(x.ID, alike[0])
				for _, n := range alike[1:] {
					f.Also = append(f.Also, advisor.AtNode(x.ID, n))
				}
				found = append(found, f)
			}
		}
		return found
	},
}

// alikeExchanges groups the exchanges that shuffle the same files by the same
// keys, in the order of the plan. Of exchanges above each other only the lower
// ones count.
func (t *tree) alikeExchanges() (groups [][]*profiler.Node) {
	at := map[string]int{}
	for _, n := range t.Nodes {
		if !is(n, "Exchange") || strings.Contains(n.Detail, "SinglePartition") || strings.Contains(n.Detail, "RoundRobin") || strings.Contains(n.Detail, "rangepartitioning") {
			continue
		}
		source, nested := "", false
		for b := range t.streamed(n) {
			nested = nested || b != n && is(b, "Exchange", "InMemoryTableScan", "ReusedExchange")
			if place := b.Metadata["Location"]; place != "" {
				source += place
			}
			switch {
			case is(b, "BroadcastHashJoin", "BroadcastNestedLoopJoin"):
				source += "\x00" + b.Name
			case is(b, "Filter"):
				source += "\x00" + condition(b)
			}
		}
		if nested || source == "" {
			continue
		}
		key := plainText(n.Detail) + "\x00" + source
		if i, ok := at[key]; ok {
			groups[i] = append(groups[i], n)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []*profiler.Node{n})
	}
	out := groups[:0]
	for _, g := range groups {
		if len(g) > 1 {
			out = append(out, g)
		}
	}
	return out
}

// condition is what a filter asks for, but that values are there: which of them must
// be depends on what is above.
func condition(filter *profiler.Node) (text string) {
	for part := range strings.SplitSeq(plainText(filter.Detail), " AND ") {
		if part = strings.Trim(part, "() "); !strings.HasPrefix(part, "isnotnull(") {
			text += part + "\n"
		}
	}
	return text
}

// repeatedShuffle is the finding about exchanges alike, and the task time of
// all their writers but the dearest.
func repeatedShuffle(run *advisor.Run, t *tree, alike []*profiler.Node) (f advisor.Finding, again time.Duration) {
	var dearest *profiler.Stage
	var writers []*profiler.Stage
	for s := range done(run) {
		for _, n := range alike {
			if stagesOf(run, n)[s.ID] && s.Metrics.Value(metric.ShuffleWriteBytes) > 0 && s.Metrics.Value(metric.InputRecords) > 0 {
				writers = append(writers, s)
				if dearest == nil || taskTime(s) > taskTime(dearest) {
					dearest = s
				}
				break
			}
		}
	}
	var ids []int
	var span time.Duration
	for _, s := range writers {
		if s != dearest {
			again += taskTime(s)
			span += s.Duration()
			ids = append(ids, s.ID)
		}
	}
	f = advisor.Finding{
		Summary: fmt.Sprintf("%d exchanges shuffle the same files by the same keys, the cheaper ones for %s of task time", len(alike), metric.FormatDuration(again)),
		Evidence: []advisor.Evidence{
			{Name: "exchanges alike", Value: int64(len(alike))},
			{Name: "task time of the cheaper ones", Unit: metric.Duration, Value: int64(again)},
		},
		Waste:       span,
		CoreSeconds: again.Seconds(),
		Confidence:  advisor.Low, // the dearer part has to do some of the cheaper one's work
		CodeChange:  "compute the common part once: one aggregation for all results, the same columns on both sides, or a cached frame",
		// Parts that differ share some of their work: how much, the run does not tell.
		Edits: []whatif.Edit{whatif.Perhaps(whatif.Reclaim(ids, again/2))},
	}
	if run.Properties[exchangeReuse] == "false" && t.same(alike) {
		f.Confidence = advisor.High
		f.Edits = []whatif.Edit{whatif.Reclaim(ids, again)}
		f.Changes = []config.Change{{Key: exchangeReuse, To: "true"}}
	}
	return f, again
}

// same reports whether everything below the exchanges is alike, as Spark wants
// it of exchanges that it reuses.
func (t *tree) same(alike []*profiler.Node) bool {
	first := ""
	for i, n := range alike {
		text := ""
		for b := range t.below(n) {
			text += plainText(b.Detail) + "\n"
		}
		if i == 0 {
			first = text
		}
		if text != first {
			return false
		}
	}
	return true
}

const exchangeReuse = "spark.sql.exchange.reuse"
