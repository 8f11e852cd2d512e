package whatif

import "time"

// Bounds are the limits between which any schedule's time lies.
type Bounds struct {
	Work     time.Duration // sum of all task times
	Critical time.Duration // longest chain of stages, each as long as its longest task, with the driver's time
	Low      time.Duration // no schedule on these slots is faster
	High     time.Duration // no schedule that leaves no slot idle needlessly is slower
}

// Bounds returns Graham's bounds of list scheduling with precedence
// (SIAM J. Appl. Math. 17, 1969) for the model on n slots; n 0 means as many
// as it has:
//
//	max(W/n, CP) <= T <= W/n + (1 - 1/n)·CP
//
// When High for more slots is near the time measured, more slots cannot help.
// The driver's time between jobs belongs to both ends.
func (m *Model) Bounds(n int) Bounds {
	if n <= 0 {
		n = max(1, len(m.Slots))
	}
	var b Bounds
	longest := make([]time.Duration, len(m.Stages))
	for i := range m.Stages {
		for k := range m.Stages[i].Tasks.Len() {
			d := m.Stages[i].Tasks.Duration(k)
			b.Work += d
			longest[i] = max(longest[i], d)
		}
	}
	wide := m.clone()
	wide.Slots = nil
	most := 1
	for i := range wide.Stages {
		wide.Stages[i].Gap = 0
		if wide.Stages[i].Tasks.Len() > 0 {
			wide.Stages[i].Tasks = tabulate(1, func(int) Task { return Task{Cost: [numParts]time.Duration{Compute: longest[i]}} })
			most++
		}
	}
	wide.Slots = make([]Slot, most)
	b.Critical = simulate(wide).wall
	driver := m.driver()
	per := b.Work / time.Duration(n)
	b.Low = max(per+driver, b.Critical)
	b.High = per + b.Critical - (b.Critical-driver)/time.Duration(n)
	return b
}

// driver is the time in which the chain of jobs holds no stage.
func (m *Model) driver() time.Duration {
	idle := m.clone()
	idle.Slots = make([]Slot, 1)
	for i := range idle.Stages {
		idle.Stages[i].Tasks, idle.Stages[i].Lead, idle.Stages[i].Tail = nil, 0, 0
	}
	return simulate(idle).wall
}
