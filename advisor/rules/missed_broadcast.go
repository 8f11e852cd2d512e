package rules

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

var missedBroadcast = advisor.Rule{
	Name:  "missed-broadcast",
	Title: "A small side of a join is shuffled although it could be broadcast",
	Cause: "missed-broadcast",
	Doc: `
A shuffle join sends both sides through the network or the disk and, as a
sort-merge join, sorts them. When one side is small, every task can hold a copy
of it instead, and the large side stays where it is.

Look at the plan: a SortMergeJoin or ShuffledHashJoin one of whose exchanges has
a small "data size".

Set spark.sql.autoBroadcastJoinThreshold above that size, or hint the small
side. Adaptive execution then converts the join even where the size could not be
known before the run.

Ignore it where the small side grows with the data, and where the join's type
forbids it: the outer side of an outer join cannot be broadcast.`,
	Needs: []metric.ID{metric.DataSize},
	Limits: []advisor.Limit{
		{Name: "bytes", Default: 10 << 20, Doc: "size up to which a side is small whatever the other's: Spark's own default threshold"},
		{Name: "large", Default: 100 << 20, Doc: "size up to which a side is small beside one twenty times larger; DataFlint wants a hundred, but the replay prices it here"},
		{Name: "factor", Default: 2, Doc: "least larger side over smaller side; below, either side may be the smaller one in the next run"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		var f advisor.Finding
		var widest int64
		stages := map[int]bool{}
		var joins []whatif.Join
		for _, j := range run.Model.ShuffleJoins() {
			i := j.Small()
			if i < 0 {
				continue
			}
			small, other := j.Sides[i], j.Sides[1-i]
			size := float64(small.Bytes)
			if size > limit("bytes") && (size > limit("large") || other.Bytes < 20*small.Bytes) || float64(other.Bytes) < limit("factor")*size {
				continue
			}
			where := advisor.AtNode(j.Execution, j.Node)
			if widest == 0 {
				f.Where = where
			} else {
				f.Also = append(f.Also, where)
			}
			widest = max(widest, small.Bytes)
			joins = append(joins, j)
			if len(f.Evidence) < 8 {
				f.Evidence = append(f.Evidence,
					advisor.Measured(metric.DataSize, small.Bytes, "smaller side of "+where.String()),
					advisor.Measured(metric.DataSize, other.Bytes, "larger side"))
			}
			for _, id := range []int{small.Stage, other.Stage, j.Stage} {
				stages[id] = true
			}
		}
		if widest == 0 {
			return nil
		}
		for s := range done(run) {
			if stages[s.ID] {
				f.Waste += s.Duration()
				f.CoreSeconds += time.Duration(s.Metrics.Value(metric.ShuffleWriteTime) + s.Metrics.Value(metric.ShuffleFetchWaitTime)).Seconds()
			}
		}
		f.Summary = fmt.Sprintf("%s a side of at most %s", plural(1+len(f.Also), "join shuffles", "joins shuffle"), metric.FormatBytes(widest))
		f.CodeChange = "SELECT /*+ BROADCAST(small) */ ... FROM large JOIN small ...; or large.join(broadcast(small), key)"
		f.Confidence = advisor.High
		adaptive := settings(run).Bool(config.AdaptiveEnabled)
		if settings(run).Int(config.BroadcastThreshold) < widest {
			f.Changes = []config.Change{{Key: config.BroadcastThreshold, To: threshold(widest)}}
		} else {
			// A hint forbids it, or Spark does not know the size before the run.
			f.Edits = []whatif.Edit{whatif.Hint(joins)}
			if adaptive {
				f.CodeChange += "; or drop the hint that keeps Spark from it (MERGE, SHUFFLE_HASH), which the threshold allows"
				f.Confidence = advisor.Low // somebody may have had a reason
			}
		}
		if !adaptive {
			f.Changes = adaptively(run, &f)
		}
		return []advisor.Finding{f}
	},
}

// adaptively are the finding's changes with adaptive execution, which sees sizes that
// nobody knows before the run; without it where what else it does costs more than it
// saves: then the hint has to say what is small.
func adaptively(run *advisor.Run, f *advisor.Finding) []config.Change {
	after := func(changes []config.Change) (time.Duration, bool) {
		return run.Model.After(append([]whatif.Edit{whatif.Changes(changes...)}, f.Edits...)...)
	}
	with := append(slices.Clone(f.Changes), config.Change{Key: config.AdaptiveEnabled, To: "true"})
	alone, ok := after(f.Changes)
	if both, fine := after(with); !ok || fine && both <= alone+run.Model.Wall/200 {
		return with
	}
	if len(f.Changes) > 0 {
		f.Assumptions = append(f.Assumptions, "the threshold is enough where Spark knows the size from files; else the hint has to say that the side is small")
	}
	return f.Changes
}

// threshold is the measured size with half as much again for growth, in whole
// mebibytes, and not below Spark's default of 10 MiB.
func threshold(bytes int64) string {
	mib := (bytes*3/2 + (1 << 20) - 1) >> 20
	return strconv.FormatInt(max(10, mib)<<20, 10)
}
