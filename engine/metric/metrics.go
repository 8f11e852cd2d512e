// Package metric names everything that can be measured, once.
//
// A metric is a row of the table in this file: an ID, the name under which
// Spark's REST API shows it, how it looks on a screen, its unit, how two values
// fold into one, and a sentence. Everything that stores, sums, prints or
// documents metrics loops over the table. A new metric is a row here and the
// line that records it.
//
// Two groups share the table. Task metrics describe one attempt of a task
// (reference: Spark's TaskMetrics). SQL metrics describe what one plan node did
// inside a task; their Name is the text Spark's SQL tab shows for them.
package metric

import "slices"

// An ID names one metric.
type ID uint8

// Task metrics. Durations are nanoseconds, whatever the source wrote.
const (
	TaskDuration ID = iota
	ExecutorRunTime
	ExecutorCPUTime
	ExecutorDeserializeTime
	ExecutorDeserializeCPUTime
	ResultSerializationTime
	GettingResultTime
	SchedulerDelay
	JVMGCTime
	ResultSize
	PeakExecutionMemory
	MemoryBytesSpilled
	DiskBytesSpilled
	InputBytes
	InputRecords
	OutputBytes
	OutputRecords
	ShuffleRemoteBlocksFetched
	ShuffleLocalBlocksFetched
	ShuffleFetchWaitTime
	ShuffleRemoteBytesRead
	ShuffleRemoteBytesReadToDisk
	ShuffleLocalBytesRead
	ShuffleReadRecords
	ShuffleWriteBytes
	ShuffleWriteTime
	ShuffleWriteRecords

	// SQL metrics: what one plan node did inside one task.
	NumOutputRows
	NumFiles
	NumPartitionsRead
	FilesSize
	MetadataTime
	ScanTime
	NumRowGroups
	NumRowGroupsSkipped
	DataSize
	BroadcastTime
	BuildTime
	BuildDataSize
	AggTime
	SortTime
	PeakMemory
	SpillSize
	NumPartitions
	NumCoalescedPartitions
	NumSkewedPartitions
	NumSkewedSplits
	NodeShuffleRecordsWritten
	NodeShuffleBytesWritten
	NodeShuffleWriteTime
	NodeShuffleRecordsRead
	NodeLocalBytesRead
	NodeRemoteBytesRead
	NodeFetchWaitTime
	NodeTime
	FunctionRows
	FunctionTime
	CacheHits
	CacheRemoteReads
	CacheMisses
	NumWrittenFiles
	WrittenOutputBytes
	NumDynamicParts

	numIDs
)

// A Fold says how two values of one metric become one.
type Fold uint8

const (
	Sum Fold = iota
	Max
)

// A Desc is what the table knows of one metric.
type Desc struct {
	Name  string // REST field name of a task metric; SQL tab text of a SQL metric
	Title string // column heading, at most 14 characters
	Unit  Unit
	Fold  Fold
	Doc   string // one sentence
}

