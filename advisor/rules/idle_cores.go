package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var idleCores = advisor.Rule{
	Name:  "idle-cores",
	Title: "Nothing runs while the driver works",
	Cause: "driver-bound",
	Doc: `
Between two jobs only the driver works: it plans, collects, lists files, or runs
the program's own loops. Every slot waits meanwhile.

On the timeline: gaps in which no task runs, from the first task to the last.
Queries are looked at from the first one's first task, behind the start of the
JVM.

Move the work into the query (aggregate instead of collect and loop), collect
less, or run jobs that do not need each other from several threads.

Ignore it in streams, where the gaps are the clock. In interactive sessions they
are people, so that only the time counts there that large results take.`,
	Needs: []metric.ID{metric.TaskDuration},
	Limits: []advisor.Limit{
		{Name: "share", Default: 0.2, Embedded: 0.08, Doc: "part of the time between the first and the last task in which none runs; SparkLens and others flag half of the whole run, which counts start-up"},
		{Name: "gap", Default: 0.25, Embedded: 0.03, Doc: "least seconds of a gap that counts; planning a query and starting a job take less in healthy runs"},
		{Name: "result", Default: 16 << 20, Embedded: 4 << 20, Doc: "bytes of results of a stage from which the driver is held up by them; aws-emr-advisor's bound"},
		{Name: "rate", Default: 10 << 20, Doc: "bytes of a result that a program in Python takes in within a second at least, which bounds the wait in interactive sessions: 75 MB of rows took 4.2 s"},
		{Name: "seconds", Default: 2, Embedded: 0.04, Doc: "least idle time; planning and listing take a second in most runs"},
		{Name: "held", Default: 1, Embedded: 0.04, Doc: "least idle seconds of a driver that takes in large results, where planning is no other explanation"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) []advisor.Finding {
		if streaming(run) {
			return nil
		}
		type span struct{ from, to event.Millis }
		var busy []span
		begun := started(run)
		add := func(from, to event.Millis) {
			last := len(busy) - 1
			switch {
			case from < begun:
			case last >= 0 && busy[last].from <= from && from <= busy[last].to: // as most tasks do
				busy[last].to = max(busy[last].to, to)
			default:
				busy = append(busy, span{from, max(from, to)})
			}
		}
		var results, largest int64
		for _, s := range run.Stages {
			for i := range s.Tasks.Len() {
				add(s.Tasks.Times(i))
			}
			if s.Submitted < s.FirstLaunch { // it waits for executors, not for the driver
				add(s.Submitted, s.FirstLaunch)
			}
			results += s.Metrics.Value(metric.ResultSize)
			largest = max(largest, s.Metrics.Value(metric.ResultSize))
		}
		heavy := float64(largest) > limit("result")
		for _, x := range run.Executions {
			if from, to, ok := opened(run, x); ok { // the driver opens small files
				add(from, to)
			}
			if !heavy { // Spark plans, which is not the program's to move
				add(x.Start, x.End)
			}
		}
		typed := interactive(run)
		if len(busy) == 0 || typed && !heavy {
			return nil
		}
		slices.SortFunc(busy, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		var idle, longest time.Duration
		count := func(at event.Millis, gap time.Duration) {
			if typed { // people think, too: no longer than the result takes
				gap = min(gap, receiving(run, at, limit("rate")))
			}
			idle += gap
			longest = max(longest, gap)
		}
		end := busy[0].to
		for _, b := range busy {
			if gap := time.Duration(b.from-end) * time.Millisecond; gap.Seconds() >= limit("gap") {
				count(end, gap)
			}
			end = max(end, b.to)
		}
		// What the driver does with the last result counts too, when it is much.
		if rest := run.App.Wall() - time.Duration(end-run.App.Start)*time.Millisecond; heavy && rest > 0 {
			count(end, rest)
		}
		idle -= broadcasting(run) // which oversized-broadcast is about
		whole := time.Duration(max(end, run.App.End)-busy[0].from) * time.Millisecond
		least := limit("seconds")
		if heavy {
			least = limit("held")
		}
		if idle.Seconds() < least || float64(idle) < limit("share")*float64(whole) {
			return nil
		}
		f := advisor.Finding{
			Summary: fmt.Sprintf("no task ran during %s of %s after the first task began", metric.FormatDuration(idle), metric.FormatDuration(whole)),
			Evidence: []advisor.Evidence{
				{Name: "time without a task", Unit: metric.Duration, Value: int64(idle)},
				{Name: "longest gap", Unit: metric.Duration, Value: int64(longest)},
				{Name: "jobs", Value: int64(len(run.Jobs))},
				advisor.Measured(metric.ResultSize, results, "to the driver"),
			},
			Waste:       idle,
			CoreSeconds: idle.Seconds() * float64(slots(run)),
			Confidence:  advisor.Medium,
			CodeChange:  "aggregate in the query and collect its result, instead of collecting rows and looping over them; start independent jobs from several threads",
		}
		switch {
		case heavy && broadcastBytes(run) > results/2:
			return nil // the driver works on a broadcast: oversized-broadcast
		case heavy:
			f.Cause = "large-result-to-driver"
			f.CodeChange = "write the rows to files, or collect only their aggregate: df.agg(...), df.limit(n)"
		}
		return []advisor.Finding{f}
	},
}

// receiving is how long a driver may take in what the stages sent that ended then, at so
// many bytes a second.
func receiving(run *advisor.Run, at event.Millis, rate float64) time.Duration {
	var sent int64
	for _, s := range run.Stages {
		if s.Completed >= at-1000 && s.Completed <= at+1000 {
			sent += s.Metrics.Value(metric.ResultSize)
		}
	}
	return time.Duration(float64(sent) / rate * float64(time.Second))
}

// started is when the first query's first task began, if there are queries. What
// comes before reads schemas, and waits for a JVM that plans its first query.
func started(run *advisor.Run) (at event.Millis) {
	for _, s := range run.Stages {
		if s.ExecutionID >= 0 && s.FirstLaunch > 0 && (at == 0 || s.FirstLaunch < at) {
			at = s.FirstLaunch
		}
	}
	return at
}

// streaming reports whether a stream's micro-batches made the jobs.
func streaming(run *advisor.Run) bool {
	for _, x := range run.Executions {
		if strings.Contains(x.Description, "batch = ") || strings.Contains(x.PhysicalPlan, "MicroBatchScan") || strings.Contains(x.PhysicalPlan, "StreamingRelation") {
			return true
		}
	}
	return slices.ContainsFunc(run.Stages, func(s *profiler.Stage) bool { return strings.Contains(s.Details, "MicroBatchExecution") })
}

// interactive reports whether people typed the jobs: the application is a shell.
func interactive(run *advisor.Run) bool {
	_, repl := run.Properties["spark.repl.class.uri"]
	name := strings.ToLower(run.App.Name)
	return repl || strings.Contains(name, "shell") || strings.HasPrefix(name, "sparksql::") || strings.Contains(name, "notebook")
}

// broadcasting is the time that the driver spent on building and sending
// broadcasts.
func broadcasting(run *advisor.Run) (sum time.Duration) {
	for _, x := range run.Executions {
		for _, n := range x.Nodes {
			if n.Name == "BroadcastExchange" {
				_, build, send := broadcastTimes(n)
				sum += build + send
			}
		}
	}
	return sum
}

// broadcastBytes is the size of the largest broadcast: its rows pass through
// the driver as results do.
func broadcastBytes(run *advisor.Run) (most int64) {
	for _, x := range run.Executions {
		for _, n := range x.Nodes {
			if n.Name == "BroadcastExchange" {
				d, _ := n.Metric(metric.DataSize.String())
				most = max(most, d.Total)
			}
		}
	}
	return most
}
