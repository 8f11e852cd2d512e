package sparkrest

import (
	"maps"
	"slices"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
)

// A spread is the values at the asked quantiles, always printed as fractions.
type spread []Float

// TaskDistributions are quantiles over the tasks of a stage that succeeded.
type TaskDistributions struct {
	Quantiles                  spread               `json:"quantiles"`
	Duration                   spread               `json:"duration"`
	ExecutorDeserializeTime    spread               `json:"executorDeserializeTime"`
	ExecutorDeserializeCPUTime spread               `json:"executorDeserializeCpuTime"`
	ExecutorRunTime            spread               `json:"executorRunTime"`
	ExecutorCPUTime            spread               `json:"executorCpuTime"`
	ResultSize                 spread               `json:"resultSize"`
	JVMGCTime                  spread               `json:"jvmGcTime"`
	ResultSerializationTime    spread               `json:"resultSerializationTime"`
	GettingResultTime          spread               `json:"gettingResultTime"`
	SchedulerDelay             spread               `json:"schedulerDelay"`
	PeakExecutionMemory        spread               `json:"peakExecutionMemory"`
	MemoryBytesSpilled         spread               `json:"memoryBytesSpilled"`
	DiskBytesSpilled           spread               `json:"diskBytesSpilled"`
	Input                      inputSpread          `json:"inputMetrics"`
	Output                     outputSpread         `json:"outputMetrics"`
	ShuffleRead                shuffleReadSpread    `json:"shuffleReadMetrics"`
	ShuffleWrite               shuffleWrittenSpread `json:"shuffleWriteMetrics"`
}

type inputSpread struct {
	BytesRead   spread `json:"bytesRead"`
	RecordsRead spread `json:"recordsRead"`
}

type outputSpread struct {
	BytesWritten   spread `json:"bytesWritten"`
	RecordsWritten spread `json:"recordsWritten"`
}

type shuffleReadSpread struct {
	ReadBytes             spread            `json:"readBytes"`
	ReadRecords           spread            `json:"readRecords"`
	RemoteBlocksFetched   spread            `json:"remoteBlocksFetched"`
	LocalBlocksFetched    spread            `json:"localBlocksFetched"`
	FetchWaitTime         spread            `json:"fetchWaitTime"`
	RemoteBytesRead       spread            `json:"remoteBytesRead"`
	RemoteBytesReadToDisk spread            `json:"remoteBytesReadToDisk"`
	TotalBlocksFetched    spread            `json:"totalBlocksFetched"`
	RemoteReqsDuration    spread            `json:"remoteReqsDuration,omitzero"`
	Push                  map[string]spread `json:"shufflePushReadMetricsDist,omitzero"`
}

type shuffleWrittenSpread struct {
	WriteBytes   spread `json:"writeBytes"`
	WriteRecords spread `json:"writeRecords"`
	WriteTime    spread `json:"writeTime"`
}

