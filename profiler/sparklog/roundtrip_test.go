package sparklog_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
	"stagecoach/profiler/sparklog"
)

// everything has one of all that an application can show.
const everything = `
app name="nightly \ job" id=app-20260101-0001 start=0 end=90s spark=4.0.1 user=räuber
conf spark.sql.shuffle.partitions=200 spark.app.name=nightly
executor driver cores=0 host=localhost memory=400m
executor 1 cores=2 host=a memory=400m added=100ms
executor 2 cores=2 host=b memory=400m added=200ms removed=40s reason="spot loss"
sql 0 description="sum of fares" details="at a.py:1" conf.spark.sql.adaptive.enabled=true
  AdaptiveSparkPlan "isFinalPlan=false"
    HashAggregate "keys=[zone]" [number of output rows=3@1]
      Exchange "hashpartitioning(zone)" [data size=10m*4@0, shuffle bytes written=1m,2m,3m,4m@0, shuffle write time=1ms,2ms,3ms,4ms@0]
        WholeStageCodegen (1) [duration=1s*4@0]
          Scan parquet trips {Format=Parquet, PushedFilters=[IsNotNull(fare)]} [number of files read=7, number of output rows=100*4@0]
replan 0
  AdaptiveSparkPlan "isFinalPlan=true"
    HashAggregate "keys=[zone]" [number of output rows=5@1]
      ShuffleQueryStage
        Exchange "hashpartitioning(zone)" [data size=10m*4@0]
sql 1 description="broken" error="it was cancelled"
  Project
job 0 start=1s stages=0,1 execution=0 group=nightly description="the sums"
job 1 start=50s execution=1 stages=3 error="Job aborted due to stage failure"
stage 0 name="scan at a.py:1" submitted=1s run=1s,1s,1s,9s cpu=500ms,499ms123us,1ns*2 input=64m inputRows=1000 shuffleWrite=1m*3,4m
  shuffleWriteTime=12345ns shuffleWriteRows=10 executors=1,2,1,2 gc=100ms deserialize=20ms deserializeCpu=3ms serialize=1ms
  resultSize=2k peak=7m,8m,9m,10m memorySpill=10m,0*3 spill=3m,0*3 killed=2 speculative=3 lost=1 output=5m outputRows=4
stage 1 name=sum parents=0 run=2s*2 shuffleRead=7m shuffleRemote=1m shuffleReadRows=12 fetchWait=30ms
  shuffleRemoteBlocksFetched=3 shuffleLocalBlocksFetched=2 shuffleRemoteBytesReadToDisk=0 failed=0 failure="out of \"memory\"" getting=5ms
stage 2 skipped=true tasks=10 job=0
stage 3 run=1s,2s fetchFailed=0 status=failed failure="FetchFailed" job=1
rdd 7 stage=0 name=trips level=MEMORY_AND_DISK partitions=2
block 7 0 executor=1 memory=10m
block 7 1 executor=1 memory=20m
block 7 0 executor=1 disk=4m
block 7 0 executor=1
block 7 0 executor=1 memory=10m
unpersist 7
`

// The server wants UUIDs.
const (
	stream = "8d268dc2-bc9c-4be8-97a9-b135d2943028"
	run    = "e225d92f-2545-48f8-87a2-9c0309580f8a"
)

