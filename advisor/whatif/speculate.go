package whatif

import (
	"slices"
	"time"

	"stagecoach/engine/config"
)

// speculate starts a copy of each task that runs longer than Spark's threshold,
//
//	max(multiplier · median, minTaskRuntime)
//
// once the quantile has ended (TaskSetManager.checkSpeculatableTasks). A copy takes
// what the task's bytes explain: where data makes a task long, its copy is no
// quicker. With one executor, as in local mode, there is no other place for a copy,
// and nothing changes.
func (m *Model) speculate(was config.Config) {
	if was.Bool(config.Speculation) {
		m.Refuse("the run does not tell what its tasks would have taken without copies, or with fewer; run a trial")
		return
	}
	executors := 0
	for _, e := range m.Profile.Executors {
		if e.Cores > 0 {
			executors++
		}
	}
	if executors < 2 || !m.Config.Bool(config.Speculation) {
		m.Assume("nothing is speculated with one executor")
		return
	}
	multiplier, least := m.Config.Float(config.SpeculationMultiplier), time.Duration(m.Config.Int(config.SpeculationMinRuntime))*time.Millisecond
	for i := range m.Stages {
		tasks := m.Stages[i].Tasks
		if tasks.Len() < 2 {
			continue
		}
		times, sizes := make([]time.Duration, tasks.Len()), make([]int64, tasks.Len())
		for k := range times {
			times[k], sizes[k] = tasks.Duration(k), tasks.Bytes(k)
		}
		slices.Sort(times)
		slices.Sort(sizes)
		median, size := times[len(times)/2], max(1, sizes[len(sizes)/2])
		limit := max(time.Duration(multiplier*float64(median)), least)
		m.Stages[i].edit(func(_ int, t *Task) {
			d := t.Duration()
			again := time.Duration(float64(median) * max(1, float64(t.Bytes)/float64(size)))
			if d > limit && limit+again < d {
				t.shrink(float64(limit+again) / float64(d))
				m.spread = max(m.spread, 0.25)
			}
		})
	}
	m.Assume("a copy of a slow task takes what its bytes explain")
}

// shrink multiplies all that the task takes.
func (t *Task) shrink(factor float64) {
	for p := range numParts {
		t.Cost[p] = time.Duration(factor * float64(t.Cost[p]))
	}
}
