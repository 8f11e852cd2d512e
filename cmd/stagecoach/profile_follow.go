package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// followProfile folds a log, or what a running application says of itself, into
// p until the application has ended or ctx does, and prints a line about once in
// every whenever more has come.
func followProfile(ctx context.Context, p *profiler.Profile, progress io.Writer, path string, every time.Duration) error {
	var told time.Time
	for e, err := range eventsOf(ctx, path, true, every) {
		if err := foldEvent(p, e, err); err != nil {
			return err
		}
		if now := time.Now(); now.Sub(told) >= every {
			told = now
			fmt.Fprintln(progress, progressLine(p))
		}
	}
	p.Settle()
	return nil
}

// progressLine says how far an application is.
func progressLine(p *profiler.Profile) string {
	running, active := 0, 0
	for _, s := range p.Stages {
		if s.Status == profiler.Running {
			running++
			active += s.Active
		}
	}
	t := &p.Totals
	line := fmt.Sprintf("%s: %d jobs (%d ended), %d stages (%d running), %s tasks ended, %d running", metric.FormatDuration(p.App.Wall()),
		t.Jobs, t.JobEnds, t.Submitted, running, metric.FormatCount(int64(t.Tasks)), active)
	if t.FailedTasks > 0 {
		line += fmt.Sprintf(", %d failed", t.FailedTasks)
	}
	return line
}
