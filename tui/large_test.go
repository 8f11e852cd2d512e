package tui

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

// large is a run with one stage of n tasks.
func large(t testing.TB, n int) *profiler.Profile {
	return profiletest.Must(t, fmt.Sprintf(`
executor 1 cores=200
executor 2 cores=200
stage 0 name=scan run=10ms*%d,9s gc=1ms input=1m spill=0*%d,8m shuffleWrite=10k
`, n-1, n-1))
}

func openLarge(t testing.TB, n int) *model {
	p := large(t, n)
	m := open(p, false)
	m.Update(tea.WindowSizeMsg{Width: 160, Height: 50})
	m.Update(snapshotMsg{digestOf(p, nil), false, noon})
	press(m, "4")
	return m
}

// A hundred thousand tasks are walked from end to end, sorted and filtered.
func TestManyTasks(t *testing.T) {
	const n = 100_000
	m := openLarge(t, n)
	press(m, "G")
	if at := m.list().cursor; at != n-1 {
		t.Errorf("the last row is %d", at)
	}
	press(m, "g", "g", "/", "duration>5s", "enter")
	if rows := rowsOf(m, "index"); len(rows) != 1 || rows[0] != "99,999" {
		t.Errorf("%d rows: %v", len(rows), rows[:min(3, len(rows))])
	}
	press(m, "esc", "s")
	for m.screen().grid(m, m.here()).headings()[m.list().sort].name != "duration" {
		press(m, "l")
	}
	press(m, "enter")
	if row := m.list().order[0]; row != n-1 {
		t.Errorf("row %d is the slowest", row)
	}
}

// BenchmarkKeyToFrame is one key and the frame after it, among 100,000 tasks.
func BenchmarkKeyToFrame(b *testing.B) {
	m := openLarge(b, 100_000)
	b.ResetTimer()
	for i := range b.N {
		press(m, []string{"pgdown", "j", "ctrl+u"}[i%3])
		_ = m.View()
	}
}

// BenchmarkSortTasks sorts 100,000 tasks by a column.
func BenchmarkSortTasks(b *testing.B) {
	m := openLarge(b, 100_000)
	press(m, "s")
	b.ResetTimer()
	for range b.N {
		press(m, "l")
	}
}

// BenchmarkFilterTasks filters 100,000 tasks by a predicate.
func BenchmarkFilterTasks(b *testing.B) {
	m := openLarge(b, 100_000)
	b.ResetTimer()
	for i := range b.N {
		press(m, "/", fmt.Sprintf("spill>%dkb", i), "enter", "esc")
	}
}

// BenchmarkDigest derives what the screens need from 100,000 tasks.
func BenchmarkDigest(b *testing.B) {
	p := large(b, 100_000)
	b.ResetTimer()
	for range b.N {
		digestOf(p, nil)
	}
}
