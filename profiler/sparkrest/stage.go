package sparkrest

import (
	"strconv"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// StageData is one attempt of a stage. Times are in milliseconds but for the
// three that Spark keeps in nanoseconds: both CPU times and shuffleWriteTime.
type StageData struct {
	Status              string `json:"status"`
	StageID             int    `json:"stageId"`
	AttemptID           int    `json:"attemptId"`
	NumTasks            int    `json:"numTasks"`
	NumActiveTasks      int    `json:"numActiveTasks"`
	NumCompleteTasks    int    `json:"numCompleteTasks"`
	NumFailedTasks      int    `json:"numFailedTasks"`
	NumKilledTasks      int    `json:"numKilledTasks"`
	NumCompletedIndices int    `json:"numCompletedIndices"`

	SubmissionTime        Date   `json:"submissionTime,omitzero"`
	FirstTaskLaunchedTime Date   `json:"firstTaskLaunchedTime,omitzero"`
	CompletionTime        Date   `json:"completionTime,omitzero"`
	FailureReason         string `json:"failureReason,omitempty"`

	StageMetrics
	*StagePushMetrics

	Name                 string                 `json:"name"`
	Description          string                 `json:"description,omitempty"`
	Details              string                 `json:"details"`
	SchedulingPool       string                 `json:"schedulingPool,omitempty"`
	RDDIDs               []int                  `json:"rddIds"`
	AccumulatorUpdates   []AccumulableInfo      `json:"accumulatorUpdates,omitzero"`
	Tasks                map[string]TaskData    `json:"tasks,omitzero"`
	ExecutorSummary      map[string]OfExecutor  `json:"executorSummary,omitzero"`
	SpeculationSummary   *SpeculationSummary    `json:"speculationSummary,omitempty"`
	KilledTasksSummary   map[string]int         `json:"killedTasksSummary"`
	ResourceProfileID    int                    `json:"resourceProfileId"`
	PeakExecutorMetrics  *ExecutorMetrics       `json:"peakExecutorMetrics,omitempty"`
	TaskDistributions    *TaskDistributions     `json:"taskMetricsDistributions,omitempty"`
	ExecutorDistribution *ExecutorDistributions `json:"executorMetricsDistributions,omitempty"`
	IsShufflePushEnabled bool                   `json:"isShufflePushEnabled"`
	ShuffleMergersCount  int                    `json:"shuffleMergersCount"`
}

// StageMetrics are sums over all attempts of a stage's tasks that ended,
// peakExecutionMemory too.
type StageMetrics struct {
	ExecutorDeserializeTime      int64 `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime   int64 `json:"executorDeserializeCpuTime"`
	ExecutorRunTime              int64 `json:"executorRunTime"`
	ExecutorCPUTime              int64 `json:"executorCpuTime"`
	ResultSize                   int64 `json:"resultSize"`
	JVMGCTime                    int64 `json:"jvmGcTime"`
	ResultSerializationTime      int64 `json:"resultSerializationTime"`
	MemoryBytesSpilled           int64 `json:"memoryBytesSpilled"`
	DiskBytesSpilled             int64 `json:"diskBytesSpilled"`
	PeakExecutionMemory          int64 `json:"peakExecutionMemory"`
	InputBytes                   int64 `json:"inputBytes"`
	InputRecords                 int64 `json:"inputRecords"`
	OutputBytes                  int64 `json:"outputBytes"`
	OutputRecords                int64 `json:"outputRecords"`
	ShuffleRemoteBlocksFetched   int64 `json:"shuffleRemoteBlocksFetched"`
	ShuffleLocalBlocksFetched    int64 `json:"shuffleLocalBlocksFetched"`
	ShuffleFetchWaitTime         int64 `json:"shuffleFetchWaitTime"`
	ShuffleRemoteBytesRead       int64 `json:"shuffleRemoteBytesRead"`
	ShuffleRemoteBytesReadToDisk int64 `json:"shuffleRemoteBytesReadToDisk"`
	ShuffleLocalBytesRead        int64 `json:"shuffleLocalBytesRead"`
	ShuffleReadBytes             int64 `json:"shuffleReadBytes"`
	ShuffleReadRecords           int64 `json:"shuffleReadRecords"`
	ShuffleWriteBytes            int64 `json:"shuffleWriteBytes"`
	ShuffleWriteTime             int64 `json:"shuffleWriteTime"`
	ShuffleWriteRecords          int64 `json:"shuffleWriteRecords"`
}

// StagePushMetrics are sums over requests for remote shuffle blocks and over
// blocks that push-based shuffle had merged.
type StagePushMetrics struct {
	ShuffleRemoteReqsDuration        int64 `json:"shuffleRemoteReqsDuration"`
	ShuffleCorruptMergedBlockChunks  int64 `json:"shuffleCorruptMergedBlockChunks"`
	ShuffleMergedFetchFallbackCount  int64 `json:"shuffleMergedFetchFallbackCount"`
	ShuffleMergedRemoteBlocksFetched int64 `json:"shuffleMergedRemoteBlocksFetched"`
	ShuffleMergedLocalBlocksFetched  int64 `json:"shuffleMergedLocalBlocksFetched"`
	ShuffleMergedRemoteChunksFetched int64 `json:"shuffleMergedRemoteChunksFetched"`
	ShuffleMergedLocalChunksFetched  int64 `json:"shuffleMergedLocalChunksFetched"`
	ShuffleMergedRemoteBytesRead     int64 `json:"shuffleMergedRemoteBytesRead"`
	ShuffleMergedLocalBytesRead      int64 `json:"shuffleMergedLocalBytesRead"`
	ShuffleMergedRemoteReqsDuration  int64 `json:"shuffleMergedRemoteReqsDuration"`
}

// OfExecutor is what one executor did for a stage.
type OfExecutor struct {
	TaskTime              int64            `json:"taskTime"` // milliseconds
	FailedTasks           int              `json:"failedTasks"`
	SucceededTasks        int              `json:"succeededTasks"`
	KilledTasks           int              `json:"killedTasks"`
	InputBytes            int64            `json:"inputBytes"`
	InputRecords          int64            `json:"inputRecords"`
	OutputBytes           int64            `json:"outputBytes"`
	OutputRecords         int64            `json:"outputRecords"`
	ShuffleRead           int64            `json:"shuffleRead"`
	ShuffleReadRecords    int64            `json:"shuffleReadRecords"`
	ShuffleWrite          int64            `json:"shuffleWrite"`
	ShuffleWriteRecords   int64            `json:"shuffleWriteRecords"`
	MemoryBytesSpilled    int64            `json:"memoryBytesSpilled"`
	DiskBytesSpilled      int64            `json:"diskBytesSpilled"`
	IsBlacklistedForStage bool             `json:"isBlacklistedForStage"`
	PeakMemoryMetrics     *ExecutorMetrics `json:"peakMemoryMetrics,omitempty"`
	IsExcludedForStage    bool             `json:"isExcludedForStage"`
}

// SpeculationSummary counts the speculative attempts of a stage's tasks.
type SpeculationSummary struct {
	NumTasks          int `json:"numTasks"`
	NumActiveTasks    int `json:"numActiveTasks"`
	NumCompletedTasks int `json:"numCompletedTasks"`
	NumFailedTasks    int `json:"numFailedTasks"`
	NumKilledTasks    int `json:"numKilledTasks"`
}

// Stage shows an attempt of a stage without its tasks.
func (v *View) Stage(s *profiler.Stage) StageData {
	m := &s.Metrics
	d := StageData{Status: stageStatus(s.Status), StageID: s.ID, AttemptID: s.Attempt, NumTasks: s.NumTasks, NumActiveTasks: s.Active,
		NumCompleteTasks: s.Complete, NumFailedTasks: s.Failed, NumKilledTasks: s.Killed, NumCompletedIndices: s.Indices,
		SubmissionTime: Date(s.Submitted), FirstTaskLaunchedTime: Date(s.FirstLaunch), CompletionTime: Date(s.Completed),
		FailureReason: s.Failure, Name: s.Name, Description: s.Description, Details: s.Details, RDDIDs: []int{},
		KilledTasksSummary: v.killed(s),
		StageMetrics: StageMetrics{
			ExecutorDeserializeTime: value(m, metric.ExecutorDeserializeTime), ExecutorDeserializeCPUTime: value(m, metric.ExecutorDeserializeCPUTime),
			ExecutorRunTime: value(m, metric.ExecutorRunTime), ExecutorCPUTime: value(m, metric.ExecutorCPUTime), ResultSize: value(m, metric.ResultSize),
			JVMGCTime: value(m, metric.JVMGCTime), ResultSerializationTime: value(m, metric.ResultSerializationTime),
			MemoryBytesSpilled: value(m, metric.MemoryBytesSpilled), DiskBytesSpilled: value(m, metric.DiskBytesSpilled),
			PeakExecutionMemory: v.peakSum(s), InputBytes: value(m, metric.InputBytes), InputRecords: value(m, metric.InputRecords),
			OutputBytes: value(m, metric.OutputBytes), OutputRecords: value(m, metric.OutputRecords),
			ShuffleRemoteBlocksFetched: value(m, metric.ShuffleRemoteBlocksFetched), ShuffleLocalBlocksFetched: value(m, metric.ShuffleLocalBlocksFetched),
			ShuffleFetchWaitTime: value(m, metric.ShuffleFetchWaitTime), ShuffleRemoteBytesRead: value(m, metric.ShuffleRemoteBytesRead),
			ShuffleRemoteBytesReadToDisk: value(m, metric.ShuffleRemoteBytesReadToDisk), ShuffleLocalBytesRead: value(m, metric.ShuffleLocalBytesRead),
			ShuffleReadBytes: s.ShuffleReadBytes(), ShuffleReadRecords: value(m, metric.ShuffleReadRecords),
			ShuffleWriteBytes: value(m, metric.ShuffleWriteBytes), ShuffleWriteTime: value(m, metric.ShuffleWriteTime),
			ShuffleWriteRecords: value(m, metric.ShuffleWriteRecords)},
	}
	d.ResourceProfileID, d.IsShufflePushEnabled, d.ShuffleMergersCount = s.ResourceProfile, s.PushEnabled, s.PushMergers
	for _, r := range s.RDDs {
		d.RDDIDs = append(d.RDDIDs, r.ID)
	}
	if m := &s.Merged; v.Details != nil || s.RemoteRequests > 0 || *m != (event.MergedReads{}) {
		d.StagePushMetrics = &StagePushMetrics{s.RemoteRequests.Milliseconds(), m.CorruptChunks, m.Fallbacks, m.RemoteBlocks, m.LocalBlocks,
			m.RemoteChunks, m.LocalChunks, m.RemoteBytes, m.LocalBytes, m.RemoteRequests}
	}
	if v.Details == nil {
		return d
	}
	x := v.Details.stage(s.ID, s.Attempt)
	d.SchedulingPool = x.pool
	d.AccumulatorUpdates = accumulators(x.info.Accumulables)
	d.PeakExecutorMetrics = x.peak
	return d
}

// stageStatus is Spark's word for where a stage stands.
func stageStatus(s profiler.Status) string {
	switch s {
	case profiler.Running:
		return "ACTIVE"
	case profiler.Succeeded:
		return "COMPLETE"
	}
	return s.String()
}

// peakSum adds up the peaks of the stage's tasks, as Spark does.
func (v *View) peakSum(s *profiler.Stage) (sum int64) {
	if most, seen := s.Metrics.Get(metric.PeakExecutionMemory); !seen || most == 0 || v.peaksUnknown() {
		return 0
	}
	for row := range s.Tasks.Len() {
		peak, _ := s.Tasks.Metric(row, metric.PeakExecutionMemory)
		sum += peak
	}
	return sum
}

// peaksUnknown says that Spark does not see the peaks of execution memory in
// this log: before 3.0 only an accumulator had them.
func (v *View) peaksUnknown() bool { return v.Details != nil && !v.Details.peaks }

// WithDetails adds the tasks that have one of the statuses (all when there is
// none), and what each executor did.
func (v *View) WithDetails(s *profiler.Stage, d *StageData, statuses map[string]bool) {
	d.Tasks = map[string]TaskData{}
	for _, t := range s.Tasks.All {
		if len(statuses) == 0 || statuses[taskStatus(t.Status)] {
			d.Tasks[strconv.FormatInt(t.ID, 10)] = v.Task(s, &t)
		}
	}
	d.SpeculationSummary = Speculation(s)
	d.ExecutorSummary = v.executorsOf(s)
}

// Speculation shows the copies of a stage's slow tasks, nil when there are none.
func Speculation(s *profiler.Stage) *SpeculationSummary {
	g := &s.Speculation
	if g.Tasks == 0 {
		return nil
	}
	return &SpeculationSummary{g.Tasks, g.Active, g.Complete, g.Failed, g.Killed}
}

func (v *View) executorsOf(s *profiler.Stage) map[string]OfExecutor {
	out := map[string]OfExecutor{}
	for id, x := range s.PerExecutor {
		m := &x.Metrics
		out[id] = OfExecutor{TaskTime: x.TaskTime.Milliseconds(), FailedTasks: x.Failed, SucceededTasks: x.Succeeded, KilledTasks: x.Killed,
			InputBytes: value(m, metric.InputBytes), InputRecords: value(m, metric.InputRecords),
			OutputBytes: value(m, metric.OutputBytes), OutputRecords: value(m, metric.OutputRecords),
			ShuffleRead:        value(m, metric.ShuffleLocalBytesRead) + value(m, metric.ShuffleRemoteBytesRead),
			ShuffleReadRecords: value(m, metric.ShuffleReadRecords),
			ShuffleWrite:       value(m, metric.ShuffleWriteBytes), ShuffleWriteRecords: value(m, metric.ShuffleWriteRecords),
			MemoryBytesSpilled: value(m, metric.MemoryBytesSpilled), DiskBytesSpilled: value(m, metric.DiskBytesSpilled)}
	}
	if v.Details == nil {
		return out
	}
	x := v.Details.stage(s.ID, s.Attempt)
	for id, peak := range x.peaks {
		o := out[id]
		o.PeakMemoryMetrics = peak
		out[id] = o
	}
	for id := range x.excluded {
		o := out[id]
		o.IsBlacklistedForStage, o.IsExcludedForStage = true, true
		out[id] = o
	}
	return out
}
