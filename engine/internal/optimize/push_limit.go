package optimize

import (
	"math"

	"stagecoach/engine/internal/plan"
)

// pushLimit lets the inputs of a union, and the side of an outer join whose rows
// all come out, give no more rows per partition than a limit above can use, and
// reads one row of a side of which it matters only whether there is any (Spark's
// LimitPushDown).
func pushLimit(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Limit:
			if n.N < 0 || n.N > math.MaxInt-n.Offset {
				return n
			}
			if in := below(n.Input, n.N+n.Offset); in != n.Input {
				return n.With([]plan.Node{in})
			}
		case *plan.Join:
			if n.Type >= plan.LeftSemi && len(n.LeftKeys) == 0 && n.Where == nil {
				return n.With([]plan.Node{n.Left, &plan.Limit{Input: below(n.Right, 1), N: 1}})
			}
		}
		return n
	})
}

// below is a node of whose rows only the first so many of each partition are
// used.
func below(n plan.Node, rows int) plan.Node {
	switch n := n.(type) {
	case *plan.Project:
		if in := below(n.Input, rows); in != n.Input {
			return n.With([]plan.Node{in})
		}
	case *plan.Union:
		inputs := make([]plan.Node, len(n.All))
		for i, in := range n.All {
			inputs[i] = atMost(in, rows)
		}
		return n.With(inputs)
	case *plan.Join:
		switch {
		case n.Type == plan.LeftOuter:
			return n.With([]plan.Node{atMost(n.Left, rows), n.Right})
		case n.Type == plan.RightOuter:
			return n.With([]plan.Node{n.Left, atMost(n.Right, rows)})
		case n.Type == plan.Inner && len(n.LeftKeys) == 0 && n.Where == nil:
			return n.With([]plan.Node{atMost(n.Left, rows), atMost(n.Right, rows)})
		}
	}
	return n
}

func atMost(n plan.Node, rows int) plan.Node {
	switch x := n.(type) {
	case *plan.Limit:
		if x.N >= 0 && x.N <= rows {
			return n
		}
	case *plan.OneRow:
		return n
	}
	return &plan.Limit{Input: below(n, rows), N: rows, Local: true}
}
