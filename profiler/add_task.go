package profiler

import (
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// AddTaskStart is Add without a copy of e, of which nothing is kept.
func (p *Profile) AddTaskStart(e *event.TaskStart) {
	p.seen(e.Info.LaunchTime)
	p.Totals.TaskStarts++
	x := p.fold.executors[e.Info.ExecutorID]
	if x != nil && x.Removed == 0 {
		x.Active++
		x.Started++
	}
	s := p.fold.stage(p, e.StageID, e.StageAttempt)
	if s == nil {
		p.note("a task started in a stage that no job had announced: the log begins late or was compacted")
		return
	}
	if _, again := s.fold.running[e.Info.TaskID]; again {
		p.note("a task attempt started twice")
		return
	}
	row := s.Tasks.start(&e.Info, p.fold.places.of(x, &e.Info), s.NumTasks)
	if s.fold.running == nil {
		s.fold.running = map[int64]int32{}
	}
	s.fold.running[e.Info.TaskID] = int32(row)
	s.fold.changed = true
	if e.Info.Speculative {
		s.Speculation.Tasks++
		s.Speculation.Active++
	}
	if !s.fold.open {
		return
	}
	s.Active++
	if s.FirstLaunch == 0 || e.Info.LaunchTime < s.FirstLaunch {
		s.FirstLaunch = e.Info.LaunchTime
	}
	for _, id := range s.JobIDs {
		if j := p.Job(id); j != nil {
			j.Active++
		}
	}
}

// An ended attempt counts in one of three ways, and frees its slot or not.
type ending struct{ completed, failed, killed, freed int }

func endingOf(kind event.EndKind) ending {
	switch kind {
	case event.Success:
		return ending{completed: 1, freed: 1}
	case event.TaskKilled, event.TaskCommitDenied:
		return ending{killed: 1, freed: 1}
	case event.Resubmitted: // the attempt had ended before; there was no second start
		return ending{failed: 1}
	default:
		return ending{failed: 1, freed: 1}
	}
}

// AddTaskEnd is Add for the event that a log mostly consists of, without a copy
// of e. Nothing that e points to is kept.
func (p *Profile) AddTaskEnd(e *event.TaskEnd) {
	p.seen(e.Info.FinishTime)
	how := endingOf(e.Reason.Kind)
	wall := time.Duration(max(0, e.Info.FinishTime-e.Info.LaunchTime)) * time.Millisecond
	var left sums
	if e.Metrics != nil {
		left.take(e.Metrics)
	}
	p.Totals.addEnd(e, &left)
	x := p.fold.executors[e.Info.ExecutorID]
	x.end(e, how, wall, &left)
	p.taskMetrics(e)

	s := p.fold.stage(p, e.StageID, e.StageAttempt)
	if s == nil {
		p.note("a task ended in a stage that no job had announced: it is in no stage's numbers")
		return
	}
	s.fold.changed = true
	row, started := s.fold.running[e.Info.TaskID]
	delete(s.fold.running, e.Info.TaskID)
	if started && e.Reason.Kind == event.Resubmitted {
		s.unended++
	}
	var metrics sums
	switch {
	case started:
		metrics = s.endRow(int(row), e, &left, p.fold.places.of(x, &e.Info), wall)
		if e.Info.Speculative {
			s.Speculation.end(how)
		}
	case e.Reason.Kind != event.Resubmitted:
		p.Totals.startless++
		p.note("a task ended whose start was not seen: it is counted, its metrics are not")
	}
	if !s.fold.open {
		if !started || s.Active == 0 {
			p.note("a task ended after its stage was over: Spark leaves it out of the stage's numbers")
		}
		return
	}
	if s.fold.sums == nil {
		s.fold.sums = &sums{}
		s.fold.sums.take(&s.Metrics)
	}
	s.fold.sums.merge(&metrics)
	if e.Merged != nil && started {
		s.Merged.Add(e.Merged)
	}
	if started {
		s.RemoteRequests += time.Duration(e.RemoteRequests) * time.Millisecond
	}
	s.Active = max(0, s.Active-how.freed)
	s.Complete += how.completed
	s.Failed += how.failed
	s.Killed += how.killed
	s.HeapPeak = max(s.HeapPeak, e.HeapPeak)
	if how.completed > 0 && s.fold.done.add(e.Info.Index) {
		s.Indices++
	}
	s.perExecutor(e, how, wall, &metrics)
	for _, id := range s.JobIDs {
		if j := p.Job(id); j != nil {
			j.countEnd(s.ID, e.Info.Index, how)
		}
	}
	s.close()
}

func (g *Speculation) end(how ending) {
	g.Active = max(0, g.Active-1)
	g.Complete += how.completed
	g.Failed += how.failed
	g.Killed += how.killed
}

// endRow completes a row of the table with the metrics that the attempt left and
// returns them, derived ones included, for the sums.
func (s *Stage) endRow(row int, e *event.TaskEnd, left *sums, at uint32, wall time.Duration) (all sums) {
	status := Failed
	switch e.Reason.Kind {
	case event.Success:
		status = Succeeded
	case event.TaskKilled, event.TaskCommitDenied:
		status = Killed
	}
	s.Tasks.end(row, &e.Info, at, status, &e.Reason)
	if e.Metrics != nil {
		all = *left
		getting := int64(gettingResult(&e.Info, wall))
		busy := all.values[metric.ExecutorRunTime] + all.values[metric.ExecutorDeserializeTime] + all.values[metric.ResultSerializationTime]
		all.put(metric.GettingResultTime, getting)
		all.put(metric.SchedulerDelay, max(0, int64(wall)-busy-getting))
		s.Tasks.measure(row, &all)
	}
	all.put(metric.TaskDuration, int64(wall))
	return all
}

// gettingResult is the end of the attempt in which the driver fetched its
// result: nothing when the result came along with the status.
func gettingResult(info *event.TaskInfo, wall time.Duration) time.Duration {
	if info.GettingTime == 0 {
		return 0
	}
	began := time.Duration(info.GettingTime-info.LaunchTime) * time.Millisecond
	return max(0, wall-began)
}

func (s *Stage) perExecutor(e *event.TaskEnd, how ending, wall time.Duration, metrics *sums) {
	if s.PerExecutor == nil {
		s.PerExecutor = map[string]*ExecutorStage{}
	}
	x := s.PerExecutor[e.Info.ExecutorID]
	if x == nil {
		x = &ExecutorStage{}
		s.PerExecutor[e.Info.ExecutorID] = x
	}
	x.TaskTime += wall
	x.Succeeded += how.completed
	x.Failed += how.failed
	x.Killed += how.killed
	x.HeapPeak = max(x.HeapPeak, e.HeapPeak)
	if x.sums == nil {
		x.sums = &sums{}
		x.sums.take(&x.Metrics)
	}
	x.sums.merge(metrics)
}

func (j *Job) countEnd(stage, index int, how ending) {
	j.Active = max(0, j.Active-how.freed)
	j.Completed += how.completed
	j.Failures += how.failed
	j.Killed += how.killed
	if how.completed == 0 {
		return
	}
	done := j.fold.done[stage]
	if done == nil {
		done = &bitset{}
		j.fold.done[stage] = done
	}
	if done.add(index) {
		j.Indices++
	}
}
