package sparkrest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// resources are what an application has, by the first word of their path; each
// is given the words behind it.
var resources = map[string]func(*View, []string, *query) (any, error){
	"jobs":                    (*View).jobsAt,
	"stages":                  (*View).stagesAt,
	"executors":               (*View).executorsAt,
	"allexecutors":            func(v *View, rest []string, _ *query) (any, error) { return only(rest, v.executors) },
	"allmiscellaneousprocess": func(v *View, rest []string, _ *query) (any, error) { return only(rest, v.processes) },
	"environment":             func(v *View, rest []string, _ *query) (any, error) { return only(rest, v.environment) },
	"threads":                 func(*View, []string, *query) (any, error) { return nil, noThreads },
	"storage":                 (*View).storageAt,
	"sql":                     (*View).sqlAt,
}

var noThreads = fail(http.StatusServiceUnavailable, "Thread dumps not available through the history server.")

func notFound() error { return fail(http.StatusNotFound, "HTTP 404 Not Found") }

func only[T any](rest []string, answer func() T) (any, error) {
	if len(rest) > 0 {
		return nil, notFound()
	}
	return answer(), nil
}

func (v *View) jobsAt(rest []string, q *query) (any, error) {
	statuses := q.set("status")
	switch len(rest) {
	case 0:
		out := []JobData{}
		for _, j := range slices.Backward(v.Jobs) {
			if statuses == nil || statuses[j.Status.String()] {
				out = append(out, v.Job(j))
			}
		}
		return out, nil
	case 1:
		id, err := strconv.Atoi(rest[0])
		if err != nil {
			return nil, notFound()
		}
		j := v.Profile.Job(id)
		if j == nil {
			return nil, fail(http.StatusNotFound, "unknown job: %d", id)
		}
		return v.Job(j), nil
	}
	return nil, notFound()
}

func (v *View) stagesAt(rest []string, q *query) (any, error) {
	if len(rest) == 0 {
		return v.stageList(q), nil
	}
	id, err := strconv.Atoi(rest[0])
	if err != nil {
		return nil, notFound()
	}
	attempts := v.Attempts(id)
	if len(attempts) == 0 {
		return nil, fail(http.StatusNotFound, "unknown stage: %d", id)
	}
	if len(rest) == 1 {
		out := []StageData{}
		for _, s := range attempts {
			out = append(out, v.stageAsked(s, q, true))
		}
		return out, nil
	}
	attempt, err := strconv.Atoi(rest[1])
	if err != nil {
		return nil, notFound()
	}
	s := v.Profile.Stage(id, attempt)
	if s == nil {
		var have []string
		for _, a := range attempts {
			have = append(have, strconv.Itoa(a.Attempt))
		}
		return nil, fail(http.StatusNotFound, "unknown attempt for stage %d.  Found attempts: [%s]", id, strings.Join(have, ", "))
	}
	switch {
	case len(rest) == 2:
		return v.stageAsked(s, q, true), nil
	case len(rest) == 3 && rest[2] == "taskSummary":
		d := v.Distributions(s, q.quantiles(0.05, 0.25, 0.5, 0.75, 0.95))
		if d == nil {
			return nil, fail(http.StatusNotFound, "No tasks reported metrics for %d / %d yet.", id, attempt)
		}
		return d, nil
	case len(rest) == 3 && rest[2] == "taskList":
		return v.taskList(s, q), nil
	}
	return nil, notFound()
}

// stageList lists stages, the last one first.
func (v *View) stageList(q *query) []StageData {
	statuses, of := q.set("status"), q.set("taskStatus")
	out := []StageData{}
	for _, s := range slices.Backward(v.Stages) {
		if statuses != nil && !statuses[stageStatus(s.Status)] {
			continue
		}
		d := v.stageAsked(s, q, false)
		if of != nil && d.Tasks != nil && len(d.Tasks) == 0 {
			continue
		}
		out = append(out, d)
	}
	return out
}

