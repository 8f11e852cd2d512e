package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// helpLines are the screen's sentence, the keys that work on it, and those
// that do not, with the reason.
func (m *model) helpLines(width int) []string {
	s := m.screen()
	out := append(bullet("  ", s.title+": "+s.doc, width-2), "")
	var on, off []string
	taken := map[string]bool{}
	for _, b := range m.bindings() {
		h := b.Help()
		if taken[b.Keys()[0]] {
			continue // the screen's own key stands for the common one
		}
		for _, k := range b.Keys() {
			taken[k] = true
		}
		line := "  " + align(h.Key, 8, true) + "  " + h.Desc
		if why := b.lacks(m); why != "" {
			off = append(off, m.paint(dim, line+" – "+why))
		} else {
			on = append(on, line)
		}
	}
	if width >= 70 {
		half := (len(on) + 1) / 2
		on = beside(on[:half], width/2, on[half:])
	}
	out = append(out, on...)
	if len(off) > 0 {
		out = append(append(out, "", "  Not here, not now:"), off...)
	}
	if s.grid != nil {
		out = append(out, "")
		out = append(out, bullet("  ", "Filters: words · ~regex · !not · column>1MB · column=word · column~regex · a OR b", width-2)...)
		out = append(out, bullet("  Columns: ", names(s.grid(m, m.here()).headings()), width-2)...)
	}
	return out
}

func (m *model) helpPage(width, height int) []string {
	lines := m.helpLines(width)
	top := max(0, min(m.helpTop, len(lines)-height))
	return lines[top:]
}

func (m *model) pressHelp(k tea.KeyMsg) tea.Cmd {
	width, height := m.body()
	switch k.String() {
	case "esc", "?", "q", "enter", "backspace":
		m.help = false
	case "ctrl+c":
		return tea.Quit
	case "j", "down":
		m.helpTop++
	case "k", "up":
		m.helpTop--
	case "pgdown", "ctrl+d", " ":
		m.helpTop += height / 2
	case "pgup", "ctrl+u":
		m.helpTop -= height / 2
	}
	m.helpTop = max(0, min(m.helpTop, len(m.helpLines(width))-height))
	return nil
}
