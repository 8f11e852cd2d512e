// Package event is the engine's only door out: what happened, as typed values.
//
// The set of events is closed and follows Spark's listener events one by one,
// under Spark's names, so that a Spark event log and a run of this engine are
// the same thing to everybody downstream. package profiler/sparklog spells them
// as Spark does; package profiler folds them into a profile. An event is
// complete in itself: no reader needs the engine to interpret it.
//
// Times are milliseconds since the epoch by the driver's clock, as in Spark's
// log; durations inside metrics are nanoseconds.
package event

import "stagecoach/engine/metric"

// An Event is something that happened. The set of types is closed.
type Event interface{ event() }

// Millis is a point in time, in milliseconds since the epoch. Zero means that
// the time is not known (or has not come).
type Millis int64

// LogStart opens a log and says which version of Spark wrote it.
type LogStart struct {
	Version string // "4.0.1"; the engine writes the version whose defaults it follows
}

// EnvironmentUpdate carries every parameter of the application. A later one
// replaces an earlier one.
type EnvironmentUpdate struct {
	JVM        map[string]string // "Java Version", "Java Home", "Scala Version"
	Spark      map[string]string // parameters under Spark's keys
	Hadoop     map[string]string
	System     map[string]string
	Classpath  map[string]string
	MetricConf map[string]string
}

// ApplicationStart names the application.
type ApplicationStart struct {
	Time      Millis
	Name      string
	ID        string
	AttemptID string // "" when the application has no attempts
	User      string
}

// ApplicationEnd ends the application.
type ApplicationEnd struct{ Time Millis }

// ExecutorAdded announces an executor and its task slots.
type ExecutorAdded struct {
	Time       Millis
	ExecutorID string // "driver" when tasks run in the driver (local mode)
	Host       string
	TotalCores int

	ResourceProfile int // id; 0 is the application's own
}

// ExecutorRemoved says that an executor is gone, and why.
type ExecutorRemoved struct {
	Time       Millis
	ExecutorID string
	Reason     string
}

// ExecutorExcluded says that an executor gets no tasks for a while because too
// many failed on it.
type ExecutorExcluded struct {
	Time         Millis
	ExecutorID   string
	TaskFailures int
}

// ExecutorExcludedForStage is ExecutorExcluded for one attempt of a stage only.
type ExecutorExcludedForStage struct {
	Time                  Millis
	ExecutorID            string
	TaskFailures          int
	StageID, StageAttempt int
}

// ExecutorUnexcluded ends ExecutorExcluded.
type ExecutorUnexcluded struct {
	Time       Millis
	ExecutorID string
}

// NodeExcluded is ExecutorExcluded for all executors of a host but the driver.
// The engine's executors share a host, so that it never says this of one.
type NodeExcluded struct {
	Time             Millis
	Host             string
	ExecutorFailures int // executors of the host that were excluded
}

// NodeUnexcluded ends NodeExcluded.
type NodeUnexcluded struct {
	Time Millis
	Host string
}

// BlockManagerAdded announces an executor's block store and its size.
type BlockManagerAdded struct {
	Time                          Millis
	ExecutorID, Host              string
	Port                          int
	MaxMemory, MaxOnHeap, OffHeap int64 // bytes
}

// BlockManagerRemoved says that a block store is gone.
type BlockManagerRemoved struct {
	Time             Millis
	ExecutorID, Host string
	Port             int
}

// JobStart begins a job: one action on a frame, with the stages it may need.
type JobStart struct {
	Time       Millis
	JobID      int
	Stages     []StageInfo
	Properties map[string]string // job description, group, SQL execution id, session parameters
}

// JobEnd ends a job. Error is empty when it succeeded.
type JobEnd struct {
	Time  Millis
	JobID int
	Error string
}

// Keys of JobStart.Properties and StageSubmitted.Properties that the profiler reads.
const (
	PropertyExecutionID = "spark.sql.execution.id"
	PropertyDescription = "spark.job.description"
	PropertyJobGroup    = "spark.jobGroup.id"
	PropertyJobTags     = "spark.job.tags" // with commas between them
	PropertyStreamID    = "sql.streaming.queryId"
)

