package whatif

import (
	"fmt"
	"slices"
	"strings"

	"stagecoach/engine/config"
)

// A lever is a group of parameters and how the model answers to them.
type lever struct {
	keys  []string // a key ending in '*' names a family
	apply func(m *Model, was config.Config, mine []config.Change)
}

// levers are pulled in this order: slots bound everything that follows;
// caching and broadcasting remove work before what is left is cut anew; memory and
// dynamic allocation see the final partitions.
var levers = []lever{
	{[]string{config.Master, "spark.executor.instances", "spark.executor.cores"}, func(m *Model, _ config.Config, mine []config.Change) {
		m.resize(mine)
	}},
	{[]string{config.StorageLevelPrefix + "*"}, func(m *Model, _ config.Config, mine []config.Change) {
		for _, c := range mine {
			m.cacheNamed(strings.TrimPrefix(c.Key, config.StorageLevelPrefix), c.To)
		}
	}},
	{[]string{config.BroadcastThreshold, config.AdaptiveBroadcast}, func(m *Model, was config.Config, _ []config.Change) {
		m.broadcast(was)
	}},
	{[]string{config.ShufflePartitions, config.AdaptiveEnabled, config.CoalesceEnabled, config.CoalesceParallelismFirst,
		config.CoalesceMinSize, config.AdvisoryPartitionSize}, func(m *Model, was config.Config, _ []config.Change) {
		m.repartition(was)
	}},
	{[]string{skewEnabled, skewBytes}, func(m *Model, _ config.Config, mine []config.Change) {
		m.skewJoin(mine)
	}},
	{[]string{config.MaxPartitionBytes, config.OpenCost}, func(m *Model, was config.Config, _ []config.Change) {
		m.rescan(was)
	}},
	{[]string{config.Speculation, config.SpeculationMultiplier, config.SpeculationQuantile, config.SpeculationMinRuntime}, func(m *Model, was config.Config, _ []config.Change) {
		m.speculate(was)
	}},
	{[]string{config.LocalityWait}, func(m *Model, was config.Config, _ []config.Change) {
		m.wait(was)
	}},
	{[]string{config.ParquetFilterPushdown}, func(m *Model, _ config.Config, _ []config.Change) {
		m.pushdown(m.Config.Bool(config.ParquetFilterPushdown))
	}},
	{[]string{config.ExecutorMemory, config.MemoryFraction, "spark.driver.memory"}, func(m *Model, was config.Config, mine []config.Change) {
		m.remember(mine, was)
	}},
	{[]string{config.Allocation, config.AllocationMin, config.AllocationMax, config.AllocationInitial, config.AllocationRatio, config.AllocationBacklog,
		config.AllocationSustained, config.AllocationIdle}, func(m *Model, was config.Config, _ []config.Change) {
		m.allocate(was)
	}},
}

func (l lever) takes(key string) bool {
	return slices.ContainsFunc(l.keys, func(k string) bool {
		if family, ok := strings.CutSuffix(k, "*"); ok {
			return strings.HasPrefix(key, family)
		}
		return k == key
	})
}

// Modelled reports whether a change of the parameter can be predicted.
func Modelled(key string) bool {
	return slices.ContainsFunc(levers, func(l lever) bool { return l.takes(key) })
}

// Changes is the edit that a set of parameter changes amounts to. It refuses
// when none of them is modelled, and says which are left out when some are
// not. A change to the value already in force does nothing.
func Changes(changes ...config.Change) Edit {
	return func(m *Model) {
		was := m.Config
		var known []config.Change
		for _, c := range changes {
			if !Modelled(c.Key) {
				m.Assume(fmt.Sprintf("%s is not modelled and counts as no change", c.Key))
				continue
			}
			if _, listed := config.Lookup(c.Key); listed {
				next, err := m.Config.With(c.Key, c.To)
				if err != nil {
					m.Refuse(err.Error())
					return
				}
				if next.Text(c.Key) == was.Text(c.Key) {
					continue
				}
				m.Config = next
			}
			known = append(known, c)
		}
		if len(known) == 0 && len(changes) > 0 && !slices.ContainsFunc(changes, func(c config.Change) bool { return Modelled(c.Key) }) {
			m.Refuse("no model for " + changes[0].Key + "; run a trial to learn what it does")
			return
		}
		for _, l := range levers {
			var mine []config.Change
			for _, c := range known {
				if l.takes(c.Key) {
					mine = append(mine, c)
				}
			}
			if len(mine) > 0 {
				l.apply(m, was, mine)
			}
		}
	}
}
