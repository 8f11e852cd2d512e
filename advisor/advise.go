package advisor

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"stagecoach/advisor/lint"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// An Option says what to report.
type Option struct {
	All    bool      // findings below the least share too
	Limits Overrides // thresholds that differ from the rules' defaults
}

// leastShare is the share of the wall time below which a finding is kept to
// itself: differences between runs of one job are usually larger.
const leastShare = 0.02

// A Report is all that the rules had to say about a run.
type Report struct {
	App      profiler.App      `json:"app"`
	Wall     time.Duration     `json:"wallNanos"`
	Findings []Finding         `json:"-"`     // most at stake first; json.go ranks them
	Small    int               `json:"small"` // findings left out because little is at stake
	Skipped  []Skip            `json:"-"`     // "notRun"
	Joint    whatif.Prediction `json:"joint"` // of all Changes together
	Order    []Turn            `json:"order"` // in which remedies save most; none where there are not two
	Workload Workload          `json:"workload"`

	// Configuration are settings that do not do what they say. They are no
	// findings: nobody measured what they cost.
	Configuration []lint.Remark `json:"-"` // json.go makes it a list
	SelfError     float64       `json:"selfError"`
}

// A Skip is a rule that could not judge the run.
type Skip struct {
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// Changes are the parameter changes of all findings, each key once, by key.
func (r Report) Changes() []config.Change {
	var out []config.Change
	for _, f := range r.Findings {
		for _, c := range f.Changes {
			if !slices.ContainsFunc(out, func(o config.Change) bool { return o.Key == c.Key }) {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b config.Change) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// Advise lets every rule judge the profile and returns what they found, the
// most at stake first. Changes never contradict each other.
func Advise(p *profiler.Profile, rules []Rule, opt Option) Report {
	run := NewRun(p)
	report := Report{App: p.App, Wall: p.App.Wall(),
		Workload: WorkloadOf(p), Configuration: lint.Notable(lint.Check(lint.OfRun(p)))}
	judged, skipped := make([][]Finding, len(rules)), make([]string, len(rules))
	each(len(rules), func(i int) { judged[i], skipped[i] = rules[i].judge(run, opt.Limits) })
	for i, reason := range skipped {
		if reason != "" {
			report.Skipped = append(report.Skipped, Skip{rules[i].Name, reason})
		}
	}
	found := slices.Concat(judged...)
	each(len(found), func(i int) { found[i].predict(run) })
	for _, f := range found {
		if f.Stake() < 0 { // the remedy would cost more than the problem
			report.Small++
			continue
		}
		if !opt.All && !f.Notice && float64(f.Stake()) < leastShare*float64(report.Wall) {
			report.Small++
			continue
		}
		report.Findings = append(report.Findings, f)
	}
	report.Findings = subsume(report.Findings)
	report.Findings = resolve(report.Findings)
	each(len(report.Findings), func(i int) {
		if f := &report.Findings[i]; f.resolved {
			f.predict(run)
		}
	})
	if !opt.All {
		n := len(report.Findings)
		report.Findings = spare(run, report.Findings)
		report.Small += n - len(report.Findings)
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.class(), b.class()), -cmp.Compare(a.weight(), b.weight()), cmp.Compare(a.ID(), b.ID()))
	})
	report.Order = append([]Turn{}, order(run, report.Findings)...)
	report.Joint = joint(run, report.Findings, report.Changes())
	report.SelfError = run.Model.SelfError()
	return report
}

// each does something for 0 to n-1, on all processors. Where one of them panics, so
// does each, once the others are done: the caller may recover.
func each(n int, do func(i int)) {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("%v\n%s", p, debug.Stack())
				}
			}()
			do(i)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		panic(err)
	}
}

