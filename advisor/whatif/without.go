package whatif

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/engine/metric"
)

// Reasons are what Without can take out of a run: why tasks take longer than their
// work.
var Reasons = []string{"skew", "spill", "gc", "fetch-wait", "retries"}

// Without is the run as if there were no reason of this name in any stage, whatever
// it is that would remove it: a bound for what that can save.
func Without(reason string) (Edit, error) {
	switch reason {
	case "skew":
		return func(m *Model) {
			for id := range m.last {
				m.unskew(id, 2, 0)
			}
		}, nil
	case "spill":
		return func(m *Model) {
			m.leaveOut(Spill)
			m.spread = max(m.spread, 0.50)
			m.Assume("the time of a spill is estimated from its size")
		}, nil
	case "gc":
		return func(m *Model) { m.leaveOut(GC) }, nil
	case "fetch-wait":
		return func(m *Model) { m.leaveOut(Fetch) }, nil
	case "retries":
		return (*Model).once, nil
	}
	return nil, fmt.Errorf("%q is nothing that a run can be replayed without; write one of %s", reason, strings.Join(Reasons, ", "))
}

// leaveOut takes a part out of all tasks.
func (m *Model) leaveOut(p Part) {
	for i := range m.Stages {
		m.Stages[i].edit(func(_ int, t *Task) {
			t.Cost[p] = 0
			if p == Spill {
				t.Peak, t.Spilled = t.Peak+t.Spilled, 0
			}
		})
	}
	m.spread = max(m.spread, 0.10)
}

// once lets each partition of a stage be computed once, in the stage's first attempt,
// for as long as the attempt took that came last, which is the one that succeeded.
func (m *Model) once() {
	attempts := map[int][]int{} // stage id → indexes
	for i := range m.Stages {
		attempts[m.Stages[i].ID] = append(attempts[m.Stages[i].ID], i)
	}
	type place struct{ stage, task int32 }
	for _, stages := range attempts {
		final := map[int]place{} // partition → its last attempt
		before := make([]*Tasks, len(stages))
		for n, i := range stages {
			before[n] = m.Stages[i].Tasks
			for k := range before[n].Len() {
				final[before[n].Index(k)] = place{int32(n), int32(k)}
			}
		}
		for n, i := range stages {
			var once []place
			for k := range before[n].Len() {
				index := before[n].Index(k)
				if at, left := final[index]; left {
					once = append(once, at)
					delete(final, index)
				}
			}
			s := &m.Stages[i]
			s.Tasks = tabulate(len(once), func(k int) Task { return before[once[k].stage].At(int(once[k].task)) })
			if len(once) == 0 && before[n].Len() > 0 {
				s.Lead, s.Tail = 0, 0
			}
		}
	}
	m.spread = max(m.spread, 0.10)
	m.Assume("what failed would have taken as long as what succeeded in its place")
}

// FasterStorage is the run on disks and file systems so many times as fast, at least
// one: writing shuffles and spilling take as much less, and so does what tasks that
// read files wait beside computing.
func FasterStorage(factor float64) (Edit, error) {
	if !(factor >= 1) || factor > 1000 {
		return nil, fmt.Errorf("storage cannot be %g times as fast; write a number from 1 to 1000", factor)
	}
	return func(m *Model) {
		waits := map[int]float64{} // part of computing in which tasks that read files have no processor
		for _, s := range m.Profile.Stages {
			cpu, ran := s.Metrics.Value(metric.ExecutorCPUTime), s.Metrics.Value(metric.ExecutorRunTime)
			if s.Metrics.Value(metric.InputBytes) > 0 && cpu > 0 && ran > cpu {
				waits[s.ID] = 1 - float64(cpu)/float64(ran)
			}
		}
		for i := range m.Stages {
			s := &m.Stages[i]
			s.edit(func(_ int, t *Task) {
				c := &t.Cost
				for _, p := range []Part{Write, Spill} {
					c[p] = time.Duration(float64(c[p]) / factor)
				}
				c[Compute] -= time.Duration(waits[s.ID] * (1 - 1/factor) * float64(c[Compute]))
			})
		}
		m.Reach(factor/2, fmt.Sprintf("storage %g times as fast", factor))
		m.Assume("tasks that read files wait for storage alone while they have no processor")
	}, nil
}
