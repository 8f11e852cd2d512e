package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/lint"
	"stagecoach/advisor/rules"
	"stagecoach/benchmarks/workload"
	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
)

// references are the pages that are printed from the tables, by name.
var references = []struct {
	name, title string
	print       func(io.Writer)
}{
	{"metrics", "What is measured", printMetrics},
	{"params", "What can be set", printParams},
	{"rules", "What the advisor looks for", printRules},
	{"lint", "Settings that do not do what they say", printLint},
	{"functions", "What expressions can call", printFunctions},
	{"profile", "What profile prints for programs", printProfile},
	{"advise", "What advise prints for programs", printAdviseFields},
	{"workloads", "What can be run", printWorkloads},
}

func docsCommand() *cobra.Command {
	var names []string
	for _, r := range references {
		names = append(names, r.name)
	}
	names = append(names, "advise-schema")
	return &cobra.Command{
		Use:       "docs " + strings.Join(names, "|"),
		Short:     "Print a reference page as Markdown",
		Args:      cobra.ExactArgs(1),
		ValidArgs: names,
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == "advise-schema" {
				return printSchema(c.OutOrStdout())
			}
			for _, r := range references {
				if r.name == args[0] {
					printReference(c.OutOrStdout(), r.title, r.print)
					return nil
				}
			}
			return fmt.Errorf("there is no page %q; there are %s", args[0], strings.Join(names, ", "))
		},
	}
}

func printReference(w io.Writer, title string, print func(io.Writer)) {
	fmt.Fprintf(w, "# %s\n\nPrinted from the tables in the code by `make docs`; do not edit.\n\n", title)
	print(w)
}

func printMetrics(w io.Writer) {
	section := func(title string, sql bool) {
		fmt.Fprintf(w, "## %s\n\n| Metric | Heading | Unit | Folds by | Meaning |\n|---|---|---|---|---|\n", title)
		for id := range metric.All {
			if d := id.Desc(); id.SQL() == sql {
				fold := "sum"
				if d.Fold == metric.Max {
					fold = "maximum"
				}
				fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", d.Name, d.Title, d.Unit, fold, d.Doc)
			}
		}
		fmt.Fprintln(w)
	}
	section("Of a task's attempt", false)
	section("Of a plan node in a task", true)
}

func printParams(w io.Writer) {
	fmt.Fprint(w, "| Parameter | Default | Meaning |\n|---|---|---|\n")
	for _, p := range config.Params {
		doc := p.Doc
		if len(p.Values) > 0 {
			doc += " One of " + strings.Join(p.Values, ", ") + "."
		}
		fmt.Fprintf(w, "| `%s` | `%s` | %s |\n", p.Key, p.Default, doc)
	}
	fmt.Fprint(w, "\nThe other keys that Spark 4.0 knows may be set too. They are in the event log's environment, are named as ignored when a job starts, and change nothing.\n")
}

func printRules(w io.Writer) {
	fmt.Fprintf(w, "Thresholds of version %s. `--limit rule.limit=value` sets one, `--limits FILE` those of a file, one a line.\n\n", rules.Version)
	for _, r := range rules.All {
		printRule(w, r)
	}
}

// printRule prints a rule's manual and its thresholds.
func printRule(w io.Writer, r advisor.Rule) {
	fmt.Fprintf(w, "## %s\n\n%s. Cause: `%s`.\n\n%s\n\n", r.Name, r.Title, r.Cause, strings.TrimSpace(r.Doc))
	for _, l := range r.Limits {
		embedded := ""
		if l.Embedded > 0 {
			embedded = fmt.Sprintf(" (%g in runs of the engine)", l.Embedded)
		}
		fmt.Fprintf(w, "- `%s.%s` = %g%s: %s\n", r.Name, l.Name, l.Default, embedded, l.Doc)
	}
	fmt.Fprintln(w)
}

func printLint(w io.Writer) {
	fmt.Fprint(w, "What `stagecoach lint` knows beside the registry of Spark 4.0.1, in which it looks up every other key and finds the one\nthat a mistyped key is most like.\n\n| Setting | Kind | Since Spark | Remark | Write | Source |\n|---|---|---|---|---|---|\n")
	for r := range lint.Entries {
		instead := r.Instead
		if instead != "" {
			instead = "`" + instead + "`"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s | %s |\n", r.Key, r.Kind, r.Since, r.Says, instead, r.Source)
	}
}

func printAdviseFields(w io.Writer) {
	fmt.Fprint(w, "What `stagecoach advise LOG --format json` prints; of several logs it is a list, each entry with \"log\", \"rank\",\n"+
		"\"couldSaveMs\", \"couldFreeCoreSeconds\" and, after an earlier run of the same application, \"sinceLastRun\" besides.\n"+
		"[advise.schema.json](advise.schema.json) is the same as JSON Schema (`stagecoach docs advise-schema`). `...Nanos` are\nnanoseconds. What may be missing is left out, never null.\n\n| Field | Type | Meaning |\n|---|---|---|\n")
	for f := range advisor.Fields {
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", f.Path, f.Type, f.Doc)
	}
}

func printSchema(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(advisor.Schema())
}

func printFunctions(w io.Writer) {
	for title, rows := range expr.Functions {
		fmt.Fprintf(w, "## %s\n\n| Function | Meaning |\n|---|---|\n", title)
		for names, doc := range rows {
			fmt.Fprintf(w, "| `%s` | %s |\n", strings.ReplaceAll(names, " ", "`, `"), doc)
		}
		fmt.Fprintln(w)
	}
}

func printWorkloads(w io.Writer) {
	fmt.Fprint(w, "| Workload | Category | What it does |\n|---|---|---|\n")
	for _, j := range workload.All {
		fmt.Fprintf(w, "| `%s` | %s | %s. %s |\n", j.Name, j.Category, j.Title, strings.ReplaceAll(j.Doc, "\n", " "))
	}
}
