package tui

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// stages lists the attempts of stages, of one job or of all.
func stages() screen {
	return screen{
		id: stagesScreen, key: "3", title: "Stages",
		doc: "one row for each attempt of a stage. ! marks stages with a finding; skew is the slowest task over the median.",
		crumb: func(m *model, at place) string {
			if at.about {
				return fmt.Sprintf("job %d", at.id)
			}
			return "Stages"
		},
		grid: func(m *model, at place) grid { return tableOf(m.stagesOf(at), stageColumns(m)) },
		enter: func(m *model, at place, row int) (place, string) {
			s := m.stagesOf(at)[row]
			return ofStage(stageScreen, s.ID, s.Attempt), ""
		},
		empty: nothing("No stage has been planned.", "Stages appear when the first job starts."),
	}
}

// stagesOf are the stages that a place of the stages screen is about.
func (m *model) stagesOf(at place) []*stageFacts {
	if !at.about {
		return m.data.stages
	}
	var out []*stageFacts
	for _, f := range m.data.stages {
		if slices.Contains(f.JobIDs, int(at.id)) {
			out = append(out, f)
		}
	}
	return out
}

func stageColumns(m *model) []column[*stageFacts] {
	type S = *stageFacts
	sum := func(name, title string, rank int, id metric.ID) column[S] {
		return column[S]{heading{name: name, title: title, rank: rank, least: 8}, func(s S) value { return quiet(recorded(&s.Metrics, id)) }, nil}
	}
	took := func(name, title string, rank int, f func(S) time.Duration) column[S] {
		return column[S]{heading{name: name, title: title, rank: rank, least: 7}, func(s S) value { return some(span(f(s)), s.Complete > 0) }, nil}
	}
	return []column[S]{
		{heading{name: "id", title: "id", least: 3, left: true}, func(s S) value { return stageID(s.Stage) }, nil},
		signColumn(func(s S) profiler.Status { return s.Status }),
		{heading{name: "alert", title: "!", left: true, least: 1}, m.badge, func(s S) role { return severityRole(m.badge(s).str) }},
		{heading{name: "name", title: "name", left: true, flex: true, least: 20}, func(s S) value { return text(first(s.Name, s.Description)) }, nil},
		{heading{name: "status", title: "status", left: true, rank: 6, least: 9}, func(s S) value { return text(s.Status.String()) }, func(s S) role { return tone(s.Status) }},
		{heading{name: "tasks", title: "tasks", left: true, rank: 1}, func(s S) value { return done(s.Indices, s.NumTasks) }, nil},
		{heading{name: "failed", title: "failed", rank: 9}, func(s S) value { return orNone(count(s.Failed)) }, func(s S) role { return badIf(s.Failed > 0) }},
		{heading{name: "wall", title: "wall", least: 7}, func(s S) value { return some(span(m.data.wall(s.Stage)), s.Submitted != 0) }, nil},
		{heading{name: "run", title: "run time", rank: 7, least: 8}, func(s S) value { return recorded(&s.Metrics, metric.ExecutorRunTime) }, nil},
		took("p50", "p50", 2, func(s S) time.Duration { return s.P50 }),
		took("p95", "p95", 8, func(s S) time.Duration { return s.P95 }),
		took("max", "max", 3, func(s S) time.Duration { return s.Longest }),
		{heading{name: "skew", title: "skew", rank: 1, least: 5}, func(s S) value { return some(times(s.Skew), s.Skew > 0 && s.Complete > 1) },
			func(s S) role { return warnIf(s.Skew >= 3 && s.Complete >= 3) }},
		sum("in", "in", 6, metric.InputBytes),
		sum("out", "out", 8, metric.OutputBytes),
		{heading{name: "shread", title: "sh.read", rank: 5, least: 8}, func(s S) value { return orNone(bytes(s.ShuffleReadBytes())) }, nil},
		sum("shwrite", "sh.write", 6, metric.ShuffleWriteBytes),
		{heading{name: "spill", title: "spill", rank: 1, least: 8}, func(s S) value { return quiet(recorded(&s.Metrics, metric.DiskBytesSpilled)) },
			func(s S) role { return warnIf(s.Metrics.Value(metric.DiskBytesSpilled) > 0) }},
		{heading{name: "gc", title: "GC", rank: 2, least: 4}, func(s S) value { return some(part(s.GC), s.GC > 0) }, func(s S) role { return warnIf(s.GC >= 0.1) }},
		{heading{name: "path", title: "waited", rank: 9, least: 7}, func(s S) value { return orNone(span(m.data.onPath[s.Stage])) }, nil},
	}
}

// quiet shows a recorded zero as nothing, where most rows have it.
func quiet(v value) value { return some(v, v.num != 0) }

// badge marks a stage that a finding is about: !!! critical, !! warning, ! info.
func (m *model) badge(s *stageFacts) value {
	f, ok := m.badges[s.ID]
	if !ok {
		return text("")
	}
	return text(severityMark(f.Severity(m.wall())))
}

func severityMark(severity string) string {
	switch severity {
	case "critical":
		return "!!!"
	case "warning":
		return "!!"
	}
	return "!"
}

func severityRole(mark string) role {
	switch mark {
	case "!!!":
		return bad
	case "!!":
		return warn
	}
	return accent
}

// stageName is the id, with the attempt where it is not the first.
func stageName(s *profiler.Stage) string {
	if s.Attempt == 0 {
		return fmt.Sprint(s.ID)
	}
	return fmt.Sprintf("%d.%d", s.ID, s.Attempt)
}

func stageID(s *profiler.Stage) value {
	return value{kind: factor, frac: float64(s.ID) + float64(s.Attempt)/1000, str: stageName(s)}
}
