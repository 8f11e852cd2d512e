package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var fewPartitions = advisor.Rule{
	Name:    "few-partitions",
	Title:   "A stage is cut into too few tasks",
	Cause:   "underused-cores",
	Serving: []string{"underused-cores"},
	Doc: `
A stage with fewer tasks than slots leaves slots empty for as long as it lasts;
one whose partitions are larger than a task's memory spills them to disk.

On the stage screen: fewer tasks than slots while nothing else runs, or spill in
every task although the memory settings are Spark's own.

Raise spark.sql.shuffle.partitions where a shuffle feeds the stage. Where files
do, read them as more, splittable parts. Where the query asks for one partition
(coalesce(1), a window without PARTITION BY, a global sort), ask for more.

Ignore it where the result has to be one file or one ordered list and is small.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.1, Doc: "least part of the wall time that the stage takes; shorter ones cannot repay a change"},
		{Name: "seconds", Default: 2, Embedded: 0.1, Doc: "least time of the stage; below, final aggregations and small tables look the same"},
		{Name: "joined", Default: 3, Embedded: 0.3, Doc: "least seconds of a stage whose partitions adaptive execution joined because they are small"},
		{Name: "window", Default: 0.5, Embedded: 0.1, Doc: "least seconds of a stage in which a window without PARTITION BY holds all rows: the plan says so, which short stages cannot look like"},
		{Name: "started", Default: 4, Embedded: 0.1, Doc: "least seconds of a stage of first tasks on executors: loading and compiling took them 1 to 3 s whatever they read, and takes as long in more tasks"},
		{Name: "rows", Default: 10_000, Doc: "rows below which a stage that waits more than it computes is the start of something, not work to be cut"},
		{Name: "spill", Default: 0.1, Doc: "spilled memory over bytes read; Dr. Elephant calls 0.1 moderate"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		starts := startUps(run)
		for s := range done(run) {
			least := limit("seconds")
			if s.NumTasks == 1 && float64(s.Metrics.Value(metric.ShuffleReadRecords)) >= limit("rows") && windowOverAll(nodesOf(run, s)) {
				least = limit("window")
			}
			if share(run, s.Duration()) < limit("share") || s.Duration().Seconds() < least {
				continue
			}
			spilled := s.Metrics.Value(metric.MemoryBytesSpilled)
			large := partitionsTooLarge(run, s) && ratio(spilled, s.ShuffleReadBytes()) >= limit("spill")
			switch {
			case large:
				found = append(found, spillingPartitions(run, s, spilled))
			case s.NumTasks < slots(run) && alone(run, s) && !limited(run, s) && !startsUpFor(s, limit("rows")) &&
				!(joined(run, s) && s.Duration().Seconds() < limit("joined")) && !(cold(starts, s) && s.Duration().Seconds() < limit("started")):
				found = append(found, emptySlots(run, s))
			}
		}
		return found
	},
}

// partitionsTooLarge reports whether the stage spills although tasks have the
// usual share of memory and spark.sql.shuffle.partitions would cut it finer.
func partitionsTooLarge(run *advisor.Run, s *profiler.Stage) bool {
	// Where there are many small ones already, the memory is at fault.
	small := s.NumTasks > 4*slots(run) && s.ShuffleReadBytes() < int64(s.NumTasks)*(16<<20)
	return !small && s.Metrics.Value(metric.MemoryBytesSpilled) > 0 && settings(run).Float(config.MemoryFraction) >= 0.5 &&
		slices.Contains(run.Model.ConfiguredPartitions(), s.ID)
}

// alone reports whether no other stage used the slots meanwhile.
func alone(run *advisor.Run, s *profiler.Stage) bool {
	for o := range done(run) {
		if o != s && o.FirstLaunch < s.Completed && s.FirstLaunch < o.Completed && o.Completed-o.FirstLaunch > (s.Completed-s.FirstLaunch)/4 {
			return false
		}
	}
	return true
}

func spillingPartitions(run *advisor.Run, s *profiler.Stage, spilled int64) advisor.Finding {
	f := advisor.Finding{
		Cause: "too-few-partitions-spill",
		Where: advisor.AtStage(s),
		Summary: fmt.Sprintf("%d partitions of %s each do not fit a task's memory and spill %s", s.NumTasks,
			metric.FormatBytes(s.ShuffleReadBytes()/int64(max(1, s.NumTasks))), metric.FormatBytes(spilled)),
		Evidence: []advisor.Evidence{
			advisor.Measured(metric.MemoryBytesSpilled, spilled, ""),
			advisor.Measured(metric.DiskBytesSpilled, s.Metrics.Value(metric.DiskBytesSpilled), ""),
			{Name: "shuffle bytes read", Unit: metric.Bytes, Value: s.ShuffleReadBytes()},
			{Name: "memory of a task", Unit: metric.Bytes, Value: run.Model.TaskMemory()},
		},
		Waste:      s.Duration() / 2,
		Confidence: advisor.High,
		Excludes:   []string{config.MemoryFraction, config.ExecutorMemory, "spark.driver.memory"},
	}
	n := 2 * s.NumTasks
	if choice, ok := run.Model.ChoosePartitions(); ok && choice.Partitions > n {
		n = choice.Partitions
		f.Assumptions = append(f.Assumptions, choice.Why)
	}
	f.Changes = []config.Change{{Key: config.ShufflePartitions, To: strconv.Itoa(n)}}
	f.CodeChange = fmt.Sprintf("SET spark.sql.shuffle.partitions=%d", n)
	return f
}

// windowOverAll reports whether a window has all rows in one partition, brought
// there by an exchange. (A window over partitions may end in one task, too, when
// adaptive execution joins them.)
func windowOverAll(nodes []*profiler.Node) bool {
	return named(nodes, "Window") && slices.ContainsFunc(nodes, func(n *profiler.Node) bool {
		return is(n, "Exchange") && strings.Contains(n.Detail, "SinglePartition")
	})
}

// cold reports whether all of the stage's tasks began while their executors were
// starting, and stood still for a third of the time or more: others load and compile
// for them.
func cold(starts map[string]event.Millis, s *profiler.Stage) bool {
	cpu, ran := s.Metrics.Value(metric.ExecutorCPUTime), s.Metrics.Value(metric.ExecutorRunTime)
	if 3*cpu > 2*ran {
		return false
	}
	for i := range s.Tasks.Len() {
		if !startsUp(starts, s, i) {
			return false
		}
	}
	return true
}

// limited reports whether the stage looks for the first rows of a limit: Spark
// tries one partition, and then more and more of them, on purpose.
func limited(run *advisor.Run, s *profiler.Stage) bool {
	x := run.Execution(s.ExecutionID)
	return x != nil && s.ShuffleReadBytes() == 0 && named(x.Nodes, "CollectLimit", "CollectTail")
}

// joined reports whether adaptive execution joined the partitions that the stage
// reads, by their size: whether a node of the stage stands on a read that did.
func joined(run *advisor.Run, s *profiler.Stage) bool {
	x := run.Execution(s.ExecutionID)
	if x == nil {
		return false
	}
	t := treeOf(x)
	return slices.ContainsFunc(x.Nodes, func(n *profiler.Node) bool {
		v, seen := total(n, "number of coalesced partitions")
		up := t.over[n.ID]
		return seen && v > 0 && up != nil && slices.Contains(up.Stages, s.ID)
	})
}

const minPartitionSize = "spark.sql.adaptive.coalescePartitions.minPartitionSize"

// startsUpFor reports whether the stage has only a few rows and waits for
// something else than a processor most of the time, such as a Python worker.
func startsUpFor(s *profiler.Stage, rows float64) bool {
	read := s.Metrics.Value(metric.ShuffleReadRecords)
	cpu, ran := s.Metrics.Value(metric.ExecutorCPUTime), s.Metrics.Value(metric.ExecutorRunTime)
	return read > 0 && float64(read) < rows && 2*cpu < ran && s.Metrics.Value(metric.ExecutorCPUTime) > 0
}

// coalesced reports whether the program itself asked for so few tasks.
func coalesced(s *profiler.Stage, nodes []*profiler.Node) bool {
	return slices.ContainsFunc(nodes, func(n *profiler.Node) bool { return is(n, "Coalesce") }) ||
		slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool {
			return strings.Contains(r.Scope, `"coalesce"`) || strings.Contains(r.Scope, `"Coalesce"`)
		})
}

// whole reports whether each of the stage's n tasks read one file of a size at
// which Spark would have cut it: so it cannot be cut.
func whole(run *advisor.Run, nodes []*profiler.Node, n int) bool {
	return slices.ContainsFunc(nodes, func(scan *profiler.Node) bool {
		files, _ := total(scan, metric.NumFiles.String())
		bytes, sized := total(scan, "size of files read")
		return sized && files == int64(n) && bytes/files > 2*settings(run).Int(config.OpenCost)
	})
}

// joinedFiles reports whether the stage's n tasks read more files than they are: so
// the input can be cut, and the size of parts is why it is not.
func joinedFiles(nodes []*profiler.Node, n int) bool {
	return slices.ContainsFunc(nodes, func(scan *profiler.Node) bool {
		files, ok := total(scan, metric.NumFiles.String())
		return ok && files > int64(n)
	})
}

func emptySlots(run *advisor.Run, s *profiler.Stage) advisor.Finding {
	n, free := s.NumTasks, slots(run)-s.NumTasks
	f := advisor.Finding{
		Where:   advisor.AtStage(s),
		Summary: fmt.Sprintf("%d of %d slots had a task during %s", n, slots(run), metric.FormatDuration(s.Duration())),
		Evidence: []advisor.Evidence{
			{Name: "tasks", Value: int64(n)},
			{Name: "slots", Value: int64(slots(run))},
			{Name: "stage time", Unit: metric.Duration, Value: int64(s.Duration())},
		},
		Waste:       s.Duration() * time.Duration(free) / time.Duration(slots(run)),
		CoreSeconds: s.Duration().Seconds() * float64(free),
		Confidence:  advisor.Medium,
		Edits:       []whatif.Edit{whatif.Recut(s.ID, slots(run))},
	}
	nodes := nodesOf(run, s)
	input, output := s.Metrics.Value(metric.InputBytes), s.Metrics.Value(metric.OutputBytes)
	switch {
	case slices.Contains(run.Model.ConfiguredPartitions(), s.ID):
		f.Edits = nil
		f.Changes = []config.Change{{Key: config.ShufflePartitions, To: strconv.Itoa(2 * slots(run))}}
	case n == 1 && windowOverAll(nodes):
		f.Cause = "window-no-partition"
		f.CodeChange = "give the window a partition: OVER (PARTITION BY ... ORDER BY ...), or compute the aggregate apart and join it"
	case input > 0 && s.ShuffleReadBytes() == 0 && !coalesced(s, nodes) && joinedFiles(nodes, n):
		f.Edits = nil
		f.Changes = []config.Change{{Key: config.MaxPartitionBytes, To: strconv.FormatInt(max(1<<20, input/int64(2*slots(run))), 10)}}
	case input > 0 && s.ShuffleReadBytes() == 0 && !coalesced(s, nodes) && (n == 1 || whole(run, nodes, n)):
		f.Cause = "unsplittable-input"
		f.CodeChange = "deliver the input as several files or in a splittable format (Parquet, bzip2, uncompressed text), or repartition right after reading"
	case n == 1 && named(nodes, "GlobalLimit"):
		f.CodeChange = "sample(fraction) instead of limit(n), which brings all that it keeps into one task; or repartition() what it keeps"
	case n == 1 && output > 0 && (coalesced(s, nodes) || !joined(run, s)):
		f.Cause = "coalesce-one-write"
		f.CodeChange = "write several files: drop coalesce(1), or repartition(n) before the write"
	case joined(run, s):
		f.Changes = []config.Change{{Key: config.AdvisoryPartitionSize, To: fmt.Sprintf("%dk", max(64, s.ShuffleReadBytes()/int64(2*slots(run))>>10))},
			{Key: minPartitionSize, To: "64k"}}
	default:
		f.CodeChange = fmt.Sprintf("repartition(%d) instead of coalesce(%d) before the work of this stage", 2*slots(run), n)
	}
	return f
}
