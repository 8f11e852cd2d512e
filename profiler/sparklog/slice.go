package sparklog

import (
	"strconv"

	"stagecoach/engine/event"
)

// A Slice chooses the records of some jobs, with all that says what the
// application and its executors were. The zero Slice has no jobs. It is asked
// about each record in the order of the log.
type Slice struct {
	// Job reports whether a job is wanted.
	Job func(id int, start event.Millis) bool

	dropped struct {
		jobs       map[int]bool
		stages     map[int]bool // of dropped jobs only
		tasks      map[int64]bool
		executions map[int64]bool
	}
	kept map[int]bool // stages of wanted jobs
	runs map[int64]bool
}

// Keep reports whether the record is in the slice. An execution is announced
// before its jobs: which to keep must have been learned.
func (s *Slice) Keep(r *Record) bool {
	switch e := r.Event().(type) {
	case event.JobStart:
		return !s.dropped.jobs[e.JobID]
	case event.JobEnd:
		return !s.dropped.jobs[e.JobID]
	case event.StageSubmitted:
		return s.stage(e.Info.StageID)
	case event.StageCompleted:
		return s.stage(e.Info.StageID)
	case event.StageExecutorMetrics:
		return s.stage(e.StageID)
	case event.TaskStart:
		return s.stage(e.StageID)
	case event.TaskEnd:
		return s.stage(e.StageID)
	case event.TaskGettingResult:
		return !s.dropped.tasks[e.Info.TaskID]
	case event.SQLExecutionStart:
		return s.execution(e.ID)
	case event.SQLExecutionEnd:
		return s.execution(e.ID)
	case event.SQLAdaptiveExecutionUpdate:
		return s.execution(e.ID)
	case event.SQLAdaptiveMetricUpdates:
		return s.execution(e.ID)
	case event.DriverAccumUpdates:
		return s.execution(e.ID)
	}
	return true
}

// Learn notes what belongs to which job. All records are learned before the
// first Keep.
func (s *Slice) Learn(r *Record) {
	if s.kept == nil {
		s.dropped.jobs, s.dropped.stages = map[int]bool{}, map[int]bool{}
		s.dropped.tasks, s.dropped.executions = map[int64]bool{}, map[int64]bool{}
		s.kept, s.runs = map[int]bool{}, map[int64]bool{}
	}
	switch e := r.Event().(type) {
	case event.JobStart:
		wanted := s.Job != nil && s.Job(e.JobID, e.Time)
		if !wanted {
			s.dropped.jobs[e.JobID] = true
		}
		for _, info := range e.Stages {
			if wanted {
				s.kept[info.StageID] = true
			} else {
				s.dropped.stages[info.StageID] = true
			}
		}
		if id, ok := executionOf(e.Properties); ok {
			if wanted {
				s.runs[id] = true
			} else {
				s.dropped.executions[id] = true
			}
		}
	case event.TaskStart:
		if !s.stage(e.StageID) {
			s.dropped.tasks[e.Info.TaskID] = true
		}
	}
}

// stage reports whether a stage is of a wanted job, or of none that is known.
func (s *Slice) stage(id int) bool { return s.kept[id] || !s.dropped.stages[id] }

// execution reports the same of a SQL execution. One without jobs is kept.
func (s *Slice) execution(id int64) bool { return s.runs[id] || !s.dropped.executions[id] }

func executionOf(properties map[string]string) (int64, bool) {
	id, err := strconv.ParseInt(properties[event.PropertyExecutionID], 10, 64)
	return id, err == nil
}
