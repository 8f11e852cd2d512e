package rules

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var fallingBehind = advisor.Rule{
	Name:     "falling-behind",
	Title:    "The stream never waits: its batches take longer than their trigger",
	Cause:    "streaming-falling-behind",
	Incident: true,
	Doc: `
A stream that keeps up waits for its next trigger after every batch. One whose
batches take longer than the trigger starts each as the last ends, reads what has
gathered meanwhile, and its delay grows.

On the timeline: the batches stand side by side without a gap. No event says what
the trigger is.

A batch of little data is bounded by its tasks: lower
spark.sql.shuffle.partitions, as small-partitions proposes (with a new
checkpoint: a stream's state keeps its number). Else give it more cores, or
longer triggers, whose batches share the fixed costs.

Ignore it where no trigger was set: such a stream runs as fast as it can, and
that it never waits means only that there is always something to read.`,
	Lacks: func(run *advisor.Run) string {
		if streaming(run) && len(run.Streams) == 0 && len(batchesOf(run)) == 0 {
			return "the stream's queries do not say which batch they are of"
		}
		return ""
	},
	Limits: []advisor.Limit{
		{Name: "batches", Default: 4, Doc: "least batches; the first one starts up and says nothing"},
		{Name: "pause", Default: 0.1, Doc: "most time between two batches over the batch's; triggers that are met leave far more"},
		{Name: "share", Default: 0.8, Doc: "least part of the batches with so little pause after them"},
		{Name: "growth", Default: 1.2, Doc: "least time of a batch over that in which its rows gathered, where batches are too few to tell: of two such in a row each leaves more rows to the next"},
		{Name: "growing", Default: 10, Doc: "least seconds of such batches; a stream that starts up has them, too"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for name, batches := range streamsOf(run) {
			var all, longest, growing time.Duration
			tight, grown := 0, 0
			for i, b := range batches {
				all += b.took()
				longest = max(longest, b.took())
				if i > 0 && float64(b.start-batches[i-1].end) <= limit("pause")*float64(batches[i-1].end-batches[i-1].start) {
					tight++
					if float64(b.end-b.start) >= limit("growth")*float64(b.start-batches[i-1].start) {
						grown++
						growing += b.took()
					}
				}
			}
			many := float64(len(batches)) >= limit("batches")
			if !many && (grown < 2 || growing.Seconds() < limit("growing")) || float64(tight) < limit("share")*float64(len(batches)-1) || tight == 0 {
				continue
			}
			f := advisor.Finding{
				Summary: fmt.Sprintf("%d of %d batches%s began as the one before ended; they took %s on average", tight, len(batches)-1, name, metric.FormatDuration(all/time.Duration(len(batches)))),
				Evidence: []advisor.Evidence{
					{Name: "batches", Value: int64(len(batches))},
					{Name: "batches without a pause before them", Value: int64(tight)},
					{Name: "longest batch", Unit: metric.Duration, Value: int64(longest)},
					{Name: "time of all batches", Unit: metric.Duration, Value: int64(all)},
				},
				Waste:       all / 2,
				Clocked:     true,
				CoreSeconds: all.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  "SET spark.sql.shuffle.partitions to a few per core before the query starts (with a new checkpoint) where batches are small; else more cores or a longer trigger",
			}
			for s := range done(run) {
				f.Where.Stages = append(f.Where.Stages, s.ID)
			}
			found = append(found, f)
		}
		return found
	},
}

// streamsOf yields the batches of each stream in order of time, with words that
// tell the stream from others. The stream's own progress has them; a log without
// it has the queries that they ran.
func streamsOf(run *advisor.Run) iter.Seq2[string, []batch] {
	return func(yield func(string, []batch) bool) {
		for _, s := range run.Streams {
			var batches []batch
			for i := range s.Batches {
				b := &s.Batches[i]
				took := max(b.Duration, b.Phases["triggerExecution"])
				batches = append(batches, batch{b.Time, b.Time + event.Millis(max(0, took))})
			}
			batches = append(batches, unfinished(run, s, batches)...)
			name := ""
			if len(run.Streams) > 1 {
				name = " of stream " + cmp.Or(s.Name, s.ID)
			}
			if !yield(name, batches) {
				return
			}
		}
		if len(run.Streams) == 0 {
			yield("", batchesOf(run))
		}
	}
}

// A batch is one micro-batch of a stream.
type batch struct{ start, end event.Millis }

func (b batch) took() time.Duration { return time.Duration(b.end-b.start) * time.Millisecond }

// unfinished is the batch, if any, that ran when the stream was stopped and of
// which no progress tells: jobs began after the last one that did.
func unfinished(run *advisor.Run, s *profiler.Stream, batches []batch) []batch {
	if len(batches) == 0 || s.End == 0 {
		return nil
	}
	from := batches[len(batches)-1].end
	for _, j := range run.Jobs {
		if j.Start >= from && j.Start < s.End && slices.Contains(s.JobIDs, j.ID) {
			return []batch{{from, s.End}}
		}
	}
	return nil
}

// batchesOf are the micro-batches in order of time. Spark describes the queries
// of a batch with the stream's id and its number.
func batchesOf(run *advisor.Run) (batches []batch) {
	at := map[string]int{}
	for _, x := range run.Executions {
		if !strings.Contains(x.Description, "batch = ") || x.End == 0 {
			continue
		}
		i, ok := at[x.Description]
		if !ok {
			i = len(batches)
			at[x.Description] = i
			batches = append(batches, batch{x.Start, x.End})
		}
		batches[i].start, batches[i].end = min(batches[i].start, x.Start), max(batches[i].end, x.End)
	}
	return batches
}
