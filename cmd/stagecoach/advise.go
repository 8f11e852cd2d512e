package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
)

// adviseCommand finds what slowed a run down and what to change.
func adviseCommand() *cobra.Command {
	var format, limitsFile string
	var limits []string
	var all bool
	c := &cobra.Command{
		Use:   "advise LOG...",
		Short: "Say what slowed a run down, what to change, and what that would save",
		Long: `Advise reads an event log, lets every rule judge it, and replays the run under
each change that a rule proposes. Findings are ranked by the wall time at stake.

A prediction is a range; the experiment decides. Run the job with the --conf
lines and compare: stagecoach report BEFORE AFTER.

--format json has "findings" in rank order, each with "rule", "cause",
"severity" (info, warning, critical), "stages", "evidence", "changes" (key,
from, to) and "savingMs" (low, expected, high), and "notRun": what could not be
checked, with the reason. Of several logs it is a list, each entry with "log".`,
		Example: `  stagecoach advise /tmp/spark-events/app-20240101120000-0001
  stagecoach advise LOG --format json
  stagecoach advise LOG --limit skewed-stage.ratio=6 --all
  stagecoach advise /tmp/spark-events/*`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := readLimits(limitsFile, limits)
			if err != nil {
				return err
			}
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			var advised []advisedLog
			var failed []error
			for _, log := range args {
				p, err := openIndexed(c.Context(), log, false)
				if err != nil {
					failed = append(failed, err)
					continue
				}
				advised = append(advised, advisedLog{log, advisor.Advise(p, rules.All, advisor.Option{All: all, Limits: set})})
			}
			if len(args) == 1 && len(failed) == 0 {
				err = printAdvice(c.OutOrStdout(), advised[0].report, format)
			} else if len(args) > 1 {
				err = printAdvised(c.OutOrStdout(), advised, format)
			}
			return errors.Join(append(failed, err)...)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or markdown")
	c.Flags().StringArrayVar(&limits, "limit", nil, "threshold of a rule, as rule.limit=value; may be repeated")
	c.Flags().StringVar(&limitsFile, "limits", "", "file of thresholds, one rule.limit=value a line; stagecoach docs rules lists them")
	c.Flags().BoolVar(&all, "all", false, "findings below 2 % of the wall time as well")
	return c
}

// readLimits reads the file of thresholds, if there is one, and then the single
// ones, which count more.
func readLimits(file string, single []string) (advisor.Overrides, error) {
	set := advisor.Overrides{}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if set, err = advisor.ReadLimits(rules.All, string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	more, err := advisor.ParseLimits(rules.All, single...)
	if err != nil {
		return nil, err
	}
	maps.Copy(set, more)
	return set, nil
}

// advisedLog is the advice on one of several logs.
type advisedLog struct {
	log    string
	report advisor.Report
}

// MarshalJSON is the report with the name of the log.
func (a advisedLog) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(a.report)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal(a.log)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, `{"log":%s,%s`, name, text[1:]), nil
}

// printAdvice prints the advice on one log.
func printAdvice(w io.Writer, r advisor.Report, format string) error {
	switch format {
	case "json":
		return report.AdviceJSON(w, r)
	case "markdown":
		return report.AdviceMarkdown(w, r)
	}
	return report.AdviceText(w, r)
}

// printAdvised prints the advice on several logs, in the order of the arguments.
func printAdvised(w io.Writer, advised []advisedLog, format string) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(advised)
	}
	for _, a := range advised {
		fmt.Fprintf(w, "## %s: %s\n\n", a.log, a.report.App.Name)
		if err := printAdvice(w, a.report, format); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}
