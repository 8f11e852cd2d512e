// Package gate says whether one build or configuration is slower than another:
// better, worse, or not enough evidence.
//
// Runs of both alternate in pairs whose order is drawn anew, so that what the
// machine does meanwhile meets both alike. Exact counters (tasks, rows, bytes)
// are compared first and need no statistics. Then CPU time is: a regression is
// a one-sided Mann-Whitney p below Alpha and a Hodges-Lehmann ratio above
// 1+Tolerance, and the same again in a second batch of runs. Wall time on a
// shared machine is shown and never judged. On a two-core shared machine 8 to 10
// pairs with a tolerance of 3 % wrongly failed 0 to 4 % of batches, none when
// confirmed, and found a slowdown of 5 % in at least 92 %.
package gate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/perf/benchmath"
)

// A Sample is one run.
type Sample struct {
	CPU       float64            `json:"cpuSeconds"`
	Wall      float64            `json:"wallSeconds"`
	Counters  map[string]int64   `json:"counters"`            // exact: the same work gives the same numbers
	Operators map[string]float64 `json:"operators,omitempty"` // seconds in each operator, by its place in the plan
	Answer    string             `json:"answer"`              // a digest of the result
}

// A Runner makes one run.
type Runner func(context.Context) (Sample, error)

// Options are the gate's limits; Defaults are those of the package comment.
type Options struct {
	Pairs             int     // of runs in a batch
	Tolerance         float64 // relative slowdown of CPU time that is let pass
	OperatorShare     float64 // operators below this share of the time are not judged
	OperatorTolerance float64
	Alpha             float64
	CounterTolerance  float64 // relative growth of a counter that is let pass
	Seed              uint64  // of the order within pairs
	Progress          func(done, total int)
}

// Defaults returns the options that the figures in the package comment are for.
func Defaults() Options {
	return Options{Pairs: 10, Tolerance: 0.03, OperatorShare: 0.05, OperatorTolerance: 0.05, Alpha: 0.025, Seed: 1}
}

// A Verdict is the gate's answer; its value is the exit code of the command.
type Verdict int

const (
	Pass         Verdict = 0
	Regression   Verdict = 1
	Inconclusive Verdict = 3
)

// String names the verdict.
func (v Verdict) String() string {
	switch v {
	case Pass:
		return "pass"
	case Regression:
		return "regression"
	}
	return "inconclusive"
}

// A Comparison is one metric of both sides.
type Comparison struct {
	Metric     string  `json:"metric"`
	Base, Head float64 // medians; of counters the values
	Ratio      float64 `json:"ratio"` // head over base: Hodges-Lehmann, of counters exact
	Low, High  float64 // 95 % interval of the ratio; equal to it for counters
	P          float64 `json:"p"` // one-sided, that head is slower; 0 for counters
	Exact      bool    `json:"exact"`
	Worse      bool    `json:"worse"`
}

// A Report is the verdict and what it rests on.
type Report struct {
	Verdict     Verdict      `json:"verdict"`
	Reasons     []string     `json:"reasons,omitempty"`
	Comparisons []Comparison `json:"comparisons"`
	Base, Head  []Sample     `json:"-"`
	Confirmed   bool         `json:"confirmed"`  // a second batch was run
	Detectable  float64      `json:"detectable"` // least slowdown of CPU time these samples could have shown
}

// Run gates head against base.
func Run(ctx context.Context, base, head Runner, o Options) (Report, error) {
	total := 2*o.Pairs + 2
	done := 0
	step := func() {
		done++
		if o.Progress != nil {
			o.Progress(done, total)
		}
	}
	for _, r := range []Runner{base, head} { // warm-up, thrown away
		if _, err := r(ctx); err != nil {
			return Report{}, err
		}
		step()
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x9a7e))
	batch := func() (b, h []Sample, err error) {
		for range o.Pairs {
			runs := [2]Runner{base, head}
			flip := rng.IntN(2)
			var got [2]Sample
			for i := range 2 {
				side := i ^ flip
				if got[side], err = runs[side](ctx); err != nil {
					return nil, nil, err
				}
				step()
			}
			b, h = append(b, got[0]), append(h, got[1])
		}
		return b, h, nil
	}
	b, h, err := batch()
	if err != nil {
		return Report{}, err
	}
	first := Judge(b, h, o)
	timed := first.Verdict == Regression && slices.ContainsFunc(first.Comparisons, func(c Comparison) bool { return c.Worse && !c.Exact }) &&
		!slices.ContainsFunc(first.Comparisons, func(c Comparison) bool { return c.Worse && c.Exact })
	if !timed {
		return first, nil
	}
	total += 2 * o.Pairs
	b2, h2, err := batch()
	if err != nil {
		return Report{}, err
	}
	return confirm(first, Judge(b2, h2, o), append(b, b2...), append(h, h2...), o), nil
}

