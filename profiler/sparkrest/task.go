package sparkrest

import (
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// TaskData is one attempt of a task.
type TaskData struct {
	TaskID             int64             `json:"taskId"`
	Index              int               `json:"index"`
	Attempt            int               `json:"attempt"`
	PartitionID        *int              `json:"partitionId,omitempty"`
	LaunchTime         Date              `json:"launchTime"`
	ResultFetchStart   Date              `json:"resultFetchStart,omitzero"`
	Duration           int64             `json:"duration,omitempty"` // milliseconds
	ExecutorID         string            `json:"executorId"`
	Host               string            `json:"host"`
	Status             string            `json:"status"`
	TaskLocality       string            `json:"taskLocality"`
	Speculative        bool              `json:"speculative"`
	AccumulatorUpdates []AccumulableInfo `json:"accumulatorUpdates,omitzero"`
	ErrorMessage       string            `json:"errorMessage,omitempty"`
	TaskMetrics        *TaskMetrics      `json:"taskMetrics,omitempty"`
	ExecutorLogs       map[string]string `json:"executorLogs,omitzero"`
	SchedulerDelay     int64             `json:"schedulerDelay"`
	GettingResultTime  int64             `json:"gettingResultTime"`
}

// AccumulableInfo is a user's accumulator: in a task its own share and the total
// when it ended, in a stage the total.
type AccumulableInfo struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Update string `json:"update,omitempty"`
	Value  string `json:"value,omitempty"`
}

