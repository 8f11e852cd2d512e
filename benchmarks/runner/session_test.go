package runner_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stagecoach/benchmarks/runner"
	"stagecoach/engine/config"
)

// Every parameter of event logs changes what is written: whether, where, how
// packed, in how many parts, and what is told.
func TestEventLogParameters(t *testing.T) {
	const plain = "spark.eventLog.compress=false spark.eventLog.rolling.enabled=false"
	for _, c := range []struct{ key, a, b, base string }{
		{"spark.eventLog.enabled", "true", "false", ""},
		{"spark.eventLog.dir", "one", "two", ""},
		{"spark.eventLog.compress", "true", "false", ""},
		{"spark.eventLog.compression.codec", "zstd", "lz4", ""},
		{"spark.eventLog.rolling.enabled", "true", "false", ""},
		{"spark.eventLog.rolling.maxFileSize", "2m", "128m", "spark.eventLog.compress=false"},
		{"spark.eventLog.logBlockUpdates.enabled", "true", "false", plain},
		{"spark.eventLog.logStageExecutorMetrics", "true", "false", plain},
	} {
		if a, b := written(t, c.key, c.a, c.base), written(t, c.key, c.b, c.base); a == b {
			t.Errorf("%s leaves the same with %s and with %s:\n%s", c.key, c.a, c.b, a)
		}
	}
}

// written lists the files of a run's log, with how often they tell of blocks and
// of executors' memory.
func written(t *testing.T, key, value, base string) string {
	t.Helper()
	root := t.TempDir()
	if key == "spark.eventLog.dir" {
		value = filepath.Join(root, value)
	}
	settings := append([]string{"spark.master=local[2]", "spark.eventLog.enabled=true", "spark.eventLog.dir=" + root}, strings.Fields(base)...)
	conf, err := config.Parse(append(settings, key+"="+value)...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := runner.Open("log", conf, runner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.SQL(context.Background(), "CACHE TABLE t OPTIONS ('storageLevel' 'MEMORY_ONLY') AS SELECT id FROM range(0, 1000, 1, 500); SELECT count(*) FROM t")
	if err == nil {
		_, err = f.Collect(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	id := s.ID
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintln(&b, strings.ReplaceAll(strings.TrimPrefix(path, root), id, "ID"),
			bytes.Count(text, []byte("SparkListenerBlockUpdated")), bytes.Count(text, []byte("SparkListenerStageExecutorMetrics")))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
