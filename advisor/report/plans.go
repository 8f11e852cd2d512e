package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A Plan is one query's plan as a tree, drawn from the result down.
type Plan struct {
	Execution   int64         `json:"execution"`
	Description string        `json:"description"`
	Duration    time.Duration `json:"durationNanos"`
	Status      string        `json:"status"`
	Nodes       []PlanNode    `json:"nodes"`
}

// A PlanNode is one line of the tree.
type PlanNode struct {
	ID      int      `json:"id"`
	Depth   int      `json:"depth"`
	Name    string   `json:"name"`
	Detail  string   `json:"detail,omitempty"`
	Stages  []int    `json:"stages,omitempty"`
	Metrics []string `json:"metrics,omitempty"` // "data size 12.3 MiB"
}

const detailRunes = 160

// plans draws the plans of the queries that took longest.
func (d *Document) plans(p *profiler.Profile, prefix string, clean func(string) string) (out []Plan) {
	executions := slices.Clone(p.Executions)
	slices.SortStableFunc(executions, func(a, b *profiler.Execution) int { return cmp.Compare(b.Duration(), a.Duration()) })
	if n := len(executions); n > maxPlans {
		executions = executions[:maxPlans]
		d.note("%sthe plans of the %d longest of %d queries are shown", prefix, maxPlans, n)
	}
	slices.SortStableFunc(executions, func(a, b *profiler.Execution) int { return cmp.Compare(a.ID, b.ID) })
	for _, x := range executions {
		plan := Plan{Execution: x.ID, Description: cut(clean(x.Description), detailRunes), Duration: x.Duration(), Status: x.Status.String()}
		plan.Nodes = tree(x, clean)
		if n := len(plan.Nodes); n > maxNodes {
			plan.Nodes = plan.Nodes[:maxNodes]
			d.note("%squery %d: %d of %d plan nodes are shown", prefix, x.ID, maxNodes, n)
		}
		out = append(out, plan)
	}
	return out
}

// tree lists the nodes in depth-first order from the nodes that feed nobody. A
// node that feeds several is listed once, under the first.
func tree(x *profiler.Execution, clean func(string) string) (out []PlanNode) {
	children := map[int][]int{}
	fed := map[int]bool{}
	for _, e := range x.Edges {
		children[e.To] = append(children[e.To], e.From)
		fed[e.From] = true
	}
	seen := map[int]bool{}
	var walk func(id, depth int)
	walk = func(id, depth int) {
		n := x.Node(id)
		if n == nil || seen[id] {
			return
		}
		seen[id] = true
		out = append(out, line(n, depth, clean))
		kids := slices.Clone(children[id])
		slices.Sort(kids)
		for _, k := range kids {
			walk(k, depth+1)
		}
	}
	for _, n := range x.Nodes {
		if !n.IsCluster && !fed[n.ID] {
			walk(n.ID, 0)
		}
	}
	return out
}

func line(n *profiler.Node, depth int, clean func(string) string) PlanNode {
	detail := strings.TrimSpace(strings.TrimPrefix(n.Detail, n.Name))
	out := PlanNode{ID: n.ID, Depth: depth, Name: strings.TrimSpace(n.Name), Detail: cut(clean(detail), detailRunes), Stages: n.Stages}
	for _, m := range n.Metrics {
		if !m.Seen || m.Total == 0 {
			continue
		}
		out.Metrics = append(out.Metrics, m.Name+" "+amount(m))
	}
	return out
}

// amount prints a plan metric in its own unit.
func amount(m profiler.NodeMetric) string {
	switch m.Type {
	case "size":
		return metric.FormatBytes(m.Total)
	case "timing":
		return metric.FormatDuration(time.Duration(m.Total) * time.Millisecond)
	case "nsTiming":
		return metric.FormatDuration(time.Duration(m.Total))
	case "average":
		return strconv.FormatFloat(float64(m.Total)/10, 'f', 1, 64)
	}
	return metric.FormatCount(m.Total)
}

// cut shortens text to n runes.
func cut(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}
