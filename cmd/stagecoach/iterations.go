package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stagecoach/advisor/iterative"
	"stagecoach/advisor/report"
	"stagecoach/advisor/size"
	"stagecoach/benchmarks/workload"
	"stagecoach/engine"
	"stagecoach/engine/config"
)

// iterationsCommand says what a loop costs by MapReduce, by Spark, and by the ways
// that Spark has to keep what every round reads.
func iterationsCommand() *cobra.Command {
	j := iterative.Default
	sizes := map[string]*float64{"input": &j.Input, "state": &j.State, "shuffle": &j.Shuffle, "memory": &j.Memory, "disk": &j.Disk, "network": &j.Network, "ram": &j.RAM, "compute": &j.Compute, "decode": &j.Decode}
	texts := map[string]*string{}
	times := map[string]*time.Duration{}
	var format, loop, data string
	var settings []string
	c := &cobra.Command{
		Use:   "iterations",
		Short: "What a job of many rounds costs: MapReduce, re-reading, caching, checkpoints, replicas",
		Long: `Iterations computes what a job takes that reads the same data in every round, as
learners and graph algorithms do: as one MapReduce job a round, and in Spark without
caching, cached in memory, in memory and on disk, with checkpoints, and replicated.
What memory does not hold is read again or fetched from disk; a plan that carries
all rounds costs the driver more each round; failures cost what has to be made again.

--measure runs a loop on the engine beside it (` + loopNames() + `), once
reading its points again each round and once with them in memory.`,
		Example: `  stagecoach simulate iterations --input 1TB --rounds 50 --nodes 20 --memory 64GB
  stagecoach simulate iterations --memory 4GB --format json
  stagecoach simulate iterations --rounds 10 --measure gradient-descent --data data`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkFormat(format, "text", "json"); err != nil {
				return err
			}
			for name, text := range texts {
				if !c.Flags().Changed(name) {
					continue
				}
				n, err := size.Bytes(*text)
				if err != nil {
					return fmt.Errorf("--%s: %w", name, err)
				}
				*sizes[name] = float64(n)
			}
			j.Startup, j.Plan, j.MTBF = times["startup"].Seconds(), times["plan"].Seconds(), times["mtbf"].Seconds()
			if err := j.Check(); err != nil {
				return err
			}
			var measured []report.Measured
			if loop != "" {
				m, err := measureLoop(c, loop, data, settings, j.Rounds)
				if err != nil {
					return err
				}
				measured = append(measured, m)
			}
			costs := iterative.Costs(j)
			if format == "json" {
				return report.IterationsJSON(c.OutOrStdout(), j, costs, measured)
			}
			return report.IterationsText(c.OutOrStdout(), j, costs, measured)
		},
	}
	flags := c.Flags()
	for _, f := range []struct{ name, otherwise, doc string }{
		{"input", "100GB", "bytes that every round reads, as they lie on disk"}, {"state", "100MB", "bytes that a round hands to the next"},
		{"shuffle", "1GB", "bytes that a round shuffles"}, {"memory", "40GB", "memory of a node for cached blocks"}, {"disk", "200MB", "a second, of a node's disk"},
		{"network", "1192MB", "a second, of a node's network"}, {"ram", "10GB", "a second, at which a node reads cached blocks"},
		{"compute", "50MB", "of input a second that a core works through"}, {"decode", "100MB", "of input a second that a core decodes"},
	} {
		texts[f.name] = flags.String(f.name, f.otherwise, f.doc)
	}
	for _, f := range []struct {
		name, doc string
		otherwise time.Duration
	}{{"startup", "time that a MapReduce job takes to start", 15 * time.Second}, {"plan", "driver's time a round for each round in the lineage", 50 * time.Millisecond}, {"mtbf", "time between failures of a node; 0: none fails", 720 * time.Hour}} {
		times[f.name] = flags.Duration(f.name, f.otherwise, f.doc)
	}
	flags.Float64Var(&j.Expansion, "expansion", j.Expansion, "bytes in memory for a byte on disk")
	flags.IntVar(&j.Rounds, "rounds", j.Rounds, "rounds")
	flags.IntVar(&j.Nodes, "nodes", j.Nodes, "nodes")
	flags.IntVar(&j.Cores, "cores", j.Cores, "cores of a node")
	flags.IntVar(&j.Replicas, "replicas", j.Replicas, "copies that the distributed file system keeps")
	flags.IntVar(&j.Every, "every", 0, "rounds between checkpoints; 0: the best by Young's formula")
	flags.StringVar(&loop, "measure", "", "loop to run on the engine beside the model")
	flags.StringVar(&data, "data", "data", "folder of taxi data for --measure")
	flags.StringArrayVar(&settings, "conf", nil, "a parameter of the engine for --measure, as key=value; may be repeated")
	flags.StringVarP(&format, "format", "f", "text", "text or json")
	return c
}

func loopNames() string {
	var names []string
	for _, l := range workload.Loops {
		names = append(names, l.Name)
	}
	return strings.Join(names, ", ")
}

// measureLoop runs the rounds twice, each time in a session of its own.
func measureLoop(c *cobra.Command, name, dir string, settings []string, rounds int) (report.Measured, error) {
	l, err := workload.LookupLoop(name)
	if err != nil {
		return report.Measured{}, err
	}
	conf, err := config.Parse(settings...)
	if err != nil {
		return report.Measured{}, err
	}
	data, err := openData(dir)
	if err != nil {
		return report.Measured{}, err
	}
	m := report.Measured{Loop: l.Name, Title: l.Title}
	for _, cached := range []bool{false, true} {
		s, err := engine.NewSession(conf)
		if err != nil {
			return m, err
		}
		took, state, err := l.Run(c.Context(), s, data, rounds, cached)
		if err == nil && cached {
			m.Rows, err = l.Points(s, data).Count(c.Context())
		}
		if closing := s.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return m, jobError(err)
		}
		m.Answer = l.Answer(state)
		if cached {
			m.Cached = took
		} else {
			m.Rereading = took
		}
	}
	return m, nil
}
