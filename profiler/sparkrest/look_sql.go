package sparkrest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// seenExecution is what was told of a SQL execution.
type seenExecution struct {
	graph   string // nodes and edges that were told last
	metrics string // those of the nodes that are counts
	ended   bool
}

// executionPage is how many executions are asked for at once: plans are large.
const executionPage = 50

// askExecutions asks for the executions that have not ended at the look before,
// and for those behind them.
func (a *Application) askExecutions(ctx context.Context) (out []ExecutionData, err *sparklog.Error) {
	a.asked = max(0, a.settled-1)
	for from := a.asked; ; {
		var page []ExecutionData
		if err := a.optional(ctx, fmt.Sprintf("/sql?details=true&planDescription=true&offset=%d&length=%d", from, executionPage), &page); err != nil {
			return nil, err
		}
		if from > 0 && len(out) == 0 && (len(page) == 0 || page[0].ID != a.lastID) { // old ones were let go of
			a.asked, from = 0, 0
			continue
		}
		again := len(out) > 0 && len(page) > 0 && page[0].ID <= out[len(out)-1].ID // the server does not know pages
		if !again {
			out = append(out, page...)
		}
		if from += len(page); len(page) < executionPage || again {
			return out, nil
		}
	}
}

// executionStarts tells the executions that are new, and plans that have changed:
// when an execution has ended, also those whose metrics were not known at first.
func (a *Application) executionStarts(list []ExecutionData) (out []event.Event) {
	for i := range list {
		x := &list[i]
		seen := a.executions[x.ID]
		graph, metrics := fmt.Sprint(len(x.Nodes), x.Edges), ""
		for _, n := range x.Nodes {
			graph += " " + n.NodeName
			for _, m := range n.Metrics {
				if _, ok := wholeNumber(m.Value); ok {
					metrics += " " + m.Name
				}
			}
		}
		switch {
		case seen == nil:
			a.executions[x.ID] = &seenExecution{graph: graph, metrics: metrics}
			out = append(out, event.SQLExecutionStart{Time: event.Millis(x.SubmissionTime), ID: x.ID, RootID: x.ID, Description: x.Description,
				PhysicalPlan: x.PlanDescription, Plan: planOf(x)})
		case !seen.ended && (seen.graph != graph || finished(x) && seen.metrics != metrics):
			seen.graph, seen.metrics = graph, metrics
			out = append(out, event.SQLAdaptiveExecutionUpdate{ID: x.ID, PhysicalPlan: x.PlanDescription, Plan: planOf(x)})
		}
	}
	return out
}

// executionEnds tells the executions that have ended, with the numbers of their
// nodes that Spark prints with all digits.
func (a *Application) executionEnds(list []ExecutionData) (out []event.Event) {
	inRow := true
	a.settled = a.asked
	for i := range list {
		x := &list[i]
		seen := a.executions[x.ID]
		if !finished(x) {
			inRow = false
			continue
		}
		if !seen.ended {
			seen.ended = true
			e := event.SQLExecutionEnd{Time: event.Millis(x.SubmissionTime) + event.Millis(x.Duration), ID: x.ID}
			if x.Status == "FAILED" {
				e.Error = "failed"
			}
			out = append(out, event.DriverAccumUpdates{ID: x.ID, Updates: a.counts(x)}, e)
		}
		if inRow {
			a.settled, a.lastID = a.settled+1, x.ID
		}
	}
	return out
}

func finished(x *ExecutionData) bool { return x.Status == "COMPLETED" || x.Status == "FAILED" }

// counts are the values of the metrics of an execution's nodes that are counts.
func (a *Application) counts(x *ExecutionData) (out []event.AccumulatorUpdate) {
	for _, n := range x.Nodes {
		for k, m := range n.Metrics {
			if v, ok := wholeNumber(m.Value); ok {
				out = append(out, event.AccumulatorUpdate{ID: accumulator(x, n.NodeID, k), Value: v})
			} else {
				a.problem("", "sizes and times of plan nodes are left out: the API rounds them; its event log has them")
			}
		}
	}
	return out
}

// accumulator numbers the metrics of nodes: the API does not say how Spark does.
func accumulator(x *ExecutionData, node, metric int) int64 {
	return x.ID<<32 | int64(node)<<8 | int64(metric)
}

// wholeNumber reads 1,234,567.
func wholeNumber(text string) (int64, bool) {
	v, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64)
	return v, err == nil
}

// planOf makes the tree again of which Spark has drawn the graph, so that the
// graph that is drawn of it has the same numbers: nodes of one code generation
// stand below its cluster, and an exchange that feeds two is reused by the second.
func planOf(x *ExecutionData) *event.PlanNode {
	p := planTree{x: x, nodes: map[int]*PlanNode{}, inputs: map[int][]int{}, clusters: map[int64]*PlanNode{}, drawn: map[int]*event.PlanNode{}}
	fed := map[int]bool{}
	for i := range x.Nodes {
		n := &x.Nodes[i]
		if id, ok := codegenID(n.NodeName); ok && strings.HasPrefix(n.NodeName, "WholeStageCodegen") {
			p.clusters[id] = n
		} else {
			p.nodes[n.NodeID] = n
		}
	}
	for _, e := range x.Edges {
		p.inputs[e.ToID] = append(p.inputs[e.ToID], e.FromID)
		fed[e.FromID] = true
	}
	var roots []int
	for id := range p.nodes {
		if !fed[id] {
			roots = append(roots, id)
		}
	}
	if len(roots) == 0 {
		return nil
	}
	return p.node(slices.Min(roots), nil)
}

type planTree struct {
	x        *ExecutionData
	nodes    map[int]*PlanNode
	inputs   map[int][]int
	clusters map[int64]*PlanNode
	drawn    map[int]*event.PlanNode // nil while it is being made
}

// node makes the subtree of a node inside the code generation around it.
func (p *planTree) node(id int, around *int64) *event.PlanNode {
	from := p.nodes[id]
	before, begun := p.drawn[id]
	if from == nil || begun && before == nil { // it feeds itself
		return &event.PlanNode{Name: "unknown"}
	}
	if begun {
		return &event.PlanNode{Name: "ReusedExchange", Children: []*event.PlanNode{before}}
	}
	n := &event.PlanNode{Name: from.NodeName, Detail: from.NodeName, Metrics: p.metrics(from)}
	p.drawn[id] = nil
	slices.Sort(p.inputs[id])
	for _, input := range p.inputs[id] {
		n.Children = append(n.Children, p.node(input, from.WholeStageCodegenID))
	}
	p.drawn[id] = n
	inside := from.WholeStageCodegenID
	switch {
	case inside == nil && around != nil:
		return &event.PlanNode{Name: "InputAdapter", Children: []*event.PlanNode{n}}
	case inside == nil || around != nil && *around == *inside:
		return n
	}
	cluster := &event.PlanNode{Name: fmt.Sprintf("WholeStageCodegen (%d)", *inside), Children: []*event.PlanNode{n}}
	if c := p.clusters[*inside]; c != nil {
		cluster.Metrics = p.metrics(c)
	}
	if around != nil {
		return &event.PlanNode{Name: "InputAdapter", Children: []*event.PlanNode{cluster}}
	}
	return cluster
}

// metrics declares those whose values are counts.
func (p *planTree) metrics(n *PlanNode) (out []event.PlanMetric) {
	for k, m := range n.Metrics {
		if _, ok := wholeNumber(m.Value); ok {
			out = append(out, event.PlanMetric{Name: m.Name, AccumulatorID: accumulator(p.x, n.NodeID, k), Type: "sum"})
		}
	}
	return out
}
