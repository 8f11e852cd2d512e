package main

import (
	"github.com/spf13/cobra"

	"stagecoach/advisor/report"
	"stagecoach/advisor/sweep"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// simulateCommand replays a recorded run under other settings.
func simulateCommand() *cobra.Command {
	var sets, sweeps []string
	var format string
	c := &cobra.Command{
		Use:   "simulate LOG",
		Short: "Predict a recorded run under other settings",
		Long: `Simulate replays what a log recorded, as it was and with other settings, and
prints the predicted wall time as a range, core-hours, how busy the slots are, and
what becomes of each stage. Nothing is run.

--set changes a setting in every replay; --sweep tries several values of one, and
given more than once, every combination. A setting that the replay has no model
for is refused, as is one that lies more than four times beyond what was measured.`,
		Example: `  stagecoach simulate LOG --set spark.sql.shuffle.partitions=48
  stagecoach simulate LOG --sweep spark.executor.instances=1,2,4,8
  stagecoach simulate LOG --set spark.executor.cores=4 --sweep spark.sql.shuffle.partitions=8,16,32 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			var axes []sweep.Axis
			for _, s := range sweeps {
				axis, err := sweep.ParseAxis(s)
				if err != nil {
					return err
				}
				axes = append(axes, axis)
			}
			p, err := openIndexed(c.Context(), args[0], false)
			if err != nil {
				return err
			}
			m := whatif.NewModel(p)
			fixed, err := parseChanges(sets, m.Config)
			if err != nil {
				return err
			}
			var runs []report.Simulated
			for _, point := range sweep.Grid(axes) {
				runs = append(runs, report.Simulate(m, append(append([]config.Change{}, fixed...), point...)...))
			}
			if format == "json" {
				return report.SimulationJSON(c.OutOrStdout(), runs)
			}
			return report.SimulationText(c.OutOrStdout(), runs)
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "a setting as key=value; may be repeated")
	c.Flags().StringArrayVar(&sweeps, "sweep", nil, "a setting and the values to try, key=a,b,c; may be repeated")
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	c.AddCommand(iterationsCommand())
	return c
}
