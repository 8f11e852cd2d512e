package main

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

func logListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list DIR",
		Short: "List the applications whose logs are in a folder",
		Long: `List reads the beginning and the end of each log in DIR and lists the applications,
the one that started last first. What it has read of finished logs is kept in the
user's cache directory until they change.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			index, err := sparklog.UserIndex()
			if err != nil {
				index = sparklog.Index{} // without a home there is no cache
			}
			list, err := index.List(args[0])
			if err != nil {
				return err
			}
			slices.SortStableFunc(list, func(a, b sparklog.Listed) int { return cmp.Compare(b.Header.App.Time, a.Header.App.Time) })
			logs := section{title: "Applications", header: []string{"started", "wall", "application", "name", "user", "spark", "size", "log"}}
			other := section{title: "No logs", header: []string{"file", "why"}}
			for _, l := range list {
				if l.Err != nil {
					other.add(l.Path, l.Err)
					continue
				}
				h := l.Header
				app := profiler.App{Start: h.App.Time, End: h.End, LastEvent: h.App.Time}
				id := h.App.ID
				if h.App.AttemptID != "" {
					id += " attempt " + h.App.AttemptID
				}
				logs.add(clock(h.App.Time), length(app.Wall(), event.Millis(h.End)), id, oneLine(h.App.Name, 40), h.App.User, h.Version,
					metric.FormatBytes(h.Size), l.Path)
			}
			return printSections(c.OutOrStdout(), "text", []section{logs, other})
		},
	}
}
