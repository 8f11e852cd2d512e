package whatif

import "time"

// Reclaim takes so much task time, in equal shares, out of the stages: work
// that would not be done again.
func Reclaim(stageIDs []int, total time.Duration) Edit {
	return func(m *Model) {
		var work time.Duration
		for _, id := range stageIDs {
			if s := m.Stage(id); s != nil {
				work += s.Work()
			}
		}
		if work <= 0 {
			return
		}
		for _, id := range stageIDs {
			if s := m.Stage(id); s != nil {
				s.shrink(max(0.05, 1-float64(total)/float64(work)))
			}
		}
		m.spread = max(m.spread, 0.50)
		m.Assume("work done again costs what it cost the first time, spread evenly over the stages that did it")
	}
}
