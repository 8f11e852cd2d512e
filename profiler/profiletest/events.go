package profiletest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

// An entry is an event with its place in the log. Ends stand behind what they
// end even where the text's times say otherwise, as they may in real logs.
type entry struct {
	at    int64
	event event.Event
}

const step = 1 << 20 // places within one millisecond

func place(t event.Millis, after int64) int64 { return max(int64(t)*step, after+1) }

// events lays out all events in the order of a log.
func (d *document) events() []event.Event {
	var log []entry
	add := func(at int64, e event.Event) int64 {
		log = append(log, entry{at, e})
		return at
	}
	d.preamble(add)
	last := int64(Epoch) * step
	sqlStart, sqlEnd := map[int]int64{}, map[int]int64{}
	for _, l := range d.sqls {
		id, _ := l.id(0)
		sqlStart[id] = add(place(d.sqlTime(l, id, "start"), last), d.sqlStartEvent(l, id))
		for _, r := range d.replans {
			if to, err := r.id(0); err == nil && to == id {
				sqlStart[id] = add(sqlStart[id]+1, event.SQLAdaptiveExecutionUpdate{ID: int64(id), PhysicalPlan: explain(r.plan, 0), Plan: r.plan})
			}
		}
	}
	for _, j := range d.jobs {
		execution, _ := j.line.integers("execution")
		from := last
		if len(execution) > 0 {
			from = max(from, sqlStart[execution[0]])
		}
		begin := add(place(j.start, from), d.jobStart(j, execution))
		end := begin
		for _, s := range d.stages {
			if s.job == j.id && !s.skipped {
				end = max(end, d.stageEvents(s, begin, j, add))
			}
		}
		if !j.open {
			end = add(place(j.end, end), event.JobEnd{Time: j.end, JobID: j.id, Error: j.line.fields["error"]})
		}
		if len(execution) > 0 {
			sqlEnd[execution[0]] = max(sqlEnd[execution[0]], end)
		}
	}
	for _, l := range d.sqls {
		id, _ := l.id(0)
		d.sqlEndEvents(l, id, max(sqlEnd[id], sqlStart[id]), add)
	}
	d.blockEvents(add)
	d.batchEvents(add)
	for _, e := range d.used {
		add(last, e)
	}
	slices.SortStableFunc(log, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	out := make([]event.Event, 0, len(log)+1)
	for _, e := range log {
		out = append(out, e.event)
	}
	end := d.end
	if d.app != nil {
		if t, ok, _ := d.app.millis("end"); ok {
			end = t
		}
		if d.app.fields["end"] == "none" {
			return out
		}
	}
	return append(out, event.ApplicationEnd{Time: end})
}

func (d *document) preamble(add func(int64, event.Event) int64) {
	app := d.app
	if app == nil {
		app = &line{fields: map[string]string{}}
	}
	or := func(key, otherwise string) string { return cmp.Or(app.fields[key], otherwise) }
	start, ok, _ := app.millis("start")
	if !ok {
		start = Epoch
	}
	add(0, event.LogStart{Version: or("spark", "4.0.1")})
	add(1, event.EnvironmentUpdate{Spark: d.conf, JVM: map[string]string{"Java Version": "17"}})
	add(2, event.ApplicationStart{Time: start, Name: or("name", "test"), ID: or("id", "app-test"), User: or("user", "tester")})
	for i, l := range d.executors {
		added, ok, _ := l.millis("added")
		at := int64(3 + i)
		if !ok {
			added = start
		} else {
			at = place(added, 0)
		}
		cores, _ := l.integers("cores")
		host := d.host(l.args[0])
		memory, _ := l.bytes("memory")
		add(at, event.ExecutorAdded{Time: added, ExecutorID: l.args[0], Host: host, TotalCores: append(cores, 1)[0]})
		add(at, event.BlockManagerAdded{Time: added, ExecutorID: l.args[0], Host: host, Port: 7000, MaxMemory: memory})
		if heap, _ := l.bytes("heap"); heap > 0 {
			d.used = append(d.used, event.StageExecutorMetrics{ExecutorID: l.args[0], StageID: -1, HeapPeak: heap})
		}
		if stages, _ := l.integers("excluded"); len(stages) > 0 {
			for _, id := range stages {
				d.used = append(d.used, event.ExecutorExcludedForStage{Time: added, ExecutorID: l.args[0], TaskFailures: 2, StageID: id})
			}
		}
		if removed, ok, _ := l.millis("removed"); ok {
			add(place(removed, at)+step/2, event.ExecutorRemoved{Time: removed, ExecutorID: l.args[0], Reason: l.fields["reason"]})
		}
	}
}

func (d *document) jobStart(j *jobText, execution []int) event.JobStart {
	e := event.JobStart{Time: j.start, JobID: j.id, Properties: map[string]string{}}
	if len(execution) > 0 {
		e.Properties[event.PropertyExecutionID] = strconv.Itoa(execution[0])
	}
	if group := j.line.fields["group"]; group != "" {
		e.Properties[event.PropertyJobGroup] = group
	}
	if text := j.line.fields["description"]; text != "" {
		e.Properties[event.PropertyDescription] = text
	}
	for _, id := range j.stages {
		info := event.StageInfo{StageID: id, Name: "stage " + strconv.Itoa(id)}
		for _, s := range d.stages {
			if s.info.StageID == id && s.info.AttemptID == 0 {
				info = s.info
				info.SubmissionTime, info.CompletionTime, info.FailureReason = 0, 0, ""
			}
		}
		e.Stages = append(e.Stages, info)
	}
	return e
}

// stageEvents adds the stage's events and returns the place of the last one.
func (d *document) stageEvents(s *stageText, after int64, j *jobText, add func(int64, event.Event) int64) int64 {
	submitted := s.info
	submitted.CompletionTime, submitted.FailureReason = 0, ""
	props := map[string]string{}
	if text := j.line.fields["description"]; text != "" {
		props[event.PropertyDescription] = text
	}
	begin := add(place(s.info.SubmissionTime, after), event.StageSubmitted{Info: submitted, Properties: props})
	end := begin
	for _, t := range s.tasks {
		started := t.info
		started.FinishTime, started.GettingTime, started.Failed, started.Killed = 0, 0, false, false
		at := add(place(t.info.LaunchTime, begin), event.TaskStart{StageID: s.info.StageID, StageAttempt: s.info.AttemptID, Info: started})
		if t.running {
			end = max(end, at)
			continue
		}
		kind := "ResultTask"
		for _, other := range d.stages {
			if slices.Contains(other.info.ParentIDs, s.info.StageID) {
				kind = "ShuffleMapTask"
			}
		}
		t.info.Accumulables = d.accumulables(s.info.StageID, t)
		end = max(end, add(place(t.info.FinishTime, at), event.TaskEnd{
			StageID: s.info.StageID, StageAttempt: s.info.AttemptID, Type: kind, Reason: t.reason, Info: t.info, Metrics: t.metrics,
		}))
	}
	if s.open {
		return end
	}
	return add(place(s.info.CompletionTime, end), event.StageCompleted{Info: s.info})
}

// accumulables are the plan metrics that the task reports.
func (d *document) accumulables(stage int, t taskText) []event.Accumulable {
	if t.metrics == nil {
		return nil
	}
	var out []event.Accumulable
	for _, l := range append(slices.Clone(d.sqls), d.replans...) {
		for _, v := range l.values {
			if v.stage == stage && t.info.Index < len(v.values) {
				out = append(out, event.Accumulable{ID: v.accumulator, Name: "plan metric", Update: v.values[t.info.Index],
					Value: v.values[t.info.Index], SQL: true})
			}
		}
	}
	return out
}

// sqlTime is the stated time, or that of the execution's jobs.
func (d *document) sqlTime(l *line, id int, key string) event.Millis {
	if t, ok, _ := l.millis(key); ok {
		return t
	}
	t := Epoch
	first := true
	for _, j := range d.jobs {
		if execution, _ := j.line.integers("execution"); len(execution) == 0 || execution[0] != id {
			continue
		}
		switch {
		case key == "end":
			t = max(t, j.end)
		case first || j.start < t:
			t, first = j.start, false
		}
	}
	return t
}

func (d *document) sqlStartEvent(l *line, id int) event.SQLExecutionStart {
	e := event.SQLExecutionStart{
		Time: d.sqlTime(l, id, "start"), ID: int64(id), RootID: int64(id), Description: l.fields["description"],
		Details: l.fields["details"], PhysicalPlan: explain(l.plan, 0), Plan: l.plan,
	}
	for _, k := range sortedKeys(l.fields) {
		if key, ok := strings.CutPrefix(k, "conf."); ok {
			if e.ModifiedConfigs == nil {
				e.ModifiedConfigs = map[string]string{}
			}
			e.ModifiedConfigs[key] = l.fields[k]
		}
	}
	return e
}

func (d *document) sqlEndEvents(l *line, id int, after int64, add func(int64, event.Event) int64) {
	var updates []event.AccumulatorUpdate
	declared := []*line{l}
	for _, r := range d.replans {
		if to, err := r.id(0); err == nil && to == id {
			declared = append(declared, r)
		}
	}
	for _, l := range declared {
		for _, v := range l.values {
			for i := 0; v.stage < 0 && i < len(v.values); i++ {
				updates = append(updates, event.AccumulatorUpdate{ID: v.accumulator, Value: v.values[i]})
			}
		}
	}
	if len(updates) > 0 {
		after = add(after+1, event.DriverAccumUpdates{ID: int64(id), Updates: updates})
	}
	if l.fields["status"] != "running" {
		end := d.sqlTime(l, id, "end")
		add(place(end, after), event.SQLExecutionEnd{Time: end, ID: int64(id), Error: l.fields["error"]})
	}
}

func explain(n *event.PlanNode, depth int) string {
	if n == nil {
		return ""
	}
	text := strings.Repeat("  ", depth) + n.Detail + "\n"
	for _, c := range n.Children {
		text += explain(c, depth+1)
	}
	return text
}

// blockEvents places cache updates at at=, or right behind each other after the
// submission of the first stage that knows the dataset.
func (d *document) blockEvents(add func(int64, event.Event) int64) {
	after := int64(0)
	for _, l := range d.blocks {
		rdd, _ := l.id(0)
		if t, ok, _ := l.millis("at"); ok {
			after = place(t, after)
		} else if after == 0 {
			for _, s := range d.stages {
				if slices.ContainsFunc(d.rdds[s.info.StageID], func(r event.RDDInfo) bool { return r.ID == rdd }) {
					after = max(after, place(s.info.SubmissionTime, 0)+step/4)
					break
				}
			}
		}
		after++
		if l.word == "unpersist" {
			add(after, event.UnpersistRDD{RDDID: rdd})
			continue
		}
		partition, _ := l.id(1)
		memory, _ := l.bytes("memory")
		disk, _ := l.bytes("disk")
		executor := cmp.Or(l.fields["executor"], d.executors[0].args[0])
		e := event.BlockUpdated{ExecutorID: executor, Host: d.host(executor), Port: 7000,
			BlockID: "rdd_" + strconv.Itoa(rdd) + "_" + strconv.Itoa(partition), MemorySize: memory, DiskSize: disk}
		if memory > 0 || disk > 0 {
			e.Level = event.StorageLevel{UseMemory: memory > 0, UseDisk: disk > 0, Deserialized: memory > 0, Replication: 1}
		}
		add(after, e)
	}
}

// batchEvents starts each stream with its first batch.
func (d *document) batchEvents(add func(int64, event.Event) int64) {
	begun := map[string]bool{}
	for _, l := range d.batches {
		number, _ := l.id(0)
		start, _, _ := l.millis("start")
		end, _, _ := l.millis("end")
		rows, _ := l.id(1)
		stream := l.fields["stream"]
		if !begun[stream] {
			begun[stream] = true
			add(place(start, 0), event.StreamingQueryStarted{Time: start, ID: stream, RunID: stream, Name: stream})
		}
		add(place(end, 0), event.StreamingQueryProgress{Time: start, ID: stream, RunID: stream, Name: stream, BatchID: int64(number),
			Duration: int64(end - start), Sources: []event.StreamSource{{Rows: int64(rows)}}, State: d.state(l)})
	}
}

// state is what a batch keeps: state= rows.
func (d *document) state(l *line) []event.StateOperator {
	rows, err := l.integers("state")
	if err != nil || len(rows) == 0 {
		return nil
	}
	return []event.StateOperator{{Name: "stateStoreSave", Rows: int64(rows[0])}}
}
