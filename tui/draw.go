package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"stagecoach/engine/metric"
)

// A layout is which columns of a grid are shown, and how wide.
type layout struct {
	columns []int
	widths  []int
	hidden  int
	gap     int
}

const mark = "▸ "

// lastRank is from which rank on columns are worth less than whole words.
const lastRank = 7

// layoutOf measures the rows that will be seen and lets columns leave, blank
// ones and then those of the highest rank first, until the rest fits width. The column that the rows
// are sorted by stays. A number is never shortened: its column leaves instead.
func layoutOf(g grid, l *list, rows []int32, width int) layout {
	heads := g.headings()
	natural := make([]int, len(heads))
	for c, h := range heads {
		natural[c] = max(h.least, ansi.StringWidth(h.title))
		if h.flex {
			natural[c] = ansi.StringWidth(h.title)
		}
		if c == l.sort {
			natural[c] = max(natural[c], ansi.StringWidth(h.title)+1)
		}
		measure := rows
		if h.flex && g.size() <= 1000 {
			measure = l.order
		}
		for _, row := range measure {
			natural[c] = max(natural[c], ansi.StringWidth(g.at(int(row), c).String()))
		}
	}
	out := layout{gap: 1}
	if width >= 100 {
		out.gap = 2
	}
	away := l.pan
	for c := range heads {
		if heads[c].rank > 0 && away > 0 {
			away--
			if c != l.sort {
				continue
			}
		}
		out.columns = append(out.columns, c)
	}
	least := func(c int, ease bool) int {
		switch {
		case !heads[c].flex:
			return natural[c]
		case ease:
			return min(natural[c], max(32, heads[c].least))
		}
		return min(natural[c], max(12, heads[c].least))
	}
	need := func(ease bool) int {
		n := len(out.columns)*out.gap + ansi.StringWidth(mark) - out.gap
		for _, c := range out.columns {
			n += least(c, ease)
		}
		return n
	}
	bare := blank(g, l, rows)
	rank := func(c int) int {
		r := rankOf(heads, c, l)
		if r > 0 && bare[c] {
			r += 100
		}
		return r
	}
	for len(out.columns) > 1 {
		worst := len(out.columns) - 1
		for i := worst; i > 0; i-- {
			if rank(out.columns[i]) > rank(out.columns[worst]) {
				worst = i
			}
		}
		// Words are shortened before a column leaves, unless it is of the last.
		ease := rank(out.columns[worst]) >= lastRank
		if need(ease) <= width {
			break
		}
		out.columns = slices.Delete(out.columns, worst, worst+1)
	}
	out.hidden = len(heads) - len(out.columns)
	out.widths = make([]int, len(out.columns))
	left := width - 2
	for i, c := range out.columns {
		out.widths[i] = least(c, false)
		left -= out.widths[i] + out.gap
	}
	left += out.gap
	for i, c := range out.columns {
		if heads[c].flex && left > 0 {
			out.widths[i] += min(left, natural[c]-out.widths[i])
		}
	}
	return out
}

// rankOf is the rank by which a column leaves under the list's choices.
func rankOf(heads []heading, c int, l *list) int {
	rank := heads[c].rank
	switch {
	case c == 0 || c == l.sort || rank == 0:
		return 0
	case l.pan > 0:
		return c + 1
	}
	return rank
}

// blank tells which columns hold nothing in the rows that are seen and in the
// first few hundred: they leave before any that do.
func blank(g grid, l *list, rows []int32) []bool {
	out := make([]bool, len(g.headings()))
	for c := range out {
		holds := func(row int32) bool {
			v := g.at(int(row), c)
			return v.kind != absent && (v.kind != word || v.str != "")
		}
		out[c] = !slices.ContainsFunc(rows, holds) && !slices.ContainsFunc(l.order[:min(200, len(l.order))], holds)
	}
	return out
}

// drawGrid draws the headings and as many rows as fit height lines.
func (m *model) drawGrid(g grid, l *list, width, height int) []string {
	rows := l.order[min(l.top, len(l.order)):min(len(l.order), l.top+max(0, height-1))]
	lay := layoutOf(g, l, rows, width)
	more := ""
	if lay.hidden > 0 {
		more = fmt.Sprintf(" +%d", lay.hidden)
		lay = layoutOf(g, l, rows, width-len(more)-1)
	}
	heads := g.headings()
	cells := make([]string, len(lay.columns))
	for i, c := range lay.columns {
		title := heads[c].title
		if c == l.sort {
			title += map[bool]string{false: "↑", true: "↓"}[l.descending]
		}
		cells[i] = align(title, lay.widths[i], heads[c].left)
	}
	title := "  " + strings.Join(cells, strings.Repeat(" ", lay.gap))
	if more != "" {
		title = align(title, width-len(more)-1, true) + more + "→"
	}
	lines := []string{m.paint(head, title)}
	for n, row := range rows {
		chosen := l.top+n == l.cursor
		for i, c := range lay.columns {
			cells[i] = align(g.at(int(row), c).String(), lay.widths[i], heads[c].left)
			if tone := g.tone(int(row), c); tone != plain && !chosen {
				cells[i] = m.paint(tone, cells[i])
			}
		}
		line := strings.Join(cells, strings.Repeat(" ", lay.gap))
		if chosen {
			line = m.paint(cursor, align(mark+line, width, true))
		} else {
			line = "  " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// align brings s to exactly width cells.
func align(s string, width int, left bool) string {
	n := ansi.StringWidth(s)
	switch {
	case n > width:
		return ansi.Truncate(s, width, "…")
	case left:
		return s + strings.Repeat(" ", width-n)
	default:
		return strings.Repeat(" ", width-n) + s
	}
}

// amounts are numbers with the unit behind them, which stay on one line.
var amounts = regexp.MustCompile(`(\d) (%|[KMGTPE]?i?B|ns|µs|ms|s|min|h)`)

// wrap breaks text at blanks into lines of at most width cells.
func wrap(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	s = amounts.ReplaceAllString(clean(s), "$1\u00a0$2")
	return strings.Split(strings.ReplaceAll(ansi.Wrap(s, width, ""), "\u00a0", " "), "\n")
}

// bullet is wrapped text behind a mark, its further lines indented alike.
func bullet(mark, s string, width int) []string {
	indent := strings.Repeat(" ", ansi.StringWidth(mark))
	lines := wrap(s, width-len(indent))
	for i := range lines {
		if i == 0 {
			lines[i] = mark + lines[i]
		} else {
			lines[i] = indent + lines[i]
		}
	}
	return lines
}

// beside joins two blocks of lines, the left one width cells wide.
func beside(left []string, width int, right []string) []string {
	out := make([]string, max(len(left), len(right)))
	for i := range out {
		var a, b string
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		out[i] = align(a, width, true) + b
	}
	return out
}

// in prints v as a number of unit.
func in(u metric.Unit, v int64) string { return u.Format(v) }
