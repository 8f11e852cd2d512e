package sparklog

import (
	"bytes"
	"slices"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

var (
	taskEndKeys = keys("Event", "Stage ID", "Stage Attempt ID", "Task Type", "Task End Reason", "Task Info",
		"Task Executor Metrics", "Task Metrics")
	taskStartKeys = keys("Event", "Stage ID", "Stage Attempt ID", "Task Info")
	taskInfoKeys  = keys("Task ID", "Index", "Attempt", "Partition ID", "Launch Time", "Executor ID", "Host", "Locality",
		"Speculative", "Getting Result Time", "Finish Time", "Failed", "Killed", "Accumulables")
	reasonKeys = keys("Reason", "Class Name", "Description", "Stack Trace", "Full Stack Trace", "Kill Reason",
		"Executor ID", "Exit Caused By App", "Loss Reason", "Block Manager Address", "Shuffle ID", "Map Index",
		"Reduce ID", "Message")
	executorKeys = keys("JVMHeapMemory")
	mergedNames  = keys(mergedKeys[:]...)
	frameKeys    = keys("Declaring Class", "Method Name", "File Name", "Line Number")
)

func (d *decoder) taskEnd(e *event.TaskEnd) {
	peak := int64(-1)
	d.object(taskEndKeys, func(k int) {
		switch k {
		case 0:
			d.skip()
		case 1:
			e.StageID = d.small()
		case 2:
			e.StageAttempt = d.small()
		case 3:
			e.Type = d.name()
		case 4:
			e.Reason = d.endReason()
		case 5:
			d.taskInfo(&e.Info, &peak)
		case 6:
			e.HeapPeak = d.heapPeak()
		case 7:
			d.taskMetrics(e)
		}
	})
	if peak >= 0 && e.Metrics != nil { // before Spark 3.0 only an accumulable had it
		if _, ok := e.Metrics.Get(metric.PeakExecutionMemory); !ok {
			e.Metrics.Record(metric.PeakExecutionMemory, peak)
		}
	}
}

func (d *decoder) taskStart(e *event.TaskStart) {
	d.object(taskStartKeys, func(k int) {
		switch k {
		case 0:
			d.skip()
		case 1:
			e.StageID = d.small()
		case 2:
			e.StageAttempt = d.small()
		case 3:
			d.taskInfo(&e.Info, nil)
		}
	})
}

var gettingResultKeys = keys("Task Info")

func (d *decoder) gettingResult() event.Event {
	var e event.TaskGettingResult
	d.object(gettingResultKeys, func(int) { d.taskInfo(&e.Info, nil) })
	return e
}

func (d *decoder) taskInfo(t *event.TaskInfo, peak *int64) {
	if d.usualInfo(t) {
		t.Accumulables = d.accumulables(peak)
		if d.take('}') {
			return
		}
		d.fail("expected } behind the accumulables")
	}
	t.Attempt, t.PartitionID = 1, -1 // JsonProtocol's defaults
	d.object(taskInfoKeys, func(k int) {
		switch k {
		case 0:
			t.TaskID = d.long()
		case 1:
			t.Index = d.small()
		case 2:
			t.Attempt = d.small()
		case 3:
			t.PartitionID = d.small()
		case 4:
			t.LaunchTime = d.millis()
		case 5:
			t.ExecutorID = d.name()
		case 6:
			t.Host = d.name()
		case 7:
			t.Locality = locality(d.raw())
		case 8:
			t.Speculative = d.bool()
		case 9:
			t.GettingTime = d.millis()
		case 10:
			t.FinishTime = d.millis()
		case 11:
			t.Failed = d.bool()
		case 12:
			t.Killed = d.bool()
		case 13:
			t.Accumulables = d.accumulables(peak)
		}
	})
}

func locality(name []byte) event.Locality {
	for l := event.ProcessLocal; l <= event.Any; l++ {
		if string(name) == l.String() {
			return l
		}
	}
	return event.Any
}

var stageExecutorKeys = keys("Executor ID", "Stage ID", "Stage Attempt ID", "Executor Metrics")

func (d *decoder) stageExecutorMetrics() event.Event {
	var e event.StageExecutorMetrics
	d.object(stageExecutorKeys, func(k int) {
		switch k {
		case 0:
			e.ExecutorID = d.text()
		case 1:
			e.StageID = d.small()
		case 2:
			e.StageAttempt = d.small()
		case 3:
			e.HeapPeak = d.heapPeak()
		}
	})
	return e
}

// heapPeak reads the first of the executor's numbers and leaves the others.
func (d *decoder) heapPeak() (peak int64) {
	begin := d.i
	if bytes.HasPrefix(d.b[d.i:], []byte(`{"JVMHeapMemory":`)) {
		d.i += len(`{"JVMHeapMemory":`)
		peak = d.long()
		d.i = begin
		d.skipFlat()
		return peak
	}
	d.object(executorKeys, func(int) { peak = d.long() })
	return peak
}

// How Spark spells the end of almost every task.
const successText = `{"Reason":"Success"}`

func (d *decoder) endReason() event.EndReason {
	if bytes.HasPrefix(d.b[d.i:], []byte(successText)) {
		d.i += len(successText)
		return event.EndReason{Kind: event.Success}
	}
	r := event.EndReason{ByApp: true, MapIndex: -1}
	var lost, message, kill, description, full string
	d.object(reasonKeys, func(k int) {
		switch k {
		case 0:
			r.Kind = endKind(d.raw())
		case 1:
			r.Class = d.name()
		case 2:
			description = d.text()
		case 3:
			r.Stack = d.stack()
		case 4:
			full = d.text()
		case 5:
			kill = d.text()
		case 6:
			r.ExecutorID = d.name()
		case 7:
			r.ByApp = d.bool()
		case 8:
			lost = d.text()
		case 9:
			r.ExecutorID, _, _ = d.blockManager()
		case 10:
			r.ShuffleID = d.small()
		case 11:
			r.MapIndex = d.small()
		case 12:
			r.ReduceID = d.small()
		case 13:
			message = d.text()
		}
	})
	if r.Kind != event.ExecutorLostFailure {
		r.ByApp = false
	}
	if r.Kind != event.FetchFailed || r.MapIndex < -1 {
		r.MapIndex = 0
		if r.Kind == event.FetchFailed {
			r.MapIndex = -1
		}
	}
	switch r.Kind {
	case event.ExceptionFailure:
		r.Message = description
		if len(r.Stack) == 0 && full != "" {
			r.Stack = frames(full)
		}
	case event.FetchFailed:
		r.Message = message
	case event.TaskKilled:
		r.Message = kill
	case event.ExecutorLostFailure:
		r.Message = lost
	}
	return r
}

var endKinds = []event.EndKind{event.Success, event.TaskKilled, event.ExceptionFailure, event.FetchFailed,
	event.ExecutorLostFailure, event.Resubmitted, event.TaskCommitDenied, event.TaskResultLost, event.UnknownReason}

func endKind(name []byte) event.EndKind {
	for _, k := range endKinds {
		if string(name) == string(k) {
			return k
		}
	}
	return event.UnknownReason
}

// stack reads frames as texts: Class.method(File:line).
func (d *decoder) stack() (out []string) {
	d.array(func() {
		var class, method, file string
		line := int64(-1)
		d.object(frameKeys, func(k int) {
			switch k {
			case 0:
				class = d.name()
			case 1:
				method = d.name()
			case 2:
				file = d.name()
			case 3:
				line = d.long()
			}
		})
		out = append(out, frame{class, method, file, line}.String())
	})
	return out
}

// frames takes the "at" lines out of a printed stack trace.
func frames(trace string) (out []string) {
	for line := range strings.Lines(trace) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "at "); ok {
			out = append(out, text)
		}
	}
	return out
}

