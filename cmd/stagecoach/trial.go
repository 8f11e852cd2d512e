package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/rules"
	"stagecoach/advisor/sweep"
	"stagecoach/advisor/whatif"
	"stagecoach/benchmarks/runner"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

func trialCommand() *cobra.Command {
	var f jobFlags
	var set []string
	var pairs int
	var out, format string
	c := &cobra.Command{
		Use:   "trial WORKLOAD",
		Short: "Apply the advisor's changes, run again, and hold the gain against the prediction",
		Long: `Run a workload, ask the advisor, apply all its changes together (or those of
--set), and run the job both ways in turns. The report states the predicted and
the measured gain, in total and per stage, and whether the answers are equal.`,
		Example: `  stagecoach trial taxi-questions --data data --report report.html
  stagecoach trial zone-join --data data --set spark.sql.shuffle.partitions=8`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format, "text", "json", "markdown"); err != nil {
				return err
			}
			j, err := f.open(args[0])
			if err != nil {
				return err
			}
			t, err := try(c.Context(), j, set, pairs, f.logDir)
			if err != nil {
				return err
			}
			if out != "" {
				if err := t.write(out); err != nil {
					return err
				}
			}
			return t.print(c.OutOrStdout(), format)
		},
	}
	f.add(c)
	c.Flags().StringArrayVar(&set, "set", nil, "a change to try instead of the advisor's, key=value; may be repeated")
	c.Flags().IntVar(&pairs, "pairs", 6, "runs of each side; six give a 95 % interval")
	c.Flags().StringVar(&f.logDir, "event-log", "", "folder for the event logs of one run of each side")
	c.Flags().StringVar(&out, "report", "", "HTML report to write")
	c.Flags().StringVar(&format, "format", "text", "text, json or markdown")
	return c
}

// A tried job is a trial with the runs it began and ended with.
type tried struct {
	job    job
	advice advisor.Report
	trial  *sweep.Trial
	first  *runner.Run // as it was, the run that was advised on
	last   *runner.Run // with the changes
}

// try advises on a first run, or takes the given changes, and tries them.
func try(ctx context.Context, j job, set []string, pairs int, logDir string) (*tried, error) {
	p := newProgress()
	defer p.clear()
	p.show("the job as it is", 0, 1)
	first, err := typicalRun(ctx, j, logDir)
	if err != nil {
		return nil, jobError(err)
	}
	t := &tried{job: j, first: first, advice: advisor.Advise(first.Profile, rules.All, advisor.Option{})}
	changes, predicted := t.advice.Changes(), t.advice.Joint
	if len(set) > 0 {
		if changes, err = parseChanges(set, j.conf); err != nil {
			return nil, err
		}
		predicted = whatif.Predict(first.Profile, changes...)
	}
	if len(changes) == 0 {
		return t, nil
	}
	t.trial, err = sweep.Try(ctx, j.conf, changes, predicted, j.runner(), sweep.Options{Repeats: pairs, Seed: 1, Progress: p.show})
	if err != nil {
		return nil, jobError(err)
	}
	changed, err := j.conf.Apply(changes...)
	if err != nil {
		return nil, err
	}
	if t.last, err = runner.Engine(ctx, j.workload, changed, runner.Options{Data: j.data, LogDir: logDir}); err != nil {
		return nil, jobError(err)
	}
	return t, nil
}

// typicalRun runs the job four times and returns the run of the middle: the
// first warms the machine up, and advice on a run that something disturbed
// would mistake that for the job's nature.
func typicalRun(ctx context.Context, j job, logDir string) (*runner.Run, error) {
	var runs []*runner.Run
	for i := range 4 {
		o := runner.Options{Data: j.data}
		if logDir != "" && i > 0 {
			o.LogDir = filepath.Join(logDir, ".tries")
		}
		r, err := runner.Engine(ctx, j.workload, j.conf, o)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b *runner.Run) int { return int(a.Wall - b.Wall) })
	middle := runs[1]
	if logDir == "" {
		return middle, nil
	}
	kept := filepath.Join(logDir, filepath.Base(middle.Log))
	if err := os.Rename(middle.Log, kept); err != nil {
		return nil, err
	}
	middle.Log = kept
	return middle, os.RemoveAll(filepath.Join(logDir, ".tries"))
}

func parseChanges(texts []string, base config.Config) ([]config.Change, error) {
	c, err := config.Parse(texts...)
	if err != nil {
		return nil, err
	}
	var out []config.Change
	for k, v := range c.All {
		out = append(out, config.Change{Key: k, From: base.Text(k), To: v})
	}
	return out, nil
}

// document is the report of the trial.
func (t *tried) document() *report.Document {
	if t.trial == nil {
		return report.New(t.first.Profile, &t.advice, nil, nil)
	}
	r := t.trial.Ratio
	d := &report.Trial{
		Before: durations(t.trial.Before), After: durations(t.trial.After),
		Change: r.Median - 1, Low: r.Low - 1, High: r.High - 1, Level: r.Confidence,
		Verdict: t.trial.Verdict(), Changes: t.trial.Changes, Predicted: t.trial.Predicted,
		Stages: report.MatchStages(t.first.Profile, t.last.Profile, t.trial.Predicted),
	}
	return report.New(t.first.Profile, &t.advice, t.last.Profile, d)
}

