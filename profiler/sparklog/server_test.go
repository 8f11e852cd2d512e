package sparklog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// A real History Server serves every page and resource of what is written here,
// with the same numbers: a synthetic application in all codecs and layouts, runs of
// the engine in trouble, and real logs that were read and written again. The test runs where SPARK_PYTHON
// names a Python that has pyspark, and the collection of real logs is there.
func TestHistoryServer(t *testing.T) {
	python := os.Getenv("SPARK_PYTHON")
	if python == "" {
		t.Skip("SPARK_PYTHON names no Python with pyspark, so no History Server is asked")
	}
	dir := corpus(t)
	logs, expected := t.TempDir(), t.TempDir()
	n := 0
	add := func(list []event.Event, opt sparklog.Options) {
		n++
		id := fmt.Sprintf("app-%04d", n)
		w, err := sparklog.Create(logs, id, "", opt)
		if err != nil {
			t.Fatal(err)
		}
		p := &profiler.Profile{}
		for _, e := range list {
			if start, ok := e.(event.ApplicationStart); ok {
				start.ID, start.AttemptID = id, ""
				e = start
			}
			w.Add(e)
			p.Add(e)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		p.Settle()
		text, err := json.Marshal(serverCounts(p, id))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(expected, id+".json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
		for _, rolling := range []bool{false, true} {
			add(events(t), sparklog.Options{Codec: codec, Rolling: rolling, MaxFileSize: 20_000})
		}
	}
	for _, run := range troubled(t) {
		add(run, sparklog.Options{})
	}
	labelled, _ := filepath.Glob(filepath.Join(dir, "labelled", "*"))
	for i, folder := range labelled {
		list, _ := filepath.Glob(filepath.Join(folder, "*"))
		if i%5 == 0 && len(list) == 1 {
			add(read(t, list[0]), sparklog.Options{Rolling: i%2 == 0})
		}
	}
	out, err := exec.Command(python, filepath.Join(dir, "..", "tools", "shs_check.py"), logs, "--compare", expected).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

type counts struct {
	ID        string                      `json:"id"`
	Completed bool                        `json:"completed"`
	Counts    map[string]int              `json:"counts"`
	Sums      map[string]int64            `json:"sums"`
	Stage     map[string]map[string]int64 `json:"stage"`
}

func serverCounts(p *profiler.Profile, id string) counts {
	c := counts{ID: id, Completed: p.App.End != 0, Counts: map[string]int{"jobs": len(p.Jobs), "sql": len(p.Executions)},
		Sums: map[string]int64{}, Stage: map[string]map[string]int64{}}
	for _, s := range p.Stages {
		if s.Submitted == 0 {
			continue
		}
		c.Counts["stages"]++
		c.Counts["tasks"] += s.Complete + s.Failed + s.Killed
		c.Counts["failedTasks"] += s.Failed
		c.Counts["killedTasks"] += s.Killed
		c.Sums["shuffleReadBytes"] += s.ShuffleReadBytes()
		for _, id := range []metric.ID{metric.ExecutorRunTime, metric.DiskBytesSpilled, metric.MemoryBytesSpilled, metric.InputBytes,
			metric.InputRecords, metric.OutputBytes, metric.ShuffleWriteBytes, metric.ExecutorCPUTime, metric.JVMGCTime} {
			v := s.Metrics.Value(id)
			if id == metric.ExecutorRunTime || id == metric.JVMGCTime {
				v /= 1e6
			}
			c.Sums[id.String()] += v
		}
		c.Stage[fmt.Sprintf("%d.%d", s.ID, s.Attempt)] = map[string]int64{"numCompleteTasks": int64(s.Complete), "numFailedTasks": int64(s.Failed)}
	}
	c.Counts["executors"] = len(slices.DeleteFunc(slices.Clone(p.Executors), func(x *profiler.Executor) bool { return x.Driver }))
	return c
}
