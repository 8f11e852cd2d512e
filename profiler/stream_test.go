package profiler_test

import (
	"bytes"
	"math"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler"
)

// fold makes a profile of events.
func fold(list ...event.Event) *profiler.Profile {
	p := &profiler.Profile{}
	for _, e := range list {
		p.Add(e)
	}
	p.Settle()
	return p
}

// The batches of each run of a streaming query are its own; a job belongs to the
// run that was started last; what a first batch has no rate for is no number.
func TestStreams(t *testing.T) {
	progress := func(run string, id int64, rows ...int64) event.StreamingQueryProgress {
		e := event.StreamingQueryProgress{Time: 10, ID: "q", RunID: run, BatchID: id, Duration: 5, Phases: map[string]int64{"addBatch": 4},
			State: []event.StateOperator{{Rows: 3, Memory: 100, Late: 1}, {Rows: 4, Memory: 200}}}
		for _, n := range rows {
			e.Sources = append(e.Sources, event.StreamSource{Rows: n, InputRate: math.NaN(), ProcessRate: 2})
		}
		return e
	}
	p := fold(
		event.StreamingQueryStarted{Time: 1, ID: "q", RunID: "a", Name: "rides"}, progress("a", 0, 7, 8),
		event.StreamingQueryTerminated{ID: "q", RunID: "a", Error: "broken"},
		event.StreamingQueryStarted{Time: 20, ID: "q", RunID: "b"},
		event.JobStart{Time: 21, JobID: 3, Properties: map[string]string{event.PropertyStreamID: "q"}},
		event.JobStart{Time: 21, JobID: 4},
		event.StreamingQueryIdle{Time: 40, ID: "q", RunID: "b"}, progress("c", 9))
	if len(p.Streams) != 3 {
		t.Fatalf("%d runs, want three: two that started, one that was found running", len(p.Streams))
	}
	a, b, c := p.Streams[0], p.Streams[1], p.Streams[2]
	if a.Status != profiler.Failed || a.End != 15 || a.Name != "rides" || len(a.JobIDs) != 0 {
		t.Errorf("the run that broke: %+v", a)
	}
	if b.Status != profiler.Running || b.Idle != 1 || len(b.JobIDs) != 1 || b.JobIDs[0] != 3 {
		t.Errorf("the run that goes on: %+v", b)
	}
	if len(c.Batches) != 1 || c.Batches[0].BatchID != 9 || c.Start != 0 {
		t.Errorf("the run whose start is not known: %+v", c)
	}
	batch := &a.Batches[0]
	input, processed := batch.Rates()
	kept, memory := batch.Kept()
	if batch.Rows() != 15 || input != 0 || processed != 4 || kept != 7 || memory != 300 || batch.Late() != 1 {
		t.Errorf("a batch: %d rows, %g in, %g out, %d kept in %d bytes, %d late", batch.Rows(), input, processed, kept, memory, batch.Late())
	}
	var saved bytes.Buffer
	if err := p.Save(&saved); err != nil {
		t.Error(err)
	}
}

