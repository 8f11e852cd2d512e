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
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var smallPartitions = advisor.Rule{
	Name:  "small-partitions",
	Title: "Stages are cut into more tasks than their work deserves",
	Cause: "too-many-small-tasks",
	Doc: `
Every task costs the driver and the executor a few milliseconds, however little
it does, and a slot stands empty until the driver has answered. In stages of
hundreds of tasks of a few milliseconds most of the time is that cost.

Look at the stages named here: many tasks, a mean duration of milliseconds, a
few kilobytes of shuffle each.

Set spark.sql.shuffle.partitions to the number proposed, which is chosen by
replaying this run's partitions joined together, and leave adaptive execution on
so that it joins what is still small. Where files are cut so fine, restore
spark.sql.files.maxPartitionBytes; where the program asks for it, ask for less.

Ignore it where the data will be many times larger in production: partitions
are per job, and this run's sizes decide.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "millis", Default: 100, Embedded: 10, Doc: "mean duration of a small task; a Spark task costs 10-50 ms beside its work, so below 100 ms that weighs"},
		{Name: "bytes", Default: 64 << 10, Doc: "mean shuffle bytes read of a task that has next to nothing to do: one packet, a thousandth of Spark's advisory size"},
		{Name: "crowded", Default: 400, Doc: "mean duration in ms up to which such a task is small, on machines with more slots than cores"},
		{Name: "empty", Default: 0.25, Doc: "part of the tasks that read nothing and take at least half as long as all do from which the rest is taken to have next to nothing to do as well, however long they last"},
		{Name: "waves", Default: 10, Doc: "least tasks per slot; two to four waves balance the load, ten gain nothing more"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that such stages take together"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		var kinds [3]tinyStages
		byConfig := run.Model.ConfiguredPartitions()
		for s := range done(run) {
			mean := taskTime(s) / time.Duration(max(1, s.NumTasks))
			if float64(s.NumTasks) < limit("waves")*float64(slots(run)) || listing(s) {
				continue
			}
			// On a crowded machine tasks of next to nothing take longer, too.
			least := float64(s.ShuffleReadBytes()) < limit("bytes")*float64(s.NumTasks) && s.ShuffleReadBytes() > 0
			if millis := mean.Seconds() * 1000; millis > limit("millis") && (!least || millis > limit("crowded") && !idle(s, mean, limit("empty"))) {
				continue
			}
			switch {
			case slices.Contains(byConfig, s.ID):
				kinds[shuffled].add(s)
			case cutFine(run, s):
				kinds[scanned].add(s)
			case s.ExecutionID < 0 && !readsFiles(s), repartitioned(run, s), readsCopy(run, s):
				kinds[programmed].add(s)
			}
		}
		for k, tiny := range kinds {
			if len(tiny.ids) > 0 && share(run, tiny.span) >= limit("share") {
				f := tiny.finding()
				fewer(run, k, tiny.ids, &f)
				found = append(found, f)
			}
		}
		return found
	},
}

// What decides how many tasks a stage has.
const (
	shuffled   = iota // spark.sql.shuffle.partitions
	scanned           // spark.sql.files.maxPartitionBytes
	programmed        // the program: parallelize, repartition, and what it has cached so
)

// cutFine reports whether the stage's tasks are pieces of files that were cut.
func cutFine(run *advisor.Run, s *profiler.Stage) bool {
	return slices.ContainsFunc(nodesOf(run, s), func(n *profiler.Node) bool {
		files, ok := total(n, metric.NumFiles.String())
		return ok && files > 0 && 2*files <= int64(s.NumTasks)
	})
}

// repartitioned reports whether a query asks for the stage's number of partitions by
// repartition(n).
func repartitioned(run *advisor.Run, s *profiler.Stage) bool {
	return s.ShuffleReadBytes() > 0 && slices.ContainsFunc(nodesOf(run, s), func(n *profiler.Node) bool {
		return is(n, "Exchange") && strings.Contains(n.Detail, "REPARTITION_BY_NUM") && slices.Min(n.Stages) < s.ID
	})
}

// readsCopy reports whether the stage's tasks are the partitions of a cached dataset.
func readsCopy(run *advisor.Run, s *profiler.Stage) bool {
	return s.ShuffleReadBytes() == 0 && named(nodesOf(run, s), "InMemoryTableScan")
}

// idle reports whether so large a part of the stage's tasks reads nothing and takes
// half as long as its tasks do on average, or longer: what they take is not work.
func idle(s *profiler.Stage, mean time.Duration, least float64) bool {
	n, sum := 0, time.Duration(0)
	for i := range s.Tasks.Len() {
		local, _ := s.Tasks.Metric(i, metric.ShuffleLocalBytesRead)
		remote, _ := s.Tasks.Metric(i, metric.ShuffleRemoteBytesRead)
		if local+remote == 0 && s.Tasks.Status(i) == profiler.Succeeded {
			d, _ := s.Tasks.Metric(i, metric.TaskDuration)
			n, sum = n+1, sum+time.Duration(d)
		}
	}
	return n > 0 && float64(n) >= least*float64(s.NumTasks) && 2*sum >= mean*time.Duration(n)
}

// tinyStages sums up stages of many short tasks.
type tinyStages struct {
	ids               []int
	places            []advisor.Where
	tasks, bytes      int64
	span, work, fixed time.Duration
}

func (t *tinyStages) add(s *profiler.Stage) {
	t.ids = append(t.ids, s.ID)
	t.places = append(t.places, advisor.AtStage(s))
	t.tasks += int64(s.NumTasks)
	t.bytes += s.ShuffleReadBytes() + s.Metrics.Value(metric.InputBytes)
	t.span += s.Duration()
	t.work += taskTime(s)
	t.fixed += max(0, taskTime(s)-time.Duration(s.Metrics.Value(metric.ExecutorRunTime)))
}

func (t *tinyStages) finding() advisor.Finding {
	return advisor.Finding{
		Also: t.places,
		Summary: fmt.Sprintf("%s %d tasks of %s on average; the tasks read %s each", plural(len(t.ids), "stage runs", "stages run"), t.tasks,
			metric.FormatDuration(t.work/time.Duration(t.tasks)), metric.FormatBytes(t.bytes/t.tasks)),
		Evidence: []advisor.Evidence{
			{Name: "tasks", Value: t.tasks},
			advisor.Measured(metric.TaskDuration, int64(t.work/time.Duration(t.tasks)), "mean"),
			{Name: "time in such stages", Unit: metric.Duration, Value: int64(t.span)},
			{Name: "task time beside running", Unit: metric.Duration, Value: int64(t.fixed)},
		},
		Waste:       t.span,
		CoreSeconds: t.fixed.Seconds(),
		Confidence:  advisor.High,
	}
}

// fewer says how the stages get fewer tasks.
func fewer(run *advisor.Run, kind int, ids []int, f *advisor.Finding) {
	switch kind {
	case shuffled:
		if choice, ok := run.Model.ChoosePartitions(); ok {
			f.Changes = append(f.Changes, config.Change{Key: config.ShufflePartitions, To: strconv.Itoa(choice.Partitions)})
			f.Assumptions = append(f.Assumptions, choice.Why)
			f.CodeChange = fmt.Sprintf("SET spark.sql.shuffle.partitions=%d", choice.Partitions)
		}
		if streaming(run) {
			f.Assumptions = append(f.Assumptions, "the batches follow each other without waiting; where they wait for a trigger, they become shorter and the stream does not")
		}
		if !settings(run).Bool(config.AdaptiveEnabled) {
			f.Changes = append(f.Changes, config.Change{Key: config.AdaptiveEnabled, To: "true"})
		}
	case scanned:
		f.Changes = []config.Change{{Key: config.MaxPartitionBytes, To: "134217728"}}
	default:
		f.CodeChange = fmt.Sprintf("coalesce(%d), or fewer slices where the data is made (parallelize, repartition, before persist)", 4*slots(run))
		for _, id := range ids {
			f.Edits = append(f.Edits, whatif.Recut(id, 4*slots(run)))
		}
	}
}
