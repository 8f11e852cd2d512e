package rules

import (
	"fmt"
	"slices"
	"time"

	"stagecoach/advisor"
	"stagecoach/advisor/whatif"
	"stagecoach/engine/config"
	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

var cacheDoesNotFit = advisor.Rule{
	Name:  "cache-does-not-fit",
	Title: "A cached dataset does not fit and is computed again",
	Cause: "cache-evicted",
	// Tasks whose partition was dropped take longer than those that find theirs,
	// which have hardly anything to do, however many there are.
	Explains: []string{"skewed-shuffle-key", "too-many-small-tasks"},
	Doc: `
A cached partition that finds no room in the storage memory is dropped, and
computed from its source whenever it is read. Each drop may push out another
that is needed next.

On the storage screen: fewer partitions cached than there are, or evictions. (A
log tells only when spark.eventLog.logBlockUpdates.enabled was true.)

Let partitions that do not fit go to disk (MEMORY_AND_DISK), keep them encoded
(MEMORY_ONLY_SER), cache fewer columns, or give the executors more memory.

Ignore it where the dataset is read once.`,
	Lacks: func(run *advisor.Run) string {
		if len(run.RDDs) > 0 && !run.BlocksLogged {
			return "the log holds no updates of cached blocks; set spark.eventLog.logBlockUpdates.enabled to see what is dropped"
		}
		return ""
	},
	Limits: []advisor.Limit{
		{Name: "missing", Default: 0.05, Doc: "least part of the partitions that was dropped or never stored"},
	},
	Check: func(run *advisor.Run, limit advisor.Limits) (found []advisor.Finding) {
		for _, r := range run.RDDs {
			if !r.Level.UseMemory || r.NumPartitions == 0 {
				continue
			}
			lost := r.Evictions + r.Recomputed
			if !r.Unpersisted && (r.Evictions > 0 || r.Cached > 0) {
				lost = max(lost, r.NumPartitions-r.Cached)
			}
			if run.Model.Embedded() && r.Evictions+r.Recomputed == 0 && r.PeakMemory < run.Model.StorageMemory()/4 {
				continue // it keeps no blocks of partitions without rows
			}
			if lost == 0 || float64(lost) < limit("missing")*float64(r.NumPartitions) {
				continue
			}
			first, later := readers(run, r.ID)
			if first == nil || len(later) == 0 {
				continue
			}
			per := taskTime(first) / time.Duration(max(1, first.Complete))
			again := time.Duration(0)
			ids := make([]int, len(later))
			var places []advisor.Where
			for i, s := range later {
				ids[i] = s.ID
				places = append(places, advisor.AtStage(s))
				gone := min(lost, s.NumTasks)
				again += min(per*time.Duration(gone), taskTime(s))
			}
			f := advisor.Finding{
				Where:   advisor.AtRDD(r),
				Also:    places,
				Summary: fmt.Sprintf("%d of %d partitions were dropped or never stored, and %d stages read the dataset later", min(lost, r.NumPartitions), r.NumPartitions, len(later)),
				Evidence: []advisor.Evidence{
					{Name: "partitions", Value: int64(r.NumPartitions)},
					{Name: "evictions", Value: int64(r.Evictions)},
					{Name: "stored again", Value: int64(r.Recomputed)},
					{Name: "most in memory", Unit: metric.Bytes, Value: r.PeakMemory},
					{Name: "storage memory", Unit: metric.Bytes, Value: run.Model.StorageMemory()},
				},
				Waste:       again / time.Duration(slots(run)),
				CoreSeconds: again.Seconds(),
				Confidence:  advisor.High,
				CodeChange:  "df.persist(StorageLevel.MEMORY_AND_DISK_SER), or cache only the columns that are read",
				Edits:       []whatif.Edit{whatif.Reclaim(ids, again)},
			}
			if run.Model.Embedded() {
				f.CodeChange = ""
				f.Changes = []config.Change{{Key: config.StorageLevelPrefix + r.Name, To: "MEMORY_AND_DISK"}}
			}
			found = append(found, f)
		}
		return found
	},
}

// readers splits the stages that use a cached dataset into the first, which
// fills it, and those after it.
func readers(run *advisor.Run, rdd int) (first *profiler.Stage, later []*profiler.Stage) {
	for s := range done(run) {
		if !slices.ContainsFunc(s.RDDs, func(r event.RDDInfo) bool { return r.ID == rdd && r.StorageLevel.Valid() }) {
			continue
		}
		if first == nil || s.Submitted < first.Submitted {
			if first != nil {
				later = append(later, first)
			}
			first = s
		} else {
			later = append(later, s)
		}
	}
	return first, later
}
