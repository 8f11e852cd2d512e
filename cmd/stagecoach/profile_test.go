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
	"stagecoach/profiler/profiletest"
)

const small = `
app name="a | b" start=0 end=20s
executor 1 cores=2
sql 0 description="select"
  Project [number of output rows=3]
job 0 stages=0,1 execution=0
stage 0 run=1s,5s input=1m spill=2m shuffleWrite=3m failed=1 failure="boom"
stage 1 parents=0 run=1s shuffleRead=3m
stage 2 skipped=true job=0 tasks=5
`

// Every section has its table; a bar in a cell does not end it.
func TestProfileText(t *testing.T) {
	p := profiletest.Must(t, small)
	for _, format := range []string{"text", "markdown"} {
		var out bytes.Buffer
		if err := printSections(&out, format, profileSections(p)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Application", "Jobs", "Stages (1 skipped", "Executors", "SQL executions", "Critical path", "6.0 MiB", "SUCCEEDED"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s has no %q:\n%s", format, want, out.String())
			}
		}
		if escaped := strings.Contains(out.String(), `a \| b`); escaped != (format == "markdown") {
			t.Errorf("%s: the bar is escaped: %v", format, escaped)
		}
		out.Reset()
		if err := printSections(&out, format, stageSections(p, 0)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "boom") || !strings.Contains(out.String(), "Spill (disk)") {
			t.Errorf("stage 0:\n%s", out.String())
		}
	}
}

func totalsJSON(t *testing.T, p *profiler.Profile) map[string]int64 {
	var out bytes.Buffer
	if err := profileJSON(&out, p, -1); err != nil {
		t.Fatal(err)
	}
	var back struct{ Totals map[string]int64 }
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	return back.Totals
}

func TestProfileTotals(t *testing.T) {
	got := totalsJSON(t, profiletest.Must(t, small))
	for name, want := range map[string]int64{"jobs": 1, "stages_submitted": 2, "stages_completed": 2, "task_ends": 4, "tasks_failed": 1,
		"executors": 1, "sql_executions": 1, "input_bytes": 3 << 20, "disk_spill_bytes": 6 << 20, "shuffle_read_bytes": 3 << 20, "duration_ms": 20_000} {
		if got[name] != want {
			t.Errorf("%s: %d, want %d", name, got[name], want)
		}
	}
}

// The command prints the totals that an index of real logs has, counted by
// another program. Logs whose task ends come after their stage's end, or that
// begin late, have fewer in their stages than the log has lines.
func TestProfileCorpus(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	logs := filepath.Join(dir, "..", "..", "..", "shared", "eventlogs")
	text, err := os.ReadFile(filepath.Join(logs, "INDEX.tsv"))
	if err != nil {
		t.Skip("the collection of real logs is not beside the repository")
	}
	var head []string
	compared := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if head == nil {
			head = cells
			continue
		}
		path := filepath.Join(logs, cells[0])
		if !strings.HasPrefix(cells[0], "apache-spark/spark-events/") {
			continue
		}
		var out bytes.Buffer
		c := profileCommand()
		c.SetArgs([]string{path, "--format", "json"})
		c.SetOut(&out)
		if err := c.Execute(); err != nil {
			t.Errorf("%s: %v", cells[0], err)
			continue
		}
		var back struct{ Totals map[string]int64 }
		if err := json.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		compared++
		for i, name := range head {
			got, ok := back.Totals[name]
			want, err := strconv.ParseInt(cells[i], 10, 64)
			if ok && err == nil && got != want {
				t.Errorf("%s, %s: %d, want %d", cells[0], name, got, want)
			}
		}
	}
	if compared == 0 {
		t.Skip("no log of the index is there")
	}
}
