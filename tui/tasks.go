package tui

import (
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// tasks lists the attempts of a stage's tasks, of which there may be very many:
// only rows that are seen are taken out of the table.
func tasks() screen {
	return screen{
		id: tasksScreen, key: "4", title: "Tasks",
		doc: "one row for each attempt of a task, in the order of launch. ◆ marks attempts that took three medians or more.",
		crumb: func(m *model, at place) string {
			if f := m.tasksOf(at); f != nil && !at.about {
				return "Tasks of stage " + stageName(f.Stage)
			}
			return "Tasks"
		},
		grid: func(m *model, at place) grid { return taskGrid(m, m.tasksOf(at)) },
		of: func(m *model, at place) any {
			f := m.tasksOf(at)
			if f != nil && f.Active > 0 {
				return m.version // running ones grow older
			}
			return f
		},
		enter: func(m *model, at place, row int) (place, string) {
			f := m.tasksOf(at)
			return named(taskScreen, taskName(f.ID, f.Attempt, row)), ""
		},
		empty: nothing("There are no tasks.", "Tasks are those of the stage that was looked at last, or else of the one with the most task time. No stage of this application has launched any yet."),
	}
}

// tasksOf is the stage whose tasks the place shows: its own, or the one that
// was looked at last, or one that runs, or the heaviest.
func (m *model) tasksOf(at place) *stageFacts {
	if at.about {
		return m.data.stage(int(at.id), at.attempt)
	}
	for i := m.history.at; i >= 0; i-- {
		for _, p := range m.history.trails[i] {
			if p.about && (p.screen == stageScreen || p.screen == tasksScreen) {
				if f := m.data.stage(int(p.id), p.attempt); f != nil && f.Tasks.Len() > 0 {
					return f
				}
			}
		}
	}
	for _, f := range m.data.stages {
		if f.Active > 0 {
			return f
		}
	}
	return m.data.heaviest()
}

func taskGrid(m *model, f *stageFacts) grid {
	if f == nil {
		return table[int]{columns: nil}
	}
	t := &f.Tasks
	amounts := func(name, title string, rank int, id metric.ID) column[int] {
		h := heading{name: name, title: title, rank: rank, least: 8}
		return column[int]{h, func(i int) value {
			v, ok := t.Metric(i, id)
			return some(amountOf(id.Unit(), v), ok && (v != 0 || id == metric.ExecutorRunTime))
		}, nil}
	}
	start := m.profile().App.Start
	slow := func(i int) bool {
		v, ok := t.Metric(i, metric.TaskDuration)
		return ok && f.P50 > 0 && time.Duration(v) >= 3*f.P50
	}
	spill := amounts("spill", "spill", 2, metric.DiskBytesSpilled)
	spill.tone = func(i int) role { return warn }
	columns := []column[int]{
		{heading{name: "index", title: "index", least: 5}, func(i int) value { return count(t.Index(i)) }, nil},
		{heading{name: "slow", title: "◆", left: true, least: 1}, func(i int) value { return text(map[bool]string{true: "◆"}[slow(i)]) }, func(int) role { return warn }},
		signColumn(t.Status),
		{heading{name: "attempt", title: "att.", rank: 8, dear: true}, func(i int) value { return count(t.At(i).Attempt) }, nil},
		{heading{name: "status", title: "status", left: true, least: 9, rank: 5}, func(i int) value { return text(t.Status(i).String()) }, func(i int) role { return tone(t.Status(i)) }},
		{heading{name: "executor", title: "exec", left: true, rank: 4, least: 4}, func(i int) value { return text(t.Executor(i)) }, nil},
		{heading{name: "locality", title: "locality", left: true, rank: 9, dear: true}, func(i int) value { return text(t.At(i).Locality.String()) }, nil},
		{heading{name: "launch", title: "launch", rank: 5, least: 7}, func(i int) value {
			launch, _ := t.Times(i)
			return span(time.Duration(launch-start) * time.Millisecond)
		}, nil},
		{heading{name: "duration", title: "duration", least: 8}, func(i int) value {
			launch, finish := t.Times(i)
			if finish == 0 {
				finish = max(launch, m.data.end)
			}
			return span(time.Duration(finish-launch) * time.Millisecond)
		}, func(i int) role { return warnIf(slow(i)) }},
		amounts("run", "run time", 6, metric.ExecutorRunTime),
		amounts("cpu", "CPU time", 7, metric.ExecutorCPUTime),
		amounts("gc", "GC time", 3, metric.JVMGCTime),
		amounts("wait", "fetch wait", 6, metric.ShuffleFetchWaitTime),
		amounts("delay", "delay", 9, metric.SchedulerDelay),
		amounts("in", "input", 3, metric.InputBytes),
		amounts("inrows", "in rows", 8, metric.InputRecords),
		{heading{name: "shread", title: "sh.read", rank: 2, least: 8}, func(i int) value {
			local, a := t.Metric(i, metric.ShuffleLocalBytesRead)
			remote, b := t.Metric(i, metric.ShuffleRemoteBytesRead)
			return some(bytes(local+remote), (a || b) && local+remote > 0)
		}, nil},
		amounts("shrows", "sh.rows", 8, metric.ShuffleReadRecords),
		amounts("shwrite", "sh.write", 4, metric.ShuffleWriteBytes),
		amounts("out", "output", 7, metric.OutputBytes),
		spill,
		amounts("peak", "peak mem", 7, metric.PeakExecutionMemory),
		{heading{name: "error", title: "error", left: true, flex: true, rank: 3, least: 20}, func(i int) value {
			switch t.Status(i) {
			case profiler.Succeeded, profiler.Running:
				return value{}
			}
			return text(short(t.At(i).Error, 200))
		}, func(int) role { return bad }},
	}
	return table[int]{columns, t.Len(), func(i int) int { return i }}
}
