package profiler

import (
	"fmt"
	"time"
)

// A Gap is something that a log does not hold although it happened, with what
// that means for the numbers.
type Gap struct {
	What    string `json:"what"`            // taskEnds, taskStarts, stageEnds, jobEnds, sqlEnds, applicationStart, applicationEnd, or a Loss
	Count   int    `json:"count,omitempty"` // 0 when nobody knows
	Meaning string `json:"meaning"`
}

// Incomplete lists what is missing from the log, nothing when it is whole. Starts
// are held against ends; a stage that succeeded has each of its tasks.
func (p *Profile) Incomplete() (gaps []Gap) {
	add := func(what string, n int, format string, args ...any) {
		gaps = append(gaps, Gap{what, n, fmt.Sprintf(format, args...)})
	}
	for _, l := range p.Lost {
		add(l.What, l.Count, "%s: all totals are lower bounds", lossTexts[l.What])
	}
	if p.App.Start == 0 {
		add("applicationStart", 1, "the start of the application was not logged: its id, name and duration are not known")
	}
	if p.App.End == 0 {
		add("applicationEnd", 1, "no end was logged: the application still ran, was killed, or the log was cut; its duration is to the last event seen")
	}
	m := p.missing()
	if m.running > 0 {
		add("runningTasks", m.running, "%d tasks have no end yet in stages that are not over: they are in no sum", m.running)
	}
	if m.ends > 0 {
		add("taskEnds", m.ends, "%d tasks of stages that are over, or of an application that is, have no end: counts of ended tasks may be that much higher, sums are lower bounds, quantiles are of the tasks seen", m.ends)
	}
	if n := p.Totals.startless + m.starts; n > 0 {
		add("taskStarts", n, "%d tasks have no start: as in Spark, those that ended are in the totals and in no stage's metrics", n)
	}
	if n := p.Totals.Submitted - p.Totals.Completed; n > 0 {
		add("stageEnds", n, "%d attempts of stages were submitted and did not complete: whether they failed is not known", n)
	}
	if n := p.Totals.Jobs - p.Totals.JobEnds; n > 0 {
		add("jobEnds", n, "%d jobs did not end: whether they failed is not known", n)
	}
	if n := p.Totals.Executions - p.Totals.ExecutionEnds; n > 0 {
		add("sqlEnds", n, "%d SQL executions did not end", n)
	}
	return gaps
}

var lossTexts = map[string]string{
	"lines":     "lines could not be read",
	"tail":      "the log ends inside a line or block",
	"parts":     "parts of the log are missing",
	"beginning": "the log begins late",
	"compacted": "the log was compacted, which drops finished jobs",
	"forgotten": "the application had let go of what happened first",
	"unseen":    "what happened after the last look at the application was not seen",
}

// A Bound says where a number lies that is not known exactly.
type Bound struct {
	Min int64  `json:"min"`
	Max *int64 `json:"max"` // nil: nobody knows
}

// Unsure returns the bounds of those totals that are not exact, by the names of
// Spark's REST API; metrics are in the units of Spark, too. Nothing is in it when the log is whole.
//
// The upper bounds hold as long as each lost end belongs to a start that was
// seen. An end without a start (Resubmitted) follows only the loss of an
// executor; then, and where the log itself has holes, there is no upper bound.
func (p *Profile) Unsure(totals map[string]int64) map[string]Bound {
	m := p.missing()
	holes := len(p.Lost) > 0 || p.App.Start == 0 || m.starts > 0
	out := map[string]Bound{}
	bound := func(name string, more int64, open bool) {
		v, known := totals[name]
		if !known || more == 0 && !open {
			return
		}
		b := Bound{Min: v}
		if most := v + more; !open {
			b.Max = &most
		}
		out[name] = b
	}
	open := holes || p.App.End == 0
	for _, name := range []string{"jobs", "stages", "executors", "sqlExecutions"} {
		bound(name, 0, open)
	}
	bound("failedJobs", int64(max(0, p.Totals.Jobs-p.Totals.JobEnds)), open)
	bound("failedStages", int64(max(0, p.Totals.Submitted-p.Totals.Completed)), open)
	bound("durationMs", 0, p.App.End == 0 || p.App.Start == 0)
	ends := int64(m.ends + m.running)
	again := ends > 0 && p.Totals.Removed > 0
	for _, name := range []string{"tasks", "failedTasks", "killedTasks", "speculativeTasks"} {
		bound(name, ends, open || again)
	}
	bound("executorRunTime", m.time.Milliseconds(), open || again)
	for name := range totals {
		if _, done := out[name]; !done && (ends > 0 || open) && !exactWithoutEnds[name] {
			bound(name, 0, true)
		}
	}
	return out
}

// exactWithoutEnds are totals that lost ends of tasks do not change.
var exactWithoutEnds = map[string]bool{"jobs": true, "failedJobs": true, "stages": true, "completedStages": true, "failedStages": true,
	"executors": true, "sqlExecutions": true, "durationMs": true}

// missingTasks are attempts of tasks that have no end, or not even a start.
type missingTasks struct {
	running int           // in stages that are not over
	ends    int           // in those that are
	starts  int           // of the ends: not even started, by the log
	time    time.Duration // most slot time that those with a start can have taken
}

func (p *Profile) missing() (m missingTasks) {
	for _, s := range p.Stages {
		ends, starts := s.missing()
		if s.Completed == 0 && p.App.End == 0 {
			m.running += ends
		} else {
			m.ends += ends
			m.starts += starts
		}
		if ends == 0 {
			continue
		}
		for row := range s.Tasks.Len() {
			if launch, _ := s.Tasks.Times(row); s.Tasks.Status(row) == Running {
				m.time += span{launch, p.end()}.duration()
			}
		}
	}
	return m
}

// missing counts the attempts without an end, and those of them that must have
// been because the stage succeeded although nothing is known of them.
func (s *Stage) missing() (ends, starts int) {
	var silent bitset
	ends = s.unended
	if s.sketch != nil { // no row was without an end, or there were no sketch
		if s.Status == Succeeded {
			starts = max(0, s.NumTasks-s.unended-s.Indices)
		}
		return ends + starts, starts
	}
	for row := range s.Tasks.Len() {
		if s.Tasks.Status(row) != Running {
			continue
		}
		ends++
		silent.add(s.Tasks.Index(row))
	}
	if s.Status != Succeeded {
		return ends, 0
	}
	for row := range s.Tasks.Len() {
		if s.Tasks.Status(row) == Succeeded {
			silent.add(s.Tasks.Index(row))
		}
	}
	starts = max(0, s.NumTasks-s.unended-max(silent.len(), s.Indices))
	return ends + starts, starts
}

// Missing counts the attempts of the stage's tasks that have no end. While it
// is not zero, counts of ended tasks may be that much higher, sums are lower
// bounds, and quantiles are of the tasks seen.
func (s *Stage) Missing() int {
	ends, _ := s.missing()
	return ends
}
