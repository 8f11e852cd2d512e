package sparklog_test

import (
	"os"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// What is to be hidden is gone, the same name by the same number everywhere,
// and the rest of the line is as it was.
func TestRedactor(t *testing.T) {
	const lines = `{"Event":"SparkListenerExecutorAdded","Timestamp":1,"Executor ID":"1","Executor Info":{"Host":"node7.corp.example","Total Cores":4,"Log Urls":{"stdout":"http://node7.corp.example:8042/logs/x"}}}
{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{},"Spark Properties":{"spark.driver.host":"gate","spark.my.password":"hunter2","spark.dir":"a=/data/in,file:/data/out"},"Classpath Entries":{"/opt/jars/a.jar":"System Classpath"}}
{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0,"description":"select 'Alice'","details":"","physicalPlanDescription":"Filter (name = Alice)","sparkPlanInfo":{"nodeName":"Filter","simpleString":"Filter (name = Alice)","children":[],"metadata":{"PushedFilters":"[EqualTo(name,Alice)]"},"metrics":[{"name":"rows","accumulatorId":9007199254740993,"metricType":"sum"}]},"time":5}
{"Event":"org.apache.spark.sql.hive.thriftserver.ui.SparkListenerThriftServerSessionCreated","ip":"10.1.2.3","sessionId":"s","userName":"u","startTime":5}
{"Event":"org.apache.spark.sql.streaming.StreamingQueryListener$QueryTerminatedEvent","id":"q","runId":"r","exception":"no column Alice"}
`
	for name, c := range map[string]struct {
		hosts, paths, literals bool
		gone, kept             []string
	}{
		"secrets":  {false, false, false, []string{"hunter2"}, []string{"node7.corp.example", "/data/in", "Alice", `"spark.my.password":"*********(redacted)"`}},
		"hosts":    {true, false, false, []string{"node7", "gate", "10.1.2.3"}, []string{`"Host":"host-1"`, `"ip":"host-3"`, "http://host-1:8042/logs/x", `"spark.driver.host":"host-2"`}},
		"paths":    {false, true, false, []string{"/data/", "/opt/"}, []string{`"a=/path-2,/path-3"`, `{"/path-4":"System Classpath"}`}},
		"literals": {false, false, true, []string{"Alice"}, []string{`"nodeName":"Filter"`, `"accumulatorId":9007199254740993`, `"details":""`}},
	} {
		r, err := sparklog.NewRedactor("")
		if err != nil {
			t.Fatal(err)
		}
		r.Hosts, r.Paths, r.Literals = c.hosts, c.paths, c.literals
		path := t.TempDir() + "/log"
		if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
		for rec, err := range sparklog.Records(path) {
			if err != nil {
				t.Fatal(err)
			}
			r.Learn(rec)
		}
		var out strings.Builder
		for rec, err := range sparklog.Records(path) {
			if err != nil {
				t.Fatal(err)
			}
			line, err := r.Line(rec.Line)
			if err != nil {
				t.Fatal(err)
			}
			out.Write(line)
		}
		for _, text := range c.gone {
			if strings.Contains(out.String(), text) {
				t.Errorf("%s: %q is still there: %s", name, text, &out)
			}
		}
		for _, text := range c.kept {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: %q is not there: %s", name, text, &out)
			}
		}
	}
}

// A slice has the wanted jobs with their stages, tasks and executions, and what
// belongs to no job.
func TestSlice(t *testing.T) {
	path := write(t, t.TempDir(), events(t), sparklog.Options{Codec: "none"})
	s := sparklog.Slice{Job: func(id int, _ event.Millis) bool { return id == 1 }}
	for r, err := range sparklog.Records(path) {
		if err == nil {
			s.Learn(r)
		}
	}
	kept := map[string]int{}
	for r, err := range sparklog.Records(path) {
		if err != nil || !s.Keep(r) {
			continue
		}
		kept[r.Name]++
		switch e := r.Event().(type) {
		case event.JobStart:
			if e.JobID != 1 {
				t.Errorf("job %d", e.JobID)
			}
		case event.TaskEnd:
			if e.StageID != 3 {
				t.Errorf("a task of stage %d", e.StageID)
			}
		case event.SQLExecutionStart:
			if e.ID != 1 {
				t.Errorf("execution %d", e.ID)
			}
		}
	}
	for name, want := range map[string]int{"SparkListenerJobStart": 1, "SparkListenerJobEnd": 1, "SparkListenerTaskEnd": 3,
		"SparkListenerExecutorAdded": 3, "SparkListenerApplicationEnd": 1} {
		if kept[name] != want {
			t.Errorf("%d × %s, want %d", kept[name], name, want)
		}
	}
}
