package tui

import (
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// executors lists the processes with task slots.
func executors() screen {
	return screen{
		id: executorsScreen, key: "7", title: "Executors", short: "Exec",
		doc:   "one row for each executor. The strip shows how much of its slots tasks held over the run; busy is their share of the time it was there.",
		grid:  func(m *model, _ place) grid { return tableOf(m.profile().Executors, executorColumns(m)) },
		empty: nothing("No executor has come.", "Executors appear when the cluster grants them. In local mode the driver is the only one."),
	}
}

func executorColumns(m *model) []column[*profiler.Executor] {
	type X = *profiler.Executor
	sum := func(name, title string, rank int, id metric.ID) column[X] {
		return column[X]{heading{name: name, title: title, rank: rank, least: 8}, func(x X) value { return quiet(recorded(&x.Metrics, id)) }, nil}
	}
	busy := func(x X) float64 {
		life := m.life(x)
		if x.Cores == 0 || life == 0 {
			return 0
		}
		return float64(x.TaskTime) / float64(life) / float64(x.Cores)
	}
	gc := func(x X) float64 {
		return float64(x.Metrics.Value(metric.JVMGCTime)) / float64(max(1, x.Metrics.Value(metric.ExecutorRunTime)))
	}
	return []column[X]{
		{heading{name: "id", title: "id", left: true, least: 3}, func(x X) value { return text(x.ID) }, nil},
		{heading{name: "host", title: "host", left: true, flex: true, rank: 3}, func(x X) value { return text(x.Host) }, nil},
		{heading{name: "state", title: "state", left: true, least: 5}, func(x X) value { return text(executorState(x)) }, func(x X) role { return badIf(x.Removed != 0) }},
		{heading{name: "cores", title: "cores"}, func(x X) value { return count(x.Cores) }, nil},
		{heading{name: "use", title: "use over the run", left: true, rank: 1, least: 24}, func(x X) value {
			return value{kind: word, str: chart.Sparkline(24, m.data.busy[x.ID], 1)}
		}, func(X) role { return work }},
		{heading{name: "busy", title: "busy", least: 5}, func(x X) value { return part(busy(x)) }, func(x X) role { return warnIf(busy(x) < 0.3) }},
		{heading{name: "running", title: "run", rank: 4}, func(x X) value { return orNone(count(x.Active)) }, nil},
		{heading{name: "tasks", title: "tasks", rank: 1}, func(x X) value { return count(x.Completed) }, nil},
		{heading{name: "failed", title: "failed", rank: 2}, func(x X) value { return orNone(count(x.Failed)) }, func(x X) role { return badIf(x.Failed > 0) }},
		{heading{name: "time", title: "task time", rank: 2, least: 8}, func(x X) value { return span(x.TaskTime) }, nil},
		{heading{name: "gc", title: "GC", rank: 3, least: 4}, func(x X) value { return some(part(gc(x)), gc(x) > 0) }, func(x X) role { return warnIf(gc(x) >= 0.1) }},
		sum("in", "in", 6, metric.InputBytes),
		sum("shwrite", "sh.write", 7, metric.ShuffleWriteBytes),
		sum("spill", "spill", 5, metric.DiskBytesSpilled),
		{heading{name: "store", title: "store", rank: 5, least: 9}, func(x X) value { return orNone(bytes(x.MaxMemory)) }, nil},
		{heading{name: "cached", title: "cached", rank: 6, least: 9}, func(x X) value { return some(bytes(x.MemoryUsed), m.profile().BlocksLogged) }, nil},
		{heading{name: "heap", title: "heap peak", rank: 7, least: 9}, func(x X) value { return orNone(bytes(x.HeapPeak)) }, nil},
		{heading{name: "reason", title: "why it left", left: true, rank: 8}, func(x X) value { return some(text(short(x.Reason, 50)), x.Reason != "") }, nil},
	}
}

func executorState(x *profiler.Executor) string {
	switch {
	case x.Removed != 0:
		return "gone"
	case x.Driver:
		return "driver"
	}
	return "alive"
}

// life is how long the executor was there.
func (m *model) life(x *profiler.Executor) time.Duration {
	from, to := max(x.Added, m.profile().App.Start), m.data.end
	if x.Removed != 0 {
		to = min(to, x.Removed)
	}
	return time.Duration(max(0, to-from)) * time.Millisecond
}
