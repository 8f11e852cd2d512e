package sparklog

import "stagecoach/engine/event"

// A Record is one line of a log: an event as it was written.
type Record struct {
	Name   string // as the log spells it; "" when the line is no event
	Line   []byte // the JSON text without line end, valid until the loop body ends
	File   string // path as it was given, or of the part of a log
	Number int    // of the line in its file, from 1

	event event.Event
	end   *event.TaskEnd   // instead of event: the two kinds of which a log
	start *event.TaskStart // has most are not moved to the heap one by one
}

// Event returns what the line says, nil when it is of a kind that no profile is
// made of. It is the caller's to keep.
func (r *Record) Event() event.Event {
	switch {
	case r.end != nil:
		return *r.end
	case r.start != nil:
		return *r.start
	}
	return r.event
}
