package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"stagecoach/engine"
)

// version is set when a release is built.
var version = "development"

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the version of Spark whose rules the engine follows",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			revision := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = " (" + s.Value[:min(12, len(s.Value))] + ")"
					}
				}
			}
			fmt.Fprintf(c.OutOrStdout(), "stagecoach %s%s, %s %s/%s, as Spark %s\n", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, engine.SparkVersion)
			return nil
		},
	}
}
