// Package sweep tries settings: a grid of them, or a proposal against what is
// in force. Rules propose; here experiments dispose.
//
// A sweep knows no engine. It is handed a Runner, so that the embedded engine,
// spark-submit, the simulator and a test's fake are all tried by the same code.
// Runs of different settings take turns in an order drawn anew each round, so
// that what the machine does meanwhile meets all of them alike.
package sweep

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// A Measurement is one run under one configuration.
type Measurement struct {
	Profile *profiler.Profile
	Wall    time.Duration // of the job, as its user waits for it
	CPU     time.Duration // of the process meanwhile; 0 when not known
	Answer  Answer        // nil when the runner keeps none
}

// An Answer is the result of a run, to be compared with that of another.
type Answer interface {
	// Differs returns what differs first, or "".
	Differs(Answer) string
}

// A Runner runs the job once.
type Runner func(context.Context, config.Config) (*Measurement, error)

// Progress is told before each run what it tries, and how many of how many
// runs are done.
type Progress func(what string, done, total int)

// Options say how to try.
type Options struct {
	Repeats  int // runs of every setting; 0 means 3
	Seed     uint64
	Progress Progress
}

// A Point is one setting and what its runs took.
type Point struct {
	Changes []config.Change
	Runs    []*Measurement
	Failed  error // the first failure; a point that fails is tried no more
}

// Seconds returns the wall times of the point's runs.
func (p Point) Seconds() []float64 {
	out := make([]float64, len(p.Runs))
	for i, r := range p.Runs {
		out[i] = r.Wall.Seconds()
	}
	return out
}

// Median is the point's typical wall time in seconds; NaN when all runs failed.
func (p Point) Median() float64 { return Median(p.Seconds()) }

// A Result is a finished sweep.
type Result struct {
	Axes    []Axis
	Points  []Point
	Best    int      // of the points that ran; -1 when none did
	Effects []Effect // by axis, in the order of the axes
	Differs string   // how the answers of two points differ; "" when they do not
	Beaten  int      // points whose interval lies wholly above the best one's
}

// An Effect is what an axis does on average over all others.
type Effect struct {
	Axis   Axis
	Values []float64 // median seconds at each value, averaged over the other axes
	Share  float64   // largest over smallest of them, less 1
}

// Run tries every point of the grid.
func Run(ctx context.Context, base config.Config, axes []Axis, run Runner, o Options) (*Result, error) {
	if o.Repeats == 0 {
		o.Repeats = 3
	}
	points := Grid(axes)
	out := &Result{Axes: axes, Points: make([]Point, len(points)), Best: -1}
	confs := make([]config.Config, len(points))
	for i, changes := range points {
		var err error
		if confs[i], err = base.Apply(changes...); err != nil {
			return nil, err
		}
		for j := range changes {
			changes[j].From = base.Text(changes[j].Key)
		}
		out.Points[i].Changes = changes
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x5eed))
	total, done := o.Repeats*len(points), 0
	var answer Answer
	for range o.Repeats {
		for _, i := range rng.Perm(len(points)) {
			p := &out.Points[i]
			if o.Progress != nil {
				o.Progress(label(p.Changes), done, total)
			}
			done++
			if p.Failed != nil {
				continue
			}
			m, err := run(ctx, confs[i])
			if ctx.Err() != nil {
				return out.finish(), ctx.Err()
			}
			if err != nil {
				p.Failed = err
				continue
			}
			p.Runs = append(p.Runs, m)
			if answer == nil {
				answer = m.Answer
			} else if m.Answer != nil && out.Differs == "" {
				if d := answer.Differs(m.Answer); d != "" {
					out.Differs = label(p.Changes) + ": " + d
				}
			}
		}
	}
	return out.finish(), nil
}

func label(changes []config.Change) string {
	text := ""
	for i, c := range changes {
		if i > 0 {
			text += " "
		}
		text += c.String()
	}
	return text
}

// finish finds the best point and the effects of the axes.
func (r *Result) finish() *Result {
	for i, p := range r.Points {
		if len(p.Runs) > 0 && (r.Best < 0 || p.Median() < r.Points[r.Best].Median()) {
			r.Best = i
		}
	}
	if r.Best >= 0 {
		best := Interval(r.Points[r.Best].Seconds())
		for _, p := range r.Points {
			if len(p.Runs) > 0 && Interval(p.Seconds()).Low > best.High {
				r.Beaten++
			}
		}
	}
	for a, axis := range r.Axes {
		e := Effect{Axis: axis, Values: make([]float64, len(axis.Values))}
		for v := range axis.Values {
			sum, n := 0.0, 0
			for i, p := range r.Points {
				if place(r.Axes, i)[a] == v && len(p.Runs) > 0 {
					sum += p.Median()
					n++
				}
			}
			e.Values[v] = sum / float64(n)
		}
		e.Share = slices.Max(e.Values)/slices.Min(e.Values) - 1
		r.Effects = append(r.Effects, e)
	}
	return r
}

// A Range is a median with its confidence interval.
type Range struct {
	Median, Low, High float64
	Confidence        float64 // that the true median lies in [Low, High]
}

// String prints "1.23 [1.20, 1.31]".
func (r Range) String() string { return fmt.Sprintf("%.3g [%.3g, %.3g]", r.Median, r.Low, r.High) }

// Interval is the median of v with the tightest interval between two of its
// values that covers the true median with 95 % confidence, or all of v with
// what confidence that gives (fewer than six values). It assumes nothing about
// the distribution: the number of values below the median is binomial.
func Interval(v []float64) Range {
	if len(v) == 0 {
		return Range{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	out := Range{Median: Median(v), Low: s[0], High: s[n-1]}
	tail := math.Pow(0.5, float64(n)) // P(all values on one side)
	out.Confidence = 1 - 2*tail
	term := tail
	for k := 1; k <= (n-1)/2; k++ {
		term *= float64(n-k+1) / float64(k)
		tail += term
		if 1-2*tail < 0.95 {
			break
		}
		out.Low, out.High, out.Confidence = s[k], s[n-1-k], 1-2*tail
	}
	return out
}

// Median is the middle of v, or the mean of the two in the middle; NaN of none.
func Median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}
