package tui

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/tui/chart"
)

// A lane is one slot of an executor with the tasks that were placed on it.
type lane struct {
	executor string
	slot     int
	spans    []chart.Span // Kind is 1 + the stage's id
}

// laneSet are the lanes of one digest.
type laneSet struct {
	of   *digest
	rows []lane
}

// laneUp places the tasks on slots when somebody looks at them and the digest
// is new.
func (m *model) laneUp() {
	if m.here().screen != timelineScreen || !m.lanes || m.lane.of == m.data {
		return
	}
	m.lane = laneSet{m.data, lanesOf(m.data)}
	m.version++
}

func lanesOf(d *digest) []lane {
	by := map[string][]chart.Span{}
	var order []string
	for _, x := range d.profile.Executors {
		order = append(order, x.ID)
	}
	for _, s := range d.profile.Stages {
		for row := range s.Tasks.Len() {
			from, to := s.Tasks.Times(row)
			if to == 0 {
				to = d.end
			}
			id := s.Tasks.Executor(row)
			if by[id] == nil && !slices.Contains(order, id) {
				order = append(order, id)
			}
			by[id] = append(by[id], chart.Span{From: int64(from), To: int64(to), Kind: 1 + s.ID})
		}
	}
	var out []lane
	for _, id := range order {
		rows, n := chart.Lanes(by[id])
		mine := make([]lane, n)
		for i := range mine {
			mine[i] = lane{executor: id, slot: i}
		}
		for i, s := range by[id] {
			mine[rows[i]].spans = append(mine[rows[i]].spans, s)
		}
		out = append(out, mine...)
	}
	return out
}

func laneColumns() []column[lane] {
	return []column[lane]{
		{heading{name: "executor", title: "executor", left: true}, func(l lane) value { return text(l.executor) }, nil},
		{heading{name: "slot", title: "slot"}, func(l lane) value { return count(l.slot) }, nil},
		{heading{name: "tasks", title: "tasks"}, func(l lane) value { return count(len(l.spans)) }, nil},
	}
}

var stagePaints = []role{work, write, fetch, wait, overhead, collect}

// laneLine is one slot; cells bear the last digit of the stage that held it.
func (m *model) laneLine(row, label, room int, from, to int64) string {
	l := m.lane.rows[row]
	cells := chart.Gantt(room, from, to, l.spans)
	line := ""
	var held int64
	for i := 0; i < len(cells); {
		n := i
		for n < len(cells) && cells[n] == cells[i] {
			n++
		}
		if cells[i] == 0 {
			line += strings.Repeat(" ", n-i)
		} else {
			id := cells[i] - 1
			line += m.paint(stagePaints[id%len(stagePaints)], strings.Repeat(fmt.Sprint(id%10), n-i))
		}
		i = n
	}
	for _, s := range l.spans {
		held += s.To - s.From
	}
	return align(fmt.Sprintf("%s slot %d", clean(l.executor), l.slot), label, true) + " " + line + align(in(metric.Duration, held*1e6), 9, false)
}
