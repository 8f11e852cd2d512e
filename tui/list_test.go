package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// rowsOf are the cells of one column, in the order that is shown.
func rowsOf(m *model, column string) []string {
	g, l := m.screen().grid(m, m.here()), m.look()
	var out []string
	for c, h := range g.headings() {
		if h.name != column {
			continue
		}
		for _, row := range l.order {
			out = append(out, g.at(int(row), c).String())
		}
	}
	return out
}

// Choosing a column sorts at once, numbers from the greatest; S turns it
// around; what is not recorded stays at the end.
func TestSort(t *testing.T) {
	m := show(t, "full", 160, 50)
	press(m, "3", "s")
	for m.screen().grid(m, m.here()).headings()[m.list().sort].name != "wall" {
		press(m, "l")
	}
	press(m, "enter")
	if diff := cmp.Diff([]string{"28.0 s", "7.2 s", "4.0 s", "700 ms", "–"}, rowsOf(m, "wall")); diff != "" {
		t.Error(diff)
	}
	press(m, "S")
	if diff := cmp.Diff([]string{"700 ms", "4.0 s", "7.2 s", "28.0 s", "–"}, rowsOf(m, "wall")); diff != "" {
		t.Error(diff)
	}
	press(m, "s", "esc")
	if diff := cmp.Diff([]string{"0", "1", "2", "3", "4"}, rowsOf(m, "id")); diff != "" {
		t.Error(diff)
	}
}

func TestFilter(t *testing.T) {
	for filter, want := range map[string]string{
		"join":                       "1",
		"!sum":                       "0 1 4",
		"spill>1MB":                  "1",
		"spill>1GB":                  "",
		"skew>3 gc<5":                "",
		"skew>3":                     "1 4",
		"wall>=4s OR status=skipped": "0 1 3 4",
		"status=skipped":             "3",
		"status!=succeeded":          "3",
		"name~^sum":                  "2 3",
		"~py:(12|31)":                "0 4",
		"id=2":                       "2",
		"gc>4 AND gc<=9":             "1",
	} {
		m := show(t, "full", 160, 50)
		press(m, "3", "/")
		for i, word := range strings.Fields(filter) {
			if i > 0 {
				press(m, "space")
			}
			for _, r := range word {
				press(m, string(r))
			}
		}
		press(m, "enter")
		if got := strings.Join(rowsOf(m, "id"), " "); got != want {
			t.Errorf("%s leaves stages %q, want %q", filter, got, want)
		}
	}
}

// A filter that is no filter is answered below while it is typed, and the
// last good one stays in force.
func TestFilterMistakes(t *testing.T) {
	m := show(t, "full", 160, 50)
	press(m, "3", "/", "spil>1MB")
	if !strings.Contains(m.View(), `no column is called "spil"; with s there are sign`) {
		t.Error(m.View())
	}
	press(m, "esc")
	if n := len(rowsOf(m, "id")); n != 5 {
		t.Errorf("%d rows", n)
	}
	press(m, "/", "~a(", "enter")
	if !strings.Contains(m.View(), "missing closing )") {
		t.Error(m.View())
	}
}

// The cursor stays on its row when the order changes around it.
func TestCursorStaysOnItsRow(t *testing.T) {
	m := show(t, "full", 160, 50)
	press(m, "3", "j", "s", "l", "l", "l", "enter")
	if id := m.data.stages[m.list().row()].ID; id != 1 {
		t.Errorf("the cursor is on stage %d", id)
	}
}

// Places keep how they were looked at; history leads back and forth.
func TestPlaces(t *testing.T) {
	m := show(t, "full", 160, 50)
	press(m, "3", "j", "enter", "enter", "G")
	crumbs := func() string { return strings.TrimSpace(strings.Split(m.View(), "\n")[2][:60]) }
	where := crumbs()
	press(m, "[", "[")
	if m.here() != whole(stagesScreen) || m.list().cursor != 1 {
		t.Errorf("two steps back is %+v, row %d", m.here(), m.list().cursor)
	}
	press(m, "]", "]")
	if crumbs() != where || m.list().cursor != 12 {
		t.Errorf("two steps on is %q, row %d", crumbs(), m.list().cursor)
	}
	press(m, "esc", "esc", "esc", "[", "4")
	if got := crumbs(); !strings.HasPrefix(got, "Tasks of stage 1") {
		t.Errorf("tasks after a visit to stage 1 are %q", got)
	}
}

