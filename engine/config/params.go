// Package config names everything a user can set, once.
//
// A parameter is a row of the table in this file: Spark's own key wherever
// Spark has one, with Spark's unit, default and value syntax, so that what the
// advisor proposes can be pasted into spark-defaults.conf. What only this
// engine has begins with "stagecoach.". Help texts and the reference page are
// printed from the table.
package config

// A Kind says how a parameter's text is read.
type Kind uint8

const (
	String   Kind = iota // any text
	Bool                 // true or false
	Int                  // a whole number
	Bytes                // a size: 64m, 10485760, 1g; a bare number has the parameter's own unit
	Millis               // a time: 3s, 100ms; a bare number is milliseconds
	Fraction             // a number such as 0.6, above 0 and up to 1
	Number               // a number such as 1.5, between Min and Max
	Enum                 // one of Values
)

// A Param is one parameter's row.
type Param struct {
	Key     string
	Kind    Kind
	Default string   // Spark's own text
	Doc     string   // what it does, one or two sentences
	Min     int64    // least value of Int, Bytes and Millis
	Max     int64    // greatest; 0 means no bound
	Values  []string // of Enum
	Unit    int64    // what a bare number of Bytes or Millis counts; 0 means bytes or milliseconds
	Prefix  bool     // Key ends in '*': a family of keys
}

