package stage

import (
	"slices"

	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// Sizes is what the map tasks of one exchange wrote: bytes by partition, and by
// map task within a partition.
type Sizes struct {
	Partitions []int64
	Maps       func(partition int) []int64
}

// SplitSkew divides the partitions of a shuffled join that are much larger than
// the others, by Spark's rule (OptimizeSkewedJoin):
//
//	skewed    size > max(skewedPartitionThresholdInBytes, skewedPartitionFactor · median)
//	target    max(advisoryPartitionSizeInBytes, mean of the others)
//	pieces    map tasks in order, as many as the target takes; a last piece
//	          below a fifth of the target joins the one before
//
// A side is divided only if its rows may be matched piece by piece: not the
// right one of a left outer join, for instance. The other side's partition is
// read once for every piece. Partitions between skewed ones are joined as
// Coalesce does. It returns the ranges that both exchanges are read in, nil when
// nothing is skewed or the stage is not of that shape: one join, right above its
// exchanges, with nothing above it that relies on where rows are.
func SplitSkew(root plan.Node, sizes map[*plan.Exchange]Sizes, conf config.Config, slots int) map[*plan.Exchange][]Range {
	if !conf.Bool(config.AdaptiveEnabled) || !conf.Bool(config.SkewJoinEnabled) {
		return nil
	}
	j := loneJoin(root)
	if j == nil || !j.Shuffled() {
		return nil
	}
	left, right := exchangeBelow(j.Left), exchangeBelow(j.Right)
	if left == nil || right == nil || left == right || left.N != right.N || left.Origin != plan.EnsureRequirements || right.Origin != plan.EnsureRequirements {
		return nil
	}
	l := newSkewSide(sizes[left], conf, j.Type == plan.Inner || j.Type == plan.LeftOuter || j.Type == plan.LeftSemi || j.Type == plan.LeftAnti || j.Type == plan.Existence)
	r := newSkewSide(sizes[right], conf, j.Type == plan.Inner || j.Type == plan.RightOuter)
	var out [2][]Range
	found := false
	plainFrom := 0 // partitions from here on are not skewed
	target := targetSize(sum(l.size)+sum(r.size), conf, slots)
	flush := func(to int) {
		for _, x := range coalesceBetween(l.size, r.size, plainFrom, to, target, conf) {
			out[0], out[1] = append(out[0], x), append(out[1], x)
		}
	}
	for p := range l.size {
		lp, rp := l.pieces(p), r.pieces(p)
		if len(lp) == 1 && len(rp) == 1 {
			continue
		}
		found = true
		flush(p)
		plainFrom = p + 1
		for _, a := range lp {
			for _, b := range rp {
				out[0], out[1] = append(out[0], a), append(out[1], b)
			}
		}
	}
	if !found {
		return nil
	}
	flush(len(l.size))
	return map[*plan.Exchange][]Range{left: out[0], right: out[1]}
}

// loneJoin is the first join of a stage, if all above it takes rows as they
// come.
func loneJoin(n plan.Node) *plan.Join {
	for {
		switch x := n.(type) {
		case *plan.Join:
			return x
		case *plan.Filter, *plan.Project, *plan.Expand, *plan.Generate, *plan.Named:
			n = n.Inputs()[0]
		case *plan.Aggregate:
			if x.Phase != plan.Partial {
				return nil
			}
			n = x.Input
		case *plan.Limit:
			if !x.Local {
				return nil
			}
			n = x.Input
		default:
			return nil
		}
	}
}

// exchangeBelow is the exchange that a join's side reads, below its sort.
func exchangeBelow(n plan.Node) *plan.Exchange {
	if s, ok := n.(*plan.Sort); ok {
		n = s.Input
	}
	e, ok := n.(*plan.Exchange)
	if !ok || e.Kind != plan.HashPartitioning {
		return nil
	}
	return e
}

// A skewSide is one side of a join with its limits.
type skewSide struct {
	Sizes
	size      []int64
	threshold int64
	target    int64
	divisible bool
}

func newSkewSide(s Sizes, conf config.Config, divisible bool) *skewSide {
	x := &skewSide{Sizes: s, size: s.Partitions, divisible: divisible}
	sorted := slices.Sorted(slices.Values(s.Partitions))
	median := int64(1)
	if n := len(sorted); n > 0 {
		median = sorted[n/2]
		if n%2 == 0 {
			median = (sorted[n/2-1] + sorted[n/2]) / 2
		}
	}
	median = max(median, 1)
	x.threshold = max(conf.Int(config.SkewThreshold), int64(float64(median)*conf.Float(config.SkewFactor)))
	var rest, n int64
	for _, v := range s.Partitions {
		if v <= x.threshold {
			rest, n = rest+v, n+1
		}
	}
	x.target = conf.Int(config.AdvisoryPartitionSize)
	if n > 0 {
		x.target = max(x.target, rest/n)
	}
	return x
}

// smallPiece is the part of the target below which a piece joins a neighbour
// (ShufflePartitionsUtil.SMALL_PARTITION_FACTOR).
const smallPiece = 0.2

// mergedPiece is how far beyond the target joining may go
// (ShufflePartitionsUtil.MERGED_PARTITION_FACTOR).
const mergedPiece = 1.2

// pieces are the parts in which a partition is read; one when it is not skewed.
func (x *skewSide) pieces(p int) []Range {
	whole := []Range{{From: p, To: p + 1}}
	if !x.divisible || x.size[p] <= x.threshold {
		return whole
	}
	var starts []int
	current, last := int64(0), int64(-1)
	starts = append(starts, 0)
	maps := x.Maps(p)
	for m, size := range maps {
		if m > 0 && current+size > x.target {
			starts, last = closePiece(starts, last, current, x.target)
			starts = append(starts, m)
			current = 0
		}
		current += size
	}
	starts, _ = closePiece(starts, last, current, x.target)
	if len(starts) < 2 {
		return whole
	}
	out := make([]Range, len(starts))
	for i, m := range starts {
		out[i] = Range{From: p, To: p + 1, MapFrom: m, MapTo: len(maps)}
		if i > 0 {
			out[i-1].MapTo = m
		}
	}
	return out
}

// closePiece ends the current piece: a small one, or one after a small one,
// joins the piece before.
func closePiece(starts []int, last, current, target int64) ([]int, int64) {
	merge := last >= 0 && (float64(last+current) < float64(target)*mergedPiece ||
		float64(last) < float64(target)*smallPiece || float64(current) < float64(target)*smallPiece)
	if merge {
		return starts[:len(starts)-1], last + current
	}
	return starts, current
}

func sum(sizes []int64) int64 {
	var n int64
	for _, v := range sizes {
		n += v
	}
	return n
}

// coalesceBetween joins small partitions of a run of plain ones.
func coalesceBetween(left, right []int64, from, to int, target int64, conf config.Config) []Range {
	if from >= to {
		return nil
	}
	total := make([]int64, to-from)
	for p := range total {
		total[p] = left[from+p] + right[from+p]
	}
	var ranges []Range
	if conf.Bool(config.CoalesceEnabled) {
		ranges = coalesce(total, target, conf.Int(config.CoalesceMinSize))
	} else {
		for p := range total {
			ranges = append(ranges, Range{From: p, To: p + 1})
		}
	}
	for i := range ranges {
		ranges[i].From += from
		ranges[i].To += from
	}
	return ranges
}
