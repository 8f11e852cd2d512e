package whatif

import "time"

// An outcome is what one replay yields.
type outcome struct {
	wall   time.Duration
	ready  []time.Duration // by stage; when its tasks could be launched
	start  []time.Duration // by stage; first launch
	finish []time.Duration // by stage
}

func (o outcome) stage(i int) time.Duration { return max(0, o.finish[i]-o.start[i]) }

// A moment is something that happens at a time of the replay.
type moment struct {
	at   time.Duration
	seq  int64 // order of equal times: as they were foreseen
	who  int32 // job, stage or slot
	kind uint8
}

const (
	jobStarts uint8 = iota
	stageReady
	taskEnds
	stageEnds
	jobEnds
	slotOpens
)

// An agenda is a binary heap of moments, the earliest first. (container/heap
// boxes each, which doubles the time of a replay.)
type agenda []moment

func (m *moment) before(o *moment) bool {
	return m.at < o.at || m.at == o.at && m.seq < o.seq
}

func (a *agenda) push(m moment) {
	*a = append(*a, m)
	h := *a
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !m.before(&h[up]) {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = m
}

func (a *agenda) pop() moment {
	h := *a
	first := h[0]
	moved := h[len(h)-1]
	h = h[:len(h)-1]
	*a = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1].before(&h[child]) {
			child++
		}
		if child >= len(h) || !h[child].before(&moved) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = moved
	return first
}

// A queue holds each slot at most once, in a ring.
type queue struct {
	slots     []int // as many as there are
	head, len int
}

func (q *queue) push(slot int) {
	q.slots[(q.head+q.len)%len(q.slots)] = slot
	q.len++
}

func (q *queue) pop() int {
	slot := q.slots[q.head]
	q.head, q.len = (q.head+1)%len(q.slots), q.len-1
	return slot
}

// A replay is the state of one simulation. Tasks are launched as Spark's FIFO
// scheduler does: stages that are ready in the order of their jobs, then of
// their ids; within a stage in the recorded order; onto any slot that is free.
type replay struct {
	m       *Model
	todo    agenda
	seq     int64
	now     time.Duration
	free    queue           // slots without a task
	since   []time.Duration // by slot: when it became free
	running []int           // by slot: the stage whose task it runs
	waiting []int           // by stage: parents that have not ended
	next    []int           // by stage: the next task to launch
	left    []int           // by stage: tasks that have not ended
	owner   []int           // by stage: the job that runs it, -1 none
	begun   []bool          // by stage: its job has started
	done    []bool          // by stage
	ready   []int           // stages with tasks to launch, in scheduler order
	pending []int           // by job: stages that have not ended
	readers fanout          // by stage: the stages that wait for it
	after   fanout          // by job: the jobs that wait for it
	out     outcome
	ended   []time.Duration // by job
}

// simulate replays m. It panics on a model with tasks and no slot.
func simulate(m *Model) outcome {
	n := len(m.Stages)
	r := &replay{
		m: m, free: queue{slots: make([]int, len(m.Slots))}, since: make([]time.Duration, len(m.Slots)), running: make([]int, len(m.Slots)),
		waiting: make([]int, n), next: make([]int, n), left: make([]int, n), owner: make([]int, n),
		begun: make([]bool, n), done: make([]bool, n), pending: make([]int, len(m.Jobs)),
		ended: make([]time.Duration, len(m.Jobs)),
	}
	r.out = outcome{ready: make([]time.Duration, n), start: make([]time.Duration, n), finish: make([]time.Duration, n)}
	for i := range m.Stages {
		r.owner[i], r.left[i], r.out.start[i] = -1, m.Stages[i].Tasks.Len(), -1
	}
	for j := range m.Jobs {
		for _, s := range m.Jobs[j].Stages {
			if r.owner[s] < 0 {
				r.owner[s] = j
				r.pending[j]++
			}
		}
	}
	for i := range m.Stages {
		for _, p := range m.Stages[i].Parents {
			if r.owner[p] >= 0 {
				r.waiting[i]++
			}
		}
	}
	r.readers = fanoutOf(n, func(i int) []int { return m.Stages[i].Parents })
	var one [1]int
	r.after = fanoutOf(len(m.Jobs), func(j int) []int {
		if one[0] = m.Jobs[j].After; one[0] < 0 {
			return nil
		}
		return one[:]
	})
	for i, s := range m.Slots {
		r.at(s.From, slotOpens, i)
	}
	for j := range m.Jobs {
		if m.Jobs[j].After < 0 {
			r.at(m.Jobs[j].Gap, jobStarts, j)
		}
	}
	for len(r.todo) > 0 {
		r.now = r.todo[0].at
		for len(r.todo) > 0 && r.todo[0].at == r.now {
			r.happen(r.todo.pop())
		}
		r.launch()
	}
	for _, e := range r.ended {
		r.out.wall = max(r.out.wall, e)
	}
	r.out.wall += m.End
	for i := range r.out.start {
		r.out.start[i] = max(0, r.out.start[i])
	}
	return r.out
}

