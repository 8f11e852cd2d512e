package sparklog_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

type object = map[string]any

// Profiles hold what Spark's own REST API answered for the same logs: jobs,
// stages, executors, quantiles and SQL executions of its test suite.
func TestRESTGoldens(t *testing.T) {
	dir := filepath.Join(corpus(t), "apache-spark")
	compared := 0
	for _, row := range rows(t, filepath.Join(dir, "endpoints.tsv")) {
		endpoint, err := url.Parse(row["endpoint"])
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(strings.Trim(endpoint.Path, "/"), "/")
		logs := strings.Split(row["event_log"], ",")
		if len(parts) < 3 || strings.HasPrefix(row["event_log"], "(") {
			continue
		}
		log, rest := logs[0], parts[2:]
		if n, err := strconv.Atoi(rest[0]); err == nil && n <= len(logs) {
			log, rest = logs[n-1], rest[1:]
		}
		path := ""
		for _, folder := range []string{"spark-events", "sql-spark-events"} {
			if _, err := os.Stat(filepath.Join(dir, folder, log)); err == nil {
				path = filepath.Join(dir, folder, log)
			}
		}
		golden, err := os.ReadFile(filepath.Join(dir, "HistoryServerExpectations", row["expectation_file"]))
		if path == "" || err != nil || len(rest) == 0 {
			continue
		}
		var want any
		if err := json.Unmarshal(golden, &want); err != nil {
			t.Fatal(err)
		}
		p, err := sparklog.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		t.Run(row["endpoint"], func(t *testing.T) { compareREST(t, p, rest, endpoint.Query(), want) })
	}
	t.Logf("%d endpoints", compared)
}

func compareREST(t *testing.T, p *profiler.Profile, rest []string, query url.Values, want any) {
	list, isList := want.([]any)
	if !isList {
		list = []any{want}
	}
	for _, w := range list {
		w := w.(object)
		switch {
		case rest[len(rest)-1] == "taskSummary":
			compareSummary(t, p, rest, w)
		case rest[len(rest)-1] == "taskList":
			compareTask(t, p, rest, w)
		case rest[0] == "jobs":
			agree(t, jobJSON(p, p.Job(number(w["jobId"]))), w)
		case rest[0] == "stages":
			agree(t, stageJSON(p.Stage(number(w["stageId"]), number(w["attemptId"]))), w)
		case rest[0] == "executors", rest[0] == "allexecutors":
			i := slices.IndexFunc(p.Executors, func(x *profiler.Executor) bool { return x.ID == w["id"] })
			if i < 0 {
				t.Errorf("executor %v is missing", w["id"])
				continue
			}
			agree(t, executorJSON(p.Executors[i]), w)
		case rest[0] == "sql":
			compareSQL(t, p.Execution(int64(number(w["id"]))), w)
		}
	}
}

func number(v any) int { return int(v.(float64)) }

// agree compares the fields that got has.
func agree(t *testing.T, got object, want object) {
	t.Helper()
	for name, v := range got {
		w, ok := want[name]
		if !ok {
			continue
		}
		if name == "peakExecutionMemory" && text(w) == "0" {
			continue // Spark does not look where logs before 3.0 have it
		}
		if a, b := fmt.Sprint(v), text(w); a != b {
			t.Errorf("%s of %v%v: %s, want %s", name, want["id"], want["stageId"], a, b)
		}
	}
}

