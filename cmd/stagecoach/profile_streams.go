package main

import (
	"fmt"
	"strings"
	"time"

	"stagecoach/engine/event"
	"stagecoach/engine/metric"
	"stagecoach/profiler"
	"stagecoach/profiler/sparkrest"
)

// jsonStream is a run of a streaming query. Spark's REST API has none; names are
// those of its StreamingQueryProgress.
type jsonStream struct {
	ID        string         `json:"id"`
	RunID     string         `json:"runId"`
	Name      string         `json:"name,omitempty"`
	IsActive  bool           `json:"isActive"`
	Start     sparkrest.Date `json:"startTimestamp,omitzero"`
	End       sparkrest.Date `json:"endTimestamp,omitzero" doc:"the last event before its end: Spark does not log when it ended"`
	Exception string         `json:"exception,omitempty"`
	Class     string         `json:"errorClassOnException,omitempty"`
	Idle      int            `json:"idleTriggers" doc:"triggers that found nothing to do"`
	JobIDs    []int          `json:"jobIds"`
	Batches   []jsonBatch    `json:"batches" doc:"triggers that Spark reports on, in the order of the log"`
}

type jsonBatch struct {
	ID        int64            `json:"batchId"`
	Time      sparkrest.Date   `json:"timestamp" doc:"when the trigger began"`
	Duration  int64            `json:"batchDuration" doc:"milliseconds"`
	Phases    map[string]int64 `json:"durationMs" doc:"milliseconds by phase: addBatch, queryPlanning, ..."`
	Rows      int64            `json:"numInputRows"`
	InputRate float64          `json:"inputRowsPerSecond" doc:"0 where Spark knows none, as in a first batch"`
	Rate      float64          `json:"processedRowsPerSecond"`
	Written   int64            `json:"numOutputRows" doc:"-1: the sink does not tell"`
	Kept      int64            `json:"numRowsTotal" doc:"rows that the query's operators keep"`
	Memory    int64            `json:"memoryUsedBytes" doc:"what they keep, in bytes"`
	Late      int64            `json:"numRowsDroppedByWatermark"`
	Watermark sparkrest.Date   `json:"watermark,omitzero"`
}

func streamsJSON(p *profiler.Profile) []jsonStream {
	out := []jsonStream{}
	for _, s := range p.Streams {
		j := jsonStream{ID: s.ID, RunID: s.RunID, Name: s.Name, IsActive: s.Status == profiler.Running, Start: sparkrest.Date(s.Start),
			End: sparkrest.Date(s.End), Exception: s.Error, Class: s.ErrorClass, Idle: s.Idle, JobIDs: append([]int{}, s.JobIDs...), Batches: []jsonBatch{}}
		for i := range s.Batches {
			b := &s.Batches[i]
			x := jsonBatch{ID: b.BatchID, Time: sparkrest.Date(b.Time), Duration: b.Duration, Phases: b.Phases, Rows: b.Rows(),
				Written: b.Sink.Rows, Late: b.Late(), Watermark: sparkrest.Date(b.EventTime.Watermark)}
			x.InputRate, x.Rate = b.Rates()
			x.Kept, x.Memory = b.Kept()
			j.Batches = append(j.Batches, x)
		}
		out = append(out, j)
	}
	return out
}

// streamSection sums up what the batches of each run of a query did.
func streamSection(p *profiler.Profile) section {
	s := section{title: "Streaming queries", header: []string{"query", "run", "status", "batches", "rows", "longest", "mean", "longest phase", "rows/s in",
		"rows/s out", "state rows", "state", "late", "watermark", "error"}}
	for _, q := range p.Streams {
		var rows, late, all, longest, kept, memory int64
		var input, processed float64
		var watermark event.Millis
		phases := map[string]int64{}
		for i := range q.Batches {
			b := &q.Batches[i]
			rows, late, all, longest = rows+b.Rows(), late+b.Late(), all+b.Duration, max(longest, b.Duration)
			kept, memory = b.Kept()
			input, processed = b.Rates()
			watermark = max(watermark, b.EventTime.Watermark)
			for name, d := range b.Phases {
				phases[name] += d
			}
		}
		phase := ""
		for name, d := range phases { // the whole of a trigger is no part of it
			if name != "triggerExecution" && (phase == "" || d > phases[phase] || d == phases[phase] && name < phase) {
				phase = name
			}
		}
		mark := ""
		if watermark != 0 {
			mark = clock(watermark)
		}
		s.add(oneLine(strings.TrimSpace(q.Name+" "+shortID(q.ID)), 40), shortID(q.RunID), q.Status, len(q.Batches), metric.FormatCount(rows),
			milliseconds(longest), milliseconds(all/int64(max(1, len(q.Batches)))), phase, fmt.Sprintf("%.1f", input), fmt.Sprintf("%.1f", processed),
			metric.FormatCount(kept), metric.FormatBytes(memory), metric.FormatCount(late), mark, oneLine(q.Error, 60))
	}
	if len(s.rows) > 0 {
		s.title += " (rates and state are those of the last batch)"
	}
	return s
}

// shortID is the beginning of a UUID, which tells few apart well enough.
func shortID(id string) string { return id[:min(len(id), 8)] }

func milliseconds(n int64) string {
	return metric.FormatDuration(time.Duration(n) * time.Millisecond)
}
