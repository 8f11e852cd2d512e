package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/metric"
)

// The sentences that all renderers share.

func duration(d time.Duration) string { return metric.FormatDuration(d) }

// saving says what a prediction promises: "saves 3.5 s of 12.0 s (29 %), between 2.9 s and 4.1 s".
func saving(p whatif.Prediction) string {
	switch {
	case p.Refused != "":
		return "not predicted: " + p.Refused
	case p.Before == 0:
		return "not predicted"
	}
	low, high := p.SavedRange()
	share := 100 * float64(p.Saved()) / float64(p.Before)
	if math.Abs(share) < 0.5 {
		return fmt.Sprintf("saves nothing worth measuring of %s", duration(p.Before))
	}
	verb := "saves"
	saved := p.Saved()
	if saved < 0 {
		verb, saved, low, high, share = "costs", -saved, -high, -low, -share
	}
	return fmt.Sprintf("%s %s of %s (%.0f %%), between %s and %s", verb, duration(saved), duration(p.Before), share, duration(low), duration(high))
}

// stake says what a finding is worth.
func stake(f advisor.Finding) string {
	if f.Notice {
		return "says how far the other numbers can be trusted"
	}
	if f.Predicted {
		return saving(f.Saving)
	}
	s := "costs at most " + duration(f.Waste)
	switch {
	case f.Clocked:
		s = "makes results late by up to " + duration(f.Waste) + "; a clock sets how long the run takes"
	case f.Most > f.Waste:
		s = "costs about " + duration(f.Waste) + ", at most " + duration(min(f.Most, max(f.Saving.Before, f.Waste)))
	}
	if f.Saving.Refused != "" {
		s += "; " + saving(f.Saving)
	}
	return s
}

// place names where a finding is, with the name of the place.
func place(w advisor.Where) string {
	s := w.String()
	if w.Name != "" && w.Name != s {
		s += " (" + cut(w.Name, 60) + ")"
	}
	return s
}

// also lists further places, the first few by name.
func also(places []advisor.Where) string {
	const most = 8
	var names []string
	for i, w := range places {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(places)-most))
			break
		}
		names = append(names, w.String())
	}
	return strings.Join(names, ", ")
}

// conf is a change as a command line takes it.
func conf(c config.Change) string { return "--conf " + c.String() }

// was is the value that a change replaces, as a remark.
func was(c config.Change) string {
	if c.From == "" {
		return ""
	}
	return "was " + c.From
}

// assumed are the things that a finding and its prediction take for granted.
func assumed(f advisor.Finding) []string {
	return append(append([]string(nil), f.Assumptions...), f.Saving.Assumptions...)
}

// selfError says how far the replay can be trusted.
func selfError(e float64) string {
	if e > whatif.MaxSelfError {
		return "replaying the run as it was does not give its wall time back, so nothing is predicted"
	}
	return fmt.Sprintf("replaying the run as it was misses its wall time by %.1f %%", 100*e)
}

// measured says what a trial found: "measured -38 % (95 % interval -45 % to -30 %)".
func (t *Trial) measured() string {
	if t.Level == 0 {
		return fmt.Sprintf("measured %+.1f %% wall time, from %d and %d runs", 100*t.Change, len(t.Before), len(t.After))
	}
	return fmt.Sprintf("measured %+.1f %% wall time (%.0f %% interval %+.1f %% to %+.1f %%), from %d and %d runs",
		100*t.Change, 100*t.Level, 100*t.Low, 100*t.High, len(t.Before), len(t.After))
}

// predicted is the promise that the trial put to the test.
func (t *Trial) predicted() string {
	if t.Predicted.Refused != "" || t.Predicted.Before == 0 {
		return saving(t.Predicted)
	}
	rel := func(d time.Duration) float64 { return 100 * (float64(d)/float64(t.Predicted.Before) - 1) }
	return fmt.Sprintf("predicted %+.1f %% (%+.1f %% to %+.1f %%)", rel(t.Predicted.After), rel(t.Predicted.Low), rel(t.Predicted.High))
}

// site shortens a call site to what tells stages apart: "collect at
// /a/long/path/job.py:69" becomes "collect at job.py:69".
func site(name string) string {
	what, at, ok := strings.Cut(name, " at ")
	if i := strings.LastIndexByte(at, '/'); ok && i >= 0 {
		return what + " at " + at[i+1:]
	}
	return name
}
