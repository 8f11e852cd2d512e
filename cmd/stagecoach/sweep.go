package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/advisor/sweep"
)

func sweepCommand() *cobra.Command {
	var f jobFlags
	var axes []string
	var repeats int
	var format string
	c := &cobra.Command{
		Use:   "sweep WORKLOAD",
		Short: "Run a workload over a grid of settings and find the best",
		Example: `  stagecoach sweep cache-reuse --data data \
    --axis spark.sql.shuffle.partitions=50,100,200,400 \
    --axis stagecoach.storageLevel.trips=NONE,MEMORY_ONLY,DISK_ONLY`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			j, err := f.open(args[0])
			if err != nil {
				return err
			}
			var space []sweep.Axis
			for _, a := range axes {
				axis, err := sweep.ParseAxis(a)
				if err != nil {
					return err
				}
				space = append(space, axis)
			}
			p := newProgress()
			start := time.Now()
			r, err := sweep.Run(c.Context(), j.conf, space, j.runner(), sweep.Options{Repeats: repeats, Seed: 1, Progress: p.show})
			p.clear()
			if err != nil {
				return jobError(err)
			}
			return printSweep(c.OutOrStdout(), j.workload.Name, r, repeats, time.Since(start), format)
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&axes, "axis", []string{"spark.sql.shuffle.partitions=50,100,200,400"}, "a parameter and the values to try, key=a,b,c; may be repeated")
	c.Flags().IntVar(&repeats, "repeats", 3, "runs of every setting")
	c.Flags().StringVar(&format, "format", "text", "text, json or markdown")
	return c
}

// sweepSummary is a sweep as JSON.
type sweepSummary struct {
	Workload string         `json:"workload"`
	Points   []pointSummary `json:"points"`
	Best     int            `json:"best"`
	Effects  []sweep.Effect `json:"effects"`
	Differs  string         `json:"differs,omitempty"`
}

type pointSummary struct {
	Settings map[string]string `json:"settings"`
	Wall     *sweep.Range      `json:"wallSeconds,omitempty"`
	Runs     []float64         `json:"runsSeconds,omitempty"`
	Failed   string            `json:"failed,omitempty"`
}

func printSweep(w io.Writer, name string, r *sweep.Result, repeats int, took time.Duration, format string) error {
	if format == "json" {
		s := sweepSummary{Workload: name, Best: r.Best, Effects: r.Effects, Differs: r.Differs}
		for _, p := range r.Points {
			ps := pointSummary{Settings: map[string]string{}, Runs: p.Seconds()}
			for _, c := range p.Changes {
				ps.Settings[c.Key] = c.To
			}
			if len(p.Runs) > 0 {
				in := sweep.Interval(p.Seconds())
				ps.Wall = &in
			}
			if p.Failed != nil {
				ps.Failed = p.Failed.Error()
			}
			s.Points = append(s.Points, ps)
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	var header []string
	for _, a := range r.Axes {
		header = append(header, a.Key)
	}
	header = append(header, "seconds", "from", "to", "")
	var rows [][]string
	for i, p := range r.Points {
		var row []string
		for _, c := range p.Changes {
			row = append(row, c.To)
		}
		switch {
		case p.Failed != nil:
			row = append(row, "-", "-", "-", "failed: "+p.Failed.Error())
		default:
			in := sweep.Interval(p.Seconds())
			mark := ""
			if i == r.Best {
				mark = "best"
			}
			row = append(row, fmt.Sprintf("%.3f", in.Median), fmt.Sprintf("%.3f", in.Low), fmt.Sprintf("%.3f", in.High), mark)
		}
		rows = append(rows, row)
	}
	if err := printTable(w, format, header, rows); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nMain effects (seconds, averaged over the other settings)\n\n")
	rows = nil
	for _, e := range r.Effects {
		for v, s := range e.Values {
			rows = append(rows, []string{e.Axis.Key, e.Axis.Values[v], fmt.Sprintf("%.3f", s)})
		}
	}
	if err := printTable(w, format, []string{"parameter", "value", "seconds"}, rows); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d settings, %d runs each, in %s.\n", len(r.Points), repeats, took.Round(100*time.Millisecond))
	if r.Best >= 0 {
		best := r.Points[r.Best]
		in := sweep.Interval(best.Seconds())
		fmt.Fprintf(w, "Best: %.3f s [%.3f, %.3f] with", in.Median, in.Low, in.High)
		for _, c := range best.Changes {
			fmt.Fprintf(w, " --conf %s", c)
		}
		fmt.Fprintf(w, "\nIt beats %d of the other %d settings beyond the spread of the runs.\n", r.Beaten, len(r.Points)-1)
	}
	if r.Differs != "" {
		return coded{exitFailed, fmt.Errorf("settings changed an answer: %s", r.Differs)}
	}
	return nil
}
