package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// stageDetail is one attempt of a stage: how its tasks are spread.
func stageDetail() screen {
	return screen{
		id: stageScreen, title: "Stage",
		doc: "quantiles over the tasks that succeeded, by Spark's rule; where their time went; how long they took; who ran them.",
		crumb: func(m *model, at place) string {
			if f := m.data.stage(int(at.id), at.attempt); f != nil {
				return "stage " + stageName(f.Stage)
			}
			return fmt.Sprintf("stage %d", at.id)
		},
		page: stagePage,
		enter: func(m *model, at place, _ int) (place, string) {
			if f := m.data.stage(int(at.id), at.attempt); f == nil || f.Tasks.Len() == 0 {
				return place{}, "no task was launched"
			}
			return ofStage(tasksScreen, int(at.id), at.attempt), ""
		},
		copy: func(m *model, at place, _ int) string {
			return strings.Join(stagePage(m, at, 100), "\n")
		},
	}
}

func stagePage(m *model, at place, width int) []string {
	f := m.data.stage(int(at.id), at.attempt)
	if f == nil {
		return []string{"", "  The profile holds no such stage."}
	}
	out := m.stageHead(f, width)
	if f.Tasks.Len() == 0 {
		why := "No task has been launched yet."
		if f.Status == profiler.Skipped {
			why = "It was skipped: what it makes was there already, from a shuffle that an earlier job wrote or from a cache."
		}
		return append(append(out, ""), bullet("  ", why, width-2)...)
	}
	if f.Parts.Total > 0 {
		out = append(out, "", "  "+m.breakdownBar(&f.Parts, max(10, width-4)))
	}
	quantiles := m.quantileTable(f, width)
	spread := m.histogram(f, width)
	who := m.executorSplit(f.Stage, width)
	parts := m.breakdownLines(&f.Parts, width)
	if width < 130 {
		out = append(append(out, ""), quantiles...)
		out = append(append(out, ""), spread...)
		out = append(append(out, ""), parts...)
		return append(append(out, ""), who...)
	}
	half := width / 2
	left := append(append(append([]string(nil), m.quantileTable(f, half)...), ""), m.executorSplit(f.Stage, half)...)
	right := append(append(append([]string(nil), m.histogram(f, half)...), ""), m.breakdownLines(&f.Parts, half)...)
	return append(append(out, ""), beside(left, half, right)...)
}

// stageHead is what the stage is and how it fared.
func (m *model) stageHead(f *stageFacts, width int) []string {
	out := bullet("  ", first(f.Name, f.Description), width-2)
	line := fmt.Sprintf("%s · %d of %s", f.Status, f.Indices, plural(f.NumTasks, "task"))
	if f.Active > 0 {
		line += fmt.Sprintf(" · %d running", f.Active)
	}
	if f.Failed > 0 {
		line += fmt.Sprintf(" · %d failed", f.Failed)
	}
	if wall := m.data.wall(f.Stage); wall > 0 {
		line += " · wall " + in(metric.Duration, int64(wall))
	}
	line += " · task time " + in(metric.Duration, int64(f.Parts.Total))
	if f.Skew > 0 && f.Complete > 1 {
		line += " · skew " + times(f.Skew).String()
	}
	for i, l := range bullet("  ", line, width-2) {
		r := plain
		if i == 0 {
			r = tone(f.Status)
		}
		out = append(out, m.paint(r, l))
	}
	if f.Failure != "" {
		lines := bullet("  ✗ ", short(f.Failure, 3*width), width-2)
		for _, l := range lines {
			out = append(out, m.paint(bad, l))
		}
	}
	if finding, ok := m.badges[f.ID]; ok {
		mark := severityMark(finding.Severity(m.wall()))
		for _, l := range bullet("  "+mark+" ", finding.Title+": "+finding.Summary, width-2) {
			out = append(out, m.paint(severityRole(mark), l))
		}
	}
	return out
}

