package schedule

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// A collection tells how long a slot's tasks stood still for garbage collection.
// The collector of Go works beside the tasks and seldom stops them: what it costs
// them is the processors that it takes, and the part of its work that is laid on
// whoever allocates. Its processor time, spread over the processors, is what a JVM
// calls GC time; what it does where nothing else wants a processor is left out.
type collection struct {
	samples [3]metrics.Sample
	begun   time.Duration // processor time when the task began
	owed    time.Duration // not yet recorded: less than a millisecond, or beyond what a task took
}

func newCollection() *collection {
	return &collection{samples: [3]metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/scavenge/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}}}
}

// taken is the processor time of the collector since the process began, with that of
// giving memory back to the system, which a limit of memory asks for. It grows when a
// collection ends.
func (c *collection) taken() time.Duration {
	metrics.Read(c.samples[:])
	return time.Duration(1e9 * (c.samples[0].Value.Float64() + c.samples[1].Value.Float64() - c.samples[2].Value.Float64()))
}

// begin notes that a task begins.
func (c *collection) begin() { c.begun = c.taken() }

// end returns the whole milliseconds of collection in a task that ran for so many.
// What is left over falls to the slot's next task, so that sums are right.
func (c *collection) end(ran int64) (ms int64) {
	c.owed += max(0, c.taken()-c.begun) / time.Duration(runtime.NumCPU())
	ms = min(c.owed.Milliseconds(), ran)
	c.owed -= time.Duration(ms) * time.Millisecond
	return ms
}
