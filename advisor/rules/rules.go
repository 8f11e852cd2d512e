// Package rules holds what stagecoach knows about slow runs: one rule a file,
// with its manual in its Doc and its fixture in testdata.
package rules

import "stagecoach/advisor"

// All is every rule, in the order in which reports list what could not run:
// problems of the data first, then of partitions, memory, plans, and the use of
// the cluster. (Findings are ranked by what is at stake.)
var All = []advisor.Rule{
	skewedStage,
	smallPartitions,
	fewPartitions,
	spillingStage,
	missedBroadcast,
	repeatedWork,
	cacheDoesNotFit,
	shuffleHeavy,
	ioBoundStage,
	idleCores,
}
