package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/profiletest"
)

var kebab = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// Every rule is called as its file, answers the four questions, and declares
// what it asks for.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules.All {
		if !kebab.MatchString(r.Name) || seen[r.Name] {
			t.Errorf("%s: not kebab-case, or there twice", r.Name)
		}
		seen[r.Name] = true
		if _, err := os.Stat(strings.ReplaceAll(r.Name, "-", "_") + ".go"); err != nil {
			t.Errorf("%s: its file is not called so: %v", r.Name, err)
		}
		if n := len(strings.Split(strings.TrimSpace(r.Doc), "\n\n")); n != 4 {
			t.Errorf("%s: the doc has %d paragraphs; four are wanted: why it hurts, how to confirm it, what to change, when to ignore it", r.Name, n)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || r.Cause == "" || r.Check == nil {
			t.Errorf("%s: wants a title without a full stop, a cause and a check", r.Name)
		}
		for _, l := range r.Limits {
			if len(l.Doc) < 20 {
				t.Errorf("%s.%s: the doc does not say where the default comes from", r.Name, l.Name)
			}
		}
	}
}

// Each rule's fixture shows a run in which it fires and a near miss in which
// it is silent.
func TestRules(t *testing.T) {
	for _, r := range rules.All {
		t.Run(r.Name, func(t *testing.T) {
			var fired, silent bool
			datadriven.RunTest(t, filepath.Join("testdata", r.Name), func(t *testing.T, d *datadriven.TestData) string {
				p := profiletest.Must(t, d.Input)
				opt := advisor.Option{All: true}
				for _, a := range d.CmdArgs {
					set, err := advisor.ParseLimits(rules.All, r.Name+"."+a.Key+"="+a.Vals[0])
					if err != nil {
						t.Fatal(err)
					}
					opt.Limits = set
				}
				report := advisor.Advise(p, []advisor.Rule{r}, opt)
				if len(report.Skipped) > 0 {
					silent = true
					return "skipped: " + report.Skipped[0].Reason + "\n"
				}
				if len(report.Findings) == 0 {
					silent = true
					return "nothing\n"
				}
				fired = true
				return print(report)
			})
			if !fired || !silent {
				t.Errorf("the fixture fires: %v, has a near miss that stays silent: %v; it wants both", fired, silent)
			}
		})
	}
}

func print(report advisor.Report) string {
	var b strings.Builder
	for _, f := range report.Findings {
		fmt.Fprintf(&b, "%s: %s\n", f.Where, f.Summary)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "  %s\n", e)
		}
		for _, c := range f.Changes {
			fmt.Fprintf(&b, "  --conf %s\n", c)
		}
		switch {
		case f.Predicted:
			fmt.Fprintf(&b, "  saves %.1fs of %.1fs (%s)\n", f.Saving.Saved().Seconds(), f.Saving.Before.Seconds(), f.Cause)
		case f.Saving.Refused != "":
			fmt.Fprintf(&b, "  refused: %s (%s)\n", f.Saving.Refused, f.Cause)
		default:
			fmt.Fprintf(&b, "  costs at most %.1fs (%s)\n", f.Waste.Seconds(), f.Cause)
		}
	}
	return b.String()
}

// A limit that a rule does not declare is a bug in the rule.
func TestUndeclaredLimitPanics(t *testing.T) {
	rule := advisor.Rule{Name: "greedy", Check: func(_ *advisor.Run, limit advisor.Limits) []advisor.Finding {
		limit("nothing")
		return nil
	}}
	defer func() {
		if recover() == nil {
			t.Fatal("asking for an undeclared limit did not panic")
		}
	}()
	advisor.Advise(profiletest.Must(t, "app start=0 end=1s"), []advisor.Rule{rule}, advisor.Option{})
}
