package sparklog

import (
	"stagecoach/engine/event"
)

// line writes one event as Spark's JsonProtocol does, with every field that its
// reader insists on.
func (w *Writer) line(e event.Event) {
	t := &w.text
	t.b = append(t.b[:0], '{')
	switch e := e.(type) {
	case event.LogStart:
		t.string("Event", "SparkListenerLogStart")
		t.string("Spark Version", e.Version)
	case event.EnvironmentUpdate:
		w.environment(e)
	case event.ApplicationStart:
		t.string("Event", "SparkListenerApplicationStart")
		t.string("App Name", e.Name)
		t.string("App ID", e.ID)
		t.number("Timestamp", int64(e.Time))
		t.string("User", e.User)
		t.option("App Attempt ID", e.AttemptID)
	case event.ApplicationEnd:
		t.string("Event", "SparkListenerApplicationEnd")
		t.number("Timestamp", int64(e.Time))
	case event.ExecutorAdded:
		t.string("Event", "SparkListenerExecutorAdded")
		t.number("Timestamp", int64(e.Time))
		t.string("Executor ID", e.ExecutorID)
		t.object("Executor Info", func() {
			t.string("Host", e.Host)
			t.number("Total Cores", int64(e.TotalCores))
			t.stringMap("Log Urls", nil)
			t.stringMap("Attributes", nil)
			t.stringMap("Resources", nil)
			t.number("Resource Profile Id", int64(e.ResourceProfile))
		})
	case event.ExecutorRemoved:
		t.string("Event", "SparkListenerExecutorRemoved")
		t.number("Timestamp", int64(e.Time))
		t.string("Executor ID", e.ExecutorID)
		t.string("Removed Reason", e.Reason)
	case event.ExecutorExcluded:
		t.string("Event", schedulerPrefix+"SparkListenerExecutorExcluded")
		w.exclusion(e.Time, e.ExecutorID)
		t.number("taskFailures", int64(e.TaskFailures))
	case event.ExecutorExcludedForStage:
		t.string("Event", schedulerPrefix+"SparkListenerExecutorExcludedForStage")
		w.exclusion(e.Time, e.ExecutorID)
		t.number("taskFailures", int64(e.TaskFailures))
		t.number("stageId", int64(e.StageID))
		t.number("stageAttemptId", int64(e.StageAttempt))
	case event.ExecutorUnexcluded:
		t.string("Event", schedulerPrefix+"SparkListenerExecutorUnexcluded")
		w.exclusion(e.Time, e.ExecutorID)
	case event.NodeExcluded:
		t.string("Event", schedulerPrefix+"SparkListenerNodeExcluded")
		t.number("time", int64(e.Time))
		t.string("hostId", e.Host)
		t.number("executorFailures", int64(e.ExecutorFailures))
	case event.NodeUnexcluded:
		t.string("Event", schedulerPrefix+"SparkListenerNodeUnexcluded")
		t.number("time", int64(e.Time))
		t.string("hostId", e.Host)
	case event.BlockManagerAdded:
		t.string("Event", "SparkListenerBlockManagerAdded")
		w.blockManager("Block Manager ID", e.ExecutorID, e.Host, e.Port)
		t.number("Maximum Memory", e.MaxMemory)
		t.number("Timestamp", int64(e.Time))
		if e.MaxOnHeap != 0 || e.OffHeap != 0 {
			t.number("Maximum Onheap Memory", e.MaxOnHeap)
			t.number("Maximum Offheap Memory", e.OffHeap)
		}
	case event.BlockManagerRemoved:
		t.string("Event", "SparkListenerBlockManagerRemoved")
		w.blockManager("Block Manager ID", e.ExecutorID, e.Host, e.Port)
		t.number("Timestamp", int64(e.Time))
	case event.JobStart:
		w.jobStart(e)
	case event.JobEnd:
		t.string("Event", "SparkListenerJobEnd")
		t.number("Job ID", int64(e.JobID))
		t.number("Completion Time", int64(e.Time))
		t.object("Job Result", func() {
			if e.Error == "" {
				t.string("Result", "JobSucceeded")
				return
			}
			t.string("Result", "JobFailed")
			t.object("Exception", func() {
				t.string("Message", e.Error)
				t.list("Stack Trace", 0, nil)
			})
		})
	case event.StageSubmitted:
		t.string("Event", "SparkListenerStageSubmitted")
		w.stageInfo("Stage Info", &e.Info)
		t.stringMap("Properties", w.redact(e.Properties))
	case event.StageCompleted:
		t.string("Event", "SparkListenerStageCompleted")
		w.stageInfo("Stage Info", &e.Info)
		delete(w.totals, stageKey{e.Info.StageID, e.Info.AttemptID})
	case event.TaskStart:
		t.string("Event", "SparkListenerTaskStart")
		t.number("Stage ID", int64(e.StageID))
		t.number("Stage Attempt ID", int64(e.StageAttempt))
		w.taskInfo(&e.Info, nil)
	case event.TaskGettingResult:
		t.string("Event", "SparkListenerTaskGettingResult")
		w.taskInfo(&e.Info, nil)
	case event.TaskEnd:
		w.taskEnd(&e)
	case event.StageExecutorMetrics:
		t.string("Event", "SparkListenerStageExecutorMetrics")
		t.string("Executor ID", e.ExecutorID)
		t.number("Stage ID", int64(e.StageID))
		t.number("Stage Attempt ID", int64(e.StageAttempt))
		t.object("Executor Metrics", func() { t.number("JVMHeapMemory", e.HeapPeak) })
	case event.BlockUpdated:
		w.blockUpdated(e)
	case event.UnpersistRDD:
		t.string("Event", "SparkListenerUnpersistRDD")
		t.number("RDD ID", int64(e.RDDID))
	default:
		w.sqlEvent(e)
	}
	t.b = append(t.b, '}', '\n')
}

