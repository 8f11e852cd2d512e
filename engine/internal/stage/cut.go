// Package stage turns a finished plan into stages and tasks. Cutting and
// adapting are pure: they start nothing and touch no clock.
//
//	plan ─► Cut ─► Graph ─► Parts (what each task reads) ─► schedule
//	                 ▲            │
//	                 └── Adapt ◄──┘  true sizes of the exchanges read
package stage

import (
	"slices"
	"sync"

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
	// Spare says that it only saves work: where it does not fit into memory, stages
	// do without.
	Spare bool
}

// A Cutter cuts the plans of one query: what fills an exchange is one stage in all
// of its graphs. It is safe for concurrent use.
type Cutter struct {
	// Ready says that a cached frame is stored altogether, so that nothing below it
	// is needed.
	Ready func(*plan.Relation) bool

	mu sync.Mutex
	by map[*plan.Exchange]*Stage
}

// Cut cuts a plan at its exchanges.
func (c *Cutter) Cut(root plan.Node) *Graph {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[*plan.Exchange]*Stage{}
	}
	return c.cut(root)
}

func (c *Cutter) cut(root plan.Node) *Graph {
	x := &cut{Cutter: c, graph: &Graph{Root: root}, built: map[*plan.Exchange]*Broadcast{}}
	x.stage(root, nil)
	return x.graph
}

// A cut is the making of one graph.
type cut struct {
	*Cutter
	graph *Graph
	built map[*plan.Exchange]*Broadcast
}

func (c *cut) stage(root plan.Node, output *plan.Exchange) *Stage {
	s := &Stage{Root: root, Output: output}
	c.collect(s, root)
	c.graph.Stages = append(c.graph.Stages, s)
	return s
}

// adopt takes over a stage, and what it needs, that another graph may have.
func (c *cut) adopt(s *Stage) {
	if slices.Contains(c.graph.Stages, s) {
		return
	}
	for _, p := range s.Parents {
		c.adopt(p)
	}
	c.graph.Stages = append(c.graph.Stages, s)
}

// broadcast is one that a stage needs: a spare one, until somebody needs its rows.
func (c *cut) broadcast(s *Stage, n *plan.Exchange) *Broadcast {
	s.Builds = append(s.Builds, n)
	m := n.Mover()
	b := c.built[m]
	if b == nil {
		b = &Broadcast{Exchange: m, Graph: c.cut(m.Input), Spare: true}
		c.built[m] = b
		c.graph.Broadcasts = append(c.graph.Broadcasts, b)
	}
	return b
}

func (c *cut) collect(s *Stage, n plan.Node) {
	switch n := n.(type) {
	case *plan.Exchange:
		if n.Kind == plan.Broadcast {
			c.broadcast(s, n).Spare = false
			return
		}
		s.Reads = append(s.Reads, n)
		m := n.Mover()
		parent := c.by[m]
		if parent == nil {
			parent = c.stage(m.Input, m)
			c.by[m] = parent
		} else {
			c.adopt(parent)
		}
		if !slices.Contains(s.Parents, parent) {
			s.Parents = append(s.Parents, parent)
		}
	case *plan.KeySet:
		c.broadcast(s, n.Input.(*plan.Exchange))
	case *plan.Cached:
		if !n.Relation.Sealed && !c.Ready(n.Relation) {
			c.collect(s, n.Relation.Plan)
		}
	default:
		for _, in := range n.Inputs() {
			c.collect(s, in)
		}
	}
}
