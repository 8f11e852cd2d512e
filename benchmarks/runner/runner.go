// Package runner runs a workload once, under a configuration, and returns what
// it did as a profile: the embedded engine here, others behind the same func.
package runner

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"stagecoach/benchmarks/workload"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Run is one run of a workload.
type Run struct {
	Profile *profiler.Profile
	Answers []workload.Answer
	Wall    time.Duration // from the first query to the last row
	CPU     time.Duration // of this process meanwhile; 0 where the system does not tell
	Log     string        // path of the event log; "" when none was written
}

// Options say where a run reads and what else sees it.
type Options struct {
	Data     workload.Data
	LogDir   string         // folder for a Spark event log; "" writes none unless spark.eventLog.enabled
	Listener event.Listener // beside the profile; may be nil
}

// Func is a runner: the workload, a configuration, one run.
type Func func(context.Context, workload.Workload, config.Config, Options) (*Run, error)

// Engine runs a workload in this process. When the job fails, the Run holds
// what happened until then, and its log is complete and readable.
func Engine(ctx context.Context, w workload.Workload, conf config.Config, o Options) (*Run, error) {
	s, err := Open(w.Name, conf, o)
	if err != nil {
		return nil, err
	}
	out := &Run{Profile: s.Profile}
	cpu, start := ProcessCPU(), time.Now()
	out.Answers, err = w.Run(ctx, s.Session, o.Data)
	out.Wall, out.CPU = time.Since(start), ProcessCPU()-cpu
	err = errors.Join(err, s.Close())
	out.Log = s.Log()
	return out, err
}

// Counters are the numbers that are the same whenever the same work is done:
// stages, tasks, rows and bytes.
func (r *Run) Counters() map[string]int64 {
	c := map[string]int64{}
	for _, s := range r.Profile.Stages {
		c["stages"]++
		c["tasks"] += int64(s.Complete)
		c["failed tasks"] += int64(s.Failed)
		for id, v := range s.Metrics.All {
			if u := id.Unit(); u != metric.Duration && id != metric.PeakExecutionMemory && id != metric.ResultSize {
				c[id.String()] += v
			}
		}
	}
	return c
}

// Operators is the time in each plan node, in seconds, by execution and node.
func (r *Run) Operators() map[string]float64 {
	out := map[string]float64{}
	for _, x := range r.Profile.Executions {
		for _, n := range x.Nodes {
			if m, ok := n.Metric(metric.NodeTime.String()); ok && m.Seen {
				out[fmt.Sprintf("%s of query %d (node %d)", n.Name, x.ID, n.ID)] += float64(m.Total) / 1e9
			}
			if m, ok := n.Metric(metric.ScanTime.String()); ok && m.Seen {
				out[fmt.Sprintf("%s of query %d (node %d)", n.Name, x.ID, n.ID)] += float64(m.Total) / 1e9
			}
		}
	}
	return out
}

// Digest is a short text that is the same for the same answers, doubles rounded
// to six figures.
func (r *Run) Digest() string {
	h := fnv.New64a()
	for _, a := range r.Answers {
		for _, row := range a.Rows {
			for _, v := range row {
				if v.F != 0 {
					fmt.Fprintf(h, "%.6g|", v.F)
				} else {
					fmt.Fprintf(h, "%s|", v)
				}
			}
		}
		fmt.Fprintln(h, a.Name, len(a.Rows))
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
