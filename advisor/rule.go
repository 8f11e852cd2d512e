// Package advisor turns a profile into advice: problems, each with its place,
// its numbers, what to change, and the seconds at stake.
//
//	Profile ─► rules ─► findings ─► whatif replays each ─► resolve, merge, rank ─► Report
//
// Rules propose, experiments dispose: a rule states what it sees and which
// parameters would answer it; the prediction comes from replaying the run, and
// a trial decides. A rule is a value, one file in package advisor/rules.
package advisor

import (
	"cmp"
	"slices"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Rule is one kind of problem. It is a pure function of a run: the same run
// and limits yield the same findings.
type Rule struct {
	Name  string // kebab-case; the file's name
	Title string // the problem, as a sentence without a full stop
	Doc   string // why it hurts, how to confirm it, what to change, when to ignore it
	Cause string // the stable id of the cause it finds

	// Incident says that the rule finds work that went wrong, not slow work. Such
	// findings come first: a run in trouble tells little of how it is well.
	Incident bool

	// Symptom says that other rules may know why: where one of them names a
	// stage, the finding about it is left out.
	Symptom bool

	// Serving are those of its causes that are about what serves the work: cores,
	// memory, the collector, a cache. Where a greater finding at the same stages takes
	// so much of the work away that one of these saves next to nothing beside it, it is
	// left out.
	Serving []string

	// Explains are causes that follow from this one: where the rule finds
	// something, findings of them at the same stages, or about the run as a
	// whole, are left out.
	Explains []string

	// Needs are metrics without which the rule cannot judge: in a profile that
	// lacks one it is skipped, with that as the reason.
	Needs []metric.ID
	// Lacks says what else the run does not hold that the rule needs, as a
	// sentence for the list of what could not be checked; "" when it can judge.
	// It may be nil.
	Lacks func(run *Run) string

	Limits []Limit
	Check  func(run *Run, limit Limits) []Finding
}

// A Run is what a rule judges: the profile, and the model that replays it.
type Run struct {
	*profiler.Profile
	Model *whatif.Model
	Peak  int // the most slots that there were at once; at least 1
}

// NewRun prepares a profile for rules.
func NewRun(p *profiler.Profile) *Run { return &Run{p, whatif.NewModel(p), peakSlots(p)} }

// peakSlots counts the cores of the executors that lived at once. (Those that
// live at the end are too few where some died, and all that ever were are too
// many where some were replaced.)
func peakSlots(p *profiler.Profile) int {
	type step struct {
		at    event.Millis
		cores int
	}
	var steps []step
	for _, e := range p.Executors {
		steps = append(steps, step{e.Added, e.Cores})
		if e.Removed > 0 {
			steps = append(steps, step{e.Removed, -e.Cores})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.cores, b.cores)) })
	now, most := 0, 1
	for _, s := range steps {
		now += s.cores
		most = max(most, now)
	}
	return most
}

// missing returns the first metric that the rule needs and the run lacks.
func (r Rule) missing(p *profiler.Profile) (metric.ID, bool) {
	for _, id := range r.Needs {
		if !p.Has(id) {
			return id, true
		}
	}
	return 0, false
}
