package advisor

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Finding is one problem in one run.
type Finding struct {
	Rule     string     `json:"rule"`
	Title    string     `json:"title"`
	Cause    string     `json:"cause"` // stable id
	Where    Where      `json:"where"`
	Also     []Where    `json:"also,omitempty"` // further places of the same problem with the same remedy
	Summary  string     `json:"summary"`        // one sentence with the numbers that matter
	Evidence []Evidence `json:"evidence,omitempty"`
	Why      string     `json:"why"`     // why it costs time
	Confirm  string     `json:"confirm"` // how to see it for oneself

	Changes    []config.Change `json:"-"`                    // parameters to set; json.go spells them
	CodeChange string          `json:"codeChange,omitempty"` // SQL or DataFrame form of the remedy
	Edits      []whatif.Edit   `json:"-"`                    // what the code change does to the run, for the prediction

	// Saving is the replay of the run with the remedy. When it is refused or
	// was not asked for, Waste stands in.
	Saving      whatif.Prediction `json:"prediction"`
	Predicted   bool              `json:"predicted"`   // Saving holds a prediction that was not refused
	Waste       time.Duration     `json:"wasteNanos"`  // wall time that the problem costs, an upper bound by the rule
	CoreSeconds float64           `json:"coreSeconds"` // task time that the problem costs
	Confidence  Confidence        `json:"confidence"`
	Assumptions []string          `json:"assumptions,omitempty"`

	// Most is the most wall time that the remedy may save where it is not replayed;
	// 0 means Waste.
	Most time.Duration `json:"-"`

	// Clocked says that a clock sets when the run ends, as it does of a stream: the
	// remedy makes results come earlier by Waste, and the run no shorter.
	Clocked bool `json:"clocked,omitempty"`

	// NoReplay says why the remedy is not replayed. Waste stands then.
	NoReplay string `json:"-"`

	// Notice marks a finding about the log: it says how far the others can be
	// trusted, and is told first, however little time it is about.
	Notice bool `json:"notice,omitempty"`

	incident, symptom, serving bool // of the rule
	resolved                   bool // others have changed its changes
	explains                   []string

	// Excludes are keys that must not be changed for this place: they would
	// not help, or hide the problem.
	Excludes []string `json:"excludes,omitempty"`
}

// ID identifies the problem across runs: the rule and the place, never a
// measurement.
func (f Finding) ID() string { return f.Rule + "@" + strings.ReplaceAll(f.Where.String(), " ", "-") }

// Stake is the wall time that the finding is about: predicted, or else the
// rule's bound.
func (f Finding) Stake() time.Duration {
	if f.Predicted {
		return f.Saving.Saved()
	}
	return f.Waste
}

// Expected is the wall time that the remedy is expected to save.
func (f Finding) Expected() time.Duration {
	if f.Clocked && !f.Predicted {
		return 0
	}
	return f.Stake()
}

// SavingRange is the range in which the wall time saved lies: of the
// prediction, or from nothing to the rule's bound, and what two runs differ by
// anyway.
func (f Finding) SavingRange() (low, high time.Duration) {
	if f.Predicted {
		return f.Saving.SavedRange()
	}
	wall := f.Saving.Before
	noise := time.Duration(whatif.RunNoise * float64(wall))
	return -noise, min(max(f.Waste, f.Most)+noise, max(wall, f.Waste))
}

// Severity is info, warning or critical by the share of the run's wall time at
// stake: from a twentieth it is a warning, from a fifth critical. What other
// causes would look like (low confidence) is never critical.
func (f Finding) Severity(wall time.Duration) string {
	switch stake := f.Stake(); {
	case stake >= wall/5 && f.Confidence != Low:
		return "critical"
	case stake >= wall/20:
		return "warning"
	}
	return "info"
}

// Confidence says how directly the numbers show the problem.
type Confidence string

const (
	Low    Confidence = "low"    // other causes would look the same
	Medium Confidence = "medium" // some of the evidence is estimated
	High   Confidence = "high"   // everything is measured
)

// Evidence is one number that a finding rests on.
type Evidence struct {
	Name  string
	Unit  metric.Unit
	Value int64
	Note  string
}

// Measured is evidence of a metric.
func Measured(id metric.ID, v int64, note string) Evidence {
	return Evidence{id.String(), id.Unit(), v, note}
}

// String prints "name value (note)".
func (e Evidence) String() string {
	s := e.Name + " " + e.Unit.Format(e.Value)
	if e.Note != "" {
		s += " (" + e.Note + ")"
	}
	return s
}

// A Where is a place in a run. Nil fields do not matter; the zero Where is the
// run as a whole.
type Where struct {
	Job       *int   `json:"job,omitempty"`
	Stage     *int   `json:"stage,omitempty"`
	Execution *int64 `json:"execution,omitempty"`
	Node      *int   `json:"node,omitempty"`
	RDD       *int   `json:"rdd,omitempty"`
	Stages    []int  `json:"stages,omitempty"` // that run what is at a place other than a stage
	Name      string `json:"name,omitempty"`   // of the place, for people
}

// AtStage is the place of a stage.
func AtStage(s *profiler.Stage) Where { return Where{Stage: &s.ID, Name: s.Name} }

// AtNode is the place of a plan node.
func AtNode(execution int64, n *profiler.Node) Where {
	return Where{Execution: &execution, Node: &n.ID, Stages: n.Stages, Name: strings.TrimSpace(n.Name)}
}

// AtRDD is the place of a cached dataset.
func AtRDD(r *profiler.RDD) Where { return Where{RDD: &r.ID, Name: r.Name} }

// String names the place: "stage 3", "query 1 node 4", "cached dataset 7".
func (w Where) String() string {
	var parts []string
	if w.Job != nil {
		parts = append(parts, fmt.Sprintf("job %d", *w.Job))
	}
	if w.Execution != nil {
		parts = append(parts, fmt.Sprintf("query %d", *w.Execution))
	}
	if w.Stage != nil {
		parts = append(parts, fmt.Sprintf("stage %d", *w.Stage))
	}
	if w.Node != nil {
		parts = append(parts, fmt.Sprintf("node %d", *w.Node))
	}
	if w.RDD != nil {
		parts = append(parts, fmt.Sprintf("cached dataset %d", *w.RDD))
	}
	if len(parts) == 0 {
		if w.Name != "" {
			return w.Name
		}
		return "the run"
	}
	return strings.Join(parts, " ")
}
