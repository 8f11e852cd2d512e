package tui

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
)

// findingDetail is one finding: its numbers, what to change, what that would
// save, and what was assumed.
func findingDetail() screen {
	return screen{
		id: findingScreen, title: "Finding",
		doc: "what was seen, what to change, what a replay of the run says that saves, and what was assumed.",
		crumb: func(m *model, at place) string {
			if f := m.finding(at); f != nil {
				return f.Rule
			}
			return "finding"
		},
		page: findingPage,
		enter: func(m *model, at place, _ int) (place, string) {
			f := m.finding(at)
			if f == nil {
				return place{}, "the finding is gone"
			}
			return m.placeOf(f.Where)
		},
		copy: func(m *model, at place, _ int) string {
			if f := m.finding(at); f != nil {
				return patch(*f)
			}
			return ""
		},
	}
}

// finding is the one that a place is about, nil when it is no longer reported.
func (m *model) finding(at place) *advisor.Finding {
	i := slices.IndexFunc(m.allFindings(), func(f advisor.Finding) bool { return f.ID() == at.name })
	if i < 0 {
		return nil
	}
	return &m.allFindings()[i]
}

// placeOf is the screen that shows a finding's place, or why none does.
func (m *model) placeOf(w advisor.Where) (place, string) {
	switch {
	case w.Stage != nil:
		for i := len(m.data.stages) - 1; i >= 0; i-- { // the last attempt
			if f := m.data.stages[i]; f.ID == *w.Stage {
				return ofStage(stageScreen, f.ID, f.Attempt), ""
			}
		}
	case w.Execution != nil:
		return of(planScreen, *w.Execution), ""
	case w.RDD != nil:
		return whole(storageScreen), ""
	case w.Job != nil:
		return of(stagesScreen, int64(*w.Job)), ""
	}
	return place{}, "the finding is about the whole run"
}

func findingPage(m *model, at place, width int) []string {
	f := m.finding(at)
	if f == nil {
		return []string{"", "  The rules no longer report this finding.", "", m.paint(dim, "  esc goes up.")}
	}
	mark := severityMark(f.Severity(m.wall()))
	var out []string
	say := func(title string, lines ...string) {
		out = append(append(out, "", m.paint(accent, "  "+title)), lines...)
	}
	para := func(s string) []string { return bullet("  ", s, min(width, 100)-2) }
	items := func(texts []string) (lines []string) {
		for _, t := range texts {
			lines = append(lines, bullet("  · ", t, min(width, 110)-2)...)
		}
		return lines
	}
	for _, l := range bullet("  "+mark+" ", f.Title+" ("+whereText(*f)+")", width-2) {
		out = append(out, m.paint(severityRole(mark), l))
	}
	out = append(out, para(f.Summary+".")...)
	say("What it would save", para(saving(*f))...)
	if len(f.Changes) > 0 {
		var lines []string
		for _, c := range f.Changes {
			was := ""
			if c.From != "" {
				was = m.paint(dim, "   now "+clean(c.From))
			}
			lines = append(lines, "  --conf "+clean(c.String())+was)
		}
		say("What to set (y copies)", lines...)
	}
	if f.CodeChange != "" {
		say("What to change in the code", para(f.CodeChange)...)
	}
	var evidence []string
	for _, e := range f.Evidence {
		evidence = append(evidence, e.String())
	}
	if len(evidence) > 0 {
		say("What was seen", items(evidence)...)
	}
	assumed := append(append([]string(nil), f.Assumptions...), f.Saving.Assumptions...)
	if len(assumed) > 0 {
		say("What was assumed", items(assumed)...)
	}
	if len(f.Excludes) > 0 {
		say("What would not help", items(f.Excludes)...)
	}
	if len(f.Also) > 0 {
		var places []string
		for _, w := range f.Also {
			places = append(places, clean(strings.TrimSpace(w.String()+" "+w.Name)))
		}
		say("Also", items(places)...)
	}
	say("Why it hurts", para(f.Why)...)
	if f.Confirm != "" {
		say("How to see it", para(f.Confirm)...)
	}
	return out
}

func whereText(f advisor.Finding) string {
	w := f.Where.String()
	if f.Where.Name != "" && f.Where.Name != w {
		w += ", " + clean(f.Where.Name)
	}
	return w
}

// saving says what a replay of the run makes of the remedy.
func saving(f advisor.Finding) string {
	switch {
	case f.Predicted:
		low, high := f.Saving.SavedRange()
		return fmt.Sprintf("About %s of %s (%s to %s), with %s confidence in the cause; the replay misses the measured run by %s.",
			in(metric.Duration, int64(f.Saving.Saved())), in(metric.Duration, int64(f.Saving.Before)),
			in(metric.Duration, int64(max(0, low))), in(metric.Duration, int64(max(0, high))), f.Confidence, percent(f.Saving.SelfError))
	case f.Saving.Refused != "":
		return fmt.Sprintf("At most %s. It was not predicted: %s.", in(metric.Duration, int64(f.Waste)), f.Saving.Refused)
	}
	return fmt.Sprintf("At most %s; it was not predicted.", in(metric.Duration, int64(f.Waste)))
}
