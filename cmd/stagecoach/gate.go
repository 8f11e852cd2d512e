package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"stagecoach/benchmarks/gate"
)

// gateFlags are the two sides of a gate and its limits.
type gateFlags struct {
	job                jobFlags
	baseBin, headBin   string
	baseConf, headConf []string
	baseline, save     string
	format             string
	options            gate.Options
}

func gateCommand() *cobra.Command {
	f := gateFlags{options: gate.Defaults()}
	c := &cobra.Command{
		Use:   "gate WORKLOAD",
		Short: "Fail when a build or a configuration makes a workload slower",
		Long: `Compare a baseline with a candidate on one workload: two builds (--base-bin,
--head-bin), two configurations (--base-conf, --head-conf), or the counters of a
stored baseline (--baseline). Runs alternate in fresh processes; exact counters
are judged first, then CPU time by a rank test with a least effect, confirmed by
a second batch of runs.

Exit codes: 0 pass, 1 regression, 2 usage, 3 not enough evidence, 4 the job
failed, 5 no baseline.`,
		Example: `  stagecoach gate zone-join --data data --base-bin ./stagecoach-main --head-bin ./stagecoach
  stagecoach gate zone-join --data data --head-conf spark.sql.adaptive.enabled=false`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	f.job.add(c)
	fl := c.Flags()
	fl.StringVar(&f.baseBin, "base-bin", "", "stagecoach binary of the baseline (default: this one)")
	fl.StringVar(&f.headBin, "head-bin", "", "stagecoach binary of the candidate (default: this one)")
	fl.StringArrayVar(&f.baseConf, "base-conf", nil, "a parameter of the baseline only, key=value")
	fl.StringArrayVar(&f.headConf, "head-conf", nil, "a parameter of the candidate only, key=value")
	fl.StringVar(&f.baseline, "baseline", "", "file of counters to hold this build against, instead of running the baseline")
	fl.StringVar(&f.save, "save-baseline", "", "write this build's counters to a file and judge nothing")
	fl.StringVar(&f.format, "format", "text", "text, json or markdown")
	fl.IntVar(&f.options.Pairs, "pairs", f.options.Pairs, "pairs of runs in a batch")
	fl.Float64Var(&f.options.Tolerance, "tolerance", f.options.Tolerance, "relative slowdown of CPU time that passes")
	fl.Uint64Var(&f.options.Seed, "seed", f.options.Seed, "seed of the order of runs")
	return c
}

func (f *gateFlags) run(c *cobra.Command, workload string) error {
	if err := checkFormat(f.format, "text", "json", "markdown"); err != nil {
		return err
	}
	if _, err := f.job.open(workload); err != nil { // mistakes are told once, here
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	side := func(binary string, conf []string) gate.Runner {
		if binary == "" {
			binary = self
		}
		return child(binary, workload, f.job.data, append(append([]string{}, f.job.conf...), conf...))
	}
	if f.save != "" || f.baseline != "" {
		return f.stored(c, side(f.headBin, f.headConf))
	}
	p := newProgress()
	f.options.Progress = func(done, total int) { p.show("gate", done, total) }
	r, err := gate.Run(c.Context(), side(f.baseBin, f.baseConf), side(f.headBin, f.headConf), f.options)
	p.clear()
	if err != nil {
		return jobError(err)
	}
	if err := printGate(c.OutOrStdout(), r, f.format); err != nil {
		return err
	}
	if r.Verdict != gate.Pass {
		return coded{int(r.Verdict), nil}
	}
	return nil
}

// stored saves this build's counters, or holds them against saved ones.
func (f *gateFlags) stored(c *cobra.Command, head gate.Runner) error {
	s, err := head(c.Context())
	if err != nil {
		return jobError(err)
	}
	if f.save != "" {
		text, err := json.MarshalIndent(map[string]any{"counters": s.Counters, "answer": s.Answer}, "", "  ")
		if err != nil {
			return err
		}
		return os.WriteFile(f.save, append(text, '\n'), 0o644)
	}
	text, err := os.ReadFile(f.baseline)
	if errors.Is(err, fs.ErrNotExist) {
		return coded{exitNoBaseline, fmt.Errorf("there is no baseline %s; make one with --save-baseline", f.baseline)}
	}
	if err != nil {
		return err
	}
	var base gate.Sample
	if err := json.Unmarshal(text, &base); err != nil {
		return coded{exitNoBaseline, fmt.Errorf("%s is no baseline: %w", f.baseline, err)}
	}
	r := gate.Exact(base, s, f.options)
	if err := printGate(c.OutOrStdout(), r, f.format); err != nil {
		return err
	}
	if r.Verdict != gate.Pass {
		return coded{int(r.Verdict), nil}
	}
	return nil
}

// child runs the workload in a fresh process of a build.
func child(binary, workload, data string, conf []string) gate.Runner {
	args := []string{"run", workload, "--data", data, "--format", "json", "--rows", "0"}
	for _, s := range conf {
		args = append(args, "--conf", s)
	}
	return func(ctx context.Context) (gate.Sample, error) {
		cmd := exec.CommandContext(ctx, binary, args...)
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		var s runSummary
		if err := cmd.Run(); err != nil {
			return s.Sample, fmt.Errorf("%s run %s: %w: %s", binary, workload, err, bytes.TrimSpace(said.Bytes()))
		}
		if err := json.Unmarshal(out.Bytes(), &s); err != nil {
			return s.Sample, fmt.Errorf("%s run %s printed no summary: %w", binary, workload, err)
		}
		return s.Sample, nil
	}
}

func printGate(w io.Writer, r gate.Report, format string) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	fmt.Fprintf(w, "gate: %s\n", r.Verdict)
	for _, reason := range r.Reasons {
		fmt.Fprintln(w, "-", reason)
	}
	fmt.Fprintln(w)
	var rows [][]string
	for _, c := range r.Comparisons {
		if c.Exact && c.Ratio == 1 {
			continue
		}
		row := []string{c.Metric, fmt.Sprintf("%.6g", c.Base), fmt.Sprintf("%.6g", c.Head), fmt.Sprintf("%+.1f %%", 100*(c.Ratio-1)), "", "", ""}
		if !c.Exact {
			row[4] = fmt.Sprintf("%+.1f %%", 100*(c.Low-1))
			row[5] = fmt.Sprintf("%+.1f %%", 100*(c.High-1))
		}
		if c.Worse {
			row[6] = "worse"
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		fmt.Fprintln(w, "every counter is as it was")
		return nil
	}
	if err := printTable(w, format, []string{"metric", "baseline", "candidate", "change", "from", "to", ""}, rows); err != nil {
		return err
	}
	if len(r.Base) > 0 {
		fmt.Fprintf(w, "\n%d runs of each; counters that are equal are left out; wall time is not judged.\n", len(r.Base))
		fmt.Fprintf(w, "A slowdown of CPU time below %.1f %% could not have been seen.\n", 100*r.Detectable)
	}
	return nil
}
