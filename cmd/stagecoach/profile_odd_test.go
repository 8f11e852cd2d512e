package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

const (
	oddStage = `"Stage Info":{"Stage ID":%d,"Stage Attempt ID":0,"Stage Name":"s","Number of Tasks":%d,"RDD Info":[],"Parent IDs":[%d],"Details":"","Submission Time":%d,"Accumulables":[]%s}`
	oddTask  = `"Task Info":{"Task ID":%d,"Index":%d,"Attempt":0,"Launch Time":%d,"Executor ID":"1","Host":"h","Locality":"ANY","Speculative":false,"Getting Result Time":0,"Finish Time":%d,"Failed":false,"Killed":false,"Accumulables":[{"ID":7,"Name":"rows","Update":"%d","Value":"1","Internal":true,"Count Failed Values":true,"Metadata":"sql"}]}`
)

func oddJob(job, stage int, tasks int64) string {
	return fmt.Sprintf(`{"Event":"SparkListenerJobStart","Job ID":%d,"Submission Time":1000,"Stage Infos":[{"Stage ID":%d,"Stage Attempt ID":0,"Stage Name":"s","Number of Tasks":%d,"RDD Info":[],"Parent IDs":[%d],"Details":"","Accumulables":[]}],"Stage IDs":[%d],"Properties":{"spark.sql.execution.id":"0"}}`, job, stage, tasks, stage, stage)
}

func oddSubmitted(stage int, tasks, at int64) string {
	return `{"Event":"SparkListenerStageSubmitted",` + fmt.Sprintf(oddStage, stage, tasks, stage, at, "") + `,"Properties":{}}`
}

func oddCompleted(stage int, tasks, from, to int64) string {
	return `{"Event":"SparkListenerStageCompleted",` + fmt.Sprintf(oddStage, stage, tasks, stage, from, fmt.Sprintf(`,"Completion Time":%d`, to)) + `}`
}

func oddStart(stage int, task, index, at int64) string {
	return fmt.Sprintf(`{"Event":"SparkListenerTaskStart","Stage ID":%d,"Stage Attempt ID":0,`, stage) + fmt.Sprintf(oddTask, task, index, at, 0, 1) + `}`
}

func oddEnd(stage int, task, index, from, to, v int64) string {
	return fmt.Sprintf(`{"Event":"SparkListenerTaskEnd","Stage ID":%d,"Stage Attempt ID":0,"Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},`, stage) +
		fmt.Sprintf(oddTask, task, index, from, to, v) + fmt.Sprintf(`,"Task Metrics":{"Executor Run Time":%d,"Peak Execution Memory":%d,"Result Size":1,"Input Metrics":{"Bytes Read":%d,"Records Read":1}}}`, v, v, v)
}

const oddSQL = `{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0,"description":"q","details":"","physicalPlanDescription":"","sparkPlanInfo":{"nodeName":"Scan","simpleString":"","children":[],"metadata":{},"metrics":[{"name":"rows","accumulatorId":7,"metricType":"sum"}]},"time":1000}`

