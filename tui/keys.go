package tui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// A binding is keys with their help, what they do, and why they do nothing
// here, if so. The footer and the help print bindings; nothing else says what
// keys there are.
type binding struct {
	key.Binding
	do  func(*model) tea.Cmd
	why func(*model) string // "" or nil: it works here
}

func bind(keys, label, help string, do func(*model) tea.Cmd, why func(*model) string) binding {
	return binding{key.NewBinding(key.WithKeys(strings.Fields(keys)...), key.WithHelp(label, help)), do, why}
}

func (b binding) lacks(m *model) string {
	if b.why == nil {
		return ""
	}
	return b.why(m)
}

// bindings is every key that means something on the screen, its own first: it
// may take a key from those that hold everywhere.
func (m *model) bindings() []binding {
	return append(append([]binding(nil), m.screen().keys...), m.common()...)
}

// common are the keys that hold everywhere, those most needed first, as the
// footer has room for few.
func (m *model) common() []binding {
	out := []binding{
		bind("enter", "⏎", "open", (*model).open, func(m *model) string { _, why := m.leads(); return why }),
		bind("esc backspace", "esc", "up", (*model).leave, func(m *model) string {
			if len(m.history.here()) < 2 && m.list().query.empty() && !m.full {
				return "this is the top; q quits"
			}
			return ""
		}),
		bind("/", "/", "filter", (*model).startFilter, func(m *model) string { return m.needsRows("to filter") }),
		bind("s", "s", "sort", (*model).startSort, func(m *model) string { return m.needsOrder() }),
		bind("?", "?", "help", func(m *model) tea.Cmd { m.help, m.helpTop = true, 0; return nil }, nil),
		bind("q ctrl+c", "q", "quit", func(*model) tea.Cmd { return tea.Quit }, nil),
		bind("y", "y", "copy", (*model).copyRow, func(m *model) string { return m.needsCopy() }),
		bind("f", "f", "freeze", (*model).freeze, func(m *model) string { return m.needsLive() }),
		bind("S", "S", "reverse order", func(m *model) tea.Cmd {
			m.list().descending = !m.list().descending
			return nil
		}, func(m *model) string {
			if why := m.needsOrder(); why != "" {
				return why
			}
			if m.list().sort < 0 {
				return "not sorted by a column; s chooses one"
			}
			return ""
		}),
		bind("j down", "j ↓", "down", func(m *model) tea.Cmd { return m.scroll(1) }, nil),
		bind("k up", "k ↑", "up one row", func(m *model) tea.Cmd { return m.scroll(-1) }, nil),
		bind("g", "gg", "first", (*model).first, nil),
		bind("home", "home", "first", func(m *model) tea.Cmd { return m.scroll(-1 << 30) }, nil),
		bind("G end", "G", "last", func(m *model) tea.Cmd { return m.scroll(1 << 30) }, nil),
		bind("ctrl+d", "ctrl+d", "half a page down", func(m *model) tea.Cmd { return m.scroll(max(1, m.visible()/2)) }, nil),
		bind("ctrl+u", "ctrl+u", "half a page up", func(m *model) tea.Cmd { return m.scroll(-max(1, m.visible()/2)) }, nil),
		bind("pgdown ctrl+f", "pgdn", "a page down", func(m *model) tea.Cmd { return m.scroll(m.visible()) }, nil),
		bind("pgup ctrl+b", "pgup", "a page up", func(m *model) tea.Cmd { return m.scroll(-m.visible()) }, nil),
		bind("right l", "→", "further columns", func(m *model) tea.Cmd { return m.panBy(1) }, func(m *model) string { return m.needsRows("with columns") }),
		bind("left h", "←", "earlier columns", func(m *model) tea.Cmd { return m.panBy(-1) }, func(m *model) string {
			if m.list().pan == 0 {
				return "the first columns are shown"
			}
			return ""
		}),
		bind("n", "n", "next match", func(m *model) tea.Cmd { return m.match(1) }, (*model).needsQuery),
		bind("N", "N", "previous match", func(m *model) tea.Cmd { return m.match(-1) }, (*model).needsQuery),
		bind("[", "[", "back", func(m *model) tea.Cmd { m.history.step(-1); return nil }, func(m *model) string {
			if m.history.at == 0 {
				return "nothing was looked at before"
			}
			return ""
		}),
		bind("]", "]", "forward", func(m *model) tea.Cmd { m.history.step(1); return nil }, func(m *model) string {
			if m.history.at == len(m.history.trails)-1 {
				return "nothing lies ahead"
			}
			return ""
		}),
		bind("r", "r", "refresh", (*model).fetch, nil),
		bind("z", "z", "whole terminal", func(m *model) tea.Cmd { m.full = !m.full; return nil }, nil),
		bind("T", "T", "theme", func(m *model) tea.Cmd {
			m.palette.use(m.palette.theme%(numThemes-1) + 1)
			m.notice = "theme: " + m.palette.theme.String()
			return nil
		}, nil),
	}
	for i := range m.screens {
		s := &m.screens[i]
		if s.key == "" {
			continue
		}
		out = append(out, bind(s.key, s.key, strings.ToLower(s.title), func(m *model) tea.Cmd {
			m.history.visit(trail{whole(s.id)})
			return nil
		}, nil))
	}
	return out
}

// press does what a key means.
func (m *model) press(k tea.KeyMsg) tea.Cmd {
	switch {
	case m.help:
		return m.pressHelp(k)
	case m.prompt != nil:
		return m.pressPrompt(k)
	case m.sorting:
		return m.pressSort(k)
	case m.data == nil:
		if s := k.String(); s == "q" || s == "ctrl+c" {
			return tea.Quit
		}
		return nil
	}
	if k.String() != "g" {
		m.pressedG = false
	}
	for _, b := range m.bindings() {
		if !key.Matches(k, b.Binding) {
			continue
		}
		if why := b.lacks(m); why != "" {
			m.notice = b.Help().Key + ": " + why
			return nil
		}
		return b.do(m)
	}
	return nil
}

// leads is where enter leads from the row under the cursor, or why nowhere.
func (m *model) leads() (place, string) {
	s := m.screen()
	if s.enter == nil {
		return place{}, "nothing lies behind this"
	}
	row := -1
	if s.grid != nil {
		if row = m.list().row(); row < 0 {
			return place{}, "there are no rows"
		}
	}
	return s.enter(m, m.here(), row)
}

func (m *model) needsRows(what string) string {
	if s := m.screen(); s.grid == nil || s.grid(m, m.here()).size() == 0 {
		return "there are no rows " + what
	}
	return ""
}

func (m *model) needsOrder() string {
	if why := m.needsRows("to sort"); why != "" {
		return why
	}
	if m.screen().ordered {
		return "these rows have an order of their own"
	}
	return ""
}

func (m *model) needsCopy() string {
	if s := m.screen(); s.grid == nil && s.copy == nil || s.grid != nil && m.list().row() < 0 {
		return "there is no row to copy"
	}
	return ""
}

func (m *model) needsLive() string {
	switch {
	case m.more, !m.frozen.IsZero():
		return ""
	case m.opt.Live:
		return "the application has ended"
	}
	return "the log has been read; nothing changes"
}

func (m *model) needsQuery() string {
	if m.list().query.empty() {
		return "no filter is set; / sets one"
	}
	return ""
}
