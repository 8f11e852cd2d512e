package sparkrest

import (
	"slices"
	"strings"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// ExecutionData is one SQL execution.
type ExecutionData struct {
	ID              int64      `json:"id"`
	Status          string     `json:"status"`
	Description     string     `json:"description"`
	PlanDescription string     `json:"planDescription"`
	SubmissionTime  Date       `json:"submissionTime"`
	Duration        int64      `json:"duration"` // milliseconds
	RunningJobIDs   []int      `json:"runningJobIds"`
	SuccessJobIDs   []int      `json:"successJobIds"`
	FailedJobIDs    []int      `json:"failedJobIds"`
	Nodes           []PlanNode `json:"nodes"` // last one first
	Edges           []PlanEdge `json:"edges"`
}

// PlanNode is a node of an execution's plan.
type PlanNode struct {
	NodeID              int          `json:"nodeId"`
	NodeName            string       `json:"nodeName"`
	WholeStageCodegenID *int64       `json:"wholeStageCodegenId,omitempty"`
	Metrics             []PlanMetric `json:"metrics"`
}

// PlanMetric is a metric of a node as the SQL tab prints it.
type PlanMetric struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// PlanEdge leads from a node to the one it feeds.
type PlanEdge struct {
	FromID int `json:"fromId"`
	ToID   int `json:"toId"`
}

// Execution shows a SQL execution: its graph if details, its plan as text if
// plan.
func (v *View) Execution(x *profiler.Execution, details, plan bool) ExecutionData {
	d := ExecutionData{ID: x.ID, Status: executionStatus(x), Description: x.Description, SubmissionTime: Date(x.Start),
		RunningJobIDs: []int{}, SuccessJobIDs: []int{}, FailedJobIDs: []int{}, Nodes: []PlanNode{}, Edges: []PlanEdge{}}
	end := x.End
	if end == 0 {
		end = v.App.LastEvent
	}
	d.Duration = int64(max(0, end-x.Start))
	if plan {
		d.PlanDescription = x.PhysicalPlan
	}
	for _, id := range x.JobIDs {
		switch j := v.Profile.Job(id); {
		case j == nil:
		case j.Status == profiler.Succeeded:
			d.SuccessJobIDs = append(d.SuccessJobIDs, id)
		case j.Status == profiler.Failed:
			d.FailedJobIDs = append(d.FailedJobIDs, id)
		default:
			d.RunningJobIDs = append(d.RunningJobIDs, id)
		}
	}
	if !details {
		return d
	}
	for _, n := range slices.Backward(x.Nodes) {
		d.Nodes = append(d.Nodes, v.planNode(x, n))
	}
	for _, e := range x.Edges {
		d.Edges = append(d.Edges, PlanEdge{e.From, e.To})
	}
	return d
}

func executionStatus(x *profiler.Execution) string {
	switch x.Status {
	case profiler.Succeeded:
		return "COMPLETED"
	case profiler.Failed:
		return "FAILED"
	}
	return "RUNNING"
}

func (v *View) planNode(x *profiler.Execution, n *profiler.Node) PlanNode {
	out := PlanNode{NodeID: n.ID, NodeName: strings.TrimSpace(n.Name), Metrics: []PlanMetric{}}
	if c := x.Node(n.Cluster); c != nil {
		if id, ok := codegenID(c.Name); ok {
			out.WholeStageCodegenID = &id
		}
	}
	for _, m := range n.Metrics {
		if m.Seen {
			out.Metrics = append(out.Metrics, PlanMetric{m.Name, v.metricText(&m)})
		}
	}
	return out
}

// codegenID is the number in "WholeStageCodegen (n)".
func codegenID(name string) (id int64, ok bool) {
	_, rest, found := strings.Cut(name, "(")
	digits, _, closed := strings.Cut(rest, ")")
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		id = id*10 + int64(c-'0')
	}
	return id, found && closed && digits != ""
}

// metricText is what Spark prints for a metric (SQLMetrics.stringValue).
func (v *View) metricText(m *profiler.NodeMetric) string {
	print := sparkBytes
	switch m.Type {
	case "sum":
		return metric.FormatCount(m.Total)
	case "average":
		if m.Count <= 1 {
			return tenths(m.Max)
		}
		return "(min, med, max (stageId: taskId)):\n(" + tenths(m.Min) + ", " + tenths(m.Med) + ", " + tenths(m.Max) + " " + v.holder(m) + ")"
	case "timing":
		print = sparkTime
	case "nsTiming":
		print = func(ns int64) string { return sparkTime(ms(ns)) }
	case "size":
	default:
		return metric.FormatCount(m.Total)
	}
	if m.Count <= 1 {
		return print(m.Total)
	}
	return "total (min, med, max (stageId: taskId))\n" + print(m.Total) + " (" + print(m.Min) + ", " + print(m.Med) + ", " + print(m.Max) + " " + v.holder(m) + ")"
}

// holder says which task had the greatest value.
func (v *View) holder(m *profiler.NodeMetric) string {
	if m.MaxTask < 0 {
		return "(driver)"
	}
	attempt := 0
	for _, s := range v.Attempts(m.MaxStage) {
		for row := range s.Tasks.Len() {
			if s.Tasks.ID(row) == m.MaxTask {
				attempt = s.Attempt
			}
		}
	}
	return "(stage " + itoa(int64(m.MaxStage)) + "." + itoa(int64(attempt)) + ": task " + itoa(m.MaxTask) + ")"
}
