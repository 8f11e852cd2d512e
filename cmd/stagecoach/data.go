package main

import "github.com/spf13/cobra"

// dataCommand makes data and looks at it, before any job runs.
func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "Generate taxi data, describe and profile data before a job reads it",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(dataGenerateCommand(), dataDescribeCommand(), dataProfileCommand())
	return c
}
