package main

import (
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// profileCommand shows what a log holds, as numbers and without judging them.
func profileCommand() *cobra.Command {
	var format, tasks string
	var follow, fresh bool
	stage := -1
	c := &cobra.Command{
		Use:   "profile LOG",
		Short: "Show what ran: jobs, stages, executors, queries, and where the time went",
		Long: `Profile reads an event log and prints what it holds: the application, its jobs,
stages, executors, SQL executions and cached data, where slot time went, and the
chain of stages and driver gaps that made up the wall time. Numbers are those of
Spark's own UI. What the log does not hold is left empty; it is not zero.

LOG is a file in any of Spark's compressions, a rolling directory
(eventlog_v2_*), a directory or a zip or tar archive that holds one of these, the
address of one in S3, Google Cloud Storage, Azure or HDFS (s3://, gs://, abfss://,
hdfs://; credentials are those of the environment), the address of an application
on a History Server, or - for standard input. With
--follow the log may still be written: a line tells how far the application is
whenever more has come, and the profile is printed when it has ended, or at
ctrl+c.

LOG can also be the address of the UI of a running application
(http://driver:4040, or YARN's proxy of it): Spark's REST API is then asked. It
does not say all that a log does; what is missing is among the warnings.

The profile of a finished log of more than 4 MB is kept in the user's cache
directory, and is there at once the next time as long as neither the log's files
nor stagecoach have changed; --fresh reads the log again.

--tasks sketch keeps of stages with more than 1,000 attempts of tasks only counts,
sums, quantiles at whole percents, where the time went, and a hundred outliers of
each kind: what is printed is the same, in a tenth of the memory.

What the log does not hold although it happened (tasks that started and have no
end, lines that could not be read, parts that are missing) is said, with what it
means for the numbers.

--format json has names and units of Spark's REST API; docs/profile.md lists
every field. Totals that are not exact have bounds.`,
		Example: `  stagecoach profile /tmp/spark-events/app-20240101120000-0001
  stagecoach profile LOG --stage 7
  stagecoach profile LOG --format json
  stagecoach profile http://history:18080/history/application_1700000000000_0042/1
  stagecoach profile s3://bucket/spark-events/app-20240101120000-0001.zstd
  stagecoach profile app-1.zstd.inprogress --follow
  stagecoach profile http://driver:4040 --follow`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			if tasks != "all" && tasks != "sketch" {
				return fmt.Errorf("--tasks %s: there are all and sketch", tasks)
			}
			p := &profiler.Profile{}
			var err error
			if tasks == "sketch" {
				p.Sketch()
				debug.SetGCPercent(25) // little memory is what was asked for
			}
			switch {
			case follow:
				err = followProfile(c.Context(), p, c.ErrOrStderr(), args[0], time.Second)
			case tasks == "sketch":
				var running bool
				if running, err = foldRunning(c.Context(), p, args[0]); !running && err == nil {
					err = sparklog.Fold(p, args[0])
				}
			default:
				p, err = openIndexed(c.Context(), args[0], fresh)
			}
			if err != nil {
				return err
			}
			if c.Flags().Changed("stage") && len(attemptsOf(p, stage)) == 0 {
				return fmt.Errorf("--stage %d: the log has no such stage; leave the flag out to see those it has", stage)
			}
			switch {
			case format == "json":
				return profileJSON(c.OutOrStdout(), p, stage)
			case stage >= 0:
				return printSections(c.OutOrStdout(), format, stageSections(p, stage))
			default:
				return printSections(c.OutOrStdout(), format, profileSections(p))
			}
		},
	}
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or markdown")
	c.Flags().BoolVar(&fresh, "fresh", false, "read the log even if its profile was kept from an earlier time")
	c.Flags().StringVar(&tasks, "tasks", "all", "what to keep of the tasks of large stages: all or sketch")
	c.Flags().BoolVar(&follow, "follow", false, "go on reading while the log is being written")
	c.Flags().IntVar(&stage, "stage", -1, "show one stage with the distribution of every metric")
	return c
}
