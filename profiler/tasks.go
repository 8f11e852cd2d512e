package profiler

import (
	"maps"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// Tasks is the table of a stage's task attempts, one row each, in the order in
// which they were launched. It is stored by column: a typical attempt takes
// about a hundred bytes. The zero Tasks is an empty table.
type Tasks struct {
	ids     []int64
	launch  []event.Millis
	finish  []event.Millis // 0 while the attempt runs
	index   []int32
	attempt []int32
	place   []uint32 // of places
	state   []taskState
	columns []column // by metric.ID; task metrics only, durations derived at the fold included
	odd     map[int]oddEnd
	places  *places // shared by all stages of a profile
}

// taskState packs what fits a byte: status (3 bits), locality (3 bits),
// whether the attempt was speculative, whether it left metrics.
type taskState uint8

const (
	speculative taskState = 1 << 6
	measured    taskState = 1 << 7
)

func newState(s Status, l event.Locality) taskState { return taskState(s)&7 | taskState(l)&7<<3 }
func (s taskState) status() Status                  { return Status(s & 7) }
func (s taskState) locality() event.Locality        { return event.Locality(s >> 3 & 7) }

// oddEnd is kept for the few attempts that did not succeed.
type oddEnd struct {
	reason event.EndKind
	text   string
}

// places numbers the pairs of executor and host.
type places struct {
	list  []place
	known map[place]uint32
}

type place struct{ executor, host string }

func (p *places) number(at place) uint32 {
	if n, ok := p.known[at]; ok {
		return n
	}
	if p.known == nil {
		p.known = map[place]uint32{}
	}
	n := uint32(len(p.list))
	p.list = append(p.list, at)
	p.known[at] = n
	return n
}

// Len returns the number of attempts.
func (t *Tasks) Len() int { return len(t.ids) }

// At returns row i, which must be below Len. The Task shares nothing with the table.
func (t *Tasks) At(i int) Task {
	at := t.places.list[t.place[i]]
	task := Task{
		ID: t.ids[i], Index: int(t.index[i]), Attempt: int(t.attempt[i]),
		Launch: t.launch[i], Finish: t.finish[i],
		Executor: at.executor, Host: at.host,
		Locality: t.state[i].locality(), Speculative: t.state[i]&speculative != 0,
		Status: t.state[i].status(),
	}
	if task.Status == Succeeded {
		task.Reason = event.Success
	} else if odd, ok := t.odd[i]; ok {
		task.Reason, task.Error = odd.reason, odd.text
	}
	for id := range t.columns {
		if v, ok := t.columns[id].get(i); ok {
			task.Metrics.Record(metric.ID(id), v)
		}
	}
	return task
}

// All yields every row with its number.
func (t *Tasks) All(yield func(int, Task) bool) {
	for i := range t.ids {
		if !yield(i, t.At(i)) {
			return
		}
	}
}

// Metric returns one metric of row i, and whether the attempt recorded it.
// TaskDuration is there for every ended attempt; SchedulerDelay and
// GettingResultTime for those that left metrics.
func (t *Tasks) Metric(i int, id metric.ID) (int64, bool) {
	if int(id) >= len(t.columns) {
		return 0, false
	}
	return t.columns[id].get(i)
}

// Status returns where the attempt of row i stands.
func (t *Tasks) Status(i int) Status { return t.state[i].status() }

// Executor returns the executor that row i ran on.
func (t *Tasks) Executor(i int) string { return t.places.list[t.place[i]].executor }

// Times returns launch and finish of row i; finish is 0 while it runs.
func (t *Tasks) Times(i int) (launch, finish event.Millis) { return t.launch[i], t.finish[i] }

// Index returns the position in the stage of row i's task.
func (t *Tasks) Index(i int) int { return int(t.index[i]) }

// Measured reports whether the attempt of row i left metrics.
func (t *Tasks) Measured(i int) bool { return t.state[i]&measured != 0 }

// start appends a row for a launched attempt and returns its number. expect is
// how many rows the stage is likely to have.
func (t *Tasks) start(info *event.TaskInfo, at uint32, expect int) int {
	if t.ids == nil {
		t.reserve(min(max(expect, 1), 1<<16))
	}
	row := len(t.ids)
	t.ids = append(t.ids, info.TaskID)
	t.launch = append(t.launch, info.LaunchTime)
	t.finish = append(t.finish, 0)
	t.index = append(t.index, int32(info.Index))
	t.attempt = append(t.attempt, int32(info.Attempt))
	t.place = append(t.place, at)
	t.state = append(t.state, newState(Running, info.Locality))
	if info.Speculative {
		t.state[row] |= speculative
	}
	return row
}

func (t *Tasks) reserve(n int) {
	t.ids = make([]int64, 0, n)
	t.launch = make([]event.Millis, 0, n)
	t.finish = make([]event.Millis, 0, n)
	t.index = make([]int32, 0, n)
	t.attempt = make([]int32, 0, n)
	t.place = make([]uint32, 0, n)
	t.state = make([]taskState, 0, n)
}

// end completes row i: the final TaskInfo replaces what the start said.
func (t *Tasks) end(i int, info *event.TaskInfo, at uint32, status Status, reason *event.EndReason) {
	t.launch[i], t.finish[i] = info.LaunchTime, info.FinishTime
	t.index[i], t.attempt[i] = int32(info.Index), int32(info.Attempt)
	t.place[i] = at
	t.state[i] = newState(status, info.Locality) | t.state[i]&measured
	if info.Speculative {
		t.state[i] |= speculative
	}
	if status != Succeeded {
		if t.odd == nil {
			t.odd = map[int]oddEnd{}
		}
		t.odd[i] = oddEnd{reason.Kind, errorText(reason)}
	}
}

// record stores one metric of row i.
func (t *Tasks) record(i int, id metric.ID, v int64) {
	if t.columns == nil {
		t.columns = make([]column, metric.NumOutputRows)
	}
	t.columns[id].set(i, v, cap(t.ids))
}

// Bytes is the memory that the table holds, error texts left out.
func (t *Tasks) Bytes() int {
	n := cap(t.ids) * (8 + 8 + 8 + 4 + 4 + 4 + 1)
	for i := range t.columns {
		n += t.columns[i].bytes()
	}
	return n
}

// clone returns a copy that further events do not change.
func (t *Tasks) clone() Tasks {
	c := Tasks{
		ids: slices.Clone(t.ids), launch: slices.Clone(t.launch), finish: slices.Clone(t.finish),
		index: slices.Clone(t.index), attempt: slices.Clone(t.attempt), place: slices.Clone(t.place),
		state: slices.Clone(t.state), odd: maps.Clone(t.odd),
	}
	if t.places != nil {
		c.places = &places{list: t.places.list}
	}
	if t.columns != nil {
		c.columns = make([]column, len(t.columns))
		for i := range t.columns {
			c.columns[i] = t.columns[i].clone()
		}
	}
	return c
}