// judge is what the rule finds in the run, or why it cannot tell.
func (r Rule) judge(run *Run, limits Overrides) (found []Finding, skipped string) {
	if id, lacks := r.missing(run.Profile); lacks {
		return nil, "the profile does not record " + id.String()
	}
	if r.Lacks != nil {
		if reason := r.Lacks(run); reason != "" {
			return nil, reason
		}
	}
	found = r.Check(run, r.limits(limits, run.Model.Embedded()))
	for i := range found {
		found[i].complete(r)
		found[i].fill(run.Profile)
	}
	found = merge(found)
	for i := range found {
		found[i].Waste = min(found[i].Waste, run.App.Wall())
	}
	return found, ""
}

// class orders findings before their stakes do: what the log is worth, what
// went wrong, what is slow.
func (f *Finding) class() int {
	switch {
	case f.Notice:
		return 0
	case f.incident:
		return 1
	}
	return 2
}

// symptomWeight is how much of its stake a finding counts for that only shows that
// something is slow, beside one that says why: the wait that it sees is often the
// other's doing.
const symptomWeight = 0.25

// weight is the finding's stake as the order has it.
func (f *Finding) weight() time.Duration {
	if f.symptom {
		return time.Duration(symptomWeight * float64(f.Stake()))
	}
	return f.Stake()
}

// complete takes from the rule what the finding does not say itself.
func (f *Finding) complete(r Rule) {
	f.Rule, f.Title = r.Name, r.Title
	f.Cause = cmp.Or(f.Cause, r.Cause)
	if f.Cause == r.Cause {
		f.explains = r.Explains
	}
	f.incident, f.symptom, f.serving = r.Incident, r.Symptom && f.Cause == r.Cause, slices.Contains(r.Serving, f.Cause)
	why, confirm := answers(r.Doc)
	f.Why, f.Confirm = cmp.Or(f.Why, why), cmp.Or(f.Confirm, confirm)
	if f.Confidence == "" {
		f.Confidence = Medium
	}
}

// answers are the first two of the four paragraphs of a rule's doc: why it
// hurts, and how to confirm it.
func answers(doc string) (why, confirm string) {
	paragraphs := strings.Split(strings.TrimSpace(doc), "\n\n")
	for i := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(paragraphs[i]), " ")
	}
	why = paragraphs[0]
	if len(paragraphs) > 1 {
		confirm = paragraphs[1]
	}
	return why, confirm
}

// fill completes the values in force that changes replace.
func (f *Finding) fill(p *profiler.Profile) {
	c, _ := config.FromMap(p.Properties)
	for i := range f.Changes {
		ch := &f.Changes[i]
		if ch.From != "" {
			continue
		}
		if v, ok := p.Properties[ch.Key]; ok {
			ch.From = v
		} else if _, known := config.Lookup(ch.Key); known {
			ch.From = c.Text(ch.Key)
		}
	}
	f.Changes = slices.DeleteFunc(f.Changes, func(c config.Change) bool { return c.From == c.To || alike(c) })
}

// alike reports whether a change spells the value in force in another way.
func alike(c config.Change) bool {
	p, known := config.Lookup(c.Key)
	from, err := config.Config{}.With(c.Key, c.From)
	if !known || err != nil {
		return false
	}
	to, err := config.Config{}.With(c.Key, c.To)
	switch p.Kind {
	case config.Int, config.Bytes, config.Millis:
		return err == nil && from.Int(c.Key) == to.Int(c.Key)
	}
	return err == nil && from.Text(c.Key) == to.Text(c.Key)
}

// predict replays the run with the finding's remedy.
func (f *Finding) predict(run *Run) {
	if len(f.Changes) == 0 && len(f.Edits) == 0 || f.NoReplay != "" {
		wall := run.Model.Wall
		f.Saving, f.Predicted = whatif.Prediction{Before: wall, After: wall, Low: wall, High: wall, Refused: f.NoReplay}, false
		return
	}
	f.Saving = run.Model.Predict(f.remedy()...)
	f.Predicted = f.Saving.Refused == ""
}
