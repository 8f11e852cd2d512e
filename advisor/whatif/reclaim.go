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

// LessShuffle leaves the share keep of what the stage writes to the shuffle,
// and of the time that its readers spend on reading it: half of their
// computing is taken to be decoding.
func LessShuffle(stageID int, keep float64) Edit {
	return func(m *Model) {
		i := m.Find(stageID)
		if i < 0 {
			return
		}
		for k := range m.Stages[i].Tasks {
			t := &m.Stages[i].Tasks[k]
			t.Cost[Write] = time.Duration(keep * float64(t.Cost[Write]))
			t.Written = int64(keep * float64(t.Written))
		}
		for r := range m.Stages {
			for _, p := range m.Stages[r].Parents {
				if p != i {
					continue
				}
				for k := range m.Stages[r].Tasks {
					t := &m.Stages[r].Tasks[k]
					t.Cost[Fetch] = time.Duration(keep * float64(t.Cost[Fetch]))
					t.Cost[Spill] = time.Duration(keep * float64(t.Cost[Spill]))
					t.Cost[Compute] -= time.Duration((1 - keep) / 2 * float64(t.Cost[Compute]))
				}
			}
		}
		m.spread = max(m.spread, 0.50)
		m.Assume("half of the shuffled bytes can be left out, and reading costs half of the readers' time")
	}
}
