package advisor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// Remedies come in the order of what each saves beside those before it. One whose
// saving another has made already is left out.
func TestOrder(t *testing.T) {
	capped := func(name string, limit time.Duration) advisor.Rule {
		return fixed(name, advisor.Finding{CodeChange: name, Edits: []whatif.Edit{whatif.Cap(0, limit)}})
	}
	r := advise(t, advisor.Option{},
		capped("half", 1500*time.Millisecond), capped("quarter", time.Second),
		fixed("fewer", advisor.Finding{CodeChange: "fewer", Edits: []whatif.Edit{whatif.Recut(1, 4)}}))
	if len(r.Findings) != 3 || len(r.Order) != 2 || r.Order[0].Rule != "fewer" || r.Order[1].Rule != "quarter" {
		t.Fatalf("%d findings, in the order %+v", len(r.Findings), r.Order)
	}
	left := r.Wall
	for _, turn := range r.Order {
		if left -= turn.Saves; turn.Saves <= 0 || turn.After != left {
			t.Errorf("%+v: %v are left of %v", turn, left, r.Wall)
		}
	}
	if s := r.Order[1].Saves; s < 900*time.Millisecond || s > 1100*time.Millisecond {
		t.Errorf("cutting two seconds to one saves %v", s)
	}
	if one := advise(t, advisor.Option{}, capped("quarter", time.Second)); len(one.Order) != 0 {
		t.Errorf("one remedy in the order %+v", one.Order)
	}
}

// A finding about what serves the work is left out where a greater one at its stage
// takes the work away; not at another stage, not where it saves more, and not where
// all are asked for.
func TestResourcesBesideLessWork(t *testing.T) {
	for _, c := range []struct {
		name  string
		stage int
		cores whatif.Edit // the work is halved
		opt   advisor.Option
		want  int
	}{
		{"the work is gone", 0, whatif.Cap(0, 1500*time.Millisecond), advisor.Option{}, 1},
		{"all are asked for", 0, whatif.Cap(0, 1500*time.Millisecond), advisor.Option{All: true}, 2},
		{"another stage", 1, whatif.Recut(1, 4), advisor.Option{}, 2},
		{"it saves more", 0, whatif.Cap(0, 500*time.Millisecond), advisor.Option{}, 2},
	} {
		cores := fixed("cores", advisor.Finding{Where: at(c.stage), CodeChange: "cores", Edits: []whatif.Edit{c.cores}})
		cores.Serving = []string{"cores"}
		work := fixed("work", advisor.Finding{Where: at(0), CodeChange: "work", Edits: []whatif.Edit{whatif.Cap(0, time.Second)}})
		r := advise(t, c.opt, cores, work)
		if len(r.Findings) != c.want || r.Small != 2-c.want {
			t.Errorf("%s: %d findings, %d left out", c.name, len(r.Findings), r.Small)
		}
	}
}

// The joint prediction counts a parameter without a model where the finding's edits
// say what it does, and no edits of code changes alone.
func TestJointOfUnmodelledKeys(t *testing.T) {
	key := set("spark.sql.optimizer.dynamicPartitionPruning.enabled", "false")
	told := fixed("told", advisor.Finding{Changes: key, Edits: []whatif.Edit{whatif.Cap(0, time.Second)}})
	code := fixed("code", advisor.Finding{Where: at(1), CodeChange: "code", Edits: []whatif.Edit{whatif.Recut(1, 4)}})
	r := advise(t, advisor.Option{}, told, code)
	if len(r.Findings) != 2 || r.Joint.Refused != "" || r.Joint.Saved() != r.Findings[indexOf(r, "told")].Saving.Saved() {
		t.Errorf("%d findings; jointly %+v", len(r.Findings), r.Joint)
	}
	untold := fixed("untold", advisor.Finding{Changes: key, Waste: time.Second})
	if r := advise(t, advisor.Option{}, untold); len(r.Findings) != 1 || r.Joint.Refused == "" {
		t.Errorf("a parameter without a model: %+v", r.Joint)
	}
}

// What a finding says is not to be replayed is not, jointly either.
func TestJointWithoutReplay(t *testing.T) {
	never := fixed("never", advisor.Finding{Changes: set(config.AllocationIdle, "90s"), Waste: time.Second, NoReplay: "it is not"})
	if r := advise(t, advisor.Option{}, never); r.Joint.Refused != "it is not" || r.Joint.Low != r.Joint.Before {
		t.Errorf("alone: %+v", r.Joint)
	}
	other := fixed("other", advisor.Finding{Where: at(1), Changes: set(config.ShufflePartitions, "4")})
	r := advise(t, advisor.Option{All: true}, never, other)
	if r.Joint.Refused != "" || r.Joint.After != r.Findings[indexOf(r, "other")].Saving.After || !slices.ContainsFunc(r.Joint.Assumptions, func(a string) bool { return strings.Contains(a, config.AllocationIdle) }) {
		t.Errorf("beside another: %+v", r.Joint)
	}
}

func indexOf(r advisor.Report, rule string) int {
	return slices.IndexFunc(r.Findings, func(f advisor.Finding) bool { return f.Rule == rule })
}
