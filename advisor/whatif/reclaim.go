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
				s.scale(max(0.05, 1-float64(total)/float64(work)))
			}
		}
		m.spread = max(m.spread, 0.50)
		m.Assume("work done again costs what it cost the first time, spread evenly over the stages that did it")
	}
}

// Sooner lets the first job that runs one of the stages begin so much earlier: the
// driver has less to do before it.
func Sooner(stageIDs map[int]bool, d time.Duration) Edit {
	return func(m *Model) {
		for j := range m.Jobs {
			for _, i := range m.Jobs[j].Stages {
				if stageIDs[m.Stages[i].ID] {
					m.Jobs[j].Gap = max(0, m.Jobs[j].Gap-d)
					return
				}
			}
		}
	}
}

// Perhaps is a change that may do nothing: the range reaches from what the edit does
// to the run as it was.
func Perhaps(e Edit) Edit {
	return func(m *Model) {
		before := m.clone()
		e(m)
		m.Doubt(func(o *Model) { o.Stages, o.Jobs, o.Slots = before.Stages, before.Jobs, before.Slots })
	}
}
