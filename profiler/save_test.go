package profiler_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/profiletest"
)

const savedLog = `
app name=nightly id=app-1 start=0 end=90s spark=4.0.1
conf a=b
executor 1 cores=2 host=a memory=400m
sql 0 description="sum" conf.x=y
  HashAggregate "keys" [number of output rows=3@1]
    Scan parquet t {Format=Parquet} [number of files read=7, number of output rows=100*4@0]
job 0 start=1s stages=0,1 execution=0 group=g
stage 0 run=1s,1s,1s,9s cpu=500ms,499ms123us,1ns*2 input=64m peak=7m,8m,9m,10m failed=2 lost=1
stage 1 parents=0 run=2s*2 shuffleRead=7m
rdd 7 stage=0 name=trips level=MEMORY_AND_DISK partitions=2
`

// A profile that was saved and loaded is the one that it was.
func TestSave(t *testing.T) {
	p := profiletest.Must(t, savedLog)
	var out bytes.Buffer
	if err := p.Save(&out); err != nil {
		t.Fatal(err)
	}
	back, err := profiler.Load(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back, cmpopts.EquateEmpty(),
		cmpopts.IgnoreUnexported(profiler.Profile{}, profiler.Job{}, profiler.Stage{}, profiler.Execution{},
			profiler.ExecutorStage{}, profiler.Executor{}, profiler.Totals{}),
		cmp.Comparer(func(a, b metric.Set) bool { return a.Equal(&b) }),
		cmp.Transformer("rows", func(tasks profiler.Tasks) (out []profiler.Task) {
			for _, task := range tasks.All {
				out = append(out, task)
			}
			return out
		})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(p.Incomplete(), back.Incomplete()); diff != "" {
		t.Error(diff)
	}
}

// A saved profile that was cut or changed is an error, never a panic.
func FuzzLoad(f *testing.F) {
	var out bytes.Buffer
	if err := profiletest.Must(f, savedLog).Save(&out); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	for n := 0; n < out.Len(); n += 101 {
		f.Add(out.Bytes()[:n])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := profiler.Load(data)
		if err != nil {
			return
		}
		for _, s := range p.Stages {
			for range s.Tasks.All {
			}
		}
	})
}
