package optimize

import (
	"fmt"
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// prunePartitions follows Spark's PartitionPruning. A side of a join whose key is
// made of partition columns is pruned by the keys of the other side, if rows of it
// without a match come out of nothing and the other side has a condition that is
// likely selective. The keys come from the broadcast that the join builds from.
// Where there is none, or it cannot be shared, the other side is run for its keys
// alone, if that is allowed and
//
//	size of the scan · fallbackFilterRatio > sizes of what the other side reads
func prunePartitions(root plan.Node, ctx *Context) plan.Node {
	if !ctx.Config.Bool(config.DynamicPruning) {
		return root
	}
	p := &pruner{reuse: ctx.Config.Bool(config.ExchangeReuse), only: ctx.Config.Bool(config.PruningReuseOnly), ratio: ctx.Config.Float(config.PruningFallbackRatio)}
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.NullAware {
			return n
		}
		left, right := j.Left, j.Right
		for i := range j.LeftKeys {
			now := left
			if j.Type == plan.Inner || j.Type == plan.LeftSemi || j.Type == plan.RightOuter {
				now = p.prune(left, j.LeftKeys[i], j.Right, j.RightKeys, i, j.Strategy == plan.BroadcastHash && !j.BuildLeft)
			}
			if now == left && (j.Type == plan.Inner || j.Type == plan.LeftOuter) {
				right = p.prune(right, j.RightKeys[i], j.Left, j.LeftKeys, i, j.Strategy == plan.BroadcastHash && j.BuildLeft)
			}
			left = now
		}
		if left == j.Left && right == j.Right {
			return j
		}
		return j.With([]plan.Node{left, right})
	})
}

type pruner struct {
	reuse, only bool
	ratio       float64
	sets        int
}

// prune prunes the scans below side that a key comes from by the keys of the other
// side, which the join builds from where built says so.
func (p *pruner) prune(side plan.Node, key string, other plan.Node, keys []string, at int, built bool) plan.Node {
	t := side.Schema()[side.Schema().Index(key)].Type
	if l := t.Layout(); l != expr.Int32 && l != expr.Int64 && l != expr.String || !selective(other) {
		return side
	}
	var set *plan.KeySet
	return lower(side, expr.Col(key), func(n plan.Node, key expr.Expr) plan.Node {
		s, ok := n.(*plan.Scan)
		if !ok || !onFolders(key, s.Source) || plan.MayFail(key, s.Source.Schema()) {
			return nil
		}
		alone := !built || !p.reuse || plan.Canonical(other) == ""
		if alone && (p.only || !repeats(other) || float64(Estimate(s))*p.ratio <= float64(leaves(other))) {
			return nil
		}
		if set == nil {
			p.sets++
			set = &plan.KeySet{Input: other, Label: fmt.Sprintf("dynamicpruning#%d", p.sets), Keys: keys, At: at, Alone: alone}
		}
		if alone {
			set.Input, set.Keys, set.At = distinct(other, keys[at]), keys[at:at+1], 0
		}
		c := *s
		c.Pruned = append(slices.Clone(s.Pruned), plan.Pruning{Key: key, From: set})
		return &c
	})
}

// distinct is the values of one column.
func distinct(n plan.Node, key string) plan.Node {
	a, err := plan.NewAggregate(n, []expr.Expr{expr.Col(key)}, nil)
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return a
}

// repeats reports whether a plan that is run twice has the same rows both times,
// in whatever order they come.
func repeats(n plan.Node) bool {
	same := true
	plan.Walk(n, func(n plan.Node) {
		switch n.(type) {
		case *plan.Limit, *plan.TopN, *plan.Sample:
			same = false
		}
	})
	return same
}

// leaves is the size of what a plan reads; cached frames are thought to be there.
func leaves(n plan.Node) int64 {
	size := int64(0)
	plan.Walk(n, func(n plan.Node) {
		if s, ok := n.(*plan.Scan); ok {
			size += Estimate(s)
		}
	})
	return size
}
