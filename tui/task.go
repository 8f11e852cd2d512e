package tui

import (
	"fmt"
	"strconv"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// taskDetail is one attempt of a task: everything that it recorded, beside the
// median of its stage.
func taskDetail() screen {
	return screen{
		id: taskScreen, title: "Task",
		doc: "everything that the attempt recorded, beside the median over the stage.",
		crumb: func(m *model, at place) string {
			f, row := m.taskOf(at)
			if f == nil {
				return "task"
			}
			return fmt.Sprintf("task %d", f.Tasks.Index(row))
		},
		page: taskPage,
		copy: func(m *model, at place, _ int) string { return strings.Join(taskPage(m, at, 100), "\n") },
	}
}

func taskName(stage, attempt, row int) string { return fmt.Sprintf("%d %d %d", stage, attempt, row) }

// taskOf finds the row that a place is about; the stage is nil when it is gone.
func (m *model) taskOf(at place) (*stageFacts, int) {
	var n [3]int
	for i, s := range strings.Fields(at.name) {
		n[i], _ = strconv.Atoi(s)
	}
	f := m.data.stage(n[0], n[1])
	if f == nil || n[2] >= f.Tasks.Len() {
		return nil, 0
	}
	return f, n[2]
}

func taskPage(m *model, at place, width int) []string {
	f, row := m.taskOf(at)
	if f == nil {
		return []string{"", "  The profile no longer holds this task."}
	}
	t := f.Tasks.At(row)
	line := fmt.Sprintf("%s · task %d, attempt %d, id %d · executor %s on %s · %s", t.Status, t.Index, t.Attempt, t.ID, clean(t.Executor), clean(t.Host), t.Locality)
	if t.Speculative {
		line += " · speculative"
	}
	out := bullet("  ", line, width-2)
	if t.Error != "" {
		for _, l := range strings.Split(t.Error, "\n") {
			for _, l := range bullet("  ✗ ", l, width-2) {
				out = append(out, m.paint(bad, l))
			}
		}
	}
	if t.Status == profiler.Running {
		return append(out, "", "  It runs; a task reports when it ends.")
	}
	if t.Metrics.Len() == 0 {
		return append(out, "", "  The attempt left no metrics.")
	}
	out = append(out, "", m.paint(head, "  "+align("recorded", 16, true)+align("this attempt", 14, false)+align("median", 14, false)+align("ratio", 9, false)))
	for id, v := range t.Metrics.All {
		var median int64
		if q := f.spread().quantiles[id]; q != nil {
			median = q[2]
		}
		ratio := value{}
		if median > 0 {
			ratio = times(float64(v) / float64(median))
		}
		l := "  " + align(id.Desc().Title, 16, true) + align(id.Unit().Format(v), 14, false) + align(id.Unit().Format(median), 14, false) + align(ratio.String(), 9, false)
		out = append(out, m.paint(warnIf(ratio.frac >= 3 && id.Unit() != metric.Count), l))
	}
	return out
}
