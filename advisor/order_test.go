package advisor_test

import (
	"testing"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
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