// Distributions returns quantiles over the tasks of s, nil when none succeeded
// with metrics. qs ascend.
func (v *View) Distributions(s *profiler.Stage, qs []float64) *TaskDistributions {
	if s.SparkQuantiles(metric.ExecutorRunTime, qs) == nil {
		return nil
	}
	of := func(id metric.ID) spread {
		out := make(spread, len(qs))
		if id == metric.PeakExecutionMemory && v.peaksUnknown() {
			return out
		}
		for i, x := range s.SparkQuantiles(id, qs) {
			out[i] = Float(InSparkUnit(id, x))
		}
		return out
	}
	sum := func(a, b metric.ID) spread {
		return at(qs, s.DistOf(func(row int) (int64, bool) {
			x, _ := s.Tasks.Metric(row, a)
			y, _ := s.Tasks.Metric(row, b)
			return x + y, true
		}))
	}
	d := &TaskDistributions{Quantiles: make(spread, len(qs)), Duration: of(metric.TaskDuration),
		ExecutorDeserializeTime: of(metric.ExecutorDeserializeTime), ExecutorDeserializeCPUTime: of(metric.ExecutorDeserializeCPUTime),
		ExecutorRunTime: of(metric.ExecutorRunTime), ExecutorCPUTime: of(metric.ExecutorCPUTime), ResultSize: of(metric.ResultSize),
		JVMGCTime: of(metric.JVMGCTime), ResultSerializationTime: of(metric.ResultSerializationTime),
		GettingResultTime: of(metric.GettingResultTime), SchedulerDelay: of(metric.SchedulerDelay),
		PeakExecutionMemory: of(metric.PeakExecutionMemory), MemoryBytesSpilled: of(metric.MemoryBytesSpilled), DiskBytesSpilled: of(metric.DiskBytesSpilled),
		Input:  inputSpread{of(metric.InputBytes), of(metric.InputRecords)},
		Output: outputSpread{of(metric.OutputBytes), of(metric.OutputRecords)},
		ShuffleRead: shuffleReadSpread{ReadBytes: sum(metric.ShuffleLocalBytesRead, metric.ShuffleRemoteBytesRead),
			ReadRecords: of(metric.ShuffleReadRecords), RemoteBlocksFetched: of(metric.ShuffleRemoteBlocksFetched),
			LocalBlocksFetched: of(metric.ShuffleLocalBlocksFetched), FetchWaitTime: of(metric.ShuffleFetchWaitTime),
			RemoteBytesRead: of(metric.ShuffleRemoteBytesRead), RemoteBytesReadToDisk: of(metric.ShuffleRemoteBytesReadToDisk),
			TotalBlocksFetched: sum(metric.ShuffleLocalBlocksFetched, metric.ShuffleRemoteBlocksFetched)},
		ShuffleWrite: shuffleWrittenSpread{of(metric.ShuffleWriteBytes), of(metric.ShuffleWriteRecords), of(metric.ShuffleWriteTime)},
	}
	for i, q := range qs {
		d.Quantiles[i] = Float(q)
	}
	if v.Details != nil {
		d.ShuffleRead.RemoteReqsDuration, d.ShuffleRead.Push = v.pushSpreads(s, qs)
	}
	return d
}

func at(qs []float64, d profiler.Dist) spread {
	out := make(spread, len(qs))
	for i, q := range qs {
		out[i] = Float(d.Quantile(q))
	}
	return out
}

// mergedNumbers are those of reads of merged blocks, by their names in answers.
var mergedNumbers = [...]struct {
	name string
	of   func(*event.MergedReads) int64
}{
	{"corruptMergedBlockChunks", func(m *event.MergedReads) int64 { return m.CorruptChunks }},
	{"mergedFetchFallbackCount", func(m *event.MergedReads) int64 { return m.Fallbacks }},
	{"remoteMergedBlocksFetched", func(m *event.MergedReads) int64 { return m.RemoteBlocks }},
	{"localMergedBlocksFetched", func(m *event.MergedReads) int64 { return m.LocalBlocks }},
	{"remoteMergedChunksFetched", func(m *event.MergedReads) int64 { return m.RemoteChunks }},
	{"localMergedChunksFetched", func(m *event.MergedReads) int64 { return m.LocalChunks }},
	{"remoteMergedBytesRead", func(m *event.MergedReads) int64 { return m.RemoteBytes }},
	{"localMergedBytesRead", func(m *event.MergedReads) int64 { return m.LocalBytes }},
	{"remoteMergedReqsDuration", func(m *event.MergedReads) int64 { return m.RemoteRequests }},
}

// pushSpreads are the quantiles of what only Details know of single tasks.
func (v *View) pushSpreads(s *profiler.Stage, qs []float64) (requests spread, push map[string]spread) {
	var times profiler.Dist
	var columns [len(mergedNumbers)]profiler.Dist
	for row := range s.Tasks.Len() {
		if s.Tasks.Status(row) != profiler.Succeeded || !s.Tasks.Measured(row) {
			continue
		}
		var time int64
		merged := &event.MergedReads{}
		if x := v.Details.tasks[s.Tasks.ID(row)]; x != nil {
			time = x.requests
			if x.merged != nil {
				merged = x.merged
			}
		}
		times = append(times, time)
		for i, n := range mergedNumbers {
			columns[i] = append(columns[i], n.of(merged))
		}
	}
	push = map[string]spread{}
	for i, c := range columns {
		slices.Sort(c)
		push[mergedNumbers[i].name] = at(qs, c)
	}
	slices.Sort(times)
	return at(qs, times), push
}

