package main

import (
	"bytes"
	"testing"

	"stagecoach/engine/metric"
	"stagecoach/profiler/sparklog"
)

// What is generated is a whole log with as many tasks as were asked for, the same
// each time.
func TestGenerate(t *testing.T) {
	const tasks = 6000
	var text, again bytes.Buffer
	if err := generate(&text, tasks); err != nil {
		t.Fatal(err)
	}
	if err := generate(&again, tasks); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text.Bytes(), again.Bytes()) {
		t.Error("two logs of the same size differ")
	}
	p, err := sparklog.Read(&text, "generated")
	if err != nil {
		t.Fatal(err)
	}
	if p.Totals.Tasks != tasks || len(p.Stages) != 2 || len(p.Incomplete()) > 0 || len(p.Warnings) > 0 || p.Totals.Metrics.Value(metric.ExecutorRunTime) == 0 {
		t.Errorf("%+v, %v, %v", p.Totals, p.Incomplete(), p.Warnings)
	}
	if rows := p.Execution(0).Nodes[0].Metrics[0]; !rows.Seen || rows.Count != tasks {
		t.Errorf("%+v", rows)
	}
}