func durations(runs []*sweep.Measurement) []time.Duration {
	out := make([]time.Duration, len(runs))
	for i, m := range runs {
		out[i] = m.Wall
	}
	return out
}

// write writes the HTML report.
func (t *tried) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := t.document().HTML(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// trialSummary is the trial as JSON.
type trialSummary struct {
	Workload  string            `json:"workload"`
	Changes   []config.Change   `json:"changes"`
	Predicted whatif.Prediction `json:"predicted"`
	Before    []float64         `json:"beforeSeconds"`
	After     []float64         `json:"afterSeconds"`
	Ratio     sweep.Range       `json:"ratio"`
	Gain      [3]float64        `json:"gainSeconds"` // median, low, high
	Held      bool              `json:"predictionHeld"`
	Equal     bool              `json:"answersEqual"`
	Verdict   string            `json:"verdict"`
}

func (t *tried) print(w io.Writer, format string) error {
	if t.trial == nil {
		fmt.Fprintln(w, "the advisor proposes no change of parameters: nothing to try")
		return nil
	}
	switch format {
	case "json":
		gain, low, high := t.trial.Gain()
		held, _ := t.trial.Held()
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(trialSummary{t.job.workload.Name, t.trial.Changes, t.trial.Predicted, toSeconds(t.trial.Before), toSeconds(t.trial.After),
			t.trial.Ratio, [3]float64{gain.Seconds(), low.Seconds(), high.Seconds()}, held, t.trial.Differs == "" && t.trial.Comparable, t.trial.Verdict()})
	case "markdown":
		return t.document().Markdown(w)
	}
	return t.text(w)
}

func toSeconds(runs []*sweep.Measurement) []float64 {
	var out []float64
	for _, m := range runs {
		out = append(out, m.Wall.Seconds())
	}
	return out
}

// text prints what matters: the changes, predicted against measured, per stage
// and in total.
func (t *tried) text(w io.Writer) error {
	fmt.Fprintln(w, "Changes")
	for _, c := range t.trial.Changes {
		fmt.Fprintf(w, "  --conf %s   (was %s)\n", c, c.From)
	}
	fmt.Fprintln(w)
	if err := t.stages(w); err != nil {
		return err
	}
	d := metric.FormatDuration
	before, after := sweep.Median(toSeconds(t.trial.Before)), sweep.Median(toSeconds(t.trial.After))
	fmt.Fprintf(w, "\nWall time of a run, median of %d: %s before, %s after\n", len(t.trial.Before), d(secs(before)), d(secs(after)))
	gain, low, high := t.trial.Gain()
	if typical, from, to, ok := t.trial.PredictedGain(); ok {
		fmt.Fprintf(w, "Predicted gain: %s, between %s and %s (the replay misses the observed run by %.1f %%)\n", d(typical), d(from), d(to), 100*t.trial.Predicted.SelfError)
	} else {
		fmt.Fprintln(w, "Predicted gain: none,", t.trial.Predicted.Refused)
	}
	fmt.Fprintf(w, "Measured gain:  %s, between %s and %s (%.0f %% confidence, %d pairs)\n", d(gain), d(low), d(high), 100*t.trial.Ratio.Confidence, len(t.trial.Before))
	if held, ok := t.trial.Held(); ok {
		fmt.Fprintf(w, "The prediction %s.\n", map[bool]string{true: "held", false: "did not hold"}[held])
	}
	fmt.Fprintln(w, "Verdict:", t.trial.Verdict()+".")
	if t.trial.Comparable && t.trial.Differs == "" {
		fmt.Fprintln(w, "The answers of all runs are equal.")
	}
	if t.trial.Differs != "" {
		return coded{exitFailed, fmt.Errorf("the answers differ: %s", t.trial.Differs)}
	}
	return nil
}

func secs(s float64) time.Duration { return time.Duration(s * 1e9) }

// stages prints what was predicted and measured for the stages that matter.
func (t *tried) stages(w io.Writer) error {
	rows := report.MatchStages(t.first.Profile, t.last.Profile, t.trial.Predicted)
	var cells [][]string
	for _, r := range rows {
		if r.Before < t.first.Wall/100 && r.Measured < t.first.Wall/100 {
			continue
		}
		measured := "gone"
		if r.Measured >= 0 {
			measured = metric.FormatDuration(r.Measured)
		}
		predicted := "gone"
		if r.Predicted > 0 {
			predicted = metric.FormatDuration(r.Predicted)
		}
		cells = append(cells, []string{fmt.Sprint(r.StageID), r.Name, metric.FormatDuration(r.Before), predicted, measured})
	}
	return printTable(w, "text", []string{"stage", "name", "before", "predicted", "measured"}, cells)
}
