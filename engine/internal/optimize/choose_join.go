package optimize

import (
	"math"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func topN(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		limit, ok := n.(*plan.Limit)
		if !ok {
			return n
		}
		if s, ok := limit.Input.(*plan.Sort); ok && s.Global {
			return &plan.TopN{Input: s.Input, Keys: s.Keys, N: limit.N}
		}
		if p, ok := limit.Input.(*plan.Project); ok {
			if s, ok := p.Input.(*plan.Sort); ok && s.Global {
				return p.With([]plan.Node{&plan.TopN{Input: s.Input, Keys: s.Keys, N: limit.N}})
			}
		}
		return n
	})
}

// chooseJoin follows Spark's JoinSelection: broadcast the smaller side that may
// be and whose size is at most the threshold; else a shuffled hash join where
// that is preferred and one side is three times smaller and fits a partition;
// else sort-merge.
func chooseJoin(root plan.Node, ctx *Context) plan.Node {
	threshold := ctx.Config.Int(config.BroadcastThreshold)
	partitions := ctx.Config.Int(config.ShufflePartitions)
	preferSort := ctx.Config.Bool(config.PreferSortMergeJoin)
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.Strategy != plan.Undecided {
			return n
		}
		c := *j
		left, right := Estimate(j.Left), Estimate(j.Right)
		canLeft := (j.Type == plan.Inner || j.Type == plan.RightOuter) && left <= threshold
		canRight := j.Type != plan.RightOuter && j.Type != plan.FullOuter && right <= threshold
		switch {
		case canLeft && (!canRight || left < right):
			c.Strategy, c.BuildLeft = plan.BroadcastHash, true
		case canRight:
			c.Strategy = plan.BroadcastHash
		default:
			c.Strategy = plan.SortMerge
			hashable := func(small, large int64) bool {
				return !preferSort && threshold > 0 && small/partitions < threshold && small <= large/3
			}
			if j.Type == plan.Inner && hashable(left, right) {
				c.Strategy, c.BuildLeft = plan.ShuffledHash, true
			} else if j.Type != plan.RightOuter && j.Type != plan.FullOuter && hashable(right, left) {
				c.Strategy = plan.ShuffledHash
			}
		}
		return &c
	})
}

// Estimate is the size of a node's rows in bytes as Spark estimates it without
// column statistics (SizeInBytesOnlyStatsPlanVisitor): a scan is as large as
// its files, a projection scales by the width of its rows, a join is the
// product of its sides, anything else as large as its inputs.
func Estimate(n plan.Node) int64 {
	switch n := n.(type) {
	case *plan.Scan:
		st := n.Source.Stats()
		if st.Bytes < 0 {
			return math.MaxInt64
		}
		return scale(st.Bytes, rowWidth(n.Columns), rowWidth(n.Source.Schema()))
	case *plan.Project:
		return scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema()))
	case *plan.Aggregate:
		if len(n.Keys) == 0 {
			return rowWidth(n.Schema())
		}
		return scale(Estimate(n.Input), rowWidth(n.Schema()), rowWidth(n.Input.Schema()))
	case *plan.Limit:
		return min(Estimate(n.Input), int64(n.N)*rowWidth(n.Schema()))
	case *plan.TopN:
		return min(Estimate(n.Input), int64(n.N)*rowWidth(n.Schema()))
	case *plan.Join:
		left := Estimate(n.Left)
		if n.Type == plan.LeftSemi || n.Type == plan.LeftAnti {
			return left
		}
		right := max(Estimate(n.Right), 1)
		if left > math.MaxInt64/right {
			return math.MaxInt64
		}
		return left * right
	case *plan.Cached:
		return Estimate(n.Relation.Plan)
	case *plan.Exchange:
		return Estimate(n.Input)
	}
	var sum int64
	for _, in := range n.Inputs() {
		e := Estimate(in)
		if e > math.MaxInt64-sum {
			return math.MaxInt64
		}
		sum += e
	}
	return sum
}

func scale(bytes, width, of int64) int64 {
	if of == 0 || bytes == math.MaxInt64 {
		return bytes
	}
	return max(int64(float64(bytes)*float64(width)/float64(of)), 1)
}

// rowWidth is Spark's estimate of a row's size: 8 bytes and the default size of
// each column's type, 20 for a string.
func rowWidth(s expr.Schema) int64 {
	n := int64(8)
	for _, f := range s {
		if f.Type == expr.String {
			n += 20
		} else {
			n += int64(f.Type.Width())
		}
	}
	return n
}
