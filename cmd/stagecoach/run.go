package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/benchmarks/gate"
	"stagecoach/benchmarks/runner"
	"stagecoach/engine/expr"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/tui"
)

func runCommand() *cobra.Command {
	var f jobFlags
	var format string
	var live bool
	var rows int
	c := &cobra.Command{
		Use:   "run WORKLOAD",
		Short: "Run a workload on the engine and print its answers",
		Long: `Run a workload on the engine, print its answers and what the run took.

With --event-log the run leaves a Spark event log that stagecoach and Spark's
History Server open. With --ui the run is shown while it happens.`,
		Example: `  stagecoach run taxi-questions --data data
  stagecoach run zone-join --data data --conf spark.sql.shuffle.partitions=8 --event-log logs`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			j, err := f.open(args[0])
			if err != nil {
				return err
			}
			o := runner.Options{Data: j.data, LogDir: f.logDir}
			if live {
				return runLive(c, j, o)
			}
			r, err := runner.Engine(c.Context(), j.workload, j.conf, o)
			if r != nil && r.Log != "" && err != nil {
				fmt.Fprintln(c.ErrOrStderr(), "event log of what ran:", r.Log)
			}
			if err != nil {
				return jobError(err)
			}
			return printRun(c.OutOrStdout(), r, format, rows)
		},
	}
	f.add(c)
	c.Flags().StringVar(&f.logDir, "event-log", "", "folder to write a Spark event log into")
	c.Flags().StringVar(&format, "format", "text", "text, json or markdown")
	c.Flags().BoolVar(&live, "ui", false, "show the run while it happens")
	c.Flags().IntVar(&rows, "rows", 10, "rows of each answer to print")
	return c
}

// runLive runs the job behind the terminal UI. Leaving the UI stops the job.
func runLive(c *cobra.Command, j job, o runner.Options) error {
	if !isatty.IsTerminal(os.Stdout.Fd()) {
		return errors.New("--ui needs a terminal, and standard output is none; leave it out")
	}
	ctx, stop := context.WithCancel(c.Context())
	defer stop()
	live := new(profiler.Live)
	o.Listener = live.Add
	var failure error
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, failure = runner.Engine(ctx, j.workload, j.conf, o)
	}()
	latest := func() (*profiler.Profile, bool) {
		select {
		case <-done:
			return live.Snapshot(), false
		default:
			return live.Snapshot(), true
		}
	}
	advise := func(p *profiler.Profile) advisor.Report { return advisor.Advise(p, rules.All, advisor.Option{}) }
	err := tui.Run(c.Context(), latest, tui.Options{Live: true, Advise: advise})
	stop()
	<-done
	if err != nil {
		return err
	}
	if errors.Is(failure, context.Canceled) {
		return nil // the user left first
	}
	return jobError(failure)
}

// runSummary is what a run prints as JSON; the gate reads it from other builds.
type runSummary struct {
	gate.Sample
	Application string            `json:"application"`
	Log         string            `json:"eventLog,omitempty"`
	Questions   []questionSummary `json:"answers"`
}

type questionSummary struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Total   int      `json:"totalRows"`
}

func summarize(r *runner.Run, rows int) runSummary {
	s := runSummary{Sample: sample(r), Application: r.Profile.App.ID, Log: r.Log}
	for _, a := range r.Answers {
		q := questionSummary{Name: a.Name, Title: a.Title, Columns: a.Schema.Names(), Total: len(a.Rows)}
		for _, row := range a.Rows[:min(rows, len(a.Rows))] {
			cells := make([]any, len(row))
			for i, v := range row {
				cells[i] = jsonValue(v)
			}
			q.Rows = append(q.Rows, cells)
		}
		s.Questions = append(s.Questions, q)
	}
	return s
}

func sample(r *runner.Run) gate.Sample {
	return gate.Sample{CPU: r.CPU.Seconds(), Wall: r.Wall.Seconds(), Counters: r.Counters(), Operators: r.Operators(), Answer: r.Digest()}
}

func printRun(w io.Writer, r *runner.Run, format string, rows int) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(summarize(r, rows))
	}
	for _, a := range r.Answers {
		if format == "markdown" {
			fmt.Fprintf(w, "## %s\n\n", a.Title)
		} else {
			fmt.Fprintf(w, "%s\n", a.Title)
		}
		var cells [][]string
		for _, row := range a.Rows[:min(rows, len(a.Rows))] {
			line := make([]string, len(row))
			for i, v := range row {
				line[i] = cell(v)
			}
			cells = append(cells, line)
		}
		if err := printTable(w, format, a.Schema.Names(), cells); err != nil {
			return err
		}
		if len(a.Rows) > rows {
			fmt.Fprintf(w, "... %d rows more\n", len(a.Rows)-rows)
		}
		fmt.Fprintln(w)
	}
	c := r.Counters()
	fmt.Fprintf(w, "%s wall, %s CPU; %d stages, %d tasks; %s read, %s shuffled, %s spilled\n",
		metric.FormatDuration(r.Wall), metric.FormatDuration(r.CPU), c["stages"], c["tasks"],
		metric.FormatBytes(c[metric.InputBytes.String()]), metric.FormatBytes(c[metric.ShuffleWriteBytes.String()]), metric.FormatBytes(c[metric.DiskBytesSpilled.String()]))
	if r.Log != "" {
		fmt.Fprintln(w, "event log:", r.Log)
	}
	return nil
}

func cell(v expr.Value) string {
	if v.Type == expr.Float64 && !v.IsNull {
		return fmt.Sprintf("%.4g", v.F)
	}
	return v.String()
}

// printTable prints rows with their headings. Numbers stand to the right.
func printTable(w io.Writer, format string, header []string, rows [][]string) error {
	options := []tablewriter.Option{tablewriter.WithHeaderAutoFormat(tw.Off)}
	if format == "markdown" {
		options = append(options, tablewriter.WithRenderer(renderer.NewMarkdown()))
	} else {
		options = append(options, tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}, Lines: tw.Lines{ShowHeaderLine: tw.Off}},
		})))
	}
	align := make([]tw.Align, len(header))
	for i := range header {
		align[i] = tw.AlignRight
		for _, r := range rows {
			if !numeric(r[i]) {
				align[i] = tw.AlignLeft
				break
			}
		}
	}
	options = append(options, tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}))
	t := tablewriter.NewTable(w, options...)
	head := make([]any, len(header))
	for i, h := range header {
		head[i] = escape(format, h)
	}
	t.Header(head...)
	for _, r := range rows {
		line := make([]string, len(r))
		for i, v := range r {
			line[i] = escape(format, v)
		}
		if err := t.Append(line); err != nil {
			return err
		}
	}
	return t.Render()
}

// escape keeps a bar in a cell from ending it.
func escape(format, text string) string {
	if format != "markdown" {
		return text
	}
	out := ""
	for _, r := range text {
		if r == '|' {
			out += "\\"
		}
		out += string(r)
	}
	return out
}

// numeric reports whether a cell holds a number, perhaps with a unit.
func numeric(s string) bool {
	return s == "" || s == "NULL" || s == "NaN" || s == "-" || s[0] >= '0' && s[0] <= '9' || len(s) > 1 && (s[0] == '-' || s[0] == '+') && s[1] >= '0' && s[1] <= '9'
}
