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

var slowExecutor = advisor.Rule{
	Name:  "slow-executor",
	Title: "Tasks are slow on one executor and not on the others",
	Cause: "slow-executor",
	Doc: `
An executor on a machine that is overloaded, throttled or broken takes several
times as long for the same work. Every stage waits for the tasks that happen to
run there.

On the stage screen, tasks by executor: the median on one is far above that on
the others, while their bytes are the same.

Replace the machine, or exclude it (spark.excludeOnFailure.enabled for those
that fail). spark.speculation lets other executors take over, which helps where
tasks are long and the last ones wait.

Ignore it in the first seconds of an executor: a JVM has to warm up.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "ratio", Default: 1.6, Doc: "median on the executor over the median on the others; Mantri takes 1.5 for a slow task, executors of healthy runs differ less than 1.4"},
		{Name: "tasks", Default: 3, Doc: "least tasks of the stage on the others; on the executor two are enough, of which the quicker one counts: the first one on a JVM is slow anyway"},
		{Name: "data", Default: 1.5, Doc: "most that its bytes may be above the others'; beyond, the data explains the time"},
		{Name: "share", Default: 0.05, Doc: "least part of the wall time of such stages"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		starts := firstTasks(run)
		for s := range done(run) {
			if len(s.PerExecutor) < 2 || share(run, s.Duration()) < limit("share") {
				continue
			}
			mine, others, name := slowest(s, starts, run.Model.Embedded(), int(limit("tasks")))
			if name == "" || float64(mine.time) < limit("ratio")*float64(others.time) || float64(mine.bytes) > limit("data")*float64(max(others.bytes, 1<<10)) {
				continue
			}
			excess := time.Duration(mine.time-others.time) * time.Duration(mine.tasks)
			found = append(found, advisor.Finding{
				Where: advisor.AtStage(s),
				Summary: fmt.Sprintf("tasks took %s on executor %s and %s on the others, with no more data", metric.FormatDuration(time.Duration(mine.time)),
					name, metric.FormatDuration(time.Duration(others.time))),
				Evidence: []advisor.Evidence{
					advisor.Measured(metric.TaskDuration, mine.time, "median on executor "+name),
					advisor.Measured(metric.TaskDuration, others.time, "median on the others"),
					{Name: "tasks", Value: int64(mine.tasks), Note: "on executor " + name},
					{Name: "tasks", Value: int64(others.tasks), Note: "on the others"},
				},
				Waste:       excess / time.Duration(slots(run)),
				CoreSeconds: excess.Seconds(),
				Confidence:  advisor.High,
				CodeChange:  "replace or exclude the machine of executor " + name,
				Edits:       []whatif.Edit{whatif.Cap(s.ID, time.Duration(others.longest))},
			})
		}
		return found
	},
}

// typical is what tasks of some executors usually took and read.
type typical struct {
	tasks, time, bytes, longest int64
}

// jitter is by how much a task may seem to be launched before the one whose slot it
// takes has ended: the driver notes both when it hears of them.
const jitter = event.Millis(50)

// slowest finds the executor with the highest median among those with two tasks
// of the stage or more, and what the others' tasks took, at least so many. Tasks that
// an executor began before it had ended one do not count for it, unless it is compiled.
func slowest(s *profiler.Stage, starts map[string]*start, compiled bool, least int) (mine, others typical, name string) {
	rows, later := map[string][]int{}, map[string][]int{}
	for i := range s.Tasks.Len() {
		if s.Tasks.Status(i) != profiler.Succeeded {
			continue
		}
		e := s.Tasks.Executor(i)
		rows[e] = append(rows[e], i)
		if launch, _ := s.Tasks.Times(i); compiled || launch+jitter >= starts[e].ended {
			later[e] = append(later[e], i)
		}
	}
	for _, e := range sortedKeys(later) {
		if t := typicalOf(s, later[e]); len(rows[e]) >= 2 && t.time > mine.time {
			mine, name = t, e
		}
	}
	var rest []int
	for e, r := range rows {
		if e != name {
			rest = append(rest, r...)
		}
	}
	if len(rest) < least {
		return mine, others, ""
	}
	return mine, typicalOf(s, rest), name
}

func typicalOf(s *profiler.Stage, rows []int) typical {
	var times, bytes profiler.Dist
	for _, i := range rows {
		d, _ := s.Tasks.Metric(i, metric.TaskDuration)
		var b int64
		for _, id := range []metric.ID{metric.InputBytes, metric.ShuffleLocalBytesRead, metric.ShuffleRemoteBytesRead} {
			v, _ := s.Tasks.Metric(i, id)
			b += v
		}
		times, bytes = append(times, d), append(bytes, b)
	}
	slices.Sort(times)
	slices.Sort(bytes)
	usual := middle(times)
	if len(times) == 2 {
		usual = times[0]
	}
	return typical{int64(len(rows)), usual, middle(bytes), times.Max()}
}