// events are what everything states, with the zeros that Spark's reader insists
// on and a few events that profile texts do not have.
func events(t testing.TB) []event.Event {
	list, err := profiletest.Events(everything)
	if err != nil {
		t.Fatal(err)
	}
	var out []event.Event
	for _, e := range list {
		if end, ok := e.(event.TaskEnd); ok && end.Metrics != nil {
			m := end.Metrics.Clone()
			for _, id := range []metric.ID{metric.ExecutorDeserializeTime, metric.ExecutorRunTime, metric.ResultSize,
				metric.JVMGCTime, metric.ResultSerializationTime, metric.MemoryBytesSpilled, metric.DiskBytesSpilled} {
				m.Record(id, 0)
			}
			if _, ok := m.Get(metric.ShuffleLocalBytesRead); ok {
				for _, id := range []metric.ID{metric.ShuffleRemoteBlocksFetched, metric.ShuffleLocalBlocksFetched,
					metric.ShuffleFetchWaitTime, metric.ShuffleRemoteBytesRead} {
					m.Record(id, 0)
				}
			}
			end.Metrics = &m
			end.HeapPeak = 1 << 20
			if _, ok := m.Get(metric.ShuffleLocalBytesRead); ok {
				end.RemoteRequests = 5
				end.Merged = &event.MergedReads{CorruptChunks: 1, Fallbacks: 2, RemoteBlocks: 3, LocalBlocks: 4, RemoteChunks: 5, LocalChunks: 6,
					RemoteBytes: 7, LocalBytes: 8, RemoteRequests: 9}
			}
			if end.Reason.Kind == event.ExceptionFailure {
				end.Reason.Stack = []string{"org.example.Job.run(Job.scala:12)", "java.lang.Thread.run(Thread.java)", "x.Y.z(Native Method)"}
			}
			e = end
		}
		if submitted, ok := e.(event.StageSubmitted); ok && submitted.Info.StageID == 1 {
			submitted.Info.ResourceProfile, submitted.Info.PushEnabled, submitted.Info.PushMergers = 1, true, 3
			e = submitted
		}
		if added, ok := e.(event.ExecutorAdded); ok && added.ExecutorID == "2" {
			added.ResourceProfile = 1
			e = added
		}
		out = append(out, e)
	}
	last := out[len(out)-1]
	return append(out[:len(out)-1], event.SQLAdaptiveMetricUpdates{ID: 0, Metrics: []event.PlanMetric{{Name: "x", AccumulatorID: 99, Type: "sum"}}},
		event.StageExecutorMetrics{ExecutorID: "1", StageID: 3, HeapPeak: 7 << 20},
		event.ExecutorExcludedForStage{Time: 1, ExecutorID: "1", TaskFailures: 2, StageID: 3, StageAttempt: 1},
		event.ExecutorExcluded{Time: 2, ExecutorID: "1", TaskFailures: 4}, event.ExecutorUnexcluded{Time: 3, ExecutorID: "1"},
		event.NodeExcluded{Time: 2, Host: "a", ExecutorFailures: 2}, event.NodeUnexcluded{Time: 3, Host: "a"},
		event.BlockManagerRemoved{Time: 1, ExecutorID: "2", Host: "b", Port: 7000},
		event.ResourceProfileAdded{ID: 1, Executors: map[string]event.ResourceRequest{"gpu": {Name: "gpu", Amount: 1, DiscoveryScript: "/g.sh", Vendor: "n"}},
			Tasks: map[string]event.ResourceRequest{"gpu": {Name: "gpu", Amount: 0.5}}},
		event.SpeculativeTaskSubmitted{StageID: 3, Index: 1, PartitionID: -1},
		event.StreamingQueryStarted{Time: 5, ID: stream, RunID: run},
		event.StreamingQueryProgress{Time: 6, ID: stream, RunID: run, Name: "n", BatchID: 7, Duration: 8, Phases: map[string]int64{"addBatch": 5, `a "b"`: 1},
			EventTime: event.EventTime{Max: 4, Min: 2, Avg: 3, Watermark: 1},
			State: []event.StateOperator{{Name: "dedupe", Rows: 1, Updated: 2, Removed: 3, UpdateTime: 4, RemovalTime: 5, CommitTime: 6, Memory: 7, Late: 8,
				Partitions: 9, StoreInstance: 10, Custom: map[string]int64{"x": 1}}},
			Sources: []event.StreamSource{{Name: "kafka", Start: `{"t":1}`, End: "2", Rows: 3, InputRate: math.Inf(1), ProcessRate: 1.5, Metrics: map[string]string{"lag": "1"}}},
			Sink:    event.StreamSink{Name: "files", Rows: -1}},
		event.StreamingQueryIdle{Time: 7, ID: stream, RunID: run}, event.StreamingQueryTerminated{ID: stream, RunID: run, Error: "e", ErrorClass: "c"},
		event.SessionStarted{Time: 1, Server: event.ThriftServer, ID: "s", User: "u", IP: "1.2.3.4"}, event.SessionStarted{Time: 1, Server: event.Connect, ID: "s", User: "u"},
		event.OperationStarted{Time: 2, Server: event.ThriftServer, ID: "o", SessionID: "s", User: "u", Statement: "select 1", JobGroup: "g"},
		event.OperationStarted{Time: 2, Server: event.Connect, ID: "o", SessionID: "s", User: "u", UserName: "U", Statement: "x", JobTag: "t", SessionTags: []string{"a", `"b`}},
		event.OperationChanged{Server: event.ThriftServer, ID: "o", State: event.OperationCompiled, Plan: "p", Rows: -1},
		event.OperationChanged{Time: 3, Server: event.ThriftServer, ID: "o", State: event.OperationFailed, Error: "e", Trace: "t", Rows: -1},
		event.OperationChanged{Time: 3, Server: event.ThriftServer, ID: "o", State: event.OperationClosed, Rows: -1},
		event.OperationChanged{Time: 3, Server: event.Connect, ID: "o", JobTag: "t", State: event.OperationReady, Rows: -1},
		event.OperationChanged{Time: 4, Server: event.Connect, ID: "o", JobTag: "t", State: event.OperationFinished, Rows: 0},
		event.OperationChanged{Time: 4, Server: event.Connect, ID: "p", JobTag: "t", State: event.OperationFinished, Rows: -1},
		event.SessionClosed{Time: 5, Server: event.ThriftServer, ID: "s"}, event.SessionClosed{Time: 5, Server: event.Connect, ID: "s", User: "u"},
		event.TaskGettingResult{Info: event.TaskInfo{TaskID: 3, PartitionID: 3, LaunchTime: 1, GettingTime: 2, Host: "a", ExecutorID: "1"}},
		last)
}

