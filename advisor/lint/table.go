package lint

// A row is one thing that can be wrong with a setting.
type row struct {
	key     string // or a family: a prefix and *
	kind    Kind
	since   string // version from which it holds; "" is any
	says    string
	instead string // what to write
	source  string
	when    func(s *Setup, key string) bool // nil: whenever the key is set
	grave   bool                            // an error although its kind is not
	mild    bool                            // for information although its kind is more
}

func (r row) severity() string {
	switch {
	case r.mild:
		return "info"
	case r.grave || r.kind == Dangerous || r.kind == Invalid:
		return "error"
	case r.kind == Ineffective || r.kind == Unknown:
		return "info"
	}
	return "warning"
}

// Sources that many rows share.
const (
	sparkConf = "SparkConf.scala"
	sqlConf   = "SQLConf.scala"
	confDocs  = "Spark configuration page"
	migration = "Spark core migration guide"
)

// table is everything that is known to be wrong with settings, in the order of the
// reference: what other versions dropped, what waits for another setting, what
// contradicts another, and what is dangerous.
var table = []row{
	// Keys of other versions.
	{key: "spark.cache.class", kind: Obsolete, since: "0.8", says: "no longer read; storage levels are given to persist()", source: sparkConf},
	{key: "spark.yarn.user.classpath.first", kind: Obsolete, since: "1.3", says: "renamed", instead: "spark.executor.userClassPathFirst", source: sparkConf},
	{key: "spark.files.userClassPathFirst", kind: Obsolete, since: "1.3", says: "renamed", instead: "spark.executor.userClassPathFirst", source: sparkConf},
	{key: "spark.kryoserializer.buffer.mb", kind: Obsolete, since: "1.4", says: "renamed, and takes a unit", instead: "spark.kryoserializer.buffer", source: sparkConf},
	{key: "spark.kryoserializer.buffer.max.mb", kind: Obsolete, since: "1.4", says: "renamed, and takes a unit", instead: "spark.kryoserializer.buffer.max", source: sparkConf},
	{key: "spark.reducer.maxMbInFlight", kind: Obsolete, since: "1.4", says: "renamed, and takes a unit", instead: "spark.reducer.maxSizeInFlight", source: sparkConf},
	{key: "spark.shuffle.file.buffer.kb", kind: Obsolete, since: "1.4", says: "renamed, and takes a unit", instead: "spark.shuffle.file.buffer", source: sparkConf},
	{key: "spark.io.compression.snappy.block.size", kind: Obsolete, since: "1.4", says: "renamed", instead: "spark.io.compression.snappy.blockSize", source: sparkConf},
	{key: "spark.io.compression.lz4.block.size", kind: Obsolete, since: "1.4", says: "renamed", instead: "spark.io.compression.lz4.blockSize", source: sparkConf},
	{key: "spark.history.fs.updateInterval", kind: Obsolete, since: "1.3", says: "renamed", instead: "spark.history.fs.update.interval", source: sparkConf},
	{key: "spark.yarn.max.worker.failures", kind: Obsolete, since: "1.5", says: "renamed", instead: "spark.executor.maxNumFailures", source: sparkConf},
	{key: "spark.yarn.max.executor.failures", kind: Obsolete, since: "3.5", says: "renamed", instead: "spark.executor.maxNumFailures", source: "Spark on YARN page"},
	{key: "spark.shuffle.spill", kind: Obsolete, since: "1.6", says: "ignored: a shuffle spills when it must", source: migration},
	{key: "spark.shuffle.consolidateFiles", kind: Obsolete, since: "1.6", says: "belonged to the hash shuffle, which is gone", source: migration},
	{key: "spark.unsafe.offHeap", kind: Obsolete, since: "1.6", says: "renamed", instead: "spark.memory.offHeap.enabled", source: sparkConf},
	{key: "spark.akka.*", kind: Obsolete, since: "2.0", says: "Spark does not use Akka any more", source: sparkConf},
	{key: "spark.rpc", kind: Obsolete, since: "2.0", says: "no longer read", source: sparkConf},
	{key: "spark.yarn.am.port", kind: Obsolete, since: "2.0", says: "no longer read", source: sparkConf},
	{key: "spark.executor.port", kind: Obsolete, since: "2.0", says: "no longer read", source: sparkConf},
	{key: "spark.yarn.jar", kind: Obsolete, since: "2.0", says: "renamed", instead: "spark.yarn.jars", source: sparkConf},
	{key: "spark.sql.tungsten.enabled", kind: Obsolete, since: "2.0", says: "always on", source: "Spark SQL migration guide"},
	{key: "spark.sql.codegen", kind: Obsolete, since: "2.0", says: "renamed", instead: "spark.sql.codegen.wholeStage", source: "Spark SQL migration guide"},
	{key: "spark.sql.unsafe.enabled", kind: Obsolete, since: "2.0", says: "always on", source: "Spark SQL migration guide"},
	{key: "spark.externalBlockStore.*", kind: Obsolete, since: "2.0", says: "the external block store is gone", source: migration},
	{key: "spark.scheduler.executorTaskBlacklistTime", kind: Obsolete, since: "2.1", says: "replaced", instead: "spark.excludeOnFailure.enabled", source: sparkConf},
	{key: "spark.rpc.numRetries", kind: Obsolete, since: "2.2", says: "no longer read", source: sparkConf},
	{key: "spark.rpc.retry.wait", kind: Obsolete, since: "2.2", says: "no longer read", source: sparkConf},
	{key: "spark.reducer.maxReqSizeShuffleToMem", kind: Obsolete, since: "2.3", says: "renamed", instead: "spark.network.maxRemoteBlockSizeFetchToMem", source: sparkConf},
	{key: "spark.scheduler.listenerbus.eventqueue.size", kind: Obsolete, since: "2.3", says: "renamed", instead: "spark.scheduler.listenerbus.eventqueue.capacity", source: sparkConf},
	{key: "spark.shuffle.service.index.cache.entries", kind: Obsolete, since: "2.3", says: "no longer read; it is a size now", instead: "spark.shuffle.service.index.cache.size", source: sparkConf},
	{key: "spark.yarn.driver.memoryOverhead", kind: Obsolete, since: "2.3", says: "renamed", instead: "spark.driver.memoryOverhead", source: sparkConf},
	{key: "spark.yarn.executor.memoryOverhead", kind: Obsolete, since: "2.3", says: "renamed", instead: "spark.executor.memoryOverhead", source: sparkConf},
	{key: "spark.yarn.access.namenodes", kind: Obsolete, since: "2.2", says: "renamed", instead: "spark.kerberos.access.hadoopFileSystems", source: sparkConf},
	{key: "spark.yarn.access.hadoopFileSystems", kind: Obsolete, since: "3.0", says: "renamed", instead: "spark.kerberos.access.hadoopFileSystems", source: sparkConf},
	{key: "spark.yarn.keytab", kind: Obsolete, since: "3.0", says: "renamed", instead: "spark.kerberos.keytab", source: sparkConf},
	{key: "spark.yarn.principal", kind: Obsolete, since: "3.0", says: "renamed", instead: "spark.kerberos.principal", source: sparkConf},
	{key: "spark.yarn.services", kind: Obsolete, since: "3.0", says: "the feature is gone", source: sparkConf},
	{key: "spark.memory.useLegacyMode", kind: Obsolete, since: "3.0", says: "the legacy memory manager is gone, and its keys with it", source: migration},
	{key: "spark.shuffle.memoryFraction", kind: Obsolete, since: "1.6", says: "execution and storage share one pool; 3.0 removed the mode that read it", instead: "spark.memory.fraction", source: migration},
	{key: "spark.storage.memoryFraction", kind: Obsolete, since: "1.6", says: "execution and storage share one pool; 3.0 removed the mode that read it", instead: "spark.memory.storageFraction", source: migration},
	{key: "spark.storage.unrollFraction", kind: Obsolete, since: "1.6", says: "execution and storage share one pool; 3.0 removed the mode that read it", source: migration},
	{key: "spark.executor.plugins", kind: Obsolete, since: "3.0", says: "the interface is another one", instead: "spark.plugins", source: migration},
	{key: "spark.sql.execution.arrow.enabled", kind: Obsolete, since: "3.0", says: "deprecated", instead: "spark.sql.execution.arrow.pyspark.enabled", source: sqlConf},
	{key: "spark.sql.execution.arrow.fallback.enabled", kind: Obsolete, since: "3.0", says: "deprecated", instead: "spark.sql.execution.arrow.pyspark.fallback.enabled", source: sqlConf},
	{key: "spark.sql.adaptive.shuffle.targetPostShuffleInputSize", kind: Obsolete, since: "3.0", says: "deprecated", instead: "spark.sql.adaptive.advisoryPartitionSizeInBytes", source: sqlConf},
	{key: "spark.sql.adaptive.minNumPostShufflePartitions", kind: Obsolete, since: "3.0", says: "removed", instead: "spark.sql.adaptive.coalescePartitions.minPartitionSize", source: sqlConf},
	{key: "spark.sql.adaptive.maxNumPostShufflePartitions", kind: Obsolete, since: "3.0", says: "removed", instead: "spark.sql.adaptive.coalescePartitions.initialPartitionNum", source: sqlConf},
	{key: "spark.sql.optimizer.metadataOnly", kind: Obsolete, since: "3.0", says: "deprecated: it can give wrong answers", source: sqlConf, grave: true, when: isTrue},
	{key: "spark.sql.fromJsonForceNullableSchema", kind: Obsolete, since: "3.0", says: "removed", source: sqlConf},
	{key: "spark.sql.parquet.int64AsTimestampMillis", kind: Obsolete, since: "3.0", says: "removed", instead: "spark.sql.parquet.outputTimestampType", source: sqlConf},
	{key: "spark.sql.execution.pandas.respectSessionTimeZone", kind: Obsolete, since: "3.0", says: "removed", source: sqlConf},
	{key: "spark.sql.legacy.allowCreatingManagedTableUsingNonemptyLocation", kind: Obsolete, since: "3.0", says: "removed, because it lost data", source: sqlConf},
	{key: "spark.sql.legacy.compareDateTimestampInTimestamp", kind: Obsolete, since: "3.0", says: "removed", source: sqlConf},
	{key: "spark.sql.crossJoin.enabled", kind: Ineffective, since: "3.0", says: "true is the default", source: sqlConf, when: isTrue},
	{key: "spark.driver.allowMultipleContexts", kind: Obsolete, since: "3.0", says: "removed: a JVM has one context", source: migration},
	{key: "spark.tachyonStore.*", kind: Obsolete, since: "2.0", says: "the external block store is gone", source: migration},
	{key: "spark.blacklist.*", kind: Obsolete, since: "3.1", says: "renamed", instead: "spark.excludeOnFailure.*", source: migration},
	{key: "spark.sql.optimizer.planChangeLog.*", kind: Obsolete, since: "3.1", says: "renamed", instead: "spark.sql.planChangeLog.*", source: sqlConf},
	{key: "spark.sql.hive.convertCTAS", kind: Obsolete, since: "3.1", says: "deprecated", instead: "spark.sql.legacy.createHiveTableByDefault=false", source: sqlConf},
	{key: "spark.sql.adaptive.coalescePartitions.minPartitionNum", kind: Obsolete, since: "3.2", says: "deprecated: a least size keeps small shuffles whole", instead: "spark.sql.adaptive.coalescePartitions.minPartitionSize", source: sqlConf},
	{key: "spark.sql.sources.schemaStringLengthThreshold", kind: Obsolete, since: "3.2", says: "renamed", instead: "spark.sql.hive.tablePropertyLengthThreshold", source: sqlConf},
	{key: "spark.mesos.*", kind: Obsolete, since: "4.0", says: "Mesos is no longer supported", source: migration},
	{key: "spark.sql.hive.verifyPartitionPath", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.files.ignoreMissingFiles", source: sqlConf},
	{key: "spark.sql.parser.escapedStringLiterals", kind: Obsolete, since: "4.0", says: "deprecated: write raw literals, r'...'", source: sqlConf, mild: true},
	{key: "spark.sql.optimizer.runtimeFilter.semiJoinReduction.enabled", kind: Obsolete, since: "4.0", says: "removed: runtime filters are Bloom filters now", source: sqlConf},
	{key: "spark.sql.legacy.parquet.int96RebaseModeInWrite", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.sql.parquet.int96RebaseModeInWrite", source: sqlConf},
	{key: "spark.sql.legacy.parquet.int96RebaseModeInRead", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.sql.parquet.int96RebaseModeInRead", source: sqlConf},
	{key: "spark.sql.legacy.parquet.datetimeRebaseModeInWrite", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.sql.parquet.datetimeRebaseModeInWrite", source: sqlConf},
	{key: "spark.sql.legacy.parquet.datetimeRebaseModeInRead", kind: Obsolete, since: "3.2", says: "renamed", instead: "spark.sql.parquet.datetimeRebaseModeInRead", source: sqlConf},
	{key: "spark.sql.legacy.avro.datetimeRebaseModeInWrite", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.sql.avro.datetimeRebaseModeInWrite", source: sqlConf},
	{key: "spark.sql.legacy.avro.datetimeRebaseModeInRead", kind: Obsolete, since: "4.0", says: "removed", instead: "spark.sql.avro.datetimeRebaseModeInRead", source: sqlConf},
	{key: "spark.master", kind: Obsolete, since: "2.0", says: "yarn-client and yarn-cluster are deprecated", instead: "spark.master=yarn with spark.submit.deployMode", source: sparkConf,
		when: func(s *Setup, key string) bool {
			v := s.Settings[key]
			return v == "yarn-client" || v == "yarn-cluster"
		}},

	// Settings that wait for another.
	{key: "spark.dynamicAllocation.*", kind: Ineffective, says: "dynamic allocation is off", instead: "spark.dynamicAllocation.enabled=true", source: confDocs, when: without("spark.dynamicAllocation.enabled", "true")},
	{key: "spark.speculation.*", kind: Ineffective, says: "speculation is off", instead: "spark.speculation=true", source: confDocs, when: without("spark.speculation", "true")},
	{key: "spark.speculation", kind: Ineffective, says: "local mode never speculates", source: "TaskSchedulerImpl.start", when: all(isTrue, isLocal)},
	{key: "spark.executor.memory", kind: Ineffective, says: "in local mode the driver runs the tasks in its own heap", instead: "spark.driver.memory", source: confDocs, when: isLocal},
	{key: "spark.executor.cores", kind: Ineffective, says: "in local mode the master says how many threads there are", instead: "spark.master=local[N]", source: confDocs, when: isLocal},
	{key: "spark.executor.instances", kind: Ineffective, says: "in local mode the driver runs the tasks", source: confDocs, when: isLocal},
	{key: "spark.excludeOnFailure.*", kind: Ineffective, since: "3.1", says: "exclusion is off", instead: "spark.excludeOnFailure.enabled=true", source: confDocs, when: without("spark.excludeOnFailure.enabled", "true")},
	{key: "spark.eventLog.*", kind: Ineffective, says: "no event log is written", instead: "spark.eventLog.enabled=true", source: confDocs, when: all(inFile, without("spark.eventLog.enabled", "true"))},
	{key: "spark.memory.offHeap.size", kind: Ineffective, says: "memory off the heap is not used", instead: "spark.memory.offHeap.enabled=true", source: confDocs, when: all(above0, without("spark.memory.offHeap.enabled", "true"))},
	{key: "spark.sql.adaptive.*", kind: Ineffective, since: "3.0", says: "adaptive execution is off", instead: "spark.sql.adaptive.enabled=true", source: "Spark SQL performance tuning guide", when: all(not(named("spark.sql.adaptive.enabled")), adaptiveOff)},
	{key: "spark.sql.adaptive.advisoryPartitionSizeInBytes", kind: Ineffective, since: "3.2", says: "partitions are joined only as far as every core keeps one; the size holds for skew and rebalancing alone", instead: "spark.sql.adaptive.coalescePartitions.parallelismFirst=false", source: "Spark SQL performance tuning guide",
		when: all(not(adaptiveOff), not(has("spark.sql.adaptive.coalescePartitions.parallelismFirst", "false")))},
	{key: "spark.sql.shuffle.partitions", kind: Ineffective, since: "3.0", says: "spark.sql.adaptive.coalescePartitions.initialPartitionNum goes before it", source: sqlConf,
		when: all(isSet("spark.sql.adaptive.coalescePartitions.initialPartitionNum"), not(adaptiveOff))},
	{key: "spark.sql.adaptive.skewJoin.*", kind: Ineffective, since: "3.0", says: "skewed joins are not divided", instead: "spark.sql.adaptive.skewJoin.enabled=true", source: "Spark SQL performance tuning guide", when: all(not(adaptiveOff), not(named("spark.sql.adaptive.skewJoin.enabled")), has("spark.sql.adaptive.skewJoin.enabled", "false"))},
	{key: "spark.kryoserializer.*", kind: Ineffective, says: "objects are serialized by Java", instead: "spark.serializer=org.apache.spark.serializer.KryoSerializer", source: "Spark tuning guide", when: not(kryo)},
	{key: "spark.kryo.*", kind: Ineffective, says: "objects are serialized by Java", instead: "spark.serializer=org.apache.spark.serializer.KryoSerializer", source: "Spark tuning guide", when: not(kryo)},
	{key: "spark.serializer", kind: Ineffective, says: "queries move packed rows, which no serializer touches; it holds for RDDs of objects", source: "Spark tuning guide", when: all(kryo, queries)},
	{key: "spark.default.parallelism", kind: Ineffective, says: "it holds for RDDs; queries are cut by spark.sql.shuffle.partitions", instead: "spark.sql.shuffle.partitions", source: confDocs, when: queries},
	{key: "spark.io.compression.zstd.level", kind: Ineffective, says: "the codec is another one", instead: "spark.io.compression.codec=zstd", source: confDocs, when: not(has("spark.io.compression.codec", "zstd"))},
	{key: "spark.shuffle.service.port", kind: Ineffective, says: "the external shuffle service is off", instead: "spark.shuffle.service.enabled=true", source: confDocs, when: without("spark.shuffle.service.enabled", "true")},
	{key: "spark.executor.instances", kind: Ineffective, says: "under dynamic allocation it is only where the number begins", instead: "spark.dynamicAllocation.initialExecutors", source: confDocs, when: has("spark.dynamicAllocation.enabled", "true")},

	// Settings against each other.
	{key: "spark.dynamicAllocation.minExecutors", kind: Contradictory, says: "it is above spark.dynamicAllocation.maxExecutors, and Spark does not start", source: "ExecutorAllocationManager.validateSettings", grave: true, when: greater("spark.dynamicAllocation.maxExecutors")},
	{key: "spark.dynamicAllocation.initialExecutors", kind: Contradictory, says: "it is above spark.dynamicAllocation.maxExecutors", source: "ExecutorAllocationManager.validateSettings", when: greater("spark.dynamicAllocation.maxExecutors")},
	{key: "spark.dynamicAllocation.initialExecutors", kind: Contradictory, says: "it is below spark.dynamicAllocation.minExecutors, which goes before it", source: "Utils.getDynamicAllocationInitialExecutors", when: less("spark.dynamicAllocation.minExecutors")},
	{key: "spark.dynamicAllocation.enabled", kind: Contradictory, says: "nothing keeps the shuffle files of executors that go, and Spark does not start", instead: "spark.dynamicAllocation.shuffleTracking.enabled=true", source: "ExecutorAllocationManager.validateSettings", grave: true, when: all(isTrue, nothingKeepsShuffles)},
	{key: "spark.task.cpus", kind: Contradictory, says: "a task wants more cores than spark.executor.cores has, and Spark does not start", source: sparkConf, grave: true, when: greater("spark.executor.cores")},
	{key: "spark.executor.heartbeatInterval", kind: Contradictory, says: "it is not below spark.network.timeout, and Spark does not start: executors would be taken for lost", source: "SPARK-22754", grave: true, when: heartbeatTooSlow},
	{key: "spark.sql.files.maxPartitionBytes", kind: Contradictory, says: "it is below spark.sql.files.openCostInBytes: every file becomes a partition of its own", source: sqlConf, when: smaller("spark.sql.files.openCostInBytes", "4m")},
	{key: "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", kind: Contradictory, says: "it should be above spark.sql.adaptive.advisoryPartitionSizeInBytes, into which skewed partitions are divided", source: "Spark SQL performance tuning guide", when: smaller("spark.sql.adaptive.advisoryPartitionSizeInBytes", "64m")},
	{key: "spark.sql.adaptive.coalescePartitions.minPartitionSize", kind: Contradictory, says: "it is above spark.sql.adaptive.advisoryPartitionSizeInBytes, the size that is aimed at", source: sqlConf, when: larger("spark.sql.adaptive.advisoryPartitionSizeInBytes", "64m")},
	{key: "spark.driver.maxResultSize", kind: Contradictory, says: "it is above spark.driver.memory: the driver runs out of memory before the limit is reached", source: confDocs, when: all(isSet("spark.driver.memory"), larger("spark.driver.memory", "1g"))},
	{key: "spark.memory.offHeap.enabled", kind: Contradictory, says: "spark.memory.offHeap.size is not above 0, and Spark does not start", instead: "spark.memory.offHeap.size=2g", source: "MemoryManager", grave: true, when: all(isTrue, noOffHeap)},
	{key: "spark.cores.max", kind: Contradictory, says: "it is no multiple of spark.executor.cores: the rest is not used", source: sparkConf, when: noMultiple("spark.executor.cores")},

	// Settings that put the job or its data at risk.
	{key: "spark.executor.memory", kind: Dangerous, says: "below 450 MiB Spark does not start: it sets 300 MiB aside and wants half as much again", instead: "spark.executor.memory=1g", source: "UnifiedMemoryManager", when: all(not(isLocal), under("450m"))},
	{key: "spark.driver.memory", kind: Dangerous, says: "below 450 MiB Spark does not start: it sets 300 MiB aside and wants half as much again", instead: "spark.driver.memory=1g", source: "UnifiedMemoryManager", when: under("450m")},
	{key: "spark.executor.extraJavaOptions", kind: Dangerous, says: "Spark does not start: the heap is not set here", instead: "spark.executor.memory", source: sparkConf, when: contains("-Xmx")},
	{key: "spark.driver.extraJavaOptions", kind: Dangerous, says: "Spark does not start: the heap is not set here", instead: "spark.driver.memory", source: "SparkSubmitCommandBuilder", when: contains("-Xmx")},
	{key: "spark.executor.extraJavaOptions", kind: Dangerous, says: "Spark does not start: its settings are not set here", source: sparkConf, when: contains("-Dspark")},
	{key: "spark.executor.extraJavaOptions", kind: Dangerous, since: "4.0", says: "Spark 4 wants Java 17, which has no CMS collector: the JVM does not start", instead: "-XX:+UseG1GC", source: "JEP 363", when: contains("UseConcMarkSweepGC")},
	{key: "spark.executor.extraJavaOptions", kind: Obsolete, since: "3.3", says: "Java 14 removed the CMS collector: on Java 17 the JVM does not start", instead: "-XX:+UseG1GC", source: "JEP 363", when: all(contains("UseConcMarkSweepGC"), until("4.0"))},
	{key: "spark.executor.extraJavaOptions", kind: Obsolete, since: "2.0", says: "Java 8 has no permanent generation: -XX:MaxPermSize is ignored, and Java 17 does not start with it", source: "JEP 122", when: contains("MaxPermSize")},
	{key: "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", kind: Dangerous, says: "version 2 moves files when a task ends: a job that fails leaves half its output", instead: "version 1, or the committer of the object store", source: "MAPREDUCE-7282; Spark cloud integration page", when: valued("2"), mild: true},
	{key: "spark.sql.autoBroadcastJoinThreshold", kind: Dangerous, says: "a table above 8 GB cannot be broadcast, and one of over 1 GB is held by the driver and every executor", source: "BroadcastExchangeExec.MAX_BROADCAST_TABLE_BYTES", when: over("1g"), mild: true},
	{key: "spark.driver.maxResultSize", kind: Dangerous, says: "without a limit one collect() can end the driver", source: confDocs, when: valued("0"), mild: true},
	{key: "spark.task.maxFailures", kind: Dangerous, says: "one lost executor fails the job", instead: "spark.task.maxFailures=4", source: confDocs, when: all(valued("1"), not(isLocal))},
	{key: "spark.memory.fraction", kind: Dangerous, says: "what is left of the heap must hold objects and Spark's own data: above 0.9 it runs out", source: "Spark tuning guide", when: fraction(0.9, 1)},
	{key: "spark.memory.fraction", kind: Dangerous, says: "so little is left to sort, join and cache that they spill", instead: "spark.memory.fraction=0.6", source: "Spark tuning guide", when: fraction(0, 0.3), mild: true},
	{key: "spark.cleaner.referenceTracking", kind: Dangerous, says: "shuffle files and broadcasts are never removed: disks fill", source: "ContextCleaner", when: valued("false")},
	{key: "spark.sql.adaptive.enabled", kind: Dangerous, since: "3.2", says: "small partitions are not joined and skewed ones not divided; the default is true", source: "Spark SQL performance tuning guide", when: valued("false"), mild: true},
	{key: "spark.sql.adaptive.forceApply", kind: Dangerous, says: "a switch for tests", source: sqlConf, when: isTrue, mild: true},
	{key: "spark.rpc.message.maxSize", kind: Invalid, says: "it is above 2047 MiB, and Spark does not start", source: "RpcUtils.maxMessageSizeBytes", when: number(func(n float64) bool { return n > 2047 })},
	{key: "spark.sql.shuffle.partitions", kind: Dangerous, says: "every join and aggregation runs in one task", source: "Spark SQL performance tuning guide", when: all(valued("1"), not(isLocal)), mild: true},
}
