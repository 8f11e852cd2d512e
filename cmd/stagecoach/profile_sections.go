package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A section is one table with its title.
type section struct {
	title  string
	header []string
	rows   [][]string
}

func (s *section) add(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = fmt.Sprint(c)
	}
	s.rows = append(s.rows, row)
}

func printSections(w io.Writer, format string, sections []section) error {
	for i, s := range sections {
		if len(s.rows) == 0 {
			continue
		}
		if i > 0 {
			fmt.Fprintln(w)
		}
		if format == "markdown" {
			fmt.Fprintf(w, "## %s\n\n", s.title)
		} else {
			fmt.Fprintln(w, s.title)
		}
		if err := printTable(w, format, s.header, s.rows); err != nil {
			return err
		}
	}
	return nil
}

func profileSections(p *profiler.Profile) []section {
	return []section{applicationSection(p), missingSection(p), warningSection(p), jobSection(p), stageSection(p, p.Stages), executorSection(p),
		executionSection(p), streamSection(p), sessionSection(p), operationSection(p), storageSection(p), resourceSection(p), breakdownSection("Where slot time went", p.Breakdown()), pathSection(p)}
}

func applicationSection(p *profiler.Profile) section {
	s := section{title: "Application", header: []string{"what", "value"}}
	s.add("name", oneLine(p.App.Name, 80))
	s.add("id", strings.TrimSuffix(p.App.ID+" attempt "+p.App.AttemptID, " attempt "))
	s.add("spark", p.App.SparkVersion)
	s.add("started", clock(p.App.Start))
	wall := metric.FormatDuration(p.App.Wall())
	if p.App.End == 0 {
		wall += " to the last event; no end was logged"
	}
	s.add("wall", wall)
	s.add("slots", p.Slots())
	return s
}

func missingSection(p *profiler.Profile) section {
	s := section{title: "What the log does not hold", header: []string{"what", "number", "meaning"}}
	for _, g := range p.Incomplete() {
		number := ""
		if g.Count > 0 {
			number = fmt.Sprint(g.Count)
		}
		s.add(g.What, number, g.Meaning)
	}
	return s
}

func warningSection(p *profiler.Profile) section {
	s := section{title: "Warnings", header: []string{"where", "what"}}
	for _, w := range p.Warnings {
		s.add(w.Where, w.What)
	}
	return s
}

func jobSection(p *profiler.Profile) section {
	s := section{title: "Jobs", header: []string{"job", "name", "status", "wall", "stages", "skipped", "tasks", "failed", "killed", "query"}}
	for _, j := range p.Jobs {
		query := ""
		if j.ExecutionID >= 0 {
			query = fmt.Sprint(j.ExecutionID)
		}
		s.add(j.ID, oneLine(j.Name, 40), j.Status, length(j.Duration(), j.End), len(j.StageIDs), j.SkippedStages, j.Completed,
			j.Failures, j.Killed, query)
	}
	return s
}

func stageSection(p *profiler.Profile, stages []*profiler.Stage) section {
	s := section{title: "Stages", header: []string{"stage", "name", "status", "wall", "tasks", "failed", "run time", "min", "median", "max",
		"max/med", "input", "shuffle read", "shuffle write", "spill"}}
	skipped := 0
	for _, st := range stages {
		if st.Status == profiler.Skipped {
			skipped++
			continue
		}
		run := st.Dist(metric.ExecutorRunTime)
		skew := ""
		if run.Median() > 0 {
			skew = fmt.Sprintf("%.1f", run.Skew())
		}
		s.add(stageName(st), oneLine(st.Name, 40), st.Status, length(st.Duration(), st.Completed), st.Complete, st.Failed,
			total(st, metric.ExecutorRunTime), quantile(run, 0), quantile(run, 0.5), quantile(run, 1), skew,
			total(st, metric.InputBytes), shuffled(st), total(st, metric.ShuffleWriteBytes), total(st, metric.DiskBytesSpilled))
	}
	if skipped > 0 {
		s.title = fmt.Sprintf("Stages (%d skipped ones left out)", skipped)
	}
	return s
}

