package profiletest

import (
	"slices"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// stage reads a stage line without its tasks.
func (d *document) stage(l *line) error {
	id, err := l.id(0)
	if err != nil {
		return err
	}
	s := &stageText{line: l, job: -1, skipped: l.fields["skipped"] == "true", open: l.fields["status"] == "running"}
	s.info = event.StageInfo{StageID: id, Name: l.fields["name"], Details: l.fields["details"]}
	if s.info.Name == "" {
		s.info.Name = "stage " + l.args[0]
	}
	for _, key := range []string{"job", "attempt", "tasks", "parents"} {
		values, err := l.integers(key)
		if err != nil {
			return err
		}
		if len(values) == 0 {
			continue
		}
		switch key {
		case "job":
			s.job = values[0]
		case "attempt":
			s.info.AttemptID = values[0]
		case "tasks":
			s.info.NumTasks = values[0]
		case "parents":
			s.info.ParentIDs = values
		}
	}
	d.stages = append(d.stages, s)
	return nil
}

// A column is one comma list of a stage line.
type column struct {
	id     metric.ID
	values []int64
}

func (c column) at(i int) (int64, bool) {
	if len(c.values) == 1 {
		return c.values[0], true
	}
	if i >= len(c.values) {
		return 0, false
	}
	return c.values[i], true
}

// columns reads the metric lists and settles the number of tasks.
func (s *stageText) columns() (columns []column, launch []int64, executors []string, err error) {
	longest := 0
	for _, key := range sortedKeys(s.line.fields) {
		text := s.line.fields[key]
		id, isMetric := taskMetric(key)
		switch {
		case key == "executors":
			for _, part := range strings.Split(text, ",") {
				name, times, repeated := strings.Cut(part, "*")
				n := int64(1)
				if repeated {
					if n, err = whole(times); err != nil {
						return nil, nil, nil, mistake(s.line.number, "executors: %w", err)
					}
				}
				executors = append(executors, slices.Repeat([]string{name}, int(max(0, n)))...)
			}
			longest = max(longest, len(executors))
		case key == "locality":
			if s.near, err = list(text, locality); err != nil {
				return nil, nil, nil, mistake(s.line.number, "locality: %w", err)
			}
		case key == "launch":
			if launch, err = list(text, nanoseconds); err != nil {
				return nil, nil, nil, mistake(s.line.number, "launch: %w", err)
			}
			longest = max(longest, len(launch))
		case isMetric:
			values, err := list(text, number(id.Unit()))
			if err != nil {
				return nil, nil, nil, mistake(s.line.number, "%s: %w", key, err)
			}
			columns = append(columns, column{id, values})
			longest = max(longest, len(values))
		case !slices.Contains(stageFields, key):
			return nil, nil, nil, mistake(s.line.number, "%q is neither a metric nor a field of stages", key)
		}
	}
	if s.info.NumTasks == 0 {
		s.info.NumTasks = longest
	}
	return columns, launch, executors, nil
}

// locality reads Spark's name of one.
func locality(text string) (int64, error) {
	for l := event.ProcessLocal; l <= event.Any; l++ {
		if l.String() == text {
			return int64(l), nil
		}
	}
	return 0, errorf("%q is no locality; they are PROCESS_LOCAL, NODE_LOCAL, NO_PREF, RACK_LOCAL and ANY", text)
}

// locality is that of a task: a single one holds for all.
func (s *stageText) locality(index int) event.Locality {
	switch {
	case len(s.near) == 1:
		return event.Locality(s.near[0])
	case index < len(s.near):
		return event.Locality(s.near[index])
	}
	return event.ProcessLocal
}

var stageFields = []string{"job", "attempt", "tasks", "parents", "submitted", "completed", "name", "details", "skipped",
	"status", "failure", "failed", "killed", "lost", "fetchFailed", "speculative", "running", "description"}

// odd ends of first attempts, by stage field.
var odd = []struct {
	field  string
	reason event.EndReason
}{
	{"failed", event.EndReason{Kind: event.ExceptionFailure, Class: "java.lang.RuntimeException"}},
	{"killed", event.EndReason{Kind: event.TaskKilled, Message: "another attempt succeeded"}},
	{"lost", event.EndReason{Kind: event.ExecutorLostFailure, ByApp: true}},
	{"fetchFailed", event.EndReason{Kind: event.FetchFailed}},
}

// layoutStage gives every attempt of every task its slot and times.
func (d *document) layoutStage(s *stageText) error {
	columns, launch, executors, err := s.columns()
	if err != nil {
		return err
	}
	s.info.RDDs = d.rdds[s.info.StageID]
	if s.skipped {
		return nil
	}
	submitted, ok, err := s.line.millis("submitted")
	if err != nil {
		return err
	}
	if !ok {
		submitted = d.ready(s)
	}
	s.info.SubmissionTime = submitted
	marks := map[string][]int{}
	for _, key := range []string{"failed", "killed", "lost", "fetchFailed", "speculative", "running"} {
		if marks[key], err = s.line.integers(key); err != nil {
			return err
		}
	}
	run := runner{d: d, s: s, columns: columns, launch: launch, executors: executors}
	last := submitted
	for i := range s.info.NumTasks {
		attempt, from := 0, submitted
		for _, o := range odd {
			if slices.Contains(marks[o.field], i) {
				reason := o.reason
				if text := s.line.fields["failure"]; text != "" {
					reason.Message = text
				}
				from = run.task(i, attempt, from, reason, false)
				last = max(last, from)
				attempt++
			}
		}
		last = max(last, run.task(i, attempt, from, event.EndReason{Kind: event.Success}, slices.Contains(marks["running"], i)))
		if slices.Contains(marks["speculative"], i) {
			twin := s.tasks[len(s.tasks)-1]
			twin.reason = event.EndReason{Kind: event.TaskKilled, Message: "another attempt succeeded"}
			twin.info.LaunchTime += (twin.info.FinishTime - twin.info.LaunchTime) / 2
			twin.info.Attempt++
			twin.info.Speculative, twin.info.Killed = true, true
			twin.info.TaskID = d.nextTask()
			s.tasks = append(s.tasks, twin)
		}
	}
	if s.open {
		return nil
	}
	completed, ok, err := s.line.millis("completed")
	if err != nil {
		return err
	}
	if !ok {
		completed = last
	}
	s.info.CompletionTime = completed
	if s.line.fields["status"] == "failed" {
		s.info.FailureReason = s.line.fields["failure"]
		if s.info.FailureReason == "" {
			s.info.FailureReason = "failed"
		}
	}
	d.end = max(d.end, completed, last)
	return nil
}

// ready is when the stage can begin: its parents have ended, its job has begun.
func (d *document) ready(s *stageText) event.Millis {
	t := Epoch
	for _, j := range d.jobs {
		if j.id == s.job {
			t = max(t, j.start)
		}
	}
	for _, other := range d.stages {
		if slices.Contains(s.info.ParentIDs, other.info.StageID) ||
			other.info.StageID == s.info.StageID && other.info.AttemptID < s.info.AttemptID {
			t = max(t, other.info.CompletionTime)
		}
	}
	return t
}

func (d *document) nextTask() int64 {
	d.taskID++
	return d.taskID - 1
}
