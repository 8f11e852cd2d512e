package tui

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/cockroachdb/datadriven"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

// noon is the only time that tests know.
var noon = time.Date(2023, 11, 14, 12, 0, 0, 0, time.UTC)

// show is a model that shows a profile of testdata/profiles, as after its
// first snapshot and report.
func show(t testing.TB, name string, width, height int) *model {
	t.Helper()
	body, err := os.ReadFile("testdata/profiles/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	p := profiletest.Must(t, string(body))
	more := p.App.End == 0
	m := open(p, more)
	m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	m.Update(snapshotMsg{digestOf(p, nil), more, noon})
	m.Update(adviceMsg{reportOn(p)})
	return m
}

func open(p *profiler.Profile, live bool) *model {
	m := newModel(Still(p), Options{Live: live, Output: io.Discard, Theme: Mono, Advise: reportOn})
	m.palette.plainText()
	return m
}

// reportOn is advice on the full profile's skewed stage, and none on others.
func reportOn(p *profiler.Profile) advisor.Report {
	r := advisor.Report{App: p.App, Wall: p.App.Wall(), Skipped: []advisor.Skip{
		{Rule: "cache-does-not-fit", Reason: "the profile does not record cached partitions read"},
	}}
	s := p.Stage(1, 0)
	if s == nil || s.Name != "join zones at revenue.py:20" {
		return r
	}
	wall := p.App.Wall()
	change := config.Change{Key: "spark.sql.adaptive.enabled", From: "false", To: "true"}
	saving := whatif.Prediction{Before: wall, After: wall - 22*time.Second, Low: wall - 25*time.Second, High: wall - 15*time.Second,
		SelfError: 0.02, Assumptions: []string{"the heavy partition can be split into pieces as long as the median task"}}
	r.Findings = []advisor.Finding{{
		Rule: "skewed-stage", Title: "One task does most of a stage's work", Cause: "skewed-join", Where: advisor.AtStage(s),
		Summary:  "the slowest of 12 tasks took 9.3 times the median",
		Evidence: []advisor.Evidence{advisor.Measured(metric.TaskDuration, int64(28*time.Second), "slowest"), advisor.Measured(metric.TaskDuration, int64(3*time.Second), "median")},
		Why:      "A stage ends when its slowest task ends.", Confirm: "Compare the slowest task with the median on the stage screen.",
		Changes: []config.Change{change}, CodeChange: "add a salt column to the key", Saving: saving, Predicted: true,
		Waste: 25 * time.Second, CoreSeconds: 175, Confidence: advisor.High, Excludes: []string{"spark.executor.memory"},
	}, {
		Rule: "spilling-stage", Title: "Tasks spill because they have too little memory", Where: advisor.AtStage(s),
		Summary: "1 of 12 tasks spilled 256.0 MiB", Why: "Spilled rows are written and read again.", Waste: 4 * time.Second, Confidence: advisor.Medium,
	}}
	r.Joint = saving
	return r
}

var namedKeys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "backspace": tea.KeyBackspace, "space": tea.KeySpace, "down": tea.KeyDown, "up": tea.KeyUp,
	"left": tea.KeyLeft, "right": tea.KeyRight, "ctrl+d": tea.KeyCtrlD, "ctrl+u": tea.KeyCtrlU, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
	"home": tea.KeyHome, "end": tea.KeyEnd,
}

// press types keys: names, or runs of characters.
func press(m *model, keys ...string) {
	for _, k := range keys {
		if kind, ok := namedKeys[k]; ok {
			msg := tea.KeyMsg{Type: kind}
			if k == "space" {
				msg.Runes = []rune{' '}
			}
			m.Update(msg)
			continue
		}
		for _, r := range k {
			m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
}

// TestFrames holds every screen against its frames, for runs that are over,
// under way, failed and empty, at the least size that is designed for and at a
// large one. Run with -rewrite to accept what is drawn.
func TestFrames(t *testing.T) {
	datadriven.Walk(t, "testdata/frames", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var profile, size string
			d.ScanArgs(t, "profile", &profile)
			d.ScanArgs(t, "size", &size)
			var width, height int
			if _, err := fmt.Sscanf(size, "%dx%d", &width, &height); err != nil {
				d.Fatalf(t, "size %s: %v", size, err)
			}
			m := show(t, profile, width, height)
			press(m, strings.Fields(d.Input)...)
			frame := m.View()
			if lines := strings.Count(frame, "\n") + 1; lines != height {
				t.Errorf("%s: %d lines of %d", d.Pos, lines, height)
			}
			return strings.TrimRight(frame, "\n") + "\n"
		})
	})
}
