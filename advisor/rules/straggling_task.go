package rules

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var stragglingTask = advisor.Rule{
	Name:    "straggling-task",
	Title:   "A task takes long with no more data than the others",
	Cause:   "straggler",
	Symptom: true,
	Doc: `
A stage ends with its last task. One that takes several times as long as the
others with the same data holds all slots up for a reason of its own: garbage
collection, blocks that come late, a disk that others use too, the first task on
a new executor, or a second attempt.

On the task screen: the slowest task beside the median one, part by part. The
part that is longer names the reason.

For the first task on an executor, keep executors longer. For a slow disk or
network, spark.speculation=true starts a copy elsewhere. For computing alone, see
whether its rows cost more than others: long texts, deep nesting, a hot branch of
a function.

Ignore it where it happens once; machines have bad moments. The first tasks on an
executor are left out, and those of a stage that are all alike: they load and compile
what the others find.`,
	Needs: []metric.ID{metric.TaskDuration, metric.ExecutorRunTime},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 3, Doc: "slowest task over median task; Mantri calls 1.5 an outlier, and balanced stages were seen up to 2.1"},
		{Name: "alone", Default: 1.6, Doc: "as much over the first tasks of the stage elsewhere, where it is all that its executor did while every other did three or more: those show that starting takes less; as slow-executor has it"},
		{Name: "seconds", Default: 3, Embedded: 0.3, Doc: "least time beyond the median, past a JVM's first seconds"},
		{Name: "tasks", Default: 4, Doc: "least number of tasks"},
		{Name: "data", Default: 1.5, Doc: "most that its bytes or rows may be above the median's; beyond, the data explains the time"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time that it takes beyond the median"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		starts := startUps(run)
		for s := range done(run) {
			d := s.Dist(metric.TaskDuration)
			slowest, median := d.Max(), middle(d)
			beyond := time.Duration(slowest - median)
			if float64(d.Len()) < limit("tasks") || float64(slowest) < limit("ratio")*float64(median) ||
				beyond.Seconds() < limit("seconds") || share(run, beyond) < limit("share") {
				continue
			}
			row := slowestTask(s)
			if row < 0 || startsUp(starts, s, row) {
				continue
			}
			least := limit("ratio")
			if busyElsewhere(s, row) {
				least = limit("alone")
			}
			if float64(slowest) < least*float64(firstWave(s, row)) {
				continue
			}
			if _, most, usual := heaviest(s, row, mediansOf(s)); float64(most.Value) > limit("data")*float64(max(1, usual.Value)) {
				continue
			}
			reason, evidence := slowPart(s, row)
			found = append(found, advisor.Finding{
				Where:   advisor.AtStage(s),
				Summary: fmt.Sprintf("the slowest of %d tasks took %.1f times the median with no more data: %s", d.Len(), ratio(slowest, median), reason.words),
				Cause:   reason.cause,
				Evidence: append([]advisor.Evidence{
					advisor.Measured(metric.TaskDuration, slowest, "slowest"),
					advisor.Measured(metric.TaskDuration, median, "median"),
				}, evidence...),
				Waste:       beyond,
				CoreSeconds: beyond.Seconds(),
				Confidence:  advisor.Medium,
				CodeChange:  reason.remedy,
				Edits:       []whatif.Edit{whatif.Cap(s.ID, time.Duration(2*median))},
			})
		}
		return found
	},
}

// A reason is why one task is slower than others like it.
type reason struct{ cause, words, remedy string }

// slowParts are the parts of a task's time that tell a reason. What is left over
// is computing, or waiting for something that no metric names.
var slowParts = []struct {
	id metric.ID
	reason
}{
	{metric.JVMGCTime, reason{"gc-pressure", "its JVM collected garbage", "raise spark.executor.memory, or lower spark.executor.cores, so that fewer tasks share a heap"}},
	{metric.ShuffleFetchWaitTime, reason{"straggler", "its shuffle blocks came late", "set spark.speculation=true, and look at the machine that served them"}},
	{metric.ExecutorDeserializeTime, reason{"straggler", "it was the first on an executor that had to start", "keep executors between jobs: spark.dynamicAllocation.executorIdleTimeout, minExecutors"}},
	{metric.SchedulerDelay, reason{"straggler", "it waited for the scheduler or the network", "give the driver more cores, and send it smaller results"}},
	{metric.ShuffleWriteTime, reason{"straggler", "its disk was slow to take the shuffle", "set spark.local.dir to a faster disk, or spark.speculation=true"}},
	{metric.GettingResultTime, reason{"straggler", "its result was fetched by the driver", "write large results instead of collecting them"}},
}

