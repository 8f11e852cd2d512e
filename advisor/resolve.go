package advisor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/config"
)

// resolve makes the findings' changes agree. In this order:
//
//  1. A finding that excludes a key at a place takes it from every other
//     finding there: more partitions or memory do not mend a skewed stage. One
//     that has nothing else to say is left out.
//  2. Of several values for one key, that of the finding with most at stake
//     stands, and the others lose the change. A broadcast threshold is a bound,
//     so there the largest stands.
//
// What was taken away is said in the finding.
func resolve(found []Finding) []Finding {
	for i := range found {
		for _, key := range found[i].Excludes {
			for k := range found {
				if k != i && overlap(found[i], found[k]) {
					found[k].drop(key, "it does not help where "+strings.ToLower(found[i].Title[:1])+found[i].Title[1:]+" ("+found[i].Where.String()+")")
				}
			}
		}
	}
	found = slices.DeleteFunc(found, func(f Finding) bool {
		return f.resolved && len(f.Changes) == 0 && len(f.Edits) == 0 && f.CodeChange == ""
	})
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch sa, sb := found[a].Stake(), found[b].Stake(); {
		case sa > sb:
			return -1
		case sa < sb:
			return 1
		}
		return 0
	})
	chosen := map[string]config.Change{}
	for _, i := range order {
		for _, c := range found[i].Changes {
			was, taken := chosen[c.Key]
			if !taken || c.Key == config.BroadcastThreshold && larger(c.To, was.To) {
				chosen[c.Key] = c
			}
		}
	}
	for i := range found {
		for k, c := range found[i].Changes {
			if best := chosen[c.Key]; best.To != c.To {
				if c.Key == config.BroadcastThreshold {
					found[i].Changes[k].To, found[i].resolved = best.To, true
					continue
				}
				found[i].drop(c.Key, "another finding has more at stake and sets it to "+best.To)
				break
			}
		}
	}
	return found
}

// subsume leaves out what is said already: a symptom at a stage for which
// another finding has the cause and not much less at stake, what follows from
// another finding there, and a second finding of the same cause at the
// same place, whose place goes to the one with more at stake.
func subsume(found []Finding) []Finding {
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(found[b].Stake(), found[a].Stake()) })
	gone := make([]bool, len(found))
	for at, i := range order {
		f := &found[i]
		for k := range found {
			other := &found[k]
			if slices.Contains(other.explains, f.Cause) && (len(f.stages()) == 0 || meet(f.stages(), other.stages())) {
				gone[i] = true
			}
			if f.symptom && !other.symptom && !other.Notice && other.Stake() >= f.weight() && meet(f.stages(), other.stages()) {
				gone[i] = true
			}
		}
		for _, k := range order[:at] {
			if first := &found[k]; !gone[i] && !gone[k] && first.Cause == f.Cause && first.Rule != f.Rule && meet(first.stages(), f.stages()) {
				first.Also = append(first.Also, f.Where)
				gone[i] = true
			}
		}
	}
	var out []Finding
	for i := range found {
		if !gone[i] {
			out = append(out, found[i])
		}
	}
	return out
}

// spare leaves out findings about what serves the work that save less than the least
// share beside a greater finding at the same stages, which takes the work away. In
// runs of more tasks than ordering may replay all stay.
func spare(run *Run, found []Finding) []Finding {
	if run.Totals.Tasks > mostTasks/10 {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool {
		return f.serving && f.Predicted && slices.ContainsFunc(found, func(g Finding) bool {
			if !g.Predicted || g.Saving.Saved() <= f.Saving.Saved() || !meet(f.stages(), g.stages()) {
				return false
			}
			after, ok := run.Model.After(append(g.remedy(), f.remedy()...)...)
			return ok && float64(g.Saving.After-after) < leastShare*float64(run.Model.Wall)
		})
	})
}

// meet reports whether two ascending lists share a stage.
func meet(a, b []int) bool {
	return slices.ContainsFunc(a, func(id int) bool { return slices.Contains(b, id) })
}

func larger(a, b string) bool {
	number := func(s string) int64 {
		c, err := config.Config{}.With(config.BroadcastThreshold, s)
		if err != nil {
			return -1
		}
		return c.Int(config.BroadcastThreshold)
	}
	return number(a) > number(b)
}

// overlap reports whether b is mainly about a stage that a is about.
func overlap(a, b Finding) bool {
	for _, x := range append([]Where{a.Where}, a.Also...) {
		if x.Stage != nil && b.Where.Stage != nil && *x.Stage == *b.Where.Stage {
			return true
		}
	}
	return false
}

func (f *Finding) drop(key, because string) {
	n := len(f.Changes)
	f.Changes = slices.DeleteFunc(slices.Clone(f.Changes), func(c config.Change) bool { return c.Key == key })
	if len(f.Changes) < n {
		f.resolved = true
		f.Assumptions = append(f.Assumptions, fmt.Sprintf("%s is left as it is: %s", key, because))
	}
}

// merge joins findings of one rule that ask for the same changes: the same
// thing said of several places is one finding.
func merge(found []Finding) []Finding {
	var out []Finding
	at := map[string]int{}
	for _, f := range found {
		if len(f.Changes) == 0 && f.CodeChange == "" {
			out = append(out, f)
			continue
		}
		key := f.Cause + "\x00" + f.CodeChange
		for _, c := range f.Changes {
			key += "\x00" + c.String()
		}
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, f)
			continue
		}
		m := &out[i]
		m.Also = append(m.Also, append([]Where{f.Where}, f.Also...)...)
		if len(m.Evidence) < 12 {
			for _, e := range f.Evidence {
				e.Note = strings.TrimPrefix(e.Note+", "+f.Where.String(), ", ")
				m.Evidence = append(m.Evidence, e)
			}
		}
		m.Edits = append(m.Edits, f.Edits...)
		m.CoreSeconds += f.CoreSeconds
		m.Waste += f.Waste
		m.Excludes = append(m.Excludes, f.Excludes...)
	}
	return out
}
