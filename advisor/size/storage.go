package size

import "stagecoach/engine/metric"

// A Level is a row of the storage-level matrix.
type Level struct {
	When  string `json:"when"`
	Level string `json:"level"`
	Why   string `json:"why"`
	Here  bool   `json:"here"` // the row for the datasets that were named with --cached, or that the run cached
}

// store fills the matrix and marks the row that holds for this job.
func (p *Plan) store() {
	cached := p.need.Cached
	if cached == 0 && p.run != nil {
		cached = int64(float64(p.run.Cached) * p.scale())
	}
	room := int64(float64(p.Executors) * float64(p.Heap-reserved) * p.fraction * 0.5)
	fits, fitsPacked := cached <= room, cached/3 <= room
	busy := p.run != nil && p.run.GC > 0.10
	p.Storage = []Level{
		{"it is read once", "NONE", "caching writes what nobody reads", cached == 0},
		{"it fits storage memory, " + metric.FormatBytes(room), "MEMORY_AND_DISK", "the default of DataFrames; MEMORY_ONLY for RDDs that are cheap to make again", cached > 0 && fits && !busy},
		{"it fits only packed (a half to a quarter)", "MEMORY_ONLY_SER", "with Kryo for RDDs; rows of DataFrames are packed already", cached > 0 && !fits && fitsPacked && !busy},
		{"it does not fit, and making it again takes over three times as long as reading it from disk", "MEMORY_AND_DISK_SER", "what does not fit is read back", cached > 0 && !fits && !fitsPacked && !busy},
		{"it does not fit, and making it again is as fast as reading it", "NONE", "Spark's guide: recomputing can be as fast as reading from disk", false},
		{"collections take over 10 % of the task time because of it", "OFF_HEAP", "out of the collector's sight; wants spark.memory.offHeap.size", cached > 0 && busy},
		{"it serves queries that cannot wait, on nodes that come and go", "MEMORY_AND_DISK_2", "a second copy costs twice the memory", false},
		{"it is the end of a lineage of over 50 stages", "checkpoint", "cuts the lineage: a lost block does not run the job again", false},
	}
	if cached > room {
		p.assume("what is cached, %s, is more than the %s of storage memory: %d executors would hold it",
			metric.FormatBytes(cached), metric.FormatBytes(room), p.Executors*int(ceil(cached, max(1, room))))
	}
}