func text(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func jobJSON(p *profiler.Profile, j *profiler.Job) object {
	return object{"name": j.Name, "status": j.Status, "numTasks": j.NumTasks, "numActiveTasks": j.Active,
		"numCompletedTasks": j.Completed, "numSkippedTasks": j.SkippedTasks, "numFailedTasks": j.Failures,
		"numKilledTasks": j.Killed, "numCompletedIndices": j.Indices, "numActiveStages": j.ActiveStages,
		"numCompletedStages": j.CompletedStages, "numSkippedStages": j.SkippedStages, "numFailedStages": j.FailedStages}
}

func stageJSON(s *profiler.Stage) object {
	status := map[profiler.Status]string{profiler.Succeeded: "COMPLETE", profiler.Running: "ACTIVE"}[s.Status]
	if status == "" {
		status = s.Status.String()
	}
	o := object{"status": status, "name": s.Name, "details": s.Details, "numTasks": s.NumTasks, "numActiveTasks": s.Active,
		"numCompleteTasks": s.Complete, "numFailedTasks": s.Failed, "numKilledTasks": s.Killed, "numCompletedIndices": s.Indices,
		"shuffleReadBytes": s.ShuffleReadBytes(), "failureReason": s.Failure}
	for id := range metric.All {
		switch {
		case id.SQL(), id == metric.TaskDuration, id == metric.SchedulerDelay, id == metric.GettingResultTime:
		case id == metric.PeakExecutionMemory: // Spark sums it, too
			var sum int64
			for row := range s.Tasks.Len() {
				v, _ := s.Tasks.Metric(row, id)
				sum += v
			}
			o[id.String()] = sum
		default:
			o[id.String()] = sparkUnit(id, s.Metrics.Value(id))
		}
	}
	return o
}

// sparkUnit turns nanoseconds into what Spark shows the metric in.
func sparkUnit(id metric.ID, v int64) int64 {
	switch id {
	case metric.ExecutorCPUTime, metric.ExecutorDeserializeCPUTime, metric.ShuffleWriteTime:
		return v
	}
	if id.Unit() == metric.Duration {
		return v / 1e6
	}
	return v
}

func executorJSON(x *profiler.Executor) object {
	o := object{"isActive": x.Removed == 0, "totalCores": x.Cores, "activeTasks": x.Active, "failedTasks": x.Failed,
		"completedTasks": x.Completed, "totalTasks": x.Started, "maxMemory": x.MaxMemory, "isBlacklisted": x.Excluded,
		"totalInputBytes":   x.Metrics.Value(metric.InputBytes),
		"totalShuffleRead":  x.Metrics.Value(metric.ShuffleLocalBytesRead) + x.Metrics.Value(metric.ShuffleRemoteBytesRead),
		"totalShuffleWrite": x.Metrics.Value(metric.ShuffleWriteBytes)}
	if !x.Driver {
		o["totalDuration"] = x.TaskTime.Milliseconds()
		o["totalGCTime"] = sparkUnit(metric.JVMGCTime, x.Metrics.Value(metric.JVMGCTime))
	}
	return o
}

// summaries are the names of taskSummary.
var summaries = map[string]metric.ID{"duration": metric.TaskDuration, "executorDeserializeTime": metric.ExecutorDeserializeTime,
	"executorDeserializeCpuTime": metric.ExecutorDeserializeCPUTime, "executorRunTime": metric.ExecutorRunTime,
	"executorCpuTime": metric.ExecutorCPUTime, "resultSize": metric.ResultSize, "jvmGcTime": metric.JVMGCTime,
	"resultSerializationTime": metric.ResultSerializationTime, "gettingResultTime": metric.GettingResultTime,
	"schedulerDelay": metric.SchedulerDelay, "peakExecutionMemory": metric.PeakExecutionMemory,
	"memoryBytesSpilled": metric.MemoryBytesSpilled, "diskBytesSpilled": metric.DiskBytesSpilled,
	"inputMetrics.bytesRead": metric.InputBytes, "inputMetrics.recordsRead": metric.InputRecords,
	"outputMetrics.bytesWritten": metric.OutputBytes, "outputMetrics.recordsWritten": metric.OutputRecords,
	"shuffleReadMetrics.readRecords": metric.ShuffleReadRecords, "shuffleReadMetrics.fetchWaitTime": metric.ShuffleFetchWaitTime,
	"shuffleReadMetrics.remoteBytesRead":     metric.ShuffleRemoteBytesRead,
	"shuffleReadMetrics.localBlocksFetched":  metric.ShuffleLocalBlocksFetched,
	"shuffleReadMetrics.remoteBlocksFetched": metric.ShuffleRemoteBlocksFetched,
	"shuffleWriteMetrics.writeBytes":         metric.ShuffleWriteBytes, "shuffleWriteMetrics.writeRecords": metric.ShuffleWriteRecords,
	"shuffleWriteMetrics.writeTime": metric.ShuffleWriteTime}

func stageOf(p *profiler.Profile, rest []string) *profiler.Stage {
	id, _ := strconv.Atoi(rest[1])
	attempt, _ := strconv.Atoi(rest[2])
	return p.Stage(id, attempt)
}

func compareSummary(t *testing.T, p *profiler.Profile, rest []string, want object) {
	var qs []float64
	for _, q := range want["quantiles"].([]any) {
		qs = append(qs, q.(float64))
	}
	s := stageOf(p, rest)
	for name, id := range summaries {
		node, leaf := want, name
		if group, field, ok := strings.Cut(name, "."); ok {
			node, leaf = want[group].(object), field
		}
		var got []string
		for _, v := range s.SparkQuantiles(id, qs) {
			got = append(got, fmt.Sprint(sparkUnit(id, v)))
		}
		var all []string
		for _, v := range node[leaf].([]any) {
			all = append(all, text(v))
		}
		if !slices.Equal(got, all) {
			t.Errorf("%s: %v, want %v", name, got, all)
		}
	}
}

func compareTask(t *testing.T, p *profiler.Profile, rest []string, want object) {
	for _, task := range stageOf(p, rest).Tasks.All {
		if task.ID != int64(number(want["taskId"])) {
			continue
		}
		status := task.Status.String()
		if task.Status == profiler.Succeeded {
			status = "SUCCESS"
		}
		agree(t, object{"index": task.Index, "attempt": task.Attempt, "executorId": task.Executor, "host": task.Host, "status": status,
			"taskLocality": task.Locality, "speculative": task.Speculative,
			"duration":          sparkUnit(metric.TaskDuration, task.Metrics.Value(metric.TaskDuration)),
			"schedulerDelay":    sparkUnit(metric.SchedulerDelay, task.Metrics.Value(metric.SchedulerDelay)),
			"gettingResultTime": sparkUnit(metric.GettingResultTime, task.Metrics.Value(metric.GettingResultTime))}, want)
		return
	}
	t.Errorf("task %v is missing", want["taskId"])
}

func compareSQL(t *testing.T, x *profiler.Execution, want object) {
	status := map[profiler.Status]string{profiler.Succeeded: "COMPLETED", profiler.Failed: "FAILED", profiler.Running: "RUNNING"}[x.Status]
	agree(t, object{"status": status, "description": x.Description, "duration": x.Duration().Milliseconds()}, want)
	nodes, _ := want["nodes"].([]any)
	if len(nodes) > 0 && len(nodes) != len(x.Nodes) {
		t.Errorf("execution %d: %d nodes, want %d", x.ID, len(x.Nodes), len(nodes))
	}
	for _, n := range nodes {
		n := n.(object)
		node := x.Node(number(n["nodeId"]))
		if node == nil || strings.TrimSpace(node.Name) != strings.TrimSpace(n["nodeName"].(string)) {
			t.Errorf("node %v is %+v", n["nodeId"], node)
			continue
		}
		for _, m := range n["metrics"].([]any) {
			m := m.(object)
			got, ok := node.Metric(m["name"].(string))
			if value := m["value"].(string); ok && got.Type == "sum" && metric.FormatCount(got.Total) != value {
				t.Errorf("node %d, %s: %d, want %s", node.ID, m["name"], got.Total, value)
			} else if !ok || !got.Seen {
				t.Errorf("node %d has no %v", node.ID, m["name"])
			}
		}
	}
}
