package tui

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A digest is a profile with what the screens derive from it. It is made
// outside of Update and View, once for each snapshot, and not changed after.
type digest struct {
	profile   *profiler.Profile
	stages    []*stageFacts      // as profile.Stages
	breakdown profiler.Breakdown // running attempts count as unmeasured, not as idle slots
	inflight  time.Duration      // of the attempts that run
	path      []profiler.Segment
	onPath    map[*profiler.Stage]time.Duration // share of the wall time that was waited for the stage
	slots     int
	end       event.Millis         // of the application, or the last time seen
	busy      map[string][]float64 // by executor: share of its slots in use, in equal pieces of time
	took      time.Duration        // what making the digest cost
}

// stageFacts are the numbers of one stage that take a walk over its tasks.
type stageFacts struct {
	*profiler.Stage
	P50, P95, Longest time.Duration
	Skew              float64 // longest over median
	GC                float64 // share of run time
	Parts             profiler.Breakdown
	spread            func() spread
}

// pieces is into how many equal parts of time the use of executors is cut.
const pieces = 48

// digestOf derives everything. Facts of stages that before holds already are
// taken from there: a profile that is handed out does not change, and snapshots
// share the stages that did not.
func digestOf(p *profiler.Profile, before *digest) *digest {
	if p == nil {
		return nil
	}
	d := &digest{profile: p, slots: p.Slots(), end: cmp.Or(p.App.End, p.App.LastEvent), onPath: map[*profiler.Stage]time.Duration{}}
	known := map[*profiler.Stage]*stageFacts{}
	if before != nil {
		for _, f := range before.stages {
			known[f.Stage] = f
		}
	}
	for _, s := range p.Stages {
		f := known[s]
		if f == nil {
			f = factsOf(s)
		}
		d.stages = append(d.stages, f)
	}
	d.breakdown = p.Breakdown()
	d.path = p.CriticalPath()
	for _, s := range d.path {
		if s.Stage != nil {
			d.onPath[s.Stage] += s.Duration()
		}
	}
	d.busy = d.use()
	held := min(d.inflight, d.breakdown.Parts[profiler.IdleSlots])
	d.breakdown.Parts[profiler.IdleSlots] -= held
	d.breakdown.Parts[profiler.Unmeasured] += held
	return d
}

func factsOf(s *profiler.Stage) *stageFacts {
	f := &stageFacts{Stage: s, Parts: s.Breakdown(), spread: spreadOf(s)}
	times := s.Dist(metric.TaskDuration)
	f.P50, f.P95, f.Longest = time.Duration(times.Median()), time.Duration(times.Quantile(0.95)), time.Duration(times.Max())
	f.Skew = times.Skew()
	if run := s.Metrics.Value(metric.ExecutorRunTime); run > 0 {
		f.GC = float64(s.Metrics.Value(metric.JVMGCTime)) / float64(run)
	}
	return f
}

// use is how much of each executor's slots tasks held, by piece of time. It sums
// what runs on the way.
func (d *digest) use() map[string][]float64 {
	out := map[string][]float64{}
	start := d.profile.App.Start
	if d.end <= start {
		return out
	}
	piece := float64(d.end-start) / pieces
	for _, s := range d.profile.Stages {
		for row := range s.Tasks.Len() {
			from, to := s.Tasks.Times(row)
			if to == 0 {
				to = d.end
				d.inflight += time.Duration(max(0, to-from)) * time.Millisecond
			}
			id := s.Tasks.Executor(row)
			if out[id] == nil {
				out[id] = make([]float64, pieces)
			}
			a, b := float64(from-start)/piece, float64(to-start)/piece
			for i := max(0, int(a)); i < pieces && float64(i) < b; i++ {
				out[id][i] += min(b, float64(i+1)) - max(a, float64(i))
			}
		}
	}
	for _, x := range d.profile.Executors {
		for i := range out[x.ID] {
			out[x.ID][i] = min(1, out[x.ID][i]/float64(max(1, x.Cores)))
		}
	}
	return out
}

// stage returns the facts of one attempt, or nil.
func (d *digest) stage(id, attempt int) *stageFacts {
	for _, f := range d.stages {
		if f.ID == id && f.Attempt == attempt {
			return f
		}
	}
	return nil
}

// heaviest is the stage with the most task time, or nil.
func (d *digest) heaviest() *stageFacts {
	var best *stageFacts
	for _, f := range d.stages {
		if best == nil || f.Parts.Total > best.Parts.Total {
			best = f
		}
	}
	if best == nil || best.Tasks.Len() == 0 {
		return nil
	}
	return best
}

// wall is how long the stage took, or has taken so far.
func (d *digest) wall(s *profiler.Stage) time.Duration {
	if s.Status == profiler.Running {
		from := cmp.Or(s.FirstLaunch, s.Submitted)
		return time.Duration(max(0, d.end-from)) * time.Millisecond
	}
	return s.Duration()
}

// running reports whether the application has not ended.
func (d *digest) running() bool { return d.profile.App.End == 0 }

// active counts task attempts that run now.
func (d *digest) active() int {
	n := 0
	for _, s := range d.profile.Stages {
		n += s.Active
	}
	return n
}

// progress counts the tasks of jobs that run, done and all.
func (d *digest) progress() (done, all int) {
	for _, j := range d.profile.Jobs {
		if j.Status == profiler.Running {
			done += j.Indices
			all += j.NumTasks - j.SkippedTasks
		}
	}
	return done, all
}

// total sums one metric over all stages.
func (d *digest) total(id metric.ID) int64 {
	var sum int64
	for _, s := range d.profile.Stages {
		sum += s.Metrics.Value(id)
	}
	return sum
}

// skewed is the stage whose slowest task stands out most, among those with
// three tasks or more, or nil.
func (d *digest) skewed() *stageFacts {
	var best *stageFacts
	for _, f := range d.stages {
		if f.Complete >= 3 && f.Longest-f.P50 > time.Second && (best == nil || f.Skew > best.Skew) {
			best = f
		}
	}
	return best
}

// failed are the stages and jobs that did not succeed, as sentences.
func (d *digest) failures() []string {
	var out []string
	for _, j := range d.profile.Jobs {
		if j.Status == profiler.Failed {
			out = append(out, "job "+count(j.ID).String()+": "+clean(j.Error))
		}
	}
	for _, s := range d.profile.Stages {
		if s.Status == profiler.Failed && len(out) == 0 {
			out = append(out, "stage "+count(s.ID).String()+": "+clean(s.Failure))
		}
	}
	return slices.Compact(out)
}
