package tui

import (
	"slices"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A planRow is one node of a plan as a line of the tree.
type planRow struct {
	node   *profiler.Node
	branch string // the lines that lead to it
	reused bool   // drawn above already: only a reference
	inside int    // rows that collapsing would hide
	closed bool
	stage  string // of whole stage code generation: "*1"
	heat   [numHeats]value
}

// collapse names a node whose inputs are hidden.
type collapse struct {
	execution int64
	node      int
}

// heat is by what nodes are compared.
type heat uint8

const (
	heatTime heat = iota
	heatRows
	heatBytes
	numHeats
)

func (h heat) String() string { return [...]string{"time", "rows", "bytes"}[h] }

// planRows lays the plan out as a tree: the root first, inputs below what they
// feed, indented where there are several. A node that feeds two is drawn below
// the first.
//
//	Project
//	SortMergeJoin
//	├ Sort
//	│ Exchange
//	└ Scan
func planRows(x *profiler.Execution, collapsed map[collapse]bool) []planRow {
	inputs := map[int][]int{}
	feeds := map[int]bool{}
	for _, e := range x.Edges {
		inputs[e.To] = append(inputs[e.To], e.From)
		feeds[e.From] = true
	}
	var out []planRow
	drawn := map[int]bool{}
	var walk func(id int, first, rest string)
	walk = func(id int, first, rest string) {
		n := x.Node(id)
		if n == nil {
			return
		}
		row := planRow{node: n, branch: first, reused: drawn[id], heat: heats(n)}
		if c := x.Node(n.Cluster); c != nil {
			row.stage = clusterMark(c.Name)
		}
		out = append(out, row)
		if drawn[id] {
			return
		}
		drawn[id] = true
		at := len(out) - 1
		for i, child := range inputs[id] {
			switch {
			case len(inputs[id]) == 1: // a chain needs no indenting, and plans are deep
				walk(child, rest, rest)
			case i == len(inputs[id])-1:
				walk(child, rest+"└ ", rest+"  ")
			default:
				walk(child, rest+"├ ", rest+"│ ")
			}
		}
		out[at].inside = len(out) - at - 1
		if collapsed[collapse{x.ID, id}] && out[at].inside > 0 {
			out[at].closed = true
			out = out[:at+1]
		}
	}
	for _, n := range x.Nodes {
		if !n.IsCluster && !feeds[n.ID] {
			walk(n.ID, "", "")
		}
	}
	return out
}

// clusterMark is "*1" for "WholeStageCodegen (1)".
func clusterMark(name string) string {
	_, number, _ := strings.Cut(name, "(")
	return "*" + strings.TrimSuffix(number, ")")
}

// times in nodes, the one that says most first.
var nodeTimes = []metric.ID{metric.NodeTime, metric.ScanTime, metric.SortTime, metric.AggTime, metric.BuildTime,
	metric.BroadcastTime, metric.NodeShuffleWriteTime, metric.NodeFetchWaitTime}

var nodeSizes = []metric.ID{metric.NodeShuffleBytesWritten, metric.DataSize, metric.FilesSize, metric.BuildDataSize, metric.SpillSize}

// heats are the amounts that a node is compared by, absent where it has none.
func heats(n *profiler.Node) (out [numHeats]value) {
	pick := func(ids []metric.ID) value {
		for _, id := range ids {
			if m, ok := n.Metric(id.String()); ok && m.Seen {
				return nodeValue(m)
			}
		}
		return value{}
	}
	out[heatTime] = pick(nodeTimes)
	if out[heatTime].kind == absent {
		out[heatTime] = longestTime(n)
	}
	out[heatRows] = pick([]metric.ID{metric.NumOutputRows, metric.NodeShuffleRecordsWritten})
	out[heatBytes] = pick(nodeSizes)
	return out
}

// longestTime is the greatest time of a node whose times have names of their own.
func longestTime(n *profiler.Node) value {
	best := value{}
	for _, m := range n.Metrics {
		if v := nodeValue(m); m.Seen && v.kind == amount && v.unit() == metric.Duration && (best.kind == absent || v.num > best.num) {
			best = v
		}
	}
	return best
}

// nodeValue is a node metric's total in its unit; Spark's raw units differ by type.
func nodeValue(m profiler.NodeMetric) value { return nodeAmount(m, m.Total) }

func nodeAmount(m profiler.NodeMetric, v int64) value {
	switch {
	case !m.Seen:
		return value{}
	case m.Type == "timing":
		return amountOf(metric.Duration, v*1e6)
	case m.Type == "nsTiming":
		return amountOf(metric.Duration, v)
	case m.Type == "size":
		return amountOf(metric.Bytes, v)
	}
	return amountOf(metric.Count, v)
}

// hottest is the greatest amount of one kind among the rows.
func hottest(rows []planRow, h heat) float64 {
	most := 0.0
	for _, r := range rows {
		if v, ok := r.heat[h].number(); ok && !r.reused {
			most = max(most, v)
		}
	}
	return most
}

// stagesOfNode are the ids of the stages that ran a node, as text.
func stagesOfNode(n *profiler.Node) string {
	ids := slices.Clone(n.Stages)
	var out []string
	for _, id := range ids {
		out = append(out, count(id).String())
	}
	return strings.Join(out, ",")
}