// TaskMetrics are what a task measured.
type TaskMetrics struct {
	ExecutorDeserializeTime    int64               `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime int64               `json:"executorDeserializeCpuTime"` // nanoseconds
	ExecutorRunTime            int64               `json:"executorRunTime"`
	ExecutorCPUTime            int64               `json:"executorCpuTime"` // nanoseconds
	ResultSize                 int64               `json:"resultSize"`
	JVMGCTime                  int64               `json:"jvmGcTime"`
	ResultSerializationTime    int64               `json:"resultSerializationTime"`
	MemoryBytesSpilled         int64               `json:"memoryBytesSpilled"`
	DiskBytesSpilled           int64               `json:"diskBytesSpilled"`
	PeakExecutionMemory        int64               `json:"peakExecutionMemory"`
	Input                      InputMetrics        `json:"inputMetrics"`
	Output                     OutputMetrics       `json:"outputMetrics"`
	ShuffleRead                ShuffleReadMetrics  `json:"shuffleReadMetrics"`
	ShuffleWrite               ShuffleWriteMetrics `json:"shuffleWriteMetrics"`
}

// InputMetrics are what was read from files and caches.
type InputMetrics struct {
	BytesRead   int64 `json:"bytesRead"`
	RecordsRead int64 `json:"recordsRead"`
}

// OutputMetrics are what was written to files.
type OutputMetrics struct {
	BytesWritten   int64 `json:"bytesWritten"`
	RecordsWritten int64 `json:"recordsWritten"`
}

// ShuffleReadMetrics are what was read from shuffles.
type ShuffleReadMetrics struct {
	RemoteBlocksFetched   int64        `json:"remoteBlocksFetched"`
	LocalBlocksFetched    int64        `json:"localBlocksFetched"`
	FetchWaitTime         int64        `json:"fetchWaitTime"`
	RemoteBytesRead       int64        `json:"remoteBytesRead"`
	RemoteBytesReadToDisk int64        `json:"remoteBytesReadToDisk"`
	LocalBytesRead        int64        `json:"localBytesRead"`
	RecordsRead           int64        `json:"recordsRead"`
	RemoteReqsDuration    int64        `json:"remoteReqsDuration"`
	Push                  *PushMetrics `json:"shufflePushReadMetrics,omitempty"`
}

// ShuffleWriteMetrics are what was written to shuffles.
type ShuffleWriteMetrics struct {
	BytesWritten   int64 `json:"bytesWritten"`
	WriteTime      int64 `json:"writeTime"` // nanoseconds
	RecordsWritten int64 `json:"recordsWritten"`
}

// PushMetrics are those of push-based shuffle.
type PushMetrics struct {
	CorruptMergedBlockChunks  int64 `json:"corruptMergedBlockChunks"`
	MergedFetchFallbackCount  int64 `json:"mergedFetchFallbackCount"`
	RemoteMergedBlocksFetched int64 `json:"remoteMergedBlocksFetched"`
	LocalMergedBlocksFetched  int64 `json:"localMergedBlocksFetched"`
	RemoteMergedChunksFetched int64 `json:"remoteMergedChunksFetched"`
	LocalMergedChunksFetched  int64 `json:"localMergedChunksFetched"`
	RemoteMergedBytesRead     int64 `json:"remoteMergedBytesRead"`
	LocalMergedBytesRead      int64 `json:"localMergedBytesRead"`
	RemoteMergedReqsDuration  int64 `json:"remoteMergedReqsDuration"`
}

// Task shows an attempt of a task of s.
func (v *View) Task(s *profiler.Stage, t *profiler.Task) TaskData {
	d := TaskData{TaskID: t.ID, Index: t.Index, Attempt: t.Attempt, LaunchTime: Date(t.Launch), ExecutorID: t.Executor, Host: t.Host,
		Status: taskStatus(t.Status), TaskLocality: t.Locality.String(), Speculative: t.Speculative,
		ErrorMessage:   v.taskError(s, t),
		SchedulerDelay: value(&t.Metrics, metric.SchedulerDelay), GettingResultTime: value(&t.Metrics, metric.GettingResultTime)}
	finish := t.Finish
	if t.Status == profiler.Running {
		finish = v.App.LastEvent
	}
	d.Duration = int64(max(0, finish-t.Launch))
	if _, measured := t.Metrics.Get(metric.SchedulerDelay); t.Status != profiler.Running && !measured {
		d.SchedulerDelay = d.Duration // what left no metrics did nothing but wait, to Spark
	}
	if t.Status != profiler.Running {
		d.TaskMetrics = taskMetrics(&t.Metrics)
		if v.peaksUnknown() {
			d.TaskMetrics.PeakExecutionMemory = 0
		}
	}
	if v.Details == nil {
		return d
	}
	d.AccumulatorUpdates, d.ExecutorLogs = []AccumulableInfo{}, v.Details.logs(t.Executor)
	partition := v.Details.partition(s, t)
	d.PartitionID = &partition
	if d.TaskMetrics != nil {
		d.TaskMetrics.ShuffleRead.Push = &PushMetrics{}
	}
	x := v.Details.tasks[t.ID]
	if x == nil {
		return d
	}
	d.ResultFetchStart = Date(x.fetch)
	d.AccumulatorUpdates = append(d.AccumulatorUpdates, x.accumulators...)
	if d.TaskMetrics != nil {
		d.TaskMetrics.ShuffleRead.RemoteReqsDuration = x.requests
		if m := x.merged; m != nil {
			d.TaskMetrics.ShuffleRead.Push = &PushMetrics{m.CorruptChunks, m.Fallbacks, m.RemoteBlocks, m.LocalBlocks, m.RemoteChunks,
				m.LocalChunks, m.RemoteBytes, m.LocalBytes, m.RemoteRequests}
		}
	}
	return d
}

func taskStatus(s profiler.Status) string {
	if s == profiler.Succeeded {
		return "SUCCESS"
	}
	return s.String()
}

// taskError is why an attempt failed or was killed, "" for others.
func (v *View) taskError(s *profiler.Stage, t *profiler.Task) string {
	if v.Details != nil {
		if x := v.Details.tasks[t.ID]; x != nil && x.error != "" && t.Status != profiler.Succeeded {
			return x.error
		}
	}
	return t.Error
}

func taskMetrics(m *metric.Set) *TaskMetrics {
	return &TaskMetrics{
		ExecutorDeserializeTime: value(m, metric.ExecutorDeserializeTime), ExecutorDeserializeCPUTime: value(m, metric.ExecutorDeserializeCPUTime),
		ExecutorRunTime: value(m, metric.ExecutorRunTime), ExecutorCPUTime: value(m, metric.ExecutorCPUTime), ResultSize: value(m, metric.ResultSize),
		JVMGCTime: value(m, metric.JVMGCTime), ResultSerializationTime: value(m, metric.ResultSerializationTime),
		MemoryBytesSpilled: value(m, metric.MemoryBytesSpilled), DiskBytesSpilled: value(m, metric.DiskBytesSpilled),
		PeakExecutionMemory: value(m, metric.PeakExecutionMemory),
		Input:               InputMetrics{value(m, metric.InputBytes), value(m, metric.InputRecords)},
		Output:              OutputMetrics{value(m, metric.OutputBytes), value(m, metric.OutputRecords)},
		ShuffleRead: ShuffleReadMetrics{RemoteBlocksFetched: value(m, metric.ShuffleRemoteBlocksFetched),
			LocalBlocksFetched: value(m, metric.ShuffleLocalBlocksFetched), FetchWaitTime: value(m, metric.ShuffleFetchWaitTime),
			RemoteBytesRead: value(m, metric.ShuffleRemoteBytesRead), RemoteBytesReadToDisk: value(m, metric.ShuffleRemoteBytesReadToDisk),
			LocalBytesRead: value(m, metric.ShuffleLocalBytesRead), RecordsRead: value(m, metric.ShuffleReadRecords)},
		ShuffleWrite: ShuffleWriteMetrics{value(m, metric.ShuffleWriteBytes), value(m, metric.ShuffleWriteTime), value(m, metric.ShuffleWriteRecords)},
	}
}
