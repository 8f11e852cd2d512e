package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"stagecoach/profiler/sparklog"
)

// loss is what profile prints of a log, as far as lost lines can change it.
type loss struct {
	Totals map[string]int64
	Bounds map[string]struct{ Min, Max *int64 }
	Stages []map[string]any
	Jobs   []map[string]any
}

func lossOf(t *testing.T, path string) (out loss) {
	t.Helper()
	p, err := sparklog.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := profileJSON(&text, p, -1); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// counts of ended tasks are at most missingTasks too low; sums are lower bounds.
var (
	stageCounts = []string{"numCompleteTasks", "numFailedTasks", "numKilledTasks", "numCompletedIndices"}
	jobCounts   = []string{"numCompletedTasks", "numFailedTasks", "numKilledTasks", "numCompletedIndices"}
	stageSums   = []string{"executorRunTime", "executorCpuTime", "jvmGcTime", "inputBytes", "shuffleReadBytes", "shuffleWriteBytes",
		"memoryBytesSpilled", "diskBytesSpilled", "outputBytes", "resultSize"}
)

// Without a tenth of the ends of tasks, chosen at random, the true numbers lie
// inside the bounds that are printed.
func TestLostEnds(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "eventlogs")
	for i, name := range []string{"labelled/executor-lost-a", "labelled/task-failures-a", "labelled/healthy-many-jobs-a",
		"apache-spark/spark-events/application_1628109047826_1317105", "rapids/spark-events-profiling/gpu_oom_eventlog.zstd"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("the collection of real logs is not beside the repository")
		}
		for _, seed := range []uint64{1, 2, 3} {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			var text bytes.Buffer
			lost := 0
			for r, err := range sparklog.Records(path) {
				switch {
				case err != nil:
				case r.Name == "SparkListenerTaskEnd" && random.IntN(10) == 0:
					lost++
				default:
					text.Write(append(r.Line, '\n'))
				}
			}
			cut := filepath.Join(t.TempDir(), "cut")
			if err := os.WriteFile(cut, text.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			got := lossOf(t, cut)
			if (lost > 0) != (len(got.Bounds) > 0) {
				t.Errorf("%s, seed %d: %d lines are missing, and bounds are %v", name, seed, lost, got.Bounds)
			}
			compareLoss(t, name, lossOf(t, path), got)
		}
	}
}

func compareLoss(t *testing.T, name string, truth, got loss) {
	for total, v := range truth.Totals {
		b, unsure := got.Bounds[total]
		switch printed := got.Totals[total]; {
		case !unsure && printed != v:
			t.Errorf("%s: %s is printed as exact: %d, and is %d", name, total, printed, v)
		case unsure && (v < *b.Min || b.Max != nil && v > *b.Max):
			t.Errorf("%s: %s is %d, outside of %d to %v", name, total, v, *b.Min, b.Max)
		}
	}
	parts := func(kind string, truth, got []map[string]any, counts, sums []string) {
		for i, s := range truth {
			missing, _ := got[i]["missingTasks"].(float64)
			for _, field := range counts {
				if v, least := s[field].(float64), got[i][field].(float64); v < least || v > least+missing {
					t.Errorf("%s, %s %d: %s is %v, outside of %v and %v more", name, kind, i, field, v, least, missing)
				}
			}
			for _, field := range sums {
				if v, least := s[field].(float64), got[i][field].(float64); v < least || missing == 0 && v != least {
					t.Errorf("%s, %s %d: %s is %v, printed as %v with %v ends missing", name, kind, i, field, v, least, missing)
				}
			}
		}
	}
	parts("stage", truth.Stages, got.Stages, stageCounts, stageSums)
	parts("job", truth.Jobs, got.Jobs, jobCounts, nil)
}
