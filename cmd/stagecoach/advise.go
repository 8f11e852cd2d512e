package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/sparklog"
)

// adviseCommand finds what slowed a run down and what to change.
func adviseCommand() *cobra.Command {
	var format, limitsFile string
	var limits []string
	var all bool
	var details int
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
checked, with the reason; docs/advise.md has every field. Of several logs it is a
list, each entry with "log".

Several logs, or a folder of them, are ranked by the core-seconds that advice would
free. Where an application has several runs among them, what was advised for one is
held against the next: which settings were made, what they were predicted to save,
and what the wall time did.

--format sarif is SARIF 2.1.0, for code scanning: the fingerprint of a result is
the finding's identity, which holds no measurement.`,
		Example: `  stagecoach advise /tmp/spark-events/app-20240101120000-0001
  stagecoach advise LOG --format json
  stagecoach advise LOG --limit skewed-stage.ratio=6 --all
  stagecoach advise /tmp/spark-events
  stagecoach advise LOG --format sarif > advice.sarif`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := readLimits(limitsFile, limits)
			if err != nil {
				return err
			}
			if err := checkFormat(format, "text", "json", "md", "markdown", "sarif"); err != nil {
				return err
			}
			logs := expand(args)
			runs, failed := judge(c.Context(), logs, advisor.Option{All: all, Limits: set})
			if len(runs) > 0 {
				err = printAdvice(c.OutOrStdout(), runs, len(logs) > 1, format, details)
			}
			return errors.Join(append(failed, err)...)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json, md or sarif")
	c.Flags().StringArrayVar(&limits, "limit", nil, "threshold of a rule, as rule.limit=value; may be repeated")
	c.Flags().StringVar(&limitsFile, "limits", "", "file of thresholds, one rule.limit=value a line; stagecoach docs rules lists them")
	c.Flags().IntVar(&details, "details", 5, "of several logs, how many to print the advice on")
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

// judge reads the logs and advises on each. What cannot be read is told at the end.
func judge(ctx context.Context, paths []string, opt advisor.Option) (runs []advisor.Judged, failed []error) {
	for _, path := range paths {
		p, err := openIndexed(ctx, path, false)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		runs = append(runs, advisor.Judge(path, p, rules.All, opt))
	}
	return runs, failed
}

// expand puts in place of a folder the logs below it, where there are several. What
// is no log there is left out; what is named by itself is read, or complained of.
func expand(paths []string) []string {
	var out []string
	for _, path := range paths {
		var inside []string
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			inside = logsBelow(path)
		}
		if len(inside) < 2 {
			inside = []string{path}
		}
		out = append(out, inside...)
	}
	return out
}

func logsBelow(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "events_") }) {
		return []string{dir} // a rolling log
	}
	var out []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if e.IsDir() {
			out = append(out, logsBelow(path)...)
		} else if _, err := sparklog.ReadHeader(path); err == nil {
			out = append(out, path)
		}
	}
	return out
}

// printAdvice prints the advice on one log, or on several with their ranking.
func printAdvice(w io.Writer, runs []advisor.Judged, several bool, format string, details int) error {
	switch {
	case format == "sarif":
		return report.AdviceSARIF(w, runs, rules.All)
	case several && format == "json":
		return report.RankingJSON(w, runs)
	case several && format == "text":
		return report.RankingText(w, runs, details)
	case several:
		return report.RankingMarkdown(w, runs, details)
	case format == "json":
		return report.AdviceJSON(w, runs[0].Report)
	case format == "text":
		return report.AdviceText(w, runs[0].Report)
	}
	return report.AdviceMarkdown(w, runs[0].Report)
}
