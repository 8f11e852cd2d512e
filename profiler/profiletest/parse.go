// Package profiletest writes profiles as short text, for tests.
//
//	text ─► lines ─► events ─► Profile.Add ─► *profiler.Profile
//
// The text goes through the same fold as a log, so a test cannot state what a
// run could not have produced. One line states one thing; lines that begin with
// # are comments. A line is a word, perhaps a number, and fields key=value, in
// which a value with blanks stands in double quotes:
//
//	app name="nightly job" id=app-1 start=0 end=60s spark=4.0.1 user=me
//	conf spark.sql.shuffle.partitions=200 spark.sql.adaptive.enabled=false
//	executor 1 cores=4 host=a memory=400m added=0 removed=30s reason="lost"  # heap=300m seen, excluded=3,4 from stages
//	sql 0 start=0 end=10s description="select 1" error="..." conf.spark.x=y
//	  *HashAggregate "keys=[a]" [number of output rows=123, peak memory=1m]
//	    Exchange "hashpartitioning(a, 200)" [data size=10m,20m,*198]
//	      Scan parquet t {Format=Parquet} [number of files read=3]
//	job 0 start=0 end=10s stages=0,1 execution=0 group=g description=d error="boom"
//	stage 3 job=0 parents=1,2 submitted=1s completed=9s name="sum at a.py:3"
//	  run=1s,1s,1s,9s cpu=... shuffleRead=1m*4 executors=1,2,1,2
//	rdd 7 stage=3 name=trips level=MEMORY_AND_DISK partitions=4
//	rdd 8 stage=3 parents=7 level=NONE callsite="map at a.py:3"
//	block 7 0 executor=1 memory=10m disk=0     # and memory=0 disk=0 when it has gone
//	batch 3 1000 stream=clicks start=1s end=4s state=50  # of a streaming query, the rows that it read and keeps
//	unpersist 7
//
// An indented line continues the line above, except below sql and replan, where
// indented lines are the nodes of a plan: the name, then perhaps a detail in
// quotes, {metadata} and [metrics]. "replan 0" with a tree below states the last
// plan that adaptive execution arrived at.
//
// Units. Times are offsets from Epoch in Go's syntax (1m30s, 250ms); a bare
// number is milliseconds. Sizes take k, m, g, t. v*n repeats a value.
//
// Tasks. Stage fields that name metrics are comma lists with one value per task:
// any task metric of package metric (diskBytesSpilled) or a name of Short (run,
// cpu, shuffleRead). A list of one value holds for all tasks. There are as many
// tasks as the longest list has values, or tasks=N. executors= names the executor
// of each task, launch= and duration= its times. Without launch= tasks are list
// scheduled: each goes to the slot that is free first (of its executor, where
// one is named), not before submitted=. Without duration= a task lasts sched +
// deserialize + run + result serialization + getting result. submitted= is by
// default the end of the parents, or the start of the job; completed= the last
// finish. More stage fields:
//
//	failed=1,3       first attempts of these indices fail, and are run again (failure="text")
//	killed=2 lost=2 fetchFailed=2   likewise, with that reason; lost ones leave no metrics
//	speculative=0    indices that get a second attempt, killed when the first one wins
//	locality=NODE_LOCAL*3,ANY   how near to their data tasks ran, by index; PROCESS_LOCAL where it is not said
//	running=4        indices whose attempt has not ended
//	attempt=1        the line is a later attempt of the stage
//	skipped=true     the stage was never submitted
//	status=running   the stage has not completed; status=failed (failure="text") fails it
//
// Plan metrics are lists, too: [data size=10m*3@3] gives the values by task index
// of stage 3, [metadata time=20ms] without @ a value that the driver measured.
//
// What is left out is filled in: executor 1 with four cores, a job for stages
// without one, ends of jobs, executions and the application from what they hold
// (app end=none: there is no end).
package profiletest

import (
	"fmt"
	"testing"

	"stagecoach/engine/event"
	"stagecoach/profiler"
)

// Epoch is time 0 of the texts: 2023-11-14T22:13:20Z.
const Epoch event.Millis = 1_700_000_000_000

// Parse builds the profile that the text states. Errors name the line.
func Parse(text string) (*profiler.Profile, error) {
	events, err := Events(text)
	if err != nil {
		return nil, err
	}
	p := &profiler.Profile{}
	for _, e := range events {
		p.Add(e)
	}
	p.Settle()
	return p, nil
}

// Must is Parse for tests: a mistake in the text fails t.
func Must(t testing.TB, text string) *profiler.Profile {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Events returns the events that the text states, in the order of a log.
func Events(text string) ([]event.Event, error) {
	d, err := read(text)
	if err != nil {
		return nil, err
	}
	if err := d.layout(); err != nil {
		return nil, err
	}
	return d.events(), nil
}

func mistake(line int, format string, args ...any) error {
	return fmt.Errorf("profile text line %d: %w", line, fmt.Errorf(format, args...))
}
