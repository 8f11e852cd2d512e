package sparkrest

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// seenDataset is what was told of a cached dataset.
type seenDataset struct {
	info   RDDStorageInfo
	blocks map[blockAt]block
}

// askDatasets asks for the cached datasets, and where their partitions are
// unless that is known.
func (a *Application) askDatasets(ctx context.Context) (list []RDDStorageInfo, err *sparklog.Error) {
	if err := a.of(ctx, "/storage/rdd", &list); err != nil {
		return nil, err
	}
	for i := range list {
		r := &list[i]
		a.cached[r.ID] = event.RDDInfo{ID: r.ID, Name: r.Name, StorageLevel: levelOf(r.StorageLevel), NumPartitions: r.NumPartitions}
		if seen := a.datasets[r.ID]; seen != nil && seen.info.MemoryUsed == r.MemoryUsed && seen.info.DiskUsed == r.DiskUsed &&
			seen.info.NumCachedPartitions == r.NumCachedPartitions {
			continue
		}
		var whole RDDStorageInfo
		if err := a.of(ctx, fmt.Sprintf("/storage/rdd/%d", r.ID), &whole); err == nil { // else it has just been dropped
			r.Partitions = whole.Partitions
		}
	}
	return list, nil
}

// register notes the cached datasets that a stage announces.
func (a *Application) register(rdds []event.RDDInfo) {
	for _, r := range rdds {
		if r.StorageLevel.Valid() {
			a.registered[r.ID] = true
		}
	}
}

// blockEvents tells the blocks that have come, changed or gone. A dataset that no
// stage has announced waits for one that does.
func (a *Application) blockEvents(list []RDDStorageInfo) (out []event.Event) {
	stored := map[int]bool{}
	for _, r := range list {
		stored[r.ID] = true
		if r.Partitions == nil || !a.registered[r.ID] {
			continue
		}
		seen := a.datasets[r.ID]
		if seen == nil {
			seen = &seenDataset{}
			a.datasets[r.ID] = seen
		}
		now := map[blockAt]block{}
		for _, p := range r.Partitions {
			for _, executor := range p.Executors {
				n := int64(len(p.Executors))
				now[blockAt{p.BlockName, executor}] = block{p.MemoryUsed / n, p.DiskUsed / n, levelOf(p.StorageLevel)}
			}
		}
		for at, b := range now {
			if seen.blocks[at] != b {
				out = append(out, event.BlockUpdated{ExecutorID: at.executor, BlockID: at.name, Level: b.level, MemorySize: b.memory, DiskSize: b.disk})
			}
		}
		for at := range seen.blocks {
			if _, still := now[at]; !still {
				out = append(out, event.BlockUpdated{ExecutorID: at.executor, BlockID: at.name})
			}
		}
		seen.info, seen.blocks = r, now
	}
	for id := range a.datasets {
		if !stored[id] {
			delete(a.datasets, id)
			delete(a.registered, id)
			out = append(out, event.UnpersistRDD{RDDID: id})
		}
	}
	return out
}

// levelOf reads what Spark prints of a storage level: Disk Memory Deserialized 1x
// Replicated.
func levelOf(text string) (l event.StorageLevel) {
	for word := range strings.FieldsSeq(text) {
		switch word {
		case "Disk":
			l.UseDisk = true
		case "Memory":
			l.UseMemory = true
		case "(off":
			l.UseOffHeap = true
		case "Deserialized":
			l.Deserialized = true
		}
		if n, ok := strings.CutSuffix(word, "x"); ok {
			l.Replication, _ = strconv.Atoi(n)
		}
	}
	return l
}
