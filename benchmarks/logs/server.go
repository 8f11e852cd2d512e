package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A historyServer is Spark's, of the pyspark package of some Python.
type historyServer struct {
	home string // of Spark
	heap string // as the JVM takes it: 4g
}

// findServer returns the server of a Python that has pyspark.
func findServer(python, heap string) (historyServer, error) {
	home, err := exec.Command(python, "-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))").Output()
	if err != nil {
		return historyServer{}, fmt.Errorf("SPARK_PYTHON %s has no pyspark: %w", python, err)
	}
	return historyServer{strings.TrimSpace(string(home)), heap}, nil
}

// measure starts the server over one log and asks for the application's stages.
// The cost is that of the whole process, from its start until it has answered:
// nobody gets an answer for less.
func (s historyServer) measure(log string, tasks int) (c cost, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(log), "server-*")
	if err != nil {
		return c, err
	}
	defer os.RemoveAll(dir)
	if err := os.Link(log, filepath.Join(dir, filepath.Base(log))); err != nil {
		return c, err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return c, err
	}
	port := free.Addr().(*net.TCPAddr).Port
	if err := free.Close(); err != nil {
		return c, err
	}
	server := exec.Command(filepath.Join(s.home, "bin", "spark-class"), "org.apache.spark.deploy.history.HistoryServer")
	server.Env = append(os.Environ(), "SPARK_HOME="+s.home, "SPARK_LOCAL_IP=127.0.0.1", "SPARK_DAEMON_MEMORY="+s.heap,
		fmt.Sprintf("SPARK_HISTORY_OPTS=-Dspark.history.fs.logDirectory=file://%s -Dspark.history.ui.port=%d -Dspark.history.fs.update.interval=1s -Dspark.history.fs.cleaner.enabled=false",
			absolute(dir), port))
	began := time.Now()
	if err := server.Start(); err != nil {
		return c, err
	}
	ended := 0
	for began := time.Now(); err == nil && ended == 0; time.Sleep(200 * time.Millisecond) {
		ended, err = endedTasks(fmt.Sprintf("http://127.0.0.1:%d/api/v1/applications/%s/stages", port, applicationID))
		if time.Since(began) > 15*time.Minute {
			err = fmt.Errorf("the History Server does not answer within 15 minutes; give it more memory with --server-heap")
		}
	}
	c.wall = time.Since(began)
	_ = server.Process.Kill() // it has no other end
	_ = server.Wait()
	c.cpu, c.peak = server.ProcessState.UserTime()+server.ProcessState.SystemTime(), peakOf(server.ProcessState)
	if err == nil && ended != tasks {
		err = fmt.Errorf("the History Server counts %d tasks, want %d", ended, tasks)
	}
	return c, err
}

// endedTasks asks for the stages and counts their tasks; 0 while there is no answer.
func endedTasks(address string) (n int, err error) {
	answer, err := http.Get(address)
	if err != nil {
		return 0, nil // it starts
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusNotFound: // it has not listed the log
		return 0, nil
	case http.StatusOK:
	default:
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200))
		return 0, fmt.Errorf("the History Server answers %s: %s; give it more memory with --server-heap", answer.Status, text)
	}
	var stages []struct{ NumCompleteTasks int }
	if err := json.NewDecoder(answer.Body).Decode(&stages); err != nil {
		return 0, err
	}
	for _, s := range stages {
		n += s.NumCompleteTasks
	}
	return n, nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