// Keys of the parameters, for those who read them.
const (
	Master                   = "spark.master"
	AppName                  = "spark.app.name"
	DriverMemory             = "spark.driver.memory"
	ExecutorMemory           = "spark.executor.memory"
	MemoryFraction           = "spark.memory.fraction"
	StorageFraction          = "spark.memory.storageFraction"
	OffHeap                  = "spark.memory.offHeap.enabled"
	OffHeapSize              = "spark.memory.offHeap.size"
	TaskMaxFailures          = "spark.task.maxFailures"
	StageAttempts            = "spark.stage.maxConsecutiveAttempts"
	TaskCPUs                 = "spark.task.cpus"
	LocalityWait             = "spark.locality.wait"
	SchedulerMode            = "spark.scheduler.mode"
	SchedulerPool            = "spark.scheduler.pool"
	PoolModePrefix           = "stagecoach.scheduler.mode."
	PoolWeightPrefix         = "stagecoach.scheduler.weight."
	PoolMinSharePrefix       = "stagecoach.scheduler.minShare."
	Exclude                  = "spark.excludeOnFailure.enabled"
	ExcludeTimeout           = "spark.excludeOnFailure.timeout"
	ExcludeTaskAttempts      = "spark.excludeOnFailure.task.maxTaskAttemptsPerExecutor"
	ExcludeStageTasks        = "spark.excludeOnFailure.stage.maxFailedTasksPerExecutor"
	ExcludeApplicationTasks  = "spark.excludeOnFailure.application.maxFailedTasksPerExecutor"
	Allocation               = "spark.dynamicAllocation.enabled"
	AllocationMin            = "spark.dynamicAllocation.minExecutors"
	AllocationMax            = "spark.dynamicAllocation.maxExecutors"
	AllocationInitial        = "spark.dynamicAllocation.initialExecutors"
	AllocationRatio          = "spark.dynamicAllocation.executorAllocationRatio"
	AllocationBacklog        = "spark.dynamicAllocation.schedulerBacklogTimeout"
	AllocationSustained      = "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout"
	AllocationIdle           = "spark.dynamicAllocation.executorIdleTimeout"
	AllocationCachedIdle     = "spark.dynamicAllocation.cachedExecutorIdleTimeout"
	Speculation              = "spark.speculation"
	SpeculationInterval      = "spark.speculation.interval"
	SpeculationMultiplier    = "spark.speculation.multiplier"
	SpeculationQuantile      = "spark.speculation.quantile"
	SpeculationMinRuntime    = "spark.speculation.minTaskRuntime"
	LocalDir                 = "spark.local.dir"
	CheckpointDir            = "spark.checkpoint.dir"
	EventLogEnabled          = "spark.eventLog.enabled"
	EventLogDir              = "spark.eventLog.dir"
	EventLogCompress         = "spark.eventLog.compress"
	EventLogCodec            = "spark.eventLog.compression.codec"
	EventLogRolling          = "spark.eventLog.rolling.enabled"
	EventLogMaxFileSize      = "spark.eventLog.rolling.maxFileSize"
	EventLogBlockUpdates     = "spark.eventLog.logBlockUpdates.enabled"
	EventLogStageMetrics     = "spark.eventLog.logStageExecutorMetrics"
	ShufflePartitions        = "spark.sql.shuffle.partitions"
	BroadcastThreshold       = "spark.sql.autoBroadcastJoinThreshold"
	MaxPartitionBytes        = "spark.sql.files.maxPartitionBytes"
	OpenCost                 = "spark.sql.files.openCostInBytes"
	MinPartitionNum          = "spark.sql.files.minPartitionNum"
	WarehouseDir             = "spark.sql.warehouse.dir"
	DefaultSource            = "spark.sql.sources.default"
	ConcurrentWriters        = "spark.sql.maxConcurrentOutputFileWriters"
	MaxRecordsPerFile        = "spark.sql.files.maxRecordsPerFile"
	PartitionOverwriteMode   = "spark.sql.sources.partitionOverwriteMode"
	ParquetFilterPushdown    = "spark.sql.parquet.filterPushdown"
	ParquetCodec             = "spark.sql.parquet.compression.codec"
	PreferSortMergeJoin      = "spark.sql.join.preferSortMergeJoin"
	AdaptiveEnabled          = "spark.sql.adaptive.enabled"
	CoalesceEnabled          = "spark.sql.adaptive.coalescePartitions.enabled"
	CoalesceParallelismFirst = "spark.sql.adaptive.coalescePartitions.parallelismFirst"
	CoalesceMinSize          = "spark.sql.adaptive.coalescePartitions.minPartitionSize"
	AdvisoryPartitionSize    = "spark.sql.adaptive.advisoryPartitionSizeInBytes"
	SkewJoinEnabled          = "spark.sql.adaptive.skewJoin.enabled"
	SkewFactor               = "spark.sql.adaptive.skewJoin.skewedPartitionFactor"
	SkewThreshold            = "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes"
	LocalShuffleReader       = "spark.sql.adaptive.localShuffleReader.enabled"
	NonEmptyRatio            = "spark.sql.adaptive.nonEmptyPartitionRatioForBroadcastJoin"
	AdaptiveBroadcast        = "spark.sql.adaptive.autoBroadcastJoinThreshold"
	AdaptiveHashJoin         = "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold"
	ExchangeReuse            = "spark.sql.exchange.reuse"
	DynamicPruning           = "spark.sql.optimizer.dynamicPartitionPruning.enabled"
	PruningReuseOnly         = "spark.sql.optimizer.dynamicPartitionPruning.reuseBroadcastOnly"
	PruningFallbackRatio     = "spark.sql.optimizer.dynamicPartitionPruning.fallbackFilterRatio"
	BloomFilter              = "spark.sql.optimizer.runtime.bloomFilter.enabled"
	BloomApplicationSize     = "spark.sql.optimizer.runtime.bloomFilter.applicationSideScanSizeThreshold"
	BloomCreationSize        = "spark.sql.optimizer.runtime.bloomFilter.creationSideThreshold"
	BloomItems               = "spark.sql.optimizer.runtime.bloomFilter.expectedNumItems"
	BloomMaxItems            = "spark.sql.optimizer.runtime.bloomFilter.maxNumItems"
	BloomBits                = "spark.sql.optimizer.runtime.bloomFilter.numBits"
	BloomMaxBits             = "spark.sql.optimizer.runtime.bloomFilter.maxNumBits"
	RuntimeFilters           = "spark.sql.optimizer.runtimeFilter.number.threshold"
	WindowGroupLimit         = "spark.sql.optimizer.windowGroupLimitThreshold"
	SessionTimeZone          = "spark.sql.session.timeZone"
	ANSI                     = "spark.sql.ansi.enabled"
	SparkVersion             = "stagecoach.spark.version"
	BatchRows                = "stagecoach.batch.rows"
	StorageLevelPrefix       = "stagecoach.storageLevel."
	RangeSample              = "stagecoach.range.samplePerPartition"
	Metering                 = "stagecoach.metering.enabled"
	FaultSeed                = "stagecoach.faults.seed"
	FaultTaskFailures        = "stagecoach.faults.taskFailureRate"
	FaultCorruptBlocks       = "stagecoach.faults.corruptBlockRate"
	FaultDiskSpeed           = "stagecoach.faults.diskBytesPerSecond"
	FaultSlowdownPrefix      = "stagecoach.faults.slowdown."
	FaultLoseAtPrefix        = "stagecoach.faults.loseAt."
	FaultLoseAfterPrefix     = "stagecoach.faults.loseAfterTasks."
)

