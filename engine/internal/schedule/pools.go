package schedule

import (
	"cmp"
	"slices"

	"stagecoach/engine/config"
)

// A share is what fair scheduling knows of one that wants slots: a pool, or a
// stage within a pool.
type share struct {
	weight, minShare int
	running          int // tasks
}

// fairer is negative when a is to get the next slot rather than b. It is Spark's
// FairSchedulingAlgorithm: whoever is below his minimum comes first, the one
// with the smaller part of it before others; then whoever has least by weight.
func fairer(a, b share) int {
	needyA, needyB := a.running < a.minShare, b.running < b.minShare
	switch {
	case needyA && !needyB:
		return -1
	case needyB && !needyA:
		return 1
	case needyA:
		return cmp.Compare(float64(a.running)/float64(a.minShare), float64(b.running)/float64(b.minShare))
	}
	return cmp.Compare(float64(a.running)/float64(a.weight), float64(b.running)/float64(b.weight))
}

// pool is the pool of a query's tasks.
func (x *execution) pool() string {
	return cmp.Or(x.query.Config.Text(config.SchedulerPool), "default")
}

// inOrder lists the task sets in the order in which they are offered a slot.
// Where shares are equal the pool's name decides, and the earlier job before the
// later. Called with the lock.
func (c *Cluster) inOrder() []*taskSet {
	if !c.fair || len(c.sets) < 2 {
		return c.sets
	}
	pools := map[string]share{}
	for _, s := range c.sets {
		p, ok := pools[s.pool]
		if !ok {
			p.weight = int(c.conf.Int(config.PoolWeightPrefix + s.pool))
			p.minShare = int(c.conf.Int(config.PoolMinSharePrefix + s.pool))
		}
		p.running += s.running
		pools[s.pool] = p
	}
	list := slices.Clone(c.sets)
	slices.SortStableFunc(list, func(a, b *taskSet) int {
		if a.pool != b.pool {
			return cmp.Or(fairer(pools[a.pool], pools[b.pool]), cmp.Compare(a.pool, b.pool))
		}
		if c.conf.Text(config.PoolModePrefix+a.pool) == "FIFO" {
			return 0
		}
		return fairer(share{weight: 1, running: a.running}, share{weight: 1, running: b.running})
	})
	return list
}
