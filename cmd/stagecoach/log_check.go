package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

func logStatsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stats LOG",
		Short: "Count the events of a log and the bytes they take",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			type row struct {
				name                  string
				lines, bytes, longest int
			}
			rows := map[string]*row{}
			total := 0
			err := eachRecord(c.ErrOrStderr(), args, func(r *sparklog.Record) error {
				s := rows[r.Name]
				if s == nil {
					s = &row{name: r.Name}
					rows[r.Name] = s
				}
				s.lines++
				s.bytes += len(r.Line) + 1
				s.longest = max(s.longest, len(r.Line))
				total += len(r.Line) + 1
				return nil
			})
			if err != nil {
				return err
			}
			s := section{title: fmt.Sprintf("Events, %s of text", metric.FormatBytes(int64(total))), header: []string{"event", "lines", "bytes", "share", "mean", "longest"}}
			for _, r := range slices.SortedFunc(maps.Values(rows), func(a, b *row) int { return cmp.Or(cmp.Compare(b.bytes, a.bytes), cmp.Compare(a.name, b.name)) }) {
				s.add(strings.TrimPrefix(r.name, "org.apache.spark."), r.lines, metric.FormatBytes(int64(r.bytes)), fmt.Sprintf("%.1f %%", 100*float64(r.bytes)/float64(max(1, total))),
					metric.FormatBytes(int64(r.bytes/r.lines)), metric.FormatBytes(int64(r.longest)))
			}
			return printSections(c.OutOrStdout(), "text", []section{s})
		},
	}
}

func logValidateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate LOG",
		Short: "Say what is wrong with a log, and what Spark's History Server would not show of it",
		Long: `Validate reads a log and lists what is missing or broken, and what keeps Spark's
History Server from listing it or showing a page. It ends with code 1 if there is
anything to tell, and with 0 if the log is whole.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := checkLog(args[0])
			if err != nil {
				return err
			}
			if len(s.rows) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "the log is whole")
				return nil
			}
			if err := printSections(c.OutOrStdout(), "text", []section{s}); err != nil {
				return err
			}
			return coded{exitFailed, nil}
		},
	}
}

// checkLog lists what is wrong with the log at path.
func checkLog(path string) (section, error) {
	s := section{title: "What is wrong with the log", header: []string{"where", "what"}}
	p := &profiler.Profile{}
	var check serverCheck
	for r, err := range sparklog.Records(path) {
		var odd *sparklog.Error
		switch {
		case errors.As(err, &odd) && odd.Skipped:
			odd.Warn(p)
		case err != nil:
			return s, err
		default:
			check.record(r)
			if e := r.Event(); e != nil {
				p.Add(e)
			}
		}
	}
	p.Settle()
	for _, w := range p.Warnings {
		s.add(w.Where, w.What)
	}
	for _, g := range p.Incomplete() {
		if !slices.ContainsFunc(p.Lost, func(l profiler.Loss) bool { return l.What == g.What }) {
			s.add(g.What, g.Meaning)
		}
	}
	for _, w := range check.verdict() {
		s.add("History Server", w)
	}
	return s, nil
}

// A serverCheck looks for what Spark's History Server cannot do without.
type serverCheck struct {
	environment, appID bool
	late               string // first event whose name is not its first key
	bare               int    // jobs without properties
	beyond             int    // tasks whose index their stage does not have
	tasks              map[[2]int]int
}

func (c *serverCheck) record(r *sparklog.Record) {
	if r.Name != "" && c.late == "" && !strings.HasPrefix(string(r.Line[:min(len(r.Line), 10)]), `{"Event":"`) {
		c.late = fmt.Sprintf("%s, line %d", r.File, r.Number)
	}
	switch e := r.Event().(type) {
	case event.EnvironmentUpdate:
		c.environment = true
	case event.ApplicationStart:
		c.appID = c.appID || e.ID != ""
	case event.JobStart:
		if e.Properties == nil {
			c.bare++
		}
	case event.StageSubmitted:
		if c.tasks == nil {
			c.tasks = map[[2]int]int{}
		}
		c.tasks[[2]int{e.Info.StageID, e.Info.AttemptID}] = e.Info.NumTasks
	case event.TaskEnd:
		if n, known := c.tasks[[2]int{e.StageID, e.StageAttempt}]; known && e.Info.Index >= n {
			c.beyond++
		}
	}
}

func (c *serverCheck) verdict() (out []string) {
	say := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(!c.appID, "no application id is in the log: it is not listed")
	say(!c.environment, "no environment is in the log: the pages of environment and jobs fail")
	say(c.late != "", "Event is not the first key (%s): the application is not found while listing", c.late)
	say(c.bare > 0, "%d jobs have no properties: its SQL tab does not show them", c.bare)
	say(c.beyond > 0, "%d tasks have an index that their stage does not have: it fails on them", c.beyond)
	return out
}
