package main

import (
	"fmt"
	"slices"
	"strings"
)

// prediction prints how predictions held.
func prediction(b *strings.Builder, trials []trial, runs int) {
	fmt.Fprintf(b, `## Prediction on the engine

Each change is predicted from one run without it, and measured: runs go in turns, and the fastest of %d counts on both sides. The error is
predicted less measured wall time, over the measured one.

`, runs)
	groups := []struct {
		name string
		of   func(*trial) bool
	}{
		{"all", func(*trial) bool { return true }},
		{"single changes that can touch the workload", func(t *trial) bool { return t.joint == 1 && !t.apart }},
		{"single changes that cannot", func(t *trial) bool { return t.joint == 1 && t.apart }},
		{"several changes at once", func(t *trial) bool { return t.joint > 1 }},
	}
	rows := [][]string{{"Predictions", "number", "refused", "median error", "90th percentile", "within the range", "median saving predicted"}}
	for _, g := range groups {
		var misses, savings []float64
		n, refused, covered := 0, 0, 0.0
		for i := range trials {
			t := &trials[i]
			if !g.of(t) {
				continue
			}
			n++
			if t.prediction.Refused != "" {
				refused++
				continue
			}
			misses = append(misses, t.miss())
			savings = append(savings, float64(t.prediction.Saved())/float64(max(1, t.before)))
			if t.covered() {
				covered++
			}
		}
		rows = append(rows, []string{g.name, fmt.Sprint(n), fmt.Sprint(refused), percent(quantile(misses, 0.5), 1), percent(quantile(misses, 0.9), 1),
			percent(covered, float64(len(misses))), percent(quantile(savings, 0.5), 1)})
	}
	table(b, rows)
	byChange(b, trials)
	rows = [][]string{{"Workload", "change", "before ms", "measured ms", "predicted ms", "range ms", "error"}}
	for i := range trials {
		t := &trials[i]
		row := []string{t.workload, t.change, millis(t.before), millis(t.after), millis(t.prediction.After),
			millis(t.prediction.Low) + " to " + millis(t.prediction.High), percent(t.miss(), 1)}
		if t.prediction.Refused != "" {
			row[4], row[5], row[6] = "refused", "", ""
		}
		rows = append(rows, row)
	}
	table(b, rows)
}

// byChange prints the errors of each change over all workloads.
func byChange(b *strings.Builder, trials []trial) {
	rows := [][]string{{"Change", "median error", "largest error", "within the range"}}
	var seen []string
	for _, t := range trials {
		if slices.Contains(seen, t.change) {
			continue
		}
		seen = append(seen, t.change)
		var misses []float64
		covered := 0.0
		for i := range trials {
			if o := &trials[i]; o.change == t.change && o.prediction.Refused == "" {
				misses = append(misses, o.miss())
				if o.covered() {
					covered++
				}
			}
		}
		rows = append(rows, []string{t.change, percent(quantile(misses, 0.5), 1), percent(quantile(misses, 1), 1), percent(covered, float64(len(misses)))})
	}
	table(b, rows)
}