// StorageLevels are the values of stagecoach.storageLevel.*, by Spark's names.
var StorageLevels = []string{"NONE", "MEMORY_ONLY", "MEMORY_ONLY_2", "MEMORY_ONLY_SER", "MEMORY_ONLY_SER_2", "MEMORY_AND_DISK", "MEMORY_AND_DISK_2",
	"MEMORY_AND_DISK_SER", "MEMORY_AND_DISK_SER_2", "DISK_ONLY", "DISK_ONLY_2", "DISK_ONLY_3", "OFF_HEAP"}

var schedulerModes = []string{"FIFO", "FAIR"}

// Params is every parameter, in the order the reference prints them.
var Params = []Param{
	{Key: Master, Default: "local[*]", Doc: "Where tasks run: local[N] or local[*] in one executor, local-cluster[executors,cores,memoryMiB] on in-process executors of their own."},
	{Key: AppName, Default: "stagecoach", Doc: "Name of the application in logs and on screens."},
	{Key: DriverMemory, Kind: Bytes, Default: "1g", Min: 1 << 20, Doc: "Memory of the one executor of local[N], which is the driver, as in Spark. It goes before spark.executor.memory where it is set."},
	{Key: ExecutorMemory, Kind: Bytes, Default: "1g", Min: 1 << 20, Doc: "Memory of one executor. 300 MiB are set aside, as in Spark (below 450 MiB two thirds, where Spark would not start); the rest times spark.memory.fraction is the unified memory of execution and storage. local-cluster[...] sets it by its third number."},
	{Key: MemoryFraction, Kind: Fraction, Default: "0.6", Doc: "Share of (executor memory - 300 MiB) that execution and storage may use."},
	{Key: StorageFraction, Kind: Fraction, Default: "0.5", Doc: "Share of unified memory from which execution cannot evict cached blocks."},
	{Key: OffHeap, Kind: Bool, Default: "false", Doc: "Keep cached blocks of level OFF_HEAP in memory that the garbage collector does not see. Without it they go to disk, as in Spark. Execution stays on the heap."},
	{Key: OffHeapSize, Kind: Bytes, Default: "0", Doc: "Memory of each executor for blocks of level OFF_HEAP, beside its unified memory."},
	{Key: TaskMaxFailures, Kind: Int, Default: "4", Min: 1, Doc: "Attempts of one task before its job fails. local[N] makes one attempt, as in Spark."},
	{Key: StageAttempts, Kind: Int, Default: "4", Min: 1, Doc: "Attempts of a stage, each of which found outputs lost or damaged, before its job fails."},
	{Key: TaskCPUs, Kind: Int, Default: "1", Min: 1, Max: 256, Doc: "Cores that each task takes: an executor runs its cores divided by this at once."},
	{Key: LocalityWait, Kind: Millis, Default: "3s", Doc: "How long a task waits for a slot near its data before it takes any."},
	{Key: SchedulerMode, Kind: Enum, Default: "FIFO", Values: schedulerModes, Doc: "How queries that run at once share the slots: the earliest job first, or fairly by pools."},
	{Key: SchedulerPool, Default: "default", Doc: "Pool that a query's tasks belong to when spark.scheduler.mode is FAIR."},
	{Key: PoolModePrefix + "*", Kind: Enum, Default: "FIFO", Values: schedulerModes, Prefix: true, Doc: "How queries within this pool share its slots (schedulingMode of Spark's allocation file)."},
	{Key: PoolWeightPrefix + "*", Kind: Int, Default: "1", Min: 1, Prefix: true, Doc: "Weight of this pool: one of weight 2 gets twice the slots of one of weight 1 (weight of Spark's allocation file)."},
	{Key: PoolMinSharePrefix + "*", Kind: Int, Default: "0", Prefix: true, Doc: "Slots that this pool gets before others get more by their weight (minShare of Spark's allocation file)."},
	{Key: Exclude, Kind: Bool, Default: "false", Doc: "Keep tasks away from executors on which too many failed. Executors here share one host, so Spark's limits per node are not offered."},
	{Key: ExcludeTimeout, Kind: Millis, Default: "1h", Min: 1, Doc: "How long an executor is excluded for the application, and how long a failure counts for that."},
	{Key: ExcludeTaskAttempts, Kind: Int, Default: "1", Min: 1, Doc: "Attempts of one task that may fail on an executor before the task goes elsewhere."},
	{Key: ExcludeStageTasks, Kind: Int, Default: "2", Min: 1, Doc: "Tasks of a stage that may fail on an executor before it is excluded for the stage."},
	{Key: ExcludeApplicationTasks, Kind: Int, Default: "2", Min: 1, Doc: "Tasks that may fail on an executor, in stages that succeeded after all, before it is excluded for the application."},
	{Key: Allocation, Kind: Bool, Default: "false", Doc: "Start and end executors as there is work for them. The first number of local-cluster[...] is then the most there are at once. Not in local[N], as in Spark."},
	{Key: AllocationMin, Kind: Int, Default: "0", Doc: "Least number of executors."},
	{Key: AllocationMax, Kind: Int, Default: "2147483647", Min: 1, Doc: "Greatest number of executors."},
	{Key: AllocationInitial, Kind: Int, Default: "0", Doc: "Executors to begin with; at least spark.dynamicAllocation.minExecutors."},
	{Key: AllocationRatio, Kind: Fraction, Default: "1.0", Doc: "Share of the executors that would run all tasks at once which is asked for at most."},
	{Key: AllocationBacklog, Kind: Millis, Default: "1s", Unit: 1000, Doc: "How long tasks wait for slots before executors are asked for: one, then two, four, eight more. A bare number is seconds."},
	{Key: AllocationSustained, Kind: Millis, Default: "1s", Unit: 1000, Doc: "How long tasks still wait before more executors are asked for; when it is not set, spark.dynamicAllocation.schedulerBacklogTimeout. A bare number is seconds."},
	{Key: AllocationIdle, Kind: Millis, Default: "60s", Unit: 1000, Doc: "How long an executor without a task is kept. One that holds shuffle output is kept as long as it does. A bare number is seconds."},
	{Key: AllocationCachedIdle, Kind: Millis, Default: "2147483647s", Unit: 1000, Doc: "How long an executor without a task is kept when it holds cached partitions. A bare number is seconds."},
	{Key: Speculation, Kind: Bool, Default: "false", Doc: "Run a copy of a task that takes much longer than its siblings on another executor; the first to end counts. Not in local[N], as in Spark."},
	{Key: SpeculationInterval, Kind: Millis, Default: "100ms", Min: 1, Doc: "How often to look for tasks to copy."},
	{Key: SpeculationMultiplier, Kind: Number, Default: "3", Doc: "A task is copied when it runs longer than the median of its ended siblings times this."},
	{Key: SpeculationQuantile, Kind: Number, Default: "0.9", Max: 1, Doc: "Share of a stage's tasks that must have ended before any is copied."},
	{Key: SpeculationMinRuntime, Kind: Millis, Default: "100ms", Doc: "Least time a task runs before it is copied."},
	{Key: LocalDir, Default: "", Doc: "Folder for shuffle, spill and cache files; empty means the system's folder for temporary files."},
	{Key: CheckpointDir, Default: "", Doc: "Folder below which Checkpoint writes rows; empty means that there is none, and Checkpoint fails."},
	{Key: EventLogEnabled, Kind: Bool, Default: "false", Doc: "Write a Spark event log."},
	{Key: EventLogDir, Default: "/tmp/spark-events", Doc: "Folder of event logs."},
	{Key: EventLogCompress, Kind: Bool, Default: "true", Doc: "Compress event logs."},
	{Key: EventLogCodec, Kind: Enum, Default: "zstd", Values: []string{"zstd", "lz4", "snappy", "none"}, Doc: "Codec of event logs."},
	{Key: EventLogRolling, Kind: Bool, Default: "true", Doc: "Write event logs as a folder of parts."},
	{Key: EventLogMaxFileSize, Kind: Bytes, Default: "128m", Min: 2 << 20, Doc: "Size of a part, before compression, at which the next one begins."},
	{Key: EventLogBlockUpdates, Kind: Bool, Default: "true", Doc: "Log every move of a cached block, which the storage page needs. Spark's default is false."},
	{Key: EventLogStageMetrics, Kind: Bool, Default: "false", Doc: "Tell, as each stage ends, the most memory that its executors had in use."},
	{Key: ShufflePartitions, Kind: Int, Default: "200", Min: 1, Max: 1 << 20, Doc: "Partitions that an exchange for a join or an aggregation makes."},
	{Key: BroadcastThreshold, Kind: Bytes, Default: "10485760b", Min: -1, Doc: "Largest size at which a join's side is broadcast; -1 turns broadcasting off."},
	{Key: MaxPartitionBytes, Kind: Bytes, Default: "134217728b", Min: 1, Doc: "Most bytes of files that one scan partition takes."},
	{Key: OpenCost, Kind: Bytes, Default: "4194304b", Doc: "What opening a file costs, in bytes that could have been read meanwhile."},
	{Key: MinPartitionNum, Kind: Int, Default: "0", Doc: "Partitions that reading files is cut into where they are large enough; 0 means as many as there are slots."},
	{Key: WarehouseDir, Default: "spark-warehouse", Doc: "Folder of the catalog: what CREATE TABLE stores, and the files of tables without a LOCATION."},
	{Key: DefaultSource, Kind: Enum, Default: "parquet", Values: []string{"parquet", "csv", "json", "text"}, Doc: "Format of the tables that CREATE TABLE makes without USING."},
	{Key: ConcurrentWriters, Kind: Int, Default: "0", Doc: "Partition values whose files a task that writes has open at a time: their rows are not sorted first, but each open file takes memory. Rows of further values are sorted and come last; 0 sorts all."},
	{Key: MaxRecordsPerFile, Kind: Int, Default: "0", Doc: "Rows after which a task that writes begins another file; 0 means no limit."},
	{Key: PartitionOverwriteMode, Kind: Enum, Default: "static", Values: []string{"static", "dynamic"}, Doc: "What overwriting a table with partition columns replaces: all of it, or the partitions that rows go to."},
	{Key: ParquetFilterPushdown, Kind: Bool, Default: "true", Doc: "Let the Parquet reader skip row groups by their statistics."},
	{Key: ParquetCodec, Kind: Enum, Default: "snappy", Values: []string{"snappy", "zstd", "gzip", "none"}, Doc: "Codec of Parquet files written."},
	{Key: PreferSortMergeJoin, Kind: Bool, Default: "true", Doc: "Prefer sort-merge join over shuffled hash join where both would do."},
	{Key: AdaptiveEnabled, Kind: Bool, Default: "true", Doc: "Change the plan between stages by the sizes that were measured."},
	{Key: CoalesceEnabled, Kind: Bool, Default: "true", Doc: "Adaptive execution joins small shuffle partitions."},
	{Key: CoalesceParallelismFirst, Kind: Bool, Default: "true", Doc: "Coalesce only as far as every core keeps a partition, whatever the advisory size says."},
	{Key: CoalesceMinSize, Kind: Bytes, Default: "1m", Min: 1, Doc: "Least size of a coalesced partition."},
	{Key: AdvisoryPartitionSize, Kind: Bytes, Default: "64m", Min: 1, Doc: "Size of a partition that adaptive execution aims at."},
	{Key: SkewJoinEnabled, Kind: Bool, Default: "true", Doc: "Adaptive execution divides the partitions of a shuffled join that are much larger than the others."},
	{Key: SkewFactor, Kind: Number, Default: "5.0", Doc: "How many times the median size a partition must have to be skewed."},
	{Key: SkewThreshold, Kind: Bytes, Default: "256MB", Doc: "Size that a partition must exceed to be skewed."},
	{Key: LocalShuffleReader, Kind: Bool, Default: "true", Doc: "Adaptive execution reads a shuffle map task by map task when the join that wanted it was made a broadcast join."},
	{Key: NonEmptyRatio, Kind: Number, Default: "0.2", Doc: "Share of a side's partitions that must have rows for adaptive execution to broadcast it."},
	{Key: AdaptiveBroadcast, Kind: Bytes, Default: "", Min: -1, Doc: "Broadcast threshold for sizes measured while running; empty means spark.sql.autoBroadcastJoinThreshold."},
	{Key: AdaptiveHashJoin, Kind: Bytes, Default: "0", Doc: "Adaptive execution makes a sort-merge join a shuffled hash join where no partition of a side is larger; below spark.sql.adaptive.advisoryPartitionSizeInBytes it does nothing."},
	{Key: ExchangeReuse, Kind: Bool, Default: "true", Doc: "Exchanges that would move the same rows run once; the others read what the first one moved."},
	{Key: DynamicPruning, Kind: Bool, Default: "true", Doc: "A join on partition columns reads only the files whose folders match the keys of its other side, if that is filtered."},
	{Key: PruningReuseOnly, Kind: Bool, Default: "true", Doc: "Prune so only by what a join broadcasts anyway. When false, or with spark.sql.exchange.reuse=false, the other side is also run for its keys alone where that seems worth it."},
	{Key: PruningFallbackRatio, Kind: Number, Default: "0.5", Doc: "Share of the files' bytes that pruning is thought to save: it is worth it when that is more than what the other side reads."},
	{Key: BloomFilter, Kind: Bool, Default: "true", Doc: "A large side of a shuffled join drops, where it is read, the rows whose keys a Bloom filter of the other side's does not have, if that is small and filtered."},
	{Key: BloomApplicationSize, Kind: Bytes, Default: "10GB", Doc: "Least size of a source for which such a filter is made."},
	{Key: BloomCreationSize, Kind: Bytes, Default: "10MB", Doc: "Greatest estimated size of the rows whose keys are put into such a filter."},
	{Key: BloomItems, Kind: Int, Default: "1000000", Min: 1, Doc: "Different keys that such a filter is made for: with its bits, they decide how many bits each key sets."},
	{Key: BloomMaxItems, Kind: Int, Default: "4000000", Min: 1, Doc: "Greatest number of keys that such a filter is made for."},
	{Key: BloomBits, Kind: Int, Default: "8388608", Min: 8, Max: 1 << 32, Doc: "Bits of such a filter."},
	{Key: BloomMaxBits, Kind: Int, Default: "67108864", Min: 8, Max: 1 << 32, Doc: "Greatest number of bits of such a filter."},
	{Key: RuntimeFilters, Kind: Int, Default: "10", Doc: "Most such filters in a query."},
	{Key: WindowGroupLimit, Kind: Int, Default: "1000", Min: -1, Doc: "Greatest rank for which a condition on row_number, rank or dense_rank drops rows before their window; -1 turns that off."},
	{Key: SessionTimeZone, Default: "UTC", Doc: "Time zone in which timestamps are shown and read: a region such as Europe/Berlin, UTC, GMT+1, or an offset such as +01:00. Taxi times are New York wall time without a zone, which none changes."},
	{Key: ANSI, Kind: Bool, Default: "true", Doc: "Overflow, division by zero and what cannot be converted fail the query. When false, whole numbers wrap and the rest is null."},
	{Key: SparkVersion, Kind: Enum, Default: "4.0", Values: []string{"4.0", "3.5"}, Doc: "Version of Spark whose defaults hold for what is not set: 3.5 has spark.sql.ansi.enabled=false."},
	{Key: BatchRows, Kind: Int, Default: "16384", Min: 1, Max: 1 << 20, Doc: "Rows of a batch that operators hand on."},
	{Key: RangeSample, Kind: Int, Default: "100", Min: 1, Doc: "Rows sampled per partition to place the bounds of a range exchange (Spark: spark.sql.execution.rangeExchange.sampleSizePerPartition)."},
	{Key: Metering, Kind: Bool, Default: "true", Doc: "Measure every operator. Only to find out what measuring costs."},
	{Key: FaultSeed, Kind: Int, Default: "1", Doc: "Seed of the faults that are put in at random. The same seed makes the same tasks and blocks fail."},
	{Key: FaultTaskFailures, Kind: Number, Default: "0", Max: 1, Doc: "Share of task attempts that fail after their work. Which ones follows from seed, stage, partition and attempt."},
	{Key: FaultCorruptBlocks, Kind: Number, Default: "0", Max: 1, Doc: "Share of shuffle blocks that are damaged when they are read: the fetch fails and the map task runs again."},
	{Key: FaultDiskSpeed, Kind: Bytes, Default: "0", Doc: "Bytes a second that each executor's disk moves of shuffle, spill and cache files; 0 means as fast as it can."},
	{Key: FaultSlowdownPrefix + "*", Kind: Number, Default: "1", Min: 1, Prefix: true, Doc: "Factor by which the tasks of this executor take longer. A task counts as at least 1 ms long."},
	{Key: FaultLoseAtPrefix + "*", Kind: Millis, Default: "0", Prefix: true, Doc: "Time after the start at which this executor is lost as by a crash; 0 means never."},
	{Key: FaultLoseAfterPrefix + "*", Kind: Int, Default: "0", Prefix: true, Doc: "Number of ended task attempts in the application after which this executor is lost as by a crash; 0 means never."},
	{Key: StorageLevelPrefix + "*", Kind: Enum, Default: "NONE", Values: StorageLevels, Prefix: true, Doc: "Storage level of the frames that were given this name with Named. _2 and _3 keep copies on other executors, which are read when one is lost; where there are fewer executors, as in local[N], there are fewer copies."},
}
