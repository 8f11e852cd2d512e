package sparklog_test

import (
	"bytes"
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
	server := newServer(t)
	n := 0
	add := func(list []event.Event, opt sparklog.Options) {
		n++
		id := fmt.Sprintf("app-%04d", n)
		w, err := sparklog.Create(server.logs, id, "", opt)
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
		server.expect(t, p, id)
	}
	for _, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
		for _, rolling := range []bool{false, true} {
			add(events(t), sparklog.Options{Codec: codec, Rolling: rolling, MaxFileSize: 20_000})
		}
	}
	for _, run := range troubled(t) {
		add(run, sparklog.Options{})
	}
	labelled, _ := filepath.Glob(filepath.Join(corpus(t), "labelled", "*"))
	for i, folder := range labelled {
		list, _ := filepath.Glob(filepath.Join(folder, "*"))
		if i%5 == 0 && len(list) == 1 {
			add(read(t, list[0]), sparklog.Options{Rolling: i%2 == 0})
		}
	}
	server.check(t)
}

// Twenty real logs, each converted line by line into every codec, are served with
// the numbers that they have here; half of the copies roll.
func TestHistoryServerConverted(t *testing.T) {
	server := newServer(t)
	list, _ := filepath.Glob(filepath.Join(corpus(t), "labelled", "*", "*"))
	n := 0
	for _, path := range list {
		if info, err := os.Stat(path); err != nil || info.Size() > 200_000 || n == 20 {
			continue
		}
		n++
		p, err := sparklog.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, codec := range []string{"none", "zstd", "lz4", "snappy", "lzf"} {
			id := fmt.Sprintf("app-%02d-%s", n, codec)
			w, err := sparklog.Create(server.logs, id, "", sparklog.Options{Codec: codec, Rolling: (n+i)%2 == 0, MaxFileSize: 100_000})
			if err != nil {
				t.Fatal(err)
			}
			for r, err := range sparklog.Records(path) {
				if err != nil {
					continue
				}
				line := r.Line
				if r.Name == "SparkListenerApplicationStart" { // a server shows one application of an id
					line = bytes.Replace(line, []byte(`"App ID":"`+p.App.ID+`"`), []byte(`"App ID":"`+id+`"`), 1)
				}
				w.AddLine(line)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			server.expect(t, p, id)
		}
	}
	server.check(t, "--stages", "2")
}

// A historyServer is a real one over logs, with what it should say of them.
type historyServer struct{ python, logs, expected string }

func newServer(t *testing.T) historyServer {
	python := os.Getenv("SPARK_PYTHON")
	if python == "" {
		t.Skip("SPARK_PYTHON names no Python with pyspark, so no History Server is asked")
	}
	return historyServer{python, t.TempDir(), t.TempDir()}
}

func (s historyServer) expect(t *testing.T, p *profiler.Profile, id string) {
	text, err := json.Marshal(serverCounts(p, id))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.expected, id+".json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s historyServer) check(t *testing.T, more ...string) {
	args := append([]string{filepath.Join(corpus(t), "..", "tools", "shs_check.py"), s.logs, "--compare", s.expected}, more...)
	out, err := exec.Command(s.python, args...).CombinedOutput()
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