func executorSection(p *profiler.Profile) section {
	s := section{title: "Executors", header: []string{"executor", "host", "cores", "tasks", "failed", "task time", "GC", "shuffle read",
		"store", "cached", "added", "removed", "reason"}}
	for _, x := range p.Executors {
		removed, cached := "", ""
		if x.Removed != 0 {
			removed = "+" + metric.FormatDuration(since(p, x.Removed))
		}
		if p.BlocksLogged {
			cached = metric.FormatBytes(x.MemoryUsed)
		}
		s.add(x.ID, x.Host, x.Cores, x.Completed, x.Failed, metric.FormatDuration(x.TaskTime), of(&x.Metrics, metric.JVMGCTime),
			metric.FormatBytes(x.Metrics.Value(metric.ShuffleLocalBytesRead)+x.Metrics.Value(metric.ShuffleRemoteBytesRead)),
			metric.FormatBytes(x.MaxMemory), cached, "+"+metric.FormatDuration(since(p, x.Added)), removed, oneLine(x.Reason, 50))
	}
	return s
}

func executionSection(p *profiler.Profile) section {
	s := section{title: "SQL executions", header: []string{"query", "description", "status", "wall", "jobs", "nodes", "plans"}}
	for _, x := range p.Executions {
		s.add(x.ID, oneLine(x.Description, 50), x.Status, length(x.Duration(), x.End), len(x.JobIDs), len(x.Nodes), x.Plans)
	}
	return s
}

func storageSection(p *profiler.Profile) section {
	s := section{title: "Cached data", header: []string{"rdd", "name", "partitions", "cached", "memory", "peak", "disk", "evictions", "recomputed"}}
	if !p.BlocksLogged {
		s.title = "Cached data (sizes unknown: spark.eventLog.logBlockUpdates.enabled was off)"
	}
	for _, r := range p.RDDs {
		if !p.BlocksLogged {
			s.add(r.ID, oneLine(r.Name, 40), r.NumPartitions, "", "", "", "", "", "")
			continue
		}
		s.add(r.ID, oneLine(r.Name, 40), r.NumPartitions, r.Cached, metric.FormatBytes(r.MemorySize), metric.FormatBytes(r.PeakMemory),
			metric.FormatBytes(r.DiskSize), r.Evictions, r.Recomputed)
	}
	return s
}

// resourceSection lists the profiles beside the application's own.
func resourceSection(p *profiler.Profile) section {
	s := section{title: "Resource profiles", header: []string{"profile", "executors ask for", "tasks ask for", "stages", "executors"}}
	if len(p.ResourceProfiles) < 2 {
		return s
	}
	asks := func(m map[string]event.ResourceRequest) string {
		var out []string
		for _, name := range slices.Sorted(maps.Keys(m)) {
			out = append(out, fmt.Sprintf("%s %g", name, m[name].Amount))
		}
		return strings.Join(out, ", ")
	}
	for _, r := range p.ResourceProfiles {
		stages, executors := 0, 0
		for _, st := range p.Stages {
			if st.ResourceProfile == r.ID && st.Status != profiler.Skipped {
				stages++
			}
		}
		for _, x := range p.Executors {
			if x.ResourceProfile == r.ID && x.Cores > 0 {
				executors++
			}
		}
		s.add(r.ID, asks(r.Executors), asks(r.Tasks), stages, executors)
	}
	return s
}

func breakdownSection(title string, b profiler.Breakdown) section {
	s := section{title: title, header: []string{"activity", "time", "share"}}
	for a, d := range b.All {
		s.add(a, metric.FormatDuration(d), fmt.Sprintf("%.1f %%", 100*b.Share(a)))
	}
	return s
}

