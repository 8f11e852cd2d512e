package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

func logRedactCommand() *cobra.Command {
	var to logTarget
	var pattern string
	var hosts, paths, literals bool
	c := &cobra.Command{
		Use:   "redact LOG",
		Short: "Hide secrets, and on request machines, paths and what queries look for",
		Long: `Redact writes a log that can be given away. Values of properties are hidden where
spark.redaction.regex (the log's own, else Spark's default, else --pattern) finds
something in their key or value; Spark did so when it wrote the log, unless the
pattern was narrower then.

--hosts replaces the names of machines by host-1, host-2, ..., --paths those of
files by /path-1, /path-2, ...: the same name by the same number everywhere.
--sql-literals empties the texts of plans, descriptions of queries and call sites.
Graphs, names of nodes, times and all other numbers stay, so that what was wrong
with the application can still be seen. Messages of errors stay, too: look at them.`,
		Example: `  stagecoach log redact app-1.zstd --hosts --paths --sql-literals -o public`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if pattern == "" {
				err := eachRecord(c.ErrOrStderr(), args, func(r *sparklog.Record) error {
					if e, ok := r.Event().(event.EnvironmentUpdate); ok {
						pattern = e.Spark["spark.redaction.regex"]
						return errEnough
					}
					return nil
				})
				if err != nil && !errors.Is(err, errEnough) {
					return err
				}
			}
			r, err := sparklog.NewRedactor(pattern)
			if err != nil {
				return err
			}
			r.Hosts, r.Paths, r.Literals = hosts, paths, literals
			if hosts {
				if err := eachRecord(c.ErrOrStderr(), args, func(rec *sparklog.Record) error { r.Learn(rec); return nil }); err != nil {
					return err
				}
			}
			return to.rewrite(c.OutOrStdout(), args, func(rec *sparklog.Record) ([]byte, error) { return r.Line(rec.Line) })
		},
	}
	to.flags(c)
	c.Flags().StringVar(&pattern, "pattern", "", "what keys and values of secrets look like, a regular expression")
	c.Flags().BoolVar(&hosts, "hosts", false, "hide the names of machines")
	c.Flags().BoolVar(&paths, "paths", false, "hide the paths and addresses of files")
	c.Flags().BoolVar(&literals, "sql-literals", false, "empty the texts of plans and queries")
	return c
}

// errEnough ends the reading of a log of which enough is known.
var errEnough = errors.New("enough")

func logSliceCommand() *cobra.Command {
	var to logTarget
	var jobs, from, until string
	c := &cobra.Command{
		Use:   "slice LOG",
		Short: "Write a log of some of the jobs",
		Long: `Slice writes the events of some jobs: their stages, tasks and SQL executions, and
all that says what the application, its environment and its executors were. Jobs
are chosen by number, or by the time at which they started.`,
		Example: `  stagecoach log slice app-1.zstd --jobs 3,7-9 -o slice
  stagecoach log slice app-1.zstd --from 2026-01-01T02:00:00Z --until 2026-01-01T02:10:00Z -o slice`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			wanted, err := parseJobs(jobs)
			if err != nil {
				return err
			}
			first, err := parseClock("--from", from)
			if err != nil {
				return err
			}
			last, err := parseClock("--until", until)
			if err != nil {
				return err
			}
			if wanted == nil && first == 0 && last == 0 {
				return errors.New("slice needs --jobs, --from or --until; stagecoach profile lists the jobs")
			}
			s := sparklog.Slice{Job: func(id int, start event.Millis) bool {
				return (wanted == nil || wanted(id)) && start >= first && (last == 0 || start < last)
			}}
			if err := eachRecord(c.ErrOrStderr(), args, func(r *sparklog.Record) error { s.Learn(r); return nil }); err != nil {
				return err
			}
			return to.rewrite(c.OutOrStdout(), args, func(r *sparklog.Record) ([]byte, error) {
				if !s.Keep(r) {
					return nil, nil
				}
				return r.Line, nil
			})
		},
	}
	to.flags(c)
	c.Flags().StringVar(&jobs, "jobs", "", "numbers of jobs, 3,7-9")
	c.Flags().StringVar(&from, "from", "", "jobs that started at this time or later, 2026-01-01T02:00:00Z")
	c.Flags().StringVar(&until, "until", "", "jobs that started before this time")
	return c
}

// parseJobs reads "3,7-9"; nil stands for no choice.
func parseJobs(text string) (func(id int) bool, error) {
	if text == "" {
		return nil, nil
	}
	var spans [][2]int
	for piece := range strings.SplitSeq(text, ",") {
		a, b, isSpan := strings.Cut(strings.TrimSpace(piece), "-")
		from, err := strconv.Atoi(a)
		to := from
		if isSpan && err == nil {
			to, err = strconv.Atoi(b)
		}
		if err != nil || to < from {
			return nil, fmt.Errorf("--jobs %s: %q is neither a number nor a span of numbers such as 7-9", text, piece)
		}
		spans = append(spans, [2]int{from, to})
	}
	return func(id int) bool {
		for _, s := range spans {
			if id >= s[0] && id <= s[1] {
				return true
			}
		}
		return false
	}, nil
}

// parseClock reads a time; 0 stands for none.
func parseClock(flag, text string) (event.Millis, error) {
	if text == "" {
		return 0, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return event.Millis(t.UnixMilli()), nil
		}
	}
	return 0, fmt.Errorf("%s %s: give a time as 2026-01-01T02:00:00Z", flag, text)
}

// applicationOf is the application that a record names.
func applicationOf(r *sparklog.Record) (string, bool) {
	e, ok := r.Event().(event.ApplicationStart)
	return e.ID, ok
}
