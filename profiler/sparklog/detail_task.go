package sparklog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// TaskDetail goes with TaskEnd, of which a log has so many that it is read by
// the scanner.
type TaskDetail struct {
	Accumulables []AccumulableValue // of the user's
	Error        string             // as Spark shows it (TaskEndReason.toErrorString), "" for a success
	Peaks        [len(ExecutorMetricNames)]int64
	PeakLogged   bool // the metrics hold the peak of execution memory, as since Spark 3.0
}

// ExecutorMetricNames are the kinds of memory and collections of which Spark
// logs peaks.
var ExecutorMetricNames = [...]string{"JVMHeapMemory", "JVMOffHeapMemory", "OnHeapExecutionMemory", "OffHeapExecutionMemory",
	"OnHeapStorageMemory", "OffHeapStorageMemory", "OnHeapUnifiedMemory", "OffHeapUnifiedMemory", "DirectPoolMemory", "MappedPoolMemory",
	"ProcessTreeJVMVMemory", "ProcessTreeJVMRSSMemory", "ProcessTreePythonVMemory", "ProcessTreePythonRSSMemory",
	"ProcessTreeOtherVMemory", "ProcessTreeOtherRSSMemory", "MinorGCCount", "MinorGCTime", "MajorGCCount", "MajorGCTime",
	"TotalGCTime", "ConcurrentGCCount", "ConcurrentGCTime"}

var (
	taskDetailKeys   = keys("Task End Reason", "Task Info", "Task Executor Metrics", "Task Metrics")
	accumulablesKeys = keys("Accumulables")
	peakKeys         = keys(ExecutorMetricNames[:]...)
	metricsKeys      = keys("Peak Execution Memory")
)

func (t *TaskDetail) read(line []byte) error {
	s := scanner{names: map[string]string{}}
	s.reset(line)
	var failed error
	s.object(taskDetailKeys, func(k int) {
		switch k {
		case 0:
			failed = errors.Join(failed, t.reason(s.rawValue()))
		case 1:
			s.object(accumulablesKeys, func(int) { failed = errors.Join(failed, t.accumulables(&s)) })
		case 2:
			s.object(peakKeys, func(k int) { t.Peaks[k], _ = s.int() })
		case 3:
			s.object(metricsKeys, func(int) {
				t.PeakLogged = true
				s.skip()
			})
		}
	})
	if s.failed != "" {
		return errors.New(s.failed)
	}
	return failed
}

// rawValue consumes a value and returns its text.
func (s *scanner) rawValue() []byte {
	s.blanks()
	from := s.i
	s.skip()
	return s.b[from:s.i]
}

// accumulables reads the user's: those that are neither metrics of tasks nor of
// plans.
func (t *TaskDetail) accumulables(s *scanner) (failed error) {
	s.array(func() {
		raw := s.rawValue()
		if bytes.Contains(raw, []byte(`"Name":"`+internalPrefix)) || bytes.Contains(raw, []byte(`"Internal":true`)) {
			return
		}
		var a AccumulableValue
		if err := json.Unmarshal(raw, &a); err != nil {
			failed = err
			return
		}
		if !a.Internal && a.Metadata != "sql" {
			t.Accumulables = append(t.Accumulables, a)
		}
	})
	return failed
}

// endDetail is a Task End Reason with all that its texts need.
type endDetail struct {
	Reason      string
	Class       string  `json:"Class Name"`
	Description string  `json:"Description"`
	Full        *string `json:"Full Stack Trace"`
	Kill        *string `json:"Kill Reason"`
	Stack       []struct {
		Class  string `json:"Declaring Class"`
		Method string `json:"Method Name"`
		File   string `json:"File Name"`
		Line   int64  `json:"Line Number"`
	} `json:"Stack Trace"`
	Executor *string `json:"Executor ID"`
	ByApp    *bool   `json:"Exit Caused By App"`
	Loss     string  `json:"Loss Reason"`
	Address  *struct {
		Executor string `json:"Executor ID"`
		Host     string `json:"Host"`
		Port     int    `json:"Port"`
	} `json:"Block Manager Address"`
	Shuffle int    `json:"Shuffle ID"`
	Map     int64  `json:"Map ID"`
	Index   *int   `json:"Map Index"`
	Reduce  int    `json:"Reduce ID"`
	Message string `json:"Message"`
	Job     *int   `json:"Job ID"`
	Part    *int   `json:"Partition ID"`
	Attempt *int   `json:"Attempt Number"`
}

// reason sets Error from the end reason.
func (t *TaskDetail) reason(raw []byte) error {
	if bytes.HasPrefix(raw, []byte(`{"Reason":"Success"`)) {
		return nil
	}
	var e endDetail
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	t.Error = e.text()
	return nil
}

func (e *endDetail) text() string {
	switch e.Reason {
	case "Success":
		return ""
	case "Resubmitted":
		return "Resubmitted (resubmitted due to lost executor)"
	case "FetchFailed":
		address, index := "null", "Unknown"
		if a := e.Address; a != nil {
			address = fmt.Sprintf("BlockManagerId(%s, %s, %d, None)", a.Executor, a.Host, a.Port)
		}
		if e.Index != nil && *e.Index >= 0 {
			index = fmt.Sprint(*e.Index)
		}
		return fmt.Sprintf("FetchFailed(%s, shuffleId=%d, mapIndex=%s, mapId=%d, reduceId=%d, message=\n%s\n)",
			address, e.Shuffle, index, e.Map, e.Reduce, e.Message)
	case "ExceptionFailure":
		if e.Full != nil {
			return *e.Full
		}
		text := e.Class + ": " + e.Description + "\n"
		for i, f := range e.Stack {
			if i > 0 {
				text += "\n"
			}
			text += "        " + frame{f.Class, f.Method, f.File, f.Line}.String()
		}
		return text
	case "TaskResultLost":
		return "TaskResultLost (result lost from block manager)"
	case "TaskKilled":
		return or(e.Kill, "unknown reason")
	case "TaskCommitDenied":
		return fmt.Sprintf("TaskCommitDenied (Driver denied task commit) for job: %d, partition: %d, attemptNumber: %d",
			or(e.Job, -1), or(e.Part, -1), or(e.Attempt, -1))
	case "ExecutorLostFailure":
		cause := "unrelated to the running tasks"
		if or(e.ByApp, true) {
			cause = "caused by one of the running tasks"
		}
		text := fmt.Sprintf("ExecutorLostFailure (executor %s exited %s)", or(e.Executor, "Unknown"), cause)
		if e.Loss != "" {
			text += " Reason: " + e.Loss
		}
		return text
	}
	return e.Reason
}

func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
