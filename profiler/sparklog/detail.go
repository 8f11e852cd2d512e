package sparklog

import (
	"encoding/json"
	"fmt"
)

// A Detail is what a line says beyond its event: what Spark's REST API shows and
// no profile is made of. The set of types is closed.
type Detail interface{ detail() }

// ExecutorDetail goes with ExecutorAdded, and with ApplicationStart for the driver.
type ExecutorDetail struct {
	ExecutorID string            `json:"Executor ID"`
	Driver     map[string]string `json:"Driver Logs"`
	DriverInfo map[string]string `json:"Driver Attributes"`
	Info       ExecutorInfo      `json:"Executor Info"`
}

// ExecutorInfo is where an executor's logs are, and what it has.
type ExecutorInfo struct {
	Logs       map[string]string            `json:"Log Urls"`
	Attributes map[string]string            `json:"Attributes"`
	Resources  map[string]ResourceAddresses `json:"Resources"`
}

// ResourceAddresses are the devices of one kind that an executor has.
type ResourceAddresses struct {
	Name      string   `json:"name"`
	Addresses []string `json:"addresses"`
}

// StageDetail goes with StageSubmitted and StageCompleted.
type StageDetail struct {
	Info StageDetailInfo `json:"Stage Info"`
}

// StageDetailInfo is what a stage's description holds beyond event.StageInfo.
type StageDetailInfo struct {
	StageID      int                `json:"Stage ID"`
	AttemptID    int                `json:"Stage Attempt ID"`
	Accumulables []AccumulableValue `json:"Accumulables"`
}

// AccumulableValue is an accumulator with its values as they were written:
// numbers or texts.
type AccumulableValue struct {
	ID       int64           `json:"ID"`
	Name     string          `json:"Name"`
	Update   json.RawMessage `json:"Update"`
	Value    json.RawMessage `json:"Value"`
	Internal bool            `json:"Internal"`
	Metadata string          `json:"Metadata"`
}

// ExecutorMetricsDetail goes with StageExecutorMetrics.
type ExecutorMetricsDetail struct {
	ExecutorID   string           `json:"Executor ID"`
	StageID      int              `json:"Stage ID"`
	StageAttempt int              `json:"Stage Attempt ID"`
	Metrics      map[string]int64 `json:"Executor Metrics"`
}

// PeaksDetail goes with ExecutorMetricsUpdate, which a log has of the driver.
type PeaksDetail struct {
	ExecutorID string `json:"Executor ID"`
	Updated    []struct {
		StageID      int              `json:"Stage ID"`
		StageAttempt int              `json:"Stage Attempt ID"`
		Metrics      map[string]int64 `json:"Executor Metrics"`
	} `json:"Executor Metrics Updated"`
}

// ProcessDetail is a process beside executors, such as YARN's application master.
type ProcessDetail struct {
	Time int64       `json:"time"`
	ID   string      `json:"processId"`
	Info ProcessInfo `json:"info"`
}

// ProcessInfo is where the process runs.
type ProcessInfo struct {
	HostPort string            `json:"hostPort"`
	Cores    int               `json:"cores"`
	Logs     map[string]string `json:"logUrlInfo"`
}

// NodeExcludedForStageDetail says that no executor of a host gets tasks of a stage.
type NodeExcludedForStageDetail struct {
	Host         string `json:"hostId"`
	StageID      int    `json:"stageId"`
	StageAttempt int    `json:"stageAttemptId"`
}

// BlockDetail has the sizes of a BlockUpdated as they were written: those that
// became free where a block leaves memory or disk.
type BlockDetail struct {
	Info struct {
		Memory int64 `json:"Memory Size"`
		Disk   int64 `json:"Disk Size"`
	} `json:"Block Updated Info"`
}

func (*BlockDetail) detail()                {}
func (*ExecutorDetail) detail()             {}
func (*StageDetail) detail()                {}
func (*ExecutorMetricsDetail) detail()      {}
func (*PeaksDetail) detail()                {}
func (*ProcessDetail) detail()              {}
func (*NodeExcludedForStageDetail) detail() {}
func (*TaskDetail) detail()                 {}

// details are the events that have a Detail.
var details = map[string]func() Detail{
	"SparkListenerExecutorAdded":                               func() Detail { return &ExecutorDetail{} },
	"SparkListenerApplicationStart":                            func() Detail { return &ExecutorDetail{} },
	"SparkListenerStageSubmitted":                              func() Detail { return &StageDetail{} },
	"SparkListenerStageCompleted":                              func() Detail { return &StageDetail{} },
	"SparkListenerStageExecutorMetrics":                        func() Detail { return &ExecutorMetricsDetail{} },
	schedulerPrefix + "SparkListenerMiscellaneousProcessAdded": func() Detail { return &ProcessDetail{} },
	schedulerPrefix + "SparkListenerNodeExcludedForStage":      func() Detail { return &NodeExcludedForStageDetail{} },
	schedulerPrefix + "SparkListenerNodeBlacklistedForStage":   func() Detail { return &NodeExcludedForStageDetail{} },
	"SparkListenerExecutorMetricsUpdate":                       func() Detail { return &PeaksDetail{} },
	"SparkListenerBlockUpdated":                                func() Detail { return &BlockDetail{} },
	"SparkListenerTaskEnd":                                     func() Detail { return &TaskDetail{} },
}

// Detail reads what the line says beyond its event; nil when it is of a kind
// that says no more. Nothing of it refers to the line.
func (r *Record) Detail() (Detail, error) {
	make, ok := details[r.Name]
	if !ok {
		return nil, nil
	}
	d := make()
	if task, ok := d.(*TaskDetail); ok {
		return task, task.read(r.Line)
	}
	if err := json.Unmarshal(r.Line, d); err != nil {
		return nil, fmt.Errorf("%s, line %d: %s: %w", r.File, r.Number, r.Name, err)
	}
	return d, nil
}
