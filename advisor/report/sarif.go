package report

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"stagecoach/advisor"
	"stagecoach/advisor/lint"
)

// SARIF 2.1.0, as far as findings need it (OASIS Static Analysis Results
// Interchange Format). A run of Spark has no source file: the location of a
// finding is its log, and the stage or plan node is a logical location.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Summary sarifText `json:"shortDescription"`
		Full    sarifText `json:"fullDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   map[string]any    `json:"properties,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind,omitempty"`
	}
)

// AdviceSARIF prints advice on logs as one run of the tool. A finding's
// fingerprint is its identity, which holds no measurement: the same problem in the
// next run is the same alert.
func AdviceSARIF(w io.Writer, advised []advisor.Judged, rules []advisor.Rule) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "stagecoach", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for _, a := range advised {
		for _, f := range a.Report.Findings {
			at := run.rule(f.Rule, func() sarifRule {
				i := slices.IndexFunc(rules, func(r advisor.Rule) bool { return r.Name == f.Rule })
				full := f.Why
				if i >= 0 {
					full = rules[i].Doc
				}
				return sarifRule{ID: f.Rule, Summary: sarifText{f.Title}, Full: sarifText{full}}
			})
			text := upper(f.Summary) + ". " + upper(stake(f)) + "."
			for _, c := range f.Changes {
				text += " " + conf(c)
			}
			if f.CodeChange != "" {
				text += " In the query: " + f.CodeChange
			}
			low, high := f.SavingRange()
			run.Results = append(run.Results, sarifResult{RuleID: f.Rule, RuleIndex: at, Level: level(f.Severity(a.Report.Wall)), Message: sarifText{printable(text)},
				Locations:    []sarifLocation{{Physical: sarifPhysical{Artifact: sarifArtifact{uri(a.Log)}}, Logical: []sarifLogical{{printable(f.Where.String()), "object"}}}},
				Fingerprints: map[string]string{"finding/v1": a.Report.App.Name + "/" + f.ID()},
				Properties: map[string]any{"cause": f.Cause, "confidence": f.Confidence, "wallMs": a.Report.Wall.Milliseconds(),
					"savingMs": map[string]int64{"low": low.Milliseconds(), "expected": f.Stake().Milliseconds(), "high": high.Milliseconds()}}})
		}
	}
	return encode(w, sarifOf(run))
}

// LintSARIF prints remarks, each at its line.
func LintSARIF(w io.Writer, linted []Linted) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "stagecoach", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for _, l := range linted {
		for _, r := range l.Remarks {
			id := "setting-" + string(r.Kind)
			at := run.rule(id, func() sarifRule {
				return sarifRule{ID: id, Summary: sarifText{upper(string(r.Kind)) + " setting"}, Full: sarifText{kindDocs[r.Kind]}}
			})
			where := sarifPhysical{Artifact: sarifArtifact{uri(l.Path)}}
			if r.Line > 0 {
				where.Region = &sarifRegion{r.Line}
			}
			run.Results = append(run.Results, sarifResult{RuleID: id, RuleIndex: at, Level: level(r.Severity), Message: sarifText{printable(r.Key + ": " + remarked(r))},
				Locations: []sarifLocation{{Physical: where}}, Fingerprints: map[string]string{"setting/v1": r.Key + "/" + string(r.Kind)}})
		}
	}
	return encode(w, sarifOf(run))
}

var kindDocs = map[lint.Kind]string{
	lint.Dangerous:     "The setting loses data, or fails a job where it need not.",
	lint.Contradictory: "The setting is against another one.",
	lint.Invalid:       "Spark does not take the value.",
	lint.Mistyped:      "The key is nearly one that exists.",
	lint.Obsolete:      "The key belongs to another version of Spark.",
	lint.Ineffective:   "The setting changes nothing as things are.",
	lint.Unknown:       "The key is none of Spark's or of a known vendor's.",
}

func sarifOf(run sarifRun) sarifLog {
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

// rule returns the index of the rule, which it adds when it is not there.
func (r *sarifRun) rule(id string, make func() sarifRule) int {
	rules := &r.Tool.Driver.Rules
	i := slices.IndexFunc(*rules, func(x sarifRule) bool { return x.ID == id })
	if i < 0 {
		i = len(*rules)
		*rules = append(*rules, make())
	}
	return i
}

// level is SARIF's word for a severity.
func level(severity string) string {
	levels := map[string]string{"critical": "error", "error": "error", "warning": "warning", "info": "note"}
	return cmp.Or(levels[severity], "note")
}

// uri is a path as SARIF takes it: relative ones stay so, and blanks are escaped.
func uri(path string) string {
	if u, err := url.Parse(path); err == nil && u.Scheme != "" && len(u.Scheme) > 1 {
		return path
	}
	return (&url.URL{Path: filepath.ToSlash(path)}).String()
}
