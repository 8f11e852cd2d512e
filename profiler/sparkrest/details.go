package sparkrest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"stagecoach/engine/event"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// Details fold from records what a Profile does not keep.
type Details struct {
	environment event.EnvironmentUpdate
	processes   []sparklog.ProcessDetail
	stages      map[[2]int]*stageDetail
	executors   map[string]*executorDetail
	tasks       map[int64]*taskDetail // those that have something to tell
	jobTags     map[int][]string
	storage     storage
	peaks       bool // some task's metrics hold the peak of execution memory
	partitions  map[int64]int
}

type stageDetail struct {
	info       sparklog.StageDetailInfo
	pool       string
	peak       *ExecutorMetrics
	peaks      map[string]*ExecutorMetrics // by executor
	excluded   map[string]bool             // executors
	partitions bool                        // tasks know their partition
}

type executorDetail struct {
	address         string // of its block manager
	host            string
	info            sparklog.ExecutorInfo
	peak            *ExecutorMetrics
	excludedIn      []int // stages that run
	onHeap, offHeap int64 // bytes of the store
	usedOnHeap      int64
	usedOffHeap     int64
	memory, disk    int64
	blocks          int
	gone            bool
}

type taskDetail struct {
	fetch        event.Millis
	accumulators []AccumulableInfo
	error        string
	requests     int64 // milliseconds
	merged       *event.MergedReads
}

// ExecutorMetrics are peaks, in the order of sparklog.ExecutorMetricNames.
type ExecutorMetrics [len(sparklog.ExecutorMetricNames)]int64

// ExecutorMetricNames name the peaks.
var ExecutorMetricNames = sparklog.ExecutorMetricNames

