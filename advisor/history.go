package advisor

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/config"
)

// A Step leads from a run of an application to its next one: what was advised for
// the first, which of it was done, and what the wall time did. It is told from the
// logs alone; nobody kept a record.
type Step struct {
	App           string
	Earlier       string // log
	Later         string
	Advised       []config.Change // for the earlier run
	Done          []config.Change // of these, what has the proposed value in the later run
	Other         []config.Change // of these, what has another value than before, and not the proposed one
	Before, After time.Duration   // wall times
	Growth        float64         // of the input: 1 is as large as before; 0 when not known
	Low, Expected time.Duration   // saving that was predicted for what was done, and its range
	High          time.Duration
	Findings      bool     // the earlier run had any
	Answered      bool     // one of them at least: its settings were made, or its code, for it is gone
	Stream        bool     // it runs as long as it is let: its wall time tells nothing
	Gone          []string // rules that found something in the earlier run and nothing in the later one
	New           []string // and the other way round
}

// Verdict says what the step achieved, against what was predicted. A change that
// saved less than 2 % is to be taken back, not doubled: advice that ratchets is
// what users of such tools complain of (NVIDIA/spark-rapids-tools#2128).
func (s Step) Verdict() string {
	saved := s.Before - s.After
	switch {
	case !s.Answered && len(s.Other) > 0:
		return "other values were tried than those advised"
	case !s.Answered && !s.Findings:
		return "there was nothing to advise"
	case !s.Answered:
		return "the advice was not followed"
	case s.Stream && len(s.Gone) > 0:
		return "what was found is gone; a stream's wall time tells nothing"
	case s.Stream:
		return "what was found is still there; a stream's wall time tells nothing"
	case s.Growth > 0 && (s.Growth > 1.1 || s.Growth < 0.9):
		return "the input changed, so the times do not compare"
	case float64(saved) < leastShare*float64(s.Before) && len(s.Done) > 0:
		return "it did not help: take it back"
	case float64(saved) < leastShare*float64(s.Before):
		return "it did not help"
	case s.Expected == 0:
		return "it helped; nothing was predicted"
	case saved < s.Low:
		return "it helped less than predicted"
	case saved > s.High:
		return "it helped more than predicted"
	}
	return "the prediction held"
}

// History finds the steps of every application that has several runs, in order of
// time, applications by name.
func History(runs []Judged) []Step {
	byApp := map[string][]Judged{}
	for _, r := range runs {
		byApp[r.Report.App.Name] = append(byApp[r.Report.App.Name], r)
	}
	var out []Step
	for _, name := range slices.Sorted(maps.Keys(byApp)) {
		of := byApp[name]
		slices.SortStableFunc(of, func(a, b Judged) int { return cmp.Compare(a.Start, b.Start) })
		for i := 1; i < len(of); i++ {
			out = append(out, step(of[i-1], of[i]))
		}
	}
	return out
}

func step(a, b Judged) Step {
	s := Step{App: a.Report.App.Name, Earlier: a.Log, Later: b.Log, Advised: a.Report.Changes(), Before: a.Report.Wall, After: b.Report.Wall, Stream: a.Report.Workload.Type == "streaming"}
	if a.Input > 0 {
		s.Growth = float64(b.Input) / float64(a.Input)
	}
	for _, c := range s.Advised {
		now := inForce(b.Settings, c.Key)
		switch {
		case now == "": // it is no parameter that has a default
		case sameValue(c.Key, now, c.To):
			s.Done = append(s.Done, c)
		case !sameValue(c.Key, now, cmp.Or(c.From, inForce(a.Settings, c.Key))):
			c.To = now
			s.Other = append(s.Other, c)
		}
	}
	s.Gone, s.New = only(a.Report, b.Report), only(b.Report, a.Report)
	s.predicted(a.Report)
	return s
}

// predicted finds the findings that were answered, and what that was predicted to
// save: by the joint prediction where all settings were made, or else by the
// findings' own, which together save no more than the run.
func (s *Step) predicted(r Report) {
	var answered []Finding
	for _, f := range r.Findings {
		s.Findings = s.Findings || !f.Notice
		open := func(c config.Change) bool { return !slices.Contains(s.Done, c) }
		if f.Notice || slices.ContainsFunc(f.Changes, open) || len(f.Changes) == 0 && !slices.Contains(s.Gone, f.Rule) {
			continue
		}
		answered = append(answered, f)
	}
	s.Answered = len(answered) > 0 || len(s.Done) > 0
	if len(s.Done) > 0 && len(s.Done) == len(s.Advised) && r.Joint.Before > 0 && r.Joint.Refused == "" {
		s.Expected = r.Joint.Saved()
		s.Low, s.High = r.Joint.SavedRange()
		return
	}
	for _, f := range answered {
		if !f.Predicted {
			continue
		}
		low, high := f.SavingRange()
		s.Expected, s.Low, s.High = min(s.Expected+f.Stake(), r.Wall), s.Low+low, min(s.High+high, r.Wall)
	}
}

// only are the rules that found something in a and not in b.
func only(a, b Report) []string {
	var out []string
	for _, f := range a.Findings {
		if !f.Notice && !slices.Contains(out, f.Rule) && !slices.ContainsFunc(b.Findings, func(g Finding) bool { return g.Rule == f.Rule }) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// inForce is a run's value of a key: as it was set, or the default.
func inForce(settings map[string]string, key string) string {
	if v, ok := settings[key]; ok {
		return v
	}
	return config.Config{}.Text(key)
}

// sameValue compares values as Spark reads them: 10m is 10485760.
func sameValue(key, a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if strings.EqualFold(a, b) {
		return true
	}
	p, ok := config.Lookup(key)
	if !ok || p.Kind != config.Int && p.Kind != config.Bytes && p.Kind != config.Millis {
		return false
	}
	x, err1 := config.Config{}.With(key, a)
	y, err2 := config.Config{}.With(key, b)
	return err1 == nil && err2 == nil && x.Int(key) == y.Int(key)
}
