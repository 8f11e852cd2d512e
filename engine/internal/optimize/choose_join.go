package optimize

import (
	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// chooseJoin follows Spark's JoinSelection.
//
// With keys: what a hint asks for, if the join's type allows it (BROADCAST
// before MERGE before SHUFFLE_HASH before SHUFFLE_REPLICATE_NL); else the smaller
// side that may be broadcast and whose size is at most the threshold; else a
// shuffled hash join where that is preferred and one side is three times smaller
// and fits a partition; else sort-merge.
//
// Without keys: nested loops over a side that a hint or its size lets broadcast;
// else, of inner joins, a cartesian product; else nested loops all the same.
func chooseJoin(root plan.Node, ctx *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.Strategy != plan.Undecided {
			return n
		}
		c := *j
		s := selection{join: &c, left: Estimate(j.Left), right: Estimate(j.Right),
			threshold:  ctx.Config.Int(config.BroadcastThreshold),
			partitions: ctx.Config.Int(config.ShufflePartitions), preferSort: ctx.Config.Bool(config.PreferSortMergeJoin)}
		switch {
		case j.NullAware:
			c.Strategy = plan.BroadcastHash
		case len(j.LeftKeys) > 0:
			s.byKeys()
		default:
			s.byCondition()
		}
		return &c
	})
}

type selection struct {
	join                  *plan.Join
	left, right           int64 // sizes in bytes
	threshold, partitions int64
	preferSort            bool
}

func (s *selection) byKeys() {
	j := s.join
	hinted := func(kind string) (left, right bool) { return j.LeftHint == kind, j.RightHint == kind }
	j.Hinted = true
	if l, r := hinted("BROADCAST"); s.build(plan.BroadcastHash, l, r) {
		return
	}
	if l, r := hinted("MERGE"); l || r {
		j.Strategy = plan.SortMerge
		return
	}
	if l, r := hinted("SHUFFLE_HASH"); s.build(plan.ShuffledHash, l, r) {
		return
	}
	if l, r := hinted("SHUFFLE_REPLICATE_NL"); (l || r) && j.Type == plan.Inner {
		s.replicate()
		return
	}
	j.Hinted = false
	if s.build(plan.BroadcastHash, s.left <= s.threshold, s.right <= s.threshold) {
		return
	}
	hashable := func(small, large int64) bool {
		return !s.preferSort && float64(small) < float64(s.threshold)*float64(s.partitions) && small <= large/3
	}
	if !s.build(plan.ShuffledHash, hashable(s.left, s.right), hashable(s.right, s.left)) {
		j.Strategy = plan.SortMerge
	}
}

// build chooses a hash join that builds from a side that may be (left, right)
// and that the join's type allows; of two the smaller, of equal ones the right.
func (s *selection) build(strategy plan.Strategy, left, right bool) bool {
	t := s.join.Type
	left = left && (t == plan.Inner || t == plan.RightOuter || strategy == plan.ShuffledHash && t <= plan.FullOuter)
	right = right && (t != plan.RightOuter && t != plan.FullOuter || strategy == plan.ShuffledHash)
	if !left && !right {
		return false
	}
	s.join.Strategy, s.join.BuildLeft = strategy, left && (!right || s.left < s.right)
	return true
}

// replicate makes a join with keys one that compares every pair: the keys
// become part of the condition.
func (s *selection) replicate() {
	j := s.join
	j.Where = keysAsCondition(j)
	j.LeftKeys, j.RightKeys, j.Strategy = nil, nil, plan.Cartesian
}

func (s *selection) byCondition() {
	j := s.join
	loop := func(left, right bool) bool {
		if !left && !right {
			return false
		}
		j.Strategy = plan.NestedLoop
		switch {
		case !right:
			j.BuildLeft = true
		case !left:
			j.BuildLeft = false
		case j.Type == plan.Inner || j.Type == plan.FullOuter:
			j.BuildLeft = s.left < s.right
		default:
			j.BuildLeft = j.Type == plan.RightOuter
		}
		return true
	}
	replicate := j.LeftHint == "SHUFFLE_REPLICATE_NL" || j.RightHint == "SHUFFLE_REPLICATE_NL"
	switch {
	case loop(j.LeftHint == "BROADCAST", j.RightHint == "BROADCAST"):
		j.Hinted = true
	case j.Type == plan.Inner && replicate:
		j.Strategy, j.Hinted = plan.Cartesian, true
	case loop(s.left <= s.threshold, s.right <= s.threshold):
	case j.Type == plan.Inner:
		j.Strategy = plan.Cartesian
	default:
		loop(true, true)
	}
}
