package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"stagecoach/benchmarks/plant"
)

// A study of few rows plants every cause, runs every healthy job and every change,
// and its report has a row for each and no number that is none.
func TestQuickStudy(t *testing.T) {
	if testing.Short() {
		t.Skip("some three hundred runs")
	}
	s := study{progress: io.Discard, dir: t.TempDir()}
	s.quick()
	text, err := s.report(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range plant.Causes {
		if !strings.Contains(text, "\n| "+c.Name+" | 1 |") {
			t.Errorf("no row for %s", c.Name)
		}
	}
	for _, w := range plant.Workloads {
		if !strings.Contains(text, "\n| "+w.Name+" |") {
			t.Errorf("no row for %s", w.Name)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Error("the report holds NaN or Inf")
	}
}

// A run in which the cause costs next to nothing is right either way; one in which
// it costs is right only with the cause, or one that says the same, first.
func TestCasesAreJudgedByCost(t *testing.T) {
	for _, c := range []struct {
		cost  float64
		said  []said
		tally tally
	}{
		{0.04, nil, tally{cases: 1}},
		{0.04, []said{{"skewed-join", 0.1}}, tally{cases: 1, said: 1, right: 1}},
		{0.06, nil, tally{cases: 1, serious: 1}},
		{0.06, []said{{"skewed-join", 0.1}}, tally{cases: 1, serious: 1, top: 1, found: 1, said: 1, right: 1}},
		{0.06, []said{{"missed-broadcast", 0.2}, {"also", 0.1}}, tally{cases: 1, serious: 1, found: 1, said: 2, right: 1}},
	} {
		var got tally
		got.add(&case_{cause: "skewed-join", also: []string{"also"}, cost: c.cost, said: c.said})
		if got != c.tally {
			t.Errorf("cost %v, said %v: %+v, want %+v", c.cost, c.said, got, c.tally)
		}
	}
}
