package sparklog

import (
	"slices"

	"stagecoach/engine/event"
)

var (
	taskEndKeys = keys("Event", "Stage ID", "Stage Attempt ID", "Task Type", "Task End Reason", "Task Info",
		"Task Executor Metrics", "Task Metrics")
	taskStartKeys = keys("Event", "Stage ID", "Stage Attempt ID", "Task Info")
	taskInfoKeys  = keys("Task ID", "Index", "Attempt", "Partition ID", "Launch Time", "Executor ID", "Host", "Locality",
		"Speculative", "Getting Result Time", "Finish Time", "Failed", "Killed", "Accumulables")
	gettingResultKeys = keys("Task Info")
	executorKeys      = keys("JVMHeapMemory")
)

// A taskLine is what a line of a task says in numbers and names.
type taskLine struct {
	numbers  []int64 // by slot
	texts    [numTexts]string
	measured bool   // there are Task Metrics
	seen     uint64 // their slots that have a number
}

// The slots of numbers.
const (
	stageSlot = iota
	stageAttemptSlot
	taskSlot
	indexSlot
	attemptSlot
	partitionSlot
	launchSlot
	gettingSlot
	finishSlot
	heapSlot
	peakSlot                           // of execution memory as old logs have it, -1 when they have not
	metricSlot                         // the first of Task Metrics
	listSlot   = metricSlot + numSlots // the first of three for each accumulable: id, update and value
)

// The slots of texts.
const (
	typeSlot = iota
	executorSlot
	hostSlot
	localitySlot
	numTexts
)

// blank is a line that says nothing, with JsonProtocol's defaults.
var blank = taskLine{
	numbers: append(slices.Repeat([]int64{0}, attemptSlot), append([]int64{1, -1, 0, 0, 0, 0, -1}, make([]int64, numSlots)...)...),
	texts:   [numTexts]string{localitySlot: event.ProcessLocal.String()},
}

// info completes t.
func (l *taskLine) info(t *event.TaskInfo) {
	n := l.numbers
	t.TaskID, t.Index, t.Attempt, t.PartitionID = n[taskSlot], int(n[indexSlot]), int(n[attemptSlot]), int(n[partitionSlot])
	t.LaunchTime, t.GettingTime, t.FinishTime = millis(n[launchSlot]), millis(n[gettingSlot]), millis(n[finishSlot])
	t.ExecutorID, t.Host, t.Locality = l.texts[executorSlot], l.texts[hostSlot], locality(l.texts[localitySlot])
	for k := range t.Accumulables {
		a, n := &t.Accumulables[k], n[listSlot+3*k:]
		a.ID, a.Update, a.Value = n[0], n[1], n[2]
	}
}

func (d *decoder) taskEnd(e *event.TaskEnd) {
	if f := d.ends.find(&d.scanner); f != nil {
		d.line = &f.line
		e.Reason, e.Info = f.reason, f.info
		e.Info.Accumulables = d.batch.list(f.info.Accumulables)
	} else {
		d.begin(&d.ends)
		d.object(taskEndKeys, func(k int) {
			switch k {
			case 0:
				d.skip()
			case 1:
				d.number(stageSlot, 1)
			case 2:
				d.number(stageAttemptSlot, 1)
			case 3:
				d.word(typeSlot)
			case 4:
				e.Reason = d.endReason()
			case 5:
				d.taskInfo(&e.Info)
			case 6:
				d.object(executorKeys, func(int) { d.number(heapSlot, 1) })
			case 7:
				d.taskMetrics()
			}
		})
		d.learn(&d.ends, &e.Info, e.Reason)
	}
	n := d.line.numbers
	e.StageID, e.StageAttempt, e.Type, e.HeapPeak = int(n[stageSlot]), int(n[stageAttemptSlot]), d.line.texts[typeSlot], n[heapSlot]
	d.line.info(&e.Info)
	if d.line.measured {
		d.metricsOf(e)
	}
}

