package whatif

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// An Occurrence is one time that a repeated part of a plan was computed.
type Occurrence struct {
	Execution int64
	Node      *profiler.Node
	Work      map[int]time.Duration // by stage id: task time spent in the part
	Whole     []int                 // stages that do nothing else
	Rows      int64                 // handed on by the part; 0 when not known
	Columns   int                   // read from files; 0 when not known
}

// A Group is a part of a plan that was computed several times.
type Group struct {
	Name        string // the frame's name, when it has one
	Text        string // what is computed, for people
	Measured    bool   // Work is measured by operator, not shared out by node
	Occurrences []Occurrence
	Bytes       int64 // size of its rows in memory; an estimate; 0 when not known
	Columns     int   // that some occurrence reads
	Shuffled    bool  // the part ends in a shuffle, so that a copy has its partitions
}

// Repeated lists the parts of plans that several executions computed: frames
// with a name, and the largest subtrees over files that are equal but for
// numbering. What a cache already serves is not among them.
func (m *Model) Repeated() []Group { return slices.Clone(m.facts.repeated) }

// NameOf is the name that a frame was given, when n is its node.
func NameOf(n *profiler.Node) string {
	if name := n.Metadata["name"]; name != "" {
		return name
	}
	if n.Name == "Named" {
		_, name, _ := strings.Cut(n.Detail, "Named ")
		return strings.TrimSpace(name)
	}
	return ""
}

func title(t *tree, n *profiler.Node) string {
	scan, steps := "", 0
	for _, d := range t.below(n) {
		if isScan(d) {
			if scan == "" {
				scan = d.Name
			}
			if at := d.Metadata["Location"]; at != "" {
				if i := strings.LastIndexByte(strings.TrimRight(at, "]/ "), '/'); i >= 0 {
					scan = strings.TrimSpace(d.Name) + " of " + strings.Trim(at[i+1:], "]/ ")
				}
			}
		} else {
			steps++
		}
	}
	if steps == 0 {
		return scan
	}
	return scan + " up to " + strings.TrimSpace(n.Name) + " (" + strconv.Itoa(steps) + " further steps)"
}

// occurrence takes the part's share of each stage's time: by operator times
// where they are measured. Spark measures few operators, and then only what was
// timed in the part's own nodes is certain: a lower bound.
func (m *Model) occurrence(t *tree, top *profiler.Node, g *Group) Occurrence {
	o := Occurrence{Execution: t.execution.ID, Node: top, Work: map[int]time.Duration{}}
	inside := map[int]bool{}
	for _, n := range t.below(top) {
		inside[n.ID] = true
	}
	type tally struct {
		in, all         time.Duration
		nodes, allNodes int
	}
	stages := map[int]*tally{}
	for _, n := range t.execution.Nodes {
		if n.IsCluster || !slices.ContainsFunc(n.Metrics, func(v profiler.NodeMetric) bool { return v.Seen }) {
			continue // one that reported nothing, such as a projection, is no work of its own
		}
		for _, id := range n.Stages {
			if m.Stage(id) == nil || isExchange(n) && id != slices.Min(n.Stages) {
				continue
			}
			s := stages[id]
			if s == nil {
				s = &tally{}
				stages[id] = s
			}
			if _, ok := n.Metric(metric.NodeTime.String()); ok {
				g.Measured = true
			}
			d, _ := nodeTime(n)
			d /= time.Duration(len(n.Stages))
			s.all, s.allNodes = s.all+d, s.allNodes+1
			if inside[n.ID] {
				s.in, s.nodes = s.in+d, s.nodes+1
			}
		}
	}
	for id, s := range stages {
		if s.nodes == 0 {
			continue
		}
		work := m.Stage(id).Work()
		switch {
		case s.nodes == s.allNodes:
			o.Whole = append(o.Whole, id)
		case g.Measured && s.all > 0:
			work = time.Duration(float64(work) * float64(s.in) / float64(s.all))
		default:
			work = min(work, s.in)
		}
		o.Work[id] = work
	}
	slices.Sort(o.Whole)
	o.Rows = rowsOf(t, top)
	return o
}

// rowsOf is the number of rows the part hands on: its own count, or that of
// the nearest node below that counts.
func rowsOf(t *tree, n *profiler.Node) int64 {
	for range 32 {
		for _, name := range []string{metric.NumOutputRows.String(), metric.NodeShuffleRecordsWritten.String()} {
			if r, ok := n.Metric(name); ok && r.Seen {
				return r.Total
			}
		}
		c := t.children[n.ID]
		if len(c) != 1 {
			return 0
		}
		n = c[0]
	}
	return 0
}

// Total is the task time that all occurrences took.
func (g Group) Total() (d time.Duration) {
	for _, o := range g.Occurrences {
		d += o.Time()
	}
	return d
}

// Time is the task time that the occurrence took.
func (o Occurrence) Time() (d time.Duration) {
	for _, w := range o.Work {
		d += w
	}
	return d
}

// StageIDs lists the stages of the occurrence.
func (o Occurrence) StageIDs() []int {
	ids := make([]int, 0, len(o.Work))
	for id := range o.Work {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, cmp.Compare[int])
	return ids
}