// slowPart finds the part of a task that exceeds the median's by most, which must
// be most of what the task takes beyond the median task.
func slowPart(s *profiler.Stage, row int) (reason, []advisor.Evidence) {
	excess := func(id metric.ID) int64 {
		v, _ := s.Tasks.Metric(row, id)
		return v - middle(s.Dist(id))
	}
	beyond := excess(metric.TaskDuration)
	for _, p := range slowParts {
		if over := excess(p.id); over > beyond/2 {
			return p.reason, []advisor.Evidence{advisor.Measured(p.id, over, "beyond the median's")}
		}
	}
	t := s.Tasks.At(row)
	if t.Attempt > 0 {
		return reason{"task-failures", fmt.Sprintf("it is attempt %d", t.Attempt), "mend what failed the attempts before it"}, nil
	}
	cpu, ran := excess(metric.ExecutorCPUTime), excess(metric.ExecutorRunTime)
	evidence := []advisor.Evidence{
		advisor.Measured(metric.ExecutorRunTime, ran, "beyond the median's"),
		advisor.Measured(metric.ExecutorCPUTime, cpu, "beyond the median's"),
	}
	if cpu > ran/2 {
		return reason{"straggler", "it computed all that time", "look at what its rows hold: long texts, deep nesting, a branch of a function that costs more"}, evidence
	}
	if all := s.PerExecutor[t.Executor]; all != nil && all.Succeeded == 1 && len(s.PerExecutor) > 1 {
		return reason{"slow-executor", fmt.Sprintf("it waited for something outside of Spark, and was all that executor %s on host %s did of the stage", t.Executor, t.Host),
			"look at the machine of executor " + t.Executor + ", or exclude it; spark.speculation=true lets others take over"}, evidence
	}
	return reason{"straggler", fmt.Sprintf("it waited for something outside of Spark, on host %s", t.Host), "set spark.speculation=true, and look at that host's disks and load"}, evidence
}

// starting is for how long a JVM has to run tasks until it has loaded and compiled
// what they need: reading a schema, as queries do first, is not enough, nor is
// waiting for the first query.
const starting = 2 * event.Millis(time.Second/time.Millisecond)

// startUps is until when each executor was starting, at least until its first task
// had succeeded. The embedded engine is compiled.
func startUps(run *advisor.Run) map[string]event.Millis {
	until := map[string]event.Millis{}
	for id, e := range firstTasks(run) {
		until[id] = e.ended
		if !run.Model.Embedded() {
			until[id] = max(e.ended, e.launched+starting, e.warm)
		}
	}
	return until
}

// A start is an executor's: when the first of its tasks that succeeded was launched,
// when the first had ended, and when tasks had run there for as long as starting takes.
type start struct{ launched, ended, ran, warm event.Millis }

// firstTasks are the starts of the executors by id.
func firstTasks(run *advisor.Run) map[string]*start {
	starts := map[string]*start{}
	for s := range done(run) {
		for i := range s.Tasks.Len() {
			if s.Tasks.Status(i) != profiler.Succeeded {
				continue
			}
			launch, finish := s.Tasks.Times(i)
			e := starts[s.Tasks.Executor(i)]
			if e == nil {
				e = &start{launched: launch, ended: finish}
				starts[s.Tasks.Executor(i)] = e
			}
			e.launched, e.ended = min(e.launched, launch), min(e.ended, finish)
			if e.ran < starting {
				e.ran += finish - launch
				e.warm = max(e.warm, finish)
			}
		}
	}
	return starts
}

// startsUp reports whether the task was launched while its executor was starting: a
// JVM that has to load everything is slow, and is so once.
func startsUp(until map[string]event.Millis, s *profiler.Stage, row int) bool {
	launch, _ := s.Tasks.Times(row)
	at, ok := until[s.Tasks.Executor(row)]
	return !ok || launch < at
}

// busyElsewhere reports whether the row is all that its executor did of the stage,
// and every other did three tasks or more.
func busyElsewhere(s *profiler.Stage, row int) bool {
	for id, e := range s.PerExecutor {
		if mine := id == s.Tasks.Executor(row); mine && e.Succeeded > 1 || !mine && e.Succeeded < 3 {
			return false
		}
	}
	return len(s.PerExecutor) > 1
}

// firstWave is the median time of the first tasks of the stage on each executor, if
// the row is one of three or more of them; 0 otherwise.
func firstWave(s *profiler.Stage, row int) int64 {
	first := map[string]int{} // row by executor
	for i := range s.Tasks.Len() {
		if s.Tasks.Status(i) != profiler.Succeeded {
			continue
		}
		launch, _ := s.Tasks.Times(i)
		was, ok := first[s.Tasks.Executor(i)]
		if !ok {
			first[s.Tasks.Executor(i)] = i
		} else if before, _ := s.Tasks.Times(was); launch < before {
			first[s.Tasks.Executor(i)] = i
		}
	}
	if len(first) < 3 || first[s.Tasks.Executor(row)] != row {
		return 0
	}
	var times profiler.Dist
	for _, i := range first {
		v, _ := s.Tasks.Metric(i, metric.TaskDuration)
		times = append(times, v)
	}
	slices.Sort(times)
	return middle(times)
}

// slowestTask is the row of the successful attempt that took longest, -1 where
// none succeeded.
func slowestTask(s *profiler.Stage) int {
	row, longest := -1, int64(-1)
	for i := range s.Tasks.Len() {
		if v, ok := s.Tasks.Metric(i, metric.TaskDuration); ok && v > longest && s.Tasks.Status(i) == profiler.Succeeded {
			row, longest = i, v
		}
	}
	return row
}
