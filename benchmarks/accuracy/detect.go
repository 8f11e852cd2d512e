package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/rules"
	"stagecoach/benchmarks/plant"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// matters is the share of the wall that a planted cause has to cost for silence
// about it to be wrong; remeasure is that below which two pairs of runs do not
// tell, and three are measured.
const (
	matters   = 0.05
	remeasure = 0.20
)

// A said is one cause that the advisor named in a run.
type said struct {
	cause  string
	saving float64 // predicted or at stake, as a share of the wall
}

// A case_ is a run with the truth about it.
type case_ struct {
	cause    string // "healthy" for none
	also     []string
	strength string
	shape    string
	what     string        // of a healthy run: the kind of job
	wall     time.Duration // as planted
	cost     float64       // share of the wall that what was planted takes, by measurement; 1 where time does not tell
	said     []said        // in the advisor's order, each cause once
	plain    []said        // of the same job without the cause
	busy     float64       // of a healthy run: processor time of its tasks over the time that they ran
}

// right reports whether naming the cause is right in this run.
func (c *case_) right(cause string) bool { return cause == c.cause || slices.Contains(c.also, cause) }

// serious reports whether silence would be wrong.
func (c *case_) serious() bool { return c.cause != "healthy" && c.cost >= matters }

func (c *case_) found() bool {
	return slices.ContainsFunc(c.said, func(s said) bool { return c.right(s.cause) })
}

func (c *case_) first() string {
	if len(c.said) == 0 {
		return "(nothing)"
	}
	return c.said[0].cause
}

// named lists what the advisor says of a run.
func named(p *profiler.Profile) (out []said) {
	r := advisor.Advise(p, rules.All, advisor.Option{})
	for _, f := range r.Findings {
		if !slices.ContainsFunc(out, func(s said) bool { return s.cause == f.Cause }) {
			out = append(out, said{f.Cause, float64(f.Stake()) / float64(max(1, r.Wall))})
		}
	}
	return out
}

// busy is the processor time of a run's tasks over the time that they ran.
func busy(p *profiler.Profile) float64 {
	var cpu, ran int64
	for _, s := range p.Stages {
		cpu += s.Metrics.Value(metric.ExecutorCPUTime)
		ran += s.Metrics.Value(metric.ExecutorRunTime)
	}
	return float64(cpu) / float64(max(1, ran))
}

// detect plants every cause at every strength in every shape, and runs the healthy
// jobs.
func (s *study) detect(ctx context.Context) (cases []case_, err error) {
	for _, shape := range s.shapes {
		d, err := s.data(ctx, shape)
		if err != nil {
			return nil, err
		}
		more, err := s.detectIn(ctx, d)
		if err := d.Close(); err != nil {
			return nil, err
		}
		if err != nil {
			return nil, err
		}
		cases = append(cases, more...)
	}
	return cases, nil
}

func (s *study) detectIn(ctx context.Context, d *plant.Data) (cases []case_, err error) {
	warm, err := plant.Controls[0].Job(ctx, d)
	if err != nil {
		return nil, err
	}
	if _, err := plant.Run(ctx, s.dir, "warm-up", warm); err != nil {
		return nil, err
	}
	for _, c := range plant.Causes {
		for _, strength := range s.strengths {
			if !strings.Contains(c.Name, s.only) {
				continue
			}
			planted, plain, err := c.Plant(ctx, d, strength)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.Name, err)
			}
			one := case_{cause: c.Name, also: c.Also, strength: strength.String(), shape: d.Name}
			if err := s.measure(ctx, planted, plain, &one); err != nil {
				return nil, err
			}
			s.tell(&one)
			cases = append(cases, one)
		}
	}
	for _, h := range plant.Controls {
		if !strings.Contains("healthy "+h.Name, s.only) {
			continue
		}
		job, err := h.Job(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		p, err := plant.Run(ctx, s.dir, h.Name, job)
		if err != nil {
			return nil, err
		}
		one := case_{cause: "healthy", shape: d.Name, what: h.Name, wall: p.App.Wall(), said: named(p), busy: busy(p)}
		s.tell(&one)
		cases = append(cases, one)
	}
	return cases, nil
}

// measure runs the job both ways, in turns, and judges the first run of each. The
// fastest of two, or of three where they are near, tells what the cause costs. A log
// that is cut costs no time: it is serious in any case.
func (s *study) measure(ctx context.Context, planted, plain plant.Job, c *case_) error {
	var with, without []time.Duration
	for {
		p, err := plant.Run(ctx, s.dir, c.cause, planted)
		if err != nil {
			return err
		}
		q, err := plant.Run(ctx, s.dir, c.cause+" without", plain)
		if err != nil {
			return err
		}
		with, without = append(with, p.App.Wall()), append(without, q.App.Wall())
		if len(with) == 1 {
			c.wall, c.said, c.plain = p.App.Wall(), named(p), named(q)
		}
		c.cost = 1 - float64(slices.Min(without))/float64(max(1, slices.Min(with)))
		if planted.Cut > 0 {
			c.cost = 1
			return nil
		}
		if len(with) == 3 || len(with) == 2 && c.cost > remeasure || s.runs < 3 {
			return nil
		}
	}
}

// tell prints a case as it is known.
func (s *study) tell(c *case_) {
	fmt.Fprintf(s.progress, "%-8s %-26s %-8s %-30s %6d ms, costs %3.0f %%: %s; without: %s\n", c.shape, c.cause, c.strength, c.what, c.wall.Milliseconds(), 100*c.cost, texts(c.said), texts(c.plain))
}

func texts(list []said) string {
	var out []string
	for _, s := range list {
		out = append(out, fmt.Sprintf("%s %.0f %%", s.cause, 100*s.saving))
	}
	return strings.Join(out, ", ")
}
