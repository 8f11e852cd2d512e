package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Deeds are what keys do to the model.

func (m *model) open() tea.Cmd {
	to, _ := m.leads()
	m.history.descend(to)
	return nil
}

// leave undoes the nearest thing: a filter, the whole terminal, a step down.
func (m *model) leave() tea.Cmd {
	l := m.list()
	switch {
	case !l.query.empty():
		l.query = query{}
	case m.full:
		m.full = false
	default:
		m.history.ascend()
	}
	return nil
}

// scroll moves the cursor of rows, or the lines of a page.
func (m *model) scroll(n int) tea.Cmd {
	l := m.list()
	if m.screen().grid == nil {
		l.top = max(0, l.top+n)
		return nil
	}
	l.move(n)
	return nil
}

// first goes to the first row on the second g, or on home.
func (m *model) first() tea.Cmd {
	if !m.pressedG {
		m.pressedG = true
		return nil
	}
	m.pressedG = false
	return m.scroll(-1 << 30)
}

func (m *model) panBy(n int) tea.Cmd {
	l := m.list()
	last := -1
	for _, h := range m.screen().grid(m, m.here()).headings() {
		if h.rank > 0 {
			last++
		}
	}
	l.pan = max(0, min(l.pan+n, last))
	return nil
}

func (m *model) match(step int) tea.Cmd {
	if !m.list().jump(m.screen().grid(m, m.here()), step) {
		m.notice = "no row matches"
	}
	return nil
}

// freeze keeps the snapshot that is shown, or lets time go on.
func (m *model) freeze() tea.Cmd {
	if m.frozen.IsZero() {
		m.frozen = m.now
		return nil
	}
	m.frozen = time.Time{}
	if !m.more { // the last snapshot came meanwhile, and nobody asks any more
		return m.fetch()
	}
	return nil
}

func (m *model) copyRow() tea.Cmd {
	s, l := m.screen(), m.list()
	if s.copy != nil {
		if text := s.copy(m, m.here(), l.row()); text != "" {
			return copyTo(m.opt.Output, text, "the patch")
		}
	}
	if s.grid == nil || l.row() < 0 {
		m.notice = "there is nothing to copy"
		return nil
	}
	g := s.grid(m, m.here())
	cells := make([]string, len(g.headings()))
	for c := range cells {
		cells[c] = g.at(l.row(), c).String()
	}
	return copyTo(m.opt.Output, strings.Join(cells, "\t"), "the row")
}

// startSort lets a column be chosen; the rows follow at once.
func (m *model) startSort() tea.Cmd {
	m.sorting = true
	if l := m.list(); l.sort < 0 {
		m.sortBy(0)
	}
	return nil
}

// sortBy sorts by a column: numbers from the greatest, words from A.
func (m *model) sortBy(c int) {
	l := m.list()
	g := m.screen().grid(m, m.here())
	n := len(g.headings())
	l.sort = (c%n + n) % n
	l.descending = false
	for row := range min(g.size(), 100) {
		if v := g.at(row, l.sort); v.kind != absent {
			l.descending = v.kind != word && l.sort > 0
			break
		}
	}
}

func (m *model) pressSort(k tea.KeyMsg) tea.Cmd {
	l := m.list()
	switch k.String() {
	case "right", "l", "s", "tab":
		m.sortBy(l.sort + 1)
	case "left", "h", "shift+tab":
		m.sortBy(l.sort - 1)
	case "S":
		l.descending = !l.descending
	case "esc", "0":
		l.sort, m.sorting = -1, false
	case "ctrl+c":
		return tea.Quit
	default:
		m.sorting = false
		if k.String() != "enter" {
			return m.press(k)
		}
	}
	return nil
}
