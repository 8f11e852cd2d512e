package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/benchmarks"
	"stagecoach/benchmarks/workload"
	"stagecoach/datasets"
)

func benchCommand() *cobra.Command {
	var dir, out, baseline, rows string
	var names, conf []string
	var iterations int
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure workloads in six categories over sizes of data",
		Long: `Run workloads in the categories loading, aggregations, joins, shuffles, caching
and memory over data of several sizes, and write bench.md and bench.json: wall
and CPU time, throughput, memory, and the ratio to a stored baseline. The data is
generated once and kept.`,
		Example: `  stagecoach bench --rows 100000,1000000 --iterations 5
  stagecoach bench --baseline bench.json --out next`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o := benchmarks.Options{Iterations: iterations, Settings: conf}
			for _, w := range workload.All {
				if len(names) == 0 && w.Category != workload.Study || contains(names, w.Name) {
					o.Workloads = append(o.Workloads, w)
				}
			}
			for _, n := range names {
				if _, err := workload.Lookup(n); err != nil {
					return err
				}
			}
			p := newProgress()
			for _, text := range strings.Split(rows, ",") {
				n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
				if err != nil || n < 1 {
					return fmt.Errorf("--rows %s: write whole numbers, such as 100000,1000000", rows)
				}
				d, err := generated(c.Context(), filepath.Join(dir, text), n, p)
				if err != nil {
					return err
				}
				o.Sizes = append(o.Sizes, benchmarks.Size{Rows: n, Data: d})
			}
			var base *benchmarks.Report
			if baseline != "" {
				var err error
				if base, err = benchmarks.Load(baseline); err != nil {
					return coded{exitNoBaseline, err}
				}
			}
			p = newProgress()
			o.Progress = p.show
			r, err := benchmarks.Run(c.Context(), o)
			p.clear()
			if err != nil {
				return jobError(err)
			}
			if base != nil {
				r.Compare(base)
			}
			if err := writeBench(r, out); err != nil {
				return err
			}
			if err := r.Markdown(c.OutOrStdout()); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "written: %s.md %s.json\n", out, out)
			for _, x := range r.Results {
				if x.Failed != "" {
					return coded{exitJob, fmt.Errorf("%s failed: %s", x.Workload, x.Failed)}
				}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&dir, "data", filepath.Join("data", "bench"), "folder to generate the data in")
	f.StringVar(&rows, "rows", "100000,1000000", "sizes of the data, in trips")
	f.IntVar(&iterations, "iterations", 5, "measured runs of each")
	f.StringArrayVar(&names, "workload", nil, "a workload to run; may be repeated (default: all but the case study)")
	f.StringArrayVar(&conf, "conf", []string{"spark.master=local[2]"}, "a parameter, key=value; may be repeated")
	f.StringVar(&baseline, "baseline", "", "bench.json of an earlier run to compare with")
	f.StringVar(&out, "out", "bench", "name of the files to write, without ending")
	return c
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func writeBench(r *benchmarks.Report, out string) error {
	for ending, write := range map[string]func(*os.File) error{
		".md": func(f *os.File) error { return r.Markdown(f) }, ".json": func(f *os.File) error { return r.JSON(f) },
	} {
		f, err := os.Create(out + ending)
		if err != nil {
			return err
		}
		if err := write(f); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// generated opens a folder of generated data, generating it when it is not
// there.
func generated(ctx context.Context, dir string, rows int64, p *progress) (workload.Data, error) {
	if d, err := openData(dir); err == nil {
		return d, nil
	}
	o := datasets.GenerateOptions{Rows: rows, From: month(2023, 1), To: month(2023, 3), Seed: 1, Codec: "zstd"}
	o.Progress = func(done, total int64) { p.show("generating trips", int(done>>10), int(total>>10)) }
	_, err := datasets.Generate(ctx, dir, o)
	p.clear()
	if err != nil {
		return workload.Data{}, err
	}
	return openData(dir)
}
