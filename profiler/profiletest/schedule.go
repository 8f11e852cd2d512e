package profiletest

import (
	"maps"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// runner places the attempts of one stage.
type runner struct {
	d         *document
	s         *stageText
	columns   []column
	launch    []int64
	executors []string
}

// task adds one attempt, launched at after or later, and returns its finish.
func (r *runner) task(index, attempt int, after event.Millis, reason event.EndReason, running bool) event.Millis {
	t := taskText{reason: reason, running: running, metrics: &metric.Set{}}
	var duration, getting int64
	stated := false
	for _, c := range r.columns {
		v, ok := c.at(index)
		if !ok {
			continue
		}
		switch c.id {
		case metric.TaskDuration:
			duration, stated = v, true
		case metric.GettingResultTime:
			getting = v
		case metric.SchedulerDelay:
		default:
			t.metrics.Record(c.id, v)
		}
	}
	if !stated {
		duration = getting + t.metrics.Value(metric.ExecutorDeserializeTime) +
			t.metrics.Value(metric.ExecutorRunTime) + t.metrics.Value(metric.ResultSerializationTime)
		for _, c := range r.columns {
			if v, ok := c.at(index); ok && c.id == metric.SchedulerDelay {
				duration += v
			}
		}
	}
	length := milliseconds(duration)
	executor := r.executor(index)
	start := r.place(executor, length, attempt, index, after)
	if reason.Kind == event.ExecutorLostFailure {
		t.metrics, t.reason.ExecutorID = nil, start.executor
	}
	t.info = event.TaskInfo{
		TaskID: r.d.nextTask(), Index: index, Attempt: attempt, PartitionID: index,
		LaunchTime: start.at, FinishTime: start.at + length, ExecutorID: start.executor, Host: r.d.host(start.executor), Locality: r.s.locality(index),
		Failed: reason.Kind != event.Success && reason.Kind != event.TaskKilled, Killed: reason.Kind == event.TaskKilled,
	}
	if getting > 0 {
		t.info.GettingTime = t.info.FinishTime - milliseconds(getting)
	}
	r.s.tasks = append(r.s.tasks, t)
	if running {
		return start.at
	}
	return t.info.FinishTime
}

// executor is the one that the text names for the index, or "".
func (r *runner) executor(index int) string {
	switch {
	case len(r.executors) == 0:
		return ""
	case len(r.executors) == 1:
		return r.executors[0]
	case index < len(r.executors):
		return r.executors[index]
	}
	return ""
}

type placed struct {
	executor string
	at       event.Millis
}

// place finds the slot that is free first, or takes the stated launch time.
func (r *runner) place(executor string, length event.Millis, attempt, index int, after event.Millis) placed {
	best, bestSlot := placed{executor: executor, at: -1}, (*slot)(nil)
	for _, id := range slices.Sorted(maps.Keys(r.d.slots)) {
		if executor != "" && id != executor {
			continue
		}
		for i := range r.d.slots[id] {
			free := max(r.d.slots[id][i].free, after)
			if best.at < 0 || free < best.at {
				best, bestSlot = placed{id, free}, &r.d.slots[id][i]
			}
		}
	}
	if best.at < 0 { // the executor has no slots of its own: tests of odd logs
		best.at = after
	}
	if attempt == 0 && len(r.launch) > 0 {
		at := r.launch[min(index, len(r.launch)-1)]
		best.at = Epoch + milliseconds(at)
	}
	if bestSlot != nil {
		bestSlot.free = max(bestSlot.free, best.at+length)
	}
	return best
}

func (d *document) host(executor string) string {
	for _, l := range d.executors {
		if l.args[0] == executor && l.fields["host"] != "" {
			return l.fields["host"]
		}
	}
	return "host" + executor
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