// oddLogs are logs that no healthy application writes.
var oddLogs = map[string][]string{
	"cyclic parents": {oddJob(0, 0, 1), oddSubmitted(0, 1, 1000), oddStart(0, 1, 0, 1001), oddEnd(0, 1, 0, 1001, 1010, 5), oddCompleted(0, 1, 1000, 1011)},
	"parents in a ring": {strings.Replace(oddJob(0, 0, 1), `"Parent IDs":[0]`, `"Parent IDs":[1]`, 1), strings.Replace(oddJob(1, 1, 1), `"Parent IDs":[1]`, `"Parent IDs":[0]`, 1),
		strings.Replace(oddSubmitted(0, 1, 1000), `"Parent IDs":[0]`, `"Parent IDs":[1]`, 1), strings.Replace(oddSubmitted(1, 1, 1000), `"Parent IDs":[1]`, `"Parent IDs":[0]`, 1),
		oddStart(0, 1, 0, 1001), oddStart(1, 2, 0, 1001), oddEnd(0, 1, 0, 1001, 1010, 5), oddEnd(1, 2, 0, 1001, 1010, 5),
		strings.Replace(oddCompleted(0, 1, 1000, 1011), `"Parent IDs":[0]`, `"Parent IDs":[1]`, 1), strings.Replace(oddCompleted(1, 1, 1000, 1011), `"Parent IDs":[1]`, `"Parent IDs":[0]`, 1)},
	// A task of a host whose clock is an hour ahead: it ran longer than it took,
	// ended before its stage began, and its executor came after it.
	"clocks apart": {oddJob(0, 0, 2), oddSubmitted(0, 2, 5_000_000), oddStart(0, 1, 0, 1_400_000), oddStart(0, 2, 1, 5_000_001),
		`{"Event":"SparkListenerExecutorAdded","Timestamp":8600000,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":1}}`,
		oddEnd(0, 1, 0, 1_400_000, 1_400_010, 3_600_000), oddEnd(0, 2, 1, 5_000_001, 5_000_009, 7), oddCompleted(0, 2, 5_000_000, 5_000_010)},
	"streams and statements": {
		`{"Event":"org.apache.spark.sql.streaming.StreamingQueryListener$QueryTerminatedEvent","id":"a","runId":"b","exception":null}`,
		`{"Event":"org.apache.spark.sql.streaming.StreamingQueryListener$QueryProgressEvent","progress":{"id":null,"runId":5,"batchId":-9,"batchDuration":-1,"timestamp":"never","durationMs":{"x":"y","z":9e99},"eventTime":{"watermark":"-1"},"stateOperators":[null,{"numRowsTotal":-5}],"sources":[{"numInputRows":-3,"inputRowsPerSecond":"Infinity","processedRowsPerSecond":{}}],"sink":null}}`,
		`{"Event":"org.apache.spark.sql.streaming.StreamingQueryListener$QueryProgressEvent"}`,
		`{"Event":"org.apache.spark.sql.hive.thriftserver.ui.SparkListenerThriftServerOperationClosed","id":"x","closeTime":-5}`,
		`{"Event":"org.apache.spark.sql.connect.service.SparkListenerConnectOperationFinished","operationId":"y","producedRowCount":-7}`,
		`{"Event":"org.apache.spark.scheduler.SparkListenerSpeculativeTaskSubmitted","stageId":99}`,
		`{"Event":"SparkListenerResourceProfileAdded","Resource Profile Id":-1,"Executor Resource Requests":{"\"":{"Amount":1e99}},"Task Resource Requests":null}`},
	"everything twice":    {oddJob(0, 0, 1), oddJob(0, 0, 1), oddSubmitted(0, 1, 1000), oddSubmitted(0, 1, 1000), oddStart(0, 1, 0, 1001), oddStart(0, 1, 0, 1001), oddEnd(0, 1, 0, 1001, 1010, 5), oddEnd(0, 1, 0, 1001, 1010, 5), oddCompleted(0, 1, 1000, 1011), oddCompleted(0, 1, 1000, 1011)},
	"backwards":           {oddCompleted(0, 1, 1000, 1011), oddEnd(0, 1, 0, 1001, 1010, 5), oddStart(0, 1, 0, 1001), oddSubmitted(0, 1, 1000), oddJob(0, 0, 1)},
	"huge ids":            {oddSQL, oddJob(1<<31-1, 1<<31-1, 1<<31-1), oddSubmitted(1<<31-1, 1<<31-1, 1000), oddStart(1<<31-1, 1<<62, 1<<31-1, 1001), oddEnd(1<<31-1, 1<<62, 1<<31-1, 1001, 1010, 1<<62), oddEnd(1<<31-1, 1<<62+1, 1<<30, 1001, 1010, 1<<62)},
	"negative everything": {oddSQL, oddJob(-1, -1, -5), oddSubmitted(-1, -5, -1000), oddStart(-1, -1, -1, -1001), oddEnd(-1, -1, -1, -1001, -1010, -5), oddCompleted(-1, -5, -1000, -1011)},
	"ends before starts":  {oddJob(0, 0, 1), oddSubmitted(0, 1, 9000), oddStart(0, 1, 0, 9001), oddEnd(0, 1, 0, 9001, 10, 5), oddCompleted(0, 1, 9000, 11)},
	"far apart":           {oddJob(0, 0, 2), oddSubmitted(0, 2, 1), oddStart(0, 1, 0, 1), oddStart(0, 2, 1, 1<<60), oddEnd(0, 1, 0, 1, 1<<60, 1<<60), oddEnd(0, 2, 1, 1<<60, 1<<61, 1<<60), oddCompleted(0, 2, 1, 1<<61)},
	"not UTF-8":           {"{\"Event\":\"SparkListenerApplicationStart\",\"App Name\":\"\xff\xfe\",\"App ID\":\"\xc3\",\"Timestamp\":5,\"User\":\"u\"}"},
	"values, not objects": {`{"Event":"SparkListenerLogStart","Spark Version":"4"}`, `5`, `[]`, `"x"`, `{}`, `{"Event":5}`, `null`, `{"Event":"SparkListenerJobStart","Stage Infos":5}`},
	"empty lines":         {"", "\r", " ", `{"Event":"SparkListenerLogStart","Spark Version":"4"}`, "", "\x00"},
}

// Whatever a log holds, it is printed in every form and served, in little
// memory, and no number of what counts things is negative.
func TestOddLogs(t *testing.T) {
	for name, lines := range oddLogs {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "log")
			if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, err := sparklog.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			for _, format := range []string{"text", "markdown"} {
				if err := printSections(&out, format, profileSections(p)); err != nil {
					t.Error(err)
				}
			}
			for _, s := range p.Stages {
				if err := printSections(&out, "text", stageSections(p, s.ID)); err != nil {
					t.Error(err)
				}
			}
			for name, v := range totalsJSON(t, p) {
				if v < 0 && (strings.HasSuffix(name, "asks") || strings.HasSuffix(name, "obs") || strings.HasSuffix(name, "tages") || name == "durationMs") {
					t.Errorf("%s is %d", name, v)
				}
			}
			where := p.Breakdown()
			for a, d := range where.All {
				if d < 0 {
					t.Errorf("%s took %s", a, d)
				}
			}
			for _, s := range p.Stages {
				if s.Duration() < 0 || s.Active < 0 {
					t.Errorf("stage %d took %s, and %d tasks run", s.ID, s.Duration(), s.Active)
				}
			}
			v, err := sparkrest.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range v.Stages {
				d := v.Stage(s)
				v.WithDetails(s, &d, nil)
				v.Distributions(s, []float64{0, 0.5, 1})
			}
			if _, err := checkLog(path); err != nil {
				t.Error(err)
			}
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 600<<20 {
				t.Errorf("%d MB were allocated for %d lines", used>>20, len(lines))
			}
		})
	}
}

// What is no log, or cannot be read, is an error of the data with the file in it.
func TestNoLogs(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed")
	if err := os.WriteFile(closed, []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{closed, empty, t.TempDir(), filepath.Join(dir, "absent")} {
		if path == closed && os.Geteuid() == 0 {
			continue // root reads everything
		}
		_, err := sparklog.Open(path)
		if err == nil || exitCode(err) != exitData || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
