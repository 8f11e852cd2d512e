package tui

import (
	"fmt"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// timeline shows when stages ran, or when the slots of executors did.
func timeline() screen {
	return screen{
		id: timelineScreen, key: "5", title: "Timeline", short: "Time",
		doc: "stages over time, or executor slots. Within a stage's bar the parts say how much of its task time went where, not when.",
		grid: func(m *model, _ place) grid {
			if m.lanes {
				return tableOf(m.lane.rows, laneColumns())
			}
			return tableOf(m.timelineStages(), stageColumns(m))
		},
		draw:  drawTimeline,
		rows:  func(m *model, _ place, _, height int) int { return height - 4 },
		empty: nothing("No stage has been submitted.", "Bars appear when the first stage is."),
		enter: func(m *model, _ place, row int) (place, string) {
			if m.lanes {
				return place{}, "a slot has nothing behind it; t shows stages"
			}
			s := m.timelineStages()[row]
			return ofStage(stageScreen, s.ID, s.Attempt), ""
		},
		ordered: true,
		keys: []binding{
			bind("t", "t", "stages or slots", func(m *model) tea.Cmd { m.lanes = !m.lanes; m.version++; return nil }, nil),
			bind("w", "w", "zoom in", func(m *model) tea.Cmd { m.window = m.window.zoom(0.5); return nil }, nil),
			bind("s", "s", "zoom out", func(m *model) tea.Cmd { m.window = m.window.zoom(2); return nil }, nil),
			bind("a left", "a ←", "earlier", func(m *model) tea.Cmd { m.window = m.window.shift(-0.25); return nil }, (*model).needsZoom),
			bind("d right", "d →", "later", func(m *model) tea.Cmd { m.window = m.window.shift(0.25); return nil }, (*model).needsZoom),
			bind("=", "=", "whole run", func(m *model) tea.Cmd { m.window = window{0, 1}; return nil }, (*model).needsZoom),
			bind("p", "p", "critical path", func(m *model) tea.Cmd { m.critical = !m.critical; return nil }, func(m *model) string {
				if m.lanes {
					return "the path is made of stages; t shows them"
				}
				return ""
			}),
		},
	}
}

func (m *model) needsZoom() string {
	if m.window == (window{0, 1}) {
		return "the whole run is shown; w zooms in"
	}
	return ""
}

// A window is the part of the run that is shown, 0 to 1.
type window struct{ from, to float64 }

func (w window) zoom(by float64) window {
	middle, half := (w.from+w.to)/2, min(0.5, max(0.0005, (w.to-w.from)/2*by))
	return window{middle - half, middle + half}.shift(0)
}

// shift moves by a share of the width, within the run.
func (w window) shift(by float64) window {
	size := w.to - w.from
	from := max(0, min(w.from+by*size, 1-size))
	return window{from, from + size}
}

// bounds are the window's ends as milliseconds.
func (m *model) bounds() (from, to int64) {
	start, end := int64(m.profile().App.Start), int64(m.data.end)
	size := float64(max(1, end-start))
	return start + int64(m.window.from*size), start + max(1, int64(m.window.to*size))
}

// timelineStages are the stages that were submitted.
func (m *model) timelineStages() []*stageFacts {
	var out []*stageFacts
	for _, f := range m.data.stages {
		if f.Submitted != 0 {
			out = append(out, f)
		}
	}
	return out
}

func drawTimeline(m *model, _ place, g grid, l *list, width, height int) []string {
	label := max(14, min(34, width/4))
	room := max(4, width-label-11)
	from, to := m.bounds()
	start := int64(m.profile().App.Start)
	axis := chart.Axis(room, func(q float64) string {
		at := time.Duration(float64(from-start)+q*float64(to-from)) * time.Millisecond
		return in(metric.Duration, int64(at))
	})
	out := []string{m.paint(head, strings.Repeat(" ", label+1)+axis+align("wall", 9, false))}
	stages := m.timelineStages()
	end := min(len(l.order), l.top+max(0, height-4))
	for at := l.top; at < end; at++ {
		row := int(l.order[at])
		chosen := "  "
		if at == l.cursor {
			chosen = mark
		}
		if m.lanes {
			out = append(out, chosen+m.laneLine(row, label-2, room, from, to))
		} else {
			out = append(out, chosen+m.stageLine(stages[row], label-2, room, from, to))
		}
	}
	out = append(out, "")
	if m.lanes {
		for _, s := range bullet("  ", "A digit is the last of the stage's id. Logs do not name slots: the rows are one way to place the tasks.", width-2) {
			out = append(out, m.paint(dim, s))
		}
		return out
	}
	legend := "  ·queued"
	for _, a := range []profiler.Activity{profiler.Compute, profiler.FetchWait, profiler.ShuffleWrite, profiler.OtherWait, profiler.GC} {
		legend += "  " + m.paint(paints[a].role, paints[a].r) + " " + map[profiler.Activity]string{profiler.Compute: "compute",
			profiler.FetchWait: "fetch", profiler.ShuffleWrite: "write", profiler.OtherWait: "wait", profiler.GC: "GC"}[a]
	}
	if m.critical {
		legend += "  * critical path"
	}
	return append(out, legend, m.paint(dim, "  Parts of a bar show how much of the task time went where, not when."))
}

// stageLine is one stage: queued until its first launch, then the parts of its
// task time side by side.
func (m *model) stageLine(f *stageFacts, label, room int, from, to int64) string {
	end := int64(f.Completed)
	if f.Status == profiler.Running || end == 0 {
		end = int64(m.data.end)
	}
	launch := int64(f.FirstLaunch)
	if launch == 0 {
		launch = end
	}
	cells := chart.Gantt(room, from, to, []chart.Span{{From: int64(f.Submitted), To: launch, Kind: 1}, {From: launch, To: end, Kind: 2}})
	busy := 0
	for _, c := range cells {
		if c == 2 {
			busy++
		}
	}
	parts := make([]int64, len(f.Parts.Parts))
	for a, d := range f.Parts.Parts {
		parts[a] = int64(d)
	}
	split := chart.Split(busy, parts)
	line := ""
	next := 0
	for i := 0; i < len(cells); {
		switch {
		case cells[i] == 0:
			line += " "
			i++
		case cells[i] == 1:
			line += m.paint(dim, "·")
			i++
		default:
			for next < len(split) && split[next] == 0 {
				next++
			}
			if next >= len(split) { // nothing has ended yet
				line += m.paint(accent, "═")
				i++
				continue
			}
			p := paints[profiler.Activity(next)]
			line += m.paint(p.role, strings.Repeat(p.r, split[next]))
			i += split[next]
			next++
		}
	}
	sign := " "
	if m.critical && m.data.onPath[f.Stage] > 0 {
		sign = m.paint(warn, "*")
	}
	name := align(fmt.Sprintf("%s %s", stageName(f.Stage), first(clean(f.Name), clean(f.Description))), label-1, true)
	return m.paint(tone(f.Status), name) + sign + " " + line + align(in(metric.Duration, int64(m.data.wall(f.Stage))), 9, false)
}
