package main

import (
	"bytes"
	"encoding/json"
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
	for name, want := range map[string]int64{"jobs": 1, "stages": 2, "completedStages": 2, "failedStages": 0, "tasks": 4, "failedTasks": 1,
		"executors": 1, "sqlExecutions": 1, "inputBytes": 3 << 20, "diskBytesSpilled": 6 << 20, "shuffleReadBytes": 3 << 20, "durationMs": 20_000} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s: %d, want %d", name, v, want)
		}
	}
}
