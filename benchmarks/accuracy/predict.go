package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor/whatif"
	"stagecoach/benchmarks/plant"
	"stagecoach/engine/config"
	"stagecoach/profiler"
)

// A trial is one change of a workload's configuration, predicted from a run
// without it and measured.
type trial struct {
	workload, change string
	apart            bool // the change cannot touch this workload
	joint            int  // number of changes made at once
	before, after    time.Duration
	prediction       whatif.Prediction
}

// miss is the prediction's error as a share of what was measured.
func (t *trial) miss() float64 {
	return float64(t.prediction.After-t.after) / float64(max(1, t.after))
}

// covered reports whether what was measured lies in the predicted range.
func (t *trial) covered() bool { return t.prediction.Low <= t.after && t.after <= t.prediction.High }

// predict measures every change on every workload of the shape for it. Runs go in
// turns, one of each configuration and again from the first, so that what else the
// machine does meets all alike. The fastest of each counts, which something else
// disturbed least: runs of half a second on a shared machine differ by a fifth.
// Predictions are made from the fastest run before the change.
func (s *study) predict(ctx context.Context) (trials []trial, err error) {
	d, err := s.data(ctx, s.long)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for _, w := range plant.Workloads {
		if s.part == "predict" && !strings.Contains(w.Name, s.only) {
			continue
		}
		for _, from := range bases {
			more, err := s.predictFrom(ctx, d, w, from)
			if err != nil {
				return nil, err
			}
			trials = append(trials, more...)
		}
	}
	return trials, nil
}

func (s *study) predictFrom(ctx context.Context, d *plant.Data, w plant.Workload, from base) (trials []trial, err error) {
	job := w.Job(d)
	before := make([]*profiler.Profile, 0, s.runs)
	times := make([][]time.Duration, len(from.changes))
	for i := range s.runs + 1 {
		for c := -1; c < len(from.changes); c++ {
			if i == 0 && c >= 0 {
				break // the first run warms up
			}
			more := slices.Clone(from.conf)
			if c >= 0 {
				more = append(more, from.changes[c].set...)
			}
			p, err := plant.Run(ctx, s.dir, w.Name, job, more...)
			switch {
			case err != nil:
				return nil, err
			case i == 0:
			case c < 0:
				before = append(before, p)
			default:
				times[c] = append(times[c], p.App.Wall())
			}
		}
	}
	slices.SortFunc(before, func(a, b *profiler.Profile) int { return int(a.App.Wall() - b.App.Wall()) })
	usual := before[0]
	model := whatif.NewModel(usual)
	for c, change := range from.changes {
		var set []config.Change
		for _, text := range change.set {
			key, value, _ := strings.Cut(text, "=")
			set = append(set, config.Change{Key: key, To: value})
		}
		t := trial{workload: w.Name, change: change.String(), apart: change.apart(w.Name), joint: len(change.set),
			before: usual.App.Wall(), after: slices.Min(times[c]), prediction: model.Predict(whatif.Changes(set...))}
		s.tellTrial(&t)
		trials = append(trials, t)
	}
	return trials, nil
}

func (s *study) tellTrial(t *trial) {
	fmt.Fprintf(s.progress, "%-10s %-70s %5d ms, then %5d ms, predicted %5d ms (%d to %d), misses by %.0f %% %s\n", t.workload, t.change, t.before.Milliseconds(), t.after.Milliseconds(),
		t.prediction.After.Milliseconds(), t.prediction.Low.Milliseconds(), t.prediction.High.Milliseconds(), 100*t.miss(), t.prediction.Refused)
}
