package tui

import (
	"fmt"
	"time"

	"github.com/charmbracelet/x/ansi"

	"stagecoach/engine/metric"
)

// banner is the application and its lamps.
func (m *model) banner() string {
	if m.data == nil {
		return m.paint(strong, "stagecoach")
	}
	p := m.profile()
	name := clean(p.App.Name)
	if name == "" {
		name = p.App.ID
	}
	state := "ran " + in(metric.Duration, int64(p.App.Wall()))
	paint := good
	if n := m.data.failures(); len(n) > 0 {
		state, paint = "FAILED after "+in(metric.Duration, int64(p.App.Wall())), bad
	}
	switch wall := in(metric.Duration, int64(p.App.Wall())); {
	case m.more && m.opt.Live:
		state, paint = "RUNNING "+wall, accent
	case m.more:
		state, paint = "READING, so far "+wall, accent
	case m.data.running():
		state, paint = "no end seen after "+wall, warn
	}
	if !m.frozen.IsZero() {
		state, paint = "FROZEN for "+in(metric.Duration, int64(max(0, m.now.Sub(m.frozen).Truncate(time.Second)))), warn
	}
	rest := " · " + plural(m.data.slots, "slot")
	if n := m.data.active(); n > 0 {
		done, all := m.data.progress()
		rest += fmt.Sprintf(" · %d running, %d/%d tasks", n, done, all)
	}
	lamps := m.lamps()
	for len(lamps) > 0 && ansi.StringWidth(state+rest)+width(lamps)+14 > m.width {
		lamps = lamps[:len(lamps)-1]
	}
	if ansi.StringWidth(state+rest)+12 > m.width {
		rest = ""
	}
	room := m.width - ansi.StringWidth(state+rest) - 3 - width(lamps)
	left := m.paint(strong, align(name, min(ansi.StringWidth(name), max(4, room)), true)) + " · " + m.paint(paint, state) + rest
	right := ""
	for _, l := range lamps {
		right += "  " + m.paint(l.tone, l.text)
	}
	return align(left, m.width-ansi.StringWidth(right), true) + right
}

// A lamp is one sign of trouble, lit or not. Lit ones bear a mark.
type lamp struct {
	text string
	tone role
}

func width(lamps []lamp) int {
	n := 0
	for _, l := range lamps {
		n += 2 + ansi.StringWidth(l.text)
	}
	return n
}

func light(text string, lit bool) lamp {
	if lit {
		return lamp{"● " + text, warn}
	}
	return lamp{"○ " + text, dim}
}

// lamps are lit by the thresholds that Spark's own documentation and other
// advisors agree on: any spill, a slowest task of three medians, a tenth of
// the run time in garbage collection.
func (m *model) lamps() []lamp {
	d := m.data
	var out []lamp
	if spill := d.total(metric.DiskBytesSpilled); spill > 0 {
		out = append(out, light("spill "+in(metric.Bytes, spill), true))
	} else {
		out = append(out, light("spill", false))
	}
	if s := d.skewed(); s != nil {
		out = append(out, light("skew "+times(s.Skew).String(), s.Skew >= 3))
	} else {
		out = append(out, light("skew", false))
	}
	if run := d.total(metric.ExecutorRunTime); run > 0 {
		gc := float64(d.total(metric.JVMGCTime)) / float64(run)
		out = append(out, light("GC "+percent(gc), gc >= 0.1))
	}
	return out
}
