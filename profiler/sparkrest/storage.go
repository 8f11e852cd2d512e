package sparkrest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
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

// storage knows where the blocks of datasets are, by their ids.
type storage map[int]*dataset

type dataset struct {
	name       string
	partitions int
	level      event.StorageLevel
	blocks     map[blockAt]block
	since      map[string]int // by name of a block: its place among those that are stored
	next       int
	stored     map[string]stored // by executor
}

// stored is what an executor held when the dataset changed last: Spark's answers
// are of that moment.
type stored struct{ memory, onHeap, offHeap int64 }

type blockAt struct{ name, executor string }

type block struct {
	memory, disk int64
	level        event.StorageLevel
}

const otherBlocks = -1

func (s storage) submitted(rdds []event.RDDInfo) {
	for _, r := range rdds {
		if r.StorageLevel.Valid() && s[r.ID] == nil {
			s[r.ID] = &dataset{name: r.Name, partitions: r.NumPartitions, level: r.StorageLevel, blocks: map[blockAt]block{}, since: map[string]int{}, stored: map[string]stored{}}
		}
	}
}

// update moves a block of a dataset or a broadcast: the event says where it is
// now, sizes by how much the executor's memory and disk have changed. They do not
// always fit together, and Spark's sums follow the sizes.
func (s storage) update(e event.BlockUpdated, sizes *sparklog.BlockDetail, x *executorDetail) {
	id := otherBlocks
	if rest, ok := strings.CutPrefix(e.BlockID, "rdd_"); ok {
		number, _, _ := strings.Cut(rest, "_")
		id, _ = strconv.Atoi(number)
	} else if !strings.HasPrefix(e.BlockID, "broadcast_") {
		return
	}
	memory, disk := -sizes.Info.Memory, -sizes.Info.Disk
	if e.Level.UseMemory {
		memory = -memory
	}
	if e.Level.UseDisk {
		disk = -disk
	}
	x.grow(memory, disk, e.Level.UseOffHeap)
	if d := s[id]; d != nil {
		d.place(blockAt{e.BlockID, e.ExecutorID}, block{e.MemorySize, e.DiskSize, e.Level}, x)
	}
}

// grow changes what an executor stores, which is never less than nothing.
func (x *executorDetail) grow(memory, disk int64, offHeap bool) {
	x.memory, x.disk = max(0, x.memory+memory), max(0, x.disk+disk)
	used := &x.usedOnHeap
	if offHeap {
		used = &x.usedOffHeap
	}
	*used = max(0, *used+memory)
}

func (d *dataset) place(at blockAt, now block, x *executorDetail) {
	_, had := d.blocks[at]
	d.stored[at.executor] = stored{x.memory, x.usedOnHeap, x.usedOffHeap}
	if now.level.Valid() {
		d.blocks[at] = now
		if _, known := d.since[at.name]; !known {
			d.next++
			d.since[at.name] = d.next
		}
		if !had {
			x.blocks++
		}
		return
	}
	delete(d.blocks, at)
	if had {
		x.blocks--
	}
	for other := range d.blocks {
		if other.name == at.name {
			return
		}
	}
	delete(d.since, at.name)
}

func (s storage) unpersist(id int, of *Details) {
	d := s[id]
	if d == nil {
		return
	}
	for at, was := range d.blocks {
		x := of.executor(at.executor)
		x.grow(-was.memory, -was.disk, was.level.UseOffHeap)
		x.blocks--
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
	if d == nil {
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
		return cmp.Compare(d.since[a.BlockName], d.since[b.BlockName])
	})
	info.NumCachedPartitions = len(info.Partitions)
	for _, id := range slices.Sorted(maps.Keys(perExecutor)) {
		info.DataDistribution = append(info.DataDistribution, v.distribution(id, perExecutor[id], d.stored[id]))
	}
	return info, true
}

func (v *View) distribution(executor string, b *block, held stored) RDDDataDistribution {
	x := v.Details.executor(executor)
	d := RDDDataDistribution{Address: executor, MemoryUsed: b.memory, DiskUsed: b.disk}
	for _, e := range v.Profile.Executors {
		if e.ID == executor {
			summary := v.Executor(e)
			d.Address, d.MemoryRemaining = summary.HostPort, e.MaxMemory-held.memory
		}
	}
	if x.onHeap+x.offHeap > 0 {
		used, none := b.memory, int64(0)
		d.OnHeapMemoryUsed, d.OffHeapMemoryUsed = &used, &none
		if b.level.UseOffHeap {
			d.OnHeapMemoryUsed, d.OffHeapMemoryUsed = &none, &used
		}
		on, off := x.onHeap-held.onHeap, x.offHeap-held.offHeap
		d.OnHeapMemoryRemaining, d.OffHeapMemoryRemaining = &on, &off
	}
	return d
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
