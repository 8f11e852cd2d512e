package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"stagecoach/advisor/report"
	"stagecoach/engine/metric"
)

func demoCommand() *cobra.Command {
	var out string
	var rows int64
	var pairs int
	c := &cobra.Command{
		Use:   "demo",
		Short: "The whole loop on taxi data: run, profile, explain, change, run again",
		Long: `Generate taxi trips, run the case study with Spark's classic settings, let the
advisor explain the run, apply its changes, run both in turns, and say whether
the prediction held. Leaves report.html and a Spark event log of each side.`,
		Example: "  stagecoach demo --out demo",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			w := c.OutOrStdout()
			data := filepath.Join(out, fmt.Sprintf("data-%d", rows))
			p := newProgress()
			if _, err := generated(c.Context(), data, rows, p); err != nil {
				return err
			}
			logs := filepath.Join(out, "event-logs")
			if err := os.MkdirAll(logs, 0o755); err != nil {
				return err
			}
			f := jobFlags{data: data}
			j, err := f.open("taxi-questions")
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%s on %s generated trips, as Spark ran such jobs for years:\n", j.workload.Title, metric.FormatCount(rows))
			for _, s := range j.workload.Settings {
				fmt.Fprintln(w, "  --conf", s)
			}
			t, err := try(c.Context(), j, nil, pairs, logs)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "\n== The run as it was\n\n")
			if err := printRun(w, t.first, "text", 5); err != nil {
				return err
			}
			fmt.Fprintf(w, "\n== What the advisor found\n\n")
			if err := report.AdviceText(w, t.advice); err != nil {
				return err
			}
			if t.trial == nil {
				return coded{exitFailed, fmt.Errorf("the advisor proposed nothing to try")}
			}
			fmt.Fprintf(w, "\n== The same job with its changes\n\n")
			if err := t.print(w, "text"); err != nil {
				return err
			}
			page := filepath.Join(out, "report.html")
			if err := t.write(page); err != nil {
				return err
			}
			fmt.Fprintf(w, "\nReport:     %s\nEvent logs: %s (before)\n            %s (after)\n", page, t.first.Log, t.last.Log)
			fmt.Fprintf(w, "Look inside: stagecoach ui %s\n", t.first.Log)
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "demo", "folder for data, logs and report")
	c.Flags().Int64Var(&rows, "rows", 5_000_000, "trips to generate")
	c.Flags().IntVar(&pairs, "pairs", 6, "runs of each side")
	return c
}
