package tui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// A prompt is a line of text that is being typed: the filter.
type prompt struct {
	text   []rune
	at     int    // the cursor stands before text[at]
	before query  // what esc goes back to
	wrong  string // why the text is no query, for the person who types
}

// edit changes the line by one key and reports whether the key was one of an
// editor's.
func (p *prompt) edit(k tea.KeyMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		p.at = max(0, p.at-1)
	case "right", "ctrl+f":
		p.at = min(len(p.text), p.at+1)
	case "home", "ctrl+a":
		p.at = 0
	case "end", "ctrl+e":
		p.at = len(p.text)
	case "backspace", "ctrl+h":
		if p.at > 0 {
			p.cut(p.at-1, p.at)
		}
	case "delete", "ctrl+d":
		if p.at < len(p.text) {
			p.cut(p.at, p.at+1)
		}
	case "ctrl+u":
		p.cut(0, p.at)
	case "ctrl+k":
		p.cut(p.at, len(p.text))
	case "ctrl+w":
		from := p.at
		for from > 0 && p.text[from-1] == ' ' {
			from--
		}
		for from > 0 && p.text[from-1] != ' ' {
			from--
		}
		p.cut(from, p.at)
	default:
		if k.Type != tea.KeyRunes && k.Type != tea.KeySpace || k.Alt {
			return false
		}
		p.insert([]rune(clean(string(k.Runes))))
	}
	return true
}

func (p *prompt) cut(from, to int) {
	p.text = append(p.text[:from:from], p.text[to:]...)
	p.at = from
}

func (p *prompt) insert(r []rune) {
	p.text = append(p.text[:p.at:p.at], append(r, p.text[p.at:]...)...)
	p.at += len(r)
}

// view shows the line with its cursor.
func (p *prompt) view() string {
	return "/" + string(p.text[:p.at]) + "▏" + string(p.text[p.at:])
}

// startFilter opens the line with the filter in force.
func (m *model) startFilter() tea.Cmd {
	l := m.list()
	r := []rune(l.query.source)
	m.prompt = &prompt{text: r, at: len(r), before: l.query}
	return nil
}

// pressPrompt takes a key while the line is open. The filter is in force while
// it is typed; what is no query yet leaves the last one that was.
func (m *model) pressPrompt(k tea.KeyMsg) tea.Cmd {
	l, p := m.list(), m.prompt
	switch k.String() {
	case "esc", "ctrl+c":
		l.query = p.before
		m.prompt = nil
		return nil
	case "enter":
		if p.wrong == "" {
			m.prompt = nil
		}
		return nil
	}
	if !p.edit(k) {
		return nil
	}
	g := m.screen().grid(m, m.here())
	q, err := parseQuery(string(p.text), g.headings())
	p.wrong = ""
	if err != nil {
		p.wrong = err.Error()
		return nil
	}
	l.query = q
	if m.screen().ordered && !q.empty() && !q.match(g, l.row(), g.headings()) {
		l.jump(g, 1)
	}
	return nil
}
