package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// nodesOf lists the plan nodes whose metrics the stage's tasks reported.
func nodesOf(run *advisor.Run, s *profiler.Stage) (nodes []*profiler.Node) {
	executions := run.Executions
	if s.ExecutionID >= 0 {
		executions = nil
		if x := run.Execution(s.ExecutionID); x != nil {
			executions = append(executions, x)
		}
	}
	for _, x := range executions {
		for _, n := range x.Nodes {
			if slices.Contains(n.Stages, s.ID) {
				nodes = append(nodes, n)
			}
		}
	}
	return nodes
}

// named reports whether a node of the stage has one of these words in its name.
func named(nodes []*profiler.Node, words ...string) bool {
	return slices.ContainsFunc(nodes, func(n *profiler.Node) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(n.Name, w) })
	})
}

// shuffledFor reports whether the stage reads a shuffle that Python made for such a
// call, which is known of the stage that writes it.
func shuffledFor(run *advisor.Run, s *profiler.Stage, is func(call string) bool) bool {
	return slices.ContainsFunc(run.Stages, func(w *profiler.Stage) bool {
		return slices.Contains(s.Parents, w.ID) && slices.ContainsFunc(w.RDDs, func(r event.RDDInfo) bool {
			call, _, _ := strings.Cut(r.Callsite, " at ")
			return r.Name == "PairwiseRDD" && is(call)
		})
	})
}

// settings are the parameters in force, as far as package config knows them.
func settings(run *advisor.Run) config.Config { return run.Model.Config }

// slots is the number of tasks that ran side by side at most.
func slots(run *advisor.Run) int { return run.Peak }

// share is d as a part of the run's wall time.
func share(run *advisor.Run, d time.Duration) float64 {
	return float64(d) / float64(max(1, run.App.Wall()))
}

// done yields the stages that have at least one successful task.
func done(run *advisor.Run) func(func(*profiler.Stage) bool) {
	return func(yield func(*profiler.Stage) bool) {
		for _, s := range run.Stages {
			if s.Complete > 0 && !yield(s) {
				return
			}
		}
	}
}

// unsuccessful yields the attempts of the stage that ended, and not well. Others
// are not even taken out of the table: most runs have a million of them.
func unsuccessful(s *profiler.Stage) func(func(profiler.Task) bool) {
	return func(yield func(profiler.Task) bool) {
		for i := range s.Tasks.Len() {
			if st := s.Tasks.Status(i); (st == profiler.Failed || st == profiler.Killed) && !yield(s.Tasks.At(i)) {
				return
			}
		}
	}
}

// taskTime is the sum of the stage's task durations.
func taskTime(s *profiler.Stage) time.Duration {
	return time.Duration(s.Metrics.Value(metric.TaskDuration))
}

// middle is the median, between the two middle values of an even number, which
// ratios need; Dist.Median is Spark's.
func middle(d profiler.Dist) int64 {
	if d.Len() == 0 {
		return 0
	}
	return (d[(d.Len()-1)/2] + d[d.Len()/2]) / 2
}

// ratio is a over b, with b of at least one.
func ratio(a, b int64) float64 { return float64(a) / float64(max(1, b)) }

// plural is "1 join" or "3 joins", given both forms.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// sortedKeys are the keys of m, ascending.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
