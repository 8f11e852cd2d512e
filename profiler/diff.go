package profiler

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"stagecoach/engine/metric"
)

// A Difference compares two runs of what should be the same job.
type Difference struct {
	Wall     [2]time.Duration // before, after
	SlotTime [2]time.Duration // sums of task durations
	Metrics  []MetricChange   // sums over all stages, in table order; only metrics that either run recorded
	Stages   []StagePair      // in order of the second run, then what only the first had
	Config   []ConfigChange   // Spark properties that differ, by key
}

// A MetricChange is one metric before and after; absent values are zero with
// Recorded false.
type MetricChange struct {
	ID            metric.ID
	Before, After int64
	Recorded      [2]bool
}

// A StagePair is a stage and its counterpart; one of them is nil when there is none.
type StagePair struct{ Before, After *Stage }

// Metrics compares the sums of the two stages.
func (s StagePair) Metrics() []MetricChange {
	var a, b metric.Set
	if s.Before != nil {
		a = s.Before.Metrics
	}
	if s.After != nil {
		b = s.After.Metrics
	}
	return changes(&a, &b)
}

// A ConfigChange is a property before and after, "" where it was not set.
type ConfigChange struct{ Key, Before, After string }

// Diff compares before with after. Stages are matched by what they do, not by
// id: first by name, job and number of parents, then by name alone, each time in
// order of id. Skipped stages and all but the last attempt are left out.
func Diff(before, after *Profile) Difference {
	d := Difference{Wall: [2]time.Duration{before.App.Wall(), after.App.Wall()}}
	a, b := before.totals(), after.totals()
	d.SlotTime = [2]time.Duration{time.Duration(a.Value(metric.TaskDuration)), time.Duration(b.Value(metric.TaskDuration))}
	d.Metrics = changes(&a, &b)
	d.Stages = match(before, after)
	keys := maps.Clone(before.Properties)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, after.Properties)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if x, y := before.Properties[k], after.Properties[k]; x != y {
			d.Config = append(d.Config, ConfigChange{k, x, y})
		}
	}
	return d
}

// totals sums the stages' metrics.
func (p *Profile) totals() metric.Set {
	var sum metric.Set
	for _, s := range p.Stages {
		sum.Merge(&s.Metrics)
	}
	return sum
}

func changes(a, b *metric.Set) []MetricChange {
	var out []MetricChange
	for id := range metric.All {
		x, okX := a.Get(id)
		y, okY := b.Get(id)
		if okX || okY {
			out = append(out, MetricChange{id, x, y, [2]bool{okX, okY}})
		}
	}
	return out
}

func match(before, after *Profile) []StagePair {
	a, b := before.ran(), after.ran()
	partner := map[*Stage]*Stage{}
	taken := map[*Stage]bool{}
	for _, key := range []func(*Profile, *Stage) string{structure, name} {
		waiting := map[string][]*Stage{}
		for _, s := range a {
			if !taken[s] {
				k := key(before, s)
				waiting[k] = append(waiting[k], s)
			}
		}
		for _, s := range b {
			k := key(after, s)
			if partner[s] == nil && len(waiting[k]) > 0 {
				partner[s], taken[waiting[k][0]] = waiting[k][0], true
				waiting[k] = waiting[k][1:]
			}
		}
	}
	var out []StagePair
	for _, s := range b {
		out = append(out, StagePair{partner[s], s})
	}
	for _, s := range a {
		if !taken[s] {
			out = append(out, StagePair{s, nil})
		}
	}
	return out
}

func name(_ *Profile, s *Stage) string { return s.Name }

func structure(p *Profile, s *Stage) string {
	job := ""
	if len(s.JobIDs) > 0 {
		if j := p.Job(s.JobIDs[0]); j != nil {
			job = j.Name
		}
	}
	return s.Name + "\x00" + job + "\x00" + strconv.Itoa(len(s.Parents))
}

// ran returns the last attempt of every stage that was submitted.
func (p *Profile) ran() []*Stage {
	var out []*Stage
	for i, s := range p.Stages {
		last := i+1 == len(p.Stages) || p.Stages[i+1].ID != s.ID
		if last && s.Submitted != 0 {
			out = append(out, s)
		}
	}
	return out
}
