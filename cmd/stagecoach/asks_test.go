package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each command that the README names as the answer to what users ask runs, and has
// something to say.
func TestAnswersToUserAsks(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "## What users ask of such tools")
	if !found {
		t.Fatal("the README has no such section")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	places := askedAbout(t)
	asks := 0
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.Contains(cells[3], "`stagecoach ") {
			continue
		}
		asks++
		for _, m := range regexp.MustCompile("`stagecoach ([^`]+)`").FindAllStringSubmatch(cells[3], -1) {
			args := strings.Fields(m[1])
			for i, a := range args {
				if place, ok := places[a]; ok {
					args[i] = place
				}
			}
			if out, _, err := capture(t.Context(), args...); err != nil || strings.TrimSpace(out) == "" {
				t.Errorf("stagecoach %s: %v, %q", m[1], err, out)
			}
		}
	}
	if asks != 10 {
		t.Errorf("%d asks, want 10", asks)
	}
}

// askedAbout makes what the README's placeholders stand for: two runs of one
// application, a log that ends in the middle of a line, and a table.
func askedAbout(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	run := func(args ...string) {
		t.Helper()
		if _, _, err := capture(t.Context(), args...); err != nil {
			t.Fatalf("stagecoach %s: %v", strings.Join(args, " "), err)
		}
	}
	data, logs := filepath.Join(dir, "data"), filepath.Join(dir, "logs")
	run("data", "generate", "--rows", "5000", "--from", "2023-01", "--to", "2023-01", "--out", data)
	var written []string
	for _, partitions := range []string{"64", "2"} {
		run("run", "zone-join", "--data", data, "--event-log", logs, "--conf", "spark.app.name=nightly", "--conf", "spark.sql.shuffle.partitions="+partitions,
			"--conf", "spark.eventLog.rolling.enabled=false", "--conf", "spark.eventLog.compress=false", "--conf", "spark.sql.adaptive.enabled=false")
		files, err := os.ReadDir(logs)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if path := filepath.Join(logs, f.Name()); len(written) == 0 || written[0] != path {
				written = append(written, path)
			}
		}
	}
	text, err := os.ReadFile(written[0])
	if err != nil {
		t.Fatal(err)
	}
	crashed := filepath.Join(dir, "app.inprogress")
	if err := os.WriteFile(crashed, text[:len(text)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"LOG": written[0], "AFTER": written[1], "LOGS": logs, "CRASHED": crashed, "TABLE": filepath.Join(data, "yellow_tripdata_2023-01.parquet")}
}
