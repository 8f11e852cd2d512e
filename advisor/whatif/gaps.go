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
	// Of attempts launched in one millisecond the short one was on its slot before
	// the long one of a fellow slot could have been.
	slices.SortFunc(b.attempts, func(x, y attempt) int {
		if c := cmp.Compare(b.launch(&x), b.launch(&y)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.finish(&x), b.finish(&y)), cmp.Compare(x.stage, y.stage))
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
	for i := range b.attempts {
		a := &b.attempts[i]
		launch, finish := b.launch(a), b.finish(a)
		slots := free[a.executor]
		best := -1
		for k, f := range slots {
			if f <= launch && (best < 0 || f > slots[best]) {
				best = k
			}
		}
		switch {
		case best >= 0:
			if slots[best] >= b.source[a.stage].FirstLaunch {
				sum[a.stage] += time.Duration(launch-slots[best]) * time.Millisecond
				count[a.stage]++
			}
			slots[best] = finish
		case len(slots) < cores[a.executor] || len(slots) == 0:
			free[a.executor] = append(slots, finish)
		default: // launched before the driver had noted that another ended
			k := slices.Index(slots, slices.Min(slots))
			sum[a.stage] += time.Duration(launch-slots[k]) * time.Millisecond
			count[a.stage]++
			slots[k] = max(slots[k], finish)
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
	if gap >= 0 {
		return
	}
	s.edit(func(_ int, t *Task) {
		late := -gap
		for _, p := range []Part{Fixed, Compute} {
			cut := min(late, t.Cost[p])
			t.Cost[p] -= cut
			late -= cut
		}
	})
}
