package optimize

import (
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

func splitAggregate(root plan.Node, _ *Context) plan.Node {
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		a, ok := n.(*plan.Aggregate)
		if !ok || a.Phase != plan.Complete {
			return n
		}
		_, final := a.Split()
		return final
	})
}

// placeExchanges puts an exchange under every step whose rows are not yet where
// it needs them.
func placeExchanges(root plan.Node, ctx *Context) plan.Node {
	n := int(ctx.Config.Int(config.ShufflePartitions))
	if l, ok := root.(*plan.Limit); ok && !l.Local {
		c := *l
		c.Collects = true
		root = &c
	}
	return plan.Rewrite(root, func(node plan.Node) plan.Node {
		switch x := node.(type) {
		case *plan.Aggregate:
			if x.Phase != plan.Final {
				return x
			}
			keys := make([]string, len(x.Keys))
			for i, k := range x.Keys {
				keys[i] = expr.Name(k)
			}
			if len(keys) == 0 {
				return x.With([]plan.Node{single(x.Input)})
			}
			return x.With([]plan.Node{hashed(x.Input, keys, n, false)})
		case *plan.Join:
			switch x.Strategy {
			case plan.BroadcastHash, plan.NestedLoop:
				return x.With(broadcastSide(x))
			case plan.Cartesian:
				return x
			}
			left, right := hashed(x.Left, x.LeftKeys, n, true), hashed(x.Right, x.RightKeys, n, true)
			if x.Strategy == plan.SortMerge {
				left, right = ordered(left, x.LeftKeys), ordered(right, x.RightKeys)
			}
			return x.With([]plan.Node{left, right})
		case *plan.Sort:
			if !x.Global {
				return x
			}
			in := x.Input
			if !isSingle(in) {
				in = &plan.Exchange{Input: in, Kind: plan.RangePartitioning, Order: x.Keys, N: n}
			}
			return &plan.Sort{Input: in, Keys: x.Keys}
		case *plan.TopN:
			// Each partition keeps its first rows; one task merges them.
			if isSingle(x.Input) {
				return x
			}
			return x.With([]plan.Node{single(&plan.TopN{Input: x.Input, Keys: x.Keys, N: x.N + x.Offset})})
		case *plan.Limit:
			if x.Local || isSingle(x.Input) {
				return x
			}
			if x.N < 0 {
				return x.With([]plan.Node{single(x.Input)})
			}
			return x.With([]plan.Node{single(&plan.Limit{Input: x.Input, N: x.N + x.Offset, Local: true})})
		case *plan.WindowGroupLimit:
			return placeWindowLimit(x, n)
		case *plan.Window:
			return x.With([]plan.Node{placeWindow(x.Input, x.PartitionBy, x.OrderBy, n)})
		case *plan.Exchange:
			if x.Rebalances() && !ctx.Config.Bool(config.AdaptiveEnabled) {
				return x.Input // as in Spark
			}
		case *plan.OneRow:
			return x.With([]plan.Node{single(x.Input)})
		case *plan.KeySet:
			return x.With([]plan.Node{&plan.Exchange{Input: x.Input, Kind: plan.Broadcast, Keys: x.Keys}})
		}
		return node
	})
}

// broadcastSide puts a broadcast under the side a join builds from. Where rows
// of that side come out by whether they have a match, one task must see all
// rows of the other.
func broadcastSide(x *plan.Join) []plan.Node {
	left, right := x.Left, x.Right
	if x.BuildLeft {
		if x.KeepsBuilt() {
			right = single(right)
		}
		return []plan.Node{&plan.Exchange{Input: left, Kind: plan.Broadcast, Keys: x.LeftKeys}, right}
	}
	if x.KeepsBuilt() {
		left = single(left)
	}
	return []plan.Node{left, &plan.Exchange{Input: right, Kind: plan.Broadcast, Keys: x.RightKeys}}
}

func single(in plan.Node) plan.Node {
	if isSingle(in) {
		return in
	}
	return &plan.Exchange{Input: in, Kind: plan.SinglePartition, N: 1}
}

// hashed spreads rows by keys unless they are spread so already. exact asks for
// just these keys in this order, as the two sides of a join must agree.
func hashed(in plan.Node, keys []string, n int, exact bool) plan.Node {
	if have, parts, ok := hashedBy(in); ok {
		if exact && parts == n && slices.Equal(have, keys) {
			return in
		}
		subset := len(have) > 0
		for _, k := range have {
			subset = subset && slices.Contains(keys, k)
		}
		if !exact && subset {
			return in
		}
	}
	return &plan.Exchange{Input: in, Kind: plan.HashPartitioning, Keys: keys, N: n}
}

// hashedBy returns the columns by whose hash a node's rows are spread, and over
// how many partitions.
func hashedBy(n plan.Node) (keys []string, parts int, ok bool) {
	switch n := n.(type) {
	case *plan.Exchange:
		return n.Keys, n.N, n.Kind == plan.HashPartitioning
	case *plan.Filter, *plan.Generate:
		keys, parts, ok = hashedBy(n.Inputs()[0])
		for _, k := range keys {
			ok = ok && n.Schema().Index(k) >= 0
		}
		return keys, parts, ok
	case *plan.Sort, *plan.Named, *plan.Sample, *plan.Window, *plan.WindowGroupLimit:
		return hashedBy(n.Inputs()[0])
	case *plan.Limit:
		if n.Local {
			return hashedBy(n.Input)
		}
	case *plan.Aggregate:
		return hashedThrough(n.Input, n.Keys)
	case *plan.Project:
		return hashedThrough(n.Input, n.Exprs)
	case *plan.Join:
		switch n.Strategy {
		case plan.Cartesian:
			return nil, 0, false
		case plan.BroadcastHash, plan.NestedLoop:
			if n.BuildLeft {
				return hashedBy(n.Right)
			}
			return hashedBy(n.Left)
		}
		switch n.Type {
		case plan.Inner, plan.LeftOuter, plan.LeftSemi, plan.LeftAnti, plan.Existence:
			return hashedBy(n.Left)
		case plan.RightOuter:
			return hashedBy(n.Right)
		}
	}
	return nil, 0, false
}

// hashedThrough is hashedBy of a step that hands on what exprs say of its input.
func hashedThrough(in plan.Node, exprs []expr.Expr) (names []string, parts int, ok bool) {
	keys, parts, ok := hashedBy(in)
	for _, k := range keys {
		at := slices.IndexFunc(exprs, func(e expr.Expr) bool {
			r, plain := expr.Unalias(e).(expr.Ref)
			return plain && r.Name == k
		})
		if at < 0 {
			return nil, 0, false
		}
		names = append(names, expr.Name(exprs[at]))
	}
	return names, parts, ok
}

func isSingle(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Exchange:
		return n.Kind == plan.SinglePartition
	case *plan.Coalesce:
		return n.N == 1
	case *plan.TopN:
		return isSingle(n.Input)
	case *plan.Filter, *plan.Project, *plan.Aggregate, *plan.Sort, *plan.Limit, *plan.Named,
		*plan.Expand, *plan.Generate, *plan.Sample, *plan.OneRow, *plan.Window, *plan.WindowGroupLimit:
		return isSingle(n.Inputs()[0])
	}
	return false
}

// ordered sorts each partition by the join keys, unless it is sorted so.
func ordered(in plan.Node, keys []string) plan.Node {
	order := plan.Ascending(keys)
	if s, ok := in.(*plan.Sort); ok && slices.Equal(s.Keys, order) {
		return in
	}
	return &plan.Sort{Input: in, Keys: order}
}
