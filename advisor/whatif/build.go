package whatif

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// NewModel reads the model of a run from its profile. Attempts that failed stay
// in: they held slots. What had not ended counts up to the last event.
func NewModel(p *profiler.Profile) *Model {
	m := &Model{Profile: p, folded: map[int]int{}, last: map[int]int{}}
	m.Config, _ = config.FromMap(p.Properties)
	b := builder{m: m, last: p.App.LastEvent, begin: beginning(p), pace: pace(p)}
	m.Wall = b.since(max(p.App.End, b.last))
	if p.App.End > 0 {
		m.Wall = b.since(p.App.End)
	}
	b.stages()
	b.slots()
	b.jobs()
	b.waits()
	b.gaps()
	b.partitioned()
	m.facts = &facts{joins: m.findJoins(), repeated: m.findRepeated(), sorts: m.findSorts(), combiners: m.findCombiners()}
	m.facts.small, m.facts.smalls = m.pooled()
	m.facts.pace = min(4, b.pace)
	m.facts.replayed = sync.OnceValue(func() *outcome { out := simulate(m); return &out })
	m.facts.floors = make([]knownFloor, len(m.Stages))
	for i := range m.Stages {
		tasks := m.Stages[i].Tasks
		m.facts.floors[i] = knownFloor{tasks, sync.OnceValue(func() floor { return m.fit(tasks) })}
	}
	return m
}

// beginning is the application's start, or that of its first job where the log
// has lost the start or states one that cannot be.
func beginning(p *profiler.Profile) event.Millis {
	first := p.App.Start
	for _, j := range p.Jobs {
		if first == 0 || j.Start > 0 && j.Start < first {
			first = j.Start
		}
	}
	return first
}

type builder struct {
	m           *Model
	begin, last event.Millis
	source      []*profiler.Stage // by index of m.Stages
	attempts    []attempt         // of all stages
	done        []event.Millis    // by stage: when its last task ended
	executors   map[string]int32  // numbers of those that ran attempts
	jobs_       []*profiler.Job   // by index of m.Jobs
	jobAt       map[int]int       // job id → index
	owner       []int             // by stage: index of its job, -1 none
	pace        float64           // of tasks that do not spill: time they run for over processor time
}

func (b *builder) since(t event.Millis) time.Duration {
	return max(0, time.Duration(t-b.begin)*time.Millisecond)
}

// stages takes every attempt that ran, in order of submission.
func (b *builder) stages() {
	for _, s := range b.m.Profile.Stages {
		if s.Tasks.Len() == 0 || s.FirstLaunch == 0 {
			continue
		}
		b.source = append(b.source, s)
	}
	slices.SortStableFunc(b.source, func(x, y *profiler.Stage) int {
		return cmp.Or(cmp.Compare(x.Submitted, y.Submitted), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Attempt, y.Attempt))
	})
	b.executors = map[string]int32{}
	total := 0
	for _, s := range b.source {
		total += s.Tasks.Len()
	}
	b.attempts = make([]attempt, 0, total)
	b.done = make([]event.Millis, len(b.source))
	var runs []run // of one stage at a time
	for i, s := range b.source {
		end := s.Completed
		runs = runs[:0]
		for row := range s.Tasks.Len() {
			launch, finish := s.Tasks.Times(row)
			if finish == 0 {
				finish = max(b.last, launch)
			}
			if s.Completed == 0 {
				end = max(end, finish)
			}
			b.done[i] = max(b.done[i], finish)
			runs = append(runs, run{launch, finish, int32(row)})
			b.attempts = append(b.attempts, attempt{since(s.FirstLaunch, launch), since(s.FirstLaunch, finish), b.executor(s.Tasks.Executor(row)), int32(i)})
		}
		slices.SortStableFunc(runs, func(x, y run) int {
			if c := cmp.Compare(x.launch, y.launch); c != 0 {
				return c
			}
			return cmp.Compare(s.Tasks.ID(int(x.row)), s.Tasks.ID(int(y.row)))
		})
		stage := Stage{ID: s.ID, Attempt: s.Attempt, Name: s.Name, Partitions: s.NumTasks,
			Tasks: tabulate(len(runs), func(k int) Task { return b.task(&s.Tasks, runs[k]) })}
		stage.Observed = max(0, time.Duration(end-s.FirstLaunch)*time.Millisecond)
		b.m.last[s.ID] = len(b.m.Stages)
		b.m.Stages = append(b.m.Stages, stage)
	}
}

// A run is when a row of a stage's table ran.
type run struct {
	launch, finish event.Millis
	row            int32
}

// task splits an attempt's time by cause. What is measured in finer units than
// the launch and finish times is taken as it is; Compute is the rest.
func (b *builder) task(tasks *profiler.Tasks, r run) Task {
	row := int(r.row)
	v := func(id metric.ID) int64 { n, _ := tasks.Metric(row, id); return n }
	d := func(id metric.ID) time.Duration { return time.Duration(v(id)) }
	whole := max(0, time.Duration(r.finish-r.launch)*time.Millisecond)
	out := Task{
		Index:    tasks.Index(row),
		Shuffled: v(metric.ShuffleLocalBytesRead) + v(metric.ShuffleRemoteBytesRead),
		Written:  v(metric.ShuffleWriteBytes),
		Spilled:  v(metric.MemoryBytesSpilled),
		Peak:     v(metric.PeakExecutionMemory),
	}
	out.Bytes = out.Shuffled + v(metric.InputBytes)
	run, ok := tasks.Metric(row, metric.ExecutorRunTime)
	if !ok {
		out.Cost[Compute] = whole
		return out
	}
	left := min(whole, time.Duration(run))
	out.Cost[Fixed] = whole - left
	take := func(part Part, want time.Duration) {
		want = min(max(0, want), left)
		out.Cost[part] = want
		left -= want
	}
	take(Fetch, d(metric.ShuffleFetchWaitTime))
	take(Write, d(metric.ShuffleWriteTime))
	take(GC, d(metric.JVMGCTime))
	spilling := min(left/2, b.m.spilling(&out))
	if cpu := d(metric.ExecutorCPUTime); b.m.Embedded() && cpu > 0 && v(metric.DiskBytesSpilled) > out.Written {
		spilling = max(spilling, left-time.Duration(b.pace*float64(cpu))) // its disk is slow
	}
	take(Spill, spilling)
	take(Compute, left)
	return out
}

