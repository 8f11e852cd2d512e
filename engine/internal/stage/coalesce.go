package stage

import (
	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// Coalesce joins small neighbouring partitions of the exchanges that a stage
// reads together, by Spark's formula (ShufflePartitionsUtil.coalescePartitions):
//
//	target = max(min(max(ceil(total/minPartitions), 16), advisory), minSize)
//	walk the partitions; when adding the next would exceed target, close the
//	current one if it has minSize, else give it to its smaller neighbour
//
// minPartitions is the number of slots while parallelismFirst is set, else 1.
// It returns nil when nothing changes: coalescing is off, an exchange has a
// number of partitions that the user asked for, or the exchanges differ in it.
func Coalesce(reads []*plan.Exchange, sizes map[*plan.Exchange]Sizes, conf config.Config, slots int) map[*plan.Exchange][]Range {
	if !conf.Bool(config.AdaptiveEnabled) || !conf.Bool(config.CoalesceEnabled) || len(reads) == 0 {
		return nil
	}
	n := reads[0].N
	total := make([]int64, n)
	var sum int64
	for _, x := range reads {
		if x.N != n || x.Origin == plan.RepartitionByNum {
			return nil
		}
		for p, b := range sizes[x].Partitions {
			total[p] += b
			sum += b
		}
	}
	ranges := coalesce(total, targetSize(sum, conf, slots), conf.Int(config.CoalesceMinSize))
	if len(ranges) == n {
		return nil
	}
	out := map[*plan.Exchange][]Range{}
	for _, x := range reads {
		out[x] = ranges
	}
	return out
}

// targetSize is how large coalesced partitions of sum bytes are to be.
func targetSize(sum int64, conf config.Config, slots int) int64 {
	least := int64(1)
	if conf.Bool(config.CoalesceParallelismFirst) {
		least = int64(slots)
	}
	return max(min(max((sum+least-1)/least, 16), conf.Int(config.AdvisoryPartitionSize)), conf.Int(config.CoalesceMinSize))
}

func coalesce(sizes []int64, target, minSize int64) []Range {
	var ranges []Range
	var bytes []int64
	add := func(from, to int, size int64) {
		if size > 0 {
			ranges = append(ranges, Range{From: from, To: to})
			bytes = append(bytes, size)
		}
	}
	from, current := 0, int64(0)
	for p, next := range sizes {
		if p > from && current+next > target {
			if current < minSize && len(ranges) > 0 && bytes[len(bytes)-1] < next {
				// The closed neighbour is the smaller one: it takes this partition.
				ranges[len(ranges)-1].To = p
				bytes[len(bytes)-1] += current
				from, current = p, 0
			} else if current >= minSize {
				add(from, p, current)
				from, current = p, 0
			}
		}
		current += next
	}
	if current > 0 && current < minSize && len(ranges) > 0 {
		ranges[len(ranges)-1].To = len(sizes)
	} else {
		add(from, len(sizes), current)
	}
	if len(ranges) == 0 {
		// Nothing was written at all: one task finds that out.
		ranges = []Range{{To: len(sizes)}}
	}
	return ranges
}
