package report

import (
	"io"
	"strconv"
	"strings"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
)

// Markdown prints the document as GitHub renders it.
func (d *Document) Markdown(w io.Writer) error {
	p := &printer{w: w}
	p.line("# %s\n", md(d.Title))
	p.line("%s, Spark %s, %s\n", md(d.Before.App.ID), md(d.Before.App.SparkVersion), duration(d.Before.Wall))
	if d.After != nil {
		p.line("## Before and after\n")
		rows := [][]string{}
		for _, r := range d.Compare {
			rows = append(rows, []string{r.Name, r.Unit.Format(r.Before), r.Unit.Format(r.After), r.Change()})
		}
		p.grid([]string{"", "before", "after", "change"}, rows, 1)
		rows = nil
		for _, s := range d.Diff {
			rows = append(rows, []string{code(s.Key), md(s.Value), md(s.After)})
		}
		p.grid([]string{"setting", "before", "after"}, rows, 3)
	}
	if t := d.Trial; t != nil {
		p.line("## Trial\n\n%s; %s. %s\n", t.measured(), t.predicted(), md(t.Verdict))
		rows := [][]string{}
		for _, s := range t.Stages {
			rows = append(rows, []string{strconv.Itoa(s.StageID), md(s.Name), duration(s.Before), duration(s.Predicted), s.measured()})
		}
		p.grid([]string{"stage", "name", "before", "predicted", "measured"}, rows, 2)
	}
	if d.Advice != nil {
		p.adviceMarkdown(*d.Advice)
	}
	p.line("## Stages\n")
	rows := [][]string{}
	for _, s := range d.Before.Stages {
		rows = append(rows, []string{strconv.Itoa(s.ID), md(s.Name), strconv.Itoa(s.Tasks), duration(s.Duration), duration(s.Median), duration(s.Max),
			metric.FormatBytes(s.Input), metric.FormatBytes(s.ShuffleIn), metric.FormatBytes(s.Shuffle), metric.FormatBytes(s.Spilled)})
	}
	p.grid([]string{"stage", "name", "tasks", "time", "median task", "longest", "input", "shuffle read", "shuffle written", "spilled"}, rows, 2)
	if len(d.Before.Warnings) > 0 {
		p.line("## Warnings\n")
		for _, x := range d.Before.Warnings {
			p.line("- %s", md(x.String()))
		}
		p.line("")
	}
	for _, n := range d.Notes {
		p.line("*%s*\n", md(n))
	}
	return p.err
}

// AdviceMarkdown prints advice alone.
func AdviceMarkdown(w io.Writer, r advisor.Report) error {
	p := &printer{w: w}
	p.adviceMarkdown(r)
	return p.err
}

func (p *printer) adviceMarkdown(r advisor.Report) {
	p.line("## Findings\n\nWorkload: %s.\n", md(r.Workload.String()))
	if len(r.Findings) == 0 {
		p.line("No rule found anything worth 2 %% of %s.\n", duration(r.Wall))
	}
	for i, f := range r.Findings {
		p.line("### %d. %s\n", i+1, md(f.Title))
		p.line("**%s**, at %s: %s. %s.\n", f.Severity(r.Wall), md(place(f.Where)), md(f.Summary), upper(md(stake(f))))
		if len(f.Also) > 0 {
			p.line("Also at %s.\n", md(also(f.Also)))
		}
		for _, e := range f.Evidence {
			p.line("- %s", md(e.String()))
		}
		p.line("\n%s\n\n%s\n", md(f.Why), md(f.Confirm))
		if len(f.Changes) > 0 {
			p.line("```")
			for _, c := range f.Changes {
				p.line("%s", strings.ReplaceAll(printable(conf(c)), "```", ""))
			}
			p.line("```\n")
		}
		if f.CodeChange != "" {
			p.line("In the query: %s\n", code(f.CodeChange))
		}
		if a := assumed(f); len(a) > 0 {
			p.line("<details><summary>Assumptions</summary>\n")
			for _, t := range a {
				p.line("- %s", md(t))
			}
			p.line("\n</details>\n")
		}
	}
	if changes := r.Changes(); len(changes) > 0 {
		p.line("## All changes together\n\n%s; %s.\n\n```", upper(md(saving(r.Joint))), selfError(r.SelfError))
		for _, c := range changes {
			p.line("%s", printable(conf(c)))
		}
		p.line("```\n")
	}
	if len(r.Order) > 1 {
		p.line("## In which order\n\nEach saves this beside those before it.\n")
		for i, t := range r.Order {
			p.line("%d. %s: %s, then %s", i+1, code(t.Rule), duration(t.Saves), duration(t.After))
		}
		p.line("")
	}
	if len(r.Configuration) > 0 {
		p.line("## Settings that do not do what they say\n")
		p.remarksMarkdown(r.Configuration)
	}
	if len(r.Skipped) > 0 {
		p.line("## Rules that could not run\n")
		for _, s := range r.Skipped {
			p.line("- %s: %s", code(s.Rule), md(s.Reason))
		}
		p.line("")
	}
}

// grid prints a Markdown table, numbers to the right from column right on.
func (p *printer) grid(head []string, rows [][]string, right int) {
	if len(rows) == 0 {
		return
	}
	p.line("| %s |", strings.Join(head, " | "))
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
		if i >= right {
			rule[i] = "---:"
		}
	}
	p.line("| %s |", strings.Join(rule, " | "))
	for _, r := range rows {
		p.line("| %s |", strings.Join(r, " | "))
	}
	p.line("")
}

var mdSpecial = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;",
	"|", "\\|", "#", "\\#", "!", "\\!", "&", "&amp;", "~", "\\~", "$", "\\$")

// md escapes text for Markdown, tables included.
func md(s string) string { return mdSpecial.Replace(printable(s)) }

// code is text as inline code, which only a backtick or a table's bar could break.
func code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(printable(s)) + "`"
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
