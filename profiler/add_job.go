package profiler

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"

	"stagecoach/engine/event"
)

// stageFold is what the fold keeps of a stage attempt while it lives.
type stageFold struct {
	open    bool            // Spark still counts for it (AppStatusListener's live list)
	running map[int64]int32 // task id → row
	done    bitset          // indices that succeeded
	sums    *sums           // what Metrics is made of, until the stage is over
	changed bool            // since Live last copied the stage
	sketch  bool            // the rows go when the stage is over
}

// jobFold is what the fold keeps of a job.
type jobFold struct {
	done     map[int]*bitset // by stage id: indices that succeeded
	skipped  map[int]bool
	complete map[int]bool
}

func (p *Profile) startJob(e event.JobStart) {
	p.seen(e.Time)
	at, known := slices.BinarySearchFunc(p.Jobs, e.JobID, func(j *Job, id int) int { return cmp.Compare(j.ID, id) })
	if known {
		p.note("a job of the same id started again; the first one's numbers stand")
		return
	}
	j := &Job{
		ID: e.JobID, Start: e.Time, Status: Running, ExecutionID: -1,
		Description: e.Properties[event.PropertyDescription],
		Group:       e.Properties[event.PropertyJobGroup],
		fold:        jobFold{map[int]*bitset{}, map[int]bool{}, map[int]bool{}},
	}
	if id, err := strconv.ParseInt(e.Properties[event.PropertyExecutionID], 10, 64); err == nil {
		j.ExecutionID = id
	}
	p.Jobs = slices.Insert(p.Jobs, at, j)
	if p.fold.live == nil {
		p.fold.live = map[int][]*Job{}
	}
	p.announce(e.Stages)
	last := -1
	for i := range e.Stages {
		info := &e.Stages[i]
		j.StageIDs = append(j.StageIDs, info.StageID)
		if of := p.fold.live[info.StageID]; len(of) == 0 || of[len(of)-1] != j {
			p.fold.live[info.StageID] = append(of, j)
		}
		if info.CompletionTime == 0 {
			j.NumTasks += info.NumTasks
		}
		if info.StageID > last {
			last, j.Name = info.StageID, info.Name
		}
		s := p.stage(info)
		if s.Status == Skipped && !s.fold.open { // it is needed once more, and may be run
			s.Status, s.fold.open = Pending, true
		}
		s.JobIDs = append(s.JobIDs, j.ID)
		s.fold.changed = true
		if s.ExecutionID < 0 {
			s.ExecutionID = j.ExecutionID
		}
	}
	p.jobOfExecution(j, e.Stages)
	p.jobOfStream(j, e.Properties)
	p.jobOfOperation(j, e.Properties)
}

// announce makes the stages that are new in the order of their ids, whatever the
// order of the list is: each then goes behind those that are there.
func (p *Profile) announce(list []event.StageInfo) {
	byID := func(a, b int) int { return cmp.Compare(list[a].StageID, list[b].StageID) }
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, byID)
	for _, i := range order {
		p.stage(&list[i])
	}
}

// stage returns the attempt that info describes, made as Pending if it is new.
func (p *Profile) stage(info *event.StageInfo) *Stage {
	at, known := p.findStage(info.StageID, info.AttemptID)
	if known {
		return p.Stages[at]
	}
	s := &Stage{ID: info.StageID, Attempt: info.AttemptID, ExecutionID: -1, fold: stageFold{open: true, changed: true, sketch: p.fold.sketch}}
	s.Tasks.places = &p.fold.places
	s.describe(info)
	p.Stages = slices.Insert(p.Stages, at, s)
	return s
}

func (s *Stage) describe(info *event.StageInfo) {
	s.Name, s.Details, s.NumTasks = info.Name, info.Details, info.NumTasks
	s.Parents = slices.Clone(info.ParentIDs)
	s.RDDs = info.RDDs
	s.ResourceProfile, s.PushEnabled, s.PushMergers = info.ResourceProfile, info.PushEnabled, info.PushMergers
	s.Submitted, s.Completed, s.Failure = info.SubmissionTime, info.CompletionTime, info.FailureReason
}

func (p *Profile) endJob(e event.JobEnd) {
	p.seen(e.Time)
	j := p.Job(e.JobID)
	if j == nil {
		p.note("a job ended that had not started: the log begins late or was compacted")
		return
	}
	for _, id := range j.StageIDs {
		left := slices.DeleteFunc(p.fold.live[id], func(l *Job) bool { return l == j })
		if p.fold.live[id] = left; len(left) == 0 {
			delete(p.fold.live, id)
		}
	}
	j.End, j.Error, j.Status = e.Time, e.Error, Succeeded
	if e.Error != "" {
		j.Status = Failed
	}
	for _, id := range j.StageIDs {
		for _, s := range p.Attempts(id) {
			if s.Status == Pending && s.fold.open {
				s.Status, s.fold.open, s.fold.changed = Skipped, false, true
				j.skip(s)
			}
		}
	}
	p.jobOfExecutionEnded(j)
}

