package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"stagecoach/advisor/sweep"
	"stagecoach/benchmarks/runner"
	"stagecoach/benchmarks/workload"
	"stagecoach/datasets"
	"stagecoach/engine/config"
)

// jobFlags are the flags of every command that runs a workload.
type jobFlags struct {
	data   string
	conf   []string
	logDir string
}

func (f *jobFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.data, "data", "data", "folder of taxi data (stagecoach data generate makes one)")
	c.Flags().StringArrayVar(&f.conf, "conf", nil, "a parameter, key=value; may be repeated")
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, w := range workload.All {
			names = append(names, w.Name+"\t"+w.Title)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	_ = c.RegisterFlagCompletionFunc("conf", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var keys []string
		for _, p := range config.Params {
			keys = append(keys, strings.TrimSuffix(p.Key, "*")+"=\t"+p.Doc)
		}
		return keys, cobra.ShellCompDirectiveNoSpace
	})
}

// A job is a workload with its data and its configuration.
type job struct {
	workload workload.Workload
	conf     config.Config
	data     workload.Data
}

// open resolves a workload and the flags. What the workload is run with unless
// told otherwise comes first, then --conf.
func (f *jobFlags) open(name string) (job, error) {
	w, err := workload.Lookup(name)
	if err != nil {
		return job{}, err
	}
	conf, err := config.Parse(append(append([]string{}, w.Settings...), f.conf...)...)
	if err != nil {
		return job{}, err
	}
	tellIgnored(conf)
	data, err := openData(f.data)
	return job{w, conf, data}, err
}

// tellIgnored names the parameters that change nothing here.
func tellIgnored(conf config.Config) {
	for key := range conf.Ignored {
		fmt.Fprintf(os.Stderr, "ignored: %s is Spark's and changes nothing on this engine\n", key)
	}
}

func openData(dir string) (workload.Data, error) {
	t, err := datasets.Dir(dir)
	if err != nil {
		return workload.Data{}, err
	}
	return workload.Data{Trips: t.Trips, Zones: t.Zones, Weather: t.Weather}, nil
}

// runner makes the job into what sweeps and trials run again and again.
func (j job) runner() sweep.Runner {
	return func(ctx context.Context, conf config.Config) (*sweep.Measurement, error) {
		r, err := runner.Engine(ctx, j.workload, conf, runner.Options{Data: j.data})
		if err != nil {
			return nil, err
		}
		return measurement(r), nil
	}
}

func measurement(r *runner.Run) *sweep.Measurement {
	return &sweep.Measurement{Profile: r.Profile, Wall: r.Wall, CPU: r.CPU, Answer: answers(r.Answers)}
}

// answers compares by workload.Differ.
type answers []workload.Answer

func (a answers) Differs(b sweep.Answer) string { return workload.Differ(a, b.(answers)) }

// progress shows how far a long command is on standard error, on one line that
// is written over, when a person looks on.
type progress struct {
	start time.Time
	on    bool
}

func newProgress() *progress {
	return &progress{start: time.Now(), on: isatty.IsTerminal(os.Stderr.Fd())}
}

// show tells what is being done; done of total steps are behind.
func (p *progress) show(what string, done, total int) {
	if !p.on {
		return
	}
	const width = 24
	filled := 0
	if total > 0 {
		filled = width * done / total
	}
	left := ""
	if done > 0 {
		rest := time.Since(p.start) / time.Duration(done) * time.Duration(total-done)
		left = " " + rest.Round(time.Second).String() + " left"
	}
	if len(what) > 60 {
		what = what[:57] + "..."
	}
	fmt.Fprintf(os.Stderr, "\r\x1b[K[%s%s] %d/%d%s  %s", strings.Repeat("█", filled), strings.Repeat("·", width-filled), done, total, left, what)
}

// clear wipes the line.
func (p *progress) clear() {
	if p.on {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}