func (w *Writer) exclusion(at event.Millis, executor string) {
	w.text.number("time", int64(at))
	w.text.string("executorId", executor)
}

// jvmKeys are what the History Server's environment page fails without. Empty
// ones are left out again on reading.
var jvmKeys = []string{"Java Version", "Java Home", "Scala Version"}

func (w *Writer) environment(e event.EnvironmentUpdate) {
	t := &w.text
	t.string("Event", "SparkListenerEnvironmentUpdate")
	jvm := map[string]string{}
	for _, k := range jvmKeys {
		jvm[k] = ""
	}
	for k, v := range e.JVM {
		jvm[k] = v
	}
	t.stringMap("JVM Information", w.redact(jvm))
	t.stringMap("Spark Properties", w.redact(e.Spark))
	t.stringMap("Hadoop Properties", w.redact(e.Hadoop))
	t.stringMap("System Properties", w.redact(e.System))
	t.stringMap("Metrics Properties", w.redact(e.MetricConf))
	t.stringMap("Classpath Entries", w.redact(e.Classpath))
}

// noPort stands for a port that is not known: Spark's BlockManagerId refuses 0.
const noPort = 1

func (w *Writer) blockManager(key, executor, host string, port int) {
	t := &w.text
	if port <= 0 {
		port = noPort
	}
	t.object(key, func() {
		t.string("Executor ID", executor)
		t.string("Host", host)
		t.number("Port", int64(port))
	})
}

func (w *Writer) jobStart(e event.JobStart) {
	t := &w.text
	t.string("Event", "SparkListenerJobStart")
	t.number("Job ID", int64(e.JobID))
	t.number("Submission Time", int64(e.Time))
	ids := make([]int, len(e.Stages))
	t.list("Stage Infos", len(e.Stages), func(i int) {
		ids[i] = e.Stages[i].StageID
		w.stageInfo("", &e.Stages[i])
	})
	t.integers("Stage IDs", ids)
	t.stringMap("Properties", w.redact(e.Properties))
}

func (w *Writer) stageInfo(key string, s *event.StageInfo) {
	t := &w.text
	t.object(key, func() {
		t.number("Stage ID", int64(s.StageID))
		t.number("Stage Attempt ID", int64(s.AttemptID))
		t.string("Stage Name", s.Name)
		t.number("Number of Tasks", int64(s.NumTasks))
		t.list("RDD Info", len(s.RDDs), func(i int) { w.rddInfo(&s.RDDs[i]) })
		t.integers("Parent IDs", s.ParentIDs)
		t.string("Details", s.Details)
		if s.SubmissionTime != 0 {
			t.number("Submission Time", int64(s.SubmissionTime))
		}
		if s.CompletionTime != 0 {
			t.number("Completion Time", int64(s.CompletionTime))
		}
		t.option("Failure Reason", s.FailureReason)
		t.key("Accumulables")
		t.b = append(t.b, '[')
		for i := range s.Accumulables {
			w.accumulable(&s.Accumulables[i], false)
		}
		if s.CompletionTime != 0 {
			w.stageTotals(stageKey{s.StageID, s.AttemptID})
		}
		t.b = append(t.b, ']')
		t.number("Resource Profile Id", int64(s.ResourceProfile))
		t.bool("Shuffle Push Enabled", s.PushEnabled)
		t.number("Shuffle Push Mergers Count", int64(s.PushMergers))
	})
}

