package rules

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var oversizedBroadcast = advisor.Rule{
	Name:  "oversized-broadcast",
	Title: "A large side of a join is collected and sent to every executor",
	Cause: "oversized-broadcast",
	Doc: `
To broadcast a side, the driver collects its rows, builds a table of them, and
sends that to every executor, while the join's tasks wait. Up to some ten
megabytes that is cheaper than a shuffle; far above, it is dearer, and a driver
or executor may run out of memory.

In the plan: a BroadcastExchange with a large "data size", and its "time to
build" and "time to broadcast".

Drop the hint, or lower spark.sql.autoBroadcastJoinThreshold below the size, so
that the side is shuffled; or reduce it before the join.

Ignore it where the other side is hundreds of times larger.`,
	Limits: []advisor.Limit{
		{Name: "bytes", Default: 32 << 20, Doc: "least size in memory; three times Spark's own threshold, which is about sizes on disk"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that building and sending take"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, x := range run.Executions {
			t := treeOf(x)
			for _, n := range x.Nodes {
				size, ok := total(n, metric.DataSize.String())
				if !ok || !is(n, "BroadcastExchange") || float64(size) < limit("bytes") {
					continue
				}
				collect, build, send := broadcastTimes(n)
				if share(run, build+send) < limit("share") {
					continue
				}
				// Collecting waits for the side's own stages, which would run anyway.
				var longest time.Duration
				for below := range t.below(n) {
					for s := range done(run) {
						if stagesOf(run, below)[s.ID] {
							longest = max(longest, s.Duration())
						}
					}
				}
				waste := build + send + max(0, collect-longest)
				var also []advisor.Where // every task of the join takes the table in
				if join := t.over[n.ID]; join != nil {
					also = append(also, advisor.AtNode(x.ID, join))
				}
				found = append(found, advisor.Finding{
					Where: advisor.AtNode(x.ID, n),
					Also:  also,
					Summary: fmt.Sprintf("%s are collected in %s, built into a table in %s and sent in %s", metric.FormatBytes(size),
						metric.FormatDuration(collect), metric.FormatDuration(build), metric.FormatDuration(send)),
					Evidence: []advisor.Evidence{
						advisor.Measured(metric.DataSize, size, ""),
						{Name: "time to collect", Unit: metric.Duration, Value: int64(collect)},
						{Name: "time to build", Unit: metric.Duration, Value: int64(build)},
						{Name: "time to broadcast", Unit: metric.Duration, Value: int64(send)},
					},
					Waste:       waste,
					CoreSeconds: waste.Seconds() * float64(slots(run)),
					Confidence:  advisor.Medium,
					CodeChange:  "drop the broadcast hint, or lower spark.sql.autoBroadcastJoinThreshold, so that the large side is shuffled instead of collected and sent",
				})
			}
		}
		return found
	},
}

// broadcastTimes are how long the driver took to collect a broadcast's rows, which
// waits for the stage that makes them, to build a table of them, and to send it.
// The embedded engine sends nothing, and calls collecting what Spark calls sending.
func broadcastTimes(n *profiler.Node) (collect, build, send time.Duration) {
	if table := timed(n, metric.BuildTime.String()); table > 0 {
		return timed(n, "time to broadcast"), table, 0
	}
	return timed(n, "time to collect"), timed(n, "time to build"), timed(n, "time to broadcast")
}
