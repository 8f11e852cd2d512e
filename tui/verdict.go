package tui

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// verdict is the first screen: three sentences, where the time went, and what
// to do about it.
func verdict() screen {
	return screen{
		id: verdictScreen, key: "1", title: "Verdict",
		doc:  "what became of the run, where its time went, and what is most worth changing.",
		grid: func(m *model, _ place) grid { return tableOf(m.topFindings(), findingColumns(m)) },
		draw: drawVerdict,
		rows: func(m *model, _ place, _, height int) int { return 3 },
		empty: func(m *model, at place) []string {
			width, height := m.body()
			return drawVerdict(m, at, tableOf([]advisor.Finding(nil), findingColumns(m)), newList(), width, height)
		},
		enter: openFinding, copy: copyPatch,
		ordered: true,
	}
}

// topFindings are the three with most at stake.
func (m *model) topFindings() []advisor.Finding {
	if m.report == nil {
		return nil
	}
	return m.report.Findings[:min(3, len(m.report.Findings))]
}

func drawVerdict(m *model, _ place, g grid, l *list, width, height int) []string {
	var out []string
	for _, s := range m.diagnosis() {
		out = append(out, bullet("  ", s, width-2)...)
	}
	out = append(out, "")
	out = append(out, m.timeBars(width)...)
	if _, all := m.data.progress(); all > 0 {
		out = append(out, m.progressBar(width))
	}
	out = append(out, "")
	findings := m.findingsBlock(g, l, width)
	parts := m.activityLines(width)
	if room := height - len(out) - len(findings) - 1; room < len(parts) && room >= 2 {
		parts = parts[:room]
	} else if room < 2 {
		parts = nil
	}
	if len(parts) > 0 {
		out = append(append(out, parts...), "")
	}
	return append(append(out, findings...), m.warningLines(width)...)
}

// warningLines say what was missing or wrong in the input.
func (m *model) warningLines(width int) []string {
	w := m.profile().Warnings
	if len(w) == 0 {
		return nil
	}
	const most = 3
	out := []string{"", m.paint(warn, "  "+plural(len(w), "warning")+" about the input:")}
	for _, one := range w[:min(most, len(w))] {
		out = append(out, bullet("  · ", one.String(), width-2)...)
	}
	return out
}

// diagnosis says in three sentences how it ended, what held it up, and what
// can be won.
func (m *model) diagnosis() []string {
	return []string{m.outcome(), m.holdUp(), m.prospect()}
}

func (m *model) outcome() string {
	d := m.data
	wall := in(metric.Duration, int64(d.profile.App.Wall()))
	busy := 1 - d.breakdown.Share(profiler.IdleSlots) - d.breakdown.Share(profiler.DriverGap)
	slots := fmt.Sprintf(" Its %s were busy %s of the time.", plural(d.slots, "slot"), percent(busy))
	if d.breakdown.Total == 0 {
		slots = " No task has run."
	}
	if failures := d.failures(); len(failures) > 0 {
		more := ""
		if n := len(failures) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		return "It failed in " + strings.TrimRight(short(failures[0], 150), ".…") + "…" + more + slots
	}
	switch {
	case !d.running():
		return "It took " + wall + "." + slots
	case m.more && m.opt.Live:
		return "It has been running for " + wall + "." + slots
	case m.more:
		return "The log is being read, " + wall + " of the run so far." + slots
	}
	return "The log has no end; its last event came after " + wall + "." + slots
}

// holdUp names the stage, or the driver, that the run waited for longest.
func (m *model) holdUp() string {
	d := m.data
	var driver time.Duration
	for _, s := range d.path {
		if s.Kind == profiler.Driver {
			driver += s.Duration()
		}
	}
	var longest *stageFacts
	for _, f := range d.stages {
		if t := d.onPath[f.Stage]; t > 0 && (longest == nil || t > d.onPath[longest.Stage]) {
			longest = f
		}
	}
	wall := d.profile.App.Wall()
	share := func(t time.Duration) string {
		return fmt.Sprintf("%s, %s of the wall time", in(metric.Duration, int64(t)), percent(float64(t)/float64(max(1, wall))))
	}
	if longest == nil {
		return "No stage has held it up."
	}
	if driver > d.onPath[longest.Stage] {
		return "It waited longest for the driver, while no stage ran: " + share(driver) + "."
	}
	out := fmt.Sprintf("It waited longest for stage %d, %s: %s.", longest.ID, short(longest.Name, 60), share(d.onPath[longest.Stage]))
	if longest.Skew >= 3 && longest.Complete >= 3 {
		out = strings.TrimSuffix(out, ".") + "; its slowest task took " + times(longest.Skew).String() + " the median."
	}
	return out
}