func (w *Writer) rddInfo(r *event.RDDInfo) {
	t := &w.text
	t.object("", func() {
		t.number("RDD ID", int64(r.ID))
		t.string("Name", r.Name)
		t.option("Scope", r.Scope)
		t.string("Callsite", r.Callsite)
		t.integers("Parent IDs", r.ParentIDs)
		w.level(r.StorageLevel)
		t.bool("Barrier", false)
		t.string("DeterministicLevel", "DETERMINATE")
		t.number("Number of Partitions", int64(r.NumPartitions))
		t.number("Number of Cached Partitions", 0)
		t.number("Memory Size", 0)
		t.number("Disk Size", 0)
	})
}

func (w *Writer) level(l event.StorageLevel) {
	t := &w.text
	t.object("Storage Level", func() {
		t.bool("Use Disk", l.UseDisk)
		t.bool("Use Memory", l.UseMemory)
		t.bool("Use Off Heap", l.UseOffHeap)
		t.bool("Deserialized", l.Deserialized)
		t.number("Replication", int64(l.Replication))
	})
}

type blockAt struct{ executor, block string }

// blockUpdated writes sizes as Spark does: when a block leaves memory or disk,
// the size that became free. Events say what is there now, so the writer
// remembers what was.
func (w *Writer) blockUpdated(e event.BlockUpdated) {
	t := &w.text
	at := blockAt{e.ExecutorID, e.BlockID}
	before := w.blocks[at]
	memory, disk := e.MemorySize, e.DiskSize
	if !e.Level.UseMemory {
		memory = before[0]
	}
	if !e.Level.UseDisk {
		disk = before[1]
	}
	if now := [2]int64{e.MemorySize, e.DiskSize}; now == [2]int64{} {
		delete(w.blocks, at)
	} else {
		w.blocks[at] = now
	}
	t.string("Event", "SparkListenerBlockUpdated")
	t.object("Block Updated Info", func() {
		w.blockManager("Block Manager ID", e.ExecutorID, e.Host, e.Port)
		t.string("Block ID", e.BlockID)
		w.level(e.Level)
		t.number("Memory Size", memory)
		t.number("Disk Size", disk)
	})
}

func (w *Writer) sqlEvent(e event.Event) {
	t := &w.text
	switch e := e.(type) {
	case event.SQLExecutionStart:
		t.string("Event", sqlPrefix+"SparkListenerSQLExecutionStart")
		t.number("executionId", e.ID)
		t.number("rootExecutionId", e.RootID)
		t.string("description", e.Description)
		t.string("details", e.Details)
		t.string("physicalPlanDescription", e.PhysicalPlan)
		w.plan("sparkPlanInfo", e.Plan)
		t.number("time", int64(e.Time))
		t.stringMap("modifiedConfigs", w.redact(e.ModifiedConfigs))
		t.list("jobTags", 0, nil)
		if e.JobGroup == "" {
			t.null("jobGroupId")
		} else {
			t.string("jobGroupId", e.JobGroup)
		}
	case event.SQLExecutionEnd:
		t.string("Event", sqlPrefix+"SparkListenerSQLExecutionEnd")
		t.number("executionId", e.ID)
		t.number("time", int64(e.Time))
		t.string("errorMessage", e.Error)
	case event.SQLAdaptiveExecutionUpdate:
		t.string("Event", sqlPrefix+"SparkListenerSQLAdaptiveExecutionUpdate")
		t.number("executionId", e.ID)
		t.string("physicalPlanDescription", e.PhysicalPlan)
		w.plan("sparkPlanInfo", e.Plan)
	case event.SQLAdaptiveMetricUpdates:
		t.string("Event", sqlPrefix+"SparkListenerSQLAdaptiveSQLMetricUpdates")
		t.number("executionId", e.ID)
		w.planMetrics("sqlPlanMetrics", e.Metrics)
	case event.DriverAccumUpdates:
		t.string("Event", sqlPrefix+"SparkListenerDriverAccumUpdates")
		t.number("executionId", e.ID)
		t.list("accumUpdates", len(e.Updates), func(i int) {
			t.open('[')
			t.b = appendPair(t.b, e.Updates[i].ID, e.Updates[i].Value)
			t.close(']')
		})
	default:
		w.writeMembers(e)
	}
}

// plan writes a tree; an execution without one gets an empty node, for the
// server fails on null.
func (w *Writer) plan(key string, n *event.PlanNode) {
	t := &w.text
	if n == nil {
		n = &event.PlanNode{}
	}
	t.object(key, func() {
		t.string("nodeName", n.Name)
		t.string("simpleString", n.Detail)
		t.list("children", len(n.Children), func(i int) { w.plan("", n.Children[i]) })
		t.stringMap("metadata", n.Metadata)
		w.planMetrics("metrics", n.Metrics)
	})
}

func (w *Writer) planMetrics(key string, list []event.PlanMetric) {
	t := &w.text
	t.list(key, len(list), func(i int) {
		t.object("", func() {
			t.string("name", list[i].Name)
			t.number("accumulatorId", list[i].AccumulatorID)
			t.string("metricType", list[i].Type)
		})
	})
}
