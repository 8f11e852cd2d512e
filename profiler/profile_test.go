package profiler_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

const twoJobs = `
app start=0 end=20s
executor 1 cores=2
job 0 start=1s stages=0,1
job 1 start=15s stages=2
stage 0 name=scan submitted=1s run=2s,4s cpu=1s,3s gc=500ms deserialize=100ms
stage 1 name=join parents=0 run=3s*2 fetchWait=1s
stage 2 name=sum submitted=16s launch=16500ms run=1s
`

// The critical path covers the wall time from end to end.
func TestCriticalPath(t *testing.T) {
	p := profiletest.Must(t, twoJobs)
	var got []string
	var sum time.Duration
	for _, s := range p.CriticalPath() {
		name := ""
		if s.Stage != nil {
			name = " " + s.Stage.Name
		}
		got = append(got, fmt.Sprintf("%v%s %v", s.Kind, name, s.Duration()))
		sum += s.Duration()
	}
	want := []string{"driver 1s", "stage scan 4.1s", "stage join 3s", "driver 7.9s", "queue sum 500ms", "stage sum 1s", "driver 2.5s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if sum != p.App.Wall() {
		t.Errorf("the path takes %v of %v", sum, p.App.Wall())
	}
}

// Each moment of each slot is in exactly one part.
func TestBreakdown(t *testing.T) {
	p := profiletest.Must(t, twoJobs)
	b := p.Breakdown()
	if b.Total != 40*time.Second {
		t.Errorf("two slots for 20 s are %v", b.Total)
	}
	got := map[string]string{}
	for a, d := range b.All {
		got[a.String()] = d.String()
	}
	want := map[string]string{"compute": "4s", "garbage collection": "1s", "shuffle fetch wait": "2s", "other waiting": "6s",
		"deserialize": "200ms", "idle slots": "3s", "driver gaps": "23.8s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A task ran on the host that its event names, also when its executor's id is that
// of one that was on another host before, and in the stage that it names.
func TestTaskPlaces(t *testing.T) {
	p := &profiler.Profile{}
	p.Add(event.ExecutorAdded{ExecutorID: "1", Host: "a", TotalCores: 1})
	p.Add(event.JobStart{Stages: []event.StageInfo{{StageID: 0, NumTasks: 2}, {StageID: 1, NumTasks: 2}}})
	want := []string{"1 a", "1 b", "2 a", "1 a"}
	for task, at := range want {
		info := event.TaskInfo{TaskID: int64(task), Index: task / 2, ExecutorID: at[:1], Host: at[2:]}
		p.Add(event.TaskStart{StageID: task % 2, Info: info})
		p.Add(event.TaskEnd{StageID: task % 2, Info: info, Reason: event.EndReason{Kind: event.Success}})
	}
	for task, at := range want {
		s := p.Stage(task%2, 0)
		row := s.Tasks.At(task / 2)
		if got := row.Executor + " " + row.Host; got != at || row.ID != int64(task) || s.Complete != 2 {
			t.Errorf("task %d of stage %d ran on %s, want %d on %s", row.ID, s.ID, got, task, at)
		}
	}
}

// Stages find their counterparts although ids and number of stages differ.
func TestDiff(t *testing.T) {
	after := profiletest.Must(t, `
app start=0 end=12s
conf spark.sql.shuffle.partitions=8
executor 1 cores=2
job 0 stages=4,5,6
stage 4 name=broadcast run=1s
stage 5 name=scan run=2s,2s
stage 6 name=join parents=5 run=3s
`)
	d := profiler.Diff(profiletest.Must(t, twoJobs), after)
	var pairs []string
	for _, s := range d.Stages {
		pairs = append(pairs, id(s.Before)+" "+id(s.After))
	}
	if diff := cmp.Diff([]string{"- 4", "0 5", "1 6", "2 -"}, pairs); diff != "" {
		t.Error(diff)
	}
	if d.Wall != [2]time.Duration{20 * time.Second, 12 * time.Second} || len(d.Config) != 1 {
		t.Errorf("%+v", d)
	}
}

func id(s *profiler.Stage) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprint(s.ID)
}

// A snapshot stays as it is while events go on.
func TestLive(t *testing.T) {
	events, err := profiletest.Events(twoJobs)
	if err != nil {
		t.Fatal(err)
	}
	var live profiler.Live
	var readers sync.WaitGroup
	var whole profiler.Profile
	for _, e := range events {
		live.Add(e)
		whole.Add(e)
		p := live.Snapshot()
		before := render(p)
		readers.Go(func() {
			for range 3 {
				if diff := cmp.Diff(before, render(p)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	readers.Wait()
	if diff := cmp.Diff(render(&whole), render(live.Snapshot())); diff != "" {
		t.Errorf("live and folded at once differ:\n%s", diff)
	}
}

func render(p *profiler.Profile) string {
	text := fmt.Sprintf("%+v\n", p.App)
	for _, s := range p.Stages {
		text += fmt.Sprintf("%d.%d %v %d %v\n", s.ID, s.Attempt, s.Status, s.Active, s.Metrics)
		for _, task := range s.Tasks.All {
			text += fmt.Sprintf("  %+v\n", task)
		}
	}
	return text
}

// Quantiles are elements, chosen by position without interpolation.
func TestQuantiles(t *testing.T) {
	d := profiler.Dist{1, 2, 3, 10}
	for q, want := range map[float64]int64{0: 1, 0.25: 2, 0.5: 3, 0.75: 10, 1: 10} {
		if got := d.Quantile(q); got != want {
			t.Errorf("at %v: %d, want %d", q, got, want)
		}
	}
	if (profiler.Dist{}).Median() != 0 || (profiler.Dist{}).Mean() != 0 {
		t.Error("an empty Dist is not zero")
	}
}

// A map task whose executor is lost ends a second time, as Resubmitted: it
// counts as a failure and its metrics are not added again.
func TestResubmitted(t *testing.T) {
	var p profiler.Profile
	var m metric.Set
	m.Record(metric.ExecutorRunTime, int64(time.Second))
	stage := event.StageInfo{StageID: 1, NumTasks: 2, SubmissionTime: 1}
	info := event.TaskInfo{TaskID: 7, LaunchTime: 10, ExecutorID: "1"}
	ended := info
	ended.FinishTime = 1010
	p.Add(event.ExecutorAdded{ExecutorID: "1", TotalCores: 1})
	p.Add(event.JobStart{JobID: 0, Stages: []event.StageInfo{stage}})
	p.Add(event.StageSubmitted{Info: stage})
	p.Add(event.TaskStart{StageID: 1, Info: info})
	p.Add(event.TaskEnd{StageID: 1, Info: ended, Metrics: &m, Reason: event.EndReason{Kind: event.Success}})
	p.Add(event.TaskEnd{StageID: 1, Info: ended, Metrics: &m, Reason: event.EndReason{Kind: event.Resubmitted}})
	p.Settle()
	s := p.Stage(1, 0)
	if s.Complete != 1 || s.Failed != 1 || s.Tasks.Len() != 1 || s.Metrics.Value(metric.ExecutorRunTime) != int64(time.Second) || s.Indices != 1 {
		t.Errorf("%+v", s)
	}
	if x := p.Executors[0]; x.TaskTime != 2*time.Second || x.Metrics.Value(metric.ExecutorRunTime) != int64(time.Second) {
		t.Errorf("%+v", x)
	}
}

// Peaks that a stage tells raise those of its tasks, in executor, stage and both.
func TestStagePeaks(t *testing.T) {
	p := profiletest.Must(t, `stage 0 run=1s executors=1`)
	for _, peak := range []int64{5 << 20, 3 << 20} {
		p.Add(event.StageExecutorMetrics{ExecutorID: "1", StageID: 0, HeapPeak: peak})
	}
	p.Add(event.StageExecutorMetrics{ExecutorID: "9", StageID: 9, HeapPeak: 1})
	s := p.Stage(0, 0)
	if s.HeapPeak != 5<<20 || s.PerExecutor["1"].HeapPeak != 5<<20 || p.Executors[0].HeapPeak != 5<<20 {
		t.Errorf("stage %d, in it %d, executor %d", s.HeapPeak, s.PerExecutor["1"].HeapPeak, p.Executors[0].HeapPeak)
	}
}

// An attempt takes about a hundred bytes although Spark writes every metric.
func TestTaskMemory(t *testing.T) {
	p := profiletest.Must(t, `stage 0 run=1s*50000 cpu=999ms123us deserialize=12ms gc=3ms resultSize=2k peak=64m input=7m
  inputRows=12345 shuffleWrite=1m shuffleWriteTime=123456ns shuffleWriteRows=100 spill=0 output=0 outputRows=0 shuffleRead=0 fetchWait=0`)
	tasks := &p.Stage(0, 0).Tasks
	if each := tasks.Bytes() / tasks.Len(); each > 130 {
		t.Errorf("%d bytes for each of %d attempts", each, tasks.Len())
	} else {
		t.Logf("%d bytes an attempt", each)
	}
	if _, ok := tasks.Metric(3, metric.DiskBytesSpilled); !ok {
		t.Error("a recorded zero is absent")
	}
	if _, ok := tasks.Metric(3, metric.MemoryBytesSpilled); ok {
		t.Error("a metric that nobody recorded is there")
	}
}