// A statement goes through its states, and has the jobs that bear its group or
// its tag; ends without a start make statements that nobody knows more of.
func TestStatements(t *testing.T) {
	p := fold(
		event.SessionStarted{Time: 1, Server: event.ThriftServer, ID: "s", User: "ann"},
		event.OperationStarted{Time: 2, Server: event.ThriftServer, ID: "o", SessionID: "s", Statement: "SELECT 1", JobGroup: "g"},
		event.OperationStarted{Time: 2, Server: event.Connect, ID: "o", SessionID: "s", JobTag: "t"},
		event.JobStart{JobID: 1, Properties: map[string]string{event.PropertyJobGroup: "g"}},
		event.JobStart{JobID: 2, Properties: map[string]string{event.PropertyJobTags: "x,t"}},
		event.JobStart{JobID: 3},
		event.OperationChanged{Server: event.ThriftServer, ID: "o", State: event.OperationCompiled, Plan: "Project", Rows: -1},
		event.OperationChanged{Time: 8, Server: event.ThriftServer, ID: "o", State: event.OperationFailed, Error: "no table", Rows: -1},
		event.OperationChanged{Time: 7, Server: event.Connect, ID: "o", State: event.OperationFinished, Rows: 5},
		event.OperationChanged{Time: 9, Server: event.ThriftServer, ID: "lost", State: event.OperationClosed, Rows: -1},
		event.SessionClosed{Time: 9, Server: event.ThriftServer, ID: "s"})
	if len(p.Sessions) != 2 || p.Sessions[0].Operations != 1 || p.Sessions[0].End != 9 || p.Sessions[1].Server != event.Connect {
		t.Errorf("sessions: %+v", p.Sessions)
	}
	if len(p.Operations) != 3 {
		t.Fatalf("%d statements, want 3", len(p.Operations))
	}
	o, c, lost := p.Operations[0], p.Operations[1], p.Operations[2]
	if o.State != event.OperationFailed || o.Error != "no table" || o.Plan != "Project" || o.Finish != 8 || len(o.JobIDs) != 1 || o.JobIDs[0] != 1 {
		t.Errorf("thrift: %+v", o)
	}
	if c.State != event.OperationFinished || c.Rows != 5 || len(c.JobIDs) != 1 || c.JobIDs[0] != 2 {
		t.Errorf("connect: %+v", c)
	}
	if lost.Start != 0 || lost.State != event.OperationClosed || lost.Rows != -1 {
		t.Errorf("one without a start: %+v", lost)
	}
}

// Copies of tasks and reads of merged blocks are counted where they ran, as are
// the profiles that stages and executors were made by.
func TestStageExtras(t *testing.T) {
	info := event.StageInfo{StageID: 1, NumTasks: 2, SubmissionTime: 1, ResourceProfile: 2, PushEnabled: true, PushMergers: 4}
	task := func(id int64, copied bool) event.TaskInfo {
		return event.TaskInfo{TaskID: id, ExecutorID: "1", LaunchTime: 2, FinishTime: 3, Speculative: copied}
	}
	p := fold(
		event.ResourceProfileAdded{ID: 2}, event.ExecutorAdded{ExecutorID: "1", TotalCores: 1, ResourceProfile: 2},
		event.JobStart{JobID: 0, Stages: []event.StageInfo{info}}, event.StageSubmitted{Info: info},
		event.TaskStart{StageID: 1, Info: task(1, false)}, event.SpeculativeTaskSubmitted{StageID: 1}, event.SpeculativeTaskSubmitted{StageID: 7},
		event.TaskStart{StageID: 1, Info: task(2, true)}, event.TaskStart{StageID: 1, Info: task(3, true)},
		event.TaskEnd{StageID: 1, Info: task(2, true), Reason: event.EndReason{Kind: event.Success}, RemoteRequests: 3, Merged: &event.MergedReads{LocalBytes: 9}},
		event.TaskEnd{StageID: 1, Info: task(1, false), Reason: event.EndReason{Kind: event.TaskKilled}, Merged: &event.MergedReads{LocalBytes: 1, Fallbacks: 2}})
	s := p.Stages[0]
	if want := (profiler.Speculation{Submitted: 1, Tasks: 2, Active: 1, Complete: 1}); s.Speculation != want {
		t.Errorf("copies: %+v, want %+v", s.Speculation, want)
	}
	if want := (event.MergedReads{LocalBytes: 10, Fallbacks: 2}); s.Merged != want || s.RemoteRequests.Milliseconds() != 3 {
		t.Errorf("merged reads: %+v, want %+v; requests %s", s.Merged, want, s.RemoteRequests)
	}
	if s.ResourceProfile != 2 || !s.PushEnabled || s.PushMergers != 4 || p.Executors[0].ResourceProfile != 2 || len(p.ResourceProfiles) != 1 {
		t.Errorf("profiles: %+v, %+v", s, p.ResourceProfiles)
	}
}