// quantileMetrics are the rows of the table, as Spark's stage page orders them.
var quantileMetrics = []metric.ID{
	metric.TaskDuration, metric.SchedulerDelay, metric.ExecutorDeserializeTime, metric.JVMGCTime,
	metric.ExecutorRunTime, metric.ExecutorCPUTime, metric.ResultSerializationTime, metric.GettingResultTime,
	metric.PeakExecutionMemory, metric.MemoryBytesSpilled, metric.DiskBytesSpilled,
	metric.InputBytes, metric.InputRecords, metric.OutputBytes, metric.OutputRecords,
	metric.ShuffleFetchWaitTime, metric.ShuffleLocalBytesRead, metric.ShuffleRemoteBytesRead, metric.ShuffleReadRecords,
	metric.ShuffleWriteBytes, metric.ShuffleWriteRecords, metric.ShuffleWriteTime,
}

// quantileTable has the metrics that the stage recorded and that are not zero
// throughout.
func (m *model) quantileTable(f *stageFacts, width int) []string {
	title := "  " + align("over tasks", 15, true)
	cell := min(12, (width-18)/5)
	for _, name := range []string{"min", "25 %", "median", "75 %", "max"} {
		title += align(name, cell, false)
	}
	out := []string{m.paint(head, title)}
	for _, id := range quantileMetrics {
		q := f.spread().quantiles[id]
		if q == nil || q[4] == 0 {
			continue
		}
		line := "  " + align(id.Desc().Title, 15, true)
		fits := true
		for _, v := range q {
			text := id.Unit().Format(v)
			fits = fits && len([]rune(text)) < cell
			line += align(text, cell, false)
		}
		if !fits { // the ends and the middle fit where five numbers do not
			line = "  " + align(id.Desc().Title, 15, true) + align(strings.Join([]string{
				id.Unit().Format(q[0]), id.Unit().Format(q[2]), id.Unit().Format(q[4])}, " … "), 5*cell, false)
		}
		out = append(out, line)
	}
	if len(out) == 1 {
		return []string{m.paint(dim, "  No task has succeeded; quantiles come with the first.")}
	}
	if f.Failed+f.Killed > 0 {
		for _, l := range bullet("  ", "As on Spark's page, Duration counts attempts that failed too, which may push the slowest out.", width-2) {
			out = append(out, m.paint(dim, l))
		}
	}
	return out
}

// histogram shows how long the tasks took.
func (m *model) histogram(f *stageFacts, width int) []string {
	bins := f.spread().bins
	if len(bins) == 0 {
		return nil
	}
	out := []string{m.paint(head, "  "+align("duration", 24, true)+"tasks")}
	most := 0
	for _, b := range bins {
		most = max(most, b.Count)
	}
	room := max(5, min(50, width-38))
	for _, b := range bins {
		out = append(out, "  "+align(in(metric.Duration, b.From), 9, false)+" – "+align(in(metric.Duration, b.To), 9, false)+"   "+
			m.paint(accent, chart.Bar(room, float64(b.Count), float64(most)))+align(in(metric.Count, int64(b.Count)), 8, false))
	}
	return out
}

// executorSplit shows who ran how much of the stage, the busiest first.
func (m *model) executorSplit(s *profiler.Stage, width int) []string {
	ids := slices.SortedFunc(maps.Keys(s.PerExecutor), func(a, b string) int {
		if d := s.PerExecutor[b].TaskTime - s.PerExecutor[a].TaskTime; d != 0 {
			return int(min(1, max(-1, d)))
		}
		return strings.Compare(a, b)
	})
	if len(ids) == 0 {
		return nil
	}
	const most = 16
	room := max(5, min(40, width-52))
	out := []string{m.paint(head, "  "+align("executor", 12, true)+align("task time", room+11, true)+align("tasks", 8, false)+align("failed", 8, false))}
	longest := s.PerExecutor[ids[0]].TaskTime
	for _, id := range ids[:min(most, len(ids))] {
		x := s.PerExecutor[id]
		out = append(out, "  "+align(clean(id), 12, true)+m.paint(accent, chart.Bar(room, float64(x.TaskTime), float64(longest)))+
			align(in(metric.Duration, int64(x.TaskTime)), 11, false)+align(in(metric.Count, int64(x.Succeeded)), 8, false)+
			align(orNone(count(x.Failed)).String(), 8, false))
	}
	if n := len(ids) - most; n > 0 {
		out = append(out, m.paint(dim, "  and "+plural(n, "further executor")))
	}
	return out
}
