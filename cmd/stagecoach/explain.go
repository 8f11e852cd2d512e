package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/advisor/rules"
	"stagecoach/engine"
)

func explainCommand() *cobra.Command {
	var f jobFlags
	var mode string
	c := &cobra.Command{
		Use:   "explain WORKLOAD|RULE",
		Short: "Print how a workload's queries would be run, or what a rule of the advisor looks for",
		Example: `  stagecoach explain zone-join --data data --conf spark.sql.autoBroadcastJoinThreshold=-1
  stagecoach explain skewed-stage`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, r := range rules.All {
				if r.Name == args[0] {
					printRule(c.OutOrStdout(), r)
					return nil
				}
			}
			j, err := f.open(args[0])
			if err != nil {
				return err
			}
			s, err := engine.NewSession(j.conf)
			if err != nil {
				return err
			}
			defer s.Close()
			for _, q := range j.workload.Build(s, j.data) {
				text, err := q.Frame.Explain(mode)
				if err != nil {
					return jobError(fmt.Errorf("%s: %w", q.Name, err))
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: %s\n%s\n", q.Name, q.Title, text)
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&mode, "mode", "simple", strings.Join(engine.ExplainModes, ", "))
	return c
}
