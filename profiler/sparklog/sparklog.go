// Package sparklog reads and writes Apache Spark's event log: the one place that
// knows Spark's spelling, in both directions.
//
//	file, directory ─► container ─► lines ─► scanner ─► event.Event ─► profiler.Profile
//	      open.go      codec.go    lines.go  read_*.go                    Open, Read
//
//	event.Event ─► Writer ─► JSON lines ─► codec ─► file or rolling directory
//	               write_*.go             encode.go      writer.go
//
// What Spark writes is followed class by class (JsonProtocol, EventLogFileWriters,
// SQLAppStatusListener's events); names.go holds the metrics' names for both
// directions. Where Spark's own reader gives up, this one reads on: a bad line, a
// torn tail, a corrupt block or an unknown event costs what it held, is counted,
// and is told in a warning with file and place. What a log does not hold is
// absent from the events' metrics, which is different from zero.
package sparklog

import (
	"fmt"
	"io"
	"iter"

	"stagecoach/engine/event"
	"stagecoach/profiler"
)

// An Error says why a log, or a part of it, could not be read.
type Error struct {
	File  string // path as it was given, or of the part of a rolling log
	Place string // "line 12" or "byte 3456"; "" when the whole file is meant
	Msg   string // what is wrong, and what to try
	Err   error  // cause, may be nil

	// Skipped says that reading went on behind the place: the error is a
	// warning. Otherwise there is no log to be had.
	Skipped bool
}

// Error prints "file: place: message: cause".
func (e *Error) Error() string {
	text := e.File
	if e.Place != "" {
		text += ": " + e.Place
	}
	if e.Msg != "" {
		text += ": " + e.Msg
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Open reads the log at path into a profile: a file in any of Spark's
// compressions (told by content, not by name), a rolling directory
// (eventlog_v2_*), a Databricks directory (eventlog, eventlog-*), a directory of
// Spark 1.2 or earlier, or a directory that holds exactly one of these. What was
// missing or broken is in the profile's Warnings. The error, if any, is an *Error.
func Open(path string) (*profiler.Profile, error) { return collect(Events(path)) }

// Read is Open for the content of one file; name stands for it in messages.
func Read(r io.Reader, name string) (*profiler.Profile, error) {
	return collect(func(yield func(event.Event, error) bool) {
		d := newDecoder(yield)
		if d.file(r, name) {
			d.finish(name)
		}
	})
}

// Events yields the events of the log at path in their order. A pair with an
// error has no event; the error is an *Error. If its Skipped is set, more events
// may follow, else it is the last. Events are the consumer's to keep.
func Events(path string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		parts, notes, err := find(path)
		if err != nil {
			yield(nil, err)
			return
		}
		d := newDecoder(yield)
		for _, n := range notes {
			if !yield(nil, n) {
				return
			}
		}
		for _, part := range parts {
			if !d.open(part) {
				return
			}
		}
		d.finish(path)
	}
}

func collect(events iter.Seq2[event.Event, error]) (*profiler.Profile, error) {
	p := &profiler.Profile{}
	for e, err := range events {
		switch err := err.(type) {
		case nil:
			p.Add(e)
		case *Error:
			if !err.Skipped {
				return nil, err
			}
			where := err.File
			if err.Place != "" {
				where += ", " + err.Place
			}
			msg := err.Msg
			if err.Err != nil {
				msg = fmt.Sprintf("%s: %v", msg, err.Err)
			}
			p.Warn(where, "%s", msg)
		}
	}
	p.Settle()
	return p, nil
}
