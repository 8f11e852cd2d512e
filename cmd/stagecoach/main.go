// Command stagecoach profiles, explains and tunes partitioned data jobs, on its
// own engine or from what Apache Spark recorded.
//
// Exit codes: 0 all well; 1 a regression (gate) or a failed check; 2 wrong
// usage; 3 the input data cannot be read, or (gate) there is not enough
// evidence; 4 the job failed; 5 there is no baseline (gate).
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/benchmarks/runner"
	"stagecoach/engine/source"
	"stagecoach/profiler/remote"
	"stagecoach/profiler/sparklog"
)

// Exit codes of every command.
const (
	exitFailed     = 1
	exitUsage      = 2
	exitData       = 3
	exitJob        = 4
	exitNoBaseline = 5
)

// A coded error says with which code the command ends. Text is empty when
// everything has been said already.
type coded struct {
	code int
	err  error
}

func (e coded) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}
func (e coded) Unwrap() error { return e.err }

// jobError marks an error of a job that ran.
func jobError(err error) error {
	if err == nil {
		return nil
	}
	return coded{exitJob, err}
}

func main() {
	sparklog.Storages = remote.Open
	// Tasks keep their threads busy; one more lets the driver answer at once
	// instead of after the ten milliseconds in which Go takes a processor away.
	runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := rootCommand().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "stagecoach: "+text)
	}
	os.Exit(exitCode(err))
}

// exitCode chooses the code of an error: what it was marked with, data for what
// cannot be read, else usage.
func exitCode(err error) int {
	var c coded
	var data *source.Error
	var log *sparklog.Error
	var path *fs.PathError
	switch {
	case errors.As(err, &data), errors.As(err, &log):
		return exitData
	case errors.As(err, &c):
		return c.code
	case errors.As(err, &path):
		return exitData
	}
	return exitUsage
}

// rootCommand lists every command, in the order of the help.
func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "stagecoach",
		Short: "Profile, explain and tune partitioned data jobs",
		Long: `stagecoach finds what makes a Spark job slow, says what to change, predicts what
the change saves, and proves it by running the job again.

It runs jobs on an engine of its own and reads the event logs of Apache Spark;
both end in the same profile, advice, screens and reports.`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddGroup(&cobra.Group{ID: "run", Title: "Run a job:"}, &cobra.Group{ID: "look", Title: "Look at a run:"},
		&cobra.Group{ID: "tune", Title: "Tune it:"}, &cobra.Group{ID: "data", Title: "Data and reference:"})
	root.PersistentPreRun = func(c *cobra.Command, _ []string) {
		for c.GroupID == "" && c.HasParent() {
			c = c.Parent()
		}
		if c.GroupID == "look" || slices.Contains([]string{"size", "lint", "simulate"}, c.Name()) { // the others run jobs
			runner.TuneGCForLogs()
		} else {
			runner.TuneGC()
		}
	}
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			if group == "look" {
				c.PersistentFlags().Int64Var(&sparklog.Expansion, "max-expansion", sparklog.Expansion,
					"how many times as long as what it is compressed to a log may be")
			}
			root.AddCommand(c)
		}
	}
	add("run", demoCommand(), sqlCommand(), runCommand(), explainCommand())
	add("look", profileCommand(), adviseCommand(), uiCommand(), reportCommand(), serveCommand(), mcpCommand(), logCommand())
	add("tune", sizeCommand(), lintCommand(), simulateCommand(), trialCommand(), sweepCommand(), benchCommand(), gateCommand())
	add("data", dataCommand(), docsCommand(), versionCommand())
	root.SetHelpCommandGroupID("data")
	root.SetCompletionCommandGroupID("data")
	return root
}

// formats are the values of --format.
func checkFormat(format string, allowed ...string) error {
	for _, f := range allowed {
		if f == format {
			return nil
		}
	}
	return fmt.Errorf("--format %s: there are %s", format, strings.Join(allowed, ", "))
}
