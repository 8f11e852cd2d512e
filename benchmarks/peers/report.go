package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// printReport prints, in Markdown, the medians of every label and their ratios to
// the first label, and the answers that differ.
func printReport(w io.Writer, all []record) error {
	labels, queries := []string{}, []string{}
	for _, r := range all {
		if !slices.Contains(labels, r.Label) {
			labels = append(labels, r.Label)
		}
		if !slices.Contains(queries, r.Query) {
			queries = append(queries, r.Query)
		}
	}
	slices.Sort(queries)
	for _, m := range []struct {
		name   string
		value  func(record) float64
		format string
	}{
		{"wall s", func(r record) float64 { return r.Wall }, "%.3f"},
		{"CPU s", func(r record) float64 { return r.CPU }, "%.2f"},
		{"peak RSS MB", func(r record) float64 { return r.RSS }, "%.0f"},
		{"spilled MB", func(r record) float64 {
			if r.Spill == nil {
				return math.NaN()
			}
			return *r.Spill
		}, "%.0f"},
	} {
		fmt.Fprintf(w, "\n| %s | %s |%s\n|---|%s\n", m.name, strings.Join(labels, " | "), ratioHeads(labels), strings.Repeat("---:|", 2*len(labels)-1))
		ratios := make([][]float64, len(labels))
		for _, q := range queries {
			base := math.NaN()
			cells, quotients := "", ""
			for i, l := range labels {
				v, spread := median(all, l, q, m.value)
				if i == 0 {
					base = v
				}
				cell := "–"
				if !math.IsNaN(v) {
					if cell = fmt.Sprintf(m.format, v); m.name == "wall s" {
						cell += fmt.Sprintf(" ±%.0f %%", 100*spread)
					}
				}
				cells += " " + cell + " |"
				if i == 0 {
					continue
				}
				quotient := "–"
				if ratio := v / base; !math.IsNaN(ratio) && !math.IsInf(ratio, 0) && ratio > 0 {
					ratios[i] = append(ratios[i], ratio)
					quotient = fmt.Sprintf("%.2f", ratio)
				}
				quotients += " " + quotient + " |"
			}
			fmt.Fprintf(w, "| %s |%s%s\n", q, cells, quotients)
		}
		fmt.Fprintf(w, "| geometric mean |%s", strings.Repeat(" |", len(labels)))
		for _, list := range ratios[1:] {
			fmt.Fprintf(w, " **%s** |", geometricMean(list))
		}
		fmt.Fprintln(w)
	}
	different := differences(all)
	fmt.Fprintf(w, "\nAnswers that differ from those of %s: %s.\n", labels[0], orNone(different))
	var failed []string
	for _, r := range all {
		if r.Error != "" {
			failed = append(failed, fmt.Sprintf("%s %s: %s", r.Label, r.Query, r.Error))
		}
	}
	fmt.Fprintf(w, "Failed: %s.\n", orNone(failed))
	return nil
}

func ratioHeads(labels []string) (heads string) {
	for _, l := range labels[1:] {
		heads += " " + l + " ÷ |"
	}
	return heads
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, "; ")
}

// median is the middle of the runs of a query, and half of what lies between the
// least and the greatest as a share of it.
func median(all []record, label, query string, value func(record) float64) (middle, spread float64) {
	var list []float64
	for _, r := range all {
		if r.Label == label && r.Query == query && r.Error == "" {
			if v := value(r); !math.IsNaN(v) {
				list = append(list, v)
			}
		}
	}
	if len(list) == 0 {
		return math.NaN(), 0
	}
	slices.Sort(list)
	middle = (list[(len(list)-1)/2] + list[len(list)/2]) / 2
	return middle, (list[len(list)-1] - list[0]) / 2 / middle
}

func geometricMean(list []float64) string {
	if len(list) == 0 {
		return "–"
	}
	sum := 0.0
	for _, v := range list {
		sum += math.Log(v)
	}
	return fmt.Sprintf("%.2f (%d)", math.Exp(sum/float64(len(list))), len(list))
}

// differences compares the answers with those of the first label: numbers within
// 1e-7, those of sketches (S15) within 15 %.
func differences(all []record) (out []string) {
	first := map[string]record{}
	for _, r := range all {
		if r.Answer == nil {
			continue
		}
		base, ok := first[r.Query]
		if !ok {
			first[r.Query] = r
			continue
		}
		if r.Label == base.Label {
			continue
		}
		tolerance := 1e-7
		if r.Query == "S15" {
			tolerance = 0.15
		}
		if d := differs(base.Answer, r.Answer, tolerance); d != "" {
			out = append(out, fmt.Sprintf("%s of %s: %s", r.Query, r.Label, d))
		}
	}
	return out
}

func differs(want, got [][]any, tolerance float64) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%d rows, not %d", len(got), len(want))
	}
	for i := range want {
		for j := range want[i] {
			x, xNumber := want[i][j].(float64)
			y, yNumber := got[i][j].(float64)
			if xNumber && yNumber && math.Abs(x-y) <= tolerance*max(math.Abs(x), math.Abs(y), 1e-9) {
				continue
			}
			if want[i][j] != got[i][j] {
				return fmt.Sprintf("row %d has %v, not %v", i+1, got[i][j], want[i][j])
			}
		}
	}
	return ""
}
