package stage

import (
	"fmt"
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
	"stagecoach/engine/source"
)

// An Adaptation is a stage changed by the true sizes of what it reads.
type Adaptation struct {
	Root     plan.Node                  // what a task computes now
	Replaced map[plan.Node]plan.Node    // nodes of the plan that others stand for now
	Builds   []*plan.Exchange           // broadcasts that must be made first
	Ranges   map[*plan.Exchange][]Range // how exchanges are read
	Reasons  []string                   // a sentence for every change
}

// Adapt changes a stage whose inputs are there, in Spark's order: joins whose
// one side turned out empty or small, skewed partitions, small partitions, and
// reading where map tasks ran what need not move any more.
func Adapt(s *Stage, sizes map[*plan.Exchange]Sizes, conf config.Config, slots int) Adaptation {
	a := Adaptation{Root: s.Root, Replaced: map[plan.Node]plan.Node{}, Ranges: map[*plan.Exchange][]Range{}}
	a.Root = a.rejoinAll(s.Root, sizes, conf)
	reads := readsOf(a.Root)
	if split := SplitSkew(a.Root, sizes, conf, slots); split != nil && len(reads) == 2 {
		a.Ranges = split
		for _, e := range reads {
			for _, r := range split[e] {
				if r.MapTo > 0 {
					a.Reasons = append(a.Reasons, fmt.Sprintf("partition %d of %s (%d bytes) is skewed and is read in pieces", r.From, e.Detail(), sizes[e].Partitions[r.From]))
					break
				}
			}
		}
		return a
	}
	if split := SplitLarge(reads, sizes, conf, slots); split != nil {
		a.Ranges = split
		a.Reasons = append(a.Reasons, fmt.Sprintf("%d partitions of %s are read as %d, large ones in pieces", reads[0].N, reads[0].Detail(), len(split[reads[0]])))
		return a
	}
	if joined := Coalesce(reads, sizes, conf, slots); joined != nil {
		a.Ranges = joined
		a.Reasons = append(a.Reasons, fmt.Sprintf("%d small partitions are read as %d", reads[0].N, len(joined[reads[0]])))
	}
	a.readLocally(reads, sizes, conf)
	return a
}

// rejoinAll looks at every shuffled join of a stage, down to the exchanges it
// reads.
func (a *Adaptation) rejoinAll(n plan.Node, sizes map[*plan.Exchange]Sizes, conf config.Config) plan.Node {
	if _, ok := n.(*plan.Exchange); ok {
		return n
	}
	inputs := n.Inputs()
	changed, same := make([]plan.Node, len(inputs)), true
	for i, in := range inputs {
		changed[i] = a.rejoinAll(in, sizes, conf)
		same = same && changed[i] == in
	}
	now := n
	if !same {
		now = a.replace(n, n.With(changed))
	}
	switch x := now.(type) {
	case *plan.Join:
		if x.Shuffled() {
			if out := a.rejoin(x, sizes, conf); out != nil {
				return a.replace(n, out)
			}
		}
	case *plan.Aggregate:
		e, ok := x.Input.(*plan.Exchange)
		if ok && len(x.Keys) > 0 && x.Phase == plan.Final && sum(sizes[e].Partitions) == 0 {
			a.Reasons = append(a.Reasons, "the aggregation has no rows and gives no groups")
			return a.replace(n, plan.NewScan(source.Memory(x.Schema(), nil)))
		}
	}
	return now
}

// readsOf lists the exchanges that a stage's tasks read.
func readsOf(n plan.Node) []*plan.Exchange {
	var list []*plan.Exchange
	var visit func(plan.Node)
	visit = func(n plan.Node) {
		if e, ok := n.(*plan.Exchange); ok {
			if e.Kind != plan.Broadcast {
				list = append(list, e)
			}
			return
		}
		for _, in := range n.Inputs() {
			visit(in)
		}
	}
	visit(n)
	return list
}

