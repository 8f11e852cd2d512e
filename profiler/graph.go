package profiler

import (
	"fmt"
	"maps"
	"strings"

	"stagecoach/engine/event"
)

// graph builds the nodes and edges of a plan as Spark's SQL tab draws them
// (SparkPlanGraph), so that node ids agree with it: some plan nodes are
// invisible, code generation stages are clusters around their nodes, and a
// reused exchange is an edge from the exchange that was drawn first.
type graph struct {
	nodes []*Node
	edges []Edge
	known map[int]int             // shape of an exchange or subquery → node id
	shape map[*event.PlanNode]int // subtrees of equal shape have equal numbers
	forms map[string]int
}

func buildGraph(root *event.PlanNode) ([]*Node, []Edge) {
	if root == nil {
		return nil, nil
	}
	g := graph{known: map[int]int{}, shape: map[*event.PlanNode]int{}, forms: map[string]int{}}
	g.add(root, -1, -1)
	return g.nodes, g.edges
}

// add draws n below the node parent (-1: none) inside the cluster (-1: none).
func (g *graph) add(n *event.PlanNode, parent, cluster int) {
	switch {
	case strings.HasPrefix(n.Name, "WholeStageCodegen"):
		id := g.node(n, -1)
		g.nodes[id].IsCluster = true
		g.children(n, parent, id)
	case n.Name == "InputAdapter", n.Name == "TableCacheQueryStage", n.Name == "ResultQueryStage":
		g.children(n, parent, -1)
	case n.Name == "BroadcastQueryStage", n.Name == "ShuffleQueryStage":
		if !g.reuse(n, parent) {
			g.children(n, parent, -1)
		}
	case n.Name == "Subquery" && cluster >= 0:
		g.add(n, parent, -1)
	case n.Name == "Subquery" && g.drawn(n, parent):
	case n.Name == "ReusedSubquery":
		g.children(n, parent, cluster)
	case n.Name == "ReusedExchange" && g.reuse(n, parent):
	default:
		id := g.node(n, cluster)
		if strings.Contains(n.Name, "Exchange") || n.Name == "Subquery" {
			g.known[g.form(n)] = id
		}
		if parent >= 0 {
			g.edges = append(g.edges, Edge{id, parent})
		}
		g.children(n, id, cluster)
	}
}

func (g *graph) children(n *event.PlanNode, parent, cluster int) {
	for _, c := range n.Children {
		g.add(c, parent, cluster)
	}
}

func (g *graph) node(n *event.PlanNode, cluster int) int {
	node := &Node{ID: len(g.nodes), Name: n.Name, Detail: n.Detail, Cluster: cluster, Metadata: maps.Clone(n.Metadata)}
	for _, m := range n.Metrics {
		node.Metrics = append(node.Metrics, NodeMetric{Name: m.Name, AccumulatorID: m.AccumulatorID, Type: m.Type, MaxTask: -1})
	}
	g.nodes = append(g.nodes, node)
	return node.ID
}

// reuse draws only an edge if the child of n was drawn before.
func (g *graph) reuse(n *event.PlanNode, parent int) bool {
	return len(n.Children) == 1 && g.drawn(n.Children[0], parent)
}

func (g *graph) drawn(n *event.PlanNode, parent int) bool {
	id, ok := g.known[g.form(n)]
	if ok && parent >= 0 {
		g.edges = append(g.edges, Edge{id, parent})
	}
	return ok
}

// form numbers the shape of a subtree: name, text and children.
func (g *graph) form(n *event.PlanNode) int {
	if number, ok := g.shape[n]; ok {
		return number
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q", n.Name, n.Detail)
	for _, c := range n.Children {
		fmt.Fprintf(&b, " %d", g.form(c))
	}
	number, ok := g.forms[b.String()]
	if !ok {
		number = len(g.forms)
		g.forms[b.String()] = number
	}
	g.shape[n] = number
	return number
}
