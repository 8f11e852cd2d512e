package tui

import (
	"slices"
	"strings"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui/chart"
)

// paints is how each activity of a slot looks: a rune that tells it apart
// without colour, and a role.
var paints = map[profiler.Activity]struct {
	r    string
	role role
}{
	profiler.Compute:       {"█", work},
	profiler.GC:            {"G", collect},
	profiler.FetchWait:     {"▒", fetch},
	profiler.ShuffleWrite:  {"▓", write},
	profiler.OtherWait:     {"░", wait},
	profiler.Deserialize:   {"d", overhead},
	profiler.SerializeBack: {"s", overhead},
	profiler.GettingResult: {"r", overhead},
	profiler.Delay:         {"·", overhead},
	profiler.Unmeasured:    {"?", idle},
	profiler.IdleSlots:     {"-", idle},
	profiler.DriverGap:     {" ", gap},
}

// breakdownBar draws the parts in width cells, each as its rune.
func (m *model) breakdownBar(b *profiler.Breakdown, width int) string {
	parts := make([]int64, len(b.Parts))
	for a, d := range b.Parts {
		parts[a] = int64(d)
	}
	line := ""
	for a, n := range chart.Split(width, parts) {
		p := paints[profiler.Activity(a)]
		line += m.paint(p.role, strings.Repeat(p.r, n))
	}
	return line
}

// breakdownLines list the parts that took time, most first, without those left
// out.
func (m *model) breakdownLines(b *profiler.Breakdown, width int, without ...profiler.Activity) []string {
	type share struct {
		a profiler.Activity
		d time.Duration
	}
	var parts []share
	var total time.Duration
	for a, d := range b.All {
		if !slices.Contains(without, a) {
			parts = append(parts, share{a, d})
			total += d
		}
	}
	slices.SortStableFunc(parts, func(x, y share) int { return int(min(1, max(-1, y.d-x.d))) })
	room := max(8, min(40, width-48))
	var out []string
	for _, p := range parts {
		look := paints[p.a]
		out = append(out, "  "+m.paint(look.role, look.r)+" "+align(p.a.String(), 21, true)+
			m.paint(look.role, chart.Bar(room, float64(p.d), float64(total)))+
			align(in(metric.Duration, int64(p.d)), 10, false)+align(percent(float64(p.d)/float64(total)), 6, false))
	}
	return out
}