// taskMetrics reads the numbers into a set. Tasks of one log record the same
// metrics almost always, so the set begins as a copy of the last one's shape.
func (d *decoder) taskMetrics(e *event.TaskEnd) {
	if d.null() {
		return
	}
	var values [numSlots]int64
	seen, ok := d.template.read(&d.scanner, &values)
	if !ok {
		from := d.i
		values = [numSlots]int64{}
		seen = d.taskMetricsByKey(&values)
		if d.failed == "" {
			d.template.learn(d.b[from:d.i])
		}
	}
	e.RemoteRequests = values[requestsSlot]
	if numbers := values[requestsSlot+1:]; seen>>(requestsSlot+1) != 0 && slices.ContainsFunc(numbers, func(v int64) bool { return v != 0 }) {
		e.Merged = &event.MergedReads{}
		for i, to := range mergedNumbers(e.Merged) {
			*to = numbers[i]
		}
	}
	seen &= 1<<maxFields - 1
	if seen != d.shapeM || seen == 0 {
		d.reshape(seen)
	}
	set, numbers := d.batch.set(&d.shape)
	for i, slot := range d.slots {
		numbers[i] = values[slot]
	}
	e.Metrics = set
}

// reshape prepares for tasks that have the metrics of some slots.
func (d *decoder) reshape(seen uint64) {
	d.shape, d.shapeM, d.slots = metric.Set{}, seen, d.slots[:0]
	for at, f := range fields {
		if seen&(1<<at) != 0 {
			d.shape.Record(f.id, 0)
		}
	}
	for id := range d.shape.All {
		d.slots = append(d.slots, slices.IndexFunc(fields, func(f field) bool { return f.id == id }))
	}
}

// maxFields is how many numbers of Task Metrics are kept at most.
const maxFields = 24

// taskMetricsByKey reads the numbers in whatever order and with whatever else.
func (d *decoder) taskMetricsByKey(values *[numSlots]int64) (seen uint64) {
	keep := func(slot int, scale int64) {
		if v, ok := d.int(); ok {
			values[slot] = v * scale
			seen |= 1 << slot
		}
	}
	read := func(s section, k int) {
		switch own := len(sectionFields[s]); k {
		default:
			at := sectionFields[s][k]
			keep(at, fields[at].scale)
		case own: // of shuffleRead alone
			keep(requestsSlot, 1)
		case own + 1:
			d.object(mergedNames, func(k int) { keep(requestsSlot+1+k, 1) })
		}
	}
	d.object(sectionNames[top], func(k int) {
		if k < len(sectionFields[top]) {
			read(top, k)
			return
		}
		s := shuffleRead + section(k-len(sectionFields[top]))
		d.object(sectionNames[s], func(k int) { read(s, k) })
	})
	return seen
}
