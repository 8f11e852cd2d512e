package sparkrest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
)

// RDDStorageInfo is a dataset that was marked to be cached. Without block
// updates in the log nothing of it is known to be stored.
type RDDStorageInfo struct {
	ID                  int                   `json:"id"`
	Name                string                `json:"name"`
	NumPartitions       int                   `json:"numPartitions"`
	NumCachedPartitions int                   `json:"numCachedPartitions"`
	StorageLevel        string                `json:"storageLevel"`
	MemoryUsed          int64                 `json:"memoryUsed"`
	DiskUsed            int64                 `json:"diskUsed"`
	DataDistribution    []RDDDataDistribution `json:"dataDistribution,omitempty"`
	Partitions          []RDDPartitionInfo    `json:"partitions"`
}

// RDDDataDistribution is what one executor stores of a dataset, in bytes.
type RDDDataDistribution struct {
	Address                string `json:"address"`
	MemoryUsed             int64  `json:"memoryUsed"`
	MemoryRemaining        int64  `json:"memoryRemaining"`
	DiskUsed               int64  `json:"diskUsed"`
	OnHeapMemoryUsed       *int64 `json:"onHeapMemoryUsed,omitempty"`
	OffHeapMemoryUsed      *int64 `json:"offHeapMemoryUsed,omitempty"`
	OnHeapMemoryRemaining  *int64 `json:"onHeapMemoryRemaining,omitempty"`
	OffHeapMemoryRemaining *int64 `json:"offHeapMemoryRemaining,omitempty"`
}

// RDDPartitionInfo is a stored partition.
type RDDPartitionInfo struct {
	BlockName    string   `json:"blockName"`
	StorageLevel string   `json:"storageLevel"`
	MemoryUsed   int64    `json:"memoryUsed"`
	DiskUsed     int64    `json:"diskUsed"`
	Executors    []string `json:"executors"`
}

// storage knows where blocks are: of datasets by id, and others under -1.
type storage map[int]*dataset

type dataset struct {
	name       string
	partitions int
	level      event.StorageLevel
	blocks     map[blockAt]block
}

type blockAt struct{ name, executor string }

type block struct {
	memory, disk int64
	level        event.StorageLevel
}

const otherBlocks = -1

func (s storage) submitted(rdds []event.RDDInfo) {
	for _, r := range rdds {
		if r.StorageLevel.Valid() && s[r.ID] == nil {
			s[r.ID] = &dataset{name: r.Name, partitions: r.NumPartitions, level: r.StorageLevel, blocks: map[blockAt]block{}}
		}
	}
}

// update moves a block of a dataset or a broadcast; the event says where it is now.
func (s storage) update(e event.BlockUpdated, x *executorDetail) {
	id := otherBlocks
	if rest, ok := strings.CutPrefix(e.BlockID, "rdd_"); ok {
		number, _, _ := strings.Cut(rest, "_")
		id, _ = strconv.Atoi(number)
	} else if !strings.HasPrefix(e.BlockID, "broadcast_") {
		return
	}
	if id == otherBlocks && s[id] == nil {
		s[id] = &dataset{blocks: map[blockAt]block{}}
	}
	if d := s[id]; d != nil {
		d.place(blockAt{e.BlockID, e.ExecutorID}, block{e.MemorySize, e.DiskSize, e.Level}, x, id != otherBlocks)
	}
}

func (d *dataset) place(at blockAt, now block, x *executorDetail, counts bool) {
	was, had := d.blocks[at]
	x.memory += now.memory - was.memory
	x.disk += now.disk - was.disk
	used := &x.usedOnHeap
	if now.level.UseOffHeap || was.level.UseOffHeap {
		used = &x.usedOffHeap
	}
	*used = max(0, *used+now.memory-was.memory)
	if now.level.Valid() {
		d.blocks[at] = now
	} else {
		delete(d.blocks, at)
	}
	switch {
	case counts && now.level.Valid() && !had:
		x.blocks++
	case counts && had && !now.level.Valid():
		x.blocks--
	}
}

func (s storage) unpersist(id int, of *Details) {
	d := s[id]
	if d == nil {
		return
	}
	for at := range d.blocks {
		d.place(at, block{}, of.executor(at.executor), true)
	}
	delete(s, id)
}

