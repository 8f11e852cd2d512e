package report

import (
	"fmt"
	"io"
	"time"

	"stagecoach/advisor/size"
	"stagecoach/advisor/whatif"
)

// SizingJSON prints a plan.
func SizingJSON(w io.Writer, p *size.Plan) error { return encode(w, p) }

// SizingText prints a plan for a terminal: the answer first, then each value with
// its reasoning, then what it costs where.
func SizingText(w io.Writer, plan *size.Plan) error {
	p := &printer{w: w}
	p.line("%s", sized(plan))
	if len(plan.Observed) > 0 {
		p.line("\nWhat the run showed:")
		for _, o := range plan.Observed {
			p.line("  %s", printable(o))
		}
	}
	if x := plan.Replay; x != nil {
		p.line("\nThe run replayed under these settings: %s.", replayed(*x))
	}
	p.line("")
	for _, s := range plan.Settings {
		p.line("%s=%s%s\n    %s  [%s]", s.Key, s.Value, before(s), printable(s.Why), s.Source)
	}
	p.line("\nIf executors come and go (--dynamic):")
	for _, s := range plan.Allocation {
		p.line("%s=%s\n    %s", s.Key, s.Value, s.Why)
	}
	p.platforms(plan)
	p.line("\nStorage levels for what is used again (* here):")
	var rows [][]string
	for _, l := range plan.Storage {
		here := ""
		if l.Here {
			here = "*"
		}
		rows = append(rows, []string{here, l.Level, l.When, l.Why})
	}
	p.table([]string{"", "level", "when", "why"}, rows, 4)
	if len(plan.Folklore) > 0 {
		p.line("\nRules of thumb that are not followed:")
		for _, f := range plan.Folklore {
			p.line("  \"%s\": %s", f.Rule, f.Today)
		}
	}
	if len(plan.Assumed) > 0 {
		p.line("")
		for _, a := range plan.Assumed {
			p.line("assuming that %s", a)
		}
	}
	return p.err
}

// replayed says what a run would have taken.
func replayed(x whatif.Prediction) string {
	if x.Refused != "" {
		return "not predicted, " + x.Refused
	}
	return fmt.Sprintf("%s (%s to %s) instead of %s; the replay misses the run itself by %.1f %%", duration(x.After), duration(x.Low), duration(x.High), duration(x.Before), 100*x.SelfError)
}

// platforms prints what a run costs at each place.
func (p *printer) platforms(plan *size.Plan) {
	var rows [][]string
	for _, x := range plan.Platforms {
		best := ""
		if x.Best {
			best = "cheapest"
		}
		rows = append(rows, []string{x.Name, x.Shape, dollars(x.PerRun), dollars(x.Monthly), best})
	}
	p.line("\nWhere to run it (%s):", plan.Priced())
	p.table([]string{"", "machines", "a run", "a month", ""}, rows, 5)
	for _, x := range plan.Platforms {
		p.line("  %s: %s. Choose it when %s.", x.Name, x.How, x.Choose)
	}
	if c := plan.Cluster; c != nil && c.Nodes > 0 {
		p.line("\nUnder the budget: %d x %s with %d executors, %s a month; a run takes about %s\n    %s",
			c.Nodes, c.Node, c.Executors, dollars(c.Monthly), elapsed(c.Elapsed), c.Why)
	} else if c != nil {
		p.line("\nUnder the budget: nothing. %s.", upper(c.Why))
	}
}

// sized is the plan in a sentence.
func sized(p *size.Plan) string {
	executors := "1 executor"
	if p.Executors != 1 {
		executors = fmt.Sprintf("%d executors", p.Executors)
	}
	text := fmt.Sprintf("%s of %d cores and %s, a driver of %s", executors, p.Cores, p.Value("spark.executor.memory"), p.Value("spark.driver.memory"))
	if p.Partitions > 1 {
		text += fmt.Sprintf(", %d shuffle partitions", p.Partitions)
	}
	return text + "; a run takes about " + elapsed(p.Elapsed)
}

func before(s size.Setting) string {
	if s.Was == "" {
		return ""
	}
	return "  (was " + printable(s.Was) + ")"
}

func elapsed(seconds float64) string { return duration(time.Duration(seconds * float64(time.Second))) }

func dollars(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v < 1:
		return fmt.Sprintf("$%.3f", v)
	case v < 100:
		return fmt.Sprintf("$%.2f", v)
	}
	return fmt.Sprintf("$%.0f", v)
}

// SizingMarkdown prints a plan as GitHub renders it.
func SizingMarkdown(w io.Writer, plan *size.Plan) error {
	p := &printer{w: w}
	p.line("## Size\n\n%s.\n", md(upper(sized(plan))))
	for _, o := range plan.Observed {
		p.line("- %s", md(o))
	}
	if len(plan.Observed) > 0 {
		p.line("")
	}
	if x := plan.Replay; x != nil {
		p.line("The run replayed under these settings: %s.\n", md(replayed(*x)))
	}
	var rows [][]string
	for _, s := range plan.Settings {
		rows = append(rows, []string{code(s.Key), code(s.Value), md(s.Was), md(s.Why), md(s.Source)})
	}
	p.grid([]string{"setting", "value", "was", "why", "source"}, rows, 5)
	rows = nil
	for _, s := range plan.Allocation {
		rows = append(rows, []string{code(s.Key), code(s.Value), md(s.Why)})
	}
	p.line("If executors come and go:\n")
	p.grid([]string{"setting", "value", "why"}, rows, 3)
	rows = nil
	for _, x := range plan.Platforms {
		rows = append(rows, []string{md(x.Name), md(x.Shape), md(dollars(x.PerRun)), md(dollars(x.Monthly)), md(x.Choose)})
	}
	p.line("Where to run it (%s):\n", md(plan.Priced()))
	p.grid([]string{"platform", "machines", "a run", "a month", "choose it when"}, rows, 5)
	if c := plan.Cluster; c != nil {
		p.line("Under the budget: %d x %s, %s a month. %s\n", c.Nodes, md(c.Node), md(dollars(c.Monthly)), md(c.Why))
	}
	for _, f := range plan.Folklore {
		p.line("- Not followed: \"%s\". %s.", md(f.Rule), md(upper(f.Today)))
	}
	for _, a := range plan.Assumed {
		p.line("- Assumed: %s.", md(a))
	}
	return p.err
}
