package whatif

import "time"

// What tasks that run beside each other on one machine cost each other: each takes
// 1 + crowding·(1 - before/after) times as long when so many run at once instead of
// before. They share memory bandwidth, caches, the collector's threads and the disk.
// Task time of Spark on two cores grew 1.27 and 1.30 times when a second task ran
// beside the first one. The processor time of the embedded engine's tasks on two
// slots was 0.97 to 1.29 times that on one in six workloads, 1.13 in the middle.
const (
	sparkCrowding = 0.5
	arrowCrowding = 0.25
)

// crowd makes the stages as slow as they are when the slots are now instead of was
// or as fast when these are fewer. tasks are how many each had and has. Executors
// that share a machine may have more slots together than it has cores, which the
// run does not tell: then more tasks are halfway to gaining nothing, and may lose a
// third. (On eight slots of two cores, what two tasks did in 10.5 s took 16 tasks and
// the shuffle between 15.7 s.)
func (m *Model) crowd(stages []int, was, now func(stage int) int) {
	hosts, executors := map[string]bool{}, 0
	for _, e := range m.Profile.Executors {
		if e.Cores > 0 {
			hosts[e.Host] = true
			executors++
		}
	}
	on := max(1, len(hosts))
	loss := sparkCrowding
	if m.Embedded() {
		loss = arrowCrowding
	}
	least, most := map[int]float64{}, map[int]float64{}
	for _, i := range stages {
		before, after := max(1, (was(i)+on-1)/on), max(1, (now(i)+on-1)/on)
		few, many := float64(min(before, after)), float64(max(before, after))
		factor := 1 + loss*(1-few/many)
		worst := factor * factor
		if after > before && executors > on && !m.Embedded() {
			factor, worst = max(factor, (1+many/few)/2), 1.3*many/few
			m.Assume("executors that share a machine may not have a core for each slot")
		}
		if after < before {
			factor, worst = 1/factor, 1/worst
		}
		m.Stages[i].slow(factor)
		least[i], most[i] = 1/factor, worst/factor
	}
	for _, by := range []map[int]float64{least, most} {
		m.Doubt(func(o *Model) {
			for i, factor := range by {
				o.Stages[i].slow(factor)
			}
		})
	}
}

// slow multiplies what the stage's tasks compute.
func (s *Stage) slow(factor float64) {
	s.edit(func(_ int, t *Task) { t.Cost[Compute] = time.Duration(factor * float64(t.Cost[Compute])) })
}
