package sparkrest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stagecoach/profiler/sparklog"
	"stagecoach/profiler/sparkrest"
)

// A real History Server and ours answer alike for logs that real Spark wrote. The
// test runs where SPARK_PYTHON names a Python that has pyspark.
func TestAgainstHistoryServer(t *testing.T) {
	python := os.Getenv("SPARK_PYTHON")
	if python == "" {
		t.Skip("SPARK_PYTHON names no Python with pyspark, so no History Server is asked")
	}
	dir := labelledLogs(t)
	theirs := startHistoryServer(t, python, dir)
	server := sparkrest.NewServer(dir, 256<<20, "")
	ours := func(endpoint string) (int, []byte) {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/"+endpoint, nil))
		return w.Code, w.Body.Bytes()
	}
	_, text := theirs("applications")
	var apps []struct{ ID string }
	if err := json.Unmarshal(text, &apps); err != nil {
		t.Fatal(err)
	}
	compared := 0
	compare := func(endpoint string) {
		compared++
		code, want := theirs(endpoint)
		gotCode, got := ours(endpoint)
		if code != gotCode {
			t.Errorf("%s: code %d, want %d: %.200s", endpoint, gotCode, code, got)
			return
		}
		if code == http.StatusOK {
			if diff := cmp.Diff(known(normal(t, want)), known(normal(t, got))); diff != "" {
				t.Errorf("%s: %.6000s", endpoint, diff)
			}
		}
	}
	compare("applications")
	for _, app := range apps {
		base := "applications/" + app.ID
		for _, e := range []string{"", "/jobs", "/stages", "/stages?withSummaries=true", "/executors", "/allexecutors", "/allmiscellaneousprocess",
			"/storage/rdd", "/environment", "/sql?length=50&planDescription=false", "/jobs?status=failed", "/stages?status=skipped"} {
			compare(base + e)
		}
		_, text := ours(base + "/stages?status=complete&status=failed")
		var stages []struct{ StageID, AttemptID int }
		if err := json.Unmarshal(text, &stages); err != nil {
			t.Fatal(err)
		}
		for i, s := range stages {
			if i < 6 {
				at := fmt.Sprintf("%s/stages/%d/%d", base, s.StageID, s.AttemptID)
				compare(at)
				compare(at + "/taskSummary")
				compare(at + "/taskList?sortBy=-runtime&length=7")
			}
		}
	}
	t.Logf("%d answers for %d applications", compared, len(apps))
}

// holder is the task with the greatest value of a metric. Where several have it,
// the server names the first in the order of a hash table.
var holder = regexp.MustCompile(`\(stage \d+\.\d+: task \d+\)`)

// known blanks what differs for a reason.
func known(text string) string {
	var out []string
	for line := range strings.Lines(holder.ReplaceAllString(text, "(task)")) {
		if strings.Contains(line, `"ConcurrentGC`) { // Spark 4 has it, 3.5 not
			continue
		}
		out = append(out, strings.TrimRight(line, ",\n"))
	}
	return strings.Join(out, "\n")
}

// labelledLogs is a folder with logs that real Spark wrote.
func labelledLogs(t *testing.T) string {
	from := filepath.Join(filepath.Dir(goldens(t)), "labelled")
	list, err := filepath.Glob(filepath.Join(from, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, path := range list {
		if strings.Contains(path, "killed-") || strings.Contains(path, "streaming-behind-a/") {
			continue // they did not end: the server shows how long they run by now
		}
		if i%4 != 0 {
			continue // a fourth of them is enough
		}
		if out, err := exec.Command("cp", "-r", path, dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if out, err := exec.Command("chmod", "-R", "u+rwX", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// startHistoryServer returns what asks it.
func startHistoryServer(t *testing.T, python, dir string) func(string) (int, []byte) {
	home, err := exec.Command(python, "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))").Output()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	c := exec.Command(filepath.Join(strings.TrimSpace(string(home)), "bin", "spark-class"), "org.apache.spark.deploy.history.HistoryServer")
	c.Env = append(os.Environ(), "SPARK_HOME="+strings.TrimSpace(string(home)), "SPARK_LOCAL_IP=127.0.0.1", fmt.Sprintf("SPARK_HISTORY_OPTS="+
		"-Dspark.history.fs.logDirectory=file://%s -Dspark.history.ui.port=%d -Dspark.history.fs.update.interval=2s -Dspark.history.fs.cleaner.enabled=false "+
		"-Dspark.ui.retainedJobs=9999999 -Dspark.ui.retainedStages=9999999 -Dspark.ui.retainedTasks=9999999 -Dspark.sql.ui.retainedExecutions=9999999", dir, port))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	get := func(endpoint string) (int, []byte) {
		r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/api/v1/%s", port, endpoint))
		if err != nil {
			return 0, nil
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		return r.StatusCode, text
	}
	want, _ := os.ReadDir(dir)
	for range 240 {
		code, text := get("applications")
		var apps []any
		if code == http.StatusOK && json.Unmarshal(text, &apps) == nil && len(apps) == len(want) {
			return get
		}
		time.Sleep(250 * time.Millisecond)
	}
	t.Fatal("the History Server does not list the logs within a minute")
	return nil
}

// A server that begins anew takes the heads of finished logs from the index: they
// are not read again.
func TestServerIndex(t *testing.T) {
	dir, x := t.TempDir(), sparklog.Index{Dir: t.TempDir()}
	w, err := sparklog.Create(dir, "app-1", "", sparklog.Options{Codec: "none"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range nightlyEvents(t) {
		w.Add(e)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, again := range []bool{false, true} {
		if again { // another file of the same size and time
			info, err := os.Stat(w.Path())
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.WriteFile(w.Path(), make([]byte, info.Size()), 0o644), os.Chtimes(w.Path(), info.ModTime(), info.ModTime())); err != nil {
				t.Fatal(err)
			}
		}
		s := sparkrest.NewServer(dir, 1<<20, "4.0.1")
		s.UseIndex(x)
		if n, err := s.Applications(); n != 1 || err != nil {
			t.Errorf("%d applications, %v; again: %t", n, err, again)
		}
	}
}