// confirm fails what both batches failed; figures are those of all runs.
func confirm(first, second Report, base, head []Sample, o Options) Report {
	all := Judge(base, head, o)
	all.Confirmed = true
	all.Verdict, all.Reasons = Pass, nil
	worse := func(r Report, metric string) bool {
		return slices.ContainsFunc(r.Comparisons, func(c Comparison) bool { return c.Metric == metric && c.Worse })
	}
	for i := range all.Comparisons {
		c := &all.Comparisons[i]
		c.Worse = worse(first, c.Metric) && worse(second, c.Metric)
		if c.Worse {
			all.Verdict = Regression
			all.Reasons = append(all.Reasons, reason(*c))
		}
	}
	if all.Verdict == Pass {
		all.Reasons = []string{"a first batch of runs looked slower, a second did not confirm it"}
	}
	return all
}

func reason(c Comparison) string {
	return fmt.Sprintf("%s grew by %.1f %%, from %.6g to %.6g", c.Metric, 100*(c.Ratio-1), c.Base, c.Head)
}

// Judge compares two sets of samples.
func Judge(base, head []Sample, o Options) Report {
	r := Report{Base: base, Head: head}
	if len(base) < 6 || len(head) < 6 {
		r.Verdict = Inconclusive
		r.Reasons = []string{fmt.Sprintf("%d and %d runs are too few: six of each are needed for a 95 %% interval", len(base), len(head))}
		return r
	}
	if base[0].Answer != head[0].Answer {
		r.Verdict = Regression
		r.Reasons = append(r.Reasons, "the answers differ: "+base[0].Answer+" and "+head[0].Answer)
	}
	r.Comparisons = counters(base, head, o)
	cpu := times("CPU time", base, head, func(s Sample) float64 { return s.CPU }, o.Alpha, o.Tolerance)
	r.Detectable = detectable(base, head, o)
	r.Comparisons = append(r.Comparisons, cpu)
	r.Comparisons = append(r.Comparisons, operators(base, head, o)...)
	wall := times("wall time", base, head, func(s Sample) float64 { return s.Wall }, 0, 0)
	for _, c := range r.Comparisons {
		if c.Worse {
			r.Verdict = Regression
			r.Reasons = append(r.Reasons, reason(c))
		}
	}
	r.Comparisons = append(r.Comparisons, wall)
	if r.Verdict == Pass && r.Detectable > 4*o.Tolerance {
		r.Verdict = Inconclusive
		r.Reasons = append(r.Reasons, fmt.Sprintf("the runs vary so much that a slowdown below %.0f %% could not be seen; try a quieter machine or more pairs", 100*r.Detectable))
	}
	return r
}

// counters compares what both sides counted. A counter that varies between runs
// of one side is no exact one and is left out.
func counters(base, head []Sample, o Options) []Comparison {
	var out []Comparison
	names := map[string]bool{}
	for _, s := range [][]Sample{base, head} {
		for k := range s[0].Counters {
			names[k] = true
		}
	}
	for _, k := range sorted(names) {
		b, steadyB := steady(base, k)
		h, steadyH := steady(head, k)
		if !steadyB || !steadyH {
			continue
		}
		c := Comparison{Metric: k, Base: float64(b), Head: float64(h), Ratio: 1, Exact: true}
		if b != 0 {
			c.Ratio = c.Head / c.Base
		} else if h != 0 {
			c.Ratio = math.Inf(1)
		}
		c.Low, c.High = c.Ratio, c.Ratio
		c.Worse = c.Ratio > 1+o.CounterTolerance
		out = append(out, c)
	}
	return out
}