func (m *model) prospect() string {
	switch {
	case m.opt.Advise == nil:
		return "Nobody was asked for advice."
	case m.report == nil:
		return "The rules are being asked."
	case len(m.report.Findings) == 0 && m.report.Small > 0:
		return "No rule found anything that costs more than 2 % of the wall time."
	case len(m.report.Findings) == 0:
		return "No rule found anything."
	}
	n := plural(len(m.report.Findings), "finding")
	joint := m.report.Joint
	if worst := m.report.Findings[0]; joint.Refused != "" || joint.Saved() <= 0 {
		return fmt.Sprintf("%s; the first has %s at stake.", n, in(metric.Duration, int64(max(0, worst.Stake()))))
	}
	low, high := joint.SavedRange()
	whose := "their parameters together"
	if len(m.report.Findings) == 1 {
		whose = "its parameters"
	}
	return fmt.Sprintf("%s; %s would save about %s of %s (%s to %s).", n, whose, in(metric.Duration, int64(joint.Saved())),
		in(metric.Duration, int64(joint.Before)), in(metric.Duration, int64(max(0, low))), in(metric.Duration, int64(max(0, high))))
}

// timeBars compare the wall time with the time of all tasks, and divide slot
// time into busy, idle and waiting for the driver.
func (m *model) timeBars(width int) []string {
	d := m.data
	wall := d.profile.App.Wall()
	task := d.inflight
	for _, f := range d.stages {
		task += f.Parts.Total
	}
	room := max(10, min(60, width-42))
	limit := float64(max(wall, task))
	row := func(name string, t time.Duration, note string) string {
		return "  " + align(name, 11, true) + m.paint(accent, chart.Bar(room, float64(t), limit)) + " " + in(metric.Duration, int64(t)) + note
	}
	side := ""
	if wall > 0 && task > 0 {
		side = fmt.Sprintf("  (%.1f at a time)", float64(task)/float64(wall))
	}
	out := []string{row("wall time", wall, ""), row("task time", task, side)}
	b := &d.breakdown
	if b.Total == 0 {
		return out
	}
	idleTime, gapTime := b.Parts[profiler.IdleSlots], b.Parts[profiler.DriverGap]
	cells := chart.Split(room, []int64{int64(b.Total - idleTime - gapTime), int64(idleTime), int64(gapTime)})
	bar := m.paint(work, strings.Repeat("█", cells[0])) + m.paint(idle, strings.Repeat("▒", cells[1])) + m.paint(gap, strings.Repeat("░", cells[2]))
	legend := fmt.Sprintf("█ busy %s  ▒ idle %s  ░ driver alone %s", percent(1-b.Share(profiler.IdleSlots)-b.Share(profiler.DriverGap)),
		percent(b.Share(profiler.IdleSlots)), percent(b.Share(profiler.DriverGap)))
	out = append(out, "  "+align("slots", 11, true)+bar)
	return append(out, strings.Repeat(" ", 13)+m.paint(dim, legend))
}

func (m *model) progressBar(width int) string {
	done, all := m.data.progress()
	room := max(10, min(60, width-42))
	return "  " + align("progress", 11, true) + m.paint(good, chart.Bar(room, float64(done), float64(max(1, all)))) +
		fmt.Sprintf(" %s of %s", in(metric.Count, int64(done)), plural(all, "task"))
}

// activityLines say what tasks did with their slots, most first.
func (m *model) activityLines(width int) []string {
	return m.breakdownLines(&m.data.breakdown, width, profiler.IdleSlots, profiler.DriverGap)
}

func (m *model) findingsBlock(g grid, l *list, width int) []string {
	if g.size() == 0 {
		return nil
	}
	return m.drawGrid(g, l, width, 1+g.size())
}
