package main

import (
	"slices"
	"strings"
)

// A change is some parameters that are set at once.
type change struct {
	set     []string
	touches []string // the workloads that it can touch; nil is all
}

func (c change) String() string {
	return strings.ReplaceAll(strings.Join(c.set, ", "), "spark.sql.", "")
}

// apart reports whether the change cannot touch a workload.
func (c change) apart(workload string) bool {
	return c.touches != nil && !slices.Contains(c.touches, workload)
}

// A base is a configuration, and the changes that are tried on it.
type base struct {
	conf    []string
	changes []change
}

// Workloads by what they hold.
var (
	shuffling = []string{"groups", "ranks", "small join", "large join", "questions"}
	none      = []string{}
)

// bases hold every parameter whose effect is predicted. The first is Spark as it
// was before adaptive execution, cut too fine, with too little memory; the second
// two executors with adaptive execution, the third partitions that do not fit the
// memory.
var bases = []base{
	{
		conf: []string{"spark.master=local[2]", "spark.sql.shuffle.partitions=64", "spark.sql.adaptive.enabled=false", "spark.sql.autoBroadcastJoinThreshold=-1", "spark.sql.files.maxPartitionBytes=1m",
			"spark.sql.files.openCostInBytes=256k", "spark.memory.fraction=0.6", "spark.executor.memory=1200m", "spark.sql.parquet.filterPushdown=false"},
		changes: []change{
			{[]string{"spark.sql.shuffle.partitions=8"}, shuffling},
			{[]string{"spark.sql.shuffle.partitions=256"}, shuffling},
			{[]string{"spark.sql.adaptive.enabled=true"}, shuffling},
			{[]string{"spark.sql.autoBroadcastJoinThreshold=64m"}, []string{"small join"}},
			{[]string{"spark.sql.files.maxPartitionBytes=16m"}, nil},
			{[]string{"spark.sql.files.openCostInBytes=4m"}, nil},
			{[]string{"spark.master=local[1]"}, nil},
			{[]string{"spark.memory.fraction=0.3"}, none},
			{[]string{"spark.executor.memory=2400m"}, none},
			{[]string{"stagecoach.storageLevel.prepared=MEMORY_ONLY"}, []string{"questions"}},
			{[]string{"spark.sql.parquet.filterPushdown=true"}, none},
			{[]string{"spark.sql.shuffle.partitions=8", "spark.master=local[1]"}, nil},
			{[]string{"spark.sql.files.maxPartitionBytes=16m", "spark.sql.shuffle.partitions=8"}, nil},
			{[]string{"spark.sql.autoBroadcastJoinThreshold=64m", "spark.sql.shuffle.partitions=8", "stagecoach.storageLevel.prepared=MEMORY_ONLY"}, nil},
		},
	},
	{
		conf: []string{"spark.master=local-cluster[2,1,2048]", "spark.sql.shuffle.partitions=64", "spark.sql.adaptive.skewJoin.enabled=false", "spark.sql.autoBroadcastJoinThreshold=-1",
			"spark.sql.adaptive.coalescePartitions.enabled=false"},
		changes: []change{
			{[]string{"spark.sql.adaptive.coalescePartitions.enabled=true"}, shuffling},
			{[]string{"spark.sql.adaptive.skewJoin.enabled=true"}, []string{"large join"}},
			{[]string{"spark.master=local-cluster[1,1,2048]"}, nil},
			{[]string{"spark.speculation=true"}, none},
			{[]string{"spark.sql.adaptive.coalescePartitions.enabled=true", "spark.sql.adaptive.advisoryPartitionSizeInBytes=4m"}, nil},
		},
	},
	{
		conf: []string{"spark.master=local[2]", "spark.sql.shuffle.partitions=4", "spark.sql.adaptive.enabled=false", "spark.sql.autoBroadcastJoinThreshold=-1", "spark.executor.memory=160m"},
		changes: []change{
			{[]string{"spark.executor.memory=1g"}, shuffling},
			{[]string{"spark.memory.fraction=0.9"}, shuffling},
			{[]string{"spark.sql.shuffle.partitions=16"}, shuffling},
			{[]string{"spark.executor.memory=1g", "spark.sql.shuffle.partitions=16"}, nil},
		},
	},
}
