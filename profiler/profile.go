// Package profiler holds the one model of an application, finished or not,
// whether it ran here or in Apache Spark.
//
//	events ─► Profile.Add ─► Profile ─► quantiles, breakdown, critical path, diff
//
// A Profile is plain data that events fold into. It knows no rule, no screen
// and no engine; advisor, tui and report stand on it. Numbers are derived as
// Spark's own status store derives them (AppStatusListener), so that they equal
// what Spark's UI shows.
package profiler

import (
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
)

// A Profile is everything known about one application attempt. Slices are in
// order of id (stages by id, then attempt; executors as they came). It is safe
// to read while nobody adds.
type Profile struct {
	App        App
	Properties map[string]string // Spark properties in force
	JVM        map[string]string // "Java Version" and the like
	Jobs       []*Job
	Stages     []*Stage // attempts
	Executors  []*Executor
	Executions []*Execution // SQL executions
	RDDs       []*RDD       // datasets that were marked to be cached
	Streams    []*Stream    // runs of streaming queries, in the order of their start
	Sessions   []*Session   // of the Thrift server and of Spark Connect, in the order of their start
	Operations []*Operation // statements that sessions have sent, likewise
	Totals     Totals       // counted from the events alone
	Warnings   []Warning    // what was missing or odd, and what that means
	Lost       []Loss       // what of the log could not be read

	// ResourceProfiles say what executors and tasks ask for, by id. None are
	// logged before Spark 3.1.
	ResourceProfiles []event.ResourceProfileAdded

	// BlocksLogged says that updates of cached blocks were seen. Without them
	// the sizes in RDDs and the memory of executors are unknown, not zero:
	// Spark logs them only with spark.eventLog.logBlockUpdates.enabled.
	BlocksLogged bool

	fold fold // indexes by id; add.go
}

// App is the application itself.
type App struct {
	ID           string       `json:"id"` // names as Spark's REST API has them
	Name         string       `json:"name"`
	User         string       `json:"sparkUser"`
	AttemptID    string       `json:"attemptId"`
	SparkVersion string       `json:"appSparkVersion"`
	Start        event.Millis `json:"startTimeEpoch"`
	End          event.Millis `json:"endTimeEpoch"`     // 0: no end was seen
	LastEvent    event.Millis `json:"lastUpdatedEpoch"` // greatest time seen
}

// Wall is the application's wall time: to its end, or to the last event when
// there is none.
func (a App) Wall() time.Duration {
	end := a.End
	if end == 0 {
		end = a.LastEvent
	}
	return max(0, time.Duration(end-a.Start)*time.Millisecond)
}

// A Status is where a job, stage, execution or task stands.
type Status uint8

const (
	Pending Status = iota
	Running
	Succeeded
	Failed
	Skipped // a stage whose output was there already
	Killed
)

// String is Spark's word for the status.
func (s Status) String() string {
	return [...]string{"PENDING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED", "KILLED"}[s]
}

// A Job is one action.
type Job struct {
	ID           int
	Name         string // of the stage with the highest id, as in Spark
	Description  string
	Group        string
	Start, End   event.Millis
	Status       Status
	Error        string
	StageIDs     []int
	ExecutionID  int64 // -1 when the job belongs to no SQL execution
	NumTasks     int   // over its stages that were not complete at its start, skipped ones included
	Active       int   // task attempts that run now
	Completed    int   // task attempts that succeeded
	Failures     int   // task attempts that failed
	Killed       int
	SkippedTasks int
	Indices      int // distinct tasks (stage and index) that succeeded

	ActiveStages, CompletedStages, SkippedStages int
	FailedStages                                 int // failed attempts of stages

	fold jobFold
}

// A Stage is one attempt of a stage.
type Stage struct {
	ID, Attempt int
	Name        string
	Description string // of the job, as the stage was submitted
	Details     string
	Status      Status
	Failure     string
	NumTasks    int
	Parents     []int // stage ids
	JobIDs      []int
	ExecutionID int64 // -1 when none
	Submitted   event.Millis
	FirstLaunch event.Millis // first task's; 0 while there is none
	Completed   event.Millis
	RDDs        []event.RDDInfo

	Active, Complete, Failed, Killed int // task attempts; Complete counts successes
	Indices                          int // distinct task indices that succeeded

	// Metrics are the sums over all ended attempts, successful or not, as
	// Spark's stage page has them. (PeakExecutionMemory is the maximum here;
	// Spark's REST API sums it.)
	Metrics metric.Set `json:"-"`

	Tasks Tasks `json:"-"` // one row per attempt

	ResourceProfile int // id
	PushEnabled     bool
	PushMergers     int               // executors that merge its shuffle blocks
	Merged          event.MergedReads // sums over its ended attempts
	RemoteRequests  time.Duration     // over all requests for remote shuffle blocks
	Speculation     Speculation

	// PerExecutor sums the stage's ended attempts by executor id.
	PerExecutor map[string]*ExecutorStage

	HeapPeak int64 // most heap that any of its executors was seen to use, bytes; 0 when not seen

	sketch  *sketch // what is kept of most rows, nil while Tasks has them all
	unended int     // attempts that were resubmitted, so had succeeded, and whose end was not seen
	fold    stageFold
}