// StageInfo describes one attempt of a stage.
type StageInfo struct {
	StageID, AttemptID int
	Name               string
	Details            string // call site, many lines in Spark
	NumTasks           int
	RDDs               []RDDInfo
	ParentIDs          []int
	SubmissionTime     Millis
	CompletionTime     Millis
	FailureReason      string
	Accumulables       []Accumulable // totals when the stage has completed

	ResourceProfile int  // id; 0 is the application's own
	PushEnabled     bool // its shuffle blocks are pushed to be merged
	PushMergers     int  // executors that merge them
}

// RDDInfo describes a dataset inside a stage. The engine reports one for each
// cached frame; Spark reports all.
type RDDInfo struct {
	ID            int
	Name          string
	Scope         string // as Spark writes it: a JSON text with the id and name of the operation
	Callsite      string
	ParentIDs     []int
	StorageLevel  StorageLevel
	NumPartitions int
}

// StorageLevel says where a cached block may live.
type StorageLevel struct {
	UseDisk, UseMemory, UseOffHeap, Deserialized bool
	Replication                                  int
}

// Valid reports whether blocks of this level are stored at all.
func (l StorageLevel) Valid() bool { return (l.UseDisk || l.UseMemory) && l.Replication > 0 }

// An Accumulable is a named total. In a task Update is the task's own share.
type Accumulable struct {
	ID     int64
	Name   string
	Update int64
	Value  int64
	SQL    bool // a metric of a plan node
}

// StageSubmitted says that a stage's attempt begins.
type StageSubmitted struct {
	Info       StageInfo
	Properties map[string]string
}

// StageCompleted says that a stage's attempt has ended, well or not (Info.FailureReason).
type StageCompleted struct{ Info StageInfo }

// TaskInfo describes one attempt of a task.
type TaskInfo struct {
	TaskID       int64 // unique in the application, over attempts too
	Index        int   // position in the stage, below NumTasks
	Attempt      int
	PartitionID  int
	LaunchTime   Millis
	ExecutorID   string
	Host         string
	Locality     Locality
	Speculative  bool
	GettingTime  Millis // when fetching the result began; 0 when it was sent along
	FinishTime   Millis
	Failed       bool
	Killed       bool
	Accumulables []Accumulable
}

// Locality says how near to its data a task ran.
type Locality uint8

const (
	ProcessLocal Locality = iota
	NodeLocal
	NoPref
	RackLocal
	Any
)

// String is Spark's name of the locality.
func (l Locality) String() string {
	return [...]string{"PROCESS_LOCAL", "NODE_LOCAL", "NO_PREF", "RACK_LOCAL", "ANY"}[l]
}

// TaskStart says that an attempt of a task was launched.
type TaskStart struct {
	StageID, StageAttempt int
	Info                  TaskInfo
}

// TaskGettingResult says that the driver began to fetch a task's result.
type TaskGettingResult struct{ Info TaskInfo }

// TaskEnd says that an attempt of a task has ended.
type TaskEnd struct {
	StageID, StageAttempt int
	Type                  string // "ShuffleMapTask" or "ResultTask"
	Reason                EndReason
	Info                  TaskInfo
	Metrics               *metric.Set // nil when the task left none, which a failed task may
	HeapPeak              int64       // most heap the executor was seen to use, bytes; 0 when not seen; the engine: of its unified memory

	RemoteRequests int64        // milliseconds over all requests for remote shuffle blocks; 0 before Spark 3.4
	Merged         *MergedReads // nil when no merged block was read
}

// StageExecutorMetrics says how much heap an executor was seen to use while a
// stage's attempt ran. It comes before StageCompleted.
type StageExecutorMetrics struct {
	ExecutorID            string
	StageID, StageAttempt int
	HeapPeak              int64 // bytes
}

// EndReason says how a task's attempt ended.
type EndReason struct {
	Kind       EndKind
	Message    string   // exception text, kill reason or loss reason
	Class      string   // exception class of ExceptionFailure
	Stack      []string // frames, outermost last
	ExecutorID string   // of ExecutorLostFailure and FetchFailed
	ByApp      bool     // ExecutorLostFailure: "Exit Caused By App"
	ShuffleID  int      // of FetchFailed
	MapIndex   int      // of FetchFailed
	ReduceID   int      // of FetchFailed
}