// rejoin is a shuffled join done in another way, now that the sizes of its sides
// are known; nil leaves it (Spark: AQEPropagateEmptyRelation,
// DynamicJoinSelection).
func (a *Adaptation) rejoin(j *plan.Join, sizes map[*plan.Exchange]Sizes, conf config.Config) plan.Node {
	left, right := exchangeBelow(j.Left), exchangeBelow(j.Right)
	if left == nil || right == nil {
		return nil
	}
	l, r := sum(sizes[left].Partitions), sum(sizes[right].Partitions)
	if (l == 0 && (j.Type == plan.Inner || j.Type == plan.LeftOuter || j.Type >= plan.LeftSemi)) ||
		(r == 0 && (j.Type == plan.Inner || j.Type == plan.RightOuter || j.Type == plan.LeftSemi)) {
		a.Reasons = append(a.Reasons, fmt.Sprintf("the %s join has an empty side and gives no rows", j.Type))
		return plan.NewScan(source.Memory(j.Schema(), nil))
	}
	threshold := conf.Int(config.BroadcastThreshold)
	if conf.Text(config.AdaptiveBroadcast) != "" {
		threshold = conf.Int(config.AdaptiveBroadcast)
	}
	few := conf.Float(config.NonEmptyRatio)
	canLeft := (j.Type == plan.Inner || j.Type == plan.RightOuter) && l <= threshold && filled(sizes[left].Partitions) >= few
	canRight := j.Type != plan.RightOuter && j.Type != plan.FullOuter && r <= threshold && filled(sizes[right].Partitions) >= few
	switch {
	case j.Hinted:
		return nil
	case !canLeft && !canRight:
		return a.hashInstead(j, left, right, sizes, conf)
	}
	c := *j
	c.Strategy, c.BuildLeft = plan.BroadcastHash, canLeft && (!canRight || l < r)
	build, keys, bytes := right, j.RightKeys, r
	if c.BuildLeft {
		build, keys, bytes = left, j.LeftKeys, l
	}
	b := &plan.Exchange{Input: build, Kind: plan.Broadcast, Keys: keys}
	a.Builds = append(a.Builds, b)
	a.Reasons = append(a.Reasons, fmt.Sprintf("a side of the %s join is %d bytes, not above %d, and is broadcast", j.Name(), bytes, threshold))
	if c.BuildLeft {
		return c.With([]plan.Node{b, right})
	}
	return c.With([]plan.Node{left, b})
}

// hashInstead makes a sort-merge join one that builds a hash table from a side of
// which every partition is small enough; of two the smaller.
func (a *Adaptation) hashInstead(j *plan.Join, left, right *plan.Exchange, sizes map[*plan.Exchange]Sizes, conf config.Config) plan.Node {
	limit := conf.Int(config.AdaptiveHashJoin)
	small := func(e *plan.Exchange) bool { return slices.Max(sizes[e].Partitions) <= limit }
	l, r := small(left), small(right)
	if j.Strategy != plan.SortMerge || limit < conf.Int(config.AdvisoryPartitionSize) || !l && !r {
		return nil
	}
	c := *j
	c.Strategy, c.BuildLeft = plan.ShuffledHash, l && (!r || sum(sizes[left].Partitions) < sum(sizes[right].Partitions))
	a.Reasons = append(a.Reasons, fmt.Sprintf("no partition of a side of the %s join is above %d bytes, and it builds hash tables instead of sorting", j.Name(), limit))
	return c.With([]plan.Node{left, right})
}

func (a *Adaptation) replace(old, new plan.Node) plan.Node {
	a.Replaced[old] = new
	return new
}

// filled is the share of partitions that have rows.
func filled(sizes []int64) float64 {
	n := 0
	for _, s := range sizes {
		if s > 0 {
			n++
		}
	}
	return float64(n) / float64(max(len(sizes), 1))
}

// readLocally lets rows that were spread for a shuffled join be read map task by
// map task, where they lie, if nobody above relies on how they were spread: those
// beside a broadcast, and those that go into one (Spark:
// OptimizeShuffleWithLocalRead).
func (a *Adaptation) readLocally(reads []*plan.Exchange, sizes map[*plan.Exchange]Sizes, conf config.Config) {
	if len(reads) != 1 || !conf.Bool(config.LocalShuffleReader) {
		return
	}
	e := reads[0]
	if e.Kind == plan.SinglePartition || e.Origin != plan.EnsureRequirements && e.Origin != plan.RebalanceByNone {
		return
	}
	if a.Root != plan.Node(e) {
		j := loneJoin(a.Root)
		if len(a.Builds) != 1 || j == nil || j.Strategy != plan.BroadcastHash || j.Left != plan.Node(e) && j.Right != plan.Node(e) {
			return
		}
	}
	maps, wanted := len(sizes[e].Maps(0)), e.N
	if have, ok := a.Ranges[e]; ok {
		wanted = len(have)
	}
	var ranges []Range
	if wanted >= maps {
		for m := range maps {
			for _, r := range divide(e.N, wanted/max(maps, 1)) {
				ranges = append(ranges, Range{From: r[0], To: r[1], MapFrom: m, MapTo: m + 1})
			}
		}
	} else {
		for _, m := range divide(maps, wanted) {
			ranges = append(ranges, Range{From: 0, To: e.N, MapFrom: m[0], MapTo: m[1]})
		}
	}
	if len(ranges) > 0 {
		a.Ranges[e] = ranges
		a.Reasons = append(a.Reasons, fmt.Sprintf("%s is read by map task, where its rows lie", e.Detail()))
	}
}

// divide cuts [0, n) into parts of about equal length.
func divide(n, parts int) [][2]int {
	parts = max(min(parts, n), 1)
	out := make([][2]int, parts)
	for i := range out {
		out[i] = [2]int{i * n / parts, (i + 1) * n / parts}
	}
	return out
}
