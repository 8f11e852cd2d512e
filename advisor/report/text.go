package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
)

// A printer writes lines and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// table prints rows under a heading, numbers to the right from column right on.
func (p *printer) table(head []string, rows [][]string, right int) {
	if p.err != nil || len(rows) == 0 {
		return
	}
	align := make([]tw.Align, len(head))
	for i := range align {
		align[i] = tw.AlignLeft
		if i >= right {
			align[i] = tw.AlignRight
		}
	}
	t := tablewriter.NewTable(p.w,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(align),
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}, Lines: tw.Lines{ShowHeaderLine: tw.Off}},
		}),
	)
	t.Header(head)
	if p.err = t.Bulk(rows); p.err == nil {
		p.err = t.Render()
	}
}

// Text prints the document for a terminal.
func (d *Document) Text(w io.Writer) error {
	p := &printer{w: w}
	p.line("%s  %s  Spark %s  %s", printable(d.Title), printable(d.Before.App.ID), d.Before.App.SparkVersion, duration(d.Before.Wall))
	if d.After != nil {
		p.line("")
		var rows [][]string
		for _, r := range d.Compare {
			rows = append(rows, []string{r.Name, r.Unit.Format(r.Before), r.Unit.Format(r.After), r.Change()})
		}
		p.table([]string{"", "before", "after", "change"}, rows, 1)
		for _, s := range d.Diff {
			p.line("%s: %s -> %s", printable(s.Key), printable(s.Value), printable(s.After))
		}
	}
	if d.Trial != nil {
		p.trial(d.Trial)
	}
	if d.Advice != nil {
		p.line("")
		p.advice(*d.Advice)
	}
	p.line("")
	var rows [][]string
	for _, s := range d.Before.Stages {
		rows = append(rows, []string{strconv.Itoa(s.ID), cut(printable(site(s.Name)), 40), strconv.Itoa(s.Tasks), duration(s.Duration), duration(s.Median), duration(s.Max),
			metric.FormatBytes(s.Input), metric.FormatBytes(s.ShuffleIn), metric.FormatBytes(s.Shuffle), metric.FormatBytes(s.Spilled)})
	}
	p.table([]string{"stage", "name", "tasks", "time", "median", "max", "input", "read", "written", "spilled"}, rows, 2)
	for _, x := range d.Before.Warnings {
		p.line("warning: %s", printable(x.String()))
	}
	for _, n := range d.Notes {
		p.line("note: %s", n)
	}
	return p.err
}

// AdviceText prints advice alone, as the advise command does: findings by what
// is at stake, the changes together, and the rules that could not run.
func AdviceText(w io.Writer, r advisor.Report) error {
	p := &printer{w: w}
	p.advice(r)
	return p.err
}

func (p *printer) advice(r advisor.Report) {
	p.line("Workload: %s.", printable(r.Workload.String()))
	if len(r.Findings) == 0 {
		p.line("No rule found anything worth 2 %% of %s.", duration(r.Wall))
	}
	for i, f := range r.Findings {
		p.line("%d. %s  [%s, %s]", i+1, f.Title, f.Rule, f.Severity(r.Wall))
		p.line("   at %s: %s", printable(place(f.Where)), printable(f.Summary))
		if len(f.Also) > 0 {
			p.line("   also at %s", printable(also(f.Also)))
		}
		p.line("   %s", stake(f))
		for _, e := range f.Evidence {
			p.line("     %s", printable(e.String()))
		}
		for _, c := range f.Changes {
			if from := was(c); from != "" {
				p.line("   %-58s # %s", conf(c), from)
			} else {
				p.line("   %s", conf(c))
			}
		}
		if f.CodeChange != "" {
			p.line("   in the query: %s", printable(f.CodeChange))
		}
		for _, a := range assumed(f) {
			p.line("   assuming that %s", printable(a))
		}
		p.line("")
	}
	if changes := r.Changes(); len(changes) > 0 {
		p.line("All changes together: %s", saving(r.Joint))
		for _, c := range changes {
			p.line("   %s", conf(c))
		}
	}
	if len(r.Order) > 1 {
		p.line("One after the other, each for what it saves beside those before it:")
		for _, t := range r.Order {
			p.line("   %-24s saves %s, then %s", t.Rule, duration(t.Saves), duration(t.After))
		}
	}
	p.line("The model: %s.", selfError(r.SelfError))
	if r.Small > 0 {
		p.line("%d findings below 2 %% of the wall time are left out.", r.Small)
	}
	p.configuration(r.Configuration)
	if len(r.Skipped) > 0 {
		var rows [][]string
		for _, s := range r.Skipped {
			rows = append(rows, []string{s.Rule, s.Reason})
		}
		p.line("")
		p.table([]string{"skipped rule", "why"}, rows, 2)
	}
}

func (p *printer) trial(t *Trial) {
	p.line("")
	p.line("Trial: %s; %s. %s", t.measured(), t.predicted(), t.Verdict)
	var rows [][]string
	for _, s := range t.Stages {
		rows = append(rows, []string{strconv.Itoa(s.StageID), cut(printable(site(s.Name)), 40), duration(s.Before), duration(s.Predicted), s.measured()})
	}
	p.table([]string{"stage", "name", "before", "predicted", "measured"}, rows, 2)
}

func (s TrialStage) measured() string {
	if s.Measured < 0 {
		return "did not run"
	}
	return duration(s.Measured)
}

// printable takes control characters out of text from a log, which could
// otherwise command the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}
