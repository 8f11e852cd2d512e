package optimize

import (
	"fmt"
	"slices"
	"strings"

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
	return onScans(side, expr.Col(key), func(s *plan.Scan, key expr.Expr) *plan.Scan {
		alone := !built || !p.reuse || plan.Canonical(other) == ""
		if alone && (p.only || !repeats(other) || float64(Estimate(s))*p.ratio <= float64(leaves(other))) {
			return s
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

// onScans applies f to the scans whose partition columns alone decide the value of
// a key, with that value; rows of other keys may be left out of n.
func onScans(n plan.Node, key expr.Expr, f func(*plan.Scan, expr.Expr) *plan.Scan) plan.Node {
	below := func(in plan.Node, key expr.Expr) plan.Node { return onScans(in, key, f) }
	same := func() plan.Node {
		in := n.Inputs()[0]
		if now := below(in, key); now != in {
			return n.With([]plan.Node{now})
		}
		return n
	}
	switch x := n.(type) {
	case *plan.Scan:
		if onFolders(key, x.Source) && !plan.MayFail(key, x.Source.Schema()) {
			return f(x, key)
		}
	case *plan.Filter, *plan.Named, *plan.Sort, *plan.Exchange:
		return same()
	case *plan.Project:
		if now := below(x.Input, expr.Substitute(key, madeBy(x.Exprs))); now != x.Input {
			return x.With([]plan.Node{now})
		}
	case *plan.Aggregate:
		if covers(madeBy(x.Keys), key) {
			if now := below(x.Input, expr.Substitute(key, madeBy(x.Keys))); now != x.Input {
				return x.With([]plan.Node{now})
			}
		}
	case *plan.Union:
		inputs, changed := slices.Clone(x.All), false
		for i, in := range x.All {
			own := map[string]expr.Expr{}
			for c, f := range x.Schema() {
				own[f.Name] = expr.Col(in.Schema()[c].Name)
			}
			inputs[i] = below(in, expr.Substitute(key, own))
			changed = changed || inputs[i] != in
		}
		if changed {
			return x.With(inputs)
		}
	case *plan.Join:
		left, right := x.Left, x.Right
		switch {
		case names(key, left.Schema()) && x.Type != plan.RightOuter && x.Type != plan.FullOuter:
			left = below(left, key)
		case names(key, right.Schema()) && (x.Type == plan.Inner || x.Type == plan.RightOuter):
			right = below(right, key)
		}
		if left != x.Left || right != x.Right {
			return x.With([]plan.Node{left, right})
		}
	}
	return n
}

// madeBy is expressions by the names of the columns that they make.
func madeBy(exprs []expr.Expr) map[string]expr.Expr {
	made := map[string]expr.Expr{}
	for _, x := range exprs {
		made[expr.Name(x)] = x
	}
	return made
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

// selective reports whether a plan has a filter that is likely to drop rows, in
// Spark's judgement (PredicateHelper.isLikelySelective).
func selective(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) {
		if f, ok := n.(*plan.Filter); ok {
			found = found || drops(f.Where)
		}
	})
	return found
}

func drops(e expr.Expr) bool {
	c, ok := e.(expr.Call)
	if !ok {
		return false
	}
	switch c.Fn {
	case "not":
		return drops(c.Args[0])
	case "and":
		return drops(c.Args[0]) || drops(c.Args[1])
	case "or":
		return drops(c.Args[0]) && drops(c.Args[1])
	}
	return slices.Contains(strings.Fields("= != < <= > >= <=> in like ilike rlike startswith endswith contains"), c.Fn)
}
