package report

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/profiler"
)

// A Bar is one stage on the timeline. Times count from the application's start.
type Bar struct {
	StageID  int           `json:"stageId"`
	Attempt  int           `json:"attempt"`
	Name     string        `json:"name"`
	From     time.Duration `json:"fromNanos"`
	To       time.Duration `json:"toNanos"`
	Tasks    int           `json:"tasks"`
	Failed   bool          `json:"failed,omitempty"`
	Busy     float64       `json:"busy"` // mean number of tasks at once
	TaskTime time.Duration `json:"taskTimeNanos"`
}

func (d *Document) timeline(p *profiler.Profile, prefix string, clean func(string) string) (out []Bar) {
	for _, s := range p.Stages {
		if s.Tasks.Len() == 0 || s.FirstLaunch == 0 {
			continue
		}
		from := max(0, time.Duration(s.FirstLaunch-p.App.Start)*time.Millisecond)
		b := Bar{StageID: s.ID, Attempt: s.Attempt, Name: clean(s.Name), From: from, To: from + s.Duration(), Tasks: s.NumTasks,
			Failed: s.Status == profiler.Failed}
		for _, e := range s.PerExecutor {
			b.TaskTime += e.TaskTime
		}
		b.Busy = float64(b.TaskTime) / float64(max(1, s.Duration()))
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b Bar) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.StageID, b.StageID))
	})
	if n := len(out); n > maxBars {
		slices.SortStableFunc(out, func(a, b Bar) int { return cmp.Compare(b.To-b.From, a.To-a.From) })
		out = out[:maxBars]
		slices.SortStableFunc(out, func(a, b Bar) int {
			return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.StageID, b.StageID))
		})
		d.note("%sthe %d longest of %d stages are on the timeline", prefix, maxBars, n)
	}
	return out
}
