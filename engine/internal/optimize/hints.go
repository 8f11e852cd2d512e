package optimize

import "stagecoach/engine/internal/plan"

// takeHints writes what the query says of a join's sides into the join and
// drops the hints, as Spark's EliminateResolvedHint: the uppermost hint of a
// side counts, through any steps with one input.
func takeHints(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(withHints(root), func(n plan.Node) plan.Node {
		if h, ok := n.(*plan.Hint); ok {
			return h.Input
		}
		return n
	})
}

func withHints(n plan.Node) plan.Node {
	inputs := n.Inputs()
	changed := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		changed[i] = withHints(in)
	}
	if len(inputs) > 0 {
		n = n.With(changed)
	}
	if j, ok := n.(*plan.Join); ok {
		c := *j
		c.LeftHint, c.RightHint = hintOf(j.Left), hintOf(j.Right)
		return &c
	}
	return n
}

func hintOf(n plan.Node) string {
	for {
		if h, ok := n.(*plan.Hint); ok {
			return h.Kind
		}
		in := n.Inputs()
		if len(in) != 1 {
			return ""
		}
		n = in[0]
	}
}
