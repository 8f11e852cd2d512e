package whatif

import "time"

// LessGC lets garbage collection take at most this share of the time of each of
// the stages' tasks; the range reaches to none at all. (What a task records is the collection of its whole JVM
// while it ran: it stood still for all of it, whoever made the garbage.)
func LessGC(stageIDs []int, share float64) Edit {
	return func(m *Model) {
		for _, id := range stageIDs {
			s := m.Stage(id)
			if s == nil {
				continue
			}
			s.edit(func(_ int, t *Task) { t.Cost[GC] = min(t.Cost[GC], time.Duration(share*float64(t.Duration()))) })
		}
		m.spread = max(m.spread, 0.50)
		m.Doubt(func(o *Model) {
			for _, id := range stageIDs {
				if s := o.Stage(id); s != nil {
					s.edit(func(_ int, t *Task) { t.Cost[GC] = 0 })
				}
			}
		})
		m.Assume("with enough memory garbage collection takes what it takes in healthy runs")
	}
}
