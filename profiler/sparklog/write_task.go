package sparklog

import (
	"strconv"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

type stageKey struct{ id, attempt int }

// stageSums are the running totals that accumulables carry beside each task's
// own value. Spark gives every stage accumulators of its own.
type stageSums struct {
	first int64 // id of the first accumulator
	sums  []int64
	seen  uint64
}

// firstAccumulator is where the ids of internal accumulators begin: far above
// those of plan metrics, which the engine gives.
const firstAccumulator = 1 << 40

func (w *Writer) stageSums(key stageKey) *stageSums {
	s := w.totals[key]
	if s == nil {
		s = &stageSums{first: firstAccumulator + int64(len(fields))*w.stages, sums: make([]int64, len(fields))}
		w.stages++
		w.totals[key] = s
	}
	return s
}

func (w *Writer) taskEnd(e *event.TaskEnd) {
	t := &w.text
	t.string("Event", "SparkListenerTaskEnd")
	t.number("Stage ID", int64(e.StageID))
	t.number("Stage Attempt ID", int64(e.StageAttempt))
	t.string("Task Type", e.Type)
	t.key("Task End Reason")
	t.b = append(t.b, '{')
	w.endReason(e)
	t.b = append(t.b, '}')
	w.taskInfo(&e.Info, func() {
		if e.Metrics != nil && e.Reason.Kind != event.Resubmitted {
			w.internals(w.stageSums(stageKey{e.StageID, e.StageAttempt}), e.Metrics)
		}
	})
	if e.HeapPeak > 0 {
		t.object("Task Executor Metrics", func() { t.number("JVMHeapMemory", e.HeapPeak) })
	}
	if e.Metrics != nil {
		w.taskMetrics(e)
	}
}

// taskInfo writes the attempt; more adds accumulables behind its own.
func (w *Writer) taskInfo(i *event.TaskInfo, more func()) {
	t := &w.text
	t.key("Task Info")
	t.b = append(t.b, '{')
	t.number("Task ID", i.TaskID)
	t.number("Index", int64(i.Index))
	t.number("Attempt", int64(i.Attempt))
	t.number("Partition ID", int64(i.PartitionID))
	t.number("Launch Time", int64(i.LaunchTime))
	t.string("Executor ID", i.ExecutorID)
	t.string("Host", i.Host)
	t.string("Locality", i.Locality.String())
	t.bool("Speculative", i.Speculative)
	t.number("Getting Result Time", int64(i.GettingTime))
	t.number("Finish Time", int64(i.FinishTime))
	t.bool("Failed", i.Failed)
	t.bool("Killed", i.Killed)
	t.key("Accumulables")
	t.b = append(t.b, '[')
	for k := range i.Accumulables {
		w.accumulable(&i.Accumulables[k], true)
	}
	if more != nil {
		more()
	}
	t.b = append(t.b, ']', '}')
}

// accumulable writes a plan metric or a user's accumulator: numbers as text.
func (w *Writer) accumulable(a *event.Accumulable, update bool) {
	t := &w.text
	t.open('{')
	t.number("ID", a.ID)
	t.string("Name", a.Name)
	if update {
		t.numberText("Update", a.Update)
	}
	t.numberText("Value", a.Value)
	t.bool("Internal", a.SQL)
	t.bool("Count Failed Values", a.SQL)
	if a.SQL {
		t.string("Metadata", "sql")
	}
	t.close('}')
}

// internals writes the task metrics again as accumulables, as Spark does for
// those that are not zero, and adds them to the stage's totals.
func (w *Writer) internals(s *stageSums, m *metric.Set) {
	for at := range fields {
		v := m.Value(fields[at].id) / fields[at].scale
		if v == 0 {
			continue
		}
		s.sums[at] += v
		s.seen |= 1 << at
		w.internal(s, at, true, v)
	}
}

func (w *Writer) internal(s *stageSums, at int, update bool, v int64) {
	t := &w.text
	t.open('{')
	t.number("ID", s.first+int64(at))
	t.key("Name")
	t.b = append(t.b, '"')
	t.b = append(t.b, internalPrefix...)
	t.b = append(t.b, fields[at].accumulator...)
	t.b = append(t.b, '"')
	if update {
		t.number("Update", v)
	}
	t.number("Value", s.sums[at])
	t.b = append(t.b, `,"Internal":true,"Count Failed Values":true}`...)
}

// stageTotals writes the totals of a completed stage.
func (w *Writer) stageTotals(key stageKey) {
	s := w.totals[key]
	if s == nil {
		return
	}
	for at := range fields {
		if s.seen&(1<<at) != 0 {
			w.internal(s, at, false, 0)
		}
	}
}

// taskMetrics writes what was recorded, and zeros where Spark's reader insists
// on a number.
func (w *Writer) taskMetrics(e *event.TaskEnd) {
	t, m := &w.text, e.Metrics
	t.key("Task Metrics")
	t.b = append(t.b, '{')
	for s := top; s < numSections; s++ {
		if s != top {
			if !recorded(m, s) && (s != shuffleRead || e.RemoteRequests == 0 && e.Merged == nil) {
				continue
			}
			t.key(sectionKeys[s])
			t.b = append(t.b, '{')
		}
		for _, at := range sectionFields[s] {
			f := &fields[at]
			if v, ok := m.Get(f.id); ok || f.always {
				t.number(f.key, v/f.scale)
			}
		}
		if s == shuffleRead {
			w.requests(e)
		}
		if s != top {
			t.b = append(t.b, '}')
		}
	}
	t.b = append(t.b, `,"Updated Blocks":[]}`...)
}

// requests writes what Spark's reader takes for zero where it is not there.
func (w *Writer) requests(e *event.TaskEnd) {
	if e.RemoteRequests != 0 {
		w.text.number(requestsKey, e.RemoteRequests)
	}
	if e.Merged != nil {
		w.text.object(mergedKey, func() {
			for i, v := range mergedNumbers(e.Merged) {
				w.text.number(mergedKeys[i], *v)
			}
		})
	}
}

func recorded(m *metric.Set, s section) bool {
	for _, at := range sectionFields[s] {
		if _, ok := m.Get(fields[at].id); ok {
			return true
		}
	}
	return false
}

func (w *Writer) endReason(e *event.TaskEnd) {
	t, r := &w.text, &e.Reason
	t.string("Reason", string(r.Kind))
	switch r.Kind {
	case event.ExceptionFailure:
		t.string("Class Name", r.Class)
		t.string("Description", r.Message)
		t.list("Stack Trace", len(r.Stack), func(i int) { w.frame(r.Stack[i]) })
		full := r.Class + ": " + r.Message
		if len(r.Stack) > 0 {
			full += "\n\tat " + strings.Join(r.Stack, "\n\tat ")
		}
		t.string("Full Stack Trace", full)
		t.list("Accumulator Updates", 0, nil)
	case event.FetchFailed:
		if r.ExecutorID == "" {
			t.null("Block Manager Address")
		} else {
			w.blockManager("Block Manager Address", r.ExecutorID, "unknown", 0)
		}
		t.number("Shuffle ID", int64(r.ShuffleID))
		t.number("Map ID", int64(r.MapIndex))
		t.number("Map Index", int64(r.MapIndex))
		t.number("Reduce ID", int64(r.ReduceID))
		t.string("Message", r.Message)
	case event.TaskKilled:
		t.string("Kill Reason", r.Message)
		t.list("Accumulator Updates", 0, nil)
	case event.TaskCommitDenied:
		t.number("Job ID", 0)
		t.number("Partition ID", int64(e.Info.PartitionID))
		t.number("Attempt Number", int64(e.Info.Attempt))
	case event.ExecutorLostFailure:
		t.string("Executor ID", r.ExecutorID)
		t.bool("Exit Caused By App", r.ByApp)
		t.option("Loss Reason", r.Message)
	}
}

func (w *Writer) frame(s string) {
	t, f := &w.text, parseFrame(s)
	t.object("", func() {
		t.string("Declaring Class", f.class)
		t.string("Method Name", f.method)
		if f.file == "" {
			t.null("File Name")
		} else {
			t.string("File Name", f.file)
		}
		t.number("Line Number", f.line)
	})
}

func appendPair(b []byte, x, y int64) []byte {
	b = strconv.AppendInt(b, x, 10)
	b = append(b, ',')
	return strconv.AppendInt(b, y, 10)
}
