package optimize

import "stagecoach/engine/internal/plan"

// most is how many rows a top-n holds at most; for more all rows are sorted, which
// can spill (Spark: spark.sql.execution.topKSortFallbackThreshold).
const most = 2147483632

func topN(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		limit, ok := n.(*plan.Limit)
		if !ok || limit.N < 0 || limit.Local || limit.N >= most-limit.Offset {
			return n
		}
		top := func(s *plan.Sort) plan.Node {
			return &plan.TopN{Input: s.Input, Keys: s.Keys, N: limit.N, Offset: limit.Offset}
		}
		if s, ok := limit.Input.(*plan.Sort); ok && s.Global {
			return top(s)
		}
		if p, ok := limit.Input.(*plan.Project); ok {
			if s, ok := p.Input.(*plan.Sort); ok && s.Global {
				return p.With([]plan.Node{top(s)})
			}
		}
		return n
	})
}
