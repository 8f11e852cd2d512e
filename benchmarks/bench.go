// Package benchmarks runs workloads over sizes of data, records what they took,
// and compares with an earlier record.
package benchmarks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"stagecoach/benchmarks/runner"
	"stagecoach/benchmarks/workload"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// A Size is data of so many trips.
type Size struct {
	Rows int64
	Data workload.Data
}

// A Result is one workload over one size.
type Result struct {
	Workload      string            `json:"workload"`
	Category      workload.Category `json:"category"`
	Rows          int64             `json:"rows"`
	Seconds       []float64         `json:"seconds"`       // wall time of every iteration
	CPUSeconds    float64           `json:"cpuSeconds"`    // median
	RowsPerSecond float64           `json:"rowsPerSecond"` // rows over the median wall time
	PeakMemory    int64             `json:"peakMemory"`    // bytes the process held at most; 0 when not known
	Spilled       int64             `json:"spilled"`       // bytes written to disk by spilling
	Shuffled      int64             `json:"shuffled"`
	Tasks         int64             `json:"tasks"`
	Failed        string            `json:"failed,omitempty"`
	Ratio         float64           `json:"ratio,omitempty"` // median wall time over the baseline's; 0 without one
}

// Median is the typical wall time in seconds; 0 when nothing ran.
func (r Result) Median() float64 {
	if len(r.Seconds) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(r.Seconds))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// A Report is a whole run of the benchmarks.
type Report struct {
	Machine    string   `json:"machine"`
	Iterations int      `json:"iterations"`
	Settings   []string `json:"settings"`
	Results    []Result `json:"results"`
	Baseline   string   `json:"baseline,omitempty"` // machine of the baseline
}

// Options say what to run.
type Options struct {
	Workloads  []workload.Workload
	Sizes      []Size
	Iterations int
	Settings   []string // over each workload's own
	Progress   func(what string, done, total int)
}

// Run runs every workload over every size. A workload that fails is recorded as
// failed and the rest go on.
func Run(ctx context.Context, o Options) (*Report, error) {
	out := &Report{Machine: machine(), Iterations: o.Iterations, Settings: o.Settings}
	total, done := len(o.Workloads)*len(o.Sizes)*(o.Iterations+1), 0
	for _, size := range o.Sizes {
		for _, w := range o.Workloads {
			conf, err := config.Parse(append(append([]string{}, w.Settings...), o.Settings...)...)
			if err != nil {
				return nil, err
			}
			r := Result{Workload: w.Name, Category: w.Category, Rows: size.Rows}
			var cpu []float64
			for i := range o.Iterations + 1 { // the first is a warm-up
				if o.Progress != nil {
					o.Progress(fmt.Sprintf("%s, %s rows", w.Name, metric.FormatCount(size.Rows)), done, total)
				}
				done++
				runner.ResetPeak()
				run, err := runner.Engine(ctx, w, conf, runner.Options{Data: size.Data})
				if ctx.Err() != nil {
					return out, ctx.Err()
				}
				if err != nil {
					r.Failed = err.Error()
					done += o.Iterations - i
					break
				}
				if i == 0 {
					continue
				}
				r.Seconds = append(r.Seconds, run.Wall.Seconds())
				cpu = append(cpu, run.CPU.Seconds())
				r.PeakMemory = max(r.PeakMemory, runner.Peak())
				c := run.Counters()
				r.Tasks, r.Spilled, r.Shuffled = c["tasks"], c[metric.DiskBytesSpilled.String()], c[metric.ShuffleWriteBytes.String()]
			}
			if m := r.Median(); m > 0 {
				r.RowsPerSecond = float64(size.Rows) / m
				r.CPUSeconds = Result{Seconds: cpu}.Median()
			}
			out.Results = append(out.Results, r)
		}
	}
	return out, nil
}

// Compare sets every result's ratio to a baseline's.
func (r *Report) Compare(base *Report) {
	r.Baseline = base.Machine
	for i := range r.Results {
		for _, b := range base.Results {
			if b.Workload == r.Results[i].Workload && b.Rows == r.Results[i].Rows && b.Median() > 0 && r.Results[i].Median() > 0 {
				r.Results[i].Ratio = r.Results[i].Median() / b.Median()
			}
		}
	}
}

// Load reads a report that JSON wrote.
func Load(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s is no benchmark report: %w", path, err)
	}
	return r, nil
}

// JSON writes the report for Load.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Markdown writes the report for people.
func (r *Report) Markdown(w io.Writer) error {
	fmt.Fprintf(w, "# Benchmarks\n\n%s. Median of %d iterations after one warm-up, in one process.\n", r.Machine, r.Iterations)
	if r.Baseline != "" {
		fmt.Fprintf(w, "\"÷ baseline\" is the wall time over that of the stored baseline (%s); only figures of one machine compare.\n", r.Baseline)
	}
	fmt.Fprint(w, "\n| category | workload | rows | wall s | CPU s | rows/s | peak memory | shuffled | spilled | tasks | ÷ baseline |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, x := range r.Results {
		if x.Failed != "" {
			fmt.Fprintf(w, "| %s | %s | %s | failed: %s |\n", x.Category, x.Workload, metric.FormatCount(x.Rows), x.Failed)
			continue
		}
		ratio := "–"
		if x.Ratio > 0 {
			ratio = fmt.Sprintf("%.2f", x.Ratio)
		}
		memory := "–"
		if x.PeakMemory > 0 {
			memory = metric.FormatBytes(x.PeakMemory)
		}
		fmt.Fprintf(w, "| %s | %s | %s | %.3f | %.3f | %s | %s | %s | %s | %d | %s |\n", x.Category, x.Workload, metric.FormatCount(x.Rows), x.Median(),
			x.CPUSeconds, metric.FormatCount(int64(x.RowsPerSecond)), memory, metric.FormatBytes(x.Shuffled), metric.FormatBytes(x.Spilled), x.Tasks, ratio)
	}
	_, err := fmt.Fprintln(w)
	return err
}
