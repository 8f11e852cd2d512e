package rules

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"stagecoach/advisor"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A tree is one query's plan with its edges both ways, without the nodes that
// only group others (WholeStageCodegen).
type tree struct {
	*profiler.Execution
	into map[int][]*profiler.Node // node id → its inputs, left before right
	over map[int]*profiler.Node   // node id → what it feeds
}

func treeOf(x *profiler.Execution) *tree {
	t := &tree{x, map[int][]*profiler.Node{}, map[int]*profiler.Node{}}
	byID := map[int]*profiler.Node{}
	for _, n := range x.Nodes {
		byID[n.ID] = n
	}
	for _, e := range x.Edges {
		from, to := byID[e.From], byID[e.To]
		if from != nil && to != nil {
			t.into[to.ID] = append(t.into[to.ID], from)
			t.over[from.ID] = to
		}
	}
	return t
}

// below yields n and everything that it stands on, n first.
func (t *tree) below(n *profiler.Node) func(func(*profiler.Node) bool) {
	return func(yield func(*profiler.Node) bool) { t.walk(n, func(*profiler.Node) bool { return true }, yield) }
}

// streamed yields what below does without the sides that joins have broadcast.
func (t *tree) streamed(n *profiler.Node) func(func(*profiler.Node) bool) {
	return func(yield func(*profiler.Node) bool) {
		t.walk(n, func(c *profiler.Node) bool {
			return !is(c, "BroadcastExchange") && !(is(c, "ReusedExchange") && is(t.over[c.ID], "Broadcast"))
		}, yield)
	}
}

func (t *tree) walk(n *profiler.Node, enter, yield func(*profiler.Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range t.into[n.ID] {
		if enter(c) && !t.walk(c, enter, yield) {
			return false
		}
	}
	return true
}

// rows is the number of rows that come out of n: its own count, or that of the
// nearest node below it on its first input, since projections and exchanges
// keep the number. It is -1 where nobody counted.
func (t *tree) rows(n *profiler.Node) int64 {
	for n != nil {
		if v, ok := total(n, rowsOut); ok {
			return v
		}
		inputs := t.into[n.ID]
		if len(inputs) != 1 {
			return -1
		}
		n = inputs[0]
	}
	return -1
}

// total is the sum of a metric of the node over its tasks, if any reported it.
func total(n *profiler.Node, name string) (int64, bool) {
	m, ok := n.Metric(name)
	return m.Total, ok && m.Seen
}

// timed is the sum of a metric of the node that is a time: Spark counts most in
// milliseconds, the embedded engine in nanoseconds.
func timed(n *profiler.Node, name string) time.Duration {
	m, _ := n.Metric(name)
	if m.Type == "nsTiming" {
		return time.Duration(m.Total)
	}
	return time.Duration(m.Total) * time.Millisecond
}

// rowsOut is Spark's name of the rows that a plan node puts out.
var rowsOut = metric.NumOutputRows.String()

// expressionID is the number by which Spark tells columns of one name apart.
var expressionID = regexp.MustCompile(`#\d+L?`)

// plainText is a node's detail without the numbers that differ from query to
// query: of columns and of plans.
func plainText(detail string) string {
	detail = expressionID.ReplaceAllString(detail, "")
	if i := strings.Index(detail, ", [plan_id="); i >= 0 {
		detail = detail[:i]
	}
	return detail
}

// is reports whether the node's name begins with one of the words.
func is(n *profiler.Node, words ...string) bool {
	for _, w := range words {
		if strings.HasPrefix(strings.TrimSpace(n.Name), w) {
			return true
		}
	}
	return false
}

// stagesOf are the stages that run the node: those that reported its metrics and
// have finished a task.
func stagesOf(run *advisor.Run, n *profiler.Node) map[int]bool {
	ids := map[int]bool{}
	for s := range done(run) {
		if slices.Contains(n.Stages, s.ID) {
			ids[s.ID] = true
		}
	}
	return ids
}

// spent is how long stages ran, and the time of their tasks.
func spent(run *advisor.Run, ids map[int]bool) (span, work time.Duration) {
	for s := range done(run) {
		if ids[s.ID] {
			span += s.Duration()
			work += taskTime(s)
		}
	}
	return span, work
}

// keys are the ids of a set, ascending.
func keys(ids map[int]bool) []int { return slices.Sorted(maps.Keys(ids)) }
