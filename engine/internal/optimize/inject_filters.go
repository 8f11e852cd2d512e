package optimize

import (
	"fmt"
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/expr"
	"stagecoach/engine/internal/plan"
)

// injectFilters follows Spark's InjectRuntimeFilter. A side of a join drops, where
// it is read, the rows whose key is certainly not among those of the other side, by
// a Bloom filter of these: if such rows come out of nothing, the join or something
// below that side shuffles, that side reads a source of at least
// applicationSideScanSizeThreshold, and the other side's keys come from a source
// with a condition that is likely selective, of at most creationSideThreshold.
// There are at most runtimeFilter.number.threshold in a query.
func injectFilters(root plan.Node, ctx *Context) plan.Node {
	if !ctx.Config.Bool(config.BloomFilter) {
		return root
	}
	x := &injector{Config: ctx.Config}
	return plan.Rewrite(root, func(n plan.Node) plan.Node {
		j, ok := n.(*plan.Join)
		if !ok || j.NullAware {
			return n
		}
		left, right := j.Left, j.Right
		shuffles := x.shuffles(j)
		for i := range j.LeftKeys {
			now := left
			if j.Type == plan.Inner || j.Type == plan.LeftSemi || j.Type == plan.RightOuter {
				now = x.inject(left, j.LeftKeys[i], j.Right, j.RightKeys[i], shuffles)
			}
			if now == left && (j.Type == plan.Inner || j.Type == plan.LeftOuter) {
				right = x.inject(right, j.RightKeys[i], j.Left, j.LeftKeys[i], shuffles)
			}
			left = now
		}
		if left == j.Left && right == j.Right {
			return j
		}
		return j.With([]plan.Node{left, right})
	})
}

type injector struct {
	config.Config
	filters int64
}

// inject filters a side by the keys of the other.
func (x *injector) inject(side plan.Node, key string, other plan.Node, otherKey string, shuffles bool) plan.Node {
	if x.filters >= x.Int(config.RuntimeFilters) || !shuffles && !x.shuffled(side) || largest(side) < x.Int(config.BloomApplicationSize) {
		return side
	}
	source, of := keySource(other, expr.Col(otherKey))
	if source == nil || Estimate(source) > x.Int(config.BloomCreationSize) {
		return side
	}
	var set *plan.KeySet
	return lower(side, expr.Col(key), func(n plan.Node, key expr.Expr) plan.Node {
		if !readsFor(n, key) || expr.CallsUser(key) {
			return nil
		}
		if set == nil {
			x.filters++
			set = x.bloom(source, of)
		}
		return &plan.RuntimeFilter{Input: n, Key: key, From: set}
	})
}

// bloom is the Bloom filter of a key.
func (x *injector) bloom(in plan.Node, key expr.Expr) *plan.KeySet {
	members := min(x.Int(config.BloomItems), x.Int(config.BloomMaxItems))
	bits := min(x.Int(config.BloomBits), x.Int(config.BloomMaxBits))
	label := fmt.Sprintf("bloomFilter#%d", x.filters)
	a, err := plan.NewAggregate(in, nil, []expr.Aggregate{expr.BloomOf(key, members, bits, label)})
	if err != nil {
		panic("optimize: " + err.Error())
	}
	return &plan.KeySet{Input: prune(a, set{label: true}), Label: label, Alone: true}
}

// shuffles reports whether a join moves both sides, by Spark's guess
// (isProbablyShuffleJoin): no hint and no size lets it broadcast one.
func (x *injector) shuffles(j *plan.Join) bool {
	threshold := x.Int(config.BroadcastThreshold)
	return j.LeftHint != "BROADCAST" && j.RightHint != "BROADCAST" && Estimate(j.Left) > threshold && Estimate(j.Right) > threshold
}

// shuffled reports whether rows are moved below a node.
func (x *injector) shuffled(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) {
		switch n := n.(type) {
		case *plan.Aggregate, *plan.Window:
			found = true
		case *plan.Join:
			found = found || x.shuffles(n)
		}
	})
	return found
}

// largest is the size of the largest source below a node, where it is known.
func largest(n plan.Node) int64 {
	size := int64(0)
	plan.Walk(n, func(n plan.Node) {
		if s, ok := n.(*plan.Scan); ok {
			size = max(size, s.Source.Stats().Bytes)
		}
	})
	return size
}

// readsFor reports whether a node is the first above a source where a key may be
// computed: the scan or the filter on it, or the projection above them if its value
// may be an error there. Folders that are pruned by the key are enough.
func readsFor(n plan.Node, key expr.Expr) bool {
	if p, ok := n.(*plan.Project); ok {
		below := expr.Substitute(key, madeBy(p.Exprs))
		return plan.MayFail(below, p.Input.Schema()) && scanOf(p.Input) != nil
	}
	s := scanOf(n)
	return s != nil && !plan.MayFail(key, n.Schema()) &&
		!slices.ContainsFunc(s.Pruned, func(p plan.Pruning) bool { return p.Key.String() == key.String() })
}

// scanOf is the scan that a node is, or filters.
func scanOf(n plan.Node) *plan.Scan {
	if f, ok := n.(*plan.Filter); ok {
		n = f.Input
	}
	s, _ := n.(*plan.Scan)
	return s
}

// keySource is a plan below n of projections and filters, one of them likely
// selective, over a leaf, whose rows have all values of a key; nil where there is
// none (Spark: extractSelectiveFilterOverScan).
func keySource(n plan.Node, key expr.Expr) (plan.Node, expr.Expr) {
	root, rootKey, found := n, key, false
	for {
		switch x := n.(type) {
		case *plan.Project:
			key, n = expr.Substitute(key, madeBy(x.Exprs)), x.Input
		case *plan.Filter:
			if expr.CallsUser(x.Where) {
				return nil, nil
			}
			found, n = found || drops(x.Where), x.Input
		case *plan.Join:
			switch {
			case names(key, x.Left.Schema()):
				n = x.Left
			case names(key, x.Right.Schema()):
				n = x.Right
			default:
				return nil, nil
			}
			root, rootKey, found = n, key, false
		case *plan.Scan, *plan.Cached:
			if !found || expr.CallsUser(rootKey) || plan.MayFail(rootKey, root.Schema()) {
				return nil, nil
			}
			return root, rootKey
		default:
			return nil, nil
		}
	}
}
