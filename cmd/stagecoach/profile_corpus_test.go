package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"stagecoach/profiler"
)

// table reads a table of the collection of real logs, row by row.
func table(t *testing.T, name string) (dir string, rows []map[string]string) {
	dir = filepath.Join("..", "..", "..", "shared", "eventlogs")
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Skip("the collection of real logs is not beside the repository")
	}
	var head []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if head == nil {
			head = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells {
			row[head[i]] = c
		}
		rows = append(rows, row)
	}
	return dir, rows
}

// printed is what profile --format json says of a log.
type printed struct {
	Application struct{ ID, SparkVersion string }
	Totals      map[string]int64
	Bounds      map[string]profiler.Bound
	Incomplete  []profiler.Gap
}

func profileOf(t *testing.T, args ...string) (out printed) {
	t.Helper()
	var text bytes.Buffer
	c := profileCommand()
	c.SetArgs(append(args, "--format", "json", "--fresh")) // tests leave nothing in the cache
	c.SetOut(&text)
	if err := c.Execute(); err != nil {
		t.Fatalf("%s: %v", args[0], err)
	}
	if err := json.Unmarshal(text.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// inIndex are the totals that the index of real logs has under names of its own.
var inIndex = map[string]string{"jobs": "jobs", "failedJobs": "jobs_failed", "stages": "stages_submitted", "completedStages": "stages_completed",
	"failedStages": "stages_failed", "tasks": "task_ends", "failedTasks": "tasks_failed", "killedTasks": "tasks_killed",
	"speculativeTasks": "tasks_speculative", "executors": "executors", "removedExecutors": "executors_removed", "sqlExecutions": "sql_executions",
	"memoryBytesSpilled": "mem_spill_bytes", "diskBytesSpilled": "disk_spill_bytes", "inputBytes": "input_bytes", "outputBytes": "output_bytes",
	"shuffleReadBytes": "shuffle_read_bytes", "shuffleWriteBytes": "shuffle_write_bytes", "peakExecutionMemory": "max_peak_exec_mem", "durationMs": "duration_ms"}

// The totals of every real log are those of an index that another program counted.
func TestProfileIndex(t *testing.T) {
	dir, rows := table(t, "INDEX.tsv")
	compared := 0
	for _, row := range rows {
		if strings.HasPrefix(row["path"], "layouts/compacted/") {
			continue // the index counts what compaction has replaced, too
		}
		compared++
		t.Run(row["path"], func(t *testing.T) {
			if row["app_id"] == "" && row["task_ends"] == "0" {
				t.Skip("a file without any event of Spark's")
			}
			got := profileOf(t, filepath.Join(dir, row["path"]))
			for name, column := range inIndex {
				want, err := strconv.ParseInt(row[column], 10, 64)
				if err != nil || name == "durationMs" && want == 0 || name == "peakExecutionMemory" && want == 0 {
					continue // not counted, or not where the index looked for it
				}
				if v, ok := got.Totals[name]; !ok || v != want {
					t.Errorf("%s: %d, want %d", name, v, want)
				}
			}
		})
	}
	t.Logf("%d logs", compared)
}

// The totals of logs that real Spark wrote for us are those that were measured
// beside it.
func TestProfileLabels(t *testing.T) {
	dir, rows := table(t, filepath.Join("labelled", "labels.tsv"))
	for _, row := range rows {
		got := profileOf(t, filepath.Join(dir, "labelled", row["path"]))
		for name, column := range map[string]string{"tasks": "tasks", "executorRunTime": "run_ms", "executorCpuTime": "cpu_ms"} {
			v := got.Totals[name]
			if name == "executorCpuTime" {
				v = (v + 500_000) / 1e6
			}
			if want, err := strconv.ParseInt(row[column], 10, 64); err == nil && v != want {
				t.Errorf("%s: %s %d, want %d", row["path"], name, v, want)
			}
		}
	}
}
