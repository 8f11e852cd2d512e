package whatif

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/event"
)

// waits finds what each stage waited for, and how long beyond that.
func (b *builder) waits() {
	seen := map[int]int{} // stage id → its last attempt so far
	homes := map[int][]int{}
	crowd := b.crowd()
	for i, s := range b.source {
		stage := &b.m.Stages[i]
		var ready event.Millis
		if o := b.owner[i]; o >= 0 {
			ready = b.start(b.jobs_[o])
		}
		for _, id := range append([]int{s.ID}, s.Parents...) {
			if k, ok := seen[id]; ok && !slices.Contains(stage.Parents, k) {
				stage.Parents = append(stage.Parents, k)
				ready = max(ready, b.completed(k))
			}
		}
		seen[s.ID] = i
		if k := b.follows(i, ready, homes[b.owner[i]]); k >= 0 {
			stage.Parents = append(stage.Parents, k)
			ready = b.completed(k)
		}
		homes[b.owner[i]] = append(homes[b.owner[i]], i)
		slices.Sort(stage.Parents)
		begin := s.FirstLaunch
		if crowd.busy(i, s.Submitted) {
			begin = max(s.Submitted, ready)
		}
		stage.Lead = max(0, time.Duration(begin-ready)*time.Millisecond)
		stage.Tail = max(0, time.Duration(b.completed(i)-b.done[i])*time.Millisecond)
	}
	for j := range b.m.Jobs {
		var done event.Millis
		for _, s := range b.m.Jobs[j].Stages {
			done = max(done, b.completed(s))
		}
		if done > 0 {
			b.m.Jobs[j].Tail = max(0, time.Duration(b.end(b.jobs_[j])-done)*time.Millisecond)
		}
	}
}

// follows finds the stage of the same job that stage i seems to have waited
// for without reading from it, among those before it: i was ready well before, and
// the other ended in between. Schedulers that run one stage at a time do so.
func (b *builder) follows(i int, ready event.Millis, before []int) int {
	const soon = 50 // milliseconds
	at, best := b.source[i].Submitted, -1
	if at-ready <= soon {
		return -1
	}
	for _, k := range before {
		if c := b.completed(k); c <= at && c > ready && (best < 0 || c > b.completed(best)) {
			best = k
		}
	}
	return best
}

// A crowd tells whether stages held slots at a time: stages by their first launch,
// and of those up to each the two that were completed last.
type crowd struct {
	launch []event.Millis
	latest [][2]int // stages; -1 none
	ends   func(i int) event.Millis
}

func (b *builder) crowd() crowd {
	order := make([]int, len(b.source))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(b.source[x].FirstLaunch, b.source[y].FirstLaunch) })
	c := crowd{ends: b.completed}
	two := [2]int{-1, -1}
	for _, i := range order {
		switch {
		case two[0] < 0 || b.completed(i) > b.completed(two[0]):
			two = [2]int{i, two[0]}
		case two[1] < 0 || b.completed(i) > b.completed(two[1]):
			two[1] = i
		}
		c.launch, c.latest = append(c.launch, b.source[i].FirstLaunch), append(c.latest, two)
	}
	return c
}

// busy reports whether a stage besides i held slots at time t, in which case a late
// first launch says nothing about the driver.
func (c crowd) busy(i int, t event.Millis) bool {
	n, _ := slices.BinarySearch(c.launch, t+1)
	if n == 0 {
		return false
	}
	for _, k := range c.latest[n-1] {
		if k >= 0 && k != i && t < c.ends(k) {
			return true
		}
	}
	return false
}
