package advisor

import (
	"encoding/json"
	"slices"
	"time"

	"stagecoach/advisor/lint"
	"stagecoach/engine/config"
)

// A change as JSON spells it, in lower case like everything beside it.
type change struct {
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to"`
}

// A span is wall time saved, in milliseconds.
type span struct {
	Low      int64 `json:"low"`
	Expected int64 `json:"expected"`
	High     int64 `json:"high"`
}

// ranked is a finding with what follows from it and from the run's wall time.
type ranked struct {
	ID       string        `json:"id"`
	Rank     int           `json:"rank"` // 1 is what to look at first
	Severity string        `json:"severity"`
	Stake    time.Duration `json:"stakeNanos"`
	Saving   span          `json:"savingMs"`
	Stages   []int         `json:"stages"`
	Changes  []change      `json:"changes"`
	plainFinding
}

// plainFinding is a finding without its methods.
type plainFinding Finding

// document is a report as JSON has it; schema.go describes it.
type document struct {
	plainReport
	Findings      []ranked      `json:"findings"`
	Changes       []change      `json:"changes"`
	NotRun        []Skip        `json:"notRun"`
	Configuration []lint.Remark `json:"configuration"`
}

// plainReport is a report without its methods.
type plainReport Report

// evidence is a number as JSON has it.
type evidence struct {
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	Value int64  `json:"value"`
	Note  string `json:"note,omitempty"`
}

// MarshalJSON writes the report with its findings in rank order, each with its
// severity, stages and saving, and the changes of all findings together.
func (r Report) MarshalJSON() ([]byte, error) {
	out := document{plainReport: plainReport(r), Findings: []ranked{}, Changes: spelled(r.Changes()), NotRun: append([]Skip{}, r.Skipped...),
		Configuration: append([]lint.Remark{}, r.Configuration...)}
	for i, f := range r.Findings {
		low, high := f.SavingRange()
		out.Findings = append(out.Findings, ranked{
			ID: f.ID(), Rank: i + 1, Severity: f.Severity(r.Wall), Stake: f.Stake(),
			Saving:  span{low.Milliseconds(), f.Expected().Milliseconds(), high.Milliseconds()},
			Stages:  f.stages(),
			Changes: spelled(f.Changes), plainFinding: plainFinding(f),
		})
	}
	return json.Marshal(out)
}

// stages are the ids of the stages that the finding is about, ascending.
func (f Finding) stages() []int {
	ids := []int{}
	for _, w := range append([]Where{f.Where}, f.Also...) {
		if w.Stage != nil {
			ids = append(ids, *w.Stage)
		}
		ids = append(ids, w.Stages...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func spelled(changes []config.Change) []change {
	out := []change{}
	for _, c := range changes {
		out = append(out, change(c))
	}
	return out
}

// MarshalJSON names the unit: count, bytes or ns.
func (e Evidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(evidence{e.Name, e.Unit.String(), e.Value, e.Note})
}
