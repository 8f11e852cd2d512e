package whatif

import (
	"math"
	"slices"

	"stagecoach/engine/event"
)

// An attempt is when and where a task of a stage ran. It is small, since there is one
// for every task of the run while the model is built.
type attempt struct {
	launch, finish uint32 // milliseconds since the stage's first launch
	executor       int32
	stage          int32
}

// since is a time as an attempt has it. Of a stage of more than 49 days, what came
// later counts as then.
func since(first, t event.Millis) uint32 {
	return uint32(min(max(0, t-first), math.MaxUint32))
}

func (b *builder) launch(a *attempt) event.Millis {
	return b.source[a.stage].FirstLaunch + event.Millis(a.launch)
}

func (b *builder) finish(a *attempt) event.Millis {
	return b.source[a.stage].FirstLaunch + event.Millis(a.finish)
}

// executor numbers the executor called id.
func (b *builder) executor(id string) int32 {
	n, ok := b.executors[id]
	if !ok {
		n = int32(len(b.executors))
		b.executors[id] = n
	}
	return n
}

// peak is the greatest number of tasks that ran at once.
func (b *builder) peak() int {
	edges := make([]int64, 0, 2*len(b.attempts)) // time·2, less one for a finish: finishes come first
	for i := range b.attempts {
		edges = append(edges, int64(b.launch(&b.attempts[i]))*2+1, int64(b.finish(&b.attempts[i]))*2)
	}
	slices.Sort(edges)
	now, most := 0, 0
	for _, e := range edges {
		if e%2 == 1 {
			now++
		} else {
			now--
		}
		most = max(most, now)
	}
	return most
}
