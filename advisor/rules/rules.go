// Package rules holds what stagecoach knows about slow runs: one rule a file,
// with its manual in its Doc and its fixture in testdata.
package rules

import "stagecoach/advisor"

// Version is that of the rules' thresholds: it changes whenever one of them
// does, so that two reports can be told apart.
const Version = "2026-11-22"

// All is every rule, in the order in which reports list what could not run:
// the log and what went wrong first, then problems of the data, of partitions,
// memory, plans, and the use of the cluster. (Findings are ranked by what is at stake.)
var All = []advisor.Rule{
	incompleteLog,
	outOfMemory,
	lostExecutors,
	failedTasks,
	excludedExecutors,
	skewedStage,
	smallPartitions,
	fewPartitions,
	spillingStage,
	gcPressure,
	missedBroadcast,
	oversizedBroadcast,
	comparingJoin,
	explodingRows,
	fullScan,
	smallFiles,
	manyOutputFiles,
	needlessSort,
	repeatedExchange,
	repeatedWork,
	similarWork,
	recomputedDataset,
	unusedCache,
	growingLineage,
	cacheDoesNotFit,
	groupByKey,
	shuffleHeavy,
	widePythonInput,
	pythonUDF,
	lateBlocks,
	ioBoundStage,
	slowExecutor,
	stragglingTask,
	wastedSpeculation,
	allocationChurn,
	slowRamp,
	oversizedExecutors,
	idleExecutors,
	fallingBehind,
	growingState,
	idleCores,
}
