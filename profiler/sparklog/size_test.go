package sparklog_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// grown are logs of which one thing is large, by how large it is.
var grown = []struct {
	name  string
	small int // the size of which the fourfold is read in five times the memory at most
	full  int // the size that the benchmark reads
	lines func(n int, line func(format string, args ...any))
}{
	{"stages of one job", 2000, 50_000, func(n int, line func(string, ...any)) { jobsOf(1, n, line) }},
	{"jobs", 500, 10_000, func(n int, line func(string, ...any)) { jobsOf(n, 5, line) }},
	{"bytes of a plan", 1 << 20, 50 << 20, func(n int, line func(string, ...any)) {
		line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0,"description":"q","physicalPlanDescription":"%s","sparkPlanInfo":{"nodeName":"Project"},"time":5}`,
			strings.Repeat(`Project [a]\n`, n/len(`Project [a]\n`)))
	}},
	{"bytes of a line of an unknown kind", 4 << 20, 200 << 20, func(n int, line func(string, ...any)) {
		line(`{"Event":"com.example.Large","values":[%s1]}`, strings.Repeat(`{"a":"b"},`, n/10))
	}},
	{"nodes of a plan", 12_500, 50_000, func(n int, line func(string, ...any)) {
		nodes := make([]string, n)
		for i := range nodes {
			nodes[i] = fmt.Sprintf(`{"nodeName":"Scan %d","simpleString":"","children":[],"metadata":{},"metrics":[{"name":"rows","accumulatorId":%d,"metricType":"sum"}]}`, i, i)
		}
		line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0,"description":"q","sparkPlanInfo":{"nodeName":"Union","children":[%s]},"time":5}`, strings.Join(nodes, ","))
	}},
}

