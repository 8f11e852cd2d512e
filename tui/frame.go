package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"stagecoach/engine/metric"
)

// A frame, from the top: the application with its lamps, the tabs, the crumbs
// with what is set, the body, and the keys.
//
//	nightly job · SUCCEEDED in 1.0 min · 4 slots      spill 12.0 MiB  skew 9.0×  GC 4 %
//	1 Verdict  2 Jobs [3 Stages] 4 Tasks ...
//	Stages › stage 3                                               sorted by wall · 12 of 40
//	...
//	⏎ open · esc up · / filter · s sort · ? help · q quit

// View draws a frame of at most the terminal's size.
func (m *model) View() string {
	var lines []string
	if !m.full {
		lines = append(lines, m.banner())
		if m.tabbed() {
			lines = append(lines, m.tabs())
		}
		lines = append(lines, m.crumbs())
	}
	width, height := m.body()
	body := m.content(width, height)
	lines = append(lines, body[:min(len(body), height)]...)
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, m.footer())
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Truncate(lines[i], m.width, ""), " ")
	}
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}

// tabbed reports whether there is room for the line of tabs.
func (m *model) tabbed() bool { return m.height >= 16 }

// body is the size of what lies between the frame's lines.
func (m *model) body() (width, height int) {
	height = m.height - 1
	if !m.full {
		height -= 2
		if m.tabbed() {
			height--
		}
	}
	return m.width, max(0, height)
}

func (m *model) content(width, height int) []string {
	if m.help {
		return m.helpPage(width, height)
	}
	if m.data == nil {
		return m.waiting()
	}
	s, at := m.screen(), m.here()
	l := m.look()
	if s.grid == nil {
		page := s.page(m, at, width)
		return page[min(l.top, len(page)):]
	}
	g := s.grid(m, at)
	switch {
	case g.size() == 0 && s.empty != nil:
		return s.empty(m, at)
	case len(l.order) == 0 && g.size() > 0:
		return []string{"", "  No row matches " + l.query.source, "", m.paint(dim, "  esc clears the filter")}
	case s.draw != nil:
		return s.draw(m, at, g, l, width, height)
	}
	return m.drawGrid(g, l, width, height)
}

func (m *model) waiting() []string {
	if m.fetching {
		return []string{"", "  Reading the profile …"}
	}
	return []string{"", "  No application has started yet.", "", m.paint(dim, "  This screen fills itself when one does. q quits.")}
}

// tabs are the screens that keys lead to, with shorter names where the line is
// short.
func (m *model) tabs() string {
	at := m.history.here()[0].screen
	for cut := 20; cut >= 0; cut-- {
		var labels []string
		for _, s := range m.screens {
			if s.key == "" {
				continue
			}
			name := s.title
			if cut < 20 {
				name = first(s.short, s.title)
			}
			text := strings.TrimSpace(s.key + " " + short(name, cut))
			if s.id == at {
				text = m.paint(tab, "["+text+"]")
			}
			labels = append(labels, text)
		}
		if line := strings.Join(labels, " "); ansi.StringWidth(line) <= m.width || cut == 0 {
			return line
		}
	}
	return ""
}

// crumbs are the way down to here, and what is set for the rows.
func (m *model) crumbs() string {
	if m.data == nil {
		return ""
	}
	var names []string
	for _, p := range m.history.here() {
		s := &m.screens[p.screen]
		if s.crumb != nil {
			names = append(names, s.crumb(m, p))
		} else {
			names = append(names, s.title)
		}
	}
	right := m.settings()
	room := m.width - ansi.StringWidth(right) - 1
	left := strings.Join(names, " › ")
	for len(names) > 1 && ansi.StringWidth(left) > room {
		names = names[1:]
		left = "… › " + strings.Join(names, " › ")
	}
	if room < 8 {
		return align(left, m.width, true)
	}
	return m.paint(accent, align(left, room, true)) + " " + m.paint(dim, right)
}

func (m *model) settings() string {
	s, l := m.screen(), m.look()
	if s.grid == nil {
		return ""
	}
	g := s.grid(m, m.here())
	var out []string
	if !l.query.empty() {
		out = append(out, "/"+l.query.source)
	}
	if heads := g.headings(); l.sort >= 0 && l.sort < len(heads) && !s.ordered {
		out = append(out, "by "+heads[l.sort].name)
	}
	switch {
	case g.size() == 0:
	case len(l.order) < g.size():
		out = append(out, fmt.Sprintf("%s of %s", in(metric.Count, int64(len(l.order))), in(metric.Count, int64(g.size()))))
	default:
		out = append(out, fmt.Sprintf("%s/%s", in(metric.Count, int64(l.cursor+1)), in(metric.Count, int64(g.size()))))
	}
	return strings.Join(out, " · ")
}

// footer is a question, an answer, or the keys.
func (m *model) footer() string {
	switch {
	case m.data == nil:
		return m.paint(dim, "q quit")
	case m.prompt != nil && m.prompt.wrong != "":
		return m.prompt.view() + "  " + m.paint(bad, m.prompt.wrong)
	case m.prompt != nil:
		return m.prompt.view() + m.paint(dim, "   ⏎ keep · esc cancel · words, spill>1MB, status=failed, !word, OR")
	case m.notice != "":
		return m.paint(warn, m.notice)
	case m.help:
		return m.paint(dim, "esc close · j k scroll")
	case m.sorting:
		l := m.look()
		g := m.screen().grid(m, m.here())
		return "sort by " + m.paint(accent, g.headings()[l.sort].name) + m.paint(dim, " · ← → column · S reverse · ⏎ keep · esc own order")
	}
	line := ""
	for _, b := range m.bindings() {
		if b.lacks(m) != "" {
			continue
		}
		h := b.Help()
		text := h.Key + " " + h.Desc
		if line != "" {
			text = " · " + text
		}
		if ansi.StringWidth(line+text) > m.width {
			break
		}
		line += text
	}
	return m.paint(dim, line)
}
