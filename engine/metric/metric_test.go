package metric_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"stagecoach/engine/metric"
)

// Every metric is described, its name is its own, and the mask of a Set has room.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	n := 0
	for id := range metric.All {
		n++
		d := id.Desc()
		if d.Name == "" || d.Title == "" || d.Doc == "" || len(d.Title) > 14 {
			t.Errorf("metric %d: %+v lacks a name, a title of at most 14 characters or a doc", id, d)
		}
		if seen[d.Name] {
			t.Errorf("two metrics are called %q", d.Name)
		}
		seen[d.Name] = true
		if back, ok := metric.Parse(d.Name); !ok || back != id {
			t.Errorf("Parse(%q) = %v, %v", d.Name, back, ok)
		}
	}
	if n > 64 {
		t.Errorf("%d metrics do not fit the 64 bits of a Set's mask", n)
	}
}

func TestSetAbsentDiffersFromZero(t *testing.T) {
	var s metric.Set
	if _, ok := s.Get(metric.DiskBytesSpilled); ok {
		t.Fatal("an empty set has a value")
	}
	s.Record(metric.DiskBytesSpilled, 0)
	if v, ok := s.Get(metric.DiskBytesSpilled); !ok || v != 0 {
		t.Fatalf("recorded zero reads %d, %v", v, ok)
	}
}

func TestSetFolds(t *testing.T) {
	var a, b metric.Set
	a.Record(metric.InputBytes, 3)
	a.Record(metric.PeakExecutionMemory, 10)
	b.Record(metric.InputBytes, 4)
	b.Record(metric.PeakExecutionMemory, 7)
	b.Record(metric.TaskDuration, 1)
	a.Merge(&b)
	if a.Value(metric.InputBytes) != 7 || a.Value(metric.PeakExecutionMemory) != 10 || a.Len() != 3 {
		t.Fatalf("merged: %v", a)
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back metric.Set
	if err := json.Unmarshal(text, &back); err != nil || !back.Equal(&a) {
		t.Fatalf("%s reads back as %v, %v", text, back, err)
	}
}

func TestFormat(t *testing.T) {
	for want, got := range map[string]string{
		"0 B":       metric.Bytes.Format(0),
		"1536 B":    metric.Bytes.Format(1536),
		"2.0 KiB":   metric.Bytes.Format(2048),
		"12.3 MiB":  metric.Bytes.Format(12897485),
		"-2.0 KiB":  metric.Bytes.Format(-2048),
		"1,234,567": metric.Count.Format(1234567),
		"-123":      metric.Count.Format(-123),
		"999":       metric.Count.Format(999),
		"1.5 ms":    metric.Duration.Format(int64(1500 * time.Microsecond)),
		"2.0 min":   metric.Duration.Format(int64(2 * time.Minute)),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The least number that there is has no opposite; it is printed nevertheless.
func TestLeastNumber(t *testing.T) {
	if got := metric.FormatBytes(math.MinInt64); got != "-8.0 EiB" {
		t.Errorf("bytes: %s", got)
	}
	if got := metric.FormatDuration(math.MinInt64); got != "-2562047.79 h" {
		t.Errorf("duration: %s", got)
	}
}