// jobsOf writes jobs one after another, each with stages of one task. A job names
// its stages in no order, as Spark does, which keeps them in a hash table.
func jobsOf(jobs, stages int, line func(format string, args ...any)) {
	line(`{"Event":"SparkListenerExecutorAdded","Timestamp":1000,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":4}}`)
	info := func(stage int, more string) string {
		return fmt.Sprintf(`{"Stage ID":%d,"Stage Attempt ID":0,"Stage Name":"s","Number of Tasks":1,"RDD Info":[],"Parent IDs":[],"Details":"","Accumulables":[]%s}`, stage, more)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for j := range jobs {
		infos := make([]string, stages)
		for i, k := range random.Perm(stages) {
			infos[i] = info(j*stages+k, "")
		}
		line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":%d,"description":"q","sparkPlanInfo":{"nodeName":"Scan","metrics":[{"name":"rows","accumulatorId":%d,"metricType":"size"}]},"time":%d}`, j, j, 2000+j)
		line(`{"Event":"SparkListenerJobStart","Job ID":%d,"Submission Time":%d,"Stage Infos":[%s],"Properties":{"spark.sql.execution.id":"%d"}}`, j, 2000+j, strings.Join(infos, ","), j)
		for k := range stages {
			s := j*stages + k
			line(`{"Event":"SparkListenerStageSubmitted","Stage Info":%s,"Properties":{}}`, info(s, `,"Submission Time":2000`))
			task := fmt.Sprintf(`"Stage ID":%d,"Stage Attempt ID":0,"Task Info":{"Task ID":%d,"Index":0,"Attempt":0,"Launch Time":2000,"Executor ID":"1","Host":"h","Locality":"ANY","Speculative":false,"Getting Result Time":0,"Finish Time":2005,"Failed":false,"Killed":false,"Accumulables":[{"ID":%d,"Name":"rows","Update":"1","Value":"1","Internal":true,"Count Failed Values":true,"Metadata":"sql"}]}`, s, s, j)
			line(`{"Event":"SparkListenerTaskStart",%s}`, task)
			line(`{"Event":"SparkListenerTaskEnd","Task Type":"ResultTask","Task End Reason":{"Reason":"Success"},%s,"Task Metrics":{"Executor Run Time":5,"Result Size":1}}`, task)
			line(`{"Event":"SparkListenerStageCompleted","Stage Info":%s}`, info(s, `,"Submission Time":2000,"Completion Time":2006`))
		}
		line(`{"Event":"SparkListenerJobEnd","Job ID":%d,"Completion Time":%d,"Job Result":{"Result":"JobSucceeded"}}`, j, 2007+j)
		line(`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":%d,"time":%d,"errorMessage":""}`, j, 2007+j)
	}
}

// grow writes such a log.
func grow(t testing.TB, lines func(int, func(string, ...any)), n int) string {
	path := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	line(`{"Event":"SparkListenerApplicationStart","App Name":"a","App ID":"app","Timestamp":1000,"User":"u"}`)
	lines(n, line)
	line(`{"Event":"SparkListenerApplicationEnd","Timestamp":9000}`)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// allocated is what reading a log into a profile allocates, kept or not.
func allocated(t testing.TB, path string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := sparklog.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(p)
	return after.TotalAlloc - before.TotalAlloc
}

// Nothing is quadratic: four times as much of anything is read with at most five
// times the allocations.
func TestLinear(t *testing.T) {
	for _, c := range grown {
		small, large := allocated(t, grow(t, c.lines, c.small)), allocated(t, grow(t, c.lines, 4*c.small))
		if large > 5*small {
			t.Errorf("%d %s allocate %d KB, %d allocate %d KB", c.small, c.name, small>>10, 4*c.small, large>>10)
		}
	}
}

// The time for each stays the same when there are four times as many.
func BenchmarkGrown(b *testing.B) {
	for _, c := range grown {
		for _, n := range []int{c.full / 4, c.full} {
			b.Run(fmt.Sprintf("%d %s", n, c.name), func(b *testing.B) {
				path := grow(b, c.lines, n)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := sparklog.Open(path); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/each")
			})
		}
	}
}

// folder makes a folder of n small finished logs.
func folder(t testing.TB, n int) string {
	dir := t.TempDir()
	for i := range n {
		id := fmt.Sprintf("app-%04d", i)
		w, err := sparklog.Create(dir, id, "", sparklog.Options{Codec: []string{"none", "zstd"}[i%2]})
		if err != nil {
			t.Fatal(err)
		}
		w.Add(event.LogStart{Version: "4.0.1"})
		w.Add(event.ApplicationStart{ID: id, Name: "x", Time: event.Millis(i + 1)})
		w.Add(event.ApplicationEnd{Time: event.Millis(i + 2)})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Many logs are listed, and again without one of them being opened: they are other
// files by then, of the same sizes and times.
func TestListMany(t *testing.T) {
	const n = 100
	dir, x := folder(t, n), sparklog.Index{Dir: t.TempDir()}
	first, err := x.List(dir)
	if err != nil || len(first) != n {
		t.Fatalf("%d logs, %v", len(first), err)
	}
	for _, l := range first {
		info, err := os.Stat(l.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(l.Path, make([]byte, info.Size()), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(l.Path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
	}
	again, err := x.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range again {
		if l.Err != nil || l.Header.App.ID != fmt.Sprintf("app-%04d", i) || l.Header.End != event.Millis(i+2) {
			t.Fatalf("%+v", l)
		}
	}
}

func BenchmarkList(b *testing.B) {
	dir := folder(b, 1000)
	for name, x := range map[string]sparklog.Index{"read": {}, "indexed": {Dir: b.TempDir()}} {
		b.Run(name, func(b *testing.B) {
			if _, err := x.List(dir); err != nil { // so that the index is there
				b.Fatal(err)
			}
			for b.Loop() {
				if list, err := x.List(dir); err != nil || len(list) != 1000 {
					b.Fatal(len(list), err)
				}
			}
		})
	}
}
