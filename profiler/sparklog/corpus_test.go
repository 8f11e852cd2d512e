package sparklog_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparklog"
)

// corpus finds the collection of real logs beside the repository.
func corpus(t testing.TB) string {
	dir, err := os.Getwd()
	for err == nil {
		if _, gone := os.Stat(filepath.Join(dir, "go.mod")); gone == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("the repository's root was not found, so neither was the collection of real logs")
		}
		dir = filepath.Dir(dir)
	}
	logs := filepath.Join(dir, "..", "shared", "eventlogs")
	if _, err := os.Stat(filepath.Join(logs, "INDEX.tsv")); err != nil {
		t.Skip("the collection of real logs is not beside the repository")
	}
	return logs
}

// rows reads a table with a header line.
func rows(t testing.TB, path string) (out []map[string]string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var head []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if head == nil {
			head = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells {
			if i < len(head) {
				row[head[i]] = c
			}
		}
		out = append(out, row)
	}
	return out
}

// tally counts what the index counts, straight from the events.
type tally map[string]int64

func count(t *testing.T, path string) (tally, *profiler.Profile) {
	n := tally{}
	p := &profiler.Profile{}
	perStage := map[[2]int]int64{}
	for e, err := range sparklog.Events(path) {
		if err != nil {
			var bad *sparklog.Error
			if bad, _ = err.(*sparklog.Error); !bad.Skipped {
				t.Fatal(err)
			}
			t.Logf("warning: %v", err)
			continue
		}
		p.Add(e)
		switch e := e.(type) {
		case event.JobStart:
			n["jobs"]++
		case event.JobEnd:
			if e.Error != "" {
				n["jobs_failed"]++
			}
		case event.StageSubmitted:
			n["stages_submitted"]++
		case event.StageCompleted:
			n["stages_completed"]++
			if e.Info.FailureReason != "" {
				n["stages_failed"]++
			}
		case event.SQLExecutionStart:
			n["sql_executions"]++
		case event.SQLAdaptiveExecutionUpdate:
			n["aqe_updates"]++
		case event.BlockUpdated:
			n["block_updates"]++
		case event.ExecutorRemoved:
			n["executors_removed"]++
		case event.TaskEnd:
			n["task_ends"]++
			perStage[[2]int{e.StageID, e.StageAttempt}]++
			n["max_tasks_in_stage"] = max(n["max_tasks_in_stage"], perStage[[2]int{e.StageID, e.StageAttempt}])
			if e.Info.Failed {
				n["tasks_failed"]++
			}
			if e.Info.Killed {
				n["tasks_killed"]++
			}
			if e.Info.Speculative {
				n["tasks_speculative"]++
			}
			if m := e.Metrics; m != nil {
				n["mem_spill_bytes"] += m.Value(metric.MemoryBytesSpilled)
				n["disk_spill_bytes"] += m.Value(metric.DiskBytesSpilled)
				n["input_bytes"] += m.Value(metric.InputBytes)
				n["output_bytes"] += m.Value(metric.OutputBytes)
				n["shuffle_read_bytes"] += m.Value(metric.ShuffleLocalBytesRead) + m.Value(metric.ShuffleRemoteBytesRead)
				n["shuffle_write_bytes"] += m.Value(metric.ShuffleWriteBytes)
				n["max_peak_exec_mem"] = max(n["max_peak_exec_mem"], m.Value(metric.PeakExecutionMemory))
			}
		}
	}
	p.Settle()
	return n, p
}

var compared = []string{"jobs", "jobs_failed", "stages_submitted", "stages_completed", "stages_failed", "task_ends",
	"max_tasks_in_stage", "tasks_failed", "tasks_killed", "tasks_speculative", "sql_executions", "aqe_updates",
	"mem_spill_bytes", "disk_spill_bytes", "max_peak_exec_mem", "input_bytes", "output_bytes", "shuffle_read_bytes",
	"shuffle_write_bytes", "block_updates", "executors_removed"}

// Every log of the collection gives the totals that its index has, which were
// counted by another program.
func TestCorpusTotals(t *testing.T) {
	dir := corpus(t)
	read := 0
	for _, row := range rows(t, filepath.Join(dir, "INDEX.tsv")) {
		path := filepath.Join(dir, row["path"])
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if strings.Contains(row["path"], "compacted/") || strings.HasSuffix(row["path"], "log_message.json") {
			continue // the index counts what compaction replaced; and one is a message about a log
		}
		read++
		t.Run(row["path"], func(t *testing.T) {
			n, p := count(t, path)
			for _, name := range compared {
				want, err := strconv.ParseInt(row[name], 10, 64)
				if name == "max_peak_exec_mem" && want == 0 {
					continue // the index does not know where logs before 3.0 have it
				}
				if err == nil && n[name] != want {
					t.Errorf("%s: %d, want %d", name, n[name], want)
				}
			}
			if row["app_id"] != "" && p.App.ID != row["app_id"] {
				t.Errorf("application %q, want %q", p.App.ID, row["app_id"])
			}
			if v := strings.TrimSpace(row["spark_version"]); v != "" && p.App.SparkVersion != v {
				t.Errorf("version %q, want %q", p.App.SparkVersion, v)
			}
			if want, err := strconv.Atoi(row["executors"]); err == nil {
				if got := executors(p); got != want {
					t.Errorf("executors: %d, want %d", got, want)
				}
			}
		})
	}
	t.Logf("%d logs", read)
}

func executors(p *profiler.Profile) (n int) {
	for _, x := range p.Executors {
		if x.Cores > 0 && !x.Driver {
			n++
		}
	}
	return n
}
