package advisor_test

import (
	"strings"
	"testing"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
	"stagecoach/profiler/profiletest"
)

const run = `
app start=0 end=20s
conf spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=false
executor driver cores=2 memory=400m
job 0 start=0 stages=0,1
stage 0 job=0 submitted=0 run=2s*2 input=10m shuffleWrite=2m*2
stage 1 job=0 parents=0 submitted=2s run=20ms sched=20ms tasks=200 shuffleRead=20k
`

// fixed returns a rule that always finds this.
func fixed(name string, f advisor.Finding) advisor.Rule {
	return advisor.Rule{Name: name, Title: "Something", Cause: name, Doc: "why\n\nconfirm\n\nchange\n\nignore",
		Check: func(*advisor.Run, advisor.Limits) []advisor.Finding { return []advisor.Finding{f} }}
}

func set(key, to string) []config.Change { return []config.Change{{Key: key, To: to}} }

func advise(t *testing.T, opt advisor.Option, rules ...advisor.Rule) advisor.Report {
	t.Helper()
	return advisor.Advise(profiletest.Must(t, run), rules, opt)
}

// Findings are ranked by the wall time at stake; what is below 2 % is counted
// and left out.
func TestRanking(t *testing.T) {
	rules := []advisor.Rule{
		fixed("tiny", advisor.Finding{Waste: 100 * time.Millisecond}),
		fixed("small", advisor.Finding{Waste: time.Second}),
		fixed("large", advisor.Finding{Waste: 9 * time.Second}),
	}
	r := advise(t, advisor.Option{}, rules...)
	if len(r.Findings) != 2 || r.Findings[0].Rule != "large" || r.Findings[1].Rule != "small" || r.Small != 1 {
		t.Errorf("%+v", r.Findings)
	}
	if r.Findings[0].Severity(r.Wall) != "critical" || r.Findings[1].Severity(r.Wall) != "warning" {
		t.Error("severity does not follow the share at stake")
	}
	doubtful := advise(t, advisor.Option{}, fixed("doubtful", advisor.Finding{Waste: 9 * time.Second, Confidence: advisor.Low}))
	if doubtful.Findings[0].Severity(doubtful.Wall) != "warning" {
		t.Error("a finding of low confidence is critical")
	}
	if r = advise(t, advisor.Option{All: true}, rules...); len(r.Findings) != 3 {
		t.Errorf("all: %d findings", len(r.Findings))
	}
}

// Two values for one key never leave the advisor; the finding that loses its
// change says so.
func TestChangesDoNotContradict(t *testing.T) {
	r := advise(t, advisor.Option{All: true},
		fixed("more", advisor.Finding{Changes: set(config.ShufflePartitions, "400"), Waste: time.Second}),
		fixed("fewer", advisor.Finding{Changes: set(config.ShufflePartitions, "4"), Waste: time.Second}))
	changes := r.Changes()
	if len(changes) != 1 || changes[0].To != "4" || changes[0].From != "200" {
		t.Fatalf("%+v", changes)
	}
	for _, f := range r.Findings {
		if f.Rule == "more" && (len(f.Changes) != 0 || !strings.Contains(strings.Join(f.Assumptions, " "), "left as it is")) {
			t.Errorf("%+v", f)
		}
	}
	if r.Joint.Refused != "" || r.Joint.Saved() <= 0 {
		t.Errorf("joint: %+v", r.Joint)
	}
}

// Of broadcast thresholds the largest serves all.
func TestThresholdsMeetAtTheLargest(t *testing.T) {
	r := advise(t, advisor.Option{All: true},
		fixed("one", advisor.Finding{Changes: set(config.BroadcastThreshold, "20971520"), Waste: 5 * time.Second}),
		fixed("two", advisor.Finding{Changes: set(config.BroadcastThreshold, "41943040"), Waste: time.Second}))
	if c := r.Changes(); len(c) != 1 || c[0].To != "41943040" {
		t.Fatalf("%+v", c)
	}
}

// A skewed stage keeps its partition count, whoever proposes another.
func TestExclusion(t *testing.T) {
	p := profiletest.Must(t, run)
	at := advisor.AtStage(p.Stages[1])
	r := advise(t, advisor.Option{All: true},
		fixed("skewed", advisor.Finding{Where: at, Waste: time.Second, Excludes: []string{config.ShufflePartitions}}),
		fixed("few", advisor.Finding{Where: at, Changes: set(config.ShufflePartitions, "400"), Waste: time.Second}))
	if c := r.Changes(); len(c) != 0 {
		t.Fatalf("%+v", c)
	}
}

// The same remedy at several places is one finding.
func TestSameRemedyIsOneFinding(t *testing.T) {
	p := profiletest.Must(t, run)
	two := advisor.Rule{Name: "twice", Title: "Something", Doc: "why", Check: func(*advisor.Run, advisor.Limits) (out []advisor.Finding) {
		for _, s := range p.Stages {
			out = append(out, advisor.Finding{Where: advisor.AtStage(s), Changes: set(config.MemoryFraction, "0.8"), Waste: time.Second})
		}
		return out
	}}
	r := advise(t, advisor.Option{All: true}, two)
	if len(r.Findings) != 1 || len(r.Findings[0].Also) != 1 {
		t.Fatalf("%+v", r.Findings)
	}
}

