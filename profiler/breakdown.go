package profiler

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// An Activity is one way in which the time of a slot was spent.
type Activity uint8

const (
	Compute       Activity = iota // CPU of the task's thread
	GC                            // garbage collection while it ran
	FetchWait                     // stood still for shuffle blocks
	ShuffleWrite                  // wrote shuffle blocks
	OtherWait                     // ran without CPU: disk, network, locks, spilling, Python; all of it where CPU was not recorded
	Deserialize                   // made the task ready
	SerializeBack                 // encoded the result
	GettingResult                 // the driver fetched the result
	Delay                         // scheduler delay
	Unmeasured                    // attempts that left no metrics, such as those of lost executors
	IdleSlots                     // other tasks ran, this slot had none
	DriverGap                     // no task ran anywhere: the driver planned, collected or slept
	numActivities
)

var activityNames = [numActivities]string{"compute", "garbage collection", "shuffle fetch wait", "shuffle write",
	"other waiting", "deserialize", "result serialization", "getting result", "scheduler delay", "unmeasured attempts",
	"idle slots", "driver gaps"}

// String names the activity as reports print it.
func (a Activity) String() string { return activityNames[a] }

// A Breakdown says where slot time went. Its parts sum to Total exactly. Time
// spent spilling is not recorded by Spark; it is inside Compute and OtherWait.
type Breakdown struct {
	Total time.Duration
	Parts [numActivities]time.Duration // by Activity
}

// All yields the parts that took time, in the order of the activities.
func (b *Breakdown) All(yield func(Activity, time.Duration) bool) {
	for a, d := range b.Parts {
		if d > 0 && !yield(Activity(a), d) {
			return
		}
	}
}

// Share returns the part of Total that a took, 0 to 1.
func (b *Breakdown) Share(a Activity) float64 {
	if b.Total == 0 {
		return 0
	}
	return float64(b.Parts[a]) / float64(b.Total)
}

func (b *Breakdown) add(a Activity, d time.Duration) {
	b.Parts[a] += d
	b.Total += d
}

// Breakdown divides the durations of the stage's ended attempts.
func (s *Stage) Breakdown() Breakdown {
	var b Breakdown
	if s.sketch != nil {
		return s.sketch.breakdown
	}
	for row := range s.Tasks.Len() {
		s.Tasks.breakdown(row, &b)
	}
	return b
}

// breakdown divides one attempt. What overlaps is counted once: each part takes
// at most what those before it have left.
func (t *Tasks) breakdown(row int, b *Breakdown) {
	wall, ended := t.Metric(row, metric.TaskDuration)
	if !ended {
		return
	}
	if !t.Measured(row) {
		b.add(Unmeasured, time.Duration(wall))
		return
	}
	left := wall
	take := func(a Activity, v int64) {
		v = min(max(0, v), left)
		b.add(a, time.Duration(v))
		left -= v
	}
	of := func(id metric.ID) int64 { v, _ := t.Metric(row, id); return v }
	getting, opening, back := of(metric.GettingResultTime), of(metric.ExecutorDeserializeTime), of(metric.ResultSerializationTime)
	take(GettingResult, getting)
	take(Delay, wall-of(metric.ExecutorRunTime)-opening-back-getting) // as Metric has it, which would read all of them again
	take(Deserialize, opening)
	take(SerializeBack, back)
	take(FetchWait, of(metric.ShuffleFetchWaitTime))
	take(GC, of(metric.JVMGCTime))
	take(ShuffleWrite, of(metric.ShuffleWriteTime))
	take(Compute, of(metric.ExecutorCPUTime))
	b.add(OtherWait, time.Duration(left))
}

// Breakdown divides the slot time of the whole application: the cores of each
// executor for as long as it was there. Where tasks filled more than the
// recorded slots, what they took is the total.
func (p *Profile) Breakdown() Breakdown {
	var b Breakdown
	for _, s := range p.Stages {
		of := s.Breakdown()
		for a, d := range of.All {
			b.add(a, d)
		}
	}
	used := b.Total
	var capacity, gaps time.Duration
	busy := p.busy()
	for _, x := range p.Executors {
		from, to := max(x.Added, p.App.Start), p.end()
		if x.Removed != 0 {
			to = min(to, x.Removed)
		}
		life := span{from, max(from, to)}
		capacity += time.Duration(x.Cores) * life.duration()
		gaps += time.Duration(x.Cores) * (life.duration() - covered(busy, life))
	}
	gaps = min(gaps, max(0, capacity-used))
	b.add(DriverGap, gaps)
	b.add(IdleSlots, max(0, capacity-used-gaps))
	return b
}

// end is the application's end, or the last time seen while it runs.
func (p *Profile) end() event.Millis {
	if p.App.End != 0 {
		return p.App.End
	}
	return p.App.LastEvent
}

// A span is a piece of wall time.
type span struct{ from, to event.Millis }

func (s span) duration() time.Duration { return time.Duration(max(0, s.to-s.from)) * time.Millisecond }

// busy returns the times in which at least one task ran, apart and ascending.
func (p *Profile) busy() []span {
	var all []span
	for _, s := range p.Stages {
		all = s.spans(all, p.end())
	}
	return merged(all)
}

// spans appends the times in which the stage's tasks ran; those that run do so
// until now. Rows are in the order of launches, so that most join the one before.
func (s *Stage) spans(all []span, now event.Millis) []span {
	if s.sketch != nil {
		return append(all, s.sketch.busy...)
	}
	for row := range s.Tasks.Len() {
		from, to := s.Tasks.Times(row)
		if to == 0 {
			to = now
		}
		if to <= from {
			continue
		}
		if last := len(all) - 1; last >= 0 && all[last].from <= from && from <= all[last].to {
			all[last].to = max(all[last].to, to)
			continue
		}
		all = append(all, span{from, to})
	}
	return all
}

// merged joins the spans that meet, in place.
func merged(all []span) []span {
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// covered is how much of within the spans fill.
func covered(spans []span, within span) time.Duration {
	var sum time.Duration
	for _, s := range spans {
		sum += span{max(s.from, within.from), min(s.to, within.to)}.duration()
	}
	return sum
}
