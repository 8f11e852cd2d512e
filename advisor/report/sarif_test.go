package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"stagecoach/advisor"
	"stagecoach/advisor/lint"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/profiletest"
)

// sarif is what readers of SARIF 2.1.0 rely on.
type sarif struct {
	Version string `json:"version"`
	Schema  string `json:"$schema"`
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name  string `json:"name"`
				Rules []struct {
					ID               string `json:"id"`
					ShortDescription struct{ Text string }
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Results []struct {
			RuleID    string `json:"ruleId"`
			RuleIndex int    `json:"ruleIndex"`
			Level     string `json:"level"`
			Message   struct{ Text string }
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           *struct{ StartLine int }
				}
			}
			PartialFingerprints map[string]string
		} `json:"results"`
	} `json:"runs"`
}

func decode(t *testing.T, text []byte) sarif {
	t.Helper()
	var s sarif
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if s.Version != "2.1.0" || !strings.Contains(s.Schema, "sarif-2.1.0") || len(s.Runs) != 1 || s.Runs[0].Tool.Driver.Name != "stagecoach" {
		t.Fatalf("no SARIF 2.1.0: %s", text)
	}
	for _, r := range s.Runs[0].Results {
		rules := s.Runs[0].Tool.Driver.Rules
		if r.RuleIndex < 0 || r.RuleIndex >= len(rules) || rules[r.RuleIndex].ID != r.RuleID || rules[r.RuleIndex].ShortDescription.Text == "" {
			t.Errorf("%s: its index does not lead to its rule", r.RuleID)
		}
		if r.Level != "error" && r.Level != "warning" && r.Level != "note" {
			t.Errorf("%s: level %q", r.RuleID, r.Level)
		}
		if r.Message.Text == "" || len(r.Locations) != 1 || r.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" || len(r.PartialFingerprints) == 0 {
			t.Errorf("%s lacks a message, a location or a fingerprint", r.RuleID)
		}
	}
	return s
}

const spilling = `
app name=nightly start=0 end=SECONDS
conf spark.memory.fraction=0.1 spark.executor.memory=1300m
executor 1 cores=2 memory=100m
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=2s*2 shuffleWrite=100m*2
stage 1 job=0 parents=0 submitted=2s run=13s*4 shuffleRead=50m*4 memorySpill=100m*4 spill=60m*4 peak=50m*4
`

// Findings of several logs are results of one run of the tool, and the same
// finding has the same fingerprint whatever its numbers are.
func TestAdviceSARIF(t *testing.T) {
	var runs []advisor.Judged
	for log, end := range map[string]string{"logs/a b": "30s", "logs/c": "32s"} {
		runs = append(runs, advisor.Judge(log, profiletest.Must(t, strings.Replace(spilling, "SECONDS", end, 1)), rules.All, advisor.Option{}))
	}
	var b bytes.Buffer
	if err := report.AdviceSARIF(&b, runs, rules.All); err != nil {
		t.Fatal(err)
	}
	s := decode(t, b.Bytes())
	prints := map[string]int{}
	for _, r := range s.Runs[0].Results {
		prints[r.PartialFingerprints["finding/v1"]]++
	}
	if prints["nightly/spilling-stage@stage-1"] != 2 {
		t.Errorf("fingerprints %v", prints)
	}
	if !strings.Contains(b.String(), `"logs/a%20b"`) {
		t.Error("a blank in a path is not escaped")
	}
}

// Advice on a healthy run is a document without results, not nothing.
func TestAdviceSARIFOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := report.AdviceSARIF(&b, nil, rules.All); err != nil {
		t.Fatal(err)
	}
	if s := decode(t, b.Bytes()); s.Runs[0].Results == nil {
		t.Errorf("results are missing: %s", b.Bytes())
	}
}

// Remarks stand at their lines.
func TestLintSARIF(t *testing.T) {
	setup, _ := lint.ReadFile("# x\nspark.sql.shufle.partitions 4\nspark.yarn.keytab k\n")
	var b bytes.Buffer
	if err := report.LintSARIF(&b, []report.Linted{{Path: "spark-defaults.conf", Remarks: lint.Check(setup)}}); err != nil {
		t.Fatal(err)
	}
	s := decode(t, b.Bytes())
	if len(s.Runs[0].Results) != 2 || s.Runs[0].Results[0].Locations[0].PhysicalLocation.Region.StartLine != 2 {
		t.Errorf("%s", b.Bytes())
	}
}
