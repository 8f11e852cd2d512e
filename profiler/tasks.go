package profiler

import (
	"maps"
	"math/bits"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// Tasks is the table of a stage's task attempts, one row each, in the order in
// which they were launched. It is stored by column, and packed when the stage is
// over: a typical attempt then takes some fifty bytes. The zero Tasks is an
// empty table.
type Tasks struct {
	rows    int
	origin  event.Millis // what times are stored relative to
	ids     numbers
	launch  numbers
	finish  numbers // 0 while the attempt runs
	index   numbers
	attempt numbers
	place   numbers // of places
	state   []taskState
	has     uint32   // metrics of which there is a column; duration and scheduler delay are derived
	zeros   uint32   // metrics that every row of a packed table recorded as zero
	columns []column // of has, by metric.ID
	odd     map[int]oddEnd
	places  *places // shared by all stages of a profile
	packed  bool
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

// A seat is where an executor was last, which is where it is.
type seat struct {
	host   string
	number uint32 // of the place
	taken  bool
}

// of returns the number of the place of a task that runs on x, nil if the
// executor was not announced.
func (p *places) of(x *Executor, info *event.TaskInfo) uint32 {
	if x != nil && x.at.taken && x.at.host == info.Host {
		return x.at.number
	}
	n := p.number(place{info.ExecutorID, info.Host})
	if x != nil {
		x.at = seat{info.Host, n, true}
	}
	return n
}

// Len returns the number of attempts.
func (t *Tasks) Len() int { return t.rows }

// At returns row i, which must be below Len. The Task shares nothing with the table.
func (t *Tasks) At(i int) Task {
	at := t.places.list[t.place.at(i)]
	task := Task{
		ID: t.ids.at(i), Index: t.Index(i), Attempt: int(t.attempt.at(i)),
		Executor: at.executor, Host: at.host,
		Locality: t.state[i].locality(), Speculative: t.state[i]&speculative != 0,
		Status: t.state[i].status(),
	}
	task.Launch, task.Finish = t.Times(i)
	if task.Status == Succeeded {
		task.Reason = event.Success
	} else if odd, ok := t.odd[i]; ok {
		task.Reason, task.Error = odd.reason, odd.text
	}
	for id := range metric.NumOutputRows {
		if v, ok := t.Metric(i, id); ok {
			task.Metrics.Record(id, v)
		}
	}
	return task
}

// All yields every row with its number.
func (t *Tasks) All(yield func(int, Task) bool) {
	for i := range t.rows {
		if !yield(i, t.At(i)) {
			return
		}
	}
}

// Metric returns one metric of row i, and whether the attempt recorded it.
// TaskDuration is there for every ended attempt; SchedulerDelay and
// GettingResultTime for those that left metrics.
func (t *Tasks) Metric(i int, id metric.ID) (int64, bool) {
	switch {
	case id == metric.TaskDuration:
		return t.duration(i), t.Status(i) != Running
	case id == metric.SchedulerDelay:
		if !t.Measured(i) {
			return 0, false
		}
		delay := t.duration(i)
		for _, busy := range busyMetrics {
			v, _ := t.Metric(i, busy)
			delay -= v
		}
		return max(0, delay), true
	case id.SQL():
		return 0, false
	case t.zeros&(1<<id) != 0:
		return 0, i < t.rows
	case t.has&(1<<id) != 0:
		return t.columns[t.rank(id)].get(i)
	}
	return 0, false
}

// rank is the place of a metric's column among those that there are.
func (t *Tasks) rank(id metric.ID) int { return bits.OnesCount32(t.has & (1<<id - 1)) }

// busyMetrics are what scheduler delay is not (AppStatusUtils.schedulerDelay).
var busyMetrics = [...]metric.ID{metric.ExecutorRunTime, metric.ExecutorDeserializeTime, metric.ResultSerializationTime,
	metric.GettingResultTime}

// duration is finish less launch of an ended attempt, in nanoseconds.
func (t *Tasks) duration(i int) int64 {
	launch, finish := t.Times(i)
	return max(0, int64(finish-launch)) * millisecond
}

// ID returns the task id of row i.
func (t *Tasks) ID(i int) int64 { return t.ids.at(i) }

// Status returns where the attempt of row i stands.
func (t *Tasks) Status(i int) Status { return t.state[i].status() }

// Locality is how near to its data the attempt in row i ran.
func (t *Tasks) Locality(i int) event.Locality { return t.state[i].locality() }

// Executor returns the executor that row i ran on.
func (t *Tasks) Executor(i int) string { return t.places.list[t.place.at(i)].executor }

// Times returns launch and finish of row i; finish is 0 while it runs.
func (t *Tasks) Times(i int) (launch, finish event.Millis) {
	return t.time(&t.launch, i), t.time(&t.finish, i)
}

// Times are kept as what they are past the origin; 0 stays 0.
func (t *Tasks) time(of *numbers, i int) event.Millis {
	v := of.at(i)
	if v == 0 {
		return 0
	}
	return t.origin + event.Millis(v)
}

func (t *Tasks) setTime(of *numbers, i int, at event.Millis) {
	if at != 0 {
		at -= t.origin
	}
	of.put(i, int64(at), cap(t.state))
}

// Index returns the position in the stage of row i's task.
func (t *Tasks) Index(i int) int { return int(t.index.at(i)) }

// Measured reports whether the attempt of row i left metrics.
func (t *Tasks) Measured(i int) bool { return t.state[i]&measured != 0 }

// start appends a row for a launched attempt and returns its number. expect is
// how many rows the stage is likely to have.
func (t *Tasks) start(info *event.TaskInfo, at uint32, expect int) int {
	t.unpack()
	if t.state == nil {
		t.state = make([]taskState, 0, min(max(expect, 1), 1<<16))
		t.origin = info.LaunchTime - 1<<31 // in the middle of what 32 bits reach
	}
	row := t.rows
	t.rows++
	t.state = append(t.state, newState(Running, info.Locality))
	t.describe(row, info, at)
	return row
}

func (t *Tasks) describe(i int, info *event.TaskInfo, at uint32) {
	t.ids.put(i, info.TaskID, cap(t.state))
	t.setTime(&t.launch, i, info.LaunchTime)
	t.index.put(i, int64(info.Index), cap(t.state))
	if info.Attempt != 0 || t.attempt.unit != 0 {
		t.attempt.put(i, int64(info.Attempt), cap(t.state))
	}
	t.place.put(i, int64(at), cap(t.state))
	if info.Speculative {
		t.state[i] |= speculative
	}
}

// end completes row i: the final TaskInfo replaces what the start said.
func (t *Tasks) end(i int, info *event.TaskInfo, at uint32, status Status, reason *event.EndReason) {
	t.unpack()
	t.state[i] = newState(status, info.Locality) | t.state[i]&measured
	t.describe(i, info, at)
	t.setTime(&t.finish, i, info.FinishTime)
	if status != Succeeded {
		if t.odd == nil {
			t.odd = map[int]oddEnd{}
		}
		t.odd[i] = oddEnd{reason.Kind, errorText(reason)}
	}
}

// measure stores what the attempt of row i left, which has ended just now.
func (t *Tasks) measure(i int, metrics *sums) {
	t.state[i] |= measured
	kept := metrics.seen &^ (1<<metric.TaskDuration | 1<<metric.SchedulerDelay) // those follow from others
	if kept != uint64(t.has) {
		for left := kept; left != 0; left &= left - 1 {
			id := metric.ID(bits.TrailingZeros64(left))
			t.record(i, id, metrics.values[id])
		}
		return
	}
	left, room := kept, cap(t.state)
	for k := range t.columns { // what attempts of a stage have is the same almost always
		t.columns[k].set(i, metrics.values[bits.TrailingZeros64(left)], room)
		left &= left - 1
	}
}

// record stores one metric of row i.
func (t *Tasks) record(i int, id metric.ID, v int64) {
	at := t.rank(id)
	if t.has&(1<<id) == 0 {
		t.has |= 1 << id
		t.columns = slices.Insert(t.columns, at, column{})
	}
	t.columns[at].set(i, v, cap(t.state))
}

// pack makes the table small when nothing more is expected to come.
func (t *Tasks) pack() {
	if t.packed || t.rows == 0 {
		return
	}
	t.packed = true
	for _, l := range t.lists() {
		l.pack(t.rows)
	}
	kept := make([]column, 0, len(t.columns))
	for left := t.has; left != 0; left &= left - 1 {
		id := bits.TrailingZeros32(left)
		c := &t.columns[bits.OnesCount32(t.has&(1<<id-1))]
		if c.pack(t.rows); c.all && c.unit == 0 {
			t.zeros |= 1 << id
		} else {
			kept = append(kept, *c)
		}
	}
	t.has &^= t.zeros
	t.columns = slices.Clip(kept)
	t.state = slices.Clip(slices.Clone(t.state))
}

// unpack makes a packed table one that can be written to: an event came late.
func (t *Tasks) unpack() {
	if !t.packed {
		return
	}
	t.packed = false
	for _, l := range t.lists() {
		l.unpack(t.rows)
	}
	for i := range t.columns {
		t.columns[i].unpack(t.rows)
	}
	zeros := t.zeros
	t.zeros = 0
	for ; zeros != 0; zeros &= zeros - 1 {
		for row := range t.rows {
			t.record(row, metric.ID(bits.TrailingZeros32(zeros)), 0)
		}
	}
}

func (t *Tasks) lists() [6]*numbers {
	return [6]*numbers{&t.ids, &t.launch, &t.finish, &t.index, &t.attempt, &t.place}
}

// Bytes is the memory that the table holds, error texts left out.
func (t *Tasks) Bytes() int {
	n := cap(t.state)
	for _, l := range t.lists() {
		n += l.bytes()
	}
	for i := range t.columns {
		n += t.columns[i].bytes()
	}
	return n
}

// clone returns a copy that further events do not change.
func (t *Tasks) clone() Tasks {
	c := *t
	c.state, c.odd = slices.Clone(t.state), maps.Clone(t.odd)
	for i, l := range t.lists() {
		*c.lists()[i] = l.clone()
	}
	if t.places != nil {
		c.places = &places{list: t.places.list}
	}
	c.columns = slices.Clone(t.columns)
	for i := range t.columns {
		c.columns[i] = t.columns[i].clone()
	}
	return c
}
