package advisor

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Judged run is one of several: the advice on it, and what is kept of its
// profile to rank and compare.
type Judged struct {
	Log      string
	Report   Report
	Settings map[string]string
	Start    event.Millis
	Slots    int
	Input    int64 // bytes
}

// Judge advises on one run of several.
func Judge(log string, p *profiler.Profile, rules []Rule, opt Option) Judged {
	j := Judged{Log: log, Report: Advise(p, rules, opt), Settings: p.Properties, Start: p.App.Start, Slots: p.Slots()}
	j.Input = p.Totals.Metrics.Value(metric.InputBytes)
	return j
}

// CouldSave is the wall time that the advice would save: of all changes together
// where the replay can tell, and at least that of its best finding. It is never
// more than the run.
func (j Judged) CouldSave() time.Duration {
	best := time.Duration(0)
	if x := j.Report.Joint; x.Refused == "" {
		best = x.Saved()
	}
	for _, f := range j.Report.Findings {
		if !f.Notice {
			best = max(best, f.Stake())
		}
	}
	return max(0, min(best, j.Report.Wall))
}

// CouldFree are the core-seconds that go with it: the slots, for the time saved.
func (j Judged) CouldFree() float64 { return j.CouldSave().Seconds() * float64(j.Slots) }

// Rank orders runs by the core-seconds that advice would free, then by the time.
func Rank(runs []Judged) []Judged {
	out := slices.Clone(runs)
	slices.SortStableFunc(out, func(a, b Judged) int {
		return cmp.Or(cmp.Compare(b.CouldFree(), a.CouldFree()), cmp.Compare(b.CouldSave(), a.CouldSave()))
	})
	return out
}
