package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor/report"
	"stagecoach/advisor/size"
	"stagecoach/advisor/sweep"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// simulateCommand replays a recorded run under other settings.
func simulateCommand() *cobra.Command {
	var sets, sweeps, without []string
	var format, node, prices string
	var storage float64
	c := &cobra.Command{
		Use:   "simulate LOG",
		Short: "Predict a recorded run under other settings",
		Long: `Simulate replays what a log recorded, as it was and with other settings, and
prints the predicted wall time as a range, core-hours and what they cost, how busy
the slots are, and what becomes of each stage. Nothing is run.

--set changes a setting in every replay; --sweep tries several values of one, and
given more than once, every combination. A setting that the replay has no model
for is refused, as is one that lies more than four times beyond what was measured.

There are models for executors, cores and memory, dynamic allocation, shuffle
partitions and how files are cut, adaptive execution, broadcast joins, speculation,
pushed filters, and cached frames (stagecoach.storageLevel.NAME).

--without takes out of every replay what tasks do beside their work, whatever would
remove it: skew, spill, gc, fetch-wait or retries. It bounds what mending that can
save. --storage-speed makes disks and file systems so many times as fast.`,
		Example: `  stagecoach simulate LOG --set spark.sql.shuffle.partitions=48
  stagecoach simulate LOG --sweep spark.executor.instances=1,2,4,8
  stagecoach simulate LOG --without skew,spill
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
			h, err := hypothesis(m, without, storage, node, prices)
			if err != nil {
				return err
			}
			var runs []report.Simulated
			for _, point := range sweep.Grid(axes) {
				runs = append(runs, report.Simulate(m, h, append(append([]config.Change{}, fixed...), point...)...))
			}
			if format == "json" {
				return report.SimulationJSON(c.OutOrStdout(), runs)
			}
			return report.SimulationText(c.OutOrStdout(), runs)
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "a setting as key=value; may be repeated")
	c.Flags().StringArrayVar(&sweeps, "sweep", nil, "a setting and the values to try, key=a,b,c; may be repeated")
	c.Flags().StringSliceVar(&without, "without", nil, "what to take out: "+strings.Join(whatif.Reasons, ", "))
	c.Flags().Float64Var(&storage, "storage-speed", 1, "how many times as fast disks and file systems are")
	c.Flags().StringVar(&node, "node", "", "type of machine that cores are priced as (default: the cheapest with the executors' memory)")
	c.Flags().StringVar(&prices, "prices", "", "file of prices (size --show-prices prints the built-in one)")
	c.Flags().StringVarP(&format, "format", "f", "text", "text or json")
	c.AddCommand(iterationsCommand())
	return c
}

// hypothesis is what every replay is made with.
func hypothesis(m *whatif.Model, without []string, storage float64, node, file string) (h report.Hypothesis, err error) {
	for _, reason := range without {
		edit, err := whatif.Without(reason)
		if err != nil {
			return h, fmt.Errorf("--without: %w", err)
		}
		h.Without, h.Edits = append(h.Without, reason), append(h.Edits, edit)
	}
	if storage != 1 {
		edit, err := whatif.FasterStorage(storage)
		if err != nil {
			return h, fmt.Errorf("--storage-speed: %w", err)
		}
		h.Storage, h.Edits = storage, append(h.Edits, edit)
	}
	if h.Prices, err = readPrices(file); err != nil {
		return h, err
	}
	run := size.Observe(m)
	h.Node, err = h.Prices.Fitting(node, float64(run.Heap)/float64(1<<30)/float64(max(1, run.Cores)))
	return h, err
}
