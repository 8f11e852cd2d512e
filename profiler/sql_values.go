package profiler

import (
	"maps"
	"slices"
	"strings"

	"stagecoach/engine/event"
)

// A tracker holds the plan metrics of one stage: for each accumulator an array
// with one value per task index, as LiveStageMetrics in SQLAppStatusListener.
// Indices that did not report count as zero.
type tracker struct {
	execution *Execution
	stage     int
	attempt   int
	tasks     int
	values    map[int64]*accumulator
	order     []*accumulator // the same, in the order in which tasks report them
	done      bitset         // indices whose task succeeded: later attempts change nothing
}

type accumulator struct {
	id      int64
	at      int // in order
	byIndex []int64
	max     int64
	maxTask int64
}

// add takes an ended attempt's updates. Those of failed attempts count until a
// later attempt of the same index overwrites them.
func (t *tracker) add(e *event.TaskEnd) {
	i := e.Info.Index
	if i < 0 || i >= maxIndex {
		return
	}
	if word := i / 64; word < len(t.done.words) && t.done.words[word]&(1<<(i%64)) != 0 {
		return
	}
	next := 0
	for _, a := range e.Info.Accumulables {
		acc := t.of(a.ID, next, i)
		if acc == nil {
			continue
		}
		next = acc.at + 1
		acc.byIndex = grow(acc.byIndex, i+1)
		acc.byIndex[i] = a.Update
		if acc.maxTask < 0 || a.Update > acc.max {
			acc.max, acc.maxTask = a.Update, e.Info.TaskID
		}
		t.execution.touch()
	}
	if e.Reason.Kind == event.Success {
		t.done.add(i)
	}
}

// of returns the accumulator of an id, nil when no plan declares it. It is made
// when it is new, with room for index i. The one at next is looked at first.
func (t *tracker) of(id int64, next, i int) *accumulator {
	if next < len(t.order) && t.order[next].id == id {
		return t.order[next]
	}
	acc := t.values[id]
	if acc != nil {
		return acc
	}
	if _, declared := t.execution.fold.types[id]; !declared {
		return nil
	}
	if t.values == nil {
		t.values = map[int64]*accumulator{}
	}
	acc = &accumulator{id: id, at: len(t.order), byIndex: make([]int64, max(i+1, min(t.tasks, 1<<16))), maxTask: -1}
	t.values[id], t.order = acc, append(t.order, acc)
	return acc
}

// maxIndex is more than any stage has tasks. What a damaged log says beyond it is
// not kept: memory follows what a log holds, not what it claims.
const maxIndex = 1 << 24

func grow(s []int64, n int) []int64 {
	if n <= len(s) {
		return s
	}
	return append(s, make([]int64, n-len(s))...)
}

// results returns the metrics of the nodes by accumulator id.
func (x *Execution) results() map[int64]NodeMetric {
	all := maps.Clone(x.fold.settled)
	if all == nil {
		all = map[int64]NodeMetric{}
	}
	for id, kind := range x.fold.types {
		if m, ok := x.value(id, kind); ok {
			all[id] = m
		}
	}
	return all
}

// collect writes the values known now into the nodes of the plan, and returns
// them.
func (x *Execution) collect() map[int64]NodeMetric {
	x.fold.stale, x.fold.changed = false, true
	results := x.results()
	stages := map[int64][]int{}
	for id, t := range x.fold.stages {
		for acc := range t.values {
			stages[acc] = append(stages[acc], id)
		}
	}
	for i, n := range x.Nodes {
		next := *n // nodes are never changed in place: a snapshot may hold them
		next.Metrics = slices.Clone(n.Metrics)
		next.Stages = slices.Clone(n.Stages)
		for k := range next.Metrics {
			m := &next.Metrics[k]
			next.Stages = append(next.Stages, stages[m.AccumulatorID]...)
			if r, ok := results[m.AccumulatorID]; ok {
				r.Name, r.AccumulatorID, r.Type = m.Name, m.AccumulatorID, m.Type
				*m = r
			}
		}
		slices.Sort(next.Stages)
		next.Stages = slices.Compact(next.Stages)
		x.Nodes[i] = &next
	}
	x.placeSilent()
	return results
}

// placeSilent gives nodes that reported nothing the stages of the generated code
// around them, or else of what they stand on without an exchange between. (Projections
// have no metrics, and of a join that finds nothing Spark sends none.)
func (x *Execution) placeSilent() {
	byID := make(map[int]*Node, len(x.Nodes))
	for _, n := range x.Nodes {
		byID[n.ID] = n
	}
	input := map[int]*Node{} // by node: the first that feeds it
	for _, e := range x.Edges {
		if input[e.To] == nil {
			input[e.To] = byID[e.From]
		}
	}
	for _, n := range slices.Backward(x.Nodes) { // from the leaves up
		if len(n.Stages) > 0 || strings.Contains(n.Name, "Exchange") {
			continue
		}
		if around := byID[n.Cluster]; around != nil {
			n.Stages = around.Stages
		} else if from := input[n.ID]; from != nil && !strings.Contains(from.Name, "Exchange") {
			n.Stages = from.Stages
		}
	}
}

// value aggregates what tasks and driver reported for one accumulator, by the
// rules of SQLMetrics.stringValue: -1 means never set in sizes and times, an
// average ignores zeros.
func (x *Execution) value(id int64, kind string) (NodeMetric, bool) {
	m := NodeMetric{MaxTask: -1}
	var values []int64
	first := true
	for _, stage := range slices.Sorted(maps.Keys(x.fold.stages)) {
		acc := x.fold.stages[stage].values[id]
		if acc == nil {
			continue
		}
		values = append(values, acc.byIndex...)
		if silent := min(x.fold.stages[stage].tasks, maxIndex) - len(acc.byIndex); silent > 0 {
			values = append(values, make([]int64, silent)...)
		}
		if first || acc.max > m.Max {
			m.Max, m.MaxTask, m.MaxStage = acc.max, acc.maxTask, stage
		}
		first = false
	}
	for _, v := range x.fold.driver[id] {
		values = append(values, v)
		if first || v > m.Max {
			m.Max, m.MaxTask, m.MaxStage = v, -1, 0
		}
		first = false
	}
	if first {
		return m, false
	}
	switch {
	case kind == "average":
		values = slices.DeleteFunc(values, func(v int64) bool { return v <= 0 })
	case kind != "sum":
		values = slices.DeleteFunc(values, func(v int64) bool { return v < 0 })
	}
	m.Seen = true
	if len(values) == 0 {
		m.Max = 0
		return m, true
	}
	m.Count = len(values)
	m.Min, m.Med = slices.Min(values), nth(values, len(values)/2)
	for _, v := range values {
		m.Total += v
	}
	if old, ok := x.fold.settled[id]; ok { // the execution was reopened by a later job
		m.Total, m.Count = m.Total+old.Total, m.Count+old.Count
		m.Min = min(m.Min, old.Min)
		if old.Max > m.Max {
			m.Max, m.MaxTask, m.MaxStage = old.Max, old.MaxTask, old.MaxStage
		}
	}
	return m, true
}

// nth returns what would stand at k if values were sorted, and leaves them in
// another order: a plan has a median for each of its metrics over each task, and
// sorting them takes ten times as long (Hoare's selection).
func nth(values []int64, k int) int64 {
	for from, to := 0, len(values)-1; ; {
		pivot := values[from+(to-from)/2]
		i, j := from, to
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			to = j
		case k >= i:
			from = i
		default:
			return values[k]
		}
	}
}
