package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor/lint"
	"stagecoach/advisor/report"
)

// lintCommand judges settings, of a file or of a run.
func lintCommand() *cobra.Command {
	var format, version string
	c := &cobra.Command{
		Use:   "lint FILE|LOG...",
		Short: "Find settings that do not do what they say: mistyped, obsolete, ineffective, contradictory",
		Long: `Lint reads a spark-defaults.conf or the settings in an event log and names keys that
no Spark knows, that a version dropped (and what took their place), that wait for
another setting, that contradict each other, and that put data at risk. Each remark
has its source; stagecoach docs lint lists the table.

What a setting costs in time is found by advise, which measures it: much of what is
named here changes nothing, and a healthy run may well have it.

Ends with code 1 when a remark is an error (Spark does not start, or data is at
risk), or a key is mistyped.`,
		Example: `  stagecoach lint spark-defaults.conf
  stagecoach lint spark-defaults.conf --spark 3.5
  stagecoach lint LOG --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "md", "markdown", "sarif"); err != nil {
				return err
			}
			var linted []report.Linted
			var failed []error
			wrong := false
			for _, path := range args {
				s, err := readSetup(c, path)
				if err != nil {
					failed = append(failed, err)
					continue
				}
				if version != "" {
					s.Version = version
				}
				l := report.Linted{Path: path, Remarks: lint.Check(s)}
				for _, r := range l.Remarks {
					wrong = wrong || r.Severity == "error" || r.Kind == lint.Mistyped
				}
				linted = append(linted, l)
			}
			out := c.OutOrStdout()
			var err error
			switch format {
			case "json":
				err = report.LintJSON(out, linted)
			case "sarif":
				err = report.LintSARIF(out, linted)
			case "md", "markdown":
				err = report.LintMarkdown(out, linted)
			default:
				err = report.LintText(out, linted)
			}
			if err := errors.Join(append(failed, err)...); err != nil {
				return err
			}
			if wrong {
				return coded{code: exitFailed}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json, md or sarif")
	c.Flags().StringVar(&version, "spark", "", "version of Spark that will read the settings, such as 3.5; of a log it is the run's")
	return c
}

// readSetup reads a file of settings, or else a log. Lines of a file that hold no
// setting are told at once.
func readSetup(c *cobra.Command, path string) (lint.Setup, error) {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() && info.Size() < 1<<20 {
		text, err := os.ReadFile(path)
		if err != nil {
			return lint.Setup{}, err
		}
		if isSettings(string(text)) {
			s, odd := lint.ReadFile(string(text))
			for _, o := range odd {
				fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", path, o)
			}
			return s, nil
		}
	}
	p, err := openIndexed(c.Context(), path, false)
	if err != nil {
		return lint.Setup{}, err
	}
	return lint.OfRun(p), nil
}

// isSettings reports whether a text is a file of settings: its first line that is
// no comment begins with spark or holds no JSON.
func isSettings(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		return line[0] >= 'A' && line[0] <= 'z' && line[0] != '[' && strings.IndexFunc(line, func(r rune) bool { return r < ' ' && r != '\t' }) < 0
	}
	return true
}
