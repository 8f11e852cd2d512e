package whatif

import "time"

// crowding is what tasks that run beside each other on one machine cost each
// other: each takes 1 + crowding·(1 - before/after) times as long when so many run
// at once instead of before. They share memory bandwidth, caches, the collector's
// threads and the disk. (Task time of Spark on two cores grew 1.27 and 1.30 times
// when a second task ran beside the first one; of this engine, on the same
// machine, 1.11 times for scans and aggregates and 1.48 times for radix sorts.)
const crowding = 0.5

// crowd makes the stage's tasks as slow as they are when after of them run at once
// instead of before, or as fast when it is fewer. Executors that share a machine
// may have more slots together than it has cores, which the run does not tell: then
// tasks are halfway to gaining nothing from being more, and may gain nothing.
func (m *Model) crowd(s *Stage, before, after int) {
	hosts, executors := map[string]bool{}, 0
	for _, e := range m.Profile.Executors {
		if e.Cores > 0 {
			hosts[e.Host] = true
			executors++
		}
	}
	on := max(1, len(hosts))
	before, after = max(1, (before+on-1)/on), max(1, (after+on-1)/on)
	if before == after {
		return
	}
	factor := 1 + crowding*(1-float64(before)/float64(after))
	if after < before {
		factor = 1 / (1 + crowding*(1-float64(after)/float64(before)))
	}
	if most := float64(after) / float64(before); after > before && executors > on && !m.Embedded() {
		factor = max(factor, (1+most)/2)
		id := s.ID
		m.Doubt(func(o *Model) { o.Stage(id).slow(most / factor) })
		m.Assume("executors that share a machine may not have a core for each slot")
	} else {
		id := s.ID
		m.Doubt(func(o *Model) { o.Stage(id).slow(1 / factor) })
		m.Doubt(func(o *Model) { o.Stage(id).slow(factor) })
	}
	s.slow(factor)
}

// slow multiplies what the stage's tasks compute.
func (s *Stage) slow(factor float64) {
	if s == nil {
		return
	}
	for k := range s.Tasks {
		s.Tasks[k].Cost[Compute] = time.Duration(factor * float64(s.Tasks[k].Cost[Compute]))
	}
}
