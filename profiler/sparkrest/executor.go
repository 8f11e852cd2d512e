package sparkrest

import (
	"cmp"
	"slices"
	"strconv"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// ExecutorSummary is an executor, or the driver.
type ExecutorSummary struct {
	ID                  string                       `json:"id"`
	HostPort            string                       `json:"hostPort"`
	IsActive            bool                         `json:"isActive"`
	RDDBlocks           int                          `json:"rddBlocks"`
	MemoryUsed          int64                        `json:"memoryUsed"`
	DiskUsed            int64                        `json:"diskUsed"`
	TotalCores          int                          `json:"totalCores"`
	MaxTasks            int                          `json:"maxTasks"`
	ActiveTasks         int                          `json:"activeTasks"`
	FailedTasks         int                          `json:"failedTasks"`
	CompletedTasks      int                          `json:"completedTasks"`
	TotalTasks          int                          `json:"totalTasks"`
	TotalDuration       int64                        `json:"totalDuration"` // milliseconds of its tasks; of the driver: since it started
	TotalGCTime         int64                        `json:"totalGCTime"`
	TotalInputBytes     int64                        `json:"totalInputBytes"`
	TotalShuffleRead    int64                        `json:"totalShuffleRead"`
	TotalShuffleWrite   int64                        `json:"totalShuffleWrite"`
	IsBlacklisted       bool                         `json:"isBlacklisted"`
	MaxMemory           int64                        `json:"maxMemory"`
	AddTime             Date                         `json:"addTime"`
	RemoveTime          Date                         `json:"removeTime,omitzero"`
	RemoveReason        string                       `json:"removeReason,omitempty"`
	ExecutorLogs        map[string]string            `json:"executorLogs,omitzero"`
	MemoryMetrics       *MemoryMetrics               `json:"memoryMetrics,omitempty"`
	BlacklistedInStages []int                        `json:"blacklistedInStages,omitzero"`
	PeakMemoryMetrics   *ExecutorMetrics             `json:"peakMemoryMetrics,omitempty"`
	Attributes          map[string]string            `json:"attributes,omitzero"`
	Resources           map[string]ResourceAddresses `json:"resources,omitzero"`
	ResourceProfileID   int                          `json:"resourceProfileId"`
	IsExcluded          bool                         `json:"isExcluded"`
	ExcludedInStages    []int                        `json:"excludedInStages,omitzero"`
}

// MemoryMetrics are the sizes of an executor's store, in bytes.
type MemoryMetrics struct {
	UsedOnHeapStorageMemory   int64 `json:"usedOnHeapStorageMemory"`
	UsedOffHeapStorageMemory  int64 `json:"usedOffHeapStorageMemory"`
	TotalOnHeapStorageMemory  int64 `json:"totalOnHeapStorageMemory"`
	TotalOffHeapStorageMemory int64 `json:"totalOffHeapStorageMemory"`
}

// Executor shows an executor.
func (v *View) Executor(x *profiler.Executor) ExecutorSummary {
	m := &x.Metrics
	e := ExecutorSummary{ID: x.ID, HostPort: x.Host, IsActive: x.Removed == 0, TotalCores: x.Cores, MaxTasks: x.Cores / max(1, v.taskCPUs()),
		ActiveTasks: x.Active, FailedTasks: x.Failed, CompletedTasks: x.Completed, TotalTasks: x.Started,
		TotalDuration: x.TaskTime.Milliseconds(), TotalGCTime: value(m, metric.JVMGCTime), TotalInputBytes: value(m, metric.InputBytes),
		TotalShuffleRead:  value(m, metric.ShuffleLocalBytesRead) + value(m, metric.ShuffleRemoteBytesRead),
		TotalShuffleWrite: value(m, metric.ShuffleWriteBytes), IsBlacklisted: x.Excluded, IsExcluded: x.Excluded,
		MaxMemory: x.MaxMemory, MemoryUsed: x.MemoryUsed, DiskUsed: x.DiskUsed,
		AddTime: Date(x.Added), RemoveTime: Date(x.Removed), RemoveReason: x.Reason, ResourceProfileID: x.ResourceProfile}
	if x.Port != 0 {
		e.HostPort = x.Host + ":" + strconv.Itoa(x.Port)
	}
	if v.Details == nil {
		return e
	}
	d := v.Details.executor(x.ID)
	if d.address != "" {
		e.HostPort = d.address
	}
	e.PeakMemoryMetrics = d.peak
	e.ExecutorLogs, e.Attributes, e.Resources = v.Details.logs(x.ID), orEmpty(d.info.Attributes), orEmpty(d.info.Resources)
	e.ExcludedInStages = append([]int{}, d.excludedIn...)
	e.BlacklistedInStages = e.ExcludedInStages
	e.RDDBlocks, e.MemoryUsed, e.DiskUsed = d.blocks, d.memory, d.disk
	if d.onHeap+d.offHeap > 0 {
		e.MemoryMetrics = &MemoryMetrics{d.usedOnHeap, d.usedOffHeap, d.onHeap, d.offHeap}
	}
	if x.Driver {
		e.TotalDuration = int64(max(0, v.end()-v.App.Start))
		if d.peak != nil {
			e.TotalGCTime = d.peak[totalGCTime]
		}
	}
	return e
}

// taskCPUs is how many cores a task takes.
func (v *View) taskCPUs() int {
	n, err := strconv.Atoi(v.Properties["spark.task.cpus"])
	if err != nil {
		return 1
	}
	return n
}

// executors lists the executors in the order of their ids as texts, the driver
// as one of them.
func (v *View) executors() (all []ExecutorSummary) {
	all = []ExecutorSummary{}
	for _, x := range v.Profile.Executors {
		if x.ID != "fallback" { // the place where decommissioned executors leave their blocks
			all = append(all, v.Executor(x))
		}
	}
	slices.SortFunc(all, func(a, b ExecutorSummary) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// active lists those that live: the driver, then the others backwards.
func (v *View) active() []ExecutorSummary {
	all := slices.DeleteFunc(v.executors(), func(x ExecutorSummary) bool { return !x.IsActive })
	slices.SortFunc(all, func(a, b ExecutorSummary) int {
		switch {
		case (a.ID == "driver") != (b.ID == "driver") && a.ID == "driver":
			return -1
		case (a.ID == "driver") != (b.ID == "driver"):
			return 1
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return all
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}
