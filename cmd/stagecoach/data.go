package main

import "github.com/spf13/cobra"

// dataCommand is what can be done with data before any job runs.
func dataCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "Describe data before a job reads it",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(dataDescribeCommand())
	return c
}
