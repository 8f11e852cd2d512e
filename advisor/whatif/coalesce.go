package whatif

import (
	"slices"

	"stagecoach/engine/config"
)

// CoalesceTarget is the partition size at which Spark's adaptive execution
// aims (ShufflePartitionsUtil.coalescePartitions):
//
//	max(min(max(ceil(total/least), 16), advisory), minSize)
//
// where least is the number of partitions that must remain, which is the
// number of cores under parallelismFirst and 1 otherwise.
func CoalesceTarget(total int64, least int, advisory, minSize int64) int64 {
	share := max((total+int64(least)-1)/int64(max(1, least)), 16)
	return max(min(share, advisory), minSize)
}

// Coalesce joins neighbouring partitions as Spark's adaptive execution does
// and returns ranges [from, to) of partition numbers. A partition closes when
// the next one would carry it beyond the target; one below minSize is packed
// with the smaller of its neighbours; empty ranges vanish; a small rest joins
// the last partition.
func Coalesce(sizes []int64, target, minSize int64) [][2]int {
	var out [][2]int
	from := 0
	var size, before int64
	for i, next := range sizes {
		switch {
		case i == from || size+next <= target:
			size += next
		case size >= minSize:
			if size > 0 {
				out, before = append(out, [2]int{from, i}), size
			}
			from, size = i, next
		case len(out) > 0 && before < next:
			out[len(out)-1][1] = i
			before += size
			from, size = i, next
		default:
			size += next
		}
	}
	switch {
	case len(sizes) == 0:
	case size < minSize && len(out) > 0:
		out[len(out)-1][1] = len(sizes)
	case size > 0 || len(out) == 0:
		out = append(out, [2]int{from, len(sizes)})
	}
	return out
}

// coalesce applies adaptive coalescing to a stage by the configuration.
func (m *Model) coalesce(i int) {
	s := &m.Stages[i]
	n := 0
	for k := range s.Tasks.Len() {
		n = max(n, s.Tasks.Index(k)+1)
	}
	sizes, members := make([]int64, n), make([][]int, n)
	var total int64
	for k := range s.Tasks.Len() {
		at, bytes := s.Tasks.Index(k), s.Tasks.Shuffled(k)
		sizes[at] += bytes
		members[at] = append(members[at], k)
		total += bytes
	}
	c := m.Config
	least := 1
	if c.Bool(config.CoalesceParallelismFirst) {
		least = max(1, m.peak())
	}
	minSize := c.Int(config.CoalesceMinSize)
	ranges := Coalesce(sizes, CoalesceTarget(total, least, c.Int(config.AdvisoryPartitionSize), minSize), minSize)
	if len(ranges) >= s.Tasks.Len() {
		return
	}
	groups := make([][]int, len(ranges))
	for g, r := range ranges {
		groups[g] = slices.Concat(members[r[0]:r[1]]...)
	}
	f := m.floor(i)
	if m.Embedded() {
		f.compute = 0 // as many blocks are opened as before
	}
	m.merge(i, groups, f)
	m.Assume("adaptive execution coalesces by the measured shuffle bytes, by Spark's formula")
}

// partitioned says of each stage whether its tasks are the partitions that
// spark.sql.shuffle.partitions asked for, and whether adaptive execution has
// already joined some. A session may have changed the parameters for a query.
func (b *builder) partitioned() {
	configs := map[int64]map[string]string{}
	for _, e := range b.m.Profile.Executions {
		configs[e.ID] = e.Configs
	}
	for i := range b.m.Stages {
		s := &b.m.Stages[i]
		if !s.shuffled() || s.Partitions < 2 {
			continue
		}
		c := b.m.Config
		own := configs[b.source[i].ExecutionID]
		for _, k := range []string{config.ShufflePartitions, config.AdaptiveEnabled, config.CoalesceEnabled} {
			if v, ok := own[k]; ok {
				if next, err := c.With(k, v); err == nil {
					c = next
				}
			}
		}
		want := c.Int(config.ShufflePartitions)
		adaptive := c.Bool(config.AdaptiveEnabled) && c.Bool(config.CoalesceEnabled)
		s.coalesced = adaptive && int64(s.Partitions) < want
		s.configured = int64(s.Partitions) == want || s.coalesced
	}
}

// ConfiguredPartitions lists the ids of stages whose tasks are the partitions
// that spark.sql.shuffle.partitions asked for, adaptive execution having
// joined none.
func (m *Model) ConfiguredPartitions() (ids []int) {
	for i := range m.Stages {
		if s := &m.Stages[i]; s.configured && !s.coalesced {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// repartition gives every stage that obeys spark.sql.shuffle.partitions the
// number in force, and coalesces where adaptive execution is newly on: what it
// left alone in the run, it had a reason to leave.
func (m *Model) repartition(was config.Config) {
	n := int(m.Config.Int(config.ShufflePartitions))
	countChanged := was.Int(config.ShufflePartitions) != int64(n)
	on := func(c config.Config) bool { return c.Bool(config.AdaptiveEnabled) && c.Bool(config.CoalesceEnabled) }
	adaptive := on(m.Config) && !on(was)
	for i := range m.Stages {
		if s := &m.Stages[i]; !s.configured || s.coalesced || s.Tasks.Len() == 0 {
			continue
		}
		if countChanged {
			m.recut(i, n)
		}
		if adaptive {
			m.coalesce(i)
		}
	}
}
