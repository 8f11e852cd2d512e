package whatif

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/event"
)

// gaps measures, for each stage, how long a slot stood empty between two tasks
// while more were waiting: the driver's answer time, which bounds stages of
// very small tasks. Attempts are laid on the slots of their executor in launch
// order, each on the slot that became free last before it.
func (b *builder) gaps() {
	type place struct{ stage, at int32 } // in b.attempts
	n := 0
	for _, attempts := range b.attempts {
		n += len(attempts)
	}
	all := make([]place, 0, n)
	for i, attempts := range b.attempts {
		for k := range attempts {
			all = append(all, place{int32(i), int32(k)})
		}
	}
	// Of attempts launched in one millisecond the short one was on its slot before
	// the long one of a fellow slot could have been.
	slices.SortStableFunc(all, func(x, y place) int {
		a, b := &b.attempts[x.stage][x.at], &b.attempts[y.stage][y.at]
		return cmp.Or(cmp.Compare(a.launch, b.launch), cmp.Compare(a.finish, b.finish))
	})
	free := make([][]event.Millis, len(b.executors))
	cores := make([]int, len(b.executors))
	for _, e := range b.m.Profile.Executors {
		if k, ran := b.executors[e.ID]; ran {
			cores[k] = e.Cores
		}
	}
	sum := make([]time.Duration, len(b.m.Stages))
	count := make([]int, len(b.m.Stages))
	for _, p := range all {
		a := &b.attempts[p.stage][p.at]
		slots := free[a.executor]
		best := -1
		for k, f := range slots {
			if f <= a.launch && (best < 0 || f > slots[best]) {
				best = k
			}
		}
		switch {
		case best >= 0:
			if slots[best] >= b.source[p.stage].FirstLaunch {
				sum[p.stage] += time.Duration(a.launch-slots[best]) * time.Millisecond
				count[p.stage]++
			}
			slots[best] = a.finish
		case len(slots) < cores[a.executor] || len(slots) == 0:
			free[a.executor] = append(slots, a.finish)
		default: // launched before the driver had noted that another ended
			k := slices.Index(slots, slices.Min(slots))
			sum[p.stage] += time.Duration(a.launch-slots[k]) * time.Millisecond
			count[p.stage]++
			slots[k] = max(slots[k], a.finish)
		}
	}
	for i := range sum {
		if count[i] > 0 {
			b.m.Stages[i].settle(sum[i] / time.Duration(count[i]))
		}
	}
}

// settle takes the measured gap. It is negative where the driver notes the end
// of a task after its slot has gone on: then a task holds its slot for less
// than the time between its launch and its finish.
func (s *Stage) settle(gap time.Duration) {
	s.Gap = max(0, gap)
	for k := range s.Tasks {
		late := max(0, -gap)
		for _, p := range []Part{Fixed, Compute} {
			cut := min(late, s.Tasks[k].Cost[p])
			s.Tasks[k].Cost[p] -= cut
			late -= cut
		}
	}
}