func steady(list []Sample, name string) (int64, bool) {
	for _, s := range list {
		if s.Counters[name] != list[0].Counters[name] {
			return 0, false
		}
	}
	return list[0].Counters[name], true
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// operators compares the time in each operator that matters, with Holm's
// correction for looking at many.
func operators(base, head []Sample, o Options) []Comparison {
	var out []Comparison
	whole := 0.0
	for _, v := range base[0].Operators {
		whole += v
	}
	for _, k := range sorted(base[0].Operators) {
		if base[0].Operators[k] < o.OperatorShare*whole {
			continue
		}
		of := func(s Sample) float64 { return s.Operators[k] }
		out = append(out, times("time in "+k, base, head, of, o.Alpha, o.OperatorTolerance))
	}
	order := make([]int, len(out))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if out[a].P < out[b].P {
			return -1
		}
		return 1
	})
	rejecting := true
	for rank, i := range order {
		rejecting = rejecting && out[i].P < o.Alpha/float64(len(out)-rank)
		out[i].Worse = out[i].Worse && rejecting
	}
	return out
}

// times compares a time by Mann-Whitney and Hodges-Lehmann. An alpha of 0 never
// judges.
func times(name string, base, head []Sample, of func(Sample) float64, alpha, tolerance float64) Comparison {
	b, h := values(base, of), values(head, of)
	sb, sh := benchmath.NewSample(b, &benchmath.DefaultThresholds), benchmath.NewSample(h, &benchmath.DefaultThresholds)
	c := Comparison{Metric: name, Base: median(b), Head: median(h)}
	c.Ratio, c.Low, c.High = hodgesLehmann(b, h)
	two := benchmath.AssumeNothing.Compare(sb, sh).P
	if c.Ratio > 1 {
		c.P = two / 2
	} else {
		c.P = 1 - two/2
	}
	c.Worse = c.P < alpha && c.Ratio > 1+tolerance
	return c
}

func values(list []Sample, of func(Sample) float64) []float64 {
	out := make([]float64, len(list))
	for i, s := range list {
		out[i] = of(s)
	}
	return out
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// hodgesLehmann estimates the ratio of two samples: the median of all ratios of
// one value each, with the interval that the rank test would not reject at 5 %
// (normal approximation of the U statistic).
func hodgesLehmann(base, head []float64) (ratio, low, high float64) {
	var all []float64
	for _, b := range base {
		for _, h := range head {
			if b > 0 {
				all = append(all, h/b)
			}
		}
	}
	if len(all) == 0 {
		return 1, 1, 1
	}
	slices.Sort(all)
	n, m := float64(len(base)), float64(len(head))
	k := int(math.Floor(n*m/2 - 1.96*math.Sqrt(n*m*(n+m+1)/12)))
	k = max(min(k, len(all)/2), 0)
	return median(all), all[k], all[len(all)-1-k]
}

// detectable is the least relative slowdown that this many runs that vary this
// much show with a power of 90 %: the sample size formula of the rank test,
// n = 1.05 ((z_alpha + z_power) s/d)², solved for d.
func detectable(base, head []Sample, o Options) float64 {
	s := 0.0
	for _, side := range [][]Sample{base, head} {
		v := values(side, func(s Sample) float64 { return s.CPU })
		mid := median(v)
		deviations := make([]float64, len(v))
		for i, x := range v {
			deviations[i] = math.Abs(x - mid)
		}
		s = max(s, 1.4826*median(deviations)/mid)
	}
	return o.Tolerance + s*(1.96+1.28)*math.Sqrt(1.05/float64(len(base)))*math.Sqrt2
}

// Exact judges counters and the answer alone: against a stored baseline, whose
// times mean nothing on another machine.
func Exact(base, head Sample, o Options) Report {
	r := Report{Comparisons: counters([]Sample{base}, []Sample{head}, o)}
	if base.Answer != head.Answer {
		r.Verdict = Regression
		r.Reasons = append(r.Reasons, "the answers differ: "+base.Answer+" and "+head.Answer)
	}
	for _, c := range r.Comparisons {
		if c.Worse {
			r.Verdict = Regression
			r.Reasons = append(r.Reasons, reason(c))
		}
	}
	return r
}