// lose forgets what an executor held that is gone.
func (s storage) lose(executor string) {
	for _, d := range s {
		maps.DeleteFunc(d.blocks, func(at blockAt, _ block) bool { return at.executor == executor })
	}
}

// rdds lists the datasets of which something is stored.
func (v *View) rdds() []RDDStorageInfo {
	out := []RDDStorageInfo{}
	for _, id := range slices.Sorted(maps.Keys(v.Details.storage)) {
		if info, ok := v.rdd(id); ok && info.NumCachedPartitions > 0 {
			out = append(out, info)
		}
	}
	return out
}

func (v *View) rdd(id int) (RDDStorageInfo, bool) {
	d := v.Details.storage[id]
	if d == nil || id == otherBlocks {
		return RDDStorageInfo{}, false
	}
	info := RDDStorageInfo{ID: id, Name: d.name, NumPartitions: d.partitions, StorageLevel: levelText(d.level), Partitions: []RDDPartitionInfo{}}
	parts, perExecutor := map[string]*RDDPartitionInfo{}, map[string]*block{}
	levels := map[string]event.StorageLevel{}
	for at, b := range d.blocks {
		info.MemoryUsed += b.memory
		info.DiskUsed += b.disk
		p := parts[at.name]
		if p == nil {
			p = &RDDPartitionInfo{BlockName: at.name}
			parts[at.name] = p
		}
		p.MemoryUsed += b.memory
		p.DiskUsed += b.disk
		p.Executors = append(p.Executors, at.executor)
		levels[at.name] = b.level
		x := perExecutor[at.executor]
		if x == nil {
			x = &block{level: b.level}
			perExecutor[at.executor] = x
		}
		x.memory += b.memory
		x.disk += b.disk
	}
	for name, p := range parts {
		slices.Sort(p.Executors)
		actual := levels[name]
		actual.UseDisk, actual.UseMemory, actual.Replication = p.DiskUsed > 0, p.MemoryUsed > 0, len(p.Executors)
		p.StorageLevel = levelText(actual)
		info.Partitions = append(info.Partitions, *p)
	}
	slices.SortFunc(info.Partitions, func(a, b RDDPartitionInfo) int {
		return cmp.Compare(partitionOf(a.BlockName), partitionOf(b.BlockName))
	})
	info.NumCachedPartitions = len(info.Partitions)
	for _, id := range slices.Sorted(maps.Keys(perExecutor)) {
		info.DataDistribution = append(info.DataDistribution, v.distribution(id, perExecutor[id]))
	}
	return info, true
}

func (v *View) distribution(executor string, b *block) RDDDataDistribution {
	x := v.Details.executor(executor)
	d := RDDDataDistribution{Address: executor, MemoryUsed: b.memory, DiskUsed: b.disk}
	for _, e := range v.Profile.Executors {
		if e.ID == executor {
			summary := v.Executor(e)
			d.Address, d.MemoryRemaining = summary.HostPort, e.MaxMemory-x.memory
		}
	}
	if x.onHeap+x.offHeap > 0 {
		used, none := b.memory, int64(0)
		d.OnHeapMemoryUsed, d.OffHeapMemoryUsed = &used, &none
		if b.level.UseOffHeap {
			d.OnHeapMemoryUsed, d.OffHeapMemoryUsed = &none, &used
		}
		on, off := x.onHeap-x.usedOnHeap, x.offHeap-x.usedOffHeap
		d.OnHeapMemoryRemaining, d.OffHeapMemoryRemaining = &on, &off
	}
	return d
}

func partitionOf(block string) int {
	n, _ := strconv.Atoi(block[strings.LastIndexByte(block, '_')+1:])
	return n
}

// levelText is StorageLevel.description.
func levelText(l event.StorageLevel) string {
	text := ""
	if l.UseDisk {
		text += "Disk "
	}
	if l.UseMemory {
		text += "Memory "
		if l.UseOffHeap {
			text += "(off heap) "
		}
	}
	if l.Deserialized {
		text += "Deserialized "
	} else {
		text += "Serialized "
	}
	return text + strconv.Itoa(l.Replication) + "x Replicated"
}
