// Package report puts a run, its findings and a trial on paper: HTML in one
// file, Markdown, plain text and JSON.
//
//	profile(s), advice, trial ─► New ─► Document ─► Text, Markdown, JSON, HTML
//
// A Document is plain data, computed once; renderers only print it. Everything
// that a user or a log supplied is escaped by the renderer, secrets are
// withheld when the Document is made, and large runs are cut with a note that
// says so. The same input yields the same bytes.
package report

import (
	"fmt"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Document is a report before it is printed.
type Document struct {
	Title    string          `json:"title"`
	Before   Run             `json:"run"`
	After    *Run            `json:"after,omitempty"`
	Diff     []Setting       `json:"configurationDiff,omitempty"` // settings that differ between the runs
	Compare  []Row           `json:"comparison,omitempty"`
	Trial    *Trial          `json:"trial,omitempty"`
	Advice   *advisor.Report `json:"advice,omitempty"`
	Proposed []config.Change `json:"-"`               // all changes of the advice together
	Notes    []string        `json:"notes,omitempty"` // what was cut
}

// A Run is one application as the report shows it.
type Run struct {
	App       profiler.App       `json:"app"`
	Wall      time.Duration      `json:"wallNanos"`
	Facts     []Fact             `json:"facts"`
	Settings  []Setting          `json:"configuration"`
	Stages    []Stage            `json:"stages"`
	Timeline  []Bar              `json:"timeline"`
	Plans     []Plan             `json:"plans,omitempty"`
	Executors []Executor         `json:"executors,omitempty"`
	Warnings  []profiler.Warning `json:"warnings,omitempty"`
}

// A Fact is one number about a run.
type Fact struct {
	Name  string
	Unit  metric.Unit
	Value int64
	Note  string
}

// Text prints the value.
func (f Fact) Text() string { return f.Unit.Format(f.Value) }

// A Setting is a parameter's value, in one run or in two.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	After  string `json:"after,omitempty"`
	Doc    string `json:"doc,omitempty"`
	Common bool   `json:"-"` // a parameter that stagecoach knows
}

// A Row compares a number of two runs.
type Row struct {
	Name          string
	Unit          metric.Unit
	Before, After int64
}

// Change is the relative change, in percent, or "" without a base.
func (r Row) Change() string {
	switch {
	case r.Before == 0:
		return ""
	case r.Before == r.After:
		return "same"
	}
	return fmt.Sprintf("%+.0f %%", 100*float64(r.After-r.Before)/float64(r.Before))
}

// A Trial is what an experiment measured: the same job run several times under
// both configurations. The statistics come with it; the report only prints them.
type Trial struct {
	Before    []time.Duration   `json:"beforeNanos"` // wall time of each run, in the order they were made
	After     []time.Duration   `json:"afterNanos"`
	Change    float64           `json:"change"` // relative change of the wall time: -0.4 is 40 % faster
	Low       float64           `json:"low"`    // of its confidence interval
	High      float64           `json:"high"`
	Level     float64           `json:"level"`   // of the interval, such as 0.95
	Verdict   string            `json:"verdict"` // in words: better, worse, not enough evidence
	Changes   []config.Change   `json:"-"`
	Predicted whatif.Prediction `json:"predicted"`
	Stages    []TrialStage      `json:"stages,omitempty"`
}

// A TrialStage is what was predicted and what was measured for one stage.
type TrialStage struct {
	StageID   int           `json:"stageId"` // in the first run
	Name      string        `json:"name"`
	Before    time.Duration `json:"beforeNanos"`
	Predicted time.Duration `json:"predictedNanos"`
	Measured  time.Duration `json:"measuredNanos"` // -1: no such stage ran
}

// New makes the Document of a run. advice, after and trial may be nil.
func New(p *profiler.Profile, advice *advisor.Report, after *profiler.Profile, trial *Trial) *Document {
	d := &Document{Title: cleaner(p)(p.App.Name), Advice: advice, Trial: trial}
	if d.Title == "" {
		d.Title = p.App.ID
	}
	d.Before = d.run(p, "")
	if advice != nil {
		d.Proposed = advice.Changes()
	}
	if after != nil {
		second := d.run(after, "second run: ")
		d.After = &second
		d.Diff = difference(d.Before.Settings, second.Settings)
		d.Compare = compare(d.Before, second)
	}
	return d
}

func (d *Document) run(p *profiler.Profile, prefix string) Run {
	clean := cleaner(p)
	r := Run{App: p.App, Wall: p.App.Wall(), Settings: settings(p)}
	r.App.Name, r.App.User = clean(p.App.Name), clean(p.App.User)
	r.Facts = facts(p)
	r.Stages = d.stages(p, prefix, clean)
	r.Timeline = d.timeline(p, prefix, clean)
	r.Plans = d.plans(p, prefix, clean)
	r.Executors = d.executors(p, prefix)
	for _, w := range p.Warnings {
		r.Warnings = append(r.Warnings, profiler.Warning{Where: clean(w.Where), What: clean(w.What)})
	}
	if n := len(r.Warnings); n > maxWarnings {
		r.Warnings = r.Warnings[:maxWarnings]
		d.note("%s%d of %d warnings are shown", prefix, maxWarnings, n)
	}
	return r
}

func (d *Document) note(format string, args ...any) {
	d.Notes = append(d.Notes, fmt.Sprintf(format, args...))
}

// What a report shows at most, so that the report of a run of any size stays
// within a few hundred kilobytes.
const (
	maxStages    = 60
	maxBars      = 120
	maxPlans     = 12
	maxNodes     = 120
	maxExecutors = 60
	maxWarnings  = 40
)