// Speculation counts the copies of a stage's slow tasks.
type Speculation struct {
	Submitted                               int // asked for; Spark does not log it
	Tasks, Active, Complete, Failed, Killed int // attempts
}

// ExecutorStage is what one executor did for one stage.
type ExecutorStage struct {
	TaskTime                  time.Duration
	Succeeded, Failed, Killed int
	HeapPeak                  int64      // bytes; 0 when not seen
	Metrics                   metric.Set `json:"-"`

	sums *sums // what Metrics is made of, until the stage is over
}

// A Task is one row of Tasks, taken out: one attempt of one task.
type Task struct {
	ID             int64
	Index, Attempt int
	Launch, Finish event.Millis // Finish 0 while running
	Executor, Host string
	Locality       event.Locality
	Speculative    bool
	Status         Status
	Reason         event.EndKind
	Error          string
	Metrics        metric.Set // empty when the attempt left none
}

// An Executor is a process (or an in-process stand-in) with task slots.
type Executor struct {
	ID, Host   string
	Cores      int
	Added      event.Millis
	Removed    event.Millis // 0 while it lives
	Reason     string       // of its removal
	Port       int          // of its block manager; 0 when none was announced
	MaxMemory  int64        // bytes of its block store
	Active     int          // tasks that run now
	Started    int          // tasks launched
	Completed  int
	Failed     int
	TaskTime   time.Duration // sum of finish less launch
	Metrics    metric.Set    `json:"-"` // sums over its tasks, resubmitted ones left out
	MemoryUsed int64         // cached bytes now
	DiskUsed   int64
	HeapPeak   int64 // most heap it was seen to use, bytes; 0 when not seen
	Driver     bool  // runs no tasks of its own, except in local mode

	ResourceProfile int // id

	Excluded    bool  // gets no tasks at the moment because too many failed on it
	ExcludedFor []int // ids of stages for which it was excluded

	sums sums // what Metrics is made of
	at   seat
}

// An RDD is a cached dataset.
type RDD struct {
	ID            int
	Name          string
	Level         event.StorageLevel
	NumPartitions int
	Cached        int // partitions stored now
	MemorySize    int64
	DiskSize      int64
	PeakMemory    int64 // greatest MemorySize seen
	PeakDisk      int64
	Evictions     int // blocks that left memory without being dropped on purpose
	Recomputed    int // partitions stored again after they had gone
	Unpersisted   bool
}

// An Execution is one SQL query.
type Execution struct {
	ID, RootID   int64
	Description  string
	Details      string
	PhysicalPlan string
	Start, End   event.Millis
	Status       Status
	Error        string
	JobIDs       []int
	Configs      map[string]string
	Nodes        []*Node // of the last plan, in pre-order; ids are Spark's graph ids
	Edges        []Edge
	Plans        int // versions seen: 1 + adaptive updates

	fold executionFold
}

// A Node is one node of an execution's plan.
type Node struct {
	ID        int
	Name      string
	Detail    string
	Cluster   int // id of the WholeStageCodegen node around it; -1 when none
	IsCluster bool
	Metadata  map[string]string
	Metrics   []NodeMetric
	Stages    []int // ids of stages whose tasks reported its metrics; where none did, of those next to it in its pipeline
}

// An Edge leads from a node to the node it feeds.
type Edge struct{ From, To int }

// A NodeMetric is one metric of a node, over all tasks that reported it.
type NodeMetric struct {
	Name          string
	AccumulatorID int64
	Type          string // Spark's metricType
	Seen          bool   // false: nobody reported a value
	Count         int    // values that Total is made of, those of silent tasks too
	Total         int64  // in Spark's raw unit: bytes, ms (timing), ns (nsTiming), rows
	Min, Med, Max int64  // over tasks, as Spark's SQL tab has them; zeros of silent tasks count
	MaxTask       int64  // task id that holds Max; -1 when the driver does
	MaxStage      int    // stage of that task
}

// A Warning is something that was missing or wrong in the input, with what it
// means for the numbers.
type Warning struct {
	Where string // file and line, or the thing concerned
	What  string
}

// A Loss is a piece of a log that nobody read. What it held is unknown.
type Loss struct {
	What  string // lines, tail, parts, beginning, compacted; of a running application: forgotten or unseen
	Count int    // 0 when nobody knows
}

// String prints "where: what".
func (w Warning) String() string {
	if w.Where == "" {
		return w.What
	}
	return w.Where + ": " + w.What
}
