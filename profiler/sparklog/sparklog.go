// Package sparklog reads and writes Apache Spark's event log: the one place that
// knows Spark's spelling, in both directions.
//
//	file, directory ─► container ─► lines ─► scanner ─► Record ─► event.Event ─► profiler.Profile
//	     find.go       codec.go   batch.go  read_*.go   Records     Events         Open, Read
//	     └─────────── stream.go, by several goroutines ────────┘
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

	// Loss says which kind of thing is missing for it (profiler.Loss), "" when
	// no number is touched, and Count how many of them.
	Loss  string
	Count int

	fatal bool // no part of the log is worth reading
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
// Spark 1.2 or earlier, a directory or a zip or tar archive that holds exactly one
// of these, the address of one in a storage that Storages knows or of an
// application on a History Server, or "-" for standard input. What was missing or broken is in the profile's Warnings. The error, if any, is an *Error.
func Open(path string) (*profiler.Profile, error) {
	p := &profiler.Profile{}
	if err := Fold(p, path); err != nil {
		return nil, err
	}
	return p, nil
}

// Fold is Open into a profile that was made before, such as one that keeps only
// sketches.
func Fold(p *profiler.Profile, path string) error {
	return collect(p, func(yield func(*Record, *Error) bool) { readLog(path, false, yield) })
}

// Read is Open for the content of one file; name stands for it in messages.
func Read(r io.Reader, name string) (*profiler.Profile, error) {
	parts := []part{{name, "", func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}}
	p := &profiler.Profile{}
	err := collect(p, func(yield func(*Record, *Error) bool) {
		s := stream{parts: parts, yield: yield}
		s.run(name)
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Events yields the events of the log at path in their order. A pair with an
// error has no event; the error is an *Error. If its Skipped is set, more events
// may follow, else it is the last. Events are the consumer's to keep.
func Events(path string) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for r, err := range Records(path) {
			switch {
			case err != nil:
				if !yield(nil, err) {
					return
				}
			case r.Event() != nil:
				if !yield(r.Event(), nil) {
					return
				}
			}
		}
	}
}

// Records yields the lines of the log at path in their order, with the events
// that they hold: bad lines and unknown events too. Errors come as from Events,
// a record is nil beside one.
func Records(path string) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		readLog(path, true, func(r *Record, err *Error) bool {
			if err != nil {
				return yield(nil, err)
			}
			return yield(r, nil)
		})
	}
}

func readLog(path string, keep bool, yield func(*Record, *Error) bool) {
	temp := &scratch{}
	defer temp.remove()
	parts, notes, err := find(path, temp)
	if err != nil {
		yield(nil, err)
		return
	}
	for _, n := range notes {
		if !yield(nil, n) {
			return
		}
	}
	s := stream{parts: parts, yield: yield, keep: keep}
	s.run(path)
}

// collect folds records into p, which keeps nothing that a record of a task
// points to.
func collect(p *profiler.Profile, records func(func(*Record, *Error) bool)) (failed error) {
	records(func(r *Record, err *Error) bool {
		switch {
		case err != nil && !err.Skipped:
			failed = err
			return false
		case err != nil:
			err.Warn(p)
		case r.end != nil:
			p.AddTaskEnd(r.end)
		case r.start != nil:
			p.AddTaskStart(r.start)
		case r.event != nil:
			p.Add(r.event)
		}
		return true
	})
	p.Settle()
	return failed
}

// Warn enters what was wrong with a log into the profile of it.
func (e *Error) Warn(p *profiler.Profile) {
	where := e.File
	if e.Place != "" {
		where += ", " + e.Place
	}
	msg := e.Msg
	if e.Err != nil {
		msg = fmt.Sprintf("%s: %v", msg, e.Err)
	}
	p.Warn(where, "%s", msg)
	if e.Loss != "" {
		p.Lost = append(p.Lost, profiler.Loss{What: e.Loss, Count: e.Count})
	}
}
