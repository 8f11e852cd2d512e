// Package stage turns a finished plan into stages and tasks. Cutting and
// adapting are pure: they start nothing and touch no clock.
//
//	plan ─► Cut ─► Graph ─► Parts (what each task reads) ─► schedule
//	                 ▲            │
//	                 └── Adapt ◄──┘  true sizes of the exchanges read
package stage

import (
	"stagecoach/engine/internal/plan"
)

// A Stage is a piece of a plan that tasks compute without moving rows: from
// scans, exchanges and cached frames up to an exchange or the end.
type Stage struct {
	Root    plan.Node      // what a task computes
	Output  *plan.Exchange // where its rows go; nil in the last stage
	Parents []*Stage       // stages that fill the exchanges it reads
	Reads   []*plan.Exchange
	Builds  []*plan.Exchange // broadcasts it needs
}

// A Graph is the stages of one plan, parents before children; the last one
// gives the result. Broadcasts are graphs of their own.
type Graph struct {
	Root       plan.Node
	Stages     []*Stage
	Broadcasts []*Broadcast
}

// A Broadcast is what must be computed and handed to every executor before the
// stages that read it can run.
type Broadcast struct {
	Exchange *plan.Exchange
	Graph    *Graph
}

// Cut cuts a plan at its exchanges. ready says that a cached frame is stored
// altogether, so that nothing below it is needed.
func Cut(root plan.Node, ready func(*plan.Relation) bool) *Graph {
	c := cutter{ready: ready, graph: &Graph{Root: root}, by: map[*plan.Exchange]*Stage{}, built: map[*plan.Exchange]bool{}}
	c.stage(root, nil)
	return c.graph
}

type cutter struct {
	ready func(*plan.Relation) bool
	graph *Graph
	by    map[*plan.Exchange]*Stage
	built map[*plan.Exchange]bool
}

func (c *cutter) stage(root plan.Node, output *plan.Exchange) *Stage {
	s := &Stage{Root: root, Output: output}
	c.collect(s, root)
	c.graph.Stages = append(c.graph.Stages, s)
	return s
}

func (c *cutter) collect(s *Stage, n plan.Node) {
	switch n := n.(type) {
	case *plan.Exchange:
		if n.Kind == plan.Broadcast {
			s.Builds = append(s.Builds, n)
			if !c.built[n] {
				c.built[n] = true
				c.graph.Broadcasts = append(c.graph.Broadcasts, &Broadcast{n, Cut(n.Input, c.ready)})
			}
			return
		}
		s.Reads = append(s.Reads, n)
		parent := c.by[n]
		if parent == nil {
			parent = c.stage(n.Input, n)
			c.by[n] = parent
		}
		s.Parents = append(s.Parents, parent)
	case *plan.Cached:
		if !n.Relation.Sealed && !c.ready(n.Relation) {
			c.collect(s, n.Relation.Plan)
		}
	default:
		for _, in := range n.Inputs() {
			c.collect(s, in)
		}
	}
}
