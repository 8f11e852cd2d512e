package tui

import (
	"fmt"
	"strings"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
)

// findings lists what the rules found, the most at stake first.
func findings() screen {
	return screen{
		id: findingsScreen, key: "9", title: "Findings", short: "Finds",
		doc:  "problems with the time at stake by replaying the run: !!! from a fifth of the wall time, !! from a twentieth. Rules that could not judge stand below.",
		grid: func(m *model, _ place) grid { return tableOf(m.allFindings(), findingColumns(m)) },
		draw: drawFindings,
		rows: func(m *model, _ place, width, height int) int {
			return height - 1 - len(m.afterFindings(width, height))
		},
		empty: func(m *model, _ place) []string {
			return append(append([]string{""}, bullet("  ", m.prospect(), m.width-2)...), m.afterFindings(m.width, m.height-6)...)
		},
		enter: openFinding, copy: copyPatch,
	}
}

func (m *model) allFindings() []advisor.Finding {
	if m.report == nil {
		return nil
	}
	return m.report.Findings
}

func openFinding(m *model, _ place, row int) (place, string) {
	if row < 0 || row >= len(m.allFindings()) {
		return place{}, "there are no findings"
	}
	return named(findingScreen, m.allFindings()[row].ID()), ""
}

func copyPatch(m *model, _ place, row int) string {
	if row < 0 || row >= len(m.allFindings()) {
		return ""
	}
	return patch(m.allFindings()[row])
}

// patch is what to paste: parameters as spark-submit takes them, or else the
// change of code.
func patch(f advisor.Finding) string {
	var out []string
	for _, c := range f.Changes {
		out = append(out, "--conf "+c.String())
	}
	if len(out) == 0 {
		return f.CodeChange
	}
	return strings.Join(out, " \\\n")
}

func findingColumns(m *model) []column[advisor.Finding] {
	type F = advisor.Finding
	mark := func(f F) value { return text(severityMark(f.Severity(m.wall()))) }
	return []column[F]{
		{heading{name: "severity", title: "!", left: true, least: 3}, mark, func(f F) role { return severityRole(mark(f).str) }},
		{heading{name: "finding", title: "finding", left: true, flex: true, least: 40}, func(f F) value { return text(f.Title) }, nil},
		{heading{name: "where", title: "where", left: true, rank: 1}, func(f F) value {
			w := f.Where.String()
			if n := len(f.Also); n > 0 {
				w += fmt.Sprintf(" and %d more", n)
			}
			return text(short(w, 28))
		}, nil},
		{heading{name: "saves", title: "saves", least: 8}, func(f F) value { return span(max(0, f.Stake())) }, nil},
		{heading{name: "range", title: "range", left: true, rank: 2}, func(f F) value { return text(savingRange(f)) }, nil},
		{heading{name: "confidence", title: "confidence", left: true, rank: 3}, func(f F) value { return text(string(f.Confidence)) }, nil},
		{heading{name: "cores", title: "core time", rank: 4, least: 8}, func(f F) value { return orNone(amountOf(metric.Duration, int64(f.CoreSeconds*1e9))) }, nil},
		{heading{name: "rule", title: "rule", left: true, rank: 5}, func(f F) value { return text(f.Rule) }, nil},
	}
}

// savingRange is the range of a prediction, or says that there is none.
func savingRange(f advisor.Finding) string {
	if !f.Predicted {
		return "at most"
	}
	low, high := f.Saving.SavedRange()
	return in(metric.Duration, int64(max(0, low))) + " – " + in(metric.Duration, int64(max(0, high)))
}

// afterFindings are the rules that could not judge, and what was left out.
func (m *model) afterFindings(width, height int) []string {
	if m.report == nil {
		return nil
	}
	var out []string
	if n := m.report.Small; n > 0 {
		out = append(out, "  "+plural(n, "finding")+" with less than 2 % of the wall time at stake not shown.")
	}
	for _, s := range m.report.Skipped {
		out = append(out, bullet("  ○ ", s.Rule+" did not judge: "+s.Reason, width-2)...)
	}
	if len(out) == 0 {
		return nil
	}
	out = append([]string{""}, out...)
	most := max(2, height/3)
	if len(out) > most {
		out = append(out[:most-1], fmt.Sprintf("  … and %d more", len(out)-most+1))
	}
	for i := range out {
		out[i] = m.paint(dim, out[i])
	}
	return out
}

func drawFindings(m *model, _ place, g grid, l *list, width, height int) []string {
	after := m.afterFindings(width, height)
	return append(m.drawGrid(g, l, width, max(2, height-len(after))), after...)
}
