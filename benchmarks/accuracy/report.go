package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"stagecoach/benchmarks/plant"
)

// report does the study and writes it down. It has no date and names no machine:
// two reports of the same code differ only in what was measured.
func (s *study) report(ctx context.Context) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `# How often the advice is right

Written by `+"`make accuracy`"+` on %d cores. Every job runs on the engine, over data that the command generates, and is
judged by what its event log tells once it is read back. Package benchmarks/plant holds the jobs.

`, runtime.NumCPU())
	if s.part == "" || s.part == "detect" {
		cases, err := s.detect(ctx)
		if err != nil {
			return "", err
		}
		detection(&b, cases)
	}
	if s.part == "" || s.part == "predict" {
		trials, err := s.predict(ctx)
		if err != nil {
			return "", err
		}
		prediction(&b, trials, s.runs)
	}
	if s.part == "" || s.part == "labelled" {
		pairs, err := s.labelled()
		if err != nil {
			return "", err
		}
		realised(&b, pairs)
	}
	return b.String(), nil
}

// table prints rows as Markdown; the first is the head.
func table(b *strings.Builder, rows [][]string) {
	for i, r := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(r, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(r)) + "\n")
		}
	}
	b.WriteByte('\n')
}

func percent(part, whole float64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*part/whole)
}

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// tally sums up how cases were judged.
type tally struct {
	cases, serious, top, found, right, said float64
}

func (t *tally) add(c *case_) {
	t.cases++
	for _, s := range c.said {
		t.said++
		if c.right(s.cause) {
			t.right++
		}
	}
	if !c.serious() {
		return
	}
	t.serious++
	if c.right(c.first()) {
		t.top++
	}
	if c.found() {
		t.found++
	}
}

// detection prints what was found of what was planted.
func detection(b *strings.Builder, cases []case_) {
	var all tally
	byCause, shapes := map[string]*tally{}, map[string]bool{}
	for i := range cases {
		c := &cases[i]
		all.add(c)
		shapes[c.shape] = true
		if byCause[c.cause] == nil {
			byCause[c.cause] = &tally{}
		}
		byCause[c.cause].add(c)
	}
	healthy, loud, heavy := 0, 0, 0
	var quiet []float64
	for _, c := range cases {
		if c.cause == "healthy" {
			healthy++
			quiet = append(quiet, c.busy)
			if len(c.said) > 0 {
				loud++
			}
			if slices.ContainsFunc(c.said, func(s said) bool { return s.saving >= matters }) {
				heavy++
			}
		}
	}
	fmt.Fprintf(b, `## Detection

%d causes are planted, at up to three strengths in each of %d shapes, beside %d runs of healthy jobs. Each planted job also runs without
what was planted. Where that saves less than %.0f %% of the wall time (the fastest of two runs of each, in turns, and of three where
it is near), saying nothing is right as well, and the run does not count in the first two figures. Tasks of the healthy runs
had a processor for %s of the time that they ran: where that is far below 100 %%, others were busy on the machine, tasks
waited for them, and the figures are about that.

`, len(byCause)-min(1, healthy), len(shapes), healthy, 100*matters, percent(quantile(quiet, 0.5), 1))
	table(b, [][]string{
		{"Figure", "Measured", "Runs"},
		{"the cause, or one that says the same, comes first", percent(all.top, all.serious), fmt.Sprint(all.serious)},
		{"the cause is found at all", percent(all.found, all.serious), fmt.Sprint(all.serious)},
		{"findings that are right, of all in planted and healthy runs", percent(all.right, all.said), fmt.Sprint(all.said)},
		{"healthy runs with any finding", fmt.Sprint(loud), fmt.Sprint(healthy)},
		{"healthy runs with a finding of 5 % or more", fmt.Sprint(heavy), fmt.Sprint(healthy)},
	})
	rows := [][]string{{"Planted", "runs", "that cost 5 %", "first", "found", "findings that are right"}}
	for _, name := range slices.Sorted(maps.Keys(byCause)) {
		if t := byCause[name]; name != "healthy" {
			rows = append(rows, []string{name, fmt.Sprint(t.cases), fmt.Sprint(t.serious), percent(t.top, t.serious), percent(t.found, t.serious), percent(t.right, t.said)})
		}
	}
	table(b, rows)
	confusion(b, cases)
	odd(b, cases)
	b.WriteString("What is planted:\n\n")
	for _, c := range plant.Causes {
		if byCause[c.Name] != nil {
			fmt.Fprintf(b, "- **%s**: %s.\n", c.Name, c.Doc)
		}
	}
	b.WriteByte('\n')
}

// confusion prints what came first in runs of each cause.
func confusion(b *strings.Builder, cases []case_) {
	first := map[string]map[string]int{}
	for i := range cases {
		c := &cases[i]
		name := c.cause
		if name != "healthy" && !c.serious() {
			name += ", below 5 %"
		}
		if first[name] == nil {
			first[name] = map[string]int{}
		}
		first[name][c.first()]++
	}
	rows := [][]string{{"Planted", "what came first"}}
	for _, name := range slices.Sorted(maps.Keys(first)) {
		said := slices.SortedFunc(maps.Keys(first[name]), func(x, y string) int {
			return cmp.Or(-cmp.Compare(first[name][x], first[name][y]), cmp.Compare(x, y))
		})
		for i, s := range said {
			said[i] = fmt.Sprintf("%s: %d", s, first[name][s])
		}
		rows = append(rows, []string{name, strings.Join(said, ", ")})
	}
	table(b, rows)
}

// odd lists the cases in which something was missed or said wrongly.
func odd(b *strings.Builder, cases []case_) {
	rows := [][]string{{"Run", "shape", "wall ms", "costs", "said"}}
	for i := range cases {
		c := &cases[i]
		wrong := slices.ContainsFunc(c.said, func(s said) bool { return !c.right(s.cause) })
		if wrong || c.serious() && !c.found() {
			rows = append(rows, []string{strings.TrimSpace(c.cause + " " + c.strength + " " + c.what), c.shape, millis(c.wall), percent(c.cost, 1), cmp.Or(texts(c.said), "nothing")})
		}
	}
	if len(rows) > 1 {
		b.WriteString("Runs in which something was missed, or said wrongly, each finding with the share of the wall at stake:\n\n")
		table(b, rows)
	}
}

// quantile of absolute values, in percent of what was measured.
func quantile(misses []float64, q float64) float64 {
	if len(misses) == 0 {
		return 0
	}
	abs := make([]float64, len(misses))
	for i, m := range misses {
		abs[i] = math.Abs(m)
	}
	slices.Sort(abs)
	return abs[min(len(abs)-1, int(q*float64(len(abs))))]
}
