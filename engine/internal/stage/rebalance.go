package stage

import (
	"stagecoach/engine/config"
	"stagecoach/engine/internal/plan"
)

// SplitLarge divides the partitions above the advisory size of an exchange that
// is there to even sizes out, map task by map task, and joins the small ones
// between them (Spark: OptimizeSkewInRebalancePartitions). It returns nil when
// the stage reads anything else or no partition is so large.
func SplitLarge(reads []*plan.Exchange, sizes map[*plan.Exchange]Sizes, conf config.Config, slots int) map[*plan.Exchange][]Range {
	if !conf.Bool(config.AdaptiveEnabled) || len(reads) != 1 || !reads[0].Rebalances() {
		return nil
	}
	e := reads[0]
	advisory := conf.Int(config.AdvisoryPartitionSize)
	side := &skewSide{Sizes: sizes[e], size: sizes[e].Partitions, threshold: advisory, target: advisory, divisible: true}
	var out []Range
	found, plainFrom := false, 0
	none := make([]int64, len(side.size))
	target := targetSize(sum(side.size), conf, slots)
	for p := range side.size {
		if pieces := side.pieces(p); len(pieces) > 1 {
			out = append(out, coalesceBetween(side.size, none, plainFrom, p, target, conf)...)
			out = append(out, pieces...)
			found, plainFrom = true, p+1
		}
	}
	if !found {
		return nil
	}
	out = append(out, coalesceBetween(side.size, none, plainFrom, len(side.size), target, conf)...)
	return map[*plan.Exchange][]Range{e: out}
}
