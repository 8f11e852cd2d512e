// Package plan is the query as a tree: what is to be computed, not how it runs.
//
// There is one tree from beginning to end. A frame builds it; package optimize
// rewrites it and, last, sets the choices on the nodes (Join.Strategy,
// Aggregate.Phase) and inserts Exchanges; package stage cuts it there. Nodes
// are immutable and the set is closed. Number gives the nodes of a finished plan
// the numbers under which explain, events, profile and findings know them.
package plan

import (
	"strings"

	"stagecoach/engine/expr"
)

// A Node is one step of a query.
type Node interface {
	// Schema is known without data.
	Schema() expr.Schema
	Inputs() []Node
	// With returns the node over other inputs, as many as it has.
	With(inputs []Node) Node
	// Name is Spark's name of the step.
	Name() string
	// Detail is what EXPLAIN prints after the name.
	Detail() string
	node()
}

// Walk calls visit for every node in pre-order. A subtree that occurs twice is
// visited twice.
func Walk(n Node, visit func(Node)) {
	visit(n)
	for _, in := range n.Inputs() {
		Walk(in, visit)
	}
}

// Rewrite returns the tree with f applied to every node, inputs first.
func Rewrite(n Node, f func(Node) Node) Node {
	inputs := n.Inputs()
	changed := make([]Node, len(inputs))
	same := true
	for i, in := range inputs {
		changed[i] = Rewrite(in, f)
		same = same && changed[i] == in
	}
	if !same {
		n = n.With(changed)
	}
	return f(n)
}

// Children are a node's inputs and, of a Cached, the plan it caches, unless that
// is sealed: the tree as people see it.
func Children(n Node) []Node {
	if c, ok := n.(*Cached); ok && !c.Relation.Sealed {
		return []Node{c.Relation.Plan}
	}
	return n.Inputs()
}

// Number gives every node of a plan its number: pre-order from 0, a subtree
// that occurs twice numbered once.
func Number(root Node) map[Node]int {
	ids := map[Node]int{}
	var number func(Node)
	number = func(n Node) {
		if _, ok := ids[n]; ok {
			return
		}
		ids[n] = len(ids)
		for _, c := range Children(n) {
			number(c)
		}
	}
	number(root)
	return ids
}

// Print writes the tree as EXPLAIN shows it, a node a line.
func Print(root Node) string {
	return tree(root, func(n Node) string {
		switch n.(type) {
		case *Aggregate, *TopN:
			return n.Name() + n.Detail()
		}
		return strings.TrimSpace(n.Name() + " " + n.Detail())
	})
}

// tree draws nodes, each as the line that it gives.
func tree(root Node, line func(Node) string) string {
	var b strings.Builder
	var write func(n Node, prefix, more string)
	write = func(n Node, prefix, more string) {
		b.WriteString(prefix + line(n) + "\n")
		inputs := Children(n)
		for i, in := range inputs {
			if i < len(inputs)-1 {
				write(in, more+":- ", more+":  ")
			} else {
				write(in, more+"+- ", more+"   ")
			}
		}
	}
	write(root, "", "")
	return b.String()
}

// list prints expressions as Spark does: [a, b].
func list[T interface{ String() string }](items []T) string {
	text := make([]string, len(items))
	for i, x := range items {
		text[i] = x.String()
	}
	return "[" + strings.Join(text, ", ") + "]"
}
