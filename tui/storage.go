package tui

import (
	"fmt"

	"stagecoach/profiler"
)

// storage lists the datasets that were marked to be cached.
func storage() screen {
	return screen{
		id: storageScreen, key: "8", title: "Storage", short: "Store",
		doc:   "one row for each dataset that was marked to be cached. evicted counts blocks that left memory without being dropped; again counts partitions computed anew for it.",
		grid:  func(m *model, _ place) grid { return tableOf(m.profile().RDDs, storageColumns(m)) },
		draw:  drawStorage,
		rows:  func(m *model, _ place, _, height int) int { return height - 4 },
		empty: nothing("No dataset was marked to be cached.", "cache() or persist() marks one; rows appear when a stage that knows it is submitted."),
	}
}

func drawStorage(m *model, _ place, g grid, l *list, width, height int) []string {
	out := m.drawGrid(g, l, width, max(2, height-3))
	if m.profile().BlocksLogged {
		return out
	}
	for _, s := range bullet("  ", "Sizes are unknown: the log holds no updates of cached blocks. spark.eventLog.logBlockUpdates.enabled=true records them.", width-2) {
		out = append(out, m.paint(dim, s))
	}
	return out
}

func storageColumns(m *model) []column[*profiler.RDD] {
	type R = *profiler.RDD
	known := m.profile().BlocksLogged
	size := func(name, title string, rank int, f func(R) int64) column[R] {
		return column[R]{heading{name: name, title: title, rank: rank, least: 9}, func(r R) value { return some(bytes(f(r)), known) }, nil}
	}
	return []column[R]{
		{heading{name: "id", title: "id", least: 3}, func(r R) value { return count(r.ID) }, nil},
		{heading{name: "name", title: "dataset", left: true, flex: true}, func(r R) value { return text(r.Name) }, nil},
		{heading{name: "level", title: "level", left: true, rank: 2}, func(r R) value { return text(levelName(r)) }, nil},
		{heading{name: "cached", title: "cached", left: true, least: 6}, func(r R) value { return some(done(r.Cached, r.NumPartitions), known) }, nil},
		size("memory", "memory", 0, func(r R) int64 { return r.MemorySize }),
		size("disk", "disk", 1, func(r R) int64 { return r.DiskSize }),
		size("peak", "peak mem", 4, func(r R) int64 { return r.PeakMemory }),
		{heading{name: "evicted", title: "evicted", rank: 1}, func(r R) value { return some(count(r.Evictions), known) }, func(r R) role { return warnIf(r.Evictions > 0) }},
		{heading{name: "again", title: "again", rank: 1}, func(r R) value { return some(count(r.Recomputed), known) }, func(r R) role { return warnIf(r.Recomputed > 0) }},
		{heading{name: "dropped", title: "dropped", left: true, rank: 3}, func(r R) value { return text(map[bool]string{true: "yes"}[r.Unpersisted]) }, nil},
	}
}

// levelName is Spark's name of a storage level.
func levelName(r *profiler.RDD) string {
	l := r.Level
	name := ""
	switch {
	case l.UseOffHeap:
		return "OFF_HEAP"
	case l.UseMemory && l.UseDisk:
		name = "MEMORY_AND_DISK"
	case l.UseMemory:
		name = "MEMORY_ONLY"
	case l.UseDisk:
		name = "DISK_ONLY"
	default:
		return "NONE"
	}
	if l.UseMemory && !l.Deserialized {
		name += "_SER"
	}
	if l.Replication > 1 {
		name += fmt.Sprintf("_%d", l.Replication)
	}
	return name
}