var same = cmp.Options{
	cmp.Comparer(func(a, b metric.Set) bool { return a.Equal(&b) }),
	cmp.Comparer(func(a, b *metric.Set) bool { return a == b || a != nil && b != nil && a.Equal(b) }),
	cmpopts.EquateEmpty(),
}

func write(t testing.TB, dir string, list []event.Event, opt sparklog.Options) string {
	w, err := sparklog.Create(dir, "app-20260101-0001", "", opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		w.Add(e)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Path()
}

func read(t testing.TB, path string) (out []event.Event) {
	for e, err := range sparklog.Events(path) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// What is written is read back, in every codec and layout.
func TestRoundTrip(t *testing.T) {
	want := events(t)
	for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
		for _, rolling := range []bool{false, true} {
			t.Run(fmt.Sprint(codec, rolling), func(t *testing.T) {
				path := write(t, t.TempDir(), want, sparklog.Options{Codec: codec, Rolling: rolling, MaxFileSize: 10_000})
				if diff := cmp.Diff(want, read(t, path), same); diff != "" {
					t.Error(diff)
				}
				if rolling {
					if parts, _ := filepath.Glob(filepath.Join(path, "events_*")); len(parts) < 3 {
						t.Errorf("%d parts", len(parts))
					}
				}
			})
		}
	}
}

// The profile folded live equals the profile read back from its own log.
func TestLiveEqualsLog(t *testing.T) {
	list := events(t)
	live := &profiler.Profile{}
	for _, e := range list {
		live.Add(e)
	}
	live.Settle()
	back, err := sparklog.Open(write(t, t.TempDir(), list, sparklog.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	if len(live.Warnings) > 0 {
		t.Error(live.Warnings)
	}
	if diff := cmp.Diff(live, back, profileOptions); diff != "" {
		t.Error(diff)
	}
}

// Secrets do not reach the disk.
func TestRedaction(t *testing.T) {
	path := write(t, t.TempDir(), []event.Event{
		event.EnvironmentUpdate{Spark: map[string]string{"spark.my.password": "hunter2", "spark.url": "x?token=abc", "a": "b"}},
		event.JobStart{Properties: map[string]string{"fs.s3a.access.key": "AKIA"}},
	}, sparklog.Options{Codec: "none"})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", "abc", "AKIA"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if n := strings.Count(string(text), "*********(redacted)"); n != 3 {
		t.Errorf("%d values are redacted, want 3", n)
	}
}

// A log in progress can be read, and is not overwritten.
func TestInProgress(t *testing.T) {
	dir := t.TempDir()
	w, err := sparklog.Create(dir, "App:1/x.y", "2", sparklog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(event.LogStart{Version: "4.0.1"})
	w.Add(event.ApplicationStart{Name: "x", ID: "App:1/x.y", Time: 5})
	p, err := sparklog.Open(filepath.Join(dir, "app-1-x_y_2.zstd.inprogress"))
	if err != nil || p.App.Name != "x" {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sparklog.Create(dir, "App:1/x.y", "2", sparklog.Options{}); err == nil {
		t.Error("the log was overwritten")
	}
	if _, err := sparklog.Create(dir, "a", "", sparklog.Options{Codec: "brotli"}); err == nil {
		t.Error("an unknown codec was accepted")
	}
}
