package sparklog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler/sparklog"
)

// lines returns the lines of a plain log that hold the named event, often enough
// to fill 32 MB.
func lines(b *testing.B, path, name string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		b.Skip("the log is not there")
	}
	var some []byte
	for line := range bytes.Lines(text) {
		if name == "" || bytes.Contains(line[:min(len(line), 100)], []byte(name)) {
			some = append(some, line...)
		}
	}
	if len(some) == 0 {
		b.Fatal("no such lines")
	}
	return bytes.Repeat(some, 32<<20/len(some)+1)
}

func benchmarkRead(b *testing.B, text []byte) {
	path := filepath.Join(b.TempDir(), "log")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range sparklog.Events(path) {
			if err == nil {
				n++
			}
		}
		if n == 0 {
			b.Fatal("no events")
		}
	}
}

const realLog = "rapids/spark-events-qualification/db_sim_eventlog/eventlog"

func BenchmarkReadTaskEnd(b *testing.B) {
	benchmarkRead(b, lines(b, filepath.Join(corpus(b), realLog), `"SparkListenerTaskEnd"`))
}

func BenchmarkReadTaskStart(b *testing.B) {
	benchmarkRead(b, lines(b, filepath.Join(corpus(b), realLog), `"SparkListenerTaskStart"`))
}

func BenchmarkReadAll(b *testing.B) {
	benchmarkRead(b, lines(b, filepath.Join(corpus(b), realLog), ""))
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(corpus(b), realLog)
	info, err := os.Stat(path)
	if err != nil {
		b.Skip("the log is not there")
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sparklog.Open(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	var list []event.Event
	for e, err := range sparklog.Events(filepath.Join(corpus(b), realLog)) {
		if err == nil {
			list = append(list, e)
		}
	}
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		w, err := sparklog.Create(dir, "bench", "", sparklog.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range list {
			w.Add(e)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(w.Path()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(list)*b.N)/b.Elapsed().Seconds(), "events/s")
}