func (j *Job) skip(s *Stage) {
	if j.fold.skipped[s.ID] {
		return
	}
	j.fold.skipped[s.ID] = true
	j.SkippedStages++
	j.SkippedTasks += s.NumTasks
}

// Attempts returns all attempts of one stage, the first one first.
func (p *Profile) Attempts(id int) []*Stage {
	from, _ := p.findStage(id, 0)
	to := from
	for to < len(p.Stages) && p.Stages[to].ID == id {
		to++
	}
	return p.Stages[from:to]
}

func (p *Profile) submitStage(e event.StageSubmitted) {
	p.seen(e.Info.SubmissionTime)
	s := p.stage(&e.Info)
	s.describe(&e.Info)
	s.Status, s.fold.open, s.fold.changed = Running, true, true
	s.Description = e.Properties[event.PropertyDescription]
	for _, j := range p.runningJobs(s) {
		if j.fold.complete[s.ID] {
			delete(j.fold.complete, s.ID)
			j.CompletedStages--
		}
		j.ActiveStages++
	}
	p.cacheRDDs(e.Info.RDDs)
	p.attemptOfExecution(s)
}

// runningJobs returns the unfinished jobs that list s, and makes sure that s
// knows them: a later attempt is not in the job's start.
func (p *Profile) runningJobs(s *Stage) []*Job {
	jobs := p.fold.live[s.ID]
	for _, j := range jobs {
		if !slices.Contains(s.JobIDs, j.ID) {
			s.JobIDs = append(s.JobIDs, j.ID)
			slices.Sort(s.JobIDs)
		}
		if s.ExecutionID < 0 {
			s.ExecutionID = j.ExecutionID
		}
	}
	return jobs
}

func (p *Profile) completeStage(e event.StageCompleted) {
	p.seen(e.Info.CompletionTime)
	known := p.Stage(e.Info.StageID, e.Info.AttemptID) != nil
	if !known {
		p.note("a stage completed that no job had announced: the log begins late or was compacted")
	}
	s := p.stage(&e.Info)
	wasOpen := s.fold.open
	wasActive := s.Status == Running
	s.describe(&e.Info)
	s.fold.changed = true
	for i, r := range e.Info.RDDs { // its start was not seen, or did not say so
		if _, known := p.findRDD(r.ID); !known {
			p.cacheRDDs(e.Info.RDDs[i : i+1])
		}
	}
	switch {
	case s.Failure != "":
		s.Status = Failed
	case s.Submitted != 0:
		s.Status = Succeeded
	default:
		s.Status = Skipped
	}
	if wasOpen {
		for _, id := range s.JobIDs {
			j := p.Job(id)
			if j == nil {
				continue
			}
			switch s.Status {
			case Succeeded:
				if !j.fold.complete[s.ID] {
					j.fold.complete[s.ID] = true
					j.CompletedStages++
				}
			case Skipped:
				j.skip(s)
			default:
				j.FailedStages++
			}
			if wasActive {
				j.ActiveStages--
			}
		}
	}
	s.close()
}

// close ends the counting once the stage has completed and nothing runs.
func (s *Stage) close() {
	if s.Active == 0 && (s.Status == Succeeded || s.Status == Failed || s.Status == Skipped) {
		s.fold.open = false
		if len(s.fold.running) == 0 {
			s.fold.running = nil // a map keeps the memory of what was deleted
			s.Tasks.pack()
			if s.fold.sketch {
				s.thin()
			}
		}
		s.settle()
		s.forget()
	}
}

// settle writes down the sums of now.
func (s *Stage) settle() {
	if s.fold.sums != nil {
		s.Metrics = s.fold.sums.set()
	}
	for _, x := range s.PerExecutor {
		if x.sums != nil {
			x.Metrics = x.sums.set()
		}
	}
}

// forget lets go of the sums of a stage that is over: there is one for each of
// its executors.
func (s *Stage) forget() {
	s.fold.sums = nil
	for _, x := range s.PerExecutor {
		x.sums = nil
	}
}

// A bitset remembers which small numbers it has seen.
type bitset struct{ words []uint64 }

// add marks i and reports whether it was new. Negative numbers and those that
// no task set can reach are not kept.
func (b *bitset) add(i int) bool {
	if i < 0 || i >= maxIndex {
		return false
	}
	for len(b.words) <= i/64 {
		b.words = append(b.words, 0)
	}
	fresh := b.words[i/64]&(1<<(i%64)) == 0
	b.words[i/64] |= 1 << (i % 64)
	return fresh
}

// len returns how many numbers are marked.
func (b *bitset) len() (n int) {
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	return n
}
