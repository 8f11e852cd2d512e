package sparklog

import (
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A field is one number of Spark's Task Metrics: where it stands in a log and
// which metric it is. Reader and writer loop over fields, so that a metric is
// spelled in one place.
type field struct {
	id          metric.ID
	section     section
	key         string
	scale       int64 // nanoseconds in one unit of a time, 1 for other numbers
	accumulator string
	always      bool // Spark's reader fails without it, where its section is there
}

// A section is one of the objects inside Task Metrics.
type section uint8

const (
	top section = iota
	shuffleRead
	shuffleWrite
	input
	output
	numSections
)

var sectionKeys = [numSections]string{"", "Shuffle Read Metrics", "Shuffle Write Metrics", "Input Metrics", "Output Metrics"}

const (
	requestsKey  = "Remote Requests Duration"
	mergedKey    = "Push Based Shuffle"
	requestsSlot = maxFields
	numSlots     = maxFields + 1 + len(mergedKeys)
)

// mergedKeys are the numbers of event.MergedReads, in the order of
// JsonProtocol.
var mergedKeys = [...]string{"Corrupt Merged Block Chunks", "Merged Fetch Fallback Count", "Merged Remote Blocks Fetched",
	"Merged Local Blocks Fetched", "Merged Remote Chunks Fetched", "Merged Local Chunks Fetched", "Merged Remote Bytes Read",
	"Merged Local Bytes Read", "Merged Remote Requests Duration"}

// mergedNumbers are where they are kept.
func mergedNumbers(m *event.MergedReads) [len(mergedKeys)]*int64 {
	return [...]*int64{&m.CorruptChunks, &m.Fallbacks, &m.RemoteBlocks, &m.LocalBlocks, &m.RemoteChunks, &m.LocalChunks,
		&m.RemoteBytes, &m.LocalBytes, &m.RemoteRequests}
}

const ms = int64(time.Millisecond)

// fields are in the order in which JsonProtocol writes them: the scanner
// predicts it. Metrics that are missing here are derived at the fold.
var fields = []field{
	{metric.ExecutorDeserializeTime, top, "Executor Deserialize Time", ms, "executorDeserializeTime", true},
	{metric.ExecutorDeserializeCPUTime, top, "Executor Deserialize CPU Time", 1, "executorDeserializeCpuTime", false},
	{metric.ExecutorRunTime, top, "Executor Run Time", ms, "executorRunTime", true},
	{metric.ExecutorCPUTime, top, "Executor CPU Time", 1, "executorCpuTime", false},
	{metric.PeakExecutionMemory, top, "Peak Execution Memory", 1, "peakExecutionMemory", false},
	{metric.ResultSize, top, "Result Size", 1, "resultSize", true},
	{metric.JVMGCTime, top, "JVM GC Time", ms, "jvmGCTime", true},
	{metric.ResultSerializationTime, top, "Result Serialization Time", ms, "resultSerializationTime", true},
	{metric.MemoryBytesSpilled, top, "Memory Bytes Spilled", 1, "memoryBytesSpilled", true},
	{metric.DiskBytesSpilled, top, "Disk Bytes Spilled", 1, "diskBytesSpilled", true},
	{metric.ShuffleRemoteBlocksFetched, shuffleRead, "Remote Blocks Fetched", 1, "shuffle.read.remoteBlocksFetched", true},
	{metric.ShuffleLocalBlocksFetched, shuffleRead, "Local Blocks Fetched", 1, "shuffle.read.localBlocksFetched", true},
	{metric.ShuffleFetchWaitTime, shuffleRead, "Fetch Wait Time", ms, "shuffle.read.fetchWaitTime", true},
	{metric.ShuffleRemoteBytesRead, shuffleRead, "Remote Bytes Read", 1, "shuffle.read.remoteBytesRead", true},
	{metric.ShuffleRemoteBytesReadToDisk, shuffleRead, "Remote Bytes Read To Disk", 1, "shuffle.read.remoteBytesReadToDisk", false},
	{metric.ShuffleLocalBytesRead, shuffleRead, "Local Bytes Read", 1, "shuffle.read.localBytesRead", false},
	{metric.ShuffleReadRecords, shuffleRead, "Total Records Read", 1, "shuffle.read.recordsRead", false},
	{metric.ShuffleWriteBytes, shuffleWrite, "Shuffle Bytes Written", 1, "shuffle.write.bytesWritten", true},
	{metric.ShuffleWriteTime, shuffleWrite, "Shuffle Write Time", 1, "shuffle.write.writeTime", true},
	{metric.ShuffleWriteRecords, shuffleWrite, "Shuffle Records Written", 1, "shuffle.write.recordsWritten", false},
	{metric.InputBytes, input, "Bytes Read", 1, "input.bytesRead", true},
	{metric.InputRecords, input, "Records Read", 1, "input.recordsRead", false},
	{metric.OutputBytes, output, "Bytes Written", 1, "output.bytesWritten", true},
	{metric.OutputRecords, output, "Records Written", 1, "output.recordsWritten", false},
}

const internalPrefix = "internal.metrics."

// sectionFields are the positions in fields of each section's numbers, and the
// keys that its object may hold in predicted order, numbers first.
var sectionFields, sectionNames = bySection()

func bySection() (positions [numSections][]int, names [numSections][]string) {
	for i, f := range fields {
		positions[f.section] = append(positions[f.section], i)
		names[f.section] = append(names[f.section], quoted(f.key))
	}
	for s := shuffleRead; s < numSections; s++ {
		names[top] = append(names[top], quoted(sectionKeys[s]))
	}
	names[shuffleRead] = append(names[shuffleRead], quoted(requestsKey), quoted(mergedKey))
	return positions, names
}

// keys prepares names for scanner.object.
func keys(names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quoted(n)
	}
	return out
}

func quoted(name string) string { return `"` + name + `":` }
