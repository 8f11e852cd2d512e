package schedule

import (
	"slices"
	"time"

	"stagecoach/engine/config"
)

// speculation says when a task that is running gets a copy: Spark's
// TaskSetManager.checkSpeculatableTasks, without the measure of its rate of work
// (spark.speculation.efficiency.*), which needs progress that tasks here report
// only when they end.
type speculation struct {
	interval, least      time.Duration
	multiplier, quantile float64
}

// newSpeculation returns nil when there is to be none.
func newSpeculation(conf config.Config, m Master) *speculation {
	if m.Local || !conf.Bool(config.Speculation) {
		return nil
	}
	return &speculation{interval: time.Duration(conf.Int(config.SpeculationInterval)) * time.Millisecond,
		least:      time.Duration(conf.Int(config.SpeculationMinRuntime)) * time.Millisecond,
		multiplier: conf.Float(config.SpeculationMultiplier), quantile: conf.Float(config.SpeculationQuantile)}
}

// threshold is how long a task of a set of so many may run before it is copied,
// by what those took that have ended; ok is false while too few have. A lone
// task has no siblings to be slower than.
func (s *speculation) threshold(tasks int, took []time.Duration) (limit time.Duration, ok bool) {
	if tasks == 1 || len(took) < max(int(s.quantile*float64(tasks)), 1) {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(took))
	median := sorted[len(sorted)/2] // of an even number the upper, as Spark's PercentileHeap
	return max(time.Duration(s.multiplier*float64(median)), s.least), true
}

// speculate copies the tasks that run for too long and have no copy.
func (r *stageRun) speculate() {
	limit, ok := r.Cluster.copying.threshold(r.size, r.took)
	if !ok || r.failure != nil {
		return
	}
	for p := range r.tasks {
		t := &r.tasks[p]
		if t.won != nil || len(t.open) != 1 || r.Cluster.runtime(t.open[0]) <= limit {
			continue
		}
		a := r.attempt(p)
		a.original = t.open[0]
		a.info.Speculative = true
		r.submit(a)
	}
}

// killOthers stops the attempts of a task that nobody needs any more.
func (r *stageRun) killOthers(t *task) {
	t.open = slices.DeleteFunc(t.open, r.takeBack)
	for _, a := range t.open {
		a.kill(killed{"another attempt succeeded"})
	}
}

// mayCopy reports whether a copy may run on e: where its original does not run,
// if there is such a place, and not once that has succeeded. Called with the
// lock.
func (c *Cluster) mayCopy(a *attempt, e *Executor) bool {
	o := a.original
	if o.succeeded && !o.executor.dead {
		return false
	}
	return e != o.executor || !slices.ContainsFunc(c.executors, func(x *Executor) bool { return !x.dead && x != e })
}