// ExecutorDistributions are quantiles over what each executor did for a stage,
// the stage's executors weighing alike.
type ExecutorDistributions struct {
	Quantiles           spread            `json:"quantiles"`
	TaskTime            spread            `json:"taskTime"`
	FailedTasks         spread            `json:"failedTasks"`
	SucceededTasks      spread            `json:"succeededTasks"`
	KilledTasks         spread            `json:"killedTasks"`
	InputBytes          spread            `json:"inputBytes"`
	InputRecords        spread            `json:"inputRecords"`
	OutputBytes         spread            `json:"outputBytes"`
	OutputRecords       spread            `json:"outputRecords"`
	ShuffleRead         spread            `json:"shuffleRead"`
	ShuffleReadRecords  spread            `json:"shuffleReadRecords"`
	ShuffleWrite        spread            `json:"shuffleWrite"`
	ShuffleWriteRecords spread            `json:"shuffleWriteRecords"`
	MemoryBytesSpilled  spread            `json:"memoryBytesSpilled"`
	DiskBytesSpilled    spread            `json:"diskBytesSpilled"`
	PeakMemoryMetrics   map[string]spread `json:"peakMemoryMetrics"`
}

// ExecutorDistributions returns quantiles over the executors of s, nil when it
// has none.
func (v *View) ExecutorDistributions(s *profiler.Stage, qs []float64) *ExecutorDistributions {
	all := slices.Collect(maps.Values(v.executorsOf(s)))
	if len(all) == 0 {
		return nil
	}
	of := func(pick func(*OfExecutor) int64) spread {
		d := make(profiler.Dist, len(all))
		for i := range all {
			d[i] = pick(&all[i])
		}
		slices.Sort(d)
		return at(qs, d)
	}
	d := &ExecutorDistributions{Quantiles: make(spread, len(qs)),
		TaskTime:            of(func(x *OfExecutor) int64 { return x.TaskTime }),
		FailedTasks:         of(func(x *OfExecutor) int64 { return int64(x.FailedTasks) }),
		SucceededTasks:      of(func(x *OfExecutor) int64 { return int64(x.SucceededTasks) }),
		KilledTasks:         of(func(x *OfExecutor) int64 { return int64(x.KilledTasks) }),
		InputBytes:          of(func(x *OfExecutor) int64 { return x.InputBytes }),
		InputRecords:        of(func(x *OfExecutor) int64 { return x.InputRecords }),
		OutputBytes:         of(func(x *OfExecutor) int64 { return x.OutputBytes }),
		OutputRecords:       of(func(x *OfExecutor) int64 { return x.OutputRecords }),
		ShuffleRead:         of(func(x *OfExecutor) int64 { return x.ShuffleRead }),
		ShuffleReadRecords:  of(func(x *OfExecutor) int64 { return x.ShuffleReadRecords }),
		ShuffleWrite:        of(func(x *OfExecutor) int64 { return x.ShuffleWrite }),
		ShuffleWriteRecords: of(func(x *OfExecutor) int64 { return x.ShuffleWriteRecords }),
		MemoryBytesSpilled:  of(func(x *OfExecutor) int64 { return x.MemoryBytesSpilled }),
		DiskBytesSpilled:    of(func(x *OfExecutor) int64 { return x.DiskBytesSpilled }),
		PeakMemoryMetrics:   map[string]spread{},
	}
	for i, q := range qs {
		d.Quantiles[i] = Float(q)
	}
	for k, name := range ExecutorMetricNames {
		d.PeakMemoryMetrics[name] = of(func(x *OfExecutor) int64 {
			if x.PeakMemoryMetrics == nil {
				return 0
			}
			return x.PeakMemoryMetrics[k]
		})
	}
	return d
}
