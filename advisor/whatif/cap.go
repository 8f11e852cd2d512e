package whatif

import "time"

// Cap lets no task of the stage take longer than limit, as if the reason for
// which some were slow were gone.
func Cap(stageID int, limit time.Duration) Edit {
	return func(m *Model) {
		s := m.Stage(stageID)
		if s == nil || limit <= 0 {
			return
		}
		s.edit(func(_ int, t *Task) {
			if d := t.Duration(); d > limit {
				t.shrink(float64(limit) / float64(d))
			}
		})
		m.spread = max(m.spread, 0.25)
		m.Assume("the slow tasks can be as fast as the slowest of the others")
	}
}
