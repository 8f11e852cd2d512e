package report

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// MatchStages sets what was predicted for each stage beside what a second run
// measured. Stage numbers shift when a change removes stages, so stages are
// matched within their query (or job) and name by what they read, the most
// alike first. A stage that was predicted to vanish, or that finds nothing
// alike, has Measured -1.
func MatchStages(before, after *profiler.Profile, p whatif.Prediction) []TrialStage {
	gone := map[int]bool{}
	for _, s := range p.Stages {
		gone[s.StageID] = s.Tasks == 0
	}
	first, second := groupsOf(before), groupsOf(after)
	type pair struct {
		a, b  *profiler.Stage
		alike float64
	}
	var pairs []pair
	for _, a := range before.Stages {
		for _, b := range after.Stages {
			if a.Attempt+b.Attempt > 0 || gone[a.ID] || a.Name != b.Name || first[a] != second[b] || a.Tasks.Len() == 0 || b.Tasks.Len() == 0 {
				continue
			}
			if x := alike(a, b); x > 0.2 {
				pairs = append(pairs, pair{a, b, x})
			}
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return cmp.Compare(y.alike, x.alike) })
	partner, taken := map[int]*profiler.Stage{}, map[*profiler.Stage]bool{}
	for _, x := range pairs {
		if partner[x.a.ID] == nil && !taken[x.b] {
			partner[x.a.ID], taken[x.b] = x.b, true
		}
	}
	var out []TrialStage
	for _, s := range p.Stages {
		if s.Attempt > 0 {
			continue
		}
		row := TrialStage{StageID: s.StageID, Name: s.Name, Before: s.Before, Predicted: s.After, Measured: -1}
		if o := partner[s.StageID]; o != nil {
			row.Measured = o.Duration()
		}
		out = append(out, row)
	}
	return out
}

// alike is how much two stages read alike, from 0 to 1: the mean ratio of what
// either read.
func alike(a, b *profiler.Stage) float64 {
	var sum, n float64
	for _, id := range []metric.ID{metric.InputRecords, metric.InputBytes, metric.ShuffleReadRecords} {
		x, y := a.Metrics.Value(id), b.Metrics.Value(id)
		if x+y > 0 {
			sum += float64(min(x, y)) / float64(max(x, y))
			n++
		}
	}
	if n == 0 {
		return 1
	}
	return sum / n
}

// groupsOf numbers the queries and the jobs without a query in the order in
// which they began, and gives each stage the number of its own.
func groupsOf(p *profiler.Profile) map[*profiler.Stage]int {
	next := 0
	executions, jobs := map[int64]int{}, map[int]int{}
	for _, j := range p.Jobs {
		if n, known := executions[j.ExecutionID]; known && j.ExecutionID >= 0 {
			jobs[j.ID] = n
			continue
		}
		jobs[j.ID] = next
		if j.ExecutionID >= 0 {
			executions[j.ExecutionID] = next
		}
		next++
	}
	out := map[*profiler.Stage]int{}
	for _, s := range p.Stages {
		if len(s.JobIDs) > 0 {
			out[s] = jobs[s.JobIDs[0]]
		}
	}
	return out
}

// NewTrial sets up the report of a trial of one run each side, which measures
// a difference but has no interval: Low and High are the change itself, and the
// verdict says so.
func NewTrial(before, after *profiler.Profile, p whatif.Prediction) *Trial {
	b, a := before.App.Wall(), after.App.Wall()
	t := &Trial{Before: []time.Duration{b}, After: []time.Duration{a}, Predicted: p, Stages: MatchStages(before, after, p),
		Verdict: "One run on each side: differences below 10 % mean nothing."}
	if b > 0 {
		t.Change = float64(a-b) / float64(b)
	}
	t.Low, t.High = t.Change, t.Change
	return t
}
