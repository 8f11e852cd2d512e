package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"stagecoach/advisor"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// RankingText prints several runs by what advice would save them, what came of
// earlier advice, and the advice on the first few.
func RankingText(w io.Writer, runs []advisor.Judged, details int) error {
	p := &printer{w: w}
	ranked := advisor.Rank(runs)
	p.table(rankingHead, ranking(ranked, func(s string) string { return cut(printable(s), 46) }), 4)
	p.historyText(advisor.History(runs))
	for i, r := range ranked {
		if i == details {
			p.line("\n%d more; --details N prints the advice on N of them.", len(ranked)-details)
			break
		}
		p.line("\n## %s: %s\n", printable(r.Log), printable(r.Report.App.Name))
		p.advice(r.Report)
	}
	return p.err
}

var rankingHead = []string{"log", "application", "workload", "first finding", "wall", "could save", "core-seconds"}

func ranking(ranked []advisor.Judged, text func(string) string) [][]string {
	var rows [][]string
	for _, r := range ranked {
		first := "nothing"
		for _, f := range r.Report.Findings {
			if !f.Notice {
				first = f.Rule
				break
			}
		}
		log := r.Log
		if parts := strings.Split(log, "/"); len(parts) > 2 {
			log = "…/" + strings.Join(parts[len(parts)-2:], "/")
		}
		rows = append(rows, []string{text(log), text(r.Report.App.Name), r.Report.Workload.Type, first, duration(r.Report.Wall), duration(r.CouldSave()), strconv.FormatFloat(r.CouldFree(), 'f', 0, 64)})
	}
	return rows
}

func (p *printer) historyText(steps []advisor.Step) {
	if len(steps) == 0 {
		return
	}
	p.line("\nWhat came of earlier advice:")
	for _, s := range steps {
		p.line("  %s: %s", cut(printable(s.App), 60), printable(stepped(s)))
	}
}

// stepped is a step in a sentence.
func stepped(s advisor.Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, then %s", duration(s.Before), duration(s.After))
	if s.Growth > 0 && (s.Growth > 1.1 || s.Growth < 0.9) {
		fmt.Fprintf(&b, " on %.1f times the input", s.Growth)
	}
	if len(s.Advised) > 0 {
		fmt.Fprintf(&b, "; %d of %d advised settings were made", len(s.Done), len(s.Advised))
	}
	if len(s.Done) > 0 {
		b.WriteString(" (" + assignments(s.Done) + ")")
	}
	if len(s.Other) > 0 {
		b.WriteString(", differently: " + assignments(s.Other))
	}
	if s.Expected != 0 {
		fmt.Fprintf(&b, "; predicted to save %s (%s to %s)", duration(s.Expected), duration(s.Low), duration(s.High))
	}
	if len(s.Gone) > 0 {
		b.WriteString("; gone: " + strings.Join(s.Gone, ", "))
	}
	if len(s.New) > 0 {
		b.WriteString("; new: " + strings.Join(s.New, ", "))
	}
	b.WriteString(". " + upper(s.Verdict()) + ".")
	return b.String()
}

func assignments(changes []config.Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, c.String())
	}
	return strings.Join(names, ", ")
}

// RankingMarkdown prints the same as GitHub renders it.
func RankingMarkdown(w io.Writer, runs []advisor.Judged, details int) error {
	p := &printer{w: w}
	ranked := advisor.Rank(runs)
	p.line("# Advice on %s runs\n", metric.FormatCount(int64(len(runs))))
	p.grid(rankingHead, ranking(ranked, md), 4)
	if steps := advisor.History(runs); len(steps) > 0 {
		p.line("## What came of earlier advice\n")
		for _, s := range steps {
			p.line("- %s: %s", md(s.App), md(stepped(s)))
		}
		p.line("")
	}
	for _, r := range ranked[:min(len(ranked), details)] {
		p.line("# %s\n", md(r.Log))
		p.adviceMarkdown(r.Report)
	}
	return p.err
}

// A rankedRun is one of several reports as JSON has it: the report, with its log,
// its place among the others, and what came of the advice on the run before it.
type rankedRun struct {
	Log         string    `json:"log"`
	Rank        int       `json:"rank"`
	CouldSaveMs int64     `json:"couldSaveMs"`
	CouldFree   float64   `json:"couldFreeCoreSeconds"`
	Since       *stepJSON `json:"sinceLastRun,omitempty"`
}

type stepJSON struct {
	Earlier   string            `json:"log"`
	Advised   map[string]string `json:"advised"`
	Done      map[string]string `json:"done"`
	Other     map[string]string `json:"doneDifferently"`
	BeforeMs  int64             `json:"wallBeforeMs"`
	AfterMs   int64             `json:"wallAfterMs"`
	Growth    float64           `json:"inputGrowth"`
	Predicted [3]int64          `json:"predictedSavingMs"`
	Gone      []string          `json:"rulesGone"`
	New       []string          `json:"rulesNew"`
	Verdict   string            `json:"verdict"`
}

// RankingJSON prints the reports as a list in the order of the arguments.
func RankingJSON(w io.Writer, runs []advisor.Judged) error {
	rank := map[string]int{}
	for i, r := range advisor.Rank(runs) {
		rank[r.Log] = i + 1
	}
	steps := map[string]*stepJSON{}
	for _, s := range advisor.History(runs) {
		steps[s.Later] = &stepJSON{Earlier: s.Earlier, Advised: asMap(s.Advised), Done: asMap(s.Done), Other: asMap(s.Other), BeforeMs: s.Before.Milliseconds(), AfterMs: s.After.Milliseconds(),
			Growth: s.Growth, Predicted: [3]int64{s.Low.Milliseconds(), s.Expected.Milliseconds(), s.High.Milliseconds()},
			Gone: append([]string{}, s.Gone...), New: append([]string{}, s.New...), Verdict: s.Verdict()}
	}
	out := []json.RawMessage{}
	for _, r := range runs {
		head, err := json.Marshal(rankedRun{r.Log, rank[r.Log], r.CouldSave().Milliseconds(), r.CouldFree(), steps[r.Log]})
		if err != nil {
			return err
		}
		body, err := json.Marshal(r.Report)
		if err != nil {
			return err
		}
		out = append(out, append(append(head[:len(head)-1], ','), body[1:]...))
	}
	return encode(w, out)
}

func asMap(changes []config.Change) map[string]string {
	m := map[string]string{}
	for _, c := range changes {
		m[c.Key] = c.To
	}
	return m
}
