package sweep

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
)

// A Trial is a proposal put to the test: the job as it was and the job with the
// changes, run in turns.
type Trial struct {
	Changes    []config.Change
	Predicted  whatif.Prediction // of the changes, made from the first run before them
	Before     []*Measurement
	After      []*Measurement
	Ratio      Range  // after over before, of the runs of each pair
	Differs    string // how the answers differ; "" when they are equal
	Comparable bool   // both sides kept their answers
}

// Verdict says in a sentence what the trial found.
func (t *Trial) Verdict() string {
	switch {
	case t.Differs != "":
		return "the answers differ: " + t.Differs
	case t.Ratio.High < 1:
		return fmt.Sprintf("faster: %.0f %% of the time, between %.0f %% and %.0f %%", 100*t.Ratio.Median, 100*t.Ratio.Low, 100*t.Ratio.High)
	case t.Ratio.Low > 1:
		return fmt.Sprintf("slower: %.0f %% of the time, between %.0f %% and %.0f %%", 100*t.Ratio.Median, 100*t.Ratio.Low, 100*t.Ratio.High)
	}
	return fmt.Sprintf("no difference shown: between %.0f %% and %.0f %% of the time", 100*t.Ratio.Low, 100*t.Ratio.High)
}

// Gain is the measured wall time saved by a run, with its interval: the ratio's
// applied to the median run before.
func (t *Trial) Gain() (median, low, high time.Duration) {
	before := Median(seconds(t.Before))
	saved := func(ratio float64) time.Duration { return time.Duration(before * (1 - ratio) * 1e9) }
	return saved(t.Ratio.Median), saved(t.Ratio.High), saved(t.Ratio.Low)
}

// PredictedGain is the predicted wall time saved by a run, with its range. The
// prediction was made from one run; it speaks of a share of the run's time,
// which is applied to the median run before, as Gain is. ok is false when there
// is no prediction.
func (t *Trial) PredictedGain() (typical, low, high time.Duration, ok bool) {
	p := t.Predicted
	if p.Refused != "" || p.Before <= 0 {
		return 0, 0, 0, false
	}
	scale := Median(seconds(t.Before)) / p.Before.Seconds()
	apply := func(d time.Duration) time.Duration { return time.Duration(float64(d) * scale) }
	from, to := p.SavedRange()
	return apply(p.Saved()), apply(from), apply(to), true
}

// Held reports whether the measured gain lies in the predicted range; ok is
// false when there is no prediction.
func (t *Trial) Held() (held, ok bool) {
	_, low, high, ok := t.PredictedGain()
	gain, _, _ := t.Gain()
	return gain >= low && gain <= high, ok
}

func seconds(runs []*Measurement) []float64 {
	out := make([]float64, len(runs))
	for i, m := range runs {
		out[i] = m.Wall.Seconds()
	}
	return out
}

// Try runs the job in pairs, with and without the changes, after one unmeasured
// run of each.
func Try(ctx context.Context, base config.Config, changes []config.Change, predicted whatif.Prediction, run Runner, o Options) (*Trial, error) {
	changed, err := base.Apply(changes...)
	if err != nil {
		return nil, err
	}
	if o.Repeats == 0 {
		o.Repeats = 6
	}
	t := &Trial{Changes: changes, Predicted: predicted, Comparable: true}
	confs := [2]config.Config{base, changed}
	names := [2]string{"as it was", "with the changes"}
	total, done := 2*o.Repeats+2, 0
	once := func(side int) (*Measurement, error) {
		if o.Progress != nil {
			o.Progress(names[side], done, total)
		}
		done++
		m, err := run(ctx, confs[side])
		if err != nil {
			return nil, fmt.Errorf("the job %s: %w", names[side], err)
		}
		return m, nil
	}
	for side := range 2 {
		if _, err := once(side); err != nil {
			return nil, err
		}
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x7a1a))
	var ratios []float64
	for range o.Repeats {
		var pair [2]*Measurement
		first := rng.IntN(2)
		for _, side := range []int{first, 1 - first} {
			if pair[side], err = once(side); err != nil {
				return nil, err
			}
		}
		t.Before, t.After = append(t.Before, pair[0]), append(t.After, pair[1])
		ratios = append(ratios, pair[1].Wall.Seconds()/pair[0].Wall.Seconds())
		if pair[0].Answer == nil || pair[1].Answer == nil {
			t.Comparable = false
		} else if t.Differs == "" {
			t.Differs = pair[0].Answer.Differs(pair[1].Answer)
		}
	}
	t.Ratio = Interval(ratios)
	return t, nil
}
