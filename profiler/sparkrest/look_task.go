package sparkrest

import (
	"strings"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// startOf is a task as it was when it started.
func startOf(t *TaskData) event.TaskInfo {
	info := event.TaskInfo{TaskID: t.TaskID, Index: t.Index, Attempt: t.Attempt, PartitionID: -1, LaunchTime: event.Millis(t.LaunchTime),
		ExecutorID: t.ExecutorID, Host: t.Host, Locality: event.Any, Speculative: t.Speculative}
	if t.PartitionID != nil {
		info.PartitionID = *t.PartitionID
	}
	for l := event.ProcessLocal; l < event.Any; l++ {
		if l.String() == t.TaskLocality {
			info.Locality = l
		}
	}
	return info
}

// endOf is the end of a task.
func endOf(s *StageData, t *TaskData) event.TaskEnd {
	e := event.TaskEnd{StageID: s.StageID, StageAttempt: s.AttemptID, Type: "ResultTask", Info: startOf(t), Reason: reasonOf(t)}
	e.Info.GettingTime = event.Millis(t.ResultFetchStart)
	e.Info.FinishTime = e.Info.LaunchTime + event.Millis(t.Duration)
	e.Info.Failed, e.Info.Killed = t.Status == "FAILED", t.Status == "KILLED"
	m := t.TaskMetrics
	if m == nil {
		return e
	}
	e.Metrics = m.set()
	e.RemoteRequests = m.ShuffleRead.RemoteReqsDuration
	if p := m.ShuffleRead.Push; p != nil && *p != (PushMetrics{}) {
		e.Merged = &event.MergedReads{CorruptChunks: p.CorruptMergedBlockChunks, Fallbacks: p.MergedFetchFallbackCount,
			RemoteBlocks: p.RemoteMergedBlocksFetched, LocalBlocks: p.LocalMergedBlocksFetched, RemoteChunks: p.RemoteMergedChunksFetched,
			LocalChunks: p.LocalMergedChunksFetched, RemoteBytes: p.RemoteMergedBytesRead, LocalBytes: p.LocalMergedBytesRead,
			RemoteRequests: p.RemoteMergedReqsDuration}
	}
	return e
}

// set is the inverse of taskMetrics.
func (m *TaskMetrics) set() *metric.Set {
	var set metric.Set
	for id, v := range map[metric.ID]int64{
		metric.ExecutorDeserializeTime: m.ExecutorDeserializeTime, metric.ExecutorDeserializeCPUTime: m.ExecutorDeserializeCPUTime,
		metric.ExecutorRunTime: m.ExecutorRunTime, metric.ExecutorCPUTime: m.ExecutorCPUTime, metric.ResultSize: m.ResultSize,
		metric.JVMGCTime: m.JVMGCTime, metric.ResultSerializationTime: m.ResultSerializationTime,
		metric.MemoryBytesSpilled: m.MemoryBytesSpilled, metric.DiskBytesSpilled: m.DiskBytesSpilled,
		metric.PeakExecutionMemory: m.PeakExecutionMemory,
		metric.InputBytes:          m.Input.BytesRead, metric.InputRecords: m.Input.RecordsRead,
		metric.OutputBytes: m.Output.BytesWritten, metric.OutputRecords: m.Output.RecordsWritten,
		metric.ShuffleRemoteBlocksFetched: m.ShuffleRead.RemoteBlocksFetched, metric.ShuffleLocalBlocksFetched: m.ShuffleRead.LocalBlocksFetched,
		metric.ShuffleFetchWaitTime: m.ShuffleRead.FetchWaitTime, metric.ShuffleRemoteBytesRead: m.ShuffleRead.RemoteBytesRead,
		metric.ShuffleRemoteBytesReadToDisk: m.ShuffleRead.RemoteBytesReadToDisk, metric.ShuffleLocalBytesRead: m.ShuffleRead.LocalBytesRead,
		metric.ShuffleReadRecords: m.ShuffleRead.RecordsRead, metric.ShuffleWriteBytes: m.ShuffleWrite.BytesWritten,
		metric.ShuffleWriteTime: m.ShuffleWrite.WriteTime, metric.ShuffleWriteRecords: m.ShuffleWrite.RecordsWritten,
	} {
		set.Record(id, FromSparkUnit(id, v))
	}
	return &set
}

// reasonOf reads the way a task ended out of its status and of what Spark says
// of it.
func reasonOf(t *TaskData) event.EndReason {
	text := t.ErrorMessage
	switch {
	case t.Status == "SUCCESS":
		return event.EndReason{Kind: event.Success}
	case t.Status == "KILLED" && strings.HasPrefix(text, string(event.TaskCommitDenied)):
		return event.EndReason{Kind: event.TaskCommitDenied, Message: text}
	case t.Status == "KILLED":
		return event.EndReason{Kind: event.TaskKilled, Message: text}
	case strings.HasPrefix(text, "ExecutorLostFailure (executor "):
		executor, rest, _ := strings.Cut(strings.TrimPrefix(text, "ExecutorLostFailure (executor "), " exited ")
		_, loss, _ := strings.Cut(rest, " Reason: ")
		return event.EndReason{Kind: event.ExecutorLostFailure, ExecutorID: executor, ByApp: strings.HasPrefix(rest, "caused"), Message: loss}
	case strings.HasPrefix(text, "FetchFailed("):
		_, message, _ := strings.Cut(text, "message=\n")
		return event.EndReason{Kind: event.FetchFailed, MapIndex: -1, Message: strings.TrimSuffix(message, "\n)")}
	case strings.HasPrefix(text, "TaskResultLost"):
		return event.EndReason{Kind: event.TaskResultLost}
	case text == "" || strings.HasPrefix(text, string(event.UnknownReason)):
		return event.EndReason{Kind: event.UnknownReason}
	}
	head, trace, _ := strings.Cut(text, "\n")
	class, message, _ := strings.Cut(head, ": ")
	r := event.EndReason{Kind: event.ExceptionFailure, Class: class, Message: message}
	for line := range strings.Lines(trace) {
		if frame, ok := strings.CutPrefix(strings.TrimSpace(line), "at "); ok {
			r.Stack = append(r.Stack, frame)
		}
	}
	return r
}
