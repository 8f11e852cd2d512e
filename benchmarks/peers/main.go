// Peers runs a suite of SQL files on the engine beside DuckDB, Polars and Spark,
// and prints who needed how long. The other engines run in Python, by the suite's
// own program; what both write is lines of JSON of one form:
//
//	{"label": "stagecoach", "query": "S01", "run": 0, "wall_s": 1.2, "cpu_s": 2.3, "rss_mb": 310, ...}
//
//	peers run --suite DIR --data DIR --results runs.jsonl     the engine's lines
//	peers report runs.jsonl                                   tables of all lines
//
// benchmarks/peers/compare.sh does all of it in turns.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"stagecoach/benchmarks/runner"
)

// A record is one run of one query.
type record struct {
	Label   string   `json:"label"`
	Mode    string   `json:"mode"`
	Engine  string   `json:"engine"`
	Version string   `json:"version"`
	Query   string   `json:"query"`
	Run     int      `json:"run"`
	Wall    float64  `json:"wall_s"`
	CPU     float64  `json:"cpu_s"`
	RSS     float64  `json:"rss_mb"`
	Spill   *float64 `json:"spill_mb,omitempty"`
	Foreign float64  `json:"foreign_cpu_s"` // CPU time that the rest of the machine took meanwhile
	Answer  [][]any  `json:"answer,omitempty"`
	Last    bool     `json:"last"`
	Error   string   `json:"error,omitempty"`
}

func main() {
	runner.TuneGC() // this and what follows as cmd/stagecoach does
	runtime.GOMAXPROCS(runtime.NumCPU() + 1)
	root := &cobra.Command{Use: "peers", SilenceUsage: true, SilenceErrors: true}
	var r suiteRun
	run := &cobra.Command{Use: "run", Short: "run queries on the engine", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return r.run(c.Context()) }}
	flags := run.Flags()
	flags.StringVar(&r.suite, "suite", "", "folder of S01.sql ... and views.spark.sql")
	flags.StringVar(&r.data, "data", "", "folder of the data, ${data} in the queries")
	flags.StringVar(&r.out, "out", filepath.Join(os.TempDir(), "stagecoach-peers"), "folder that queries write into, ${out} in them")
	flags.StringVar(&r.label, "label", "stagecoach", "name of this configuration")
	flags.StringVar(&r.results, "results", "runs.jsonl", "file that lines are added to")
	flags.StringSliceVar(&r.queries, "queries", nil, "queries to run; all when none are named")
	flags.IntVar(&r.runs, "runs", 3, "runs of each query")
	flags.StringArrayVar(&r.conf, "conf", nil, "parameter, key=value")
	report := &cobra.Command{Use: "report FILE", Short: "print tables of the lines of a file", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		records, err := read(args[0])
		if err != nil {
			return err
		}
		return printReport(c.OutOrStdout(), records)
	}}
	root.AddCommand(run, report)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// read reads the lines of a file.
func read(path string) ([]record, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []record
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+1, err)
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return nil, errors.New(path + " has no lines")
	}
	return all, nil
}
