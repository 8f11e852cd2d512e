package whatif

import (
	"cmp"
	"slices"
	"time"

	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// NewModel reads the model of a run from its profile. Attempts that failed stay
// in: they held slots. What had not ended counts up to the last event.
func NewModel(p *profiler.Profile) *Model {
	m := &Model{Profile: p, folded: map[int]int{}}
	m.Config, _ = config.FromMap(p.Properties)
	b := builder{m: m, last: p.App.LastEvent, begin: beginning(p)}
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
	m.facts = &facts{joins: m.findJoins(), repeated: m.findRepeated(), sorts: m.findSorts()}
	m.facts.floor, m.facts.floors = m.pooled()
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
	attempts    [][]attempt       // by stage, in launch order
	executors   map[string]int32  // numbers of those that ran attempts
	jobs_       []*profiler.Job   // by index of m.Jobs
	owner       []int             // by stage: index of its job, -1 none
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
	for _, s := range b.source {
		attempts := make([]attempt, s.Tasks.Len())
		end := s.Completed
		for i := range attempts {
			launch, finish := s.Tasks.Times(i)
			if finish == 0 {
				finish = max(b.last, launch)
			}
			if s.Completed == 0 {
				end = max(end, finish)
			}
			attempts[i] = attempt{launch, finish, b.executor(s.Tasks.Executor(i)), int32(i)}
		}
		slices.SortStableFunc(attempts, func(x, y attempt) int {
			return cmp.Or(cmp.Compare(x.launch, y.launch), cmp.Compare(s.Tasks.ID(int(x.row)), s.Tasks.ID(int(y.row))))
		})
		stage := Stage{ID: s.ID, Attempt: s.Attempt, Name: s.Name, Partitions: s.NumTasks, Tasks: make([]Task, len(attempts))}
		for i := range attempts {
			stage.Tasks[i] = b.task(&s.Tasks, &attempts[i])
		}
		stage.Observed = max(0, time.Duration(end-s.FirstLaunch)*time.Millisecond)
		b.m.Stages = append(b.m.Stages, stage)
		b.attempts = append(b.attempts, attempts)
	}
}

// An attempt is when and where a row of a stage's table ran.
type attempt struct {
	launch, finish event.Millis
	executor       int32
	row            int32
}

// executor numbers the executor called id.
func (b *builder) executor(id string) int32 {
	n, ok := b.executors[id]
	if !ok {
		n = int32(len(b.executors))
		b.executors[id] = n
	}
	return n
}

// Spilling is not timed in Spark's log. Runs of one job with and without spill
// put it at one second for 55 MB (size in memory) in Spark, where rows are
// serialized, compressed, written, read and merged; the embedded engine writes
// Arrow buffers, at the speed of the disk.
const (
	sparkSpillRate = 55e6  // bytes in memory per second
	arrowSpillRate = 400e6 // bytes in memory per second
)

// task splits an attempt's time by cause. What is measured in finer units than
// the launch and finish times is taken as it is; Compute is the rest.
func (b *builder) task(tasks *profiler.Tasks, a *attempt) Task {
	row := int(a.row)
	v := func(id metric.ID) int64 { n, _ := tasks.Metric(row, id); return n }
	d := func(id metric.ID) time.Duration { return time.Duration(v(id)) }
	whole := max(0, time.Duration(a.finish-a.launch)*time.Millisecond)
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
	rate := sparkSpillRate
	if b.m.Embedded() {
		rate = arrowSpillRate
	}
	take(Spill, min(left/2, time.Duration(float64(out.Spilled)/rate*1e9)))
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
	for len(b.m.Slots) < min(1, len(b.m.Stages)) || len(b.m.Profile.Executors) == 0 && len(b.m.Slots) < b.peak() {
		b.m.Slots = append(b.m.Slots, Slot{})
	}
}

// peak is the greatest number of tasks that ran at once.
func (b *builder) peak() int {
	var edges []int64 // time·2, less one for a finish: finishes come first
	for _, tasks := range b.attempts {
		for i := range tasks {
			edges = append(edges, int64(tasks[i].launch)*2+1, int64(tasks[i].finish)*2)
		}
	}
	slices.Sort(edges)
	now, most := 0, 0
	for _, e := range edges {
		if e%2 == 1 {
			now++
		} else {
			now--
		}
		most = max(most, now)
	}
	return most
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
	for i, j := range b.jobs_ {
		job := Job{ID: j.ID, After: -1, Gap: b.since(b.start(j)), Empty: time.Duration(b.end(j)-b.start(j)) * time.Millisecond}
		for k, o := range b.jobs_[:i] {
			if end := b.end(o); end <= b.start(j) && (job.After < 0 || end > b.end(b.jobs_[job.After])) {
				job.After, job.Gap = k, time.Duration(b.start(j)-end)*time.Millisecond
			}
		}
		m.Jobs = append(m.Jobs, job)
		latest = max(latest, b.end(j))
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
	first := -1
	for i, j := range b.jobs_ {
		if !slices.Contains(s.JobIDs, j.ID) {
			continue
		}
		if first < 0 {
			first = i
		}
		if b.start(j) <= s.Submitted && s.Submitted <= b.end(j) {
			return i
		}
	}
	return first
}

// waits finds what each stage waited for, and how long beyond that.
func (b *builder) waits() {
	for i, s := range b.source {
		stage := &b.m.Stages[i]
		var ready, done event.Millis
		if o := b.owner[i]; o >= 0 {
			ready = b.start(b.jobs_[o])
		}
		latest := map[int]int{}
		for k, o := range b.source[:i] {
			if slices.Contains(s.Parents, o.ID) || o.ID == s.ID {
				latest[o.ID] = k
			}
		}
		for _, k := range latest {
			stage.Parents = append(stage.Parents, k)
			ready = max(ready, b.completed(k))
		}
		if k := b.follows(i, ready); k >= 0 {
			stage.Parents = append(stage.Parents, k)
			ready = b.completed(k)
		}
		slices.Sort(stage.Parents)
		begin := s.FirstLaunch
		if b.busy(i, s.Submitted) {
			begin = max(s.Submitted, ready)
		}
		stage.Lead = max(0, time.Duration(begin-ready)*time.Millisecond)
		for t := range b.attempts[i] {
			done = max(done, b.attempts[i][t].finish)
		}
		stage.Tail = max(0, time.Duration(b.completed(i)-done)*time.Millisecond)
	}
	for j := range b.m.Jobs {
		var done event.Millis
		for _, s := range b.m.Jobs[j].Stages {
			done = max(done, b.completed(s))
		}
		if done > 0 {
			b.m.Jobs[j].Tail = max(0, time.Duration(b.end(b.jobs_[j])-done)*time.Millisecond)
		}
	}
}

// follows finds the stage of the same job that stage i seems to have waited
// for without reading from it: i was ready well before, and the other ended in
// between. Schedulers that run one stage at a time do so.
func (b *builder) follows(i int, ready event.Millis) int {
	const soon = 50 // milliseconds
	at, best := b.source[i].Submitted, -1
	if at-ready <= soon {
		return -1
	}
	for k := range i {
		if c := b.completed(k); b.owner[k] == b.owner[i] && c <= at && c > ready && (best < 0 || c > b.completed(best)) {
			best = k
		}
	}
	return best
}

func (b *builder) completed(i int) event.Millis {
	if c := b.source[i].Completed; c > 0 {
		return c
	}
	return b.last
}

// busy reports whether another stage held slots at time t, in which case a
// late first launch says nothing about the driver.
func (b *builder) busy(i int, t event.Millis) bool {
	for k, s := range b.source {
		if k != i && s.FirstLaunch <= t && t < b.completed(k) {
			return true
		}
	}
	return false
}
