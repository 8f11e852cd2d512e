package advisor

import (
	"slices"
	"strings"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// A Turn is one finding's remedy, made when those before it are.
type Turn struct {
	ID    string        `json:"id"` // of the finding
	Rule  string        `json:"rule"`
	Saves time.Duration `json:"savesNanos"` // beside those before it; what they save already counts for them
	After time.Duration `json:"afterNanos"` // wall time of the run then
}

// Replays that ordering may take: those of mostTasks tasks altogether, which is half a
// second, and at least one, which orders two remedies. What each saves alone is known.
const (
	mostTurns    = 6
	mostTasks    = 2_000_000
	leastReplays = 1
)

// order says in which order the remedies of the findings, most at stake first, save
// most: each is the one that saves most beside those before it. It ends where nothing
// is saved any more, which is how returns diminish: two remedies of one stage share
// what they save, and one that is off the critical path saves only when another has
// brought it there.
func order(run *Run, found []Finding) (turns []Turn) {
	var left []int
	for i := range found {
		if found[i].Predicted && found[i].Saving.Saved() > 0 {
			left = append(left, i)
		}
	}
	replays := max(leastReplays, mostTasks/max(1, int(run.Totals.Tasks)))
	for n := len(left); n > mostTurns || n*(n-1)/2 > replays; n = len(left) {
		left = left[:n-1]
	}
	if len(left) < 2 {
		return nil
	}
	var edits []whatif.Edit
	now := run.Model.Wall
	for len(left) > 0 {
		best, soonest := -1, now-run.Model.Wall/200 // a step of less is none
		for k, i := range left {
			after, ok := found[i].Saving.After, true
			if len(turns) > 0 {
				after, ok = run.Model.After(append(slices.Clone(edits), found[i].remedy()...)...)
			}
			if ok && after < soonest {
				best, soonest = k, after
			}
		}
		if best < 0 {
			break
		}
		f := &found[left[best]]
		turns = append(turns, Turn{f.ID(), f.Rule, now - soonest, soonest})
		edits, now = append(edits, f.remedy()...), soonest
		left = slices.Delete(left, best, best+1)
	}
	return turns
}

// remedy is what the finding's changes do in a replay, those in code as well.
func (f *Finding) remedy() (edits []whatif.Edit) {
	changes := f.Changes
	if len(f.Edits) > 0 { // which say what the parameters without a model do
		changes = slices.DeleteFunc(slices.Clone(changes), func(c config.Change) bool { return !whatif.Modelled(c.Key) })
	}
	if len(changes) > 0 {
		edits = append(edits, whatif.Changes(changes...))
	}
	return append(edits, f.Edits...)
}

// joint is what all parameters of the findings do together. A finding's edits are
// among it where no parameter of the finding has a model: they say what those do. What
// is not to be replayed is left out, and said.
func joint(run *Run, found []Finding, changes []config.Change) whatif.Prediction {
	if len(changes) == 0 {
		return whatif.Prediction{}
	}
	var edits []whatif.Edit
	told := map[string]bool{} // keys that edits speak for, or nothing does
	var without []string
	for _, f := range found {
		if f.NoReplay != "" {
			for _, c := range f.Changes {
				told[c.Key] = true
				without = append(without, c.Key)
			}
			continue
		}
		if len(f.Edits) == 0 || len(f.Changes) == 0 || slices.ContainsFunc(f.Changes, func(c config.Change) bool { return whatif.Modelled(c.Key) }) {
			continue
		}
		edits = append(edits, f.Edits...)
		for _, c := range f.Changes {
			told[c.Key] = true
		}
	}
	changes = slices.DeleteFunc(slices.Clone(changes), func(c config.Change) bool { return told[c.Key] })
	settable := func(f Finding) bool { return len(f.Changes) > 0 }
	first := slices.IndexFunc(found, settable)
	alone := len(found[first].Edits) == len(edits) && !slices.ContainsFunc(found[first+1:], settable)
	if alone || len(changes)+len(edits) == 0 {
		return found[first].Saving // it was asked already
	}
	if len(changes) > 0 {
		edits = append([]whatif.Edit{whatif.Changes(changes...)}, edits...)
	}
	all := run.Model.Predict(edits...)
	if len(without) > 0 {
		all.Assumptions = append(all.Assumptions, "nothing is replayed of "+strings.Join(without, ", "))
	}
	return all
}