func (r *replay) at(t time.Duration, kind uint8, who int) {
	r.seq++
	r.todo.push(moment{t, r.seq, int32(who), kind})
}

func (r *replay) happen(x moment) {
	m, who := r.m, int(x.who)
	switch x.kind {
	case slotOpens:
		r.since[who] = r.now
		r.free.push(who)
	case jobStarts:
		if r.pending[who] == 0 {
			r.at(r.now+m.Jobs[who].Empty, jobEnds, who)
		}
		for _, s := range m.Jobs[who].Stages {
			if r.owner[s] == who {
				r.begun[s] = true
				r.consider(s)
			}
		}
	case stageReady:
		r.enqueue(who)
	case taskEnds:
		s := r.running[who]
		r.since[who] = r.now
		if to := m.Slots[who].To; to == 0 || r.now < to {
			r.free.push(who)
		}
		if r.left[s]--; r.left[s] == 0 {
			r.at(r.now+m.Stages[s].Tail, stageEnds, s)
		}
	case stageEnds:
		r.endStage(who)
	case jobEnds:
		r.ended[who] = r.now
		for _, j := range r.after.of(who) {
			r.at(r.now+m.Jobs[j].Gap, jobStarts, int(j))
		}
	}
}

// consider makes a stage ready when its job has begun and its parents ended.
func (r *replay) consider(s int) {
	if r.begun[s] && r.waiting[s] == 0 && !r.done[s] {
		if r.m.Stages[s].Tasks.Len() == 0 {
			r.out.start[s] = r.now
			r.at(r.now, stageEnds, s)
			return
		}
		r.at(r.now+r.m.Stages[s].Lead, stageReady, s)
	}
}

func (r *replay) enqueue(s int) {
	r.out.ready[s] = r.now
	i := len(r.ready)
	for i > 0 && before(r.owner[s], s, r.owner[r.ready[i-1]], r.ready[i-1]) {
		i--
	}
	r.ready = append(r.ready, 0)
	copy(r.ready[i+1:], r.ready[i:])
	r.ready[i] = s
}

func before(job, stage, otherJob, other int) bool {
	return job < otherJob || job == otherJob && stage < other
}

func (r *replay) endStage(s int) {
	r.done[s] = true
	r.out.finish[s] = r.now
	for _, c := range r.readers.of(s) {
		if r.waiting[c]--; r.waiting[c] == 0 {
			r.consider(int(c))
		}
	}
	j := r.owner[s]
	if r.pending[j]--; r.pending[j] == 0 {
		r.at(r.now+r.m.Jobs[j].Tail, jobEnds, j)
	}
}

// launch gives free slots to waiting tasks. A slot needs the stage's gap
// between two tasks: the time the driver took to answer.
func (r *replay) launch() {
	for len(r.ready) > 0 && r.free.len > 0 {
		s := r.ready[0]
		slot := r.free.pop()
		if to := r.m.Slots[slot].To; to > 0 && r.now >= to && r.others(slot) {
			continue
		}
		stage := &r.m.Stages[s]
		begin := max(r.now, r.since[slot]+stage.Gap)
		if r.out.start[s] < 0 {
			r.out.start[s] = begin
		}
		r.running[slot] = s
		r.at(begin+stage.Tasks.Duration(r.next[s]), taskEnds, slot)
		if r.next[s]++; r.next[s] == stage.Tasks.Len() {
			r.ready = r.ready[1:]
		}
	}
}

// others reports whether a slot besides this one will ever take a task, so
// that a replay outlasting its recorded executors still ends.
func (r *replay) others(slot int) bool {
	for i, s := range r.m.Slots {
		if i != slot && (s.To == 0 || r.now < s.To) {
			return true
		}
	}
	return false
}