func (d *decoder) taskStart(e *event.TaskStart) {
	if f := d.starts.find(&d.scanner); f != nil {
		d.line = &f.line
		e.Info = f.info
		e.Info.Accumulables = d.batch.list(f.info.Accumulables)
	} else {
		d.begin(&d.starts)
		d.object(taskStartKeys, func(k int) {
			switch k {
			case 0:
				d.skip()
			case 1:
				d.number(stageSlot, 1)
			case 2:
				d.number(stageAttemptSlot, 1)
			case 3:
				d.taskInfo(&e.Info)
			}
		})
		d.learn(&d.starts, &e.Info, event.EndReason{})
	}
	e.StageID, e.StageAttempt = int(d.line.numbers[stageSlot]), int(d.line.numbers[stageAttemptSlot])
	d.line.info(&e.Info)
}

func (d *decoder) gettingResult() event.Event {
	var e event.TaskGettingResult
	d.clear()
	d.object(gettingResultKeys, func(int) { d.taskInfo(&e.Info) })
	d.own.enter(e.Info.Accumulables)
	d.line.info(&e.Info)
	return e
}

// begin prepares for reading a line key by key, and perhaps for learning it.
func (d *decoder) begin(of *forms) {
	d.clear()
	d.noting, d.notes = of.learns(d.b), d.notes[:0]
}

// clear gives a line that is read key by key a place.
func (d *decoder) clear() {
	d.line = &d.own
	numbers := append(d.own.numbers[:0], blank.numbers...)
	d.own = blank
	d.own.numbers = numbers
}

// learn ends what begin began. Lines of tasks that did not succeed have texts that
// do not come again.
func (d *decoder) learn(to *forms, t *event.TaskInfo, reason event.EndReason) {
	d.own.enter(t.Accumulables)
	if d.noting && d.failed == "" && d.peek() == 0 && (reason.Kind == "" || reason.Kind == event.Success) {
		to.learn(d.b, d.notes, &form{line: d.own, info: *t, reason: reason})
	}
	d.noting = false
}

// enter gives the numbers of accumulables their slots.
func (l *taskLine) enter(list []event.Accumulable) {
	for _, a := range list {
		l.numbers = append(l.numbers, a.ID, a.Update, a.Value)
	}
}

// taskInfo reads the flags and the accumulables into t and all else into the line.
func (d *decoder) taskInfo(t *event.TaskInfo) {
	d.object(taskInfoKeys, func(k int) {
		switch k {
		default:
			d.number(taskSlot+k, 1)
		case 5:
			d.word(executorSlot)
		case 6:
			d.word(hostSlot)
		case 7:
			d.word(localitySlot)
		case 8:
			t.Speculative = d.bool()
		case 9:
			d.number(gettingSlot, 1)
		case 10:
			d.number(finishSlot, 1)
		case 11:
			t.Failed = d.bool()
		case 12:
			t.Killed = d.bool()
		case 13:
			t.Accumulables = d.accumulables()
		}
	})
}

// number reads a number into its slot, and reports whether there is one.
func (d *decoder) number(slot int, scale int64) bool {
	v, ok := d.int()
	if ok {
		d.own.numbers[slot] = v * scale
		d.note(value{slot: slot, scale: scale})
	}
	return ok
}

// word reads a text of which there are few different ones into its slot.
func (d *decoder) word(slot int) {
	if d.null() {
		return
	}
	d.own.texts[slot] = d.intern(d.raw())
	d.note(value{slot: slot, text: true})
}

func locality(name string) event.Locality {
	for l := event.ProcessLocal; l <= event.Any; l++ {
		if name == l.String() {
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

// heapPeak reads the one of the executor's numbers that is kept.
func (d *decoder) heapPeak() (peak int64) {
	d.object(executorKeys, func(int) { peak = d.long() })
	return peak
}
