package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/profiler/sparklog"
)

// adviseCommand finds what slowed a run down and what to change.
func adviseCommand() *cobra.Command {
	var format string
	var limits []string
	var all bool
	c := &cobra.Command{
		Use:   "advise LOG",
		Short: "Say what slowed a run down, what to change, and what that would save",
		Long: `Advise reads an event log, lets every rule judge it, and replays the run under
each change that a rule proposes. Findings are ranked by the wall time at stake.

A prediction is a range; the experiment decides. Run the job with the --conf
lines and compare: stagecoach report BEFORE AFTER.`,
		Example: `  stagecoach advise /tmp/spark-events/app-20240101120000-0001
  stagecoach advise LOG --format json
  stagecoach advise LOG --limit skewed-stage.ratio=6 --all`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := advisor.ParseLimits(rules.All, limits...)
			if err != nil {
				return err
			}
			p, err := sparklog.Open(args[0])
			if err != nil {
				return err
			}
			advice := advisor.Advise(p, rules.All, advisor.Option{All: all, Limits: set})
			switch format {
			case "text":
				return report.AdviceText(c.OutOrStdout(), advice)
			case "json":
				return report.AdviceJSON(c.OutOrStdout(), advice)
			case "markdown":
				return report.AdviceMarkdown(c.OutOrStdout(), advice)
			}
			return fmt.Errorf("unknown format %q; write text, json or markdown", format)
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or markdown")
	c.Flags().StringArrayVar(&limits, "limit", nil, "threshold of a rule, as rule.limit=value; may be repeated")
	c.Flags().BoolVar(&all, "all", false, "findings below 2 % of the wall time as well")
	return c
}
