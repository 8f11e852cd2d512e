package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// reportCommand puts a run, or a run before and after a change, on paper.
func reportCommand() *cobra.Command {
	var format, out string
	c := &cobra.Command{
		Use:   "report LOG [AFTER_LOG]",
		Short: "Write a report of a run, or of a run before and after a change",
		Long: `Report writes one self-contained file: what ran, its configuration, findings,
timeline, stages and plans. With a second log it compares the two runs, and sets
what the changed configuration was predicted to do beside what it did.`,
		Example: `  stagecoach report LOG -o report.html
  stagecoach report BEFORE AFTER -o trial.html
  stagecoach report LOG --format markdown`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := openIndexed(c.Context(), args[0], false)
			if err != nil {
				return err
			}
			var after *profiler.Profile
			var trial *report.Trial
			if len(args) == 2 {
				if after, err = openIndexed(c.Context(), args[1], false); err != nil {
					return err
				}
				trial = report.NewTrial(p, after, whatif.Predict(p, changedBetween(p, after)...))
			}
			advice := advisor.Advise(p, rules.All, advisor.Option{})
			return writeReport(c.OutOrStdout(), out, format, report.New(p, &advice, after, trial))
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "file to write; the format follows its name (.html, .md, .json, .txt) unless --format says otherwise")
	c.Flags().StringVarP(&format, "format", "f", "", "html, markdown, json or text (default text on the terminal)")
	return c
}

// changedBetween are the parameters that differ between two runs, as far as the
// replay models them.
func changedBetween(before, after *profiler.Profile) (out []config.Change) {
	a, _ := config.FromMap(before.Properties)
	b, _ := config.FromMap(after.Properties)
	names := map[string]bool{}
	for k := range a.All {
		names[k] = true
	}
	for k := range b.All {
		names[k] = true
	}
	for _, p := range config.Params {
		for k := range names {
			if known, _ := config.Lookup(k); known.Key == p.Key && whatif.Modelled(k) && a.Text(k) != b.Text(k) {
				out = append(out, config.Change{Key: k, From: a.Text(k), To: b.Text(k)})
			}
		}
	}
	return out
}

// writeReport prints the document to the file, or to stdout without one, in the
// format asked for or that the name of the file says.
func writeReport(stdout io.Writer, path, format string, d *report.Document) (err error) {
	if format == "" {
		format = map[string]string{".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}[strings.ToLower(filepath.Ext(path))]
	}
	w := stdout
	if path != "" {
		f, err := os.Create(path)
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		w = f
	}
	switch format {
	case "html":
		return d.HTML(w)
	case "markdown":
		return d.Markdown(w)
	case "json":
		return d.JSON(w)
	case "text", "":
		return d.Text(w)
	}
	return fmt.Errorf("unknown format %q; write html, markdown, json or text", format)
}