// slots opens one slot per core of every executor that ran a task.
func (b *builder) slots() {
	for _, e := range b.m.Profile.Executors {
		if _, ran := b.executors[e.ID]; !ran && e.Driver {
			continue
		}
		s := Slot{From: b.since(e.Added)}
		if e.Removed > 0 && b.since(e.Removed) < b.m.Wall-time.Second {
			s.To = b.since(e.Removed)
		}
		for range e.Cores {
			b.m.Slots = append(b.m.Slots, s)
		}
	}
	least := min(1, len(b.m.Stages))
	if len(b.m.Profile.Executors) == 0 {
		least = b.peak()
	}
	for len(b.m.Slots) < least {
		b.m.Slots = append(b.m.Slots, Slot{})
	}
}

// jobs chains the jobs: each waits for the job that ended last before it began.
// Jobs side by side wait for the same one.
func (b *builder) jobs() {
	p, m := b.m.Profile, b.m
	b.jobs_ = slices.Clone(p.Jobs)
	slices.SortStableFunc(b.jobs_, func(x, y *profiler.Job) int {
		return cmp.Or(cmp.Compare(b.start(x), b.start(y)), cmp.Compare(x.ID, y.ID))
	})
	var latest event.Millis
	before := b.endedBefore()
	for i, j := range b.jobs_ {
		job := Job{ID: j.ID, After: before(i), Gap: b.since(b.start(j)), Empty: time.Duration(b.end(j)-b.start(j)) * time.Millisecond}
		if job.After >= 0 {
			job.Gap = time.Duration(b.start(j)-b.end(b.jobs_[job.After])) * time.Millisecond
		}
		m.Jobs = append(m.Jobs, job)
		latest = max(latest, b.end(j))
	}
	b.jobAt = map[int]int{}
	for i, j := range b.jobs_ {
		b.jobAt[j.ID] = i
	}
	b.owner = make([]int, len(m.Stages))
	for i, s := range b.source {
		b.owner[i] = b.home(s)
		if o := b.owner[i]; o >= 0 {
			m.Jobs[o].Stages = append(m.Jobs[o].Stages, i)
		}
	}
	m.End = max(0, m.Wall-b.since(latest))
	if len(m.Jobs) == 0 {
		m.End = m.Wall
	}
}

// endedBefore returns what finds, for each job in the order of their starts, the
// one of those before it that ended last when it began, the first of several; -1
// where none had.
func (b *builder) endedBefore() func(i int) int {
	byEnd := make([]int, len(b.jobs_))
	for k := range byEnd {
		byEnd[k] = k
	}
	slices.SortStableFunc(byEnd, func(x, y int) int { return cmp.Compare(b.end(b.jobs_[x]), b.end(b.jobs_[y])) })
	best := -1
	var early []int // ended at once, so they come before themselves in the order of ends
	take := func(k int) {
		if best < 0 || b.end(b.jobs_[k]) > b.end(b.jobs_[best]) {
			best = k
		}
	}
	return func(i int) int {
		early = slices.DeleteFunc(early, func(k int) bool {
			if k < i {
				take(k)
			}
			return k < i
		})
		for len(byEnd) > 0 && b.end(b.jobs_[byEnd[0]]) <= b.start(b.jobs_[i]) {
			if k := byEnd[0]; k < i {
				take(k)
			} else {
				early = append(early, k)
			}
			byEnd = byEnd[1:]
		}
		return best
	}
}

// start is the job's start; logs of Spark 1.2 and before know only that of its
// stages.
func (b *builder) start(j *profiler.Job) event.Millis {
	if j.Start > 0 {
		return j.Start
	}
	first := event.Millis(0)
	for _, s := range b.source {
		if slices.Contains(j.StageIDs, s.ID) && (first == 0 || s.Submitted < first) {
			first = s.Submitted
		}
	}
	return max(first, b.begin)
}

func (b *builder) end(j *profiler.Job) event.Millis {
	if j.End == 0 {
		return max(b.last, b.start(j))
	}
	return j.End
}

// home is the job in which a stage ran: the first that was running when it was
// submitted.
func (b *builder) home(s *profiler.Stage) int {
	var homes []int
	for _, id := range s.JobIDs {
		if i, ok := b.jobAt[id]; ok {
			homes = append(homes, i)
		}
	}
	slices.Sort(homes)
	for _, i := range homes {
		if j := b.jobs_[i]; b.start(j) <= s.Submitted && s.Submitted <= b.end(j) {
			return i
		}
	}
	if len(homes) > 0 {
		return homes[0]
	}
	return -1
}

func (b *builder) completed(i int) event.Millis {
	if c := b.source[i].Completed; c > 0 {
		return c
	}
	return b.last
}
