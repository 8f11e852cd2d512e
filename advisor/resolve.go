package advisor

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/config"
)

// resolve makes the findings' changes agree. In this order:
//
//  1. A finding that excludes a key at a place takes it from every other
//     finding there: more partitions or memory do not mend a skewed stage.
//  2. Of several values for one key, that of the finding with most at stake
//     stands, and the others lose the change. A broadcast threshold is a bound,
//     so there the largest stands.
//
// What was taken away is said in the finding.
func resolve(found []Finding) {
	for i := range found {
		for _, key := range found[i].Excludes {
			for k := range found {
				if k != i && overlap(found[i], found[k]) {
					found[k].drop(key, "it does not help where "+strings.ToLower(found[i].Title[:1])+found[i].Title[1:]+" ("+found[i].Where.String()+")")
				}
			}
		}
	}
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
					found[i].Changes[k].To = best.To
					continue
				}
				found[i].drop(c.Key, "another finding has more at stake and sets it to "+best.To)
				break
			}
		}
	}
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
		f.Assumptions = append(f.Assumptions, fmt.Sprintf("%s is left as it is: %s", key, because))
	}
}

// merge joins findings of one rule that ask for the same changes: the same
// thing said of several places is one finding.
func merge(found []Finding) []Finding {
	var out []Finding
	at := map[string]int{}
	for _, f := range found {
		if len(f.Changes) == 0 && f.CodeChange == "" || len(f.Edits) > 0 {
			out = append(out, f)
			continue
		}
		key := f.Rule + "\x00" + f.CodeChange
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
		m.CoreSeconds += f.CoreSeconds
		m.Waste += f.Waste
		m.Excludes = append(m.Excludes, f.Excludes...)
	}
	return out
}
