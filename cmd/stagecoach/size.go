package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/advisor"
	"stagecoach/advisor/report"
	"stagecoach/advisor/size"
	"stagecoach/advisor/whatif"
)

// sizeFlags are a need as flags spell it.
type sizeFlags struct {
	need                                 size.Need
	input, shuffle, cached, rate, memory string
	prices                               string
	within                               time.Duration
}

// sizeCommand says how large an application should be.
func sizeCommand() *cobra.Command {
	var f sizeFlags
	var format, platform string
	var dynamic, show bool
	c := &cobra.Command{
		Use:   "size [LOG]",
		Short: "Say how large an application should be: partitions, executors, memory, cluster, cost",
		Long: `Size computes shuffle partitions, executors, cores, memory, driver, collector,
storage levels, bounds of dynamic allocation and what a run costs, from the size of
the input (--input) or from what an earlier run showed (LOG), or from both: then the
run is scaled to the input. Each value comes with its formula and its source.

With a log, the number of executors is the one with the least product of time and
cost in replays of the run; memory follows the most that a task held and spilled;
where a stage is skewed, neither partitions nor memory are moved by it.

--for prints the plan for one platform: ` + platforms() + `
What only you know stands in capitals.

Prices are dated and in one file. --show-prices prints the built-in one, --prices
FILE replaces it.`,
		Example: `  stagecoach size --input 500GB --within 30m
  stagecoach size LOG
  stagecoach size LOG --input 2TB --for kubernetes --dynamic
  stagecoach size --input 500GB --budget 2000 --runs 60`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if show {
				_, err := fmt.Fprint(c.OutOrStdout(), size.BuiltinPricesText())
				return err
			}
			if err := checkFormat(format, "text", "json", "markdown", "md"); err != nil {
				return err
			}
			plan, err := f.plan(c, args)
			if err != nil {
				return err
			}
			if platform != "" {
				text, err := plan.Artifact(platform, dynamic)
				if err != nil {
					return err
				}
				_, err = fmt.Fprint(c.OutOrStdout(), text)
				return err
			}
			switch format {
			case "json":
				return report.SizingJSON(c.OutOrStdout(), plan)
			case "markdown", "md":
				return report.SizingMarkdown(c.OutOrStdout(), plan)
			}
			return report.SizingText(c.OutOrStdout(), plan)
		},
	}
	f.add(c)
	c.Flags().StringVarP(&format, "format", "f", "text", "text, json or markdown")
	c.Flags().StringVar(&platform, "for", "", "print the plan for a platform")
	c.Flags().BoolVar(&dynamic, "dynamic", false, "with --for: executors come and go within the plan's bounds")
	c.Flags().BoolVar(&show, "show-prices", false, "print the built-in prices")
	return c
}

func platforms() string {
	var b strings.Builder
	for name, doc := range size.Artifacts {
		fmt.Fprintf(&b, "\n  %-15s %s", name, doc)
	}
	return b.String()
}

func (f *sizeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.input, "input", "", "bytes that the job reads, such as 500GB")
	c.Flags().StringVar(&f.shuffle, "shuffle", "", "bytes of its largest shuffle")
	c.Flags().StringVar(&f.cached, "cached", "", "bytes in memory of what it caches")
	c.Flags().DurationVar(&f.within, "within", 0, "time that a run may take, such as 30m")
	c.Flags().StringVar(&f.rate, "rate", "", "input that a core works through in a second, such as 20MB")
	c.Flags().IntVar(&f.need.Executors, "executors", 0, "number of executors, instead of finding it")
	c.Flags().IntVar(&f.need.MaxExecutors, "max-executors", 0, "most executors that there may be")
	c.Flags().IntVar(&f.need.Cores, "cores", 0, "cores of an executor, instead of finding them")
	c.Flags().StringVar(&f.memory, "memory", "", "heap of an executor, instead of finding it")
	c.Flags().StringVar(&f.need.Node, "node", "", "type of machine, instead of the cheapest that fits")
	c.Flags().BoolVar(&f.need.Python, "python", false, "Python workers run beside the JVM")
	c.Flags().BoolVar(&f.need.Streaming, "streaming", false, "pauses matter more than throughput")
	c.Flags().Float64Var(&f.need.Busy, "busy", 0, "share of the cluster's time with work on it, 0 to 1; 0 takes the run's, or 0.7")
	c.Flags().Float64Var(&f.need.Budget, "budget", 0, "money for a month: find the cluster that it pays for")
	c.Flags().Float64Var(&f.need.RunsAMonth, "runs", 0, "runs a month; 0 means a cluster that stands all month")
	c.Flags().StringVar(&f.prices, "prices", "", "file of prices")
}

// plan reads the log, if there is one, and sizes.
func (f *sizeFlags) plan(c *cobra.Command, args []string) (*size.Plan, error) {
	for _, x := range []struct {
		flag, text string
		to         *int64
	}{{"input", f.input, &f.need.Input}, {"shuffle", f.shuffle, &f.need.Shuffle}, {"cached", f.cached, &f.need.Cached},
		{"rate", f.rate, &f.need.Rate}, {"memory", f.memory, &f.need.Memory}} {
		if x.text == "" {
			continue
		}
		n, err := size.Bytes(x.text)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", x.flag, err)
		}
		if n == 0 {
			return nil, fmt.Errorf("--%s 0: leave the flag out, or give a size above zero", x.flag)
		}
		*x.to = n
	}
	f.need.Within = f.within
	for flag, v := range map[string]int{"executors": f.need.Executors, "cores": f.need.Cores} {
		if c.Flags().Changed(flag) && v < 1 {
			return nil, fmt.Errorf("--%s %d: at least 1; leave the flag out to have it found", flag, v)
		}
	}
	if c.Flags().Changed("within") && f.within <= 0 {
		return nil, errors.New("--within: a time above zero, such as 30m")
	}
	prices, err := readPrices(f.prices)
	if err != nil {
		return nil, err
	}
	var run *size.Evidence
	if len(args) == 1 {
		p, err := openIndexed(c.Context(), args[0], false)
		if err != nil {
			return nil, err
		}
		run = size.Observe(whatif.NewModel(p))
		f.need.Streaming = f.need.Streaming || advisor.WorkloadOf(p).Type == "streaming"
	}
	return size.New(f.need, run, prices)
}

func readPrices(file string) (size.Prices, error) {
	if file == "" {
		return size.BuiltinPrices()
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return size.Prices{}, err
	}
	return size.ReadPrices(file, text)
}
