package schedule

import (
	"stagecoach/engine/event"
	"stagecoach/engine/internal/block"
)

// cachedOn returns an executor that holds a block, or "".
func (c *Cluster) cachedOn(id block.ID) string {
	for _, e := range c.living() {
		if e.Blocks.Has(id) {
			return e.ID
		}
	}
	return ""
}

// peers lists the stores of the executors other than self, in the order in which
// they are asked to keep copies of a block: another first one for each block, so
// that copies spread (Spark: RandomBlockReplicationPolicy).
func (c *Cluster) peers(self string, id block.ID) []*block.Store {
	var all []*block.Store
	for _, e := range c.living() {
		if e.ID != self {
			all = append(all, e.Blocks)
		}
	}
	if len(all) == 0 {
		return nil
	}
	first := (id.RDD + id.Partition) % len(all)
	return append(all[first:len(all):len(all)], all[:first]...)
}

// blockMoved tells where a block is now. Of one that is dropped on purpose the
// event is UnpersistRDD, and none of its own, as in Spark.
func (c *Cluster) blockMoved(e *Executor, u block.Update) {
	e.keep(u)
	if u.Dropped {
		return
	}
	level := event.StorageLevel{}
	if u.DiskSize > 0 || u.InMemory {
		level = storageLevel(u.Level)
		level.UseMemory, level.UseDisk = u.InMemory, u.DiskSize > 0
		level.Deserialized = level.Deserialized && u.InMemory
	}
	c.emit(event.BlockUpdated{ExecutorID: e.ID, Host: e.Host, Port: e.port, BlockID: u.ID.String(),
		Level: level, MemorySize: u.MemorySize, DiskSize: u.DiskSize})
}

// storageLevel is a level as events tell it.
func storageLevel(l block.Level) event.StorageLevel {
	return event.StorageLevel{UseDisk: l.Disk, UseMemory: l.Memory, UseOffHeap: l.OffHeap, Deserialized: l.Memory && !l.Serialized, Replication: max(l.Replicas, 1)}
}
