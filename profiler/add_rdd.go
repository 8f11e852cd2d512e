package profiler

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

// rddFold knows where the blocks of one cached dataset are.
type rddFold struct {
	rdd    *RDD
	blocks map[blockKey]blockSize
	copies map[int]int  // partition → executors that hold it
	gone   map[int]bool // partitions that were stored once and then were not
}

type blockKey struct {
	partition int
	executor  string
}

type blockSize struct{ memory, disk int64 }

// cacheRDDs enters the datasets of a submitted stage that are to be cached.
func (p *Profile) cacheRDDs(infos []event.RDDInfo) {
	for _, info := range infos {
		if !info.StorageLevel.Valid() || p.fold.rdds[info.ID] != nil {
			continue
		}
		if p.fold.rdds == nil {
			p.fold.rdds = map[int]*rddFold{}
		}
		r := &RDD{ID: info.ID, Name: info.Name, Level: info.StorageLevel, NumPartitions: info.NumPartitions}
		at, known := p.findRDD(info.ID)
		if known { // dropped, and now cached anew: its history goes on
			r = p.RDDs[at]
			r.Unpersisted = false
		} else {
			p.RDDs = slices.Insert(p.RDDs, at, r)
		}
		p.fold.rdds[info.ID] = &rddFold{r, map[blockKey]blockSize{}, map[int]int{}, map[int]bool{}}
	}
}

func (p *Profile) findRDD(id int) (int, bool) {
	return slices.BinarySearchFunc(p.RDDs, id, func(r *RDD, id int) int { return cmp.Compare(r.ID, id) })
}

// updateBlock moves one block. The event says where the block is now, so the
// change is against what was known of this executor's copy.
func (p *Profile) updateBlock(e event.BlockUpdated) {
	id, partition, ok := parseRDDBlock(e.BlockID)
	if !ok {
		return
	}
	p.BlocksLogged = true
	f := p.fold.rdds[id]
	if f == nil {
		return
	}
	f.place(blockKey{partition, e.ExecutorID}, blockSize{e.MemorySize, e.DiskSize}, p.fold.executors[e.ExecutorID], true)
}

// place sets the size of one copy. dropped tells an eviction from a loss.
func (f *rddFold) place(key blockKey, now blockSize, x *Executor, evicted bool) {
	r, was := f.rdd, f.blocks[key]
	r.MemorySize += now.memory - was.memory
	r.DiskSize += now.disk - was.disk
	r.PeakMemory, r.PeakDisk = max(r.PeakMemory, r.MemorySize), max(r.PeakDisk, r.DiskSize)
	if x != nil {
		x.MemoryUsed += now.memory - was.memory
		x.DiskUsed += now.disk - was.disk
	}
	if evicted && was.memory > 0 && now.memory == 0 {
		r.Evictions++
	}
	had, has := was != (blockSize{}), now != (blockSize{})
	switch {
	case has && !had:
		f.copies[key.partition]++
		if f.copies[key.partition] == 1 {
			r.Cached++
			if f.gone[key.partition] {
				r.Recomputed++
				delete(f.gone, key.partition)
			}
		}
	case had && !has:
		f.copies[key.partition]--
		if f.copies[key.partition] == 0 {
			r.Cached--
			f.gone[key.partition] = true
		}
	}
	if now == (blockSize{}) {
		delete(f.blocks, key)
	} else {
		f.blocks[key] = now
	}
}

// unpersist drops a dataset on purpose: that is no eviction.
func (p *Profile) unpersist(id int) {
	f := p.fold.rdds[id]
	if f == nil {
		return
	}
	for key := range f.blocks {
		f.place(key, blockSize{}, p.fold.executors[key.executor], false)
	}
	f.rdd.Unpersisted = true
	delete(p.fold.rdds, id)
}

// loseBlocks takes away what a removed executor held.
func (p *Profile) loseBlocks(x *Executor) {
	for _, f := range p.fold.rdds {
		for key := range f.blocks {
			if key.executor == x.ID {
				f.place(key, blockSize{}, x, false)
			}
		}
	}
}

// parseRDDBlock reads "rdd_<rdd>_<partition>".
func parseRDDBlock(id string) (rdd, partition int, ok bool) {
	rest, ok := strings.CutPrefix(id, "rdd_")
	a, b, cut := strings.Cut(rest, "_")
	if !ok || !cut {
		return 0, 0, false
	}
	rdd, err := strconv.Atoi(a)
	partition, err2 := strconv.Atoi(b)
	return rdd, partition, err == nil && err2 == nil
}
