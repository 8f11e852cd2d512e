package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// plan is the tree of one query, with what each node did.
func plan() screen {
	return screen{
		id: planScreen, title: "Plan",
		doc:   "the last plan of a query, inputs below what they feed, with the metrics of each node. *1 is a stage of generated code; ↺ was drawn above.",
		crumb: func(m *model, at place) string { return fmt.Sprintf("query %d, heat by %s", at.id, m.heat) },
		grid:  func(m *model, at place) grid { return tableOf(m.planRows(at), planColumns(m, at)) },
		draw:  drawPlan,
		rows:  func(m *model, _ place, _, height int) int { return planHeight(height) - 1 },
		empty: nothing("This query has no plan.", "The profile does not record one."),
		enter: func(m *model, at place, row int) (place, string) {
			n := m.planRows(at)[row].node
			for i := len(n.Stages) - 1; i >= 0; i-- {
				for k := len(m.data.stages) - 1; k >= 0; k-- {
					if f := m.data.stages[k]; f.ID == n.Stages[i] {
						return ofStage(stageScreen, f.ID, f.Attempt), ""
					}
				}
			}
			return place{}, "no stage reported this node"
		},
		ordered: true,
		keys: []binding{
			bind("h left", "h ←", "collapse", func(m *model) tea.Cmd { return m.collapse(true) }, func(m *model) string {
				if r := m.planRow(); r == nil || r.inside == 0 || r.closed {
					return "this node has no inputs to hide"
				}
				return ""
			}),
			bind("l right", "l →", "expand", func(m *model) tea.Cmd { return m.collapse(false) }, func(m *model) string {
				if r := m.planRow(); r == nil || !r.closed {
					return "this node is not collapsed"
				}
				return ""
			}),
			bind("m", "m", "heat: time, rows, bytes", func(m *model) tea.Cmd { m.heat = (m.heat + 1) % numHeats; return nil }, nil),
		},
	}
}

// A planSet is the tree of one place, laid out when it was last settled.
type planSet struct {
	at      place
	version int
	rows    []planRow
}

// treeUp lays out the plan that is shown, when it is new.
func (m *model) treeUp() {
	if at := m.here(); at.screen == planScreen && (m.tree.at != at || m.tree.version != m.version) {
		m.tree = planSet{at, m.version, m.layPlan(at)}
	}
}

func (m *model) planRows(at place) []planRow {
	if m.tree.at == at && m.tree.version == m.version {
		return m.tree.rows
	}
	return m.layPlan(at)
}

func (m *model) layPlan(at place) []planRow {
	x := m.profile().Execution(at.id)
	if x == nil {
		return nil
	}
	return planRows(x, m.collapsed)
}

// planRow is the row under the cursor, or nil.
func (m *model) planRow() *planRow {
	rows, i := m.planRows(m.here()), m.look().row()
	if i < 0 || i >= len(rows) {
		return nil
	}
	return &rows[i]
}

func (m *model) collapse(closed bool) tea.Cmd {
	m.collapsed[collapse{m.here().id, m.planRow().node.ID}] = closed
	m.version++
	return nil
}

func planColumns(m *model, at place) []column[planRow] {
	type R = planRow
	most := hottest(m.planRows(at), m.heat)
	return []column[R]{
		{heading{name: "node", title: "node", left: true, flex: true, least: 32}, func(r R) value { return value{kind: word, str: r.label()} }, nil},
		{heading{name: "heat", title: "heat", left: true, least: 8}, func(r R) value {
			v, ok := r.heat[m.heat].number()
			if !ok || r.reused {
				return text("")
			}
			return value{kind: word, str: chart.Bar(8, v, most)}
		}, func(r R) role {
			if v, _ := r.heat[m.heat].number(); v >= most/2 {
				return bad
			}
			return warn
		}},
		{heading{name: "time", title: "time", least: 7}, func(r R) value { return r.heat[heatTime] }, nil},
		{heading{name: "rows", title: "rows", least: 7}, func(r R) value { return r.heat[heatRows] }, nil},
		{heading{name: "bytes", title: "bytes", least: 9, rank: 1}, func(r R) value { return r.heat[heatBytes] }, nil},
		{heading{name: "stages", title: "stages", left: true, rank: 2}, func(r R) value { return text(stagesOfNode(r.node)) }, nil},
		{heading{name: "id", title: "id", rank: 3}, func(r R) value { return count(r.node.ID) }, nil},
	}
}

// label is the node with the lines that lead to it.
func (r planRow) label() string {
	s := r.branch
	if b, most := []rune(s), 24; len(b) > most {
		s = "…" + string(b[len(b)-most:])
	}
	switch {
	case r.reused:
		s += "↺ "
	case r.closed:
		s += "⊞ "
	}
	name := clean(strings.TrimSpace(r.node.Name))
	s += name
	if r.stage != "" {
		s += " " + r.stage
	}
	if r.closed {
		s += fmt.Sprintf(" (+%d)", r.inside)
	}
	if detail := strings.TrimSpace(strings.TrimPrefix(clean(r.node.Detail), name)); detail != "" && !r.reused {
		s += "  " + short(detail, 120)
	}
	return s
}

// planHeight is how many lines the tree has; the rest is for the node under the
// cursor.
func planHeight(height int) int { return max(2, height-max(3, height/3)) }

func drawPlan(m *model, at place, g grid, l *list, width, height int) []string {
	tree := planHeight(height)
	out := m.drawGrid(g, l, width, tree)
	rows, i := m.planRows(at), l.row()
	if i < 0 || i >= len(rows) {
		return out
	}
	for len(out) < tree && len(rows) > len(out) {
		out = append(out, "")
	}
	return append(out, m.nodeLines(at, rows[i].node, width, height-len(out))...)
}

// nodeLines are everything that is known of one node, in at most height lines.
func (m *model) nodeLines(at place, n *profiler.Node, width, height int) []string {
	out := []string{m.paint(strong, strings.Repeat("─", max(0, width)))}
	detail := bullet("  ", first(n.Detail, n.Name), width-2)
	out = append(out, detail[:min(2, len(detail))]...)
	x := m.profile().Execution(at.id)
	metrics := n.Metrics
	if c := x.Node(n.Cluster); c != nil {
		metrics = append(metrics[:len(metrics):len(metrics)], c.Metrics...)
	}
	var cells []string
	wide := 0
	for _, k := range metrics {
		if !k.Seen {
			continue
		}
		s := clean(k.Name) + " " + nodeValue(k).String()
		if k.Max > 0 && k.Max != k.Total {
			s += " (median " + nodeAmount(k, k.Med).String() + ", max " + nodeAmount(k, k.Max).String() + ")"
		}
		cells = append(cells, s)
		wide = max(wide, len([]rune(s)))
	}
	if len(cells) == 0 {
		out = append(out, m.paint(dim, "  Nobody reported a metric of this node."))
	}
	if 2*wide+6 <= width {
		half := (len(cells) + 1) / 2
		cells = beside(cells[:half], wide+2, cells[half:])
	}
	for _, c := range cells {
		out = append(out, "  "+c)
	}
	return out[:max(0, min(len(out), height))]
}