var descs = [numIDs]Desc{
	TaskDuration:                 {"duration", "Duration", Duration, Sum, "Finish time less launch time, as the driver saw them."},
	ExecutorRunTime:              {"executorRunTime", "Run time", Duration, Sum, "Time the executor ran the task, fetch wait, spilling and GC included."},
	ExecutorCPUTime:              {"executorCpuTime", "CPU time", Duration, Sum, "CPU time of the task's thread while it ran."},
	ExecutorDeserializeTime:      {"executorDeserializeTime", "Deserialize", Duration, Sum, "Time to make the task ready to run: operators built, broadcasts fetched."},
	ExecutorDeserializeCPUTime:   {"executorDeserializeCpuTime", "Deser. CPU", Duration, Sum, "CPU time of making the task ready."},
	ResultSerializationTime:      {"resultSerializationTime", "Result ser.", Duration, Sum, "Time to encode the task's result for the driver."},
	GettingResultTime:            {"gettingResultTime", "Getting result", Duration, Sum, "Time the driver needed to fetch the result."},
	SchedulerDelay:               {"schedulerDelay", "Sched. delay", Duration, Sum, "Duration that is neither running, deserializing, serializing nor fetching the result; never below zero."},
	JVMGCTime:                    {"jvmGcTime", "GC time", Duration, Sum, "Garbage collection of the whole executor while the task ran; tasks side by side each count it."},
	ResultSize:                   {"resultSize", "Result size", Bytes, Sum, "Bytes of the task's result sent to the driver."},
	PeakExecutionMemory:          {"peakExecutionMemory", "Peak memory", Bytes, Max, "Most execution memory the task held at once."},
	MemoryBytesSpilled:           {"memoryBytesSpilled", "Spill (memory)", Bytes, Sum, "Size in memory of what was spilled."},
	DiskBytesSpilled:             {"diskBytesSpilled", "Spill (disk)", Bytes, Sum, "Bytes written to disk by spilling."},
	InputBytes:                   {"inputBytes", "Input", Bytes, Sum, "Bytes read from files or cached blocks."},
	InputRecords:                 {"inputRecords", "Input rows", Count, Sum, "Records read from files or cached blocks."},
	OutputBytes:                  {"outputBytes", "Output", Bytes, Sum, "Bytes written to files."},
	OutputRecords:                {"outputRecords", "Output rows", Count, Sum, "Records written to files."},
	ShuffleRemoteBlocksFetched:   {"shuffleRemoteBlocksFetched", "Remote blocks", Count, Sum, "Shuffle blocks fetched from other executors."},
	ShuffleLocalBlocksFetched:    {"shuffleLocalBlocksFetched", "Local blocks", Count, Sum, "Shuffle blocks read from the task's own executor."},
	ShuffleFetchWaitTime:         {"shuffleFetchWaitTime", "Fetch wait", Duration, Sum, "Time the task stood still for shuffle blocks."},
	ShuffleRemoteBytesRead:       {"shuffleRemoteBytesRead", "Remote read", Bytes, Sum, "Shuffle bytes fetched from other executors."},
	ShuffleRemoteBytesReadToDisk: {"shuffleRemoteBytesReadToDisk", "Remote to disk", Bytes, Sum, "Remote shuffle bytes that were streamed to disk because the block was large."},
	ShuffleLocalBytesRead:        {"shuffleLocalBytesRead", "Local read", Bytes, Sum, "Shuffle bytes read from the task's own executor."},
	ShuffleReadRecords:           {"shuffleReadRecords", "Shuffle rows", Count, Sum, "Records read from shuffle blocks."},
	ShuffleWriteBytes:            {"shuffleWriteBytes", "Shuffle write", Bytes, Sum, "Bytes of shuffle blocks written."},
	ShuffleWriteTime:             {"shuffleWriteTime", "Write time", Duration, Sum, "Time spent writing shuffle blocks."},
	ShuffleWriteRecords:          {"shuffleWriteRecords", "Written rows", Count, Sum, "Records written to shuffle blocks."},

	NumOutputRows:             {"number of output rows", "Rows", Count, Sum, "Rows the node handed on."},
	NumFiles:                  {"number of files read", "Files", Count, Sum, "Files the scan opened."},
	NumPartitionsRead:         {"number of partitions read", "Folders read", Count, Sum, "Folders of partition values whose files the scan was given."},
	FilesSize:                 {"size of files read", "Files size", Bytes, Sum, "Size of the files the scan opened."},
	MetadataTime:              {"metadata time", "Metadata", Duration, Sum, "Time to list files and read footers."},
	ScanTime:                  {"scan time", "Scan time", Duration, Sum, "Time to read and decode rows."},
	NumRowGroups:              {"number of row groups", "Row groups", Count, Sum, "Row groups the scan's splits hold."},
	NumRowGroupsSkipped:       {"number of row groups skipped", "Skipped groups", Count, Sum, "Row groups that statistics showed to hold no matching row."},
	DataSize:                  {"data size", "Data size", Bytes, Sum, "Size of the exchanged or broadcast rows in memory."},
	BroadcastTime:             {"time to broadcast", "Broadcast time", Duration, Sum, "Time to hand a broadcast table to the executors."},
	BuildTime:                 {"time to build hash map", "Build time", Duration, Sum, "Time to build a join's hash table."},
	BuildDataSize:             {"data size of build side", "Build size", Bytes, Sum, "Size of the rows on a join's build side."},
	AggTime:                   {"time in aggregation build", "Agg. time", Duration, Sum, "Time to fold rows into groups."},
	SortTime:                  {"sort time", "Sort time", Duration, Sum, "Time to sort rows."},
	PeakMemory:                {"peak memory", "Peak memory", Bytes, Sum, "Most memory the node's tasks held, each at its own peak."},
	SpillSize:                 {"spill size", "Spill", Bytes, Sum, "Size in memory of what the node spilled."},
	NumPartitions:             {"number of partitions", "Partitions", Count, Sum, "Partitions an exchange writes or a read of one is given."},
	NumSkewedPartitions:       {"number of skewed partitions", "Skewed", Count, Sum, "Partitions that adaptive execution reads in pieces."},
	NumSkewedSplits:           {"number of skewed partition splits", "Pieces", Count, Sum, "Pieces in which it reads them."},
	NumCoalescedPartitions:    {"number of coalesced partitions", "Coalesced", Count, Sum, "Partitions that adaptive execution made by joining smaller ones."},
	NodeShuffleRecordsWritten: {"shuffle records written", "Written rows", Count, Sum, "Records the exchange wrote."},
	NodeShuffleBytesWritten:   {"shuffle bytes written", "Written", Bytes, Sum, "Bytes the exchange wrote."},
	NodeShuffleWriteTime:      {"shuffle write time", "Write time", Duration, Sum, "Time the exchange took to write."},
	NodeShuffleRecordsRead:    {"records read", "Read rows", Count, Sum, "Records read from the exchange."},
	NodeLocalBytesRead:        {"local bytes read", "Local read", Bytes, Sum, "Exchange bytes read from the task's own executor."},
	NodeRemoteBytesRead:       {"remote bytes read", "Remote read", Bytes, Sum, "Exchange bytes fetched from other executors."},
	NodeFetchWaitTime:         {"fetch wait time", "Fetch wait", Duration, Sum, "Time tasks stood still for the exchange's blocks."},
	NodeTime:                  {"time in operator", "Time", Duration, Sum, "Time spent in the node itself, its inputs left out."},
	FunctionRows:              {"rows of user functions", "Function rows", Count, Sum, "Rows for which functions that the program registered were computed."},
	FunctionTime:              {"time in user functions", "Function time", Duration, Sum, "Time in functions that the program registered."},
	CacheHits:                 {"cached partitions read", "Cache hits", Count, Sum, "Cached partitions that were found."},
	CacheRemoteReads:          {"cached partitions read remotely", "Cache remote", Count, Sum, "Cached partitions that were found on another executor only."},
	CacheMisses:               {"cached partitions computed", "Cache misses", Count, Sum, "Cached partitions that had to be computed: the first time, or again after eviction."},
	NumWrittenFiles:           {"number of written files", "Written files", Count, Sum, "Files that a write left."},
	NumDynamicParts:           {"number of dynamic part", "Folders", Count, Sum, "Folders of partition values that a write left files in."},
	WrittenOutputBytes:        {"written output", "Written", Bytes, Sum, "Bytes of files the node wrote."},
}

// Desc returns the table's row of id.
func (id ID) Desc() Desc { return descs[id] }

// String returns the name of id.
func (id ID) String() string { return descs[id].Name }

// Unit returns the unit of id's values.
func (id ID) Unit() Unit { return descs[id].Unit }

// SQL reports whether id is a metric of plan nodes; the others are of tasks.
func (id ID) SQL() bool { return id >= NumOutputRows }

// All yields every metric in table order.
func All(yield func(ID) bool) {
	for id := range numIDs {
		if !yield(id) {
			return
		}
	}
}

// Parse returns the metric called name.
func Parse(name string) (ID, bool) {
	i := slices.IndexFunc(descs[:], func(d Desc) bool { return d.Name == name })
	return ID(max(i, 0)), i >= 0
}