// pathSection joins what one stage or the driver did in several pieces, longest first.
func pathSection(p *profiler.Profile) section {
	s := section{title: "Critical path: what the wall time consists of", header: []string{"what", "name", "time", "share"}}
	type piece struct {
		what, name string
		time       time.Duration
	}
	var pieces []piece
	at := map[string]int{}
	for _, g := range p.CriticalPath() {
		next := piece{what: g.Kind.String()}
		if g.Stage != nil {
			next.what += " " + stageName(g.Stage)
			next.name = g.Stage.Name
		}
		i, known := at[next.what]
		if !known {
			i = len(pieces)
			at[next.what] = i
			pieces = append(pieces, next)
		}
		pieces[i].time += g.Duration()
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return int(b.time - a.time) })
	for i, x := range pieces {
		if i == 20 {
			s.title += fmt.Sprintf(" (the longest 20 of %d)", len(pieces))
			break
		}
		s.add(x.what, oneLine(x.name, 60), metric.FormatDuration(x.time), fmt.Sprintf("%.1f %%", 100*float64(x.time)/float64(max(1, p.App.Wall()))))
	}
	return s
}

// stageSections shows every attempt of one stage.
func stageSections(p *profiler.Profile, id int) (out []section) {
	attempts := attemptsOf(p, id)
	out = append(out, stageSection(p, attempts))
	for _, st := range attempts {
		name := "stage " + stageName(st)
		s := section{title: "Metrics of " + name + ", over tasks that succeeded", header: []string{"metric", "min", "25 %", "median", "75 %", "max", "sum"}}
		for m := range metric.All {
			if d := st.Dist(m); !m.SQL() && d.Len() > 0 {
				s.add(m.Desc().Title, quantileOf(m, d, 0), quantileOf(m, d, 0.25), quantileOf(m, d, 0.5), quantileOf(m, d, 0.75),
					quantileOf(m, d, 1), m.Unit().Format(st.Metrics.Value(m)))
			}
		}
		failures := section{title: "Failures of " + name, header: []string{"task", "attempt", "executor", "status", "reason"}}
		for _, t := range st.Tasks.All {
			if t.Status == profiler.Failed || t.Status == profiler.Killed {
				failures.add(t.Index, t.Attempt, t.Executor, t.Status, oneLine(t.Error, 100))
			}
		}
		if n := len(failures.rows); n > 20 {
			failures.rows = failures.rows[:20]
			failures.title += fmt.Sprintf(" (20 of %d)", n)
		}
		out = append(out, s, breakdownSection("Where the task time of "+name+" went", st.Breakdown()), failures)
	}
	return out
}

func attemptsOf(p *profiler.Profile, id int) (out []*profiler.Stage) {
	for _, s := range p.Stages {
		if s.ID == id {
			out = append(out, s)
		}
	}
	return out
}

func stageName(s *profiler.Stage) string {
	if s.Attempt == 0 {
		return fmt.Sprint(s.ID)
	}
	return fmt.Sprintf("%d.%d", s.ID, s.Attempt)
}

// of prints a metric, or nothing where it was not recorded.
func of(m *metric.Set, id metric.ID) string {
	v, ok := m.Get(id)
	if !ok {
		return ""
	}
	return id.Unit().Format(v)
}

func total(s *profiler.Stage, id metric.ID) string { return of(&s.Metrics, id) }

func shuffled(s *profiler.Stage) string {
	_, remote := s.Metrics.Get(metric.ShuffleRemoteBytesRead)
	if _, local := s.Metrics.Get(metric.ShuffleLocalBytesRead); !local && !remote {
		return ""
	}
	return metric.FormatBytes(s.ShuffleReadBytes())
}

func quantile(d profiler.Dist, q float64) string { return quantileOf(metric.ExecutorRunTime, d, q) }

func quantileOf(id metric.ID, d profiler.Dist, q float64) string {
	if d.Len() == 0 {
		return ""
	}
	return id.Unit().Format(d.Quantile(q))
}

// length prints how long something took, or that it has not ended.
func length(d time.Duration, end event.Millis) string {
	if end == 0 {
		return "not ended"
	}
	return metric.FormatDuration(d)
}

func since(p *profiler.Profile, t event.Millis) time.Duration {
	return max(0, time.Duration(t-p.App.Start)*time.Millisecond)
}

func clock(t event.Millis) string {
	if t == 0 {
		return "not logged"
	}
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02 15:04:05 UTC")
}

// oneLine cuts text to n characters of its first line.
func oneLine(text string, n int) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}
