package tui

import (
	"time"

	"stagecoach/engine/event"
	"stagecoach/profiler"
)

// jobs lists the actions of the application.
func jobs() screen {
	return screen{
		id: jobsScreen, key: "2", title: "Jobs",
		doc:  "one row for each action. Skipped stages found their output already there.",
		grid: func(m *model, _ place) grid { return tableOf(m.profile().Jobs, jobColumns(m)) },
		enter: func(m *model, _ place, row int) (place, string) {
			return of(stagesScreen, int64(m.profile().Jobs[row].ID)), ""
		},
		empty: nothing("No job has started.", "A job is what an action, such as a collect or a write, sets off."),
	}
}

func jobColumns(m *model) []column[*profiler.Job] {
	type J = *profiler.Job
	return []column[J]{
		{heading{name: "id", title: "id", least: 3}, func(j J) value { return count(j.ID) }, nil},
		{heading{name: "job", title: "job", left: true, flex: true, least: 28}, func(j J) value { return text(first(j.Description, j.Name)) }, nil},
		{heading{name: "status", title: "status", left: true, least: 9}, func(j J) value { return text(j.Status.String()) }, func(j J) role { return tone(j.Status) }},
		{heading{name: "wall", title: "wall", least: 7, rank: 1}, func(j J) value { return span(m.jobWall(j)) }, nil},
		{heading{name: "stages", title: "stages", left: true, rank: 4}, func(j J) value {
			return done(j.CompletedStages, len(j.StageIDs)-j.SkippedStages)
		}, nil},
		{heading{name: "skipped", title: "skipped", rank: 6}, func(j J) value { return orNone(count(j.SkippedStages)) }, nil},
		{heading{name: "tasks", title: "tasks", left: true, rank: 2}, func(j J) value {
			return done(j.Indices, j.NumTasks-j.SkippedTasks)
		}, nil},
		{heading{name: "running", title: "run", rank: 5}, func(j J) value { return orNone(count(j.Active)) }, nil},
		{heading{name: "failed", title: "failed", rank: 3}, func(j J) value { return orNone(count(j.Failures)) }, func(j J) role { return badIf(j.Failures > 0) }},
		{heading{name: "start", title: "start", least: 7, rank: 5}, func(j J) value { return m.sinceStart(j.Start) }, nil},
		{heading{name: "query", title: "query", rank: 7}, func(j J) value { return some(count(int(j.ExecutionID)), j.ExecutionID >= 0) }, nil},
		{heading{name: "group", title: "group", left: true, rank: 9}, func(j J) value { return some(text(j.Group), j.Group != "") }, nil},
		{heading{name: "error", title: "error", left: true, rank: 3}, func(j J) value { return some(text(short(j.Error, max(16, m.width/4))), j.Error != "") }, nil},
	}
}

func (m *model) jobWall(j *profiler.Job) time.Duration {
	if j.End == 0 {
		return time.Duration(max(0, m.data.end-j.Start)) * time.Millisecond
	}
	return j.Duration()
}

// sinceStart is a point in time as its distance from the application's start.
func (m *model) sinceStart(t event.Millis) value {
	return some(span(time.Duration(t-m.profile().App.Start)*time.Millisecond), t != 0)
}

// nothing is what a screen without rows says, and what that means.
func nothing(what, meaning string) func(*model, place) []string {
	return func(m *model, _ place) []string {
		return append([]string{"", "  " + what, ""}, bullet("  ", meaning, m.width-2)...)
	}
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// short is at most n characters of s.
func short(s string, n int) string {
	s = clean(s)
	if r := []rune(s); len(r) > n {
		return string(r[:max(0, n-1)]) + "…"[:len("…")*min(1, n)]
	}
	return s
}

func tone(s profiler.Status) role {
	switch s {
	case profiler.Failed:
		return bad
	case profiler.Running:
		return accent
	case profiler.Skipped, profiler.Pending, profiler.Killed:
		return dim
	}
	return plain
}

// signColumn tells the status in one cell.
func signColumn[R any](status func(R) profiler.Status) column[R] {
	return column[R]{heading{name: "sign", left: true, least: 1}, func(r R) value { return text(sign(status(r))) }, func(r R) role { return tone(status(r)) }}
}

func sign(s profiler.Status) string {
	return [...]string{profiler.Pending: "·", profiler.Running: "▶", profiler.Succeeded: "✓", profiler.Failed: "✗",
		profiler.Skipped: "○", profiler.Killed: "⊘"}[s]
}

func badIf(b bool) role {
	if b {
		return bad
	}
	return plain
}

func warnIf(b bool) role {
	if b {
		return warn
	}
	return plain
}