// A key that does nothing here says why.
func TestDisabledKeysSayWhy(t *testing.T) {
	for keys, want := range map[string]string{
		"n":         "n: no filter is set; / sets one",
		"f":         "f: the log has been read; nothing changes",
		"5 a":       "a ←: the whole run is shown; w zooms in",
		"6 j enter": "",
		"7 enter":   "⏎: nothing lies behind this",
		"6 enter s": "s: these rows have an order of their own",
		"]":         "]: nothing lies ahead",
	} {
		m := show(t, "full", 160, 50)
		press(m, strings.Fields(keys)...)
		if m.notice != want {
			t.Errorf("%s: %q, want %q", keys, m.notice, want)
		}
	}
}

// Collapsing a node hides its inputs, and expanding brings them back.
func TestCollapse(t *testing.T) {
	m := show(t, "full", 160, 50)
	press(m, "6", "enter", "j", "j")
	before := len(m.list().order)
	press(m, "h")
	if after := len(m.list().order); after != 3 {
		t.Errorf("%d rows of %d are left", after, before)
	}
	press(m, "l")
	if after := len(m.list().order); after != before {
		t.Errorf("%d rows of %d are back", after, before)
	}
}

// Freezing keeps the snapshot; thawing takes the next.
func TestFreeze(t *testing.T) {
	m := show(t, "running", 160, 50)
	old := m.data
	press(m, "f")
	m.Update(snapshotMsg{digestOf(old.profile, old), true, noon.Add(3e9)})
	m.Update(tickMsg(noon.Add(3e9)))
	if m.data != old || !strings.Contains(m.View(), "FROZEN for 3.0 s") {
		t.Error(m.View())
	}
	press(m, "f")
	m.Update(snapshotMsg{digestOf(old.profile, old), true, noon.Add(4e9)})
	if m.data == old {
		t.Error("the model did not thaw")
	}
	press(m, "f")
	m.Update(snapshotMsg{digestOf(old.profile, old), false, noon.Add(5e9)})
	if _, cmd := m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("f")}); cmd == nil {
		t.Error("the snapshot that came last while frozen is never asked for")
	}
}

// The last snapshot is judged even when it comes while an earlier one is.
func TestLastSnapshotIsJudged(t *testing.T) {
	m := show(t, "running", 80, 24)
	early, late := digestOf(m.profile(), nil), digestOf(show(t, "full", 80, 24).profile(), nil)
	m.advising, m.advisedOn = true, early.profile
	m.Update(snapshotMsg{late, false, noon})
	if _, cmd := m.Update(adviceMsg{reportOn(early.profile)}); cmd == nil {
		t.Fatal("nobody judges the last snapshot")
	} else if msg, ok := cmd().(adviceMsg); !ok || len(msg.report.Findings) != 2 {
		t.Errorf("%+v", msg)
	}
}

// What a log names cannot reach the terminal as a sequence.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[2Jboo": "[2Jboo", "two\nlines": "two lines", "plain": "plain", "a\tb": "a b", "\u202egnp": "gnp",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// One amount looks the same wherever it is printed.
func TestValues(t *testing.T) {
	for want, v := range map[string]value{
		"12.0 MiB": bytes(12 << 20), "–": {}, "3.1×": times(3.14), "12 %": part(0.123), "<1 %": part(0.001), "1,234": count(1234),
		"7/8": done(7, 8), "1.5 s": amountOf(metric.Duration, 1.5e9),
	} {
		if got := fmt.Sprint(v); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A value differs from the default by what it means, not by how it is written.
func TestSameAsDefault(t *testing.T) {
	for _, p := range config.Params {
		if !p.Prefix && !same(p, p.Default) {
			t.Errorf("the default of %s differs from itself", p.Key)
		}
	}
	p, _ := config.Lookup(config.BroadcastThreshold)
	if !same(p, "10m") || !same(p, "10485760") || same(p, "11m") {
		t.Error("10m, 10485760 and 11m are not told apart")
	}
}