// MarshalJSON implements json.Marshaler: an object by name.
func (m *ExecutorMetrics) MarshalJSON() ([]byte, error) {
	out := make(map[string]int64, len(m))
	for i, name := range ExecutorMetricNames {
		out[name] = m[i]
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler; kinds that it does not know are left
// out.
func (m *ExecutorMetrics) UnmarshalJSON(text []byte) error {
	var byName map[string]int64
	if err := json.Unmarshal(text, &byName); err != nil {
		return err
	}
	*m = executorMetrics(byName)
	return nil
}

var totalGCTime = slices.Index(ExecutorMetricNames[:], "TotalGCTime")

func raise(m **ExecutorMetrics, by *ExecutorMetrics) {
	if *m == nil {
		*m = &ExecutorMetrics{}
	}
	for i, v := range by {
		(*m)[i] = max((*m)[i], v)
	}
}

// newDetails makes Details of nothing so far.
func newDetails() *Details {
	return &Details{stages: map[[2]int]*stageDetail{}, executors: map[string]*executorDetail{}, tasks: map[int64]*taskDetail{},
		jobTags: map[int][]string{}, storage: storage{}, partitions: map[int64]int{}}
}

func (d *Details) stage(id, attempt int) *stageDetail {
	s := d.stages[[2]int{id, attempt}]
	if s == nil {
		s = &stageDetail{pool: "default", peaks: map[string]*ExecutorMetrics{}, excluded: map[string]bool{}}
		d.stages[[2]int{id, attempt}] = s
	}
	return s
}

func (d *Details) executor(id string) *executorDetail {
	x := d.executors[id]
	if x == nil {
		x = &executorDetail{}
		d.executors[id] = x
	}
	return x
}

func (d *Details) logs(executor string) map[string]string {
	return orEmpty(d.executor(executor).info.Logs)
}

func (d *Details) tags(job int) []string { return append([]string{}, d.jobTags[job]...) }

// partition is the partition that a task computes: its index unless the log
// says otherwise, -1 before Spark 3.3.
func (d *Details) partition(s *profiler.Stage, t *profiler.Task) int {
	if !d.stage(s.ID, s.Attempt).partitions {
		return -1
	}
	if p, other := d.partitions[t.ID]; other {
		return p
	}
	return t.Index
}

// add folds a record.
func (d *Details) add(r *sparklog.Record) error {
	detail, err := r.Detail()
	if err != nil {
		return err
	}
	switch e := r.Event().(type) {
	case event.EnvironmentUpdate:
		d.environment = e
	case event.JobStart:
		if tags := jobTags(e.Properties[event.PropertyJobTags]); tags != nil {
			d.jobTags[e.JobID] = tags
		}
	case event.StageSubmitted:
		s := d.stage(e.Info.StageID, e.Info.AttemptID)
		if pool := e.Properties["spark.scheduler.pool"]; pool != "" {
			s.pool = pool
		}
		d.storage.submitted(e.Info.RDDs)
	case event.StageCompleted:
		for _, x := range d.executors {
			x.excludedIn = slices.DeleteFunc(x.excludedIn, func(id int) bool { return id == e.Info.StageID })
		}
	case event.ExecutorAdded:
		d.executor(e.ExecutorID).host = e.Host
	case event.ExecutorRemoved:
		d.executor(e.ExecutorID).gone = true
		d.storage.lose(e.ExecutorID)
	case event.BlockManagerAdded:
		x := d.executor(e.ExecutorID)
		x.address = e.Host + ":" + strconv.Itoa(e.Port)
		x.host, x.onHeap, x.offHeap, x.usedOnHeap, x.usedOffHeap = e.Host, e.MaxOnHeap, e.OffHeap, 0, 0
	case event.ExecutorExcludedForStage:
		d.exclude(e.ExecutorID, e.StageID, e.StageAttempt)
	case event.BlockUpdated:
		if sizes, ok := detail.(*sparklog.BlockDetail); ok {
			d.storage.update(e, sizes, d.executor(e.ExecutorID))
		}
	case event.UnpersistRDD:
		d.storage.unpersist(e.RDDID, d)
	case event.TaskEnd:
		if task, ok := detail.(*sparklog.TaskDetail); ok {
			d.taskEnd(&e, task)
		}
	}
	switch x := detail.(type) {
	case *sparklog.ExecutorDetail:
		if x.ExecutorID != "" {
			d.executor(x.ExecutorID).info = x.Info
		} else if x.Driver != nil {
			d.executor("driver").info = sparklog.ExecutorInfo{Logs: x.Driver, Attributes: x.DriverInfo}
		}
	case *sparklog.StageDetail:
		d.stage(x.Info.StageID, x.Info.AttemptID).info = x.Info
	case *sparklog.ExecutorMetricsDetail:
		d.executorMetrics(x)
	case *sparklog.PeaksDetail:
		for _, u := range x.Updated { // the server shows them at the executor alone
			peaks := executorMetrics(u.Metrics)
			raise(&d.executor(x.ExecutorID).peak, &peaks)
		}
	case *sparklog.ProcessDetail:
		d.processes = append(d.processes, *x)
	case *sparklog.NodeExcludedForStageDetail:
		for id, executor := range d.executors {
			if executor.host == x.Host && id != "driver" {
				d.exclude(id, x.StageID, x.StageAttempt)
			}
		}
	}
	return nil
}

// jobTags splits, sorts and cleans the tags of a job.
func jobTags(text string) (tags []string) {
	for tag := range strings.SplitSeq(text, ",") {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

func (d *Details) exclude(executor string, stage, attempt int) {
	d.stage(stage, attempt).excluded[executor] = true
	if x := d.executor(executor); !slices.Contains(x.excludedIn, stage) {
		x.excludedIn = append(x.excludedIn, stage)
	}
}

func (d *Details) taskEnd(e *event.TaskEnd, t *sparklog.TaskDetail) {
	d.peaks = d.peaks || t.PeakLogged
	s := d.stage(e.StageID, e.StageAttempt)
	peaks := ExecutorMetrics(t.Peaks)
	for _, m := range []**ExecutorMetrics{&s.peak, &d.executor(e.Info.ExecutorID).peak} {
		raise(m, &peaks)
	}
	own := s.peaks[e.Info.ExecutorID]
	raise(&own, &peaks)
	s.peaks[e.Info.ExecutorID] = own
	if e.Info.PartitionID >= 0 {
		s.partitions = true
		if e.Info.PartitionID != e.Info.Index {
			d.partitions[e.Info.TaskID] = e.Info.PartitionID
		}
	}
	if e.Reason.Kind == event.Resubmitted { // the attempt has ended before
		return
	}
	if t.Accumulables == nil && t.Error == "" && e.RemoteRequests == 0 && e.Merged == nil && e.Info.GettingTime == 0 {
		return
	}
	d.tasks[e.Info.TaskID] = &taskDetail{fetch: e.Info.GettingTime, accumulators: accumulators(t.Accumulables), error: t.Error,
		requests: e.RemoteRequests, merged: e.Merged}
}

func (d *Details) executorMetrics(x *sparklog.ExecutorMetricsDetail) {
	m := executorMetrics(x.Metrics)
	raise(&d.executor(x.ExecutorID).peak, &m)
	s := d.stage(x.StageID, x.StageAttempt)
	raise(&s.peak, &m)
	own := s.peaks[x.ExecutorID]
	raise(&own, &m)
	s.peaks[x.ExecutorID] = own
}

func executorMetrics(byName map[string]int64) (m ExecutorMetrics) {
	for i, name := range ExecutorMetricNames {
		m[i] = byName[name]
	}
	return m
}

// accumulators are those that Spark shows: the user's.
func accumulators(list []sparklog.AccumulableValue) []AccumulableInfo {
	out := []AccumulableInfo{}
	for _, a := range list {
		if !a.Internal && a.Metadata != "sql" && !strings.HasPrefix(a.Name, "internal.metrics.") {
			out = append(out, AccumulableInfo{ID: a.ID, Name: a.Name, Update: plain(a.Update), Value: plain(a.Value)})
		}
	}
	return out
}

// plain is a value as text.
func plain(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}
