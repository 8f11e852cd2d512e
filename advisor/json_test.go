package advisor_test

import (
	"encoding/json"
	"testing"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// A report's JSON has every field that its readers rely on, lists as lists
// even where they are empty, and findings in rank order.
func TestReportJSON(t *testing.T) {
	stage := 1
	needs := fixed("needs", advisor.Finding{})
	needs.Needs = []metric.ID{metric.OutputBytes}
	r := advise(t, advisor.Option{All: true},
		fixed("small", advisor.Finding{Waste: time.Second}),
		fixed("large", advisor.Finding{Waste: 9 * time.Second, Where: advisor.Where{Stage: &stage},
			Also: []advisor.Where{{Name: "a frame", Stages: []int{0, 1}}}, Evidence: []advisor.Evidence{{Name: "tasks", Value: 7}},
			Changes: set(config.Master, "local[3]")}),
		needs)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Findings []struct {
			Rule, Cause, Severity string
			Rank                  int
			Stages                []int
			Evidence              []struct{ Value int64 }
			Changes               []struct{ Key, From, To string }
			SavingMs              struct{ Low, Expected, High int64 }
		}
		NotRun []struct{ Rule, Reason string }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != 2 || len(got.NotRun) != 1 || got.NotRun[0].Rule != "needs" || got.NotRun[0].Reason == "" {
		t.Fatalf("%s", text)
	}
	large, small := got.Findings[0], got.Findings[1]
	if large.Rule != "large" {
		large, small = small, large
	}
	if large.Cause != "large" || len(large.Stages) != 2 || large.Evidence[0].Value != 7 || large.Changes[0].Key != config.Master || large.Changes[0].To != "local[3]" {
		t.Errorf("large: %+v", large)
	}
	if small.Changes == nil || small.Stages == nil || small.SavingMs.Expected != 1000 || small.SavingMs.High != 3000 || small.SavingMs.Low != -2000 || small.Severity != "warning" {
		t.Errorf("small: %+v", small)
	}
	if got.Findings[0].Rank != 1 || got.Findings[1].Rank != 2 {
		t.Error("ranks are not in order")
	}
}
