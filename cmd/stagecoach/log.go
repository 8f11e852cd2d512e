package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stagecoach/profiler/sparklog"
)

// logCommand makes event logs of event logs, and looks at them as files.
func logCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "log",
		Short: "List, convert, redact, slice, merge, count and check event logs",
		Long: `Log works on event logs line by line: what it does not change stays as Spark wrote
it, events that stagecoach does not know too. What it writes has Spark's names,
and Spark's History Server opens it.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(logConvertCommand(), logRedactCommand(), logSliceCommand(), logMergeCommand(), logListCommand(), logStatsCommand(), logValidateCommand())
	return c
}

// A logTarget is where a log is written to, as flags say.
type logTarget struct {
	dir  string
	opt  sparklog.Options
	size int64 // megabytes
}

func (t *logTarget) flags(c *cobra.Command) {
	c.Flags().StringVarP(&t.dir, "out", "o", ".", "folder to write the log into")
	c.Flags().StringVar(&t.opt.Codec, "codec", "zstd", "zstd, lz4, snappy, lzf or none")
	c.Flags().BoolVar(&t.opt.Rolling, "rolling", false, "write a folder of parts (eventlog_v2_*), as Spark 4 does")
	c.Flags().Int64Var(&t.size, "max-file-size", 128, "megabytes of text in a part")
}

// rewrite writes to the target what change makes of each record of the logs at
// paths, in their order: nil leaves a line out. It says where the log is.
func (t *logTarget) rewrite(out io.Writer, paths []string, change func(*sparklog.Record) ([]byte, error)) error {
	if t.size < 2 {
		return fmt.Errorf("--max-file-size %d: Spark wants at least 2", t.size)
	}
	t.opt.MaxFileSize = t.size << 20
	h, err := sparklog.ReadHeader(paths[0])
	if err != nil {
		return err
	}
	if h.App.ID == "" {
		h.App.ID = "unnamed"
	}
	w, err := sparklog.Create(t.dir, h.App.ID, h.App.AttemptID, t.opt)
	if err != nil {
		return err
	}
	lines, left := 0, 0
	err = eachRecord(out, paths, func(r *sparklog.Record) error {
		line, err := change(r)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", r.File, r.Number, err)
		}
		if line == nil {
			left++
			return nil
		}
		lines++
		w.AddLine(line)
		return nil
	})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d lines", w.Path(), lines)
	if left > 0 {
		fmt.Fprintf(out, ", %d left out", left)
	}
	fmt.Fprintln(out)
	return nil
}

// eachRecord calls do for each event of the logs at paths, and prints what could
// not be read.
func eachRecord(out io.Writer, paths []string, do func(*sparklog.Record) error) error {
	for _, path := range paths {
		for r, err := range sparklog.Records(path) {
			var odd *sparklog.Error
			switch {
			case errors.As(err, &odd) && odd.Skipped:
				if odd.Loss != "" {
					fmt.Fprintln(out, "warning:", odd)
				}
			case err != nil:
				return err
			case r.Name != "":
				if err := do(r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func logConvertCommand() *cobra.Command {
	var to logTarget
	c := &cobra.Command{
		Use:   "convert LOG",
		Short: "Write a log in another compression or layout",
		Long: `Convert writes the events of LOG, line by line as they are, in the compression and
layout that is asked for. Lines that are no events are left out.`,
		Example: `  stagecoach log convert eventlog_v2_app-1 --codec none -o plain
  stagecoach log convert app-1.lz4 --codec zstd --rolling -o logs`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return to.rewrite(c.OutOrStdout(), args, func(r *sparklog.Record) ([]byte, error) { return r.Line, nil })
		},
	}
	to.flags(c)
	return c
}

func logMergeCommand() *cobra.Command {
	var to logTarget
	c := &cobra.Command{
		Use:   "merge LOG LOG...",
		Short: "Join logs of one application that came in pieces",
		Long: `Merge writes the events of several logs of one application attempt as one log, in
the order in which the logs are given. A log that names another application is
refused. The first line, which names the version of Spark, is written once.`,
		Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			id, started := "", false
			return to.rewrite(c.OutOrStdout(), args, func(r *sparklog.Record) ([]byte, error) {
				if r.Name == "SparkListenerLogStart" {
					if started {
						return nil, nil
					}
					started = true
				}
				if app, ok := applicationOf(r); ok {
					if id != "" && app != id {
						return nil, fmt.Errorf("the application is %s, and that of the logs before is %s; give logs of one application", app, id)
					}
					id = app
				}
				return r.Line, nil
			})
		},
	}
	to.flags(c)
	return c
}