// An EndKind is Spark's word for the way a task's attempt ended.
type EndKind string

const (
	Success             EndKind = "Success"
	Resubmitted         EndKind = "Resubmitted"
	FetchFailed         EndKind = "FetchFailed"
	ExceptionFailure    EndKind = "ExceptionFailure"
	TaskResultLost      EndKind = "TaskResultLost"
	TaskKilled          EndKind = "TaskKilled"
	TaskCommitDenied    EndKind = "TaskCommitDenied"
	ExecutorLostFailure EndKind = "ExecutorLostFailure"
	UnknownReason       EndKind = "UnknownReason"
)

// BlockUpdated says where a cached block now is; both sizes zero mean nowhere.
type BlockUpdated struct {
	ExecutorID, Host     string
	Port                 int
	BlockID              string // "rdd_<rdd>_<partition>"
	Level                StorageLevel
	MemorySize, DiskSize int64 // bytes
}

// UnpersistRDD says that a cached dataset was dropped on purpose.
type UnpersistRDD struct{ RDDID int }

// PlanNode is one node of a plan as it is shown: a tree of names, texts and
// the metrics that tasks will report under their accumulator ids.
type PlanNode struct {
	Name     string // Spark's node name: "Exchange", "BroadcastHashJoin", ...
	Detail   string // the node's line in EXPLAIN
	Children []*PlanNode
	Metadata map[string]string // scans: Location, ReadSchema, Format, PushedFilters
	Metrics  []PlanMetric
}

// PlanMetric declares one metric of a plan node.
type PlanMetric struct {
	Name          string
	AccumulatorID int64
	Type          string // Spark's metricType: sum, size, timing, nsTiming, average
}

// SQLExecutionStart begins one execution of a query; its jobs name it in
// PropertyExecutionID.
type SQLExecutionStart struct {
	Time            Millis
	ID, RootID      int64
	Description     string
	Details         string
	PhysicalPlan    string // EXPLAIN text
	Plan            *PlanNode
	ModifiedConfigs map[string]string
	JobGroup        string
}

// SQLExecutionEnd ends an execution. Error is empty when it succeeded.
type SQLExecutionEnd struct {
	Time  Millis
	ID    int64
	Error string
}

// SQLAdaptiveExecutionUpdate replaces an execution's plan: adaptive execution
// has changed it. Metric declarations of earlier plans stay in force.
type SQLAdaptiveExecutionUpdate struct {
	ID           int64
	PhysicalPlan string
	Plan         *PlanNode
}

// SQLAdaptiveMetricUpdates declares further metrics of an execution.
type SQLAdaptiveMetricUpdates struct {
	ID      int64
	Metrics []PlanMetric
}

// DriverAccumUpdates carries values of plan metrics that the driver measured.
type DriverAccumUpdates struct {
	ID      int64
	Updates []AccumulatorUpdate
}

// An AccumulatorUpdate adds to one accumulator.
type AccumulatorUpdate struct{ ID, Value int64 }

func (LogStart) event()                   {}
func (EnvironmentUpdate) event()          {}
func (ApplicationStart) event()           {}
func (ApplicationEnd) event()             {}
func (ExecutorAdded) event()              {}
func (ExecutorRemoved) event()            {}
func (ExecutorExcluded) event()           {}
func (ExecutorExcludedForStage) event()   {}
func (ExecutorUnexcluded) event()         {}
func (NodeExcluded) event()               {}
func (NodeUnexcluded) event()             {}
func (BlockManagerAdded) event()          {}
func (BlockManagerRemoved) event()        {}
func (JobStart) event()                   {}
func (JobEnd) event()                     {}
func (StageSubmitted) event()             {}
func (StageCompleted) event()             {}
func (TaskStart) event()                  {}
func (TaskGettingResult) event()          {}
func (TaskEnd) event()                    {}
func (StageExecutorMetrics) event()       {}
func (BlockUpdated) event()               {}
func (UnpersistRDD) event()               {}
func (SQLExecutionStart) event()          {}
func (SQLExecutionEnd) event()            {}
func (SQLAdaptiveExecutionUpdate) event() {}
func (SQLAdaptiveMetricUpdates) event()   {}
func (DriverAccumUpdates) event()         {}