// A change to the value in force is no change, and a finding is known again by
// rule and place.
func TestIdentity(t *testing.T) {
	r := advise(t, advisor.Option{All: true}, fixed("same", advisor.Finding{Changes: set(config.ShufflePartitions, "200"), Waste: time.Second}))
	if len(r.Changes()) != 0 || r.Findings[0].ID() != "same@the-run" {
		t.Errorf("%+v, %s", r.Changes(), r.Findings[0].ID())
	}
}

// A rule whose metrics are missing is skipped, with the reason.
func TestSkips(t *testing.T) {
	rule := fixed("needy", advisor.Finding{Waste: time.Second})
	rule.Needs = []metric.ID{metric.CacheHits}
	r := advise(t, advisor.Option{}, rule)
	if len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0].Reason, "cached partitions read") {
		t.Errorf("%+v", r.Skipped)
	}
}

// Limits are set by name; mistakes name what there is.
func TestLimits(t *testing.T) {
	rule := advisor.Rule{Name: "steep", Title: "Something", Doc: "why", Limits: []advisor.Limit{{Name: "ratio", Default: 4}},
		Check: func(_ *advisor.Run, limit advisor.Limits) []advisor.Finding {
			return []advisor.Finding{{Waste: time.Duration(limit("ratio")) * time.Second}}
		}}
	limits, err := advisor.ParseLimits([]advisor.Rule{rule}, "steep.ratio=6")
	if err != nil {
		t.Fatal(err)
	}
	if r := advise(t, advisor.Option{Limits: limits}, rule); r.Findings[0].Waste != 6*time.Second {
		t.Errorf("%+v", r.Findings)
	}
	for text, want := range map[string]string{"steep.ratio": "rule.limit=value", "flat.ratio=1": "steep", "steep.angle=1": "ratio", "steep.ratio=x": "not a number"} {
		if _, err := advisor.ParseLimits([]advisor.Rule{rule}, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A file of limits is read line by line; a mistake names its line.
func TestReadLimits(t *testing.T) {
	rule := fixed("some", advisor.Finding{})
	rule.Limits = []advisor.Limit{{Name: "ratio", Default: 3}}
	set, err := advisor.ReadLimits([]advisor.Rule{rule}, "# so far\n\nsome.ratio = 4\nsome.ratio=5\n")
	if err != nil || set["some.ratio"] != 5 {
		t.Errorf("%v, %v", set, err)
	}
	for text, want := range map[string]string{
		"some.ratio=4\nsome.width=1": "line 2: ",
		"other.ratio=1":              "no rule is called",
		"some.ratio=NaN":             "not a number of zero or more",
		"some.ratio=-1":              "not a number of zero or more",
		"ratio":                      "not of the form",
	} {
		if _, err := advisor.ReadLimits([]advisor.Rule{rule}, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, wanted %q", text, err, want)
		}
	}
}

// at is the place of a stage of the run.
func at(stage int) advisor.Where { return advisor.Where{Stage: &stage} }

// What the log is worth comes first, then what went wrong, then what is slow,
// and symptoms last, whatever is at stake.
func TestOrderOfClasses(t *testing.T) {
	notice := fixed("notice", advisor.Finding{Notice: true})
	incident := fixed("incident", advisor.Finding{Waste: time.Second})
	incident.Incident = true
	symptom := fixed("symptom", advisor.Finding{Waste: 15 * time.Second})
	symptom.Symptom = true // counts a quarter
	r := advise(t, advisor.Option{}, symptom, fixed("slow", advisor.Finding{Waste: 9 * time.Second}), incident, notice)
	var order []string
	for _, f := range r.Findings {
		order = append(order, f.Rule)
	}
	if got := strings.Join(order, " "); got != "notice incident slow symptom" {
		t.Errorf("%s", got)
	}
}

// A symptom at a stage for which another finding has the cause is not told, one
// at another stage is; nor is a symptom dropped for a cause with far less at stake,
// before which it comes.
func TestSymptomsGiveWayToCauses(t *testing.T) {
	symptom := func(stage int) advisor.Rule {
		r := fixed("symptom", advisor.Finding{Where: at(stage), Waste: 8 * time.Second})
		r.Symptom = true
		return r
	}
	for _, c := range []struct {
		name  string
		stage int
		waste time.Duration
		want  int
	}{
		{"the same stage", 1, 4 * time.Second, 1},
		{"another stage", 0, 4 * time.Second, 2},
		{"less than a quarter at stake", 1, time.Second, 2},
	} {
		r := advise(t, advisor.Option{}, symptom(1), fixed("cause", advisor.Finding{Where: at(c.stage), Waste: c.waste}))
		first := "cause"
		if c.waste < 2*time.Second {
			first = "symptom"
		}
		if len(r.Findings) != c.want || r.Findings[0].Rule != first {
			t.Errorf("%s: %d findings, %s first", c.name, len(r.Findings), r.Findings[0].Rule)
		}
	}
}

// Two rules that find one cause at one stage say it once, with the higher stake
// and both places; the same cause elsewhere is another finding.
func TestOneCauseIsToldOnce(t *testing.T) {
	second := fixed("second", advisor.Finding{Cause: "first", Where: at(1), Waste: 3 * time.Second})
	r := advise(t, advisor.Option{}, second, fixed("first", advisor.Finding{Where: at(1), Waste: 5 * time.Second}))
	if len(r.Findings) != 1 || r.Findings[0].Rule != "first" || len(r.Findings[0].Also) != 1 {
		t.Errorf("one stage: %+v", r.Findings)
	}
	second = fixed("second", advisor.Finding{Cause: "first", Where: at(0), Waste: 3 * time.Second})
	if r = advise(t, advisor.Option{}, second, fixed("first", advisor.Finding{Where: at(1), Waste: 5 * time.Second})); len(r.Findings) != 2 {
		t.Errorf("two stages: %+v", r.Findings)
	}
}

// What follows from another finding at the same stage is left out.
func TestWhatFollowsIsLeftOut(t *testing.T) {
	cause := fixed("cause", advisor.Finding{Where: at(1), Waste: 3 * time.Second})
	cause.Explains = []string{"effect"}
	for stage, want := range []int{2, 1} {
		r := advise(t, advisor.Option{}, fixed("effect", advisor.Finding{Where: at(stage), Waste: 9 * time.Second}), cause)
		if len(r.Findings) != want {
			t.Errorf("the effect at stage %d: %d findings", stage, len(r.Findings))
		}
	}
}

// A remedy that costs time in the replay is not proposed, whatever is asked for.
func TestNoRemedyThatCosts(t *testing.T) {
	r := advise(t, advisor.Option{All: true}, fixed("worse", advisor.Finding{Changes: set(config.Master, "local[1]")}))
	if len(r.Findings) != 0 || r.Small != 1 {
		t.Errorf("%+v", r.Findings)
	}
}

// What one rule finds at several places with one remedy is one finding, and its
// saving is that of all places together.
func TestPlacesAreReplayedTogether(t *testing.T) {
	rule := fixed("twice", advisor.Finding{})
	rule.Check = func(*advisor.Run, advisor.Limits) (found []advisor.Finding) {
		for stage := range 2 {
			found = append(found, advisor.Finding{Where: at(stage), CodeChange: "do it once", Edits: []whatif.Edit{whatif.Reclaim([]int{stage}, 2*time.Second)}})
		}
		return found
	}
	r := advise(t, advisor.Option{All: true}, rule)
	if len(r.Findings) != 1 || len(r.Findings[0].Also) != 1 {
		t.Fatalf("%+v", r.Findings)
	}
	// The first stage's two seconds save one on two slots; the second's must add to it.
	if s := r.Findings[0].Saving.Saved(); s < 1200*time.Millisecond || s > 2100*time.Millisecond {
		t.Errorf("4 s of task time on two slots save %v", s)
	}
}

// A rule that cannot judge a run says why, and is not asked.
func TestWhatTheRunLacks(t *testing.T) {
	rule := fixed("blind", advisor.Finding{Waste: 9 * time.Second})
	rule.Lacks = func(*advisor.Run) string { return "nothing was logged" }
	r := advise(t, advisor.Option{}, rule)
	if len(r.Findings) != 0 || len(r.Skipped) != 1 || r.Skipped[0] != (advisor.Skip{Rule: "blind", Reason: "nothing was logged"}) {
		t.Errorf("%+v", r)
	}
}

// A finding whose only remedy does not help where another excludes it says nothing
// more; one that has words beside keeps them.
func TestExcludedRemediesLeaveNothing(t *testing.T) {
	skew := fixed("skew", advisor.Finding{Where: at(1), CodeChange: "salt", Waste: 3 * time.Second, Excludes: []string{config.ExecutorMemory}})
	spill := advisor.Finding{Where: at(1), Waste: 9 * time.Second, NoReplay: "nobody measured it", Changes: set(config.ExecutorMemory, "2g")}
	if r := advise(t, advisor.Option{}, fixed("spill", spill), skew); len(r.Findings) != 1 || r.Findings[0].Rule != "skew" {
		t.Errorf("%d findings, %s first", len(r.Findings), r.Findings[0].Rule)
	}
	spill.CodeChange = "sort less"
	if r := advise(t, advisor.Option{}, fixed("spill", spill), skew); len(r.Findings) != 2 || len(r.Changes()) != 0 {
		t.Errorf("with words of its own: %d findings, changes %v", len(r.Findings), r.Changes())
	}
}