// stageAsked shows a stage with what the query asks for.
func (v *View) stageAsked(s *profiler.Stage, q *query, details bool) StageData {
	d := v.Stage(s)
	if q.flag("details", details) {
		v.WithDetails(s, &d, q.set("taskStatus"))
	}
	if q.flag("withSummaries", false) {
		qs := q.quantiles(0, 0.25, 0.5, 0.75, 1)
		d.TaskDistributions, d.ExecutorDistribution = v.Distributions(s, qs), v.ExecutorDistributions(s, qs)
	}
	return d
}

// taskList sorts, filters and pages the tasks of a stage. By run time those that
// did not succeed come as Spark keeps them: negated, so that they are first.
func (v *View) taskList(s *profiler.Stage, q *query) []TaskData {
	statuses := q.set("status")
	var rows []int
	for row := range s.Tasks.Len() {
		if statuses == nil || statuses[taskStatus(s.Tasks.Status(row))] {
			rows = append(rows, row)
		}
	}
	byID := func(a, b int) int { return cmp.Compare(s.Tasks.ID(a), s.Tasks.ID(b)) }
	byTime := func(a, b int) int { return cmp.Or(cmp.Compare(runTime(s, a), runTime(s, b)), byID(a, b)) }
	switch strings.ToUpper(q.Get("sortBy")) {
	case "", "ID":
		slices.SortFunc(rows, byID)
	case "RUNTIME", "INCREASING_RUNTIME", "+RUNTIME":
		slices.SortFunc(rows, byTime)
	case "-RUNTIME", "DECREASING_RUNTIME":
		slices.SortFunc(rows, func(a, b int) int { return byTime(b, a) })
	default:
		q.bad("Bad value for parameter %q: %s; there are ID, runtime and -runtime", "sortBy", q.Get("sortBy"))
	}
	from := min(max(0, q.number("offset", 0)), len(rows))
	to := min(from+max(0, q.number("length", 20)), len(rows))
	out := []TaskData{}
	for _, row := range rows[from:to] {
		t := s.Tasks.At(row)
		out = append(out, v.Task(s, &t))
	}
	return out
}

func runTime(s *profiler.Stage, row int) int64 {
	run, _ := s.Tasks.Metric(row, metric.ExecutorRunTime)
	if s.Tasks.Status(row) != profiler.Succeeded {
		return -run - 1
	}
	return run
}

func (v *View) executorsAt(rest []string, _ *query) (any, error) {
	switch {
	case len(rest) == 0:
		return v.active(), nil
	case len(rest) == 2 && rest[1] == "threads":
		return nil, noThreads
	}
	return nil, notFound()
}

func (v *View) storageAt(rest []string, _ *query) (any, error) {
	if len(rest) == 0 || len(rest) > 2 || rest[0] != "rdd" {
		return nil, notFound()
	}
	if len(rest) == 1 {
		return v.rdds(), nil
	}
	id, err := strconv.Atoi(rest[1])
	if err != nil {
		return nil, notFound()
	}
	info, ok := v.rdd(id)
	if !ok {
		return nil, fail(http.StatusNotFound, "no rdd found w/ id %d", id)
	}
	return info, nil
}

func (v *View) sqlAt(rest []string, q *query) (any, error) {
	details, plan := q.flag("details", true), q.flag("planDescription", true)
	if len(rest) > 1 {
		return nil, notFound()
	}
	if len(rest) == 1 {
		id, err := strconv.ParseInt(rest[0], 10, 64)
		if err != nil {
			return nil, notFound()
		}
		x := v.Profile.Execution(id)
		if x == nil {
			return nil, fail(http.StatusNotFound, "unknown query execution id: %d", id)
		}
		return v.Execution(x, details, plan), nil
	}
	from := min(max(0, q.number("offset", 0)), len(v.Executions))
	to := min(from+max(0, q.number("length", 20)), len(v.Executions))
	out := []ExecutionData{}
	for _, x := range v.Executions[from:to] {
		out = append(out, v.Execution(x, details, plan))
	}
	return out, nil
}
